//! Where a source puts its records: [`Batches`] collects them as JSON Lines and hands them to the host in
//! batches.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::message::BatchHeader;
use crate::{DataType, Department, PluginError, User};

/// A batch goes out with so many records…
const MAX_RECORDS: usize = 1_000;
/// …or so many bytes…
const MAX_BYTES: usize = 1 << 20;
/// …or when its first record has waited so long, so that a slow source is seen to be alive.
const MAX_AGE: Duration = Duration::from_secs(1);
/// A single record larger than this is refused, as the host would: it is no person and no department.
const MAX_RECORD_BYTES: usize = 1 << 20;

/// The key of a record that can't be given, with the reason as its value. No field is called so.
pub const REASON: &str = "$error";

/// Where a source puts its records. Memory stays bounded however many there are: each call may wait for the
/// host.
pub struct Batches<'a> {
    sink: &'a mut dyn Sink,
    users: Buffer,
    departments: Buffer,
}

/// Where full batches go, and where it shows whether anybody still wants them.
pub(crate) trait Sink {
    fn send(&mut self, header: BatchHeader, lines: &[u8]) -> Result<(), PluginError>;
    fn is_cancelled(&self) -> bool;
}

impl<'a> Batches<'a> {
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink, users: Buffer::new(DataType::User), departments: Buffer::new(DataType::Department) }
    }

    /// Adds a user.
    ///
    /// # Errors
    /// Of class `cancelled` when the host asked to stop: pass it on.
    pub fn user(&mut self, user: User) -> Result<(), PluginError> {
        self.push(DataType::User, &user)
    }

    /// Adds a department.
    ///
    /// # Errors
    /// Of class `cancelled` when the host asked to stop: pass it on.
    pub fn department(&mut self, department: Department) -> Result<(), PluginError> {
        self.push(DataType::Department, &department)
    }

    /// Adds a record that already has the JSON shape of a [`User`] or [`Department`]. What is wrong with it
    /// is for the host to say, and fails that record alone.
    ///
    /// # Errors
    /// Of class `cancelled` when the host asked to stop: pass it on.
    pub fn raw(&mut self, data_type: DataType, record: &Map<String, Value>) -> Result<(), PluginError> {
        self.push(data_type, record)
    }

    /// Adds a record that the source can't give, and says why: it fails alone, with that reason, and the other
    /// records count. With a `uid` whoever it means is not taken for gone; without one nobody of the data type is,
    /// as it may mean anyone.
    ///
    /// # Errors
    /// Of class `cancelled` when the host asked to stop: pass it on.
    pub fn failed(
        &mut self,
        data_type: DataType,
        uid: Option<&str>,
        reason: impl Into<String>,
    ) -> Result<(), PluginError> {
        let uid = uid.map(|uid| ("uid".to_owned(), uid.into()));
        let reason = (REASON.to_owned(), Value::String(reason.into()));
        let record: Map<String, Value> = uid.into_iter().chain([reason]).collect();
        self.push(data_type, &record)
    }

    /// Says that an incremental read can go on from `cursor` once all that was added until now is applied. The
    /// last one counts if [`ReadEnd`](crate::ReadEnd) has none.
    ///
    /// # Errors
    /// Of class `cancelled` when the host asked to stop: pass it on.
    pub fn cursor(&mut self, cursor: impl Into<String>) -> Result<(), PluginError> {
        self.departments.flush(None, self.sink)?;
        self.users.flush(Some(cursor.into()), self.sink)
    }

    /// Whether the host asked to stop. A source that spends long between records looks here now and then.
    pub fn is_cancelled(&self) -> bool {
        self.sink.is_cancelled()
    }

    /// Sends what is left.
    pub(crate) fn finish(&mut self) -> Result<(), PluginError> {
        self.departments.flush(None, self.sink)?;
        self.users.flush(None, self.sink)
    }

    fn push(&mut self, data_type: DataType, record: &impl Serialize) -> Result<(), PluginError> {
        let buffer = match data_type {
            DataType::User => &mut self.users,
            DataType::Department => &mut self.departments,
        };
        buffer.push(record, self.sink)
    }
}

impl std::fmt::Debug for Batches<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batches")
            .field("users", &self.users.count)
            .field("departments", &self.departments.count)
            .finish_non_exhaustive()
    }
}

/// The records of one data type that have not been sent yet.
struct Buffer {
    data_type: DataType,
    lines: Vec<u8>,
    count: usize,
    since: Instant,
}

impl Buffer {
    fn new(data_type: DataType) -> Self {
        Self { data_type, lines: Vec::new(), count: 0, since: Instant::now() }
    }

