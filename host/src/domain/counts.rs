//! How many records of each data type a task read, and what its plan makes of them.

use serde::{Deserialize, Serialize};

use super::change::Op;
use super::data_type::DataType;

/// The counts of one data type.
///
/// Each record read is counted once in `all` and once in one of the others; `disabled` and `deleted`
/// also count those that a full read no longer gave. Until a task is applied, the counts are what its
/// plan would do; a change that fails moves from its own count to `failed`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeCounts {
    /// Records read.
    pub all: u64,
    /// New rows.
    pub created: u64,
    /// Rows that get other values.
    pub updated: u64,
    /// Records that change nothing.
    pub unchanged: u64,
    /// Of those updated, the ones that the source itself switches off.
    pub switched_off: u64,
    /// Of the other users updated, those whom the source takes out of all departments that it had put them in.
    pub emptied: u64,
    /// Rows switched off because a full read no longer gave them.
    pub disabled: u64,
    /// Rows taken out of the lists.
    pub deleted: u64,
    /// Rows that this source lets go of and another one keeps.
    pub unlinked: u64,
    /// Records followed by a later one with the same uid in the same task.
    pub duplicates: u64,
    /// Records or changes that failed.
    pub failed: u64,
    /// References of the records read to departments that are not there: memberships of users, parents of
    /// departments.
    pub dangling: u64,
    /// Of a plan that is held: how many records the source had present when the gates looked at it.
    pub present: u64,
}

impl TypeCounts {
    /// The count that changes of this kind belong to.
    pub fn of(&mut self, op: Op) -> &mut u64 {
        match op {
            Op::Create => &mut self.created,
            Op::Update => &mut self.updated,
            Op::Disable => &mut self.disabled,
            Op::Delete => &mut self.deleted,
            Op::Unlink => &mut self.unlinked,
            Op::Reject => &mut self.failed,
        }
    }

    /// Changes by which the source takes somebody away, whatever they do to the row: another source may keep it.
    pub fn removals(&self) -> u64 {
        self.switched_off + self.disabled + self.deleted + self.unlinked + self.emptied
    }

    /// Whether all records that were read failed, and nothing else was done either.
    fn is_all_failed(&self) -> bool {
        self.failed > 0 && self.is_idle() && self.failed + self.duplicates >= self.all
    }

    /// Whether nothing came of it.
    fn is_idle(&self) -> bool {
        self.changes() == 0 && self.unchanged == 0
    }

    /// Changes to be written.
    pub fn changes(&self) -> u64 {
        self.created + self.updated + self.disabled + self.deleted + self.unlinked
    }
}

/// The counts of a task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Users.
    pub user: TypeCounts,
    /// Departments.
    pub department: TypeCounts,
}

impl Counts {
    /// The counts of one data type.
    pub fn get(&self, data_type: DataType) -> &TypeCounts {
        match data_type {
            DataType::User => &self.user,
            DataType::Department => &self.department,
        }
    }

    /// The counts of one data type, to be changed.
    pub fn of(&mut self, data_type: DataType) -> &mut TypeCounts {
        match data_type {
            DataType::User => &mut self.user,
            DataType::Department => &mut self.department,
        }
    }

    /// The removals that have been added since `earlier`; the other counts stay as they are.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut since = *self;
        for data_type in DataType::ALL {
            let (counts, earlier) = (since.of(data_type), earlier.get(data_type));
            counts.switched_off = counts.switched_off.saturating_sub(earlier.switched_off);
            counts.disabled = counts.disabled.saturating_sub(earlier.disabled);
            counts.deleted = counts.deleted.saturating_sub(earlier.deleted);
            counts.unlinked = counts.unlinked.saturating_sub(earlier.unlinked);
            counts.emptied = counts.emptied.saturating_sub(earlier.emptied);
        }
        since
    }

    /// Failures of both data types.
    pub fn failed(&self) -> u64 {
        self.user.failed + self.department.failed
    }

    /// The data type of which every record failed, if that makes the whole task a failure: users, or
    /// departments where there was nothing else.
    pub fn all_failed(&self) -> Option<DataType> {
        if self.user.is_all_failed() {
            return Some(DataType::User);
        }
        let only = self.department.is_all_failed() && self.user.is_idle();
        only.then_some(DataType::Department)
    }

    /// Changes to be written, of both data types.
    pub fn changes(&self) -> u64 {
        self.user.changes() + self.department.changes()
    }

    /// Records read, of both data types.
    pub fn all(&self) -> u64 {
        self.user.all + self.department.all
    }

    /// What a person reads at the end of a task: "users: 3 created, 1 failed; departments: unchanged".
    pub fn sentence(&self) -> String {
        let describe = |data_type: DataType| {
            let counts = self.get(data_type);
            let parts: Vec<String> = [
                (counts.created, "created"),
                (counts.updated, "updated"),
                (counts.disabled, "disabled"),
                (counts.deleted, "deleted"),
                (counts.unlinked, "unlinked"),
                (counts.failed, "failed"),
                (counts.unchanged, "unchanged"),
            ]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
            (!parts.is_empty()).then(|| format!("{}: {}", data_type.target(), parts.join(", ")))
        };
        let parts: Vec<String> =
            [DataType::User, DataType::Department].into_iter().filter_map(describe).collect();
        if parts.is_empty() { "nothing to do".into() } else { parts.join("; ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_fails_when_every_user_does_and_nothing_came_of_them() {
        let failed = |failed, all| TypeCounts { all, failed, ..TypeCounts::default() };
        let check = |user: TypeCounts, department: TypeCounts, expected: Option<DataType>| {
            assert_eq!(Counts { user, department }.all_failed(), expected, "{user:?} {department:?}");
        };
        let (none, done) =
            (TypeCounts::default(), TypeCounts { all: 3, unchanged: 3, ..TypeCounts::default() });
        check(failed(3, 3), none, Some(DataType::User));
        check(failed(3, 3), done, Some(DataType::User));
        check(none, failed(3, 3), Some(DataType::Department));
        check(done, failed(3, 3), None);
        check(TypeCounts { duplicates: 1, ..failed(2, 3) }, none, Some(DataType::User));
        check(TypeCounts { unchanged: 1, ..failed(2, 3) }, none, None);
        check(TypeCounts { updated: 1, ..failed(3, 3) }, none, None);
        check(failed(1, 3), none, None);
        check(none, none, None);
    }

    #[test]
    fn the_sentence_leaves_out_what_did_not_happen() {
        let mut counts = Counts::default();
        assert_eq!(counts.sentence(), "nothing to do");
        counts.user = TypeCounts { all: 4, created: 3, failed: 1, ..TypeCounts::default() };
        counts.department = TypeCounts { all: 2, unchanged: 2, ..TypeCounts::default() };
        assert_eq!(counts.sentence(), "users: 3 created, 1 failed; departments: 2 unchanged");
    }
}
