//! What a pass learns about the target as a whole. One record never holds up others, whatever its error: it
//! waits by itself. Only where one record after the other is not taken, and none that was sent is, it is the
//! target that is in trouble. Pure.

use crate::domain::target::Trouble;

use super::outlet::{Cause, Refusal};

/// After so many records in a row that were not taken, the rest of a phase is left for a later pass…
const TELLING: u32 = 16;
/// …or so many, while the target is known to be in trouble.
const TELLING_IN_TROUBLE: u32 = 4;
/// After so many batches in a row of one record, on each of which the plugin crashed, it is not the records.
const MOST_CRASHES: u32 = 3;
/// How often the plugin may crash on a record alone before that has failed.
const CRASHES: i32 = 3;
/// How many records are sent together first to a target in trouble: fewer each time, so that in the end one
/// that spoils every batch is alone.
const FIRST_IN_TROUBLE: usize = 16;

/// The parts of a pass: each is tried, whatever became of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Departments,
    Users,
    DeletedDepartments,
}

/// What is known so far.
#[derive(Debug)]
pub(super) struct Health {
    was_in_trouble: bool,
    /// Whether the target has dealt with anything in this pass.
    works: bool,
    phase: Phase,
    /// How many records in a row were not taken, in each phase.
    in_a_row: [u32; 3],
    crashes: u32,
    /// Whether a batch was refused as a whole since anything was dealt with.
    unreached: bool,
    latest: Option<Refusal>,
}

/// What becomes of a record that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sentence {
    /// It is sent again later.
    Waits,
    /// It has failed.
    Fails,
}

impl Health {
    pub(super) fn new(trouble: Option<&Trouble>) -> Self {
        Self {
            was_in_trouble: trouble.is_some(),
            works: false,
            phase: Phase::Departments,
            in_a_row: [0; 3],
            crashes: 0,
            unreached: false,
            latest: None,
        }
    }

    /// How many records are sent together first, where `most` may be.
    pub(super) fn first_batch(trouble: Option<&Trouble>, most: usize) -> usize {
        trouble.map_or(most, |trouble| (FIRST_IN_TROUBLE >> trouble.failures.clamp(0, 4)).min(most))
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
    }

    /// The target has dealt with a record: it took it, or refused it for what it is.
    pub(super) fn answered(&mut self) {
        self.works = true;
        self.in_a_row = [0; 3];
        self.crashes = 0;
        self.unreached = false;
        self.latest = None;
    }

    /// Nothing of a batch could be tried: neither could anything else of this phase.
    pub(super) fn not_reached(&mut self, refusal: &Refusal) {
        self.in_a_row[self.phase as usize] = u32::MAX;
        self.unreached = true;
        self.latest = Some(refusal.clone());
    }

    /// A record was not taken that had failed so many times before. Where the target seemed well, only the
    /// first time tells something: that a record fails again is nothing new.
    pub(super) fn not_taken(&mut self, attempts: i32, refusal: &Refusal) {
        if self.was_in_trouble || attempts == 0 {
            let count = &mut self.in_a_row[self.phase as usize];
            *count = count.saturating_add(1);
            self.latest = Some(refusal.clone());
        }
    }

    /// A batch of one record was refused as a whole.
    pub(super) fn crashed(&mut self) {
        self.crashes += 1;
    }

    /// Whether the rest of this phase is left for a later pass.
    pub(super) fn gives_up_phase(&self) -> bool {
        let telling = if self.was_in_trouble && !self.works { TELLING_IN_TROUBLE } else { TELLING };
        self.in_a_row[self.phase as usize] >= telling
    }

    /// Whether one batch of one record after the other was refused as a whole.
    pub(super) fn always_crashes(&self) -> bool {
        self.crashes >= MOST_CRASHES
    }

    /// What keeps the target from taking anything, if that is how it looks after all phases.
    pub(super) fn trouble(self) -> Option<Refusal> {
        let telling = if self.was_in_trouble { 1 } else { TELLING };
        let tells = !self.works && self.in_a_row.iter().any(|count| *count >= telling);
        self.latest.filter(|_| self.unreached || tells)
    }

    /// What becomes of a record of which the plugin said that it failed.
    pub(super) fn of_record(refusal: &Refusal) -> Sentence {
        match refusal.cause {
            Cause::Record => Sentence::Fails,
            Cause::Transient | Cause::Config | Cause::Crash | Cause::Slow | Cause::Stopped => Sentence::Waits,
        }
    }

