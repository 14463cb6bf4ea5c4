//! The raw-record log: every record as received, in `user-data-sync/<date>.log` under the log
//! directory, as JSON Lines `{"time","task","batch","source","dataType","record"}`. Written before a
//! record is planned, never dropped under load, readable by the owner only; values under keys that
//! look like secrets' are masked. Text that was no JSON stands under `"text"` instead of `"record"`.
//! Times never go back within a file, so that readers find a moment without reading all of it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::domain::data_type::DataType;
use crate::domain::ids::{Batch, TaskId};
use crate::domain::redact;

/// The directory within the log directory.
pub const DIRECTORY: &str = "user-data-sync";

/// Stands where the time will, which is known when the line is written.
const NO_TIME: &[u8] = b"0000-00-00T00:00:00.000Z";

/// What can go wrong with the raw-record log.
#[derive(Debug, thiserror::Error)]
#[error("failed to write the raw-record log {}: {source}", path.display())]
pub struct RawLogError {
    path: PathBuf,
    source: std::io::Error,
}

/// The log; shared by all tasks.
#[derive(Debug, Clone)]
pub struct RawLog {
    directory: Arc<PathBuf>,
    open: Arc<Mutex<Option<Open>>>,
}

/// The file that is appended to.
#[derive(Debug)]
struct Open {
    date: Date,
    file: File,
    /// The time of its last lines.
    last: Timestamp,
}

impl RawLog {
    /// The log under this log directory; the directory for it is made if need be.
    pub fn new(log_directory: &Path) -> Result<Self, RawLogError> {
        let directory = log_directory.join(DIRECTORY);
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory);
        made.map_err(|source| RawLogError { path: directory.clone(), source })?;
        Ok(Self { directory: Arc::new(directory), open: Arc::default() })
    }

    /// Appends the lines gathered, which are forgotten; they have reached the file when this returns. Their time is
    /// `now`, or that of the last line if that is later: the clock may have been set back, or another task's lines
    /// may have been quicker.
    pub(crate) fn append(&self, now: Timestamp, lines: &mut RawLines) -> Result<(), RawLogError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let now = open.as_ref().map_or(now, |open| open.last.max(now));
        let date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let path = self.path_of(date);
        let failed = |source| RawLogError { path: path.clone(), source };
        if open.as_ref().is_none_or(|open| open.date != date || !path.exists()) {
            let mut file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&path)
                .map_err(failed)?;
            end_last_line(&mut file).map_err(failed)?;
            *open = Some(Open { date, file, last: now });
        }
        let Some(open) = open.as_mut() else { return Ok(()) };
        open.last = now;
        open.file.write_all(&lines.take(now)).map_err(failed)
    }

    /// Removes files of days before `oldest`; returns how many.
    pub(crate) fn remove_before(&self, oldest: Date) -> Result<usize, RawLogError> {
        let failed = |source| RawLogError { path: self.directory.to_path_buf(), source };
        let mut removed = 0;
        for entry in std::fs::read_dir(&*self.directory).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let date =
                path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<Date>().ok());
            if date.is_some_and(|date| date < oldest) {
                std::fs::remove_file(&path).map_err(failed)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn path_of(&self, date: Date) -> PathBuf {
        self.directory.join(format!("{date}.log"))
    }
}

/// Ends a line that a crash has left half written, so that the next one stands on its own.
fn end_last_line(file: &mut File) -> std::io::Result<()> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

/// Gathers the lines of one task until they are appended together.
#[derive(Debug)]
pub(crate) struct RawLines {
    head: String,
    lines: Vec<u8>,
    /// Where in them the times stand.
    times: Vec<usize>,
}

