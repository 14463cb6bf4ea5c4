//! What pages ask of the logs. Files are read on threads that may block; several calls at once do not wait for each
//! other.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tokio::task::spawn_blocking;

use super::Place;
use super::budget::Budget;
use super::daily::{Daily, Day};
use super::event::{Event, Wanted};
use super::raw::{self, RawPage, RawQuery, RawRecord};
use super::system::{self, News, SystemPage, SystemQuery};
use crate::sync::raw_log;
use crate::telemetry::LOG_PREFIX;

/// Why a log can't be read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read {}: {source}", path.display())]
pub struct LogsError {
    /// The file or directory.
    pub path: PathBuf,
    /// Why.
    pub source: std::io::Error,
}

/// The logs under one log directory. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Logs {
    system: Arc<Daily>,
    raw: Arc<Daily>,
}

impl Logs {
    /// Those under this directory, which need not be there.
    pub fn new(log_directory: &Path) -> Self {
        Self {
            system: Arc::new(Daily::new(log_directory.to_owned(), LOG_PREFIX)),
            raw: Arc::new(Daily::new(log_directory.join(raw_log::DIRECTORY), "")),
        }
    }

    /// The days of the system log, oldest first.
    pub async fn system_days(&self) -> Result<Vec<Day>, LogsError> {
        let log = Arc::clone(&self.system);
        blocking(move || log.days()).await
    }

    /// Events of the system log, newest first.
    pub async fn system(&self, query: SystemQuery) -> Result<SystemPage, LogsError> {
        let log = Arc::clone(&self.system);
        blocking(move || system::page(&log, &query, Budget::new(Instant::now()))).await
    }

    /// What has been logged since a place that a page or an earlier call gave, at most so many events.
    pub async fn system_since(&self, place: Place, wanted: Wanted, limit: usize) -> Result<News, LogsError> {
        let log = Arc::clone(&self.system);
        blocking(move || system::since(&log, place, &wanted, limit, Budget::new(Instant::now()))).await
    }

    /// An event with all that it says, up to [`LONGEST`](super::LONGEST) bytes; `None` if none begins there.
    pub async fn system_event(&self, place: Place) -> Result<Option<Event>, LogsError> {
        let log = Arc::clone(&self.system);
        blocking(move || system::whole(&log, place)).await
    }

    /// The days that have raw records, oldest first.
    pub async fn raw_days(&self) -> Result<Vec<Day>, LogsError> {
        let log = Arc::clone(&self.raw);
        blocking(move || log.days()).await
    }

    /// Raw records.
    pub async fn raw(&self, query: RawQuery) -> Result<RawPage, LogsError> {
        let log = Arc::clone(&self.raw);
        blocking(move || raw::page(&log, &query, Budget::new(Instant::now()))).await
    }

    /// A raw record with all that it says, up to [`LONGEST`](super::LONGEST) bytes; `None` if none begins there.
    pub async fn raw_record(&self, place: Place) -> Result<Option<RawRecord>, LogsError> {
        let log = Arc::clone(&self.raw);
        blocking(move || raw::whole(&log, place)).await
    }
}

async fn blocking<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(read).await {
        Ok(read) => read,
        // It is never aborted, so this is a panic; it goes on where it would have without the other thread.
        Err(failure) => std::panic::resume_unwind(failure.into_panic()),
    }
}