    /// What becomes of a record that was sent alone and refused as a whole batch, so many times before.
    pub(super) fn of_batch(&self, attempts: i32, refusal: &Refusal) -> Sentence {
        match refusal.cause {
            Cause::Record if self.works => Sentence::Fails,
            Cause::Record | Cause::Crash | Cause::Slow
                if attempts.saturating_add(1) >= CRASHES && (self.works || !self.was_in_trouble) =>
            {
                Sentence::Fails
            }
            _ => Sentence::Waits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::outlet::Effect;
    use super::*;

    fn refusal(cause: Cause) -> Refusal {
        Refusal { cause, message: "no".into(), retry_after: None, effect: Effect::Nothing }
    }

    fn in_trouble(failures: i32) -> Trouble {
        Trouble { message: "down".into(), failures, retry_at: None }
    }

    #[test]
    fn many_records_that_fail_for_the_first_time_are_trouble_and_few_are_not() {
        let after = |count: u32, attempts: i32, works: bool| {
            let mut health = Health::new(None);
            if works {
                health.answered();
            }
            for _ in 0..count {
                health.not_taken(attempts, &refusal(Cause::Transient));
            }
            (health.gives_up_phase(), health.trouble().is_some())
        };
        assert_eq!(after(15, 0, false), (false, false));
        assert_eq!(after(16, 0, false), (true, true));
        assert_eq!(after(16, 0, true), (true, false), "it takes others");
        assert_eq!(after(1_000, 1, false), (false, false), "these are known to fail");
    }

    #[test]
    fn a_target_in_trouble_is_out_of_it_once_something_is_taken() {
        let trouble = in_trouble(3);
        let mut health = Health::new(Some(&trouble));
        for _ in 0..4 {
            health.not_taken(2, &refusal(Cause::Config));
        }
        assert!(health.gives_up_phase());
        health.enter(Phase::Users);
        assert!(!health.gives_up_phase(), "departments say nothing of users");
        health.answered();
        assert!(health.trouble().is_none());
        let mut health = Health::new(Some(&trouble));
        health.not_taken(2, &refusal(Cause::Config));
        assert!(health.trouble().is_some());
        assert!(Health::new(Some(&trouble)).trouble().is_none(), "nothing was due");
    }

    #[test]
    fn a_target_that_is_not_reached_is_in_trouble_unless_it_takes_something_after_that() {
        let mut health = Health::new(None);
        health.answered();
        health.not_reached(&refusal(Cause::Transient));
        assert!(health.gives_up_phase());
        health.enter(Phase::Users);
        assert!(!health.gives_up_phase(), "it may have been a department that it was not taken for");
        health.answered();
        assert!(health.trouble().is_none());
        let mut health = Health::new(None);
        health.answered();
        health.not_reached(&refusal(Cause::Transient));
        assert!(health.trouble().is_some());
    }

    #[test]
    fn batches_get_smaller_while_the_target_is_in_trouble() {
        let sizes: Vec<usize> =
            [1, 2, 3, 4, 100].map(|failures| Health::first_batch(Some(&in_trouble(failures)), 500)).into();
        assert_eq!(sizes, [8, 4, 2, 1, 1]);
        assert_eq!(Health::first_batch(None, 500), 500);
    }

    #[test]
    fn a_record_fails_by_its_own_fault_only() {
        let of_batch = |trouble: Option<&Trouble>, works: bool, attempts: i32, cause| {
            let mut health = Health::new(trouble);
            if works {
                health.answered();
            }
            health.of_batch(attempts, &refusal(cause))
        };
        let trouble = in_trouble(1);
        assert_eq!(of_batch(None, false, 0, Cause::Crash), Sentence::Waits);
        assert_eq!(of_batch(None, false, 2, Cause::Crash), Sentence::Fails);
        assert_eq!(of_batch(None, true, 0, Cause::Record), Sentence::Fails);
        assert_eq!(of_batch(None, false, 0, Cause::Record), Sentence::Waits);
        assert_eq!(of_batch(Some(&trouble), false, 9, Cause::Record), Sentence::Waits, "nothing is taken");
        assert_eq!(of_batch(None, true, 9, Cause::Transient), Sentence::Waits);
        assert_eq!(Health::of_record(&refusal(Cause::Record)), Sentence::Fails);
        assert_eq!(Health::of_record(&refusal(Cause::Config)), Sentence::Waits);
    }
}
