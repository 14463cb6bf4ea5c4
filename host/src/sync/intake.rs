//! From bytes to batches of records: a push's body (a JSON array or JSON Lines of any length), a
//! plugin's batches. Runs on a thread of its own, writes the raw-record
//! log, and is held back by a short queue while the planner is busy, so that memory stays bounded.
//! A record whose text is damaged fails alone.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::Read;

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::data_type::DataType;
use crate::domain::fields;
use crate::domain::ids::{Batch, TaskId};
use crate::domain::json::{self, Escaper, WrongEncoding};
use crate::domain::record::{Invalid, Record, Understood};

use super::left_out::LeftOut;
use super::pieces::Pieces;
use super::raw_log::{RawLines, RawLog, RawLogError};

/// How many records are planned together.
const BATCH_RECORDS: usize = 2_048;
/// How many bytes of records are planned together at most, give or take a record.
const BATCH_BYTES: usize = 4 << 20;
/// The longest record, in bytes.
pub const MAX_RECORD: usize = 1 << 20;

/// A piece of what is read.
#[derive(Debug)]
pub enum Piece {
    /// Bytes of a push's body, wherever they were cut.
    Body(Bytes),
    /// Whole lines of JSON, of one data type, from a plugin.
    Lines(DataType, Bytes),
    /// The end. A queue that closes without it was cut off.
    End,
    /// The reader failed, and why.
    Failed(String),
    /// The reader can't tell what changed, and why.
    Expired(String),
    /// The client's body is at fault, and why.
    Broken(String),
}

/// How the records stand in the pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON array of records of this data type.
    Array(DataType),
    /// One record of this data type a line; empty lines are skipped.
    Lines(DataType),
    /// [`Piece::Lines`].
    Plugin,
}

/// One record as read.
#[derive(Debug)]
pub(crate) struct Received {
    /// Its text, for one that is not understood.
    pub(crate) text: String,
    /// What it says, or why it can't be understood.
    pub(crate) record: Result<Record, Invalid>,
    /// Its stored form.
    pub(crate) stored: String,
    /// The hash of that.
    pub(crate) hash: i64,
}

/// Records of one data type, in the order of reading.
#[derive(Debug)]
pub(crate) struct ReceivedBatch {
    pub(crate) data_type: DataType,
    pub(crate) records: Vec<Received>,
}

/// Why reading stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The body or the plugin ended without saying so.
    #[error("the records were cut off before their end")]
    CutOff,
    /// The client's body was not accepted to its end.
    #[error("{0}")]
    Broken(String),
    /// The body is not what it should be.
    #[error("{0}")]
    Syntax(String),
    /// The body is not UTF-8.
    #[error("the body {0}")]
    WrongEncoding(#[from] WrongEncoding),
    /// A record is longer than [`MAX_RECORD`].
    #[error("record {0} is longer than {MAX_RECORD} bytes")]
    TooLong(u64),
    /// The reader says why.
    #[error("{0}")]
    Reader(String),
    /// The reader can't tell what changed, and why.
    #[error("{0}")]
    Expired(String),
    /// The raw-record log can't be written.
    #[error(transparent)]
    RawLog(#[from] RawLogError),
    /// Nobody wants the records any more.
    #[error("the task was stopped")]
    Stopped,
}

/// Where raw records of a task go.
#[derive(Debug, Clone)]
pub(crate) struct RawTarget {
    pub(crate) log: RawLog,
    pub(crate) task: TaskId,
    pub(crate) batch: Batch,
    pub(crate) source: String,
}

/// Reads pieces to their end and sends on batches of records. Blocks; for a thread of its own. Returns what was left
/// out of the records.
pub(crate) fn run(
    format: Format,
    pieces: mpsc::Receiver<Piece>,
    raw: Option<RawTarget>,
    out: mpsc::Sender<ReceivedBatch>,
    stop: &CancellationToken,
) -> Result<LeftOut, IntakeError> {
    let mut batcher = Batcher::new(raw, out);
    let mut pieces = Pieces::new(pieces, stop);
    match format {
        Format::Array(data_type) => array(&mut pieces, data_type, &mut batcher)?,
        Format::Lines(data_type) => lines(&mut pieces, data_type, &mut batcher)?,
        Format::Plugin => plugin(&mut pieces, &mut batcher)?,
    }
    batcher.flush()?;
    Ok(batcher.left_out)
}

fn plugin(pieces: &mut Pieces<'_>, batcher: &mut Batcher) -> Result<(), IntakeError> {
    while let Some(piece) = pieces.next()? {
        let Piece::Lines(data_type, lines) = piece else { continue };
        for line in lines.split(|byte| *byte == b'\n') {
            batcher.line(data_type, line)?;
        }
    }
    Ok(())
}

fn lines(pieces: &mut Pieces<'_>, data_type: DataType, batcher: &mut Batcher) -> Result<(), IntakeError> {
    let mut partial: Vec<u8> = Vec::new();
    while let Some(piece) = pieces.next()? {
        let Piece::Body(bytes) = piece else { continue };
        let mut rest: &[u8] = &bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, tail) = (&rest[..end], &rest[end + 1..]);
            if partial.is_empty() {
                batcher.line(data_type, line)?;
            } else {
                partial.extend_from_slice(line);
                batcher.line(data_type, &partial)?;
                partial.clear();
            }
            rest = tail;
        }
        partial.extend_from_slice(rest);
        if partial.len() > MAX_RECORD {
            return Err(IntakeError::TooLong(batcher.read + 1));
        }
    }
    batcher.line(data_type, &partial)
}

