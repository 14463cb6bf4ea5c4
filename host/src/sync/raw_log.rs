//! The raw-record log: records as received, in `user-data-sync/<date>.log` under the log directory, as JSON Lines
//! `{"time","task","batch","source","dataType","record"}`. Written before a record is planned, readable by the owner
//! only; values under keys that look like secrets' are masked. Text that was no JSON stands under `"text"` instead of
//! `"record"`. Times never go back within a file, so that readers find a moment without reading all of it. How much is
//! kept is bounded, by day and in all.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use nix::libc;
use tracing::{info, warn};

use crate::metrics;
use crate::telemetry::{end_last_line, is_in_place};

pub(crate) use super::raw_lines::RawLines;
use super::raw_once::Once;
use super::space::{self, NoSpace};

/// The directory within the log directory.
pub const DIRECTORY: &str = "user-data-sync";

/// What can go wrong with the raw-record log. The records that it was for are not planned.
#[derive(Debug, thiserror::Error)]
pub enum RawLogError {
    /// A file or directory can't be used.
    #[error(
        "failed to write the raw-record log {}: {source}; free or mend its disk, or switch the log off for the \
         source (policy.rawRecords)", path.display()
    )]
    File {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Something else stands in its place.
    #[error("failed to write the raw-record log: {} {what}; move it away", path.display())]
    InTheWay {
        /// The place.
        path: PathBuf,
        /// What stands there.
        what: &'static str,
    },
    /// The disk is nearly full.
    #[error("failed to write the raw-record log: {0}")]
    NoSpace(#[from] NoSpace),
}

/// How much the log keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawBounds {
    /// How large the file of a day may become.
    pub day_bytes: u64,
    /// How large all files together may become, unless today's alone is larger.
    pub all_bytes: u64,
    /// How much of the disk stays free.
    pub min_free: u64,
    /// Whether a record that is as the last one of its uid is logged once a day.
    pub once: bool,
}

impl RawBounds {
    /// Everything is logged, and nothing is removed.
    pub const NONE: Self = Self { day_bytes: u64::MAX, all_bytes: u64::MAX, min_free: 0, once: false };
}

/// The log; shared by all tasks.
#[derive(Debug, Clone)]
pub struct RawLog {
    directory: Arc<PathBuf>,
    bounds: RawBounds,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    open: Option<Open>,
    /// The time of the last lines.
    last: Option<Timestamp>,
    once: Once,
}

/// The file that is appended to.
#[derive(Debug)]
struct Open {
    date: Date,
    file: File,
    length: u64,
    /// The length of the files of other days.
    others: u64,
    /// Whether nothing more is logged that day, because the file is as large as it may be.
    is_full: bool,
}

impl RawLog {
    /// The log under this log directory without bounds; the directory for it is made if need be.
    pub fn new(log_directory: &Path) -> Result<Self, RawLogError> {
        Self::with_bounds(log_directory, RawBounds::NONE)
    }

    /// The same within bounds.
    pub fn with_bounds(log_directory: &Path, bounds: RawBounds) -> Result<Self, RawLogError> {
        let log = Self { directory: Arc::new(log_directory.join(DIRECTORY)), bounds, state: Arc::default() };
        log.make_directory()?;
        Ok(log)
    }

    /// Whether its disk has as much space as is to stay free.
    pub(crate) fn check_space(&self) -> Result<(), NoSpace> {
        space::check(&self.directory, self.bounds.min_free)
    }

