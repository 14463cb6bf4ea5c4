//! What is kept of a record beside the row it leads to: the hash of what its source gave last, and
//! whether the source still gives it.

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
