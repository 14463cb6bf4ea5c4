//! What is kept of a record beside the row it leads to: the hash of what its source gave last, and
//! whether the source still gives it.

use super::fields;

/// Whether a source still gives a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does.
    Present = 1,
    /// It was absent from a full read.
    Missing = 2,
    /// The source said that it is deleted, or the task that brought it was undone.
    Deleted = 3,
}

/// What is kept of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The hash of what the source gave last.
    pub hash: i64,
    /// Whether it still gives it.
    pub state: State,
}

/// A user that passes from one record of a source to another, beside what the change does to the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkMove {
    /// The other record of the source.
    pub uid: String,
    /// What is kept of that one while it leads to the user.
    pub kept: Kept,
    /// Whether the user goes back to that record, as an undo does; otherwise that record leads nowhere
    /// any more.
    pub restores: bool,
}

/// The hash that is kept of a record to which an operator gave a user before its source gave the record: no
/// record's text has it, so that the first one is looked at.
pub fn given_by_hand() -> i64 {
    fields::hash("a user was given to this record by hand")
}

impl State {
    /// The number kept in the database.
    pub fn code(self) -> i16 {
        self as i16
    }

    /// The inverse of [`Self::code`]; `None` for a number that no version has written.
    pub fn from_code(code: i16) -> Option<Self> {
        [Self::Present, Self::Missing, Self::Deleted].into_iter().find(|state| state.code() == code)
    }
}
