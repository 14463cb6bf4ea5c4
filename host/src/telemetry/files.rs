//! The files of the system log: one a day, the newest also under the name `orgsync.log`. The oldest go when there are too
//! many, or when all together are too large; a file that was removed is made again.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use nix::libc;

use super::day_file::{end_last_line, is_in_place};
use super::{LOG_FILE, LOG_PREFIX};

/// How often is looked whether the open file is still where it was.
const GLANCE: Duration = Duration::from_secs(1);

/// What is kept.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// So many days, at least 1.
    pub days: u16,
    /// So many bytes of all days together, and of one day.
    pub bytes: u64,
}

/// The files, written by one thread.
#[derive(Debug)]
pub(super) struct DailyFiles {
    directory: PathBuf,
    kept: Kept,
    /// Removes a file.
    remove: fn(&Path) -> io::Result<()>,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    date: Date,
    file: File,
    length: u64,
    /// The length of the other days' files.
    others: u64,
    looked: Instant,
    /// Whether the day's file is full, which it says.
    is_full: bool,
}

impl DailyFiles {
    /// The files in this directory, which is there; today's is made at once.
    pub(super) fn open(directory: &Path, kept: Kept) -> io::Result<Self> {
        let mut files = Self { directory: directory.to_owned(), kept, remove: remove_file, open: None };
        files.ready(Timestamp::now(), Instant::now())?;
        Ok(files)
    }

    /// The file to write into.
    fn ready(&mut self, now: Timestamp, instant: Instant) -> io::Result<&mut Open> {
        let date = now.to_zoned(TimeZone::UTC).date();
        let stays = match &mut self.open {
            Some(open) if open.date == date && instant.duration_since(open.looked) < GLANCE => true,
            Some(open) if open.date == date => {
                open.looked = instant;
                is_in_place(&self.directory.join(name(date)), &open.file)
            }
            _ => false,
        };
        if !stays {
            self.open = None;
            self.open = Some(self.begin(date, now, instant)?);
        }
        self.open.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn begin(&self, date: Date, now: Timestamp, looked: Instant) -> io::Result<Open> {
        let path = self.directory.join(name(date));
        let open = || {
            OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
                .open(&path)
        };
        let mut file = match open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(&self.directory)?;
                open()?
            }
            opened => opened?,
        };
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!("{} is no file", path.display())));
        }
        end_last_line(&mut file)?;
        self.link(&path)?;
        let length = file.metadata()?.len();
        let mut open = Open { date, file, length, others: 0, looked, is_full: false };
        self.remove_old(&mut open, now, true)?;
        Ok(open)
    }

    /// Has the name of the newest file lead to this one. Whatever has the name is replaced, and not written.
    fn link(&self, path: &Path) -> io::Result<()> {
        let made = self.directory.join(format!(".{LOG_FILE}.new"));
        match std::fs::remove_file(&made) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        symlink(path, &made)?;
        std::fs::rename(&made, self.directory.join(LOG_FILE))
    }

    /// Removes the oldest days but the one that is open, as far as there are too many or they are too large, and says
    /// so in that one. What can't be removed is said, too, and stays until another day's file is opened.
    fn remove_old(&self, open: &mut Open, now: Timestamp, by_count: bool) -> io::Result<()> {
        let mut days = Vec::new();
        // A directory that can't be listed can be written all the same.
        for entry in std::fs::read_dir(&self.directory).into_iter().flatten().flatten() {
            let Some(date) = entry.file_name().to_str().and_then(date_of) else { continue };
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() && date != open.date {
                days.push((date, metadata.len()));
            }
        }
        days.sort_unstable();
        open.others = days.iter().map(|(_, bytes)| bytes).sum();
        let mut left = days.len();
        let (mut told, mut stays) = (String::new(), 0);
        for (date, bytes) in days {
            let too_many = by_count && left >= usize::from(self.kept.days.max(1));
            if !too_many && open.length.saturating_add(open.others) <= self.kept.bytes {
                break;
            }
            let why = match too_many {
                true => format!("{} days are kept (log_keep_days)", self.kept.days),
                false => {
                    format!("all days together may have {} bytes (storage.max_log_bytes)", self.kept.bytes)
                }
            };
            match (self.remove)(&self.directory.join(name(date))) {
                Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                    told += &format!(
                        "{now:.6}  WARN orgsync::telemetry: the system log of {date} stays, although {why}: {reason}\n"
                    );
                    stays += bytes;
                }
                _ => {
                    told += &format!(
                        "{now:.6}  INFO orgsync::telemetry: removed the system log of {date}, {bytes} bytes: {why}\n"
                    );
                    open.others -= bytes;
                }
            }
            left -= 1;
        }
        // What stays is not tried again with each line.
        open.others -= stays;
        open.file.write_all(told.as_bytes())?;
        open.length += told.len() as u64;
        Ok(())
    }

    fn write_at(&mut self, now: Timestamp, instant: Instant, line: &[u8]) -> io::Result<()> {
        let most = self.kept.bytes;
        let open = self.ready(now, instant)?;
        if open.is_full {
            return Ok(());
        }
        let mut line = line;
        let full;
        if open.length.saturating_add(line.len() as u64) > most {
            open.is_full = true;
            full = format!(
                "{now:.6}  WARN orgsync::telemetry: the system log of {} has {} bytes, and may have {most} \
                 (storage.max_log_bytes): further lines of the day are on standard error only\n",
                open.date, open.length
            );
            line = full.as_bytes();
        }
        open.file.write_all(line)?;
        open.length += line.len() as u64;
        if open.others > 0 && open.length.saturating_add(open.others) > most {
            let Some(mut open) = self.open.take() else { return Ok(()) };
            let removed = self.remove_old(&mut open, now, false);
            self.open = Some(open);
            return removed;
        }
        Ok(())
    }
}

