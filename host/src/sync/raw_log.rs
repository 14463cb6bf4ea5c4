//! The raw-record log: every record as received, in `user-data-sync/<date>.log` under the log
//! directory, as JSON Lines `{"time","task","batch","source","dataType","record"}`. Written before a
//! record is planned, never dropped under load, readable by the owner only; values under keys that
//! look like secrets' are masked. Text that was no JSON stands under `"text"` instead of `"record"`.

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
    open: Arc<Mutex<Option<(Date, File)>>>,
}

impl RawLog {
    /// The log under this log directory; the directory for it is made if need be.
    pub fn new(log_directory: &Path) -> Result<Self, RawLogError> {
        let directory = log_directory.join(DIRECTORY);
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory);
        made.map_err(|source| RawLogError { path: directory.clone(), source })?;
        Ok(Self { directory: Arc::new(directory), open: Arc::default() })
    }

    /// Appends finished lines; they have reached the file when this returns.
    pub(crate) fn append(&self, now: Timestamp, lines: &[u8]) -> Result<(), RawLogError> {
        if lines.is_empty() {
            return Ok(());
        }
        let date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let path = self.path_of(date);
        let failed = |source| RawLogError { path: path.clone(), source };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let reopen = match &*open {
            Some((opened, _)) => *opened != date || !path.exists(),
            None => true,
        };
        if reopen {
            let mut file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&path)
                .map_err(failed)?;
            end_last_line(&mut file).map_err(failed)?;
            *open = Some((date, file));
        }
        let Some((_, file)) = open.as_mut() else { return Ok(()) };
        file.write_all(lines).map_err(failed)
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
}

impl RawLines {
    /// Lines of this task.
    pub(crate) fn new(task: TaskId, batch: Batch, source: &str) -> Self {
        let source = Value::String(source.to_owned());
        Self { head: format!(r#""task":{task},"batch":{batch},"source":{source}"#), lines: Vec::new() }
    }

    /// Adds a record: its text as received, and what it says.
    pub(crate) fn record(&mut self, time: &str, data_type: DataType, text: &[u8], json: &Value) {
        self.begin(time, data_type, "record");
        // What it says may lack what its text has: of a key that is given twice, the first value.
        if redact::has_secret(json) || redact::text_has_secret(text) {
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
    pub(crate) fn text(&mut self, time: &str, data_type: DataType, text: &[u8]) {
        self.begin(time, data_type, "text");
        // What is no JSON can't be masked key by key, so it is masked whole if a secret may be in it.
        let text = String::from_utf8_lossy(text);
        let text = if redact::is_secret(&text) { redact::MASK.into() } else { text };
        let text = Value::String(text.into_owned());
        self.lines.extend_from_slice(text.to_string().as_bytes());
        self.lines.extend_from_slice(b"}\n");
    }

    /// The lines so far, which are forgotten.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lines)
    }

    fn begin(&mut self, time: &str, data_type: DataType, key: &str) {
        let parts =
            [r#"{"time":""#, time, r#"","#, &self.head, r#","dataType":""#, data_type.as_str(), "\",\"", key];
        for part in parts {
            self.lines.extend_from_slice(part.as_bytes());
        }
        self.lines.extend_from_slice(b"\":");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn lines_hold_the_record_as_received_without_secrets() {
        let mut lines = RawLines::new(TaskId(7), Batch(3), "hr \"x\"");
        let mut record = |text: &str| {
            lines.record("T", DataType::User, text.as_bytes(), &serde_json::from_str(text).unwrap());
        };
        record("{ \"uid\" :1.0,\n \"x\": \"a\\nb\" }");
        record(r#"{"uid":"2","deep":[{"apiToken":"t"}]}"#);
        let mut record = |text: &str| {
            lines.record("T", DataType::User, text.as_bytes(), &serde_json::from_str(text).unwrap());
        };
        record(r#"{"uid":"3","x":{"password":"geheim"},"x":"X"}"#);
        lines.text("T", DataType::Department, b"{nonsense\xff");
        lines.text("T", DataType::User, b"{\"password\":\"geheim\",}");
        insta::assert_snapshot!(String::from_utf8(lines.take()).unwrap(), @r#"
        {"time":"T","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{ "uid" :1.0,  "x": "a\nb" }}
        {"time":"T","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{"deep":[{"apiToken":"[redacted]"}],"uid":"2"}}
        {"time":"T","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{"uid":"3","x":"X"}}
        {"time":"T","task":7,"batch":3,"source":"hr \"x\"","dataType":"department","text":"{nonsense�"}
        {"time":"T","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","text":"[redacted]"}
        "#);
        assert!(lines.take().is_empty());
    }

    #[test]
    fn files_are_by_day_private_and_removed_when_old() {
        let directory = tempfile::tempdir().unwrap();
        let log = RawLog::new(directory.path()).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        log.append(at("2026-01-01T23:59:59Z"), b"a\n").unwrap();
        log.append(at("2026-01-02T00:00:00Z"), b"b\n").unwrap();
        log.append(at("2026-01-02T00:00:01Z"), b"c\n").unwrap();
        let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "b\nc\n");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "b\nhalf").unwrap();
        let restarted = RawLog::new(directory.path()).unwrap();
        restarted.append(at("2026-01-02T00:00:02Z"), b"d\n").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "b\nhalf\nd\n");
        assert_eq!(log.remove_before("2026-01-02".parse().unwrap()).unwrap(), 1);
        assert!(file.exists());
    }
}
