//! The system log: to standard error for whoever watches, and to a file a day in the log directory,
//! the newest under the name `orgsync.log`. Each event is one line. Nothing is dropped before a day's file is full; what
//! is older than the days to keep, or too much, goes.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

mod day_file;
mod files;
mod lines;

pub(crate) use day_file::{end_last_line, is_in_place};
use files::DailyFiles;
pub use files::Kept;
use lines::OneLineEach;

/// The newest system log within the log directory.
pub const LOG_FILE: &str = "orgsync.log";
/// What a day's log begins with; its date and `.log` follow.
pub const LOG_PREFIX: &str = "orgsync.";

/// Why there can be no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The file can't be written.
    #[error("failed to open the log in {}: {reason}", directory.display())]
    Open {
        /// The log directory.
        directory: PathBuf,
        /// Why.
        reason: String,
    },
    /// The level makes no sense.
    #[error("log_level: `{level}` is no filter: {reason}; write info, debug or orgsync=debug")]
    Level {
        /// As given.
        level: String,
        /// Why.
        reason: String,
    },
}

/// Sets up the log for this process. The guard writes what is left when it is dropped.
pub fn init(directory: &Path, level: &str, kept: Kept) -> Result<WorkerGuard, TelemetryError> {
    let filter = EnvFilter::try_new(level)
        .map_err(|reason| TelemetryError::Level { level: level.to_owned(), reason: reason.to_string() })?;
    let failed = |reason: String| TelemetryError::Open { directory: directory.to_owned(), reason };
    std::fs::create_dir_all(directory).map_err(|error| failed(error.to_string()))?;
    // The link to the newest file is made of this path, so it has to mean the same from anywhere.
    let directory = &directory.canonicalize().map_err(|error| failed(error.to_string()))?;
    let file = DailyFiles::open(directory, kept).map_err(|error| failed(error.to_string()))?;
    // Waiting for the disk is better than a log with holes in it.
    let (file, guard) = NonBlockingBuilder::default().lossy(false).finish(file);
    let color = std::io::stderr().is_terminal();
    tracing_subscriber::registry()
        .with(filter)
        // Nobody may be reading standard error any more, and a complaint about that would go there, too, and panic.
        .with(
            fmt::layer()
                .with_writer(OneLineEach::new(std::io::stderr, color))
                .with_ansi(color)
                .log_internal_errors(false),
        )
        .with(
            fmt::layer()
                .with_writer(OneLineEach::new(file, false))
                .with_ansi(false)
                .log_internal_errors(false),
        )
        .try_init()
        .map_err(|error| failed(error.to_string()))?;
    std::panic::set_hook(Box::new(|panic| tracing::error!("a mistake in orgsync: {panic}")));
    Ok(guard)
}