impl Write for DailyFiles {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_at(Timestamp::now(), Instant::now(), line).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open.as_mut().map_or(Ok(()), |open| open.file.flush())
    }
}

fn remove_file(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}

fn name(date: Date) -> String {
    format!("{LOG_PREFIX}{date}.log")
}

fn date_of(file: &str) -> Option<Date> {
    let date = file.strip_prefix(LOG_PREFIX)?.strip_suffix(".log")?.parse().ok()?;
    // A parser of dates takes more than one way of writing.
    (name(date) == file).then_some(date)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Files of which each line is written at a time of its own, far enough apart for a look.
    struct Bench {
        directory: tempfile::TempDir,
        files: DailyFiles,
        begun: Instant,
    }

    impl Bench {
        fn new(days: u16, bytes: u64) -> Self {
            let directory = tempfile::tempdir().unwrap();
            let kept = Kept { days, bytes };
            let files =
                DailyFiles { directory: directory.path().to_owned(), kept, remove: remove_file, open: None };
            Self { directory, files, begun: Instant::now() }
        }

        fn write(&mut self, time: &str, line: &str) -> io::Result<()> {
            let time: Timestamp = time.parse().unwrap();
            let instant = self.begun + Duration::from_secs(time.as_second().unsigned_abs());
            self.files.write_at(time, instant, line.as_bytes())
        }

        fn names(&self) -> Vec<String> {
            let entries = std::fs::read_dir(self.directory.path()).unwrap();
            let mut names: Vec<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }

        fn latest(&self) -> String {
            std::fs::read_to_string(self.directory.path().join(LOG_FILE)).unwrap()
        }
    }

    #[test]
    fn a_day_has_a_private_file_and_the_newest_a_name() {
        let mut bench = Bench::new(2, 1_000);
        for day in 1..=3 {
            bench.write(&format!("2026-01-0{day}T00:00:00Z"), &format!("day {day}\n")).unwrap();
        }
        bench.write("2026-01-03T10:00:00Z", "more\n").unwrap();
        let removed = "2026-01-03T00:00:00.000000Z  INFO orgsync::telemetry: removed the system log of 2026-01-01, \
                       6 bytes: 2 days are kept (log_keep_days)\n";
        assert_eq!(bench.latest(), format!("{removed}day 3\nmore\n"));
        assert_eq!(bench.names(), ["orgsync.2026-01-02.log", "orgsync.2026-01-03.log", "orgsync.log"]);
        let file = bench.directory.path().join("orgsync.2026-01-03.log");
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_oldest_days_go_when_all_together_are_too_large() {
        let mut bench = Bench::new(30, 100);
        for day in 1..=3 {
            bench.write(&format!("2026-01-0{day}T00:00:00Z"), &"x".repeat(30)).unwrap();
        }
        bench.write("2026-01-03T00:00:02Z", &"y".repeat(30)).unwrap();
        assert_eq!(bench.names(), ["orgsync.2026-01-02.log", "orgsync.2026-01-03.log", "orgsync.log"]);
    }

    #[test]
    fn an_old_day_that_can_not_be_removed_is_told_once_and_stops_nothing() {
        let mut bench = Bench::new(2, 10_000);
        bench.files.remove = |path| match path.ends_with("orgsync.2026-01-01.log") {
            true => Err(io::ErrorKind::PermissionDenied.into()),
            false => std::fs::remove_file(path),
        };
        for day in 1..=4 {
            bench.write(&format!("2026-01-0{day}T00:00:00Z"), &format!("day {day}\n")).unwrap();
        }
        for second in 1..=9 {
            bench.write(&format!("2026-01-04T00:00:0{second}Z"), &"x".repeat(99)).unwrap();
        }
        let text = bench.latest();
        assert_eq!(text.matches("the system log of 2026-01-01 stays").count(), 1, "{text}");
        assert_eq!(text.matches("day 4\nxxx").count(), 1, "{text}");
        assert_eq!(
            bench.names(),
            ["orgsync.2026-01-01.log", "orgsync.2026-01-03.log", "orgsync.2026-01-04.log", "orgsync.log"],
            "the others go all the same"
        );
    }

    #[test]
    fn a_day_that_is_full_says_so_once_and_the_next_one_begins_again() {
        let mut bench = Bench::new(30, 400);
        for second in 0..5 {
            bench.write(&format!("2026-01-01T00:00:0{second}Z"), &format!("{}\n", "x".repeat(199))).unwrap();
        }
        let text = bench.latest();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.ends_with("further lines of the day are on standard error only\n"), "{text}");
        assert!(text.contains("2026-01-01T00:00:02.000000Z  WARN orgsync::telemetry: "), "{text}");
        bench.write("2026-01-02T00:00:00Z", "new\n").unwrap();
        assert!(bench.latest().ends_with("(storage.max_log_bytes)\nnew\n"), "{}", bench.latest());
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_ended() {
        let mut bench = Bench::new(30, 1_000);
        let path = bench.directory.path().join(name(jiff::civil::date(2026, 11, 30)));
        std::fs::write(&path, "whole\ncut o").unwrap();
        bench.write("2026-11-30T10:00:00Z", "next\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole\ncut o\nnext\n");
    }

    #[test]
    fn what_was_removed_is_made_again_and_links_are_not_followed() {
        let mut bench = Bench::new(30, 1_000);
        let file = bench.directory.path().join("orgsync.2026-01-01.log");
        bench.write("2026-01-01T00:00:00Z", "a\n").unwrap();
        std::fs::remove_file(&file).unwrap();
        bench.write("2026-01-01T00:00:02Z", "b\n").unwrap();
        assert_eq!(bench.latest(), "b\n");
        std::fs::remove_dir_all(bench.directory.path()).unwrap();
        bench.write("2026-01-01T00:00:04Z", "c\n").unwrap();
        assert_eq!(bench.latest(), "c\n");
        std::fs::remove_file(&file).unwrap();
        let elsewhere = bench.directory.path().join("elsewhere");
        std::fs::write(&elsewhere, "kept").unwrap();
        symlink(&elsewhere, &file).unwrap();
        bench.write("2026-01-01T00:00:06Z", "d\n").unwrap_err();
        assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "kept");
    }
}
