//! What the registry knows at one moment: its entries in the order of `plugins.toml`, then what is not listed
//! there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use orgsync_plugin_api::manifest::{Manifest, SourceType, TargetType};

use super::store;
use super::trust::Signature;
use crate::domain::secrets::Secrets;
use crate::worker::{Confinement, Limits, Sandbox, WorkerSpec};

/// Everything the registry knows at one moment. It never changes; a rescan makes a new one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The listed plugins in their order, then the unlisted files by name.
    pub entries: Vec<Entry>,
}

/// One plugin, or what is listed as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The name in `plugins.toml`, unique; of an unlisted plugin its file name.
    pub name: String,
    /// Where the file is, or should be.
    pub path: PathBuf,
    /// Whether it can be used, and why not.
    pub state: State,
    /// The file's SHA-256 in lowercase hexadecimal, if it could be read; with a fallback, that of the version in use.
    pub sha256: Option<String>,
    /// The size in bytes of the same.
    pub size: Option<u64>,
    /// What it says of itself, if it says that comprehensibly.
    pub manifest: Option<Manifest>,
    /// What its workers may use.
    pub limits: Limits,
    /// What its workers may reach.
    pub sandbox: Sandbox,
    /// How far the kernel keeps its workers in that sandbox: known as long as the plugin is `ready`.
    pub confinement: Option<Confinement>,
    /// The registry's own copy, which workers load: there as long as the plugin is `ready`, and on the disk as long
    /// as anybody holds this.
    pub copy: Option<Arc<Path>>,
    /// What its signature is worth.
    pub signature: Signature,
    /// Why the plugin's file is not what is used, if it is not.
    pub fallback: Option<Fallback>,
    /// What its last good version said of itself, if nothing can be used now.
    pub formerly: Option<Manifest>,
    /// What an operator should know of a plugin whatever its state.
    pub warnings: Vec<String>,
}

/// A plugin's file can't be used, so its last good version goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    /// Why the file can't be used.
    pub reason: String,
    /// The file's SHA-256, if it could be read.
    pub sha256: Option<String>,
}

/// The state of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It can be used.
    Ready,
    /// `plugins.toml` says `enabled = false`.
    Disabled,
    /// The file is in `plugins/`, but not in `plugins.toml`. It is not run.
    Unlisted,
    /// There is no such file.
    Missing,
    /// It can't be used, for the reason given.
    Invalid(String),
}

impl Snapshot {
    /// The listed plugin of this name.
    pub fn plugin(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name && entry.state != State::Unlisted)
    }

    /// All source types that can be used, with the plugins that offer them.
    pub fn source_types(&self) -> impl Iterator<Item = (&Entry, &SourceType)> {
        self.ready().flat_map(|(entry, manifest)| manifest.sources.iter().map(move |source| (entry, source)))
    }

    /// All target types that can be used, with the plugins that offer them.
    pub fn target_types(&self) -> impl Iterator<Item = (&Entry, &TargetType)> {
        self.ready().flat_map(|(entry, manifest)| manifest.targets.iter().map(move |target| (entry, target)))
    }

    /// The source type of this name, with the plugin that offers it.
    pub fn source_type(&self, name: &str) -> Option<(&Entry, &SourceType)> {
        self.source_types().find(|(_, source)| source.name == name)
    }

    /// The target type of this name, with the plugin that offers it.
    pub fn target_type(&self, name: &str) -> Option<(&Entry, &TargetType)> {
        self.target_types().find(|(_, target)| target.name == name)
    }

    fn ready(&self) -> impl Iterator<Item = (&Entry, &Manifest)> {
        self.entries
            .iter()
            .filter(|entry| entry.state == State::Ready)
            .filter_map(|entry| Some((entry, entry.manifest.as_ref()?)))
    }
}

impl Entry {
    /// A plugin of which nothing is known but where it should be.
    pub(super) fn new(name: String, path: PathBuf) -> Self {
        Self {
            name,
            path,
            state: State::Missing,
            sha256: None,
            size: None,
            manifest: None,
            limits: Limits::default(),
            sandbox: Sandbox::default(),
            confinement: None,
            copy: None,
            signature: Signature::None,
            fallback: None,
            formerly: None,
            warnings: Vec::new(),
        }
    }

    /// Why it can't be used, or why what is used is not its file.
    pub fn reason(&self) -> Option<String> {
        let Some(Fallback { reason, .. }) = &self.fallback else {
            return self.state.reason().map(str::to_owned);
        };
        let version = self.version().unwrap_or_default();
        Some(format!("its file can't be used, and the last good {version} goes on: {reason}"))
    }

    /// The version and the beginning of the SHA-256, for people: `version 1.2.0 (sha256 9f2c03b1a7d8)`.
    pub fn version(&self) -> Option<String> {
        let (manifest, sha256) = (self.manifest.as_ref()?, self.sha256.as_deref()?);
        Some(format!("version {} (sha256 {})", manifest.version, &sha256[..12.min(sha256.len())]))
    }

    /// What a worker of this plugin is started with; `None` unless the plugin is ready.
    ///
    /// It names this very version: a task keeps it for all its workers, whatever a rescan finds meanwhile.
    pub fn worker_spec(&self, label: impl Into<String>) -> Option<WorkerSpec> {
        let library = self.copy.clone().filter(|_| self.state == State::Ready)?;
        Some(WorkerSpec {
            program: WorkerSpec::this_program(),
            plugin: self.name.clone(),
            limits: self.limits,
            sandbox: self.sandbox.clone(),
            // Whoever gives it options with paths in them says what those must not lead to.
            own: Arc::default(),
            manifest: self.manifest.clone(),
            scratch: store::scratch_of(&library),
            library,
            label: label.into(),
            secrets: Secrets::default(),
            listener: None,
        })
    }
}

impl State {
    /// Its name, as in `GET plugins`.
    pub fn as_str(&self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Disabled => "disabled",
            State::Unlisted => "unlisted",
            State::Missing => "missing",
            State::Invalid(_) => "invalid",
        }
    }

    /// Why a plugin is invalid.
    pub fn reason(&self) -> Option<&str> {
        match self {
            State::Invalid(reason) => Some(reason),
            State::Ready | State::Disabled | State::Unlisted | State::Missing => None,
        }
    }
}
