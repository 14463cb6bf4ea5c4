//! The raw-record log: records as received, in `user-data-sync/<date>.log` under the log directory, as JSON Lines
//! `{"time","task","batch","source","dataType","record"}`. Written before a record is planned, readable by the owner
//! only; values under keys that look like secrets' are masked. Text that was no JSON stands under `"text"` instead of
//! `"record"`. Times never go back within a file, so that readers find a moment without reading all of it. How much is
//! kept is bounded, by day and in all.

use std::collections::HashMap;
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

/// A source's part of what the file of a day may hold.
const PARTS: u64 = 4;
/// How far the clock may be behind a last line of another day so that times stay where they are; beyond that, that
/// line's time was wrong.
const SET_BACK_SECONDS: i64 = 300;

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
    /// How large the file of a day may become. One source may fill a quarter of it.
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
    /// Removes a file.
    remove: fn(&Path) -> std::io::Result<()>,
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
    /// What sources have of it, as far as this process has written it.
    shares: HashMap<String, Share>,
    /// Whether nothing more is logged that day, because the file is as large as it may be.
    is_full: bool,
}

/// What a source has of a day's file.
#[derive(Debug, Default)]
struct Share {
    bytes: u64,
    /// Whether nothing more of it is logged that day, because it is as much as it may have.
    is_full: bool,
}

impl RawLog {
    /// The log under this log directory without bounds; the directory for it is made if need be.
    pub fn new(log_directory: &Path) -> Result<Self, RawLogError> {
        Self::with_bounds(log_directory, RawBounds::NONE)
    }

    /// The same within bounds.
    pub fn with_bounds(log_directory: &Path, bounds: RawBounds) -> Result<Self, RawLogError> {
        let log = Self {
            directory: Arc::new(log_directory.join(DIRECTORY)),
            bounds,
            remove: |path| std::fs::remove_file(path),
            state: Arc::default(),
        };
        log.make_directory()?;
        Ok(log)
    }

    /// Whether its disk has as much space as is to stay free.
    pub(crate) fn check_space(&self) -> Result<(), NoSpace> {
        space::check(&self.directory, self.bounds.min_free)
    }

