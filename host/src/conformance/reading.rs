//! One read of a source, taken in as the daemon would: which records came, in what batches, how much memory the
//! worker held meanwhile, and what is wrong with any of it.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use orgsync_plugin_api::{DataType, ReadEnd};

use crate::domain::data_type::DataType as RecordType;
use crate::domain::json;
use crate::domain::record::Record;
use crate::worker::{Batch, Reading, WorkerError};

use super::memory::Samples;
use super::secrets::Witness;

/// So many examples of a mistake are named.
pub(super) const NAMED: usize = 3;

/// What stands in for the digest of a record that is said to be gone.
const GONE: u64 = 0;

/// The records of a read: a digest of each by data type and uid.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Records(HashMap<(DataType, Box<str>), u64>);

/// Some of many, and how many there are.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Examples {
    named: Vec<String>,
    count: u64,
}

/// What came of a read.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) records: Records,
    /// How many came, of whatever quality.
    pub(super) count: u64,
    pub(super) batches: u64,
    /// The most records and bytes in one batch.
    pub(super) largest: (usize, usize),
    pub(super) invalid: Examples,
    pub(super) duplicates: Examples,
    pub(super) data_types: BTreeSet<DataType>,
    pub(super) memory: Samples,
    /// How many batches came with a cursor.
    pub(super) cursors: u64,
    pub(super) end: ReadEnd,
}

