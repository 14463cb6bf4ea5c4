//! When the content of a database is checked, and how deeply: quickly at the start, completely when statements meet
//! damage that the last check has not found.

use std::time::{Duration, Instant};

/// For how long after a complete check a statement that meets damage all the same condemns the database; after that,
/// it is checked again.
const VALID: Duration = Duration::from_secs(3_600);

/// How deep a check goes. Each reads the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// All but whether indexes agree with their tables.
    Quick,
    Full,
}

/// What is to be done about the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    Check(Depth),
    /// Take nothing more: statements go on meeting damage in what was found whole.
    Condemn,
}

/// What checks have found.
#[derive(Debug, Default)]
pub(super) struct Checks {
    latest: Option<Latest>,
}

/// The latest check, which found nothing.
#[derive(Debug)]
struct Latest {
    depth: Depth,
    /// How many statements had met damage when it began.
    told: u64,
    ended: Instant,
}

impl Checks {
    /// What to do now that so many statements have met damage.
    pub(super) fn step(&self, told: u64, now: Instant) -> Step {
        match &self.latest {
            None if told == 0 => Step::Check(Depth::Quick),
            None => Step::Check(Depth::Full),
            Some(latest) if latest.told == told => Step::Nothing,
            Some(Latest { depth: Depth::Full, ended, .. }) if now.duration_since(*ended) < VALID => {
                Step::Condemn
            }
            Some(_) => Step::Check(Depth::Full),
        }
    }

    /// Notes a check that has found nothing.
    pub(super) fn found_whole(&mut self, depth: Depth, told: u64, ended: Instant) {
        self.latest = Some(Latest { depth, told, ended });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_goes_deeper_when_statements_contradict_it_and_is_not_made_again_and_again() {
        let mut checks = Checks::default();
        let now = Instant::now();
        assert_eq!(checks.step(0, now), Step::Check(Depth::Quick));
        checks.found_whole(Depth::Quick, 0, now);
        assert_eq!(checks.step(0, now), Step::Nothing);
        assert_eq!(checks.step(1, now), Step::Check(Depth::Full));
        checks.found_whole(Depth::Full, 1, now);
        assert_eq!(checks.step(1, now), Step::Nothing);
        assert_eq!(checks.step(2, now), Step::Condemn, "statements go on meeting damage");
        assert_eq!(checks.step(2, now + VALID), Step::Check(Depth::Full), "it may be new damage");
        assert_eq!(Checks::default().step(3, now), Step::Check(Depth::Full), "a quick check would not do");
    }
}