impl RawLines {
    /// Lines of this task.
    pub(crate) fn new(task: TaskId, batch: Batch, source: &str) -> Self {
        let source = Value::String(source.to_owned());
        let head = format!(r#""task":{task},"batch":{batch},"source":{source}"#);
        Self { head, lines: Vec::new(), times: Vec::new() }
    }

    /// Adds a record: its text as received, and what it says.
    pub(crate) fn record(&mut self, data_type: DataType, text: &[u8], json: &Value) {
        self.begin(data_type, "record");
        // What it says may lack what its text has: of a key that is given twice, the first value.
        if redact::may_have_secret(text) && (redact::has_secret(json) || redact::text_has_secret(text)) {
            let mut json = json.clone();
            redact::redact(&mut json);
            self.lines.extend_from_slice(json.to_string().as_bytes());
        } else {
            // White space between tokens may hold line ends, in a pretty-printed array for one; within
            // a JSON string they are always escaped.
            self.lines
                .extend(text.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
        }
        self.lines.extend_from_slice(b"}\n");
    }

    /// Adds a text that was no JSON.
    pub(crate) fn text(&mut self, data_type: DataType, text: &[u8]) {
        self.begin(data_type, "text");
        // What is no JSON can't be masked key by key, so it is masked whole if a secret may be in it.
        let text = String::from_utf8_lossy(text);
        let text = if redact::is_secret(&text) { redact::MASK.into() } else { text };
        let text = Value::String(text.into_owned());
        self.lines.extend_from_slice(text.to_string().as_bytes());
        self.lines.extend_from_slice(b"}\n");
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines so far, of this time; they are forgotten.
    pub(crate) fn take(&mut self, time: Timestamp) -> Vec<u8> {
        let mut lines = std::mem::take(&mut self.lines);
        let time = format!("{time:.3}");
        for at in self.times.drain(..) {
            // Years of more than four digits would take more room; no clock gets there.
            if let (Some(slot), true) = (lines.get_mut(at..at + NO_TIME.len()), time.len() == NO_TIME.len()) {
                slot.copy_from_slice(time.as_bytes());
            }
        }
        lines
    }

    fn begin(&mut self, data_type: DataType, key: &str) {
        const OPENING: &[u8] = b"{\"time\":\"";
        self.times.push(self.lines.len() + OPENING.len());
        let parts = [
            OPENING,
            NO_TIME,
            b"\",",
            self.head.as_bytes(),
            b",\"dataType\":\"",
            data_type.as_str().as_bytes(),
            b"\",\"",
            key.as_bytes(),
            b"\":",
        ];
        for part in parts {
            self.lines.extend_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn line(text: &str) -> RawLines {
        let mut lines = RawLines::new(TaskId(1), Batch(1), "api");
        lines.text(DataType::User, text.as_bytes());
        lines
    }

    /// What a file has: of each line the time within the day and the text, or the line if it is none.
    fn told(file: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(file).unwrap();
        let told = |line: &str| {
            let Ok(value) = serde_json::from_str::<Value>(line) else { return line.to_owned() };
            format!("{} {}", &value["time"].as_str().unwrap()[11..], value["text"].as_str().unwrap())
        };
        text.lines().map(told).collect()
    }

    #[test]
    fn lines_hold_the_record_as_received_without_secrets() {
        let mut lines = RawLines::new(TaskId(7), Batch(3), "hr \"x\"");
        let mut record = |text: &str| {
            lines.record(DataType::User, text.as_bytes(), &serde_json::from_str(text).unwrap());
        };
        record("{ \"uid\" :1.0,\n \"x\": \"a\\nb\" }");
        record(r#"{"uid":"2","deep":[{"apiToken":"t"}]}"#);
        let mut record = |text: &str| {
            lines.record(DataType::User, text.as_bytes(), &serde_json::from_str(text).unwrap());
        };
        record(r#"{"uid":"3","x":{"password":"geheim"},"x":"X"}"#);
        lines.text(DataType::Department, b"{nonsense\xff");
        lines.text(DataType::User, b"{\"password\":\"geheim\",}");
        insta::assert_snapshot!(String::from_utf8(lines.take(at("2026-01-02T03:04:05Z"))).unwrap(), @r#"
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{ "uid" :1.0,  "x": "a\nb" }}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{"deep":[{"apiToken":"[redacted]"}],"uid":"2"}}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{"uid":"3","x":"X"}}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"department","text":"{nonsense�"}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","text":"[redacted]"}
        "#);
        assert!(lines.is_empty());
    }

    #[test]
    fn files_are_by_day_private_and_removed_when_old() {
        let directory = tempfile::tempdir().unwrap();
        let log = RawLog::new(directory.path()).unwrap();
        log.append(at("2026-01-01T23:59:59Z"), &mut line("a")).unwrap();
        log.append(at("2026-01-02T00:00:00Z"), &mut line("b")).unwrap();
        log.append(at("2026-01-02T00:00:01Z"), &mut line("c")).unwrap();
        let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
        assert_eq!(told(&file), ["00:00:00.000Z b", "00:00:01.000Z c"]);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "half").unwrap();
        let restarted = RawLog::new(directory.path()).unwrap();
        restarted.append(at("2026-01-02T00:00:02Z"), &mut line("d")).unwrap();
        assert_eq!(told(&file), ["half", "00:00:02.000Z d"]);
        assert_eq!(log.remove_before("2026-01-02".parse().unwrap()).unwrap(), 1);
        assert!(file.exists());
    }

    #[test]
    fn times_never_go_back_even_if_the_clock_does() {
        let directory = tempfile::tempdir().unwrap();
        let log = RawLog::new(directory.path()).unwrap();
        log.append(at("2026-01-02T00:00:00.25Z"), &mut line("a")).unwrap();
        log.append(at("2026-01-01T23:59:59Z"), &mut line("b")).unwrap();
        log.append(at("2026-01-02T00:00:01Z"), &mut line("c")).unwrap();
        let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
        assert_eq!(told(&file), ["00:00:00.250Z a", "00:00:00.250Z b", "00:00:01.000Z c"]);
        assert!(!directory.path().join(DIRECTORY).join("2026-01-01.log").exists());
    }
}