/// Reads until the source has ended, well or not, and gives what has come until then.
pub(super) async fn to_end(mut reading: Reading, witness: &Witness) -> (Taken, Result<(), WorkerError>) {
    let pid = reading.pid();
    let mut taken = Taken { memory: Samples::before(pid), ..Taken::default() };
    let ended = loop {
        match reading.next().await {
            Ok(Some(batch)) => {
                taken.take(&batch, witness);
                taken.memory.take(pid, taken.count);
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    taken.end = reading.end().cloned().unwrap_or_default();
    (taken, ended)
}

/// Reads until so many cursors have come with batches, and kills the source; gives the last of them, if there were so
/// many, and what came until then.
pub(super) async fn to_cursor(
    mut reading: Reading,
    cursors: u64,
    witness: &Witness,
) -> (Taken, Option<String>) {
    let mut taken = Taken::default();
    while let Ok(Some(batch)) = reading.next().await {
        taken.take(&batch, witness);
        if taken.cursors == cursors && batch.cursor.is_some() {
            return (taken, batch.cursor);
        }
    }
    (taken, None)
}

impl Taken {
    fn take(&mut self, batch: &Batch, witness: &Witness) {
        witness.records(&batch.lines);
        self.batches += 1;
        self.largest = (self.largest.0.max(batch.count), self.largest.1.max(batch.lines.len()));
        self.cursors += u64::from(batch.cursor.is_some());
        // A batch that only carries a cursor is of no type.
        if batch.count > 0 {
            self.data_types.insert(batch.data_type);
        }
        for line in batch.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            self.count += 1;
            match record(batch.data_type, line) {
                Ok(record) => {
                    let uid = record.uid.clone();
                    if !self.records.insert(batch.data_type, &record) {
                        self.duplicates.add(|| format!("{} {uid}", batch.data_type));
                    }
                }
                Err(reason) => {
                    let number = self.count;
                    self.invalid.add(|| format!("record {number}, a {}: {reason}", batch.data_type));
                }
            }
        }
    }
}

fn record(data_type: DataType, line: &[u8]) -> Result<Record, String> {
    let parsed = json::parse(line).map_err(|error| format!("no JSON: {error}"))?;
    let data_type = match data_type {
        DataType::Department => RecordType::Department,
        DataType::User => RecordType::User,
    };
    let understood = Record::from_parsed(data_type, parsed);
    understood.map(|understood| understood.record).map_err(|invalid| invalid.to_string())
}

impl Records {
    /// Adds a record; false if there was one with its uid, whose place it takes.
    fn insert(&mut self, data_type: DataType, record: &Record) -> bool {
        let mut hasher = DefaultHasher::new();
        record.to_stored().hash(&mut hasher);
        let digest = if record.deleted { GONE } else { hasher.finish() };
        self.0.insert((data_type, record.uid.as_str().into()), digest).is_none()
    }

    /// Lays what a later read gave over it.
    pub(super) fn and_then(mut self, later: Records) -> Self {
        self.0.extend(later.0);
        self
    }

    /// Whose records another read has, and this one not, or the other way round; what is gone counts for neither.
    pub(super) fn compare_uids(&self, again: &Records) -> Result<(), String> {
        let only_uids = |records: &Records| {
            let there = records.0.iter().filter(|(_, digest)| **digest != GONE);
            Records(there.map(|(key, _)| (key.clone(), GONE)).collect())
        };
        only_uids(self).compare(&only_uids(again))
    }

    /// How another read of the same differs, if it does.
    pub(super) fn compare(&self, again: &Records) -> Result<(), String> {
        let (mut gone, mut new, mut other) = (Examples::default(), Examples::default(), Examples::default());
        for ((data_type, uid), digest) in &self.0 {
            match again.0.get(&(*data_type, uid.clone())) {
                None => gone.add(|| format!("{data_type} {uid}")),
                Some(found) if found != digest => other.add(|| format!("{data_type} {uid}")),
                Some(_) => {}
            }
        }
        for (data_type, uid) in again.0.keys().filter(|key| !self.0.contains_key(*key)) {
            new.add(|| format!("{data_type} {uid}"));
        }
        let parts = [("did not come again", gone), ("came only then", new), ("were different", other)];
        let differences: Vec<String> = parts
            .into_iter()
            .filter(|(_, examples)| !examples.is_empty())
            .map(|(what, examples)| format!("{} {what} ({examples})", examples.count))
            .collect();
        if differences.is_empty() { Ok(()) } else { Err(differences.join(", ")) }
    }
}

impl Examples {
    pub(super) fn add(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(name());
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl std::fmt::Display for Examples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.named.join("; "))?;
        match self.count - self.named.len() as u64 {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn taken(lines: &'static str) -> Taken {
        let mut taken = Taken::default();
        let count = lines.lines().count();
        let batch = Batch {
            data_type: DataType::User,
            lines: Bytes::from_static(lines.as_bytes()),
            count,
            cursor: None,
        };
        taken.take(&batch, &Witness::default());
        taken
    }

    #[test]
    fn what_is_wrong_with_records_is_named() {
        let taken = taken("{\"uid\":1}\n{\"uid\":\"1\"}\n{\"x\":1}\n{\"uid\":\"2\",\"departments\":3}\n");
        assert_eq!((taken.count, taken.largest), (4, (4, 58)));
        assert_eq!(taken.duplicates.to_string(), "user 1");
        assert_eq!(
            taken.invalid.to_string(),
            "record 3, a user: uid: is missing; record 4, a user: uid 2: departments: must be an array of \
             department uids or null, is a number"
        );
    }

    #[test]
    fn two_reads_are_compared_by_what_they_mean() {
        let one = taken("{\"uid\":1,\"email\":\"a@b.c\"}\n{\"uid\":\"2\"}\n").records;
        let same = taken("{\"uid\":\"2\"}\n{\"email\":\"a@b.c\",\"uid\":\"1\"}\n").records;
        assert_eq!(one.compare(&same), Ok(()));
        let other = taken("{\"uid\":1}\n{\"uid\":\"3\"}\n").records;
        assert_eq!(
            one.compare(&other).unwrap_err(),
            "1 did not come again (user 2), 1 came only then (user 3), 1 were different (user 1)"
        );
    }

    #[test]
    fn a_later_read_is_laid_over_an_earlier_one() {
        let all = taken("{\"uid\":1}\n{\"uid\":2}\n").records;
        let (first, rest) =
            (taken("{\"uid\":1}\n{\"uid\":3}\n"), taken("{\"uid\":2}\n{\"uid\":3,\"isDeleted\":true}\n"));
        assert_eq!(all.compare_uids(&first.records.clone().and_then(rest.records)), Ok(()));
        let missed = all.compare_uids(&first.records).unwrap_err();
        assert_eq!(missed, "1 did not come again (user 2), 1 came only then (user 3)");
    }

    #[test]
    fn examples_are_few() {
        let mut examples = Examples::default();
        (0..5).for_each(|n| examples.add(|| n.to_string()));
        assert_eq!(examples.to_string(), "0; 1; 2; and 2 more");
    }
}