fn array(pieces: &mut Pieces<'_>, data_type: DataType, batcher: &mut Batcher) -> Result<(), IntakeError> {
    let unfinished = Cell::new(0);
    let mut body = BodyReader {
        pieces,
        escaper: Escaper::default(),
        chunk: VecDeque::new(),
        failure: None,
        ended: false,
        unfinished: &unfinished,
    };
    let mut failure = None;
    let parsed = {
        let mut deserializer = serde_json::Deserializer::from_reader(std::io::BufReader::new(&mut body));
        let elements = Elements { data_type, batcher, failure: &mut failure, unfinished: &unfinished };
        deserializer.deserialize_seq(elements).and_then(|()| deserializer.end())
    };
    if let Some(failure) = failure.or(body.failure.take()) {
        return Err(failure);
    }
    parsed.map_err(|reason| {
        IntakeError::Syntax(format!("the body is not a JSON array of records: {reason}"))
    })?;
    if !body.ended {
        while pieces.next()?.is_some() {}
    }
    Ok(())
}

/// A blocking reader over the pieces of a body, with escapes for the bytes that are not UTF-8: the parser would refuse
/// the whole body for one of them.
struct BodyReader<'a, 'b> {
    pieces: &'a mut Pieces<'b>,
    escaper: Escaper,
    chunk: VecDeque<Bytes>,
    failure: Option<IntakeError>,
    ended: bool,
    /// Bytes handed out since the last element was whole.
    unfinished: &'a Cell<usize>,
}

impl Read for BodyReader<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.chunk.is_empty() && !self.ended {
            let bytes = match self.pieces.next() {
                Ok(Some(Piece::Body(bytes))) => match self.escaper.next(&bytes) {
                    Cow::Borrowed(whole) => bytes.slice_ref(whole),
                    Cow::Owned(escaped) => escaped.into(),
                },
                Ok(Some(_)) => continue,
                Ok(None) => {
                    self.ended = true;
                    self.escaper.end().into()
                }
                Err(failure) => {
                    self.failure = Some(failure);
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
            };
            self.chunk.extend(Some(bytes).filter(|bytes| !bytes.is_empty()));
        }
        let Some(chunk) = self.chunk.front_mut() else { return Ok(0) };
        let length = chunk.len().min(buffer.len());
        self.unfinished.set(self.unfinished.get() + length);
        if self.unfinished.get() > MAX_RECORD + buffer.len() {
            // Refused here, before the parser has gathered an element that has no end.
            self.failure = Some(IntakeError::Syntax(format!("a record is longer than {MAX_RECORD} bytes")));
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        buffer[..length].copy_from_slice(&chunk.split_to(length));
        if chunk.is_empty() {
            self.chunk.pop_front();
        }
        Ok(length)
    }
}

