//! The rules that hold a plan before anything of it is applied. Pure.

use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::policy::RemovalLimit;

/// What the gates look at, per data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The data type.
    pub(crate) data_type: DataType,
    /// How many records the source has present before this task.
    pub(crate) present: u64,
    /// Whether the task read all there is of this data type.
    pub(crate) full: bool,
}

/// Why a plan is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    /// The gate's name, as in the task's `heldBy`.
    pub(crate) gate: &'static str,
    /// What a person should know before approving.
    pub(crate) message: String,
    /// What the gates looked at.
    standings: Vec<Standing>,
}

impl Hold {
    /// Writes into a task's counts of how many the plan would take some away.
    pub(crate) fn note_present(&self, counts: &mut Counts) {
        for standing in &self.standings {
            counts.of(standing.data_type).present = standing.present;
        }
    }
}

/// Whether a gate holds the plan: the first that does, with what every data type gives it to say.
pub(crate) fn check(counts: &Counts, limit: RemovalLimit, standings: &[Standing]) -> Option<Hold> {
    let holds = standings.iter().filter_map(|standing| empty_read(counts, standing));
    let holds = holds.chain(standings.iter().filter_map(|standing| removals(counts, limit, standing)));
    let hold = holds.reduce(|first, next| Hold {
        message: format!("{}; and {}", first.message, next.message),
        ..first
    })?;
    Some(Hold { standings: standings.to_vec(), ..hold })
}

/// A full read that gave nothing where there was something.
fn empty_read(counts: &Counts, standing: &Standing) -> Option<Hold> {
    let counts = counts.get(standing.data_type);
    let empty = standing.full && counts.all == 0 && standing.present > 0;
    empty.then(|| Hold {
        gate: "empty-read",
        message: format!(
            "the source gave no {} at all, it has {} now; approving this plan would take away {} of them",
            standing.data_type.target(),
            standing.present,
            counts.removals(),
        ),
        standings: Vec::new(),
    })
}

/// A plan that takes away more than the policy's percentage and more than its number.
fn removals(counts: &Counts, limit: RemovalLimit, standing: &Standing) -> Option<Hold> {
    let counts = counts.get(standing.data_type);
    let removals = counts.removals();
    #[expect(clippy::cast_precision_loss, reason = "a percentage of at most some billions")]
    let percent = 100.0 * removals as f64 / standing.present.max(1) as f64;
    let over = removals > limit.count && percent > limit.percent;
    over.then(|| {
        let parts = [
            (counts.disabled + counts.switched_off, "disable", ""),
            (counts.deleted, "delete", ""),
            (counts.unlinked, "unlink", ""),
            (counts.emptied, "take", " out of all their departments"),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, verb, rest)| format!("{verb} {count}{rest}"))
            .collect();
        Hold {
            gate: "removals",
            message: format!(
                "would {} of the source's {} {} ({percent:.1} %); more than {} % and more than {} need approval",
                parts.join(" and "),
                standing.present,
                standing.data_type.target(),
                limit.percent,
                limit.count,
            ),
            standings: Vec::new(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::counts::TypeCounts;

    fn held(all: u64, disabled: u64, deleted: u64, present: u64, full: bool) -> Option<&'static str> {
        let counts = Counts {
            user: TypeCounts { all, disabled, deleted, ..TypeCounts::default() },
            ..Counts::default()
        };
        let standing = Standing { data_type: DataType::User, present, full };
        check(&counts, RemovalLimit::default(), &[standing]).map(|hold| hold.gate)
    }

    #[test]
    fn holds_what_takes_away_too_many() {
        assert_eq!(held(80, 20, 0, 100, true), None, "20 % is not more than 20 %");
        assert_eq!(held(79, 21, 0, 100, true), Some("removals"));
        assert_eq!(held(79, 10, 11, 100, true), Some("removals"), "disabled and deleted count together");
        assert_eq!(held(1, 10, 0, 11, true), None, "10 is not more than 10");
        assert_eq!(held(1, 11, 0, 12, true), Some("removals"));
        assert_eq!(held(30, 0, 30, 100, false), Some("removals"), "deletes that the source asks for, too");
    }

    #[test]
    fn taking_people_away_counts_whatever_becomes_of_their_rows() {
        let check = |user: TypeCounts, expected: Option<&str>| {
            let standing = Standing { data_type: DataType::User, present: 967, full: true };
            let counts = Counts { user, ..Counts::default() };
            let hold = check(&counts, RemovalLimit::default(), &[standing]);
            assert_eq!(
                hold.as_ref().map(|hold| hold.message.split(" of the source's").next().unwrap()),
                expected
            );
        };
        let none = TypeCounts { all: 499, ..TypeCounts::default() };
        check(TypeCounts { unlinked: 468, ..none }, Some("would unlink 468"));
        check(TypeCounts { disabled: 100, unlinked: 368, ..none }, Some("would disable 100 and unlink 368"));
        check(TypeCounts { emptied: 400, ..none }, Some("would take 400 out of all their departments"));
        check(TypeCounts { updated: 900, unlinked: 100, ..none }, None);
    }

    #[test]
    fn holds_an_empty_full_read_of_any_size() {
        assert_eq!(held(0, 1, 0, 1, true), Some("empty-read"));
        assert_eq!(held(0, 0, 0, 1, true), Some("empty-read"), "also where the policy keeps the absent");
        assert_eq!(held(0, 0, 0, 0, true), None);
        assert_eq!(held(0, 0, 0, 5, false), None);
    }

    #[test]
    fn says_what_approving_would_do() {
        let counts = Counts {
            user: TypeCounts { all: 50, disabled: 412, ..TypeCounts::default() },
            ..Counts::default()
        };
        let standing = Standing { data_type: DataType::User, present: 1_000, full: true };
        let hold = check(&counts, RemovalLimit::default(), &[standing]).unwrap();
        assert_eq!(
            hold.message,
            "would disable 412 of the source's 1000 users (41.2 %); more than 20 % and more than 10 need approval"
        );
        let mut noted = counts;
        hold.note_present(&mut noted);
        assert_eq!((noted.user.present, noted.department.present), (1_000, 0));
    }
}
