//! Whose a task is, and until when: a daemon that runs a task holds a lease on it and renews it; a task
//! whose lease has run out was abandoned, and another daemon may take it over.

/// How long a lease lasts without being renewed, in milliseconds. A daemon renews it several times over
/// in that time, so one that has lost it was stopped, or could not reach the database.
pub const LEASE: i64 = 60_000;

/// One run of one installation of the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    installation: String,
    run: String,
}

impl Owner {
    /// `installation` stays the same for a data directory, `run` is new at every start; neither has a dot.
    pub fn new(installation: &str, run: &str) -> Self {
        Self { installation: installation.replace('.', "-"), run: run.replace('.', "-") }
    }

    /// Whether a task that bears `owner` and is leased until `until` may be taken over. Only one daemon at
    /// a time has the lock on a data directory, so an earlier run of the same installation is dead, and
    /// its leases are void.
    pub fn may_take(&self, owner: Option<&str>, until: Option<i64>, now: i64) -> bool {
        match (owner, until) {
            (Some(owner), _) if owner == self.to_string() => false,
            (None, _) | (_, None) => true,
            (Some(owner), Some(until)) => until <= now || self.is_earlier_run(owner),
        }
    }

    fn is_earlier_run(&self, owner: &str) -> bool {
        owner.split_once('.').is_some_and(|(installation, _)| installation == self.installation)
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.installation, self.run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_taken_over_only_when_it_was_abandoned() {
        let me = Owner::new("here", "2");
        let check = |owner: Option<&str>, until: Option<i64>, expected: bool| {
            assert_eq!(me.may_take(owner, until, 100), expected, "{owner:?} {until:?}");
        };
        check(None, None, true);
        check(Some("there.1"), Some(101), false);
        check(Some("there.1"), Some(100), true);
        check(Some("there.1"), None, true);
        check(Some("here.1"), Some(101), true);
        check(Some("here.2"), Some(101), false);
        check(Some("here.2"), Some(99), false);
    }
}