    /// Appends the lines gathered, which are forgotten; they have reached the file when this returns, but for those
    /// that it has already, and those that find the day's file, or their source's part of it, full. Their time is `now`,
    /// or that of the last line if that is later and of the same day or little later: the clock may have been set back,
    /// or another task's lines may have been quicker.
    pub(crate) fn append(&self, now: Timestamp, lines: &mut RawLines) -> Result<(), RawLogError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { open, last, once } = &mut *state;
        let now = last.map_or(now, |last| not_back(last, now));
        let date = date_of(now);
        self.check_space()?;
        if open.as_ref().is_none_or(|open| open.date != date || !is_in_place(&self.path_of(date), &open.file))
        {
            *open = None;
            let opened = self.open(date)?;
            if opened.length == 0 {
                // Of a file that is made again, nothing is in it yet.
                once.forget();
            }
            *open = Some(opened);
        }
        let Some(open) = open else { return Ok(()) };
        *last = Some(now);
        let task = lines.task();
        let (text, known) = lines.take(now, |held| !self.bounds.once || once.is_wanted(date, task, held));
        metrics::raw_records_left_out("known", known);
        let written = self.write(open, lines.source(), &text);
        if written.is_err() {
            once.forget();
        }
        written
    }

    fn write(&self, open: &mut Open, source: &str, text: &[u8]) -> Result<(), RawLogError> {
        if text.is_empty() {
            return Ok(());
        }
        let bytes = text.len() as u64;
        let records = || text.iter().filter(|byte| **byte == b'\n').count() as u64;
        if open.is_full || open.length.saturating_add(bytes) > self.bounds.day_bytes {
            metrics::raw_records_left_out("full", records());
            if !std::mem::replace(&mut open.is_full, true) {
                warn!(
                    "the raw-record log of {} has {} bytes, and may have {} (storage.max_raw_records_day_bytes): \
                     further records of the day are taken and not logged raw",
                    open.date, open.length, self.bounds.day_bytes
                );
            }
            return Ok(());
        }
        let most = self.bounds.day_bytes / PARTS;
        let share = open.shares.entry(source.to_owned()).or_default();
        if share.is_full || share.bytes.saturating_add(bytes) > most {
            metrics::raw_records_left_out("source_full", records());
            if !std::mem::replace(&mut share.is_full, true) {
                warn!(
                    "source {source} has {} bytes in the raw-record log of {}, and one source may have {most}, a quarter \
                     of storage.max_raw_records_day_bytes: further records of it are taken and not logged raw that day",
                    share.bytes, open.date
                );
            }
            return Ok(());
        }
        share.bytes += bytes;
        let path = self.path_of(open.date);
        open.file.write_all(text).map_err(|source| RawLogError::File { path, source })?;
        open.length += bytes;
        if open.others > 0 && open.length.saturating_add(open.others) > self.bounds.all_bytes {
            // The lines are in their file, whatever becomes of others.
            match self.remove_largest_part(open.date, open.length) {
                Ok(others) => open.others = others,
                Err(reason) => {
                    // It is not tried again before the next file is opened.
                    open.others = 0;
                    warn!("old raw-record logs stay, although they are too large together: {reason}");
                }
            }
        }
        Ok(())
    }

    /// Removes the oldest files but that of `current` until all together are as small as they have to be, as far as
    /// they can be removed. Returns how large the others are then; 0 if there are none to remove any more.
    fn remove_largest_part(&self, current: Date, length: u64) -> Result<u64, RawLogError> {
        let days = self.days()?;
        let mut others: u64 = days.iter().filter(|day| day.0 != current).map(|day| day.1).sum();
        let mut stays = false;
        for (date, bytes) in days.into_iter().filter(|day| day.0 != current) {
            if length.saturating_add(others) <= self.bounds.all_bytes {
                return Ok(others);
            }
            if let Err(reason) = self.remove(date) {
                warn!("an old raw-record log stays, although all together are too large: {reason}");
                stays = true;
                continue;
            }
            others -= bytes;
            info!(
                "removed the raw-record log of {date}, {bytes} bytes: all days together may have {} \
                 (storage.max_raw_records_bytes)",
                self.bounds.all_bytes
            );
        }
        // What stays is not tried again with each line.
        Ok(if stays { 0 } else { others })
    }

    /// Removes files of days before `oldest`, as far as they can be removed; returns how many.
    pub(crate) fn remove_before(&self, oldest: Date) -> Result<usize, RawLogError> {
        let mut removed = 0;
        for (date, _) in self.days()?.into_iter().filter(|day| day.0 < oldest) {
            match self.remove(date) {
                Ok(()) => removed += 1,
                Err(reason) => warn!("an old raw-record log stays: {reason}"),
            }
        }
        Ok(removed)
    }

    /// Removes the file of a day, which somebody else may have done just now.
    fn remove(&self, date: Date) -> Result<(), RawLogError> {
        let path = self.path_of(date);
        match (self.remove)(&path) {
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
        Ok(Open { date, file, length, others, shares: HashMap::new(), is_full: false })
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

/// The time of the next line, so that times do not go back within a file, and a clock that was wrong for a while does
/// not decide about the days to come.
fn not_back(last: Timestamp, now: Timestamp) -> Timestamp {
    let is_wrong = last.duration_since(now).as_secs() > SET_BACK_SECONDS && date_of(last) != date_of(now);
    if is_wrong { now } else { last.max(now) }
}

fn date_of(time: Timestamp) -> Date {
    time.to_zoned(jiff::tz::TimeZone::UTC).date()
}

const NO_FILE: &str = "is a link or no file";

#[cfg(test)]
#[path = "raw_log_tests.rs"]
mod tests;
