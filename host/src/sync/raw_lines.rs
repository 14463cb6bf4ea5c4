//! The lines of a task in the raw-record log, gathered until they are appended together.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::data_type::DataType;
use crate::domain::ids::{Batch, TaskId};
use crate::domain::redact;

/// Stands where the time will, which is known when the line is written.
const NO_TIME: &[u8] = b"0000-00-00T00:00:00.000Z";

/// Makes hashes that nobody outside can foretell.
static HASHES: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Gathers the lines of one task until they are appended together.
#[derive(Debug)]
pub(crate) struct RawLines {
    task: TaskId,
    source: String,
    head: String,
    lines: Vec<u8>,
    /// What each of them holds.
    held: Vec<Held>,
}

/// What one line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// Where it begins.
    start: usize,
    /// Where its time stands.
    time: usize,
    /// Stands for the record's source, data type and uid.
    pub(super) identity: u64,
    /// Stands for its text.
    pub(super) text: u64,
}

impl RawLines {
    /// Lines of this task.
    pub(crate) fn new(task: TaskId, batch: Batch, source: &str) -> Self {
        let source = Value::String(source.to_owned());
        let head = format!(r#""task":{task},"batch":{batch},"source":{source}"#);
        Self { task, source: source.to_string(), head, lines: Vec::new(), held: Vec::new() }
    }

    /// Adds a record: its text as received, and what it says.
    pub(crate) fn record(&mut self, data_type: DataType, text: &[u8], json: &Value) {
        let identity = self.identity(data_type, &json["uid"].to_string());
        self.begin(data_type, "record", identity, text);
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
        let identity = self.identity(data_type, &String::from_utf8_lossy(text));
        self.begin(data_type, "text", identity, text);
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

    /// The name of their source, in quotes.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The task whose lines they are.
    pub(super) fn task(&self) -> TaskId {
        self.task
    }

    /// The lines so far that `keep` wants, of this time, and how many it does not want; all are forgotten.
    pub(super) fn take(&mut self, time: Timestamp, mut keep: impl FnMut(&Held) -> bool) -> (Vec<u8>, u64) {
        let mut lines = std::mem::take(&mut self.lines);
        let time = format!("{time:.3}");
        let mut end = lines.len();
        let mut unwanted: Vec<std::ops::Range<usize>> = Vec::new();
        let held: Vec<Held> = self.held.drain(..).collect();
        let wanted: Vec<bool> = held.iter().map(&mut keep).collect();
        for (held, is_wanted) in held.iter().zip(wanted).rev() {
            if !is_wanted {
                unwanted.push(held.start..end);
            } else if let (Some(slot), true) =
                // Years of more than four digits would take more room; no clock gets there.
                (
                    lines.get_mut(held.time..held.time + NO_TIME.len()),
                    time.len() == NO_TIME.len(),
                )
            {
                slot.copy_from_slice(time.as_bytes());
            }
            end = held.start;
        }
        let left_out = unwanted.len() as u64;
        if left_out == 0 {
            return (lines, 0);
        }
        let mut kept =
            Vec::with_capacity(lines.len() - unwanted.iter().map(ExactSizeIterator::len).sum::<usize>());
        let mut from = 0;
        for range in unwanted.into_iter().rev() {
            kept.extend_from_slice(&lines[from..range.start]);
            from = range.end;
        }
        kept.extend_from_slice(&lines[from..]);
        (kept, left_out)
    }

    fn identity(&self, data_type: DataType, uid: &str) -> u64 {
        HASHES.hash_one((&self.source, data_type.code(), uid))
    }

    fn begin(&mut self, data_type: DataType, key: &str, identity: u64, text: &[u8]) {
        const OPENING: &[u8] = b"{\"time\":\"";
        let start = self.lines.len();
        self.held.push(Held { start, time: start + OPENING.len(), identity, text: HASHES.hash_one(text) });
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

    fn taken(lines: &mut RawLines) -> String {
        let (text, left_out) = lines.take("2026-01-02T03:04:05Z".parse().unwrap(), |_| true);
        assert_eq!(left_out, 0);
        String::from_utf8(text).unwrap()
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
        insta::assert_snapshot!(taken(&mut lines), @r#"
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{ "uid" :1.0,  "x": "a\nb" }}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{"deep":[{"apiToken":"[redacted]"}],"uid":"2"}}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","record":{"uid":"3","x":"X"}}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"department","text":"{nonsense�"}
        {"time":"2026-01-02T03:04:05.000Z","task":7,"batch":3,"source":"hr \"x\"","dataType":"user","text":"[redacted]"}
        "#);
        assert!(lines.is_empty());
    }

    #[test]
    fn lines_that_are_not_wanted_leave_no_trace() {
        let mut lines = RawLines::new(TaskId(7), Batch(3), "hr");
        let mut add = |n: u8| {
            let text = format!("{{\"uid\":{}}}", n % 3);
            lines.record(DataType::User, text.as_bytes(), &serde_json::from_str(&text).unwrap());
        };
        (0..6).for_each(&mut add);
        let first = lines.held[1];
        let is_second = |held: &Held| held.identity == first.identity;
        assert_eq!(lines.held.iter().filter(|held| is_second(held)).count(), 2, "of one uid");
        assert_eq!(first.text, lines.held[4].text);
        let (text, left_out) = lines.take("2026-01-02T03:04:05Z".parse().unwrap(), |held| !is_second(held));
        let text = String::from_utf8(text).unwrap();
        let records: Vec<&str> = text.lines().filter_map(|line| line.split("\"record\":").nth(1)).collect();
        assert_eq!(records, ["{\"uid\":0}}", "{\"uid\":2}}", "{\"uid\":0}}", "{\"uid\":2}}"]);
        assert!(
            text.lines().all(|line| line.starts_with("{\"time\":\"2026-01-02T03:04:05.000Z\"")),
            "{text}"
        );
        assert_eq!(left_out, 2);
        assert!(lines.is_empty());
    }
}
