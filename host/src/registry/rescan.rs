//! The registry itself: a rescan looks at `plugins.toml` and the files, and replaces the snapshot. It is
//! cheap when nothing changed: unchanged files are not read again, and one version of a library is probed
//! once. What changed is said in the log, once.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;

use super::accept::Judge;
use super::entry::{Entry, Snapshot, State};
use super::files::{Disk, Found, exposed, plugins_directory};
use super::plugins_toml::PluginsTomlError;
use super::store::Store;
use super::trust::Trust;
use crate::worker::{Confinement, WorkerSpec};

/// How long a file must not have changed before it is judged: longer than any pause of a copy in progress.
const QUIET: Duration = Duration::from_millis(500);
/// How long a rescan that was asked for waits for files that are being written.
const PATIENCE: Duration = Duration::from_secs(10);

/// The plugins by name, and their state.
#[derive(Debug)]
pub struct Registry {
    pub(super) plugins_toml: PathBuf,
    disk: Arc<StdMutex<Disk>>,
    snapshot: watch::Sender<Arc<Snapshot>>,
    standing: watch::Sender<Standing>,
    warnings: StdMutex<Vec<String>>,
    blind: StdMutex<Vec<String>>,
    /// Held through a rescan, so that there is one at a time.
    pub(super) judge: Mutex<Judge>,
    pub(super) trust: Arc<Trust>,
}

/// Whether what the registry knows is what `plugins.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    #[default]
    Current,
    /// It was understood once, and can't be now, for this reason: what it said then counts.
    Stale(String),
    /// It could never be understood, for this reason: there are no plugins.
    Failed(String),
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
    pub fn open(plugins_toml: PathBuf, store: PathBuf, trust: Trust) -> Result<Self, RegistryError> {
        let store = Store::open(&store).map_err(|source| RegistryError::Store { path: store, source })?;
        let trust = Arc::new(trust);
        if let Err(error) = store.sweep() {
            tracing::warn!("failed to remove the scratch directories of former workers: {error}");
        }
        Ok(Self {
            disk: Arc::new(StdMutex::new(Disk::new(plugins_toml.clone(), Arc::clone(&trust), QUIET))),
            plugins_toml,
            snapshot: watch::Sender::default(),
            standing: watch::Sender::default(),
            warnings: StdMutex::default(),
            blind: StdMutex::default(),
            judge: Mutex::new(Judge::new(WorkerSpec::this_program(), store, Arc::clone(&trust))),
            trust,
        })
    }

    /// Has another binary than the running one run the probes, and judges changes at once: for tests, whose own
    /// binary has no `worker` subcommand, and which write whole files.
    #[must_use]
    pub fn for_tests(mut self, program: PathBuf) -> Self {
        self.judge.get_mut().program = program;
        let disk = Disk::new(self.plugins_toml.clone(), Arc::clone(&self.trust), Duration::ZERO);
        Self { disk: Arc::new(StdMutex::new(disk)), ..self }
    }

    /// What is known now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.borrow())
    }

    /// Tells of every snapshot that differs from the one before.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.subscribe()
    }

    /// Whether what is known is what `plugins.toml` says.
    pub fn standing(&self) -> Standing {
        self.standing.borrow().clone()
    }

    /// What an operator should know of `plugins.toml` and `plugins/` themselves, and of watching them.
    pub fn warnings(&self) -> Vec<String> {
        let of = |list: &StdMutex<Vec<String>>| list.lock().unwrap_or_else(PoisonError::into_inner).clone();
        [of(&self.warnings), of(&self.blind)].concat()
    }

    /// Looks at `plugins.toml` and the files anew, and waits a while for those that are being written. What is
    /// wrong with one plugin is that plugin's state.
    ///
    /// # Errors
    /// [`RegistryError::PluginsToml`]; the former snapshot stays.
    pub async fn rescan(&self) -> Result<Arc<Snapshot>, RegistryError> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let settles_in = self.scan().await?.settles_in;
            match settles_in.filter(|wait| Instant::now() + *wait < patience) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(self.snapshot()),
            }
        }
    }

    /// Looks once. What is being written counts as what it was before.
    pub(super) async fn scan(&self) -> Result<Scanned, RegistryError> {
        let mut judge = self.judge.lock().await;
        let disk = Arc::clone(&self.disk);
        let plugins_toml = self.plugins_toml.clone();
        let looked = spawn_blocking(move || {
            let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
            let found = disk.look(Instant::now(), SystemTime::now());
            let places = [plugins_toml.clone(), plugins_directory(&plugins_toml)];
            (found, places.iter().filter_map(|place| exposed(place)).collect::<Vec<_>>())
        });
        let (found, warnings) = looked.await.map_err(|_| RegistryError::Interrupted)?;
        warn(&self.warnings, warnings);
        let Found { listed, unlisted, files, arriving, settles_in } = found;
        let listed = match listed {
            Ok(listed) => listed,
            Err(error) => {
                let reason = error.to_string();
                self.stand(if judge.is_first() { Standing::Failed(reason) } else { Standing::Stale(reason) });
                return Err(error.into());
            }
        };
        if arriving.contains(&self.plugins_toml) {
            return Ok(Scanned { settles_in, retry: None });
        }
        self.stand(Standing::Current);
        if listed.is_none() && judge.is_first() {
            let path = self.plugins_toml.display();
            tracing::info!(%path, "there is no {path}: no plugins");
        }
        let judged = judge.all(listed, unlisted, files, &arriving).await;
        let snapshot = Arc::new(Snapshot { entries: judged.entries });
        self.publish(&snapshot);
        judge.tidy(&snapshot).await;
        Ok(Scanned { settles_in, retry: judged.retry })
    }

    /// Notes whether `plugins.toml` could be understood, and says so if that is news.
    fn stand(&self, next: Standing) {
        self.standing.send_if_modified(|standing| {
            if *standing == next {
                return false;
            }
            match &next {
                Standing::Current => tracing::info!("plugins.toml is understood again"),
                Standing::Stale(reason) => tracing::error!("the plugins stay as they were: {reason}"),
                Standing::Failed(reason) => tracing::error!("there are no plugins: {reason}"),
            }
            *standing = next;
            true
        });
    }

    /// Notes which directories can't be watched, and why.
    pub(super) fn warn_of_watch(&self, blind: Vec<String>) {
        warn(&self.blind, blind);
    }

    fn publish(&self, snapshot: &Arc<Snapshot>) {
        let former = self.snapshot();
        for entry in &snapshot.entries {
            let before = former.entries.iter().find(|other| other.name == entry.name);
            if before != Some(entry) {
                announce(entry, before);
            }
            let known = before.and_then(|before| before.confinement.as_ref());
            if let Some(sandbox) = entry.confinement.as_ref().filter(|sandbox| known != Some(*sandbox)) {
                announce_sandbox(&entry.name, sandbox);
            }
        }
        for gone in &former.entries {
            if !snapshot.entries.iter().any(|entry| entry.name == gone.name) {
                let plugin = &gone.name;
                tracing::info!(plugin, "plugin {plugin} is listed no more, nor is it in plugins/");
            }
        }
        self.snapshot.send_if_modified(|current| {
            let differs = **current != **snapshot;
            *current = Arc::clone(snapshot);
            differs
        });
    }
}

