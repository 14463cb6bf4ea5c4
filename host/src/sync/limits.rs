//! What the engine takes on at most: how much a user or department may hold, how many records a task may have, and how
//! full a disk may be.

/// The engine's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes the fields of one user or department may have, memberships aside.
    pub row_bytes: u64,
    /// How many records one task may read.
    pub task_records: u64,
    /// How many bytes stay free on the disk of the database; 0: any.
    pub min_free: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { row_bytes: 256 << 10, task_records: 10_000_000, min_free: 0 }
    }
}
