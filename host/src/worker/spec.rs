//! What a worker is started with: which library for whom, within which limits, and which of its offers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orgsync_plugin_api::Manifest;
use orgsync_plugin_api::message::OfferKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::secrets::Secrets;

use super::output::Listener;
use super::paths;
use super::sandbox::{Grants, Sandbox};

/// One worker process.
#[derive(Debug, Clone)]
pub struct WorkerSpec {
    /// The binary that has the `worker` subcommand; [`WorkerSpec::this_program`] unless it is a test.
    pub program: PathBuf,
    /// The plugin's name, for messages.
    pub plugin: String,
    /// The library to load: the registry's own copy, which nobody replaces, nor removes while this is held.
    pub library: Arc<Path>,
    /// What the worker may use.
    pub limits: Limits,
    /// What it may reach, besides the paths in the options that the manifest's schemas mark as such.
    pub sandbox: Sandbox,
    /// The daemon's own files and directories, which no path in an option may lead to.
    pub own: Arc<[PathBuf]>,
    /// The plugin's manifest, if it is known.
    pub manifest: Option<Manifest>,
    /// Where its scratch directory is made; a directory for nothing else.
    pub scratch: PathBuf,
    /// On whose behalf it runs, for the log: `task 7`, `check`.
    pub label: String,
    /// What is taken out of what the plugin logs and prints before it comes into the log.
    pub secrets: Secrets,
    /// Who hears what the plugin logs and prints, besides the log.
    pub listener: Option<Arc<dyn Listener>>,
}

/// What a worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of writable memory, of all its threads together.
    pub memory: u64,
    /// How long it may send nothing while something is asked of it.
    pub idle_timeout: Duration,
    /// How long it may live.
    pub task_timeout: Duration,
}

/// Which of a plugin's offers is to be opened. Travels over the socket, never in arguments or the
/// environment: options hold secrets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Offer {
    /// Source or target.
    pub kind: OfferKind,
    /// Its name in the manifest.
    pub name: String,
    /// Its options, with secrets in clear.
    pub options: Value,
}

impl WorkerSpec {
    /// The running binary itself; stays valid when its file is replaced.
    pub fn this_program() -> PathBuf {
        PathBuf::from("/proc/self/exe")
    }

    /// The offer as its worker gets it, and what a worker for it may reach, with its own scratch directory. Paths
    /// in options count from the daemon's working directory.
    pub(super) fn grants(&self, offer: Option<&Offer>, scratch: &Path) -> (Option<Offer>, Grants) {
        let Sandbox { read, write, connect, local_sockets } = self.sandbox.clone();
        let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let own = self.own.iter().map(|path| directory.join(path)).collect();
        let scratch = scratch.to_owned();
        let mut grants = Grants { read, options: Vec::new(), own, write, scratch, connect, local_sockets };
        let offer = offer.cloned().map(|mut offer| {
            if let Some(schema) = self.schema(&offer) {
                (offer.options, grants.options) = paths::resolve(schema, &offer.options, &directory);
            }
            offer
        });
        (offer, grants)
    }

    /// The same with what is said of its options' secrets taken out of the log.
    #[must_use]
    pub fn for_offer(self, offer: &Offer) -> Self {
        let secrets = self.schema(offer).map(|schema| Secrets::of(schema, &offer.options));
        Self { secrets: secrets.unwrap_or_default(), ..self }
    }

    fn schema(&self, Offer { kind, name, .. }: &Offer) -> Option<&Value> {
        let Manifest { sources, targets, .. } = self.manifest.as_ref()?;
        match kind {
            OfferKind::Source => sources.iter().find(|offer| offer.name == *name).map(|offer| &offer.options),
            OfferKind::Target => targets.iter().find(|offer| offer.name == *name).map(|offer| &offer.options),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            idle_timeout: Duration::from_secs(2 * 60),
            task_timeout: Duration::from_secs(6 * 60 * 60),
        }
    }
}

impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offer").field("kind", &self.kind).field("name", &self.name).finish_non_exhaustive()
    }
}

/// A size in bytes for people: `64 MiB`, `1.5 GiB`.
pub(crate) fn display_size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| bytes >= *unit) else {
        return format!("{bytes} bytes");
    };
    let (whole, tenths) = (bytes / unit, bytes % unit * 10 / unit);
    if tenths == 0 { format!("{whole} {name}") } else { format!("{whole}.{tenths} {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let check = |bytes, expected: &str| assert_eq!(display_size(bytes), expected);
        check(0, "0 bytes");
        check(1023, "1023 bytes");
        check(64 << 20, "64 MiB");
        check((1 << 30) + (1 << 29), "1.5 GiB");
        check(99 * (1 << 20) + 17, "99 MiB");
    }

    #[test]
    fn options_are_not_in_debug_output() {
        let offer = Offer { kind: OfferKind::Source, name: "s".into(), options: "secret".into() };
        assert!(!format!("{offer:?}").contains("secret"));
    }
}