/// What a scan left to be done.
pub(super) struct Scanned {
    /// When another look finds more, because something is being written.
    pub(super) settles_in: Option<Duration>,
    /// When it is worth trying again what failed for a reason that passes.
    pub(super) retry: Option<Duration>,
}

/// Replaces what is known, and says in the log what of it is new.
fn warn(known: &StdMutex<Vec<String>>, warnings: Vec<String>) {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    for warning in warnings.iter().filter(|warning| !known.contains(warning)) {
        tracing::warn!("{warning}");
    }
    *known = warnings;
}

/// Says in the log how far a plugin's workers are confined.
fn announce_sandbox(plugin: &str, sandbox: &Confinement) {
    let (state, reason) = (sandbox.as_str(), sandbox.reason());
    match sandbox {
        Confinement::Enforced => {
            tracing::info!(plugin, sandbox = state, "the sandbox of plugin {plugin} is {sandbox}");
        }
        Confinement::Partly(_) | Confinement::Unavailable(_) => {
            tracing::warn!(plugin, sandbox = state, reason, "the sandbox of plugin {plugin} is {sandbox}");
        }
    }
}

/// Says in the log what is new about a plugin.
fn announce(entry: &Entry, before: Option<&Entry>) {
    let (plugin, state, path) = (&entry.name, entry.state.as_str(), entry.path.display());
    let version = entry.version().map(|version| format!(", {version}")).unwrap_or_default();
    match entry.reason() {
        Some(reason) => {
            tracing::warn!(plugin, state, %path, reason, "plugin {plugin} is {state}: {reason}");
        }
        None if entry.state == State::Missing => {
            tracing::warn!(plugin, state, %path, "plugin {plugin} is {state}: there is no {path}");
        }
        None => tracing::info!(plugin, state, %path, "plugin {plugin} is {state}{version}"),
    }
    let known = before.map(|before| before.warnings.as_slice()).unwrap_or_default();
    for warning in entry.warnings.iter().filter(|warning| !known.contains(warning)) {
        tracing::warn!(plugin, %path, "plugin {plugin}: {warning}");
    }
}
