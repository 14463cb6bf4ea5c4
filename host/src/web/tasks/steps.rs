//! How far a running task has come: read → planned → applied, how fast, and how long it will take. Only what is known
//! is said: nobody knows how much there is to read before it is read. Pure.

use crate::domain::counts::Counts;
use crate::domain::task::{Phase, Progress};

/// Before this, in milliseconds, a rate is chance.
const TOO_SOON: i64 = 1_000;

/// How far a task has come.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Steps {
    pub(super) read: u64,
    pub(super) planned: u64,
    /// Changes applied, and how many there are.
    pub(super) applied: Option<(u64, u64)>,
    /// How many a second, of what it is at: records read or changes applied.
    pub(super) rate: Option<u64>,
    /// Milliseconds to its end.
    pub(super) left: Option<i64>,
}

impl Steps {
    /// Of a task in this phase at the time `now`.
    pub(super) fn of(phase: Phase, progress: Progress, counts: &Counts, now: i64) -> Self {
        let elapsed = progress.since.map(|since| now - since).filter(|elapsed| *elapsed >= TOO_SOON);
        #[expect(clippy::cast_precision_loss, reason = "a rate of at most some billions a second")]
        let rate = |done: u64| {
            let rate = elapsed.map(|elapsed| done as f64 * 1_000.0 / elapsed as f64);
            rate.filter(|rate| *rate >= 0.5)
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rates are not negative, and far from the ends of what is counted with"
        )]
        let whole = |rate: f64| rate.round() as u64;
        match phase {
            Phase::Read => {
                let Progress { read, planned, .. } = progress;
                Self { read, planned, applied: None, rate: rate(read).map(whole), left: None }
            }
            Phase::Apply => {
                // What fails on the way is dealt with, too, but not counted among the changes any more.
                let all = counts.changes().max(progress.applied);
                let rate = rate(progress.applied);
                #[expect(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    reason = "a time to the second"
                )]
                let left = rate.map(|rate| ((all - progress.applied) as f64 / rate).ceil() as i64 * 1_000);
                Self {
                    read: counts.all(),
                    planned: all,
                    applied: Some((progress.applied, all)),
                    rate: rate.map(whole),
                    left: left.filter(|left| *left > 0),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::counts::TypeCounts;

    fn progress(read: u64, planned: u64, applied: u64, since: Option<i64>) -> Progress {
        Progress { read, planned, applied, since }
    }

    #[test]
    fn reading_has_a_rate_and_no_end() {
        let steps = Steps::of(Phase::Read, progress(5_000, 20, 0, Some(0)), &Counts::default(), 2_000);
        assert_eq!(steps, Steps { read: 5_000, planned: 20, applied: None, rate: Some(2_500), left: None });
        let soon = Steps::of(Phase::Read, progress(5_000, 20, 0, Some(0)), &Counts::default(), 900);
        assert_eq!(soon.rate, None);
        assert_eq!(Steps::of(Phase::Read, progress(5, 0, 0, None), &Counts::default(), 2_000).rate, None);
    }

    #[test]
    fn applying_has_an_end() {
        let user = TypeCounts { all: 900, created: 400, unchanged: 500, ..TypeCounts::default() };
        let counts = Counts { user, ..Counts::default() };
        let check = |applied: u64, rate: Option<u64>, left: Option<i64>| {
            let steps = Steps::of(Phase::Apply, progress(0, 0, applied, Some(0)), &counts, 10_000);
            let expected = Steps { read: 900, planned: 400, applied: Some((applied, 400)), rate, left };
            assert_eq!(steps, expected);
        };
        check(0, None, None);
        check(100, Some(10), Some(30_000));
        check(400, Some(40), None);
        let beyond = Steps::of(Phase::Apply, progress(0, 0, 500, Some(0)), &counts, 10_000);
        assert_eq!((beyond.applied, beyond.left), (Some((500, 500)), None));
    }
}