    /// Appends the lines gathered, which are forgotten; they have reached the file when this returns, but for those
    /// that it has already, and those that find the day's file full. Their time is `now`, or that of the last line if
    /// that is later: the clock may have been set back, or another task's lines may have been quicker.
    pub(crate) fn append(&self, now: Timestamp, lines: &mut RawLines) -> Result<(), RawLogError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { open, last, once } = &mut *state;
        let now = last.map_or(now, |last| last.max(now));
        let date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        self.check_space()?;
        if open.as_ref().is_none_or(|open| open.date != date || !is_in_place(&self.path_of(date), &open.file))
        {
            *open = None;
            *open = Some(self.open(date)?);
        }
        let Some(open) = open else { return Ok(()) };
        *last = Some(now);
        let task = lines.task();
        let (text, known) = lines.take(now, |held| !self.bounds.once || once.is_wanted(date, task, held));
        metrics::raw_records_left_out("known", known);
        let written = self.write(open, &text);
        if written.is_err() {
            once.forget();
        }
        written
    }

    fn write(&self, open: &mut Open, text: &[u8]) -> Result<(), RawLogError> {
        if text.is_empty() {
            return Ok(());
        }
        let bytes = text.len() as u64;
        if open.is_full || open.length.saturating_add(bytes) > self.bounds.day_bytes {
            let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64;
            metrics::raw_records_left_out("full", lines);
            if !std::mem::replace(&mut open.is_full, true) {
                warn!(
                    "the raw-record log of {} has {} bytes, and may have {} (storage.max_raw_records_day_bytes): \
                     further records of the day are taken and not logged raw",
                    open.date, open.length, self.bounds.day_bytes
                );
            }
            return Ok(());
        }
        let path = self.path_of(open.date);
        open.file.write_all(text).map_err(|source| RawLogError::File { path, source })?;
        open.length += bytes;
        if open.others > 0 && open.length.saturating_add(open.others) > self.bounds.all_bytes {
            open.others = self.remove_largest_part(open.date, open.length)?;
        }
        Ok(())
    }

    /// Removes the oldest files but that of `current` until all together are as small as they have to be. Returns how
    /// large the others are then.
    fn remove_largest_part(&self, current: Date, length: u64) -> Result<u64, RawLogError> {
        let days = self.days()?;
        let mut others: u64 = days.iter().filter(|day| day.0 != current).map(|day| day.1).sum();
        for (date, bytes) in days.into_iter().filter(|day| day.0 != current) {
            if length.saturating_add(others) <= self.bounds.all_bytes {
                break;
            }
            self.remove(date)?;
            others -= bytes;
            info!(
                "removed the raw-record log of {date}, {bytes} bytes: all days together may have {} \
                 (storage.max_raw_records_bytes)",
                self.bounds.all_bytes
            );
        }
        Ok(others)
    }

    /// Removes files of days before `oldest`; returns how many.
    pub(crate) fn remove_before(&self, oldest: Date) -> Result<usize, RawLogError> {
        let mut removed = 0;
        for (date, _) in self.days()?.into_iter().filter(|day| day.0 < oldest) {
            self.remove(date)?;
            removed += 1;
        }
        Ok(removed)
    }

    /// Removes the file of a day, which somebody else may have done just now.
    fn remove(&self, date: Date) -> Result<(), RawLogError> {
        let path = self.path_of(date);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => Err(RawLogError::File { path, source }),
            _ => Ok(()),
        }
    }

    /// The days that have a file, the oldest first, with the sizes of those.
    fn days(&self) -> Result<Vec<(Date, u64)>, RawLogError> {
        let failed = |source| RawLogError::File { path: self.directory.to_path_buf(), source };
        let entries = match std::fs::read_dir(&*self.directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut days = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let date = name.to_str().and_then(|name| name.strip_suffix(".log")?.parse::<Date>().ok());
            // A parser of dates takes more than one way of writing.
            let date = date.filter(|date| *name == *format!("{date}.log"));
            // It may be removed just now.
            let Ok(metadata) = entry.metadata() else { continue };
            days.extend(date.filter(|_| metadata.is_file()).map(|date| (date, metadata.len())));
        }
        days.sort_unstable();
        Ok(days)
    }

    fn make_directory(&self) -> Result<(), RawLogError> {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&*self.directory);
        made.map_err(|source| self.failed(&self.directory, source))
    }

    /// Opens the file of a day; what stands in its place is neither followed nor written.
    fn open(&self, date: Date) -> Result<Open, RawLogError> {
        let path = self.path_of(date);
        let open = || {
            OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
                .open(&path)
        };
        let opened = match open() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.make_directory()?;
                open()
            }
            opened => opened,
        };
        let mut file = opened.map_err(|source| self.failed(&path, source))?;
        let metadata = file.metadata().map_err(|source| self.failed(&path, source))?;
        if !metadata.is_file() {
            return Err(RawLogError::InTheWay { path, what: NO_FILE });
        }
        end_last_line(&mut file).map_err(|source| self.failed(&path, source))?;
        let length = file.metadata().map_err(|source| self.failed(&path, source))?.len();
        let others = self.days()?.into_iter().filter(|day| day.0 != date).map(|day| day.1).sum();
        Ok(Open { date, file, length, others, is_full: false })
    }

    fn failed(&self, path: &Path, source: std::io::Error) -> RawLogError {
        let path = path.to_owned();
        let in_the_way = |path: PathBuf, what| RawLogError::InTheWay { path, what };
        match source.raw_os_error() {
            Some(libc::ELOOP | libc::EISDIR | libc::ENXIO) => in_the_way(path, NO_FILE),
            Some(libc::ENOTDIR | libc::EEXIST) => in_the_way(self.directory.to_path_buf(), "is no directory"),
            _ => RawLogError::File { path, source },
        }
    }

    fn path_of(&self, date: Date) -> PathBuf {
        self.directory.join(format!("{date}.log"))
    }
}

const NO_FILE: &str = "is a link or no file";

#[cfg(test)]
#[path = "raw_log_tests.rs"]
mod tests;
