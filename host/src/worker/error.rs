//! What can go wrong with a worker. Every message begins with the plugin's name and says what became of it.

use std::io;
use std::time::Duration;

use orgsync_plugin_api::{ErrorClass, PluginError};

use super::display_size;

/// Why a worker did not do what was asked of it. Unless it is [`Plugin`](Self::Plugin) or
/// [`TooMuch`](Self::TooMuch), its processes are gone; otherwise they go with the [`Worker`](super::Worker).
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The worker process could not be started.
    #[error("plugin {plugin}: failed to start its worker: {source}")]
    Start {
        /// The plugin's name.
        plugin: String,
        /// Why.
        source: io::Error,
    },
    /// The plugin answered with an error, or panicked (class `panic`), or its library could not be loaded
    /// (class `unknown`).
    #[error("plugin {plugin}: {source}")]
    Plugin {
        /// The plugin's name.
        plugin: String,
        /// What it answered.
        source: PluginError,
    },
    /// The worker was killed by a signal, and not by us.
    #[error("plugin {plugin}: killed by {signal}")]
    Killed {
        /// The plugin's name.
        plugin: String,
        /// The signal with its meaning, such as `SIGSEGV (segmentation fault)`.
        signal: String,
    },
    /// The worker exited before it said that it had finished.
    #[error("plugin {plugin}: exited with code {code} before it had finished")]
    Exited {
        /// The plugin's name.
        plugin: String,
        /// Its exit code.
        code: i32,
    },
    /// The plugin could not get the memory that it asked for.
    #[error("plugin {plugin}: ran out of its memory limit of {}", display_size(*.limit))]
    OutOfMemory {
        /// The plugin's name.
        plugin: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// It was silent for too long while something was asked of it.
    #[error("plugin {plugin}: sent no frame for {} and was killed", humantime::format_duration(*.after))]
    Idle {
        /// The plugin's name.
        plugin: String,
        /// Its `idle_timeout`.
        after: Duration,
    },
    /// It lived for too long.
    #[error("plugin {plugin}: had not finished after {} and was killed", humantime::format_duration(*.after))]
    Overtime {
        /// The plugin's name.
        plugin: String,
        /// Its `task_timeout`.
        after: Duration,
    },
    /// It sent what no worker sends.
    #[error("plugin {plugin}: sent {what}")]
    Nonsense {
        /// The plugin's name.
        plugin: String,
        /// What it sent.
        what: String,
    },
    /// A message to it is longer than a frame can be.
    #[error("plugin {plugin}: the message to it would be {what}")]
    TooMuch {
        /// The plugin's name.
        plugin: String,
        /// How long it is.
        what: String,
    },
    /// The task was cancelled.
    #[error("plugin {plugin}: cancelled")]
    Cancelled {
        /// The plugin's name.
        plugin: String,
    },
}

impl WorkerError {
    /// Whether the same may well succeed later, with nothing changed. A plugin says so itself; a crash, a
    /// time-out or a lack of memory may depend on what it was just dealing with.
    pub fn is_transient(&self) -> bool {
        match self {
            WorkerError::Start { .. } | WorkerError::Idle { .. } | WorkerError::Overtime { .. } => true,
            WorkerError::Killed { .. } | WorkerError::Exited { .. } | WorkerError::OutOfMemory { .. } => true,
            WorkerError::Plugin { source, .. } => source.class == ErrorClass::Transient,
            WorkerError::Nonsense { .. } | WorkerError::TooMuch { .. } | WorkerError::Cancelled { .. } => {
                false
            }
        }
    }

    /// Whether it says something about the plugin itself, rather than about this machine or this attempt.
    pub fn blames_plugin(&self) -> bool {
        !matches!(
            self,
            WorkerError::Start { .. } | WorkerError::Cancelled { .. } | WorkerError::TooMuch { .. }
        )
    }
}
