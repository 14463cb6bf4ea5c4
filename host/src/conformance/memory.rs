//! How much memory a worker holds while records come, and whether that depends on how many have come.

use procfs::process::Process;

use super::catalogue::SOURCE_MEMORY;
use super::report::Finding;

/// Fewer records say nothing.
pub(super) const RECORDS: u64 = 100_000;
/// So much more may be held at the end than early on.
const GROWTH: u64 = 16 << 20;
/// So much more may be held than before the read.
const HELD: u64 = 32 << 20;
/// Until so many records is early on.
const EARLY: u64 = 10_000;

/// The most that a worker had held at some moments of a read.
#[derive(Debug, Default)]
pub(super) struct Samples {
    before: Option<u64>,
    /// Records so far, and bytes.
    taken: Vec<(u64, u64)>,
}

impl Samples {
    /// Begins with what the worker holds before the read.
    pub(super) fn before(pid: u32) -> Self {
        Self { before: held(pid), taken: Vec::new() }
    }

    /// Takes a sample after so many records.
    pub(super) fn take(&mut self, pid: u32, records: u64) {
        // A worker that has just ended can't be asked any more.
        self.taken.extend(held(pid).map(|bytes| (records, bytes)));
    }

    pub(super) fn judge(&self, records: u64) -> Finding {
        if records < RECORDS {
            return SOURCE_MEMORY
                .skipped(format!("the source gave {records} records, and it takes {RECORDS}"));
        }
        let early = self.taken.iter().take_while(|(count, _)| *count <= EARLY).last();
        let (Some(before), Some((_, early)), Some((_, late))) = (self.before, early, self.taken.last())
        else {
            return SOURCE_MEMORY.skipped("the process could not be measured while it gave records");
        };
        let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
        let seen = format!(
            "at most {} when opened, {} after some thousand records, {} at the end of {records}",
            mib(before),
            mib(*early),
            mib(*late)
        );
        let flat = *late <= early + GROWTH && *late <= before + HELD;
        SOURCE_MEMORY.judge(if flat { Ok(seen) } else { Err(seen) })
    }
}

/// The most bytes that a process has held so far: so it doesn't matter that it may be ahead of its records.
fn held(pid: u32) -> Option<u64> {
    let status = Process::new(pid.cast_signed()).ok()?.status().ok()?;
    Some(status.vmhwm? << 10)
}

#[cfg(test)]
mod tests {
    use crate::conformance::report::Verdict;

    use super::*;

    #[track_caller]
    fn check(before: u64, mib_after: fn(u64) -> u64, records: u64, expected: Verdict) {
        let taken = (1..=records / 1_000).map(|n| (n * 1_000, mib_after(n * 1_000) << 20)).collect();
        let finding = Samples { before: Some(before << 20), taken }.judge(records);
        assert_eq!(finding.verdict, expected, "{}", finding.seen);
    }

    #[test]
    fn flat_growing_and_heaped_up_are_told_apart() {
        check(5, |_| 12, 100_000, Verdict::Passed);
        check(5, |records| 12 + records / 50_000, 200_000, Verdict::Passed);
        check(5, |records| 6 + records / 5_000, 100_000, Verdict::Failed);
        check(5, |_| 80, 100_000, Verdict::Failed);
        check(5, |_| 80, 99_999, Verdict::Skipped);
    }

    #[test]
    fn a_process_can_be_measured() {
        assert!(held(std::process::id()).unwrap() > 100 << 10);
    }
}
