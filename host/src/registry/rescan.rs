//! The registry itself: a rescan looks at `plugins.toml` and the files, and replaces the snapshot. It is
//! cheap when nothing changed: unchanged files are not read again, and one version of a library is probed
//! once.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use orgsync_plugin_api::manifest::Manifest;
use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::entry::{Entry, Snapshot, State};
use super::files::{self, Facts};
use super::plugins_toml::{Listed, PluginsTomlError};
use super::store::{self, Store};
use crate::worker::{self, Confinement, Limits, Sandbox, WorkerSpec};

/// How long loading a library may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(30);
/// The names of what is always there, which no plugin may offer.
const BUILT_IN: [(&str, &str); 3] = [("source", "api"), ("target", "users"), ("target", "departments")];

/// The plugins by name, and their state.
#[derive(Debug)]
pub struct Registry {
    plugins_toml: PathBuf,
    program: PathBuf,
    snapshot: watch::Sender<Arc<Snapshot>>,
    /// Held through a rescan, so that there is one at a time.
    memory: Mutex<Memory>,
}

/// Why the registry could not be opened or scanned anew.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// `plugins.toml` can't be understood; the former snapshot stays.
    #[error(transparent)]
    PluginsToml(#[from] PluginsTomlError),
    /// The store of copies can't be used.
    #[error("failed to open the plugin store {}: {source}", path.display())]
    Store {
        /// Its directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The scan was interrupted because the program ends.
    #[error("the rescan was interrupted")]
    Interrupted,
}

impl Registry {
    /// Opens a registry with no plugins in it; [`rescan`](Self::rescan) finds them. `store` is a directory of
    /// its own.
    ///
    /// # Errors
    /// [`RegistryError::Store`].
    pub fn open(plugins_toml: PathBuf, store: PathBuf) -> Result<Self, RegistryError> {
        let store = Store::open(&store).map_err(|source| RegistryError::Store { path: store, source })?;
        if let Err(error) = store.sweep() {
            tracing::warn!("failed to remove the scratch directories of former workers: {error}");
        }
        Ok(Self {
            plugins_toml,
            program: WorkerSpec::this_program(),
            snapshot: watch::Sender::default(),
            memory: Mutex::new(Memory {
                store: Arc::new(store),
                files: HashMap::new(),
                verdicts: HashMap::new(),
                scanned: false,
            }),
        })
    }

    /// Has another binary than the running one run the probes: for tests, whose own binary has no `worker`
    /// subcommand.
    #[must_use]
    pub fn with_program(self, program: PathBuf) -> Self {
        Self { program, ..self }
    }

    /// What is known now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.borrow())
    }

    /// Tells of every snapshot that differs from the one before.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.subscribe()
    }

    /// Looks at `plugins.toml` and the files anew. What is wrong with one plugin is that plugin's state.
    ///
    /// # Errors
    /// [`RegistryError::PluginsToml`]; the former snapshot stays.
    pub async fn rescan(&self) -> Result<Arc<Snapshot>, RegistryError> {
        let mut memory = self.memory.lock().await;
        let path = self.plugins_toml.clone();
        let known = std::mem::take(&mut memory.files);
        let found = spawn_blocking(move || files::look(&path, known))
            .await
            .map_err(|_| RegistryError::Interrupted)?;
        memory.files = found.files;
        let listed = found.listed?;
        if listed.is_none() && !memory.scanned {
            tracing::info!(path = %self.plugins_toml.display(), "there is no {}: no plugins", self.plugins_toml.display());
        }

        let mut entries: Vec<Entry> = Vec::new();
        for listed in listed.unwrap_or_default() {
            let mut entry = memory.describe(&listed);
            if entry.state == State::Ready {
                entry.state = self.accept(&mut memory, &mut entry, &entries).await;
            }
            entries.push(entry);
        }
        entries.extend(found.unlisted.into_iter().map(|path| memory.unlisted(path)));
        let snapshot = Arc::new(Snapshot { entries });
        if !memory.scanned {
            memory.tidy(&snapshot).await;
            memory.scanned = true;
        }
        self.publish(&snapshot);
        Ok(snapshot)
    }

    /// Copies and probes a plugin that looks well so far.
    async fn accept(&self, memory: &mut Memory, entry: &mut Entry, before: &[Entry]) -> State {
        let (Some(manifest), Some(sha256)) = (&entry.manifest, entry.sha256.clone()) else {
            return State::Invalid("it has not been read".into());
        };
        if let Some(reason) = conflict(manifest, before) {
            return State::Invalid(reason);
        }
        let spec = WorkerSpec {
            program: self.program.clone(),
            plugin: entry.name.clone(),
            library: memory.store.path(&sha256),
            limits: Limits { idle_timeout: PROBE_TIMEOUT, task_timeout: PROBE_TIMEOUT, ..entry.limits },
            sandbox: entry.sandbox.clone(),
            manifest: None,
            scratch: store::scratch_of(&memory.store.path(&sha256)),
            label: "probe".into(),
            listener: None,
        };
        match memory.vet(&spec, sha256, entry.path.clone()).await {
            Ok(confinement) => {
                entry.copy = Some(spec.library);
                entry.confinement = Some(confinement);
                State::Ready
            }
            Err(reason) => State::Invalid(reason),
        }
    }

    fn publish(&self, snapshot: &Arc<Snapshot>) {
        let former = self.snapshot();
        for entry in &snapshot.entries {
            if former.entries.iter().any(|other| other.name == entry.name && other == entry) {
                continue;
            }
            let (plugin, state, path) = (&entry.name, entry.state.as_str(), entry.path.display());
            match entry.state.reason() {
                Some(reason) => {
                    tracing::warn!(plugin, state, %path, reason, "plugin {plugin} is {state}: {reason}")
                }
                None if entry.state == State::Missing => {
                    tracing::warn!(plugin, state, %path, "plugin {plugin} is {state}: there is no {path}")
                }
                None => tracing::info!(plugin, state, %path, "plugin {plugin} is {state}"),
            }
            if let Some(sandbox) = &entry.confinement {
                let (state, reason) = (sandbox.as_str(), sandbox.reason());
                match sandbox {
                    Confinement::Enforced => {
                        tracing::info!(plugin, sandbox = state, "the sandbox of plugin {plugin} is {sandbox}")
                    }
                    Confinement::Partly(_) | Confinement::Unavailable(_) => {
                        tracing::warn!(
                            plugin,
                            sandbox = state,
                            reason,
                            "the sandbox of plugin {plugin} is {sandbox}"
                        );
                    }
                }
            }
        }
        self.snapshot.send_if_modified(|current| {
            let differs = **current != **snapshot;
            *current = Arc::clone(snapshot);
            differs
        });
    }
}

