//! Judges every plugin at a rescan: what speaks against its file, whether a copy of it can be loaded, and, if
//! its file can't be used, whether its last good version may go on.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orgsync_plugin_api::manifest::Manifest;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::conflict::{conflict, unknown_after};
use super::entry::{Entry, Fallback, Snapshot, State};
use super::files::{Facts, learn};
use super::last_good::{LastGood, Version};
use super::plugins_toml::Listed;
use super::store::{Store, scratch_of};
use super::trust::Trust;
use crate::domain::secrets::Secrets;
use crate::worker::{self, Confinement, Limits, Sandbox, WorkerSpec};

/// How long loading a library may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(30);
/// When it is worth trying again what failed for a reason that passes.
const RETRY: Duration = Duration::from_secs(5);

/// What need not be found out again, and what is needed to find out more.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) program: PathBuf,
    store: Arc<Store>,
    trust: Arc<Trust>,
    last_good: LastGood,
    files: HashMap<PathBuf, Facts>,
    /// What the copies of last good versions say of themselves, by SHA-256; `None` if one can't be used.
    copies: HashMap<String, Option<Facts>>,
    /// What the probes found, by SHA-256, memory limit and sandbox.
    verdicts: HashMap<(String, u64, Sandbox), Result<Confinement, String>>,
    /// What the store was tidied for last.
    tidied: Option<BTreeSet<String>>,
    /// Whether something failed in this scan that may go well in the next one.
    passing: bool,
}

/// All plugins, judged.
pub(super) struct Judged {
    pub(super) entries: Vec<Entry>,
    pub(super) retry: Option<Duration>,
}

impl Judge {
    pub(super) fn new(program: PathBuf, store: Store, trust: Arc<Trust>) -> Self {
        Self {
            program,
            last_good: LastGood::open(store.beside("last-good.json")),
            store: Arc::new(store),
            trust,
            files: HashMap::new(),
            copies: HashMap::new(),
            verdicts: HashMap::new(),
            tidied: None,
            passing: false,
        }
    }

    /// Whether nothing was judged yet.
    pub(super) fn is_first(&self) -> bool {
        self.tidied.is_none()
    }

    /// Judges the listed plugins in their order, and describes the unlisted ones.
    pub(super) async fn all(
        &mut self,
        listed: Option<Vec<Listed>>,
        unlisted: Vec<PathBuf>,
        files: HashMap<PathBuf, Facts>,
        arriving: &BTreeSet<PathBuf>,
    ) -> Judged {
        (self.files, self.passing) = (files, false);
        if let Some(listed) = &listed {
            self.last_good.keep_only(&listed.iter().map(|listed| listed.name.clone()).collect());
        }
        let mut entries: Vec<Entry> = Vec::new();
        for listed in listed.unwrap_or_default() {
            let entry = self.one(&listed, arriving.contains(&listed.path), &entries).await;
            entries.push(entry);
        }
        if let Err(error) = self.last_good.write() {
            tracing::warn!("the last good versions of the plugins are not written down: {error}");
        }
        for index in 0..entries.len() {
            let Some(manifest) =
                entries[index].manifest.as_ref().filter(|_| entries[index].state == State::Ready)
            else {
                continue;
            };
            let notes = unknown_after(manifest, &entries);
            entries[index].warnings.extend(notes);
        }
        entries.extend(unlisted.into_iter().map(|path| self.unlisted(path)));
        Judged { entries, retry: self.passing.then_some(RETRY) }
    }

    async fn one(&mut self, listed: &Listed, arrives: bool, before: &[Entry]) -> Entry {
        let facts = self.files.get(&listed.path).cloned();
        let mut entry = describe(listed, facts.as_ref());
        entry.state = match &facts {
            _ if !listed.enabled => State::Disabled,
            None if arrives => State::Invalid(
                "it is being written, and is looked at once it has not changed for a while".into(),
            ),
            None => State::Missing,
            Some(facts) => {
                let accepted = self.accept(&mut entry, facts, listed, before).await;
                accepted.map_or_else(State::Invalid, |()| State::Ready)
            }
        };
        match (&entry.state, facts) {
            (State::Missing, _) => {
                entry.formerly = self.formerly(&listed.name).await;
                entry
            }
            (State::Ready, Some(Facts { sha256: Some(sha256), minisig, .. })) => {
                self.last_good.set(&listed.name, Version { sha256, minisig });
                entry
            }
            (State::Invalid(reason), Some(_)) => {
                let fallback = Fallback { reason: reason.clone(), sha256: entry.sha256.clone() };
                if let Some(fallen_back) = self.fall_back(listed, before, fallback).await {
                    return fallen_back;
                }
                entry.formerly = self.formerly(&listed.name).await;
                entry
            }
            _ => entry,
        }
    }

    /// Lets the last good version go on, if there is one, and it satisfies what is asked of the plugin now.
    async fn fall_back(&mut self, listed: &Listed, before: &[Entry], fallback: Fallback) -> Option<Entry> {
        let version = self.last_good.of(&listed.name)?.clone();
        if fallback.sha256.as_ref() == Some(&version.sha256) {
            return None;
        }
        let facts = self.copy_of(version).await?;
        let mut entry = describe(listed, Some(&facts));
        self.accept(&mut entry, &facts, listed, before).await.ok()?;
        entry.state = State::Ready;
        entry.fallback = Some(fallback);
        Some(entry)
    }