/// Takes the elements of an array one by one, without ever holding the array.
struct Elements<'a> {
    data_type: DataType,
    batcher: &'a mut Batcher,
    failure: &'a mut Option<IntakeError>,
    unfinished: &'a Cell<usize>,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(text) = elements.next_element_seed(Element)? {
            self.unfinished.set(0);
            let taken = self.batcher.record(self.data_type, text.get().as_bytes());
            if let Err(failure) = taken {
                *self.failure = Some(failure);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// One element, as text.
struct Element;

impl<'de> DeserializeSeed<'de> for Element {
    type Value = Box<RawValue>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

/// Reads texts as records, logs them raw, and sends them on in batches of one data type.
struct Batcher {
    raw: Option<(RawLines, RawLog)>,
    out: mpsc::Sender<ReceivedBatch>,
    data_type: DataType,
    records: Vec<Received>,
    bytes: usize,
    read: u64,
    left_out: LeftOut,
}

impl Batcher {
    fn new(raw: Option<RawTarget>, out: mpsc::Sender<ReceivedBatch>) -> Self {
        let raw = raw.map(|raw| (RawLines::new(raw.task, raw.batch, &raw.source), raw.log));
        let (records, left_out) = (Vec::new(), LeftOut::default());
        Self { raw, out, data_type: DataType::User, records, bytes: 0, read: 0, left_out }
    }

    fn line(&mut self, data_type: DataType, line: &[u8]) -> Result<(), IntakeError> {
        // Files that were joined have a byte order mark where each of them began.
        match json::without_mark(line.trim_ascii()).trim_ascii() {
            [] => Ok(()),
            text => self.record(data_type, text),
        }
    }

    fn record(&mut self, data_type: DataType, text: &[u8]) -> Result<(), IntakeError> {
        self.read += 1;
        if text.len() > MAX_RECORD {
            return Err(IntakeError::TooLong(self.read));
        }
        if data_type != self.data_type {
            self.flush()?;
            self.data_type = data_type;
        }
        self.bytes += text.len();
        let received = self.understand(data_type, text);
        self.records.push(received);
        if self.records.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn understand(&mut self, data_type: DataType, text: &[u8]) -> Received {
        let parsed = match json::parse(text) {
            Ok(parsed) => parsed,
            Err(reason) => {
                if let Some((lines, _)) = &mut self.raw {
                    lines.text(data_type, text);
                }
                let reason = format!("is not valid JSON: {reason}");
                let record = Err(Invalid { uid: None, field: "record".into(), reason });
                let text = Value::String(String::from_utf8_lossy(text).into_owned()).to_string();
                return Received { text, record, stored: String::new(), hash: 0 };
            }
        };
        if let Some((lines, _)) = &mut self.raw {
            lines.record(data_type, parsed.text.as_bytes(), &parsed.value);
        }
        // The text of a damaged record is gone with the values that are made of it.
        let repaired = (!parsed.damaged.is_empty()).then(|| parsed.text.clone().into_owned());
        match Record::from_parsed(data_type, parsed) {
            Ok(Understood { record, no_address }) => {
                if let Some(email) = no_address {
                    self.left_out.add(&record.uid, &email);
                }
                let stored = record.to_stored();
                let hash = fields::hash(&stored);
                Received { text: String::new(), record: Ok(record), stored, hash }
            }
            Err(invalid) => {
                let text = repaired.unwrap_or_else(|| String::from_utf8_lossy(text).into_owned());
                Received { text, record: Err(invalid), stored: String::new(), hash: 0 }
            }
        }
    }

    /// Logs what has been gathered, then sends it on: nothing is planned that is not in the log.
    fn flush(&mut self) -> Result<(), IntakeError> {
        if let Some((lines, log)) = &mut self.raw {
            log.append(jiff::Timestamp::now(), lines)?;
        }
        self.bytes = 0;
        if self.records.is_empty() {
            return Ok(());
        }
        let batch = ReceivedBatch { data_type: self.data_type, records: std::mem::take(&mut self.records) };
        self.out.blocking_send(batch).map_err(|_| IntakeError::Stopped)
    }
}

#[cfg(any(test, fuzzing))]
#[path = "intake_fuzz.rs"]
pub mod fuzz;

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