/// What need not be found out again.
#[derive(Debug)]
struct Memory {
    store: Arc<Store>,
    files: HashMap<PathBuf, Facts>,
    /// What the probes found, by copy, memory limit and sandbox.
    verdicts: HashMap<(PathBuf, u64, Sandbox), Result<Confinement, String>>,
    scanned: bool,
}

impl Memory {
    /// The entry of a listed plugin; `Ready` here means that nothing speaks against it yet.
    fn describe(&self, listed: &Listed) -> Entry {
        let facts = self.files.get(&listed.path);
        let state = match facts {
            _ if !listed.enabled => State::Disabled,
            None => State::Missing,
            Some(Facts { sha256: Some(found), .. })
                if listed.sha256.as_ref().is_some_and(|pin| pin != found) =>
            {
                State::Invalid(format!("its sha256 differs from the pinned one: it is {found}"))
            }
            Some(Facts { manifest: Err(reason), .. }) => State::Invalid(reason.clone()),
            Some(Facts { manifest: Ok(_), .. }) => State::Ready,
        };
        let (limits, sandbox) = (listed.limits, listed.sandbox.clone());
        Entry { limits, sandbox, ..entry(listed.name.clone(), listed.path.clone(), state, facts) }
    }

    fn unlisted(&self, path: PathBuf) -> Entry {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let facts = self.files.get(&path);
        entry(name, path.clone(), State::Unlisted, facts)
    }

    /// Copies the library and loads the copy in a worker, once for each version.
    async fn vet(&mut self, spec: &WorkerSpec, sha256: String, path: PathBuf) -> Result<Confinement, String> {
        let key = (spec.library.clone(), spec.limits.memory, spec.sandbox.clone());
        if let Some(verdict) = self.verdicts.get(&key).filter(|_| spec.library.is_file()) {
            return verdict.clone();
        }
        let store = Arc::clone(&self.store);
        let copied = spawn_blocking(move || files::copy(&store, &sha256, &path)).await;
        copied.unwrap_or_else(|_| Err("copying it was interrupted".into()))?;
        let verdict = match worker::probe(spec, CancellationToken::new()).await {
            Ok(confinement) => Ok(confinement),
            Err(error) if error.blames_plugin() => Err(format!("its probe failed: {error}")),
            Err(error) => {
                return Err(format!("its probe failed: {error}; it is tried again at the next rescan"));
            }
        };
        self.verdicts.insert(key, verdict.clone());
        verdict
    }

    /// Removes the copies that no plugin has any more.
    async fn tidy(&self, snapshot: &Arc<Snapshot>) {
        let (store, snapshot) = (Arc::clone(&self.store), Arc::clone(snapshot));
        let tidied = spawn_blocking(move || {
            let needed: BTreeSet<&str> =
                snapshot.entries.iter().filter_map(|entry| entry.sha256.as_deref()).collect();
            store.keep_only(&needed)
        });
        if let Ok(Err(error)) = tidied.await {
            tracing::warn!("failed to tidy the plugin store: {error}");
        }
    }
}

fn entry(name: String, path: PathBuf, state: State, facts: Option<&Facts>) -> Entry {
    Entry {
        name,
        path,
        state,
        sha256: facts.and_then(|facts| facts.sha256.clone()),
        size: facts.map(|facts| facts.stamp.size),
        manifest: facts.and_then(|facts| facts.manifest.clone().ok()),
        limits: Limits::default(),
        sandbox: Sandbox::default(),
        confinement: None,
        copy: None,
    }
}

/// Why a plugin can't stand beside those before it.
fn conflict(manifest: &Manifest, before: &[Entry]) -> Option<String> {
    for (kind, name) in offers(manifest) {
        if BUILT_IN.contains(&(kind, name)) {
            return Some(format!("it offers the {kind} `{name}`, which is built in"));
        }
        let other = before.iter().filter(|entry| entry.state == State::Ready).find(|entry| {
            entry
                .manifest
                .as_ref()
                .is_some_and(|manifest| offers(manifest).any(|offer| offer == (kind, name)))
        });
        if let Some(Entry { name: other, .. }) = other {
            return Some(format!("it offers the {kind} `{name}`, as does the plugin {other} before it"));
        }
    }
    None
}

fn offers(manifest: &Manifest) -> impl Iterator<Item = (&'static str, &str)> {
    let sources = manifest.sources.iter().map(|source| ("source", source.name.as_str()));
    sources.chain(manifest.targets.iter().map(|target| ("target", target.name.as_str())))
}
