//! What the registry knows at one moment: its entries in the order of `plugins.toml`, then what is not listed
//! there.

use std::path::PathBuf;

use orgsync_plugin_api::manifest::{Manifest, SourceType, TargetType};

use super::store;
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
    /// The file's SHA-256 in lowercase hexadecimal, if it could be read.
    pub sha256: Option<String>,
    /// The file's size in bytes, if it could be read.
    pub size: Option<u64>,
    /// What it says of itself, if it says that comprehensibly.
    pub manifest: Option<Manifest>,
    /// What its workers may use.
    pub limits: Limits,
    /// What its workers may reach.
    pub sandbox: Sandbox,
    /// How far the kernel keeps its workers in that sandbox: known as long as the plugin is `ready`.
    pub confinement: Option<Confinement>,
    /// The registry's own copy, which workers load: there as long as the plugin is `ready`.
    pub copy: Option<PathBuf>,
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
            manifest: self.manifest.clone(),
            scratch: store::scratch_of(&library),
            library,
            label: label.into(),
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
