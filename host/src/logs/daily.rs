//! A log that has a file a day: which days there are, and a day's file. Names are made of dates and nothing else, so
//! that whatever is asked for, no other file is opened.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use jiff::civil::Date;

use super::{LogsError, Place};

/// The files of one log.
#[derive(Debug)]
pub(super) struct Daily {
    directory: PathBuf,
    /// What stands before the date.
    prefix: &'static str,
}

/// A day that has a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// In UTC.
    pub date: Date,
    /// The size of its file.
    pub bytes: u64,
}

impl Daily {
    pub(super) fn new(directory: PathBuf, prefix: &'static str) -> Self {
        Self { directory, prefix }
    }

    /// The days there are, oldest first; none if the directory isn't there.
    pub(super) fn days(&self) -> Result<Vec<Day>, LogsError> {
        let failed = |source| LogsError { path: self.directory.clone(), source };
        let files = match std::fs::read_dir(&self.directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            files => files.map_err(failed)?,
        };
        let mut days = Vec::new();
        for file in files {
            let file = file.map_err(failed)?;
            let Some(date) = file.file_name().to_str().and_then(|name| self.date(name)) else { continue };
            match file.metadata() {
                Ok(metadata) if metadata.is_file() => days.push(Day { date, bytes: metadata.len() }),
                // A link, or removed just now for being too old.
                _ => {}
            }
        }
        days.sort_by_key(|day| day.date);
        Ok(days)
    }

    /// A day's file and its length now; `None` if there is none, which may be because it was too old.
    pub(super) fn open(&self, date: Date) -> Result<Option<(File, u64)>, LogsError> {
        let path = self.path(date);
        let opened = || -> io::Result<Option<(File, u64)>> {
            // Opening a pipe would wait for a writer.
            if !std::fs::symlink_metadata(&path)?.is_file() {
                return Ok(None);
            }
            let file = File::open(&path)?;
            let length = file.metadata()?.len();
            Ok(Some((file, length)))
        };
        match opened() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            opened => opened.map_err(|source| LogsError { path, source }),
        }
    }

    /// The bytes from the beginning of a line on, at most so many; `None` if no line begins there.
    pub(super) fn line_at(&self, place: Place, limit: usize) -> Result<Option<Vec<u8>>, LogsError> {
        let Some((file, length)) = self.open(place.day)? else { return Ok(None) };
        if place.offset >= length {
            return Ok(None);
        }
        let read = |offset: u64, limit: usize| -> Result<Vec<u8>, LogsError> {
            let mut bytes = vec![0; usize::try_from(length - offset).unwrap_or(limit).min(limit)];
            let read = read_at(&file, &mut bytes, offset).map_err(|source| self.failed(place.day, source))?;
            bytes.truncate(read);
            Ok(bytes)
        };
        let begins = match place.offset.checked_sub(1) {
            Some(before) => read(before, 1)? == b"\n",
            None => true,
        };
        if begins { read(place.offset, limit).map(Some) } else { Ok(None) }
    }

    pub(super) fn failed(&self, date: Date, source: io::Error) -> LogsError {
        LogsError { path: self.path(date), source }
    }

    fn path(&self, date: Date) -> PathBuf {
        self.directory.join(self.name(date))
    }

    fn name(&self, date: Date) -> String {
        format!("{}{date}.log", self.prefix)
    }

    fn date(&self, name: &str) -> Option<Date> {
        let date = name.strip_prefix(self.prefix)?.strip_suffix(".log")?.parse().ok()?;
        // A parser of dates takes more than one way of writing.
        (self.name(date) == name).then_some(date)
    }
}

/// Fills the buffer from this offset on, or as much of it as the file has; returns how much.
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn only_files_named_by_a_date_are_days() {
        let directory = tempfile::tempdir().unwrap();
        let daily = Daily::new(directory.path().to_owned(), "orgsync.");
        let days = ["orgsync.2026-01-02.log", "orgsync.2025-12-31.log"];
        let others =
            ["2026-01-03.log", "orgsync.20260104.log", "orgsync.2026-01-05.log.gz", "other.2026-01-06.log"];
        for name in days.into_iter().chain(others).chain(["orgsync.log", "orgsync.2026-02-30.log"]) {
            std::fs::write(directory.path().join(name), "12345").unwrap();
        }
        std::fs::create_dir(directory.path().join("orgsync.2026-01-07.log")).unwrap();
        let secret = directory.path().join("secret");
        std::fs::write(&secret, "secret").unwrap();
        std::os::unix::fs::symlink(&secret, directory.path().join("orgsync.2026-01-08.log")).unwrap();
        let day = |date: Date| Day { date, bytes: 5 };
        assert_eq!(daily.days().unwrap(), [day(date(2025, 12, 31)), day(date(2026, 1, 2))]);
        assert!(daily.open(date(2026, 1, 2)).unwrap().is_some());
        for none in [date(2026, 1, 7), date(2026, 1, 8), date(2026, 1, 9)] {
            assert!(daily.open(none).unwrap().is_none(), "{none}");
        }
    }

    #[test]
    fn a_missing_directory_has_no_days() {
        let daily = Daily::new("/nowhere/at/all".into(), "");
        assert_eq!(daily.days().unwrap(), []);
        assert_eq!(daily.line_at(Place::BEGINNING, 10).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Daily::new(file.clone(), "").days().unwrap_err().to_string();
        assert!(error.starts_with(&format!("failed to read {}: ", file.display())), "{error}");
    }
}