    fn push(&mut self, record: &impl Serialize, sink: &mut dyn Sink) -> Result<(), PluginError> {
        if self.count == 0 {
            self.since = Instant::now();
        }
        let start = self.lines.len();
        serde_json::to_writer(&mut self.lines, record)
            .map_err(|error| PluginError::invalid(format!("a record can't be written as json: {error}")))?;
        let length = self.lines.len() - start;
        if length > MAX_RECORD_BYTES {
            let message = format!("a record has {length} bytes, more than {MAX_RECORD_BYTES}");
            return Err(PluginError::invalid(message));
        }
        self.lines.push(b'\n');
        self.count += 1;
        if self.count >= MAX_RECORDS || self.lines.len() >= MAX_BYTES || self.since.elapsed() >= MAX_AGE {
            self.flush(None, sink)?;
        }
        Ok(())
    }

    fn flush(&mut self, cursor: Option<String>, sink: &mut dyn Sink) -> Result<(), PluginError> {
        if self.count > 0 || cursor.is_some() {
            sink.send(BatchHeader { data_type: self.data_type, count: self.count, cursor }, &self.lines)?;
            self.lines.clear();
            self.count = 0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Collected {
        batches: Vec<(BatchHeader, Vec<u8>)>,
        cancelled: bool,
    }

    impl Sink for Collected {
        fn send(&mut self, header: BatchHeader, lines: &[u8]) -> Result<(), PluginError> {
            if self.cancelled {
                return Err(PluginError::cancelled());
            }
            self.batches.push((header, lines.to_vec()));
            Ok(())
        }

        fn is_cancelled(&self) -> bool {
            self.cancelled
        }
    }

    #[test]
    fn a_batch_goes_out_at_a_thousand_records() {
        let mut sink = Collected::default();
        let mut out = Batches::new(&mut sink);
        for n in 0..1_500 {
            out.user(User::new(n.to_string())).unwrap();
        }
        out.department(Department::new("d", "D")).unwrap();
        out.finish().unwrap();
        let sizes: Vec<_> = sink.batches.iter().map(|(h, _)| (h.data_type, h.count)).collect();
        assert_eq!(sizes, [(DataType::User, 1_000), (DataType::Department, 1), (DataType::User, 500)]);
        assert_eq!(sink.batches[1].1, b"{\"uid\":\"d\",\"title\":\"D\"}\n");
    }

    #[test]
    fn a_record_that_fails_says_why() {
        let mut sink = Collected::default();
        let mut out = Batches::new(&mut sink);
        out.failed(DataType::User, Some("7"), "two have it").unwrap();
        out.failed(DataType::User, None, "nobody knows").unwrap();
        out.finish().unwrap();
        let lines = String::from_utf8(sink.batches[0].1.clone()).unwrap();
        assert_eq!(lines, "{\"$error\":\"two have it\",\"uid\":\"7\"}\n{\"$error\":\"nobody knows\"}\n");
    }

    #[test]
    fn a_batch_goes_out_at_a_mebibyte() {
        let mut sink = Collected::default();
        let mut out = Batches::new(&mut sink);
        for n in 0..3 {
            out.user(User::new(n.to_string()).nickname("x".repeat(700_000))).unwrap();
        }
        out.finish().unwrap();
        assert_eq!(sink.batches.iter().map(|(h, _)| h.count).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn a_cursor_goes_out_after_all_that_it_covers() {
        let mut sink = Collected::default();
        let mut out = Batches::new(&mut sink);
        out.user(User::new("1")).unwrap();
        out.department(Department::new("d", "D")).unwrap();
        out.cursor("a").unwrap();
        out.cursor("b").unwrap();
        out.user(User::new("2")).unwrap();
        out.finish().unwrap();
        let sent = sink.batches.iter().map(|(h, _)| (h.data_type, h.count, h.cursor.as_deref()));
        assert_eq!(
            sent.collect::<Vec<_>>(),
            [
                (DataType::Department, 1, None),
                (DataType::User, 1, Some("a")),
                (DataType::User, 0, Some("b")),
                (DataType::User, 1, None),
            ]
        );
    }

    #[test]
    fn a_record_without_end_is_refused() {
        let mut sink = Collected::default();
        let error = Batches::new(&mut sink).user(User::new("x".repeat(9 << 20))).unwrap_err();
        assert_eq!(error, PluginError::invalid("a record has 9437194 bytes, more than 1048576"));
    }

    #[test]
    fn cancelling_shows_at_the_next_batch() {
        let mut sink = Collected { cancelled: true, ..Default::default() };
        let mut out = Batches::new(&mut sink);
        out.user(User::new("1")).unwrap();
        assert!(out.is_cancelled());
        assert_eq!(out.finish().unwrap_err(), PluginError::cancelled());
    }
}