    /// What the copy of a last good version says of itself, if it is there and whole.
    async fn copy_of(&mut self, Version { sha256, minisig }: Version) -> Option<Facts> {
        if let Some(known) = self.copies.get(&sha256) {
            return known.clone();
        }
        let (path, trust) = (self.store.lend(&sha256), Arc::clone(&self.trust));
        let facts = spawn_blocking(move || learn(&path, minisig, &trust)).await.ok()?;
        let facts = facts.filter(|facts| facts.sha256.as_ref() == Some(&sha256));
        self.copies.insert(sha256, facts.clone());
        facts
    }

    /// What the last good version said of itself.
    async fn formerly(&mut self, plugin: &str) -> Option<Manifest> {
        let version = self.last_good.of(plugin)?.clone();
        self.copy_of(version).await?.manifest.ok()
    }

    /// Whether a library may be used, and can be; its copy is then the entry's.
    async fn accept(
        &mut self,
        entry: &mut Entry,
        facts: &Facts,
        listed: &Listed,
        before: &[Entry],
    ) -> Result<(), String> {
        let Some(sha256) = &facts.sha256 else {
            return Err(facts.manifest.clone().err().unwrap_or_else(|| "it has not been read".into()));
        };
        if let Some(reason) = self.trust.refusal(listed.sha256.as_deref(), sha256, &facts.signature) {
            return Err(reason);
        }
        let manifest = facts.manifest.as_ref().map_err(Clone::clone)?;
        if let Some(reason) = conflict(manifest, before) {
            return Err(reason);
        }
        let copy = self.store.lend(sha256);
        let spec = WorkerSpec {
            program: self.program.clone(),
            plugin: entry.name.clone(),
            library: Arc::clone(&copy),
            limits: Limits { idle_timeout: PROBE_TIMEOUT, task_timeout: PROBE_TIMEOUT, ..entry.limits },
            sandbox: entry.sandbox.clone(),
            // No options, no paths in them.
            own: Arc::default(),
            manifest: None,
            scratch: scratch_of(&copy),
            label: "probe".into(),
            secrets: Secrets::default(),
            listener: None,
        };
        entry.confinement = Some(self.vet(&spec, sha256, &entry.path).await?);
        entry.copy = Some(copy);
        Ok(())
    }

    /// Copies the library and loads the copy in a worker, once for each version.
    async fn vet(&mut self, spec: &WorkerSpec, sha256: &str, path: &Path) -> Result<Confinement, String> {
        let key = (sha256.to_owned(), spec.limits.memory, spec.sandbox.clone());
        if let Some(verdict) = self.verdicts.get(&key).filter(|_| spec.library.is_file()) {
            return verdict.clone();
        }
        let (store, path, expected) = (Arc::clone(&self.store), path.to_owned(), sha256.to_owned());
        let copied = spawn_blocking(move || store.keep(&expected, &path)).await;
        let failed = match copied.map_err(io_interrupted).flatten() {
            Ok(Some(())) => None,
            Ok(None) => Some("it changed while it was being read".to_owned()),
            Err(error) => Some(format!("can't be copied to {}: {error}", spec.library.display())),
        };
        if let Some(reason) = failed {
            self.passing = true;
            return Err(format!("{reason}; it is tried again in a while"));
        }
        let verdict = match worker::probe(spec, CancellationToken::new()).await {
            Ok(confinement) => Ok(confinement),
            Err(error) if error.blames_plugin() => Err(format!("its probe failed: {error}")),
            Err(error) => {
                self.passing = true;
                return Err(format!("its probe failed: {error}; it is tried again in a while"));
            }
        };
        self.verdicts.insert(key, verdict.clone());
        verdict
    }

    fn unlisted(&self, path: PathBuf) -> Entry {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let facts = self.files.get(&path);
        let entry = Entry { state: State::Unlisted, ..Entry::new(name, path.clone()) };
        with_facts(entry, facts)
    }

    /// Forgets, and removes from the store, the versions that no plugin has any more and nobody uses.
    pub(super) async fn tidy(&mut self, snapshot: &Arc<Snapshot>) {
        let listed = snapshot.entries.iter().filter(|entry| entry.state != State::Unlisted);
        let needed: BTreeSet<String> = listed
            .filter_map(|entry| entry.sha256.clone())
            .chain(self.last_good.sha256s().map(str::to_owned))
            .collect();
        self.verdicts.retain(|(sha256, ..), _| needed.contains(sha256));
        self.copies.retain(|sha256, _| needed.contains(sha256));
        let (store, kept) = (Arc::clone(&self.store), needed.clone());
        if let Ok(Err(error)) = spawn_blocking(move || store.keep_only(&kept)).await {
            tracing::warn!("failed to tidy the plugin store: {error}");
        }
        self.tidied = Some(needed);
    }
}

fn io_interrupted(_: tokio::task::JoinError) -> std::io::Error {
    std::io::Error::other("copying was interrupted")
}

fn describe(listed: &Listed, facts: Option<&Facts>) -> Entry {
    let entry = Entry {
        limits: listed.limits,
        sandbox: listed.sandbox.clone(),
        ..Entry::new(listed.name.clone(), listed.path.clone())
    };
    with_facts(entry, facts)
}

fn with_facts(entry: Entry, facts: Option<&Facts>) -> Entry {
    let Some(facts) = facts else { return entry };
    Entry {
        sha256: facts.sha256.clone(),
        size: Some(facts.size),
        manifest: facts.manifest.clone().ok(),
        signature: facts.signature.clone(),
        warnings: facts.exposed.iter().cloned().collect(),
        ..entry
    }
}
