//! What keeps a database from doing its work for a while, told apart from mistakes in statements: those who
//! run the daemon can mend it, and the same statement may succeed later.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// Whether a statement has failed since [`take_broken`] for want of a disk that works.
static BROKEN: AtomicBool = AtomicBool::new(false);
/// How many statements have met damaged content.
static DAMAGES: AtomicU64 = AtomicU64::new(0);

/// Why the database can't do its work just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No space is left for it.
    #[error("the disk of the database is full; free some space on it")]
    DiskFull,
    /// Somebody else holds a lock on it.
    #[error("the database is locked by another program; see which one has it open, and stop that")]
    Locked,
    /// It may be read, and not written.
    #[error("the database can't be written: its file or file system is read-only, or the file was moved")]
    ReadOnly,
    /// Its disk, or the file system, fails.
    #[error("the disk of the database fails; the system's log says more")]
    Disk,
    /// There is no connection to it.
    #[error("the database can't be reached; see whether it runs")]
    Unreachable,
    /// Its file is not where it was.
    #[error(
        "the database's file was deleted or moved while the daemon runs; put that file back, or stop the daemon and restore \
         a backup"
    )]
    Gone,
    /// Another file is where its own was.
    #[error(
        "another file is in the place of the database's file, which was replaced while the daemon runs; put the former one \
         back, or restart the daemon to use this one"
    )]
    Replaced,
    /// Its write-ahead log is not where it was, nor is its index.
    #[error(
        "the database's write-ahead log (-wal) or its index (-shm) was deleted or replaced while the daemon runs; restart \
         the daemon, which writes what is in the log into the database, and let no other program open it before that"
    )]
    LogGone,
    /// Its content is not what it wrote.
    #[error("the database is damaged; stop the daemon and restore a backup")]
    Damaged,
    /// All connections are busy, and have been for long.
    #[error("the database is too busy")]
    Busy,
}

/// Whether the connection that writes has to be opened again before the next transaction. SQLite may end a
/// transaction by itself when the disk is full or fails, and the driver does not notice: what it commits after
/// that can stand in a transaction that nobody ends, and is lost.
pub(super) fn take_broken() -> bool {
    BROKEN.load(Ordering::Acquire) && BROKEN.swap(false, Ordering::AcqRel)
}

/// How many statements have met damaged content since the start, in whichever database.
pub(super) fn damages() -> u64 {
    DAMAGES.load(Ordering::Acquire)
}

impl Trouble {
    /// Notes that a statement failed so.
    pub(super) fn note(self) {
        match self {
            Self::DiskFull | Self::Disk => BROKEN.store(true, Ordering::Release),
            Self::Damaged => {
                DAMAGES.fetch_add(1, Ordering::AcqRel);
            }
            Self::Locked | Self::ReadOnly | Self::Unreachable | Self::Busy => {}
            // They are found without a statement.
            Self::Gone | Self::Replaced | Self::LogGone => {}
        }
    }

    /// The trouble that an error tells of, if it is one that may pass.
    pub(super) fn of(error: &DbErr) -> Option<Self> {
        match error {
            DbErr::ConnectionAcquire(_) => Some(Self::Busy),
            DbErr::Conn(RuntimeErr::SqlxError(error))
            | DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => Self::of_driver(error),
            DbErr::Conn(_) => Some(Self::Unreachable),
            _ => None,
        }
    }

    fn of_driver(error: &SqlxError) -> Option<Self> {
        match error {
            SqlxError::Io(_) | SqlxError::PoolClosed | SqlxError::WorkerCrashed => Some(Self::Unreachable),
            SqlxError::PoolTimedOut => Some(Self::Busy),
            SqlxError::Database(error) => Self::of_sqlite(error.code()?.parse().ok()?),
            _ => None,
        }
    }

    /// By SQLite's result code; the lowest byte of an extended one says what kind it is
    /// (<https://www.sqlite.org/rescode.html>).
    fn of_sqlite(code: u32) -> Option<Self> {
        match code & 0xff {
            5 | 6 => Some(Self::Locked),
            8 => Some(Self::ReadOnly),
            10 => Some(Self::Disk),
            11 | 26 => Some(Self::Damaged),
            13 => Some(Self::DiskFull),
            14 => Some(Self::Unreachable),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_sqlite_tell_what_may_pass() {
        let check = |code, expected| assert_eq!(Trouble::of_sqlite(code), expected, "{code}");
        check(13, Some(Trouble::DiskFull));
        check(5, Some(Trouble::Locked));
        check(261, Some(Trouble::Locked));
        check(1032, Some(Trouble::ReadOnly));
        check(778, Some(Trouble::Disk));
        check(11, Some(Trouble::Damaged));
        check(267, Some(Trouble::Damaged));
        check(26, Some(Trouble::Damaged));
        check(2067, None);
        check(1, None);
    }
}
