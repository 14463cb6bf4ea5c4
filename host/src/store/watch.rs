//! Whether the files that the database is in are still the ones that are open. SQLite goes on in a file that has
//! been deleted or replaced as if nothing had happened, and what it commits then is lost with the process. A
//! database that is not in a file of this host has nothing to watch.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tracing::{error, info};

use super::dialect::Dialect;
use super::trouble::{self, Trouble};
use super::{Doing, StoreError};

/// What follows the name of an open file that has been deleted, in `/proc` (proc(5)).
const DELETED: &str = " (deleted)";
/// How long two looks are apart that must agree: SQLite deletes its log just before it closes it.
const BLINK: Duration = Duration::from_millis(50);

/// What is watched of a database.
#[derive(Debug, Default)]
pub(super) struct Watch {
    files: Option<Files>,
    /// What is the matter with it, as long as that does not pass by itself.
    lasting: Mutex<Option<Trouble>>,
    /// How often the driver had told of damage when the content was last found whole; none before the first look.
    found_whole: Mutex<Option<u64>>,
    is_checking: AtomicBool,
}

/// The files of a SQLite database.
#[derive(Debug)]
struct Files {
    database: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
    /// Whether its write-ahead log was there during a transaction. It need not be there otherwise.
    has_log: AtomicBool,
    /// How many times the file was looked at and found wrong; for the log.
    noticed: AtomicU64,
}

impl Watch {
    /// Watches the files of the database at a path, which is open.
    pub(super) fn of(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let files = Files {
            database: path.to_owned(),
            identity: identity(path)?,
            has_log: AtomicBool::new(false),
            noticed: AtomicU64::new(0),
        };
        Ok(Self { files: Some(files), ..Self::default() })
    }

    /// What keeps the database from taking anything, as far as it is known or seen at a glance.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        if let Some(trouble) = *self.lasting() {
            return Some(trouble);
        }
        let files = self.files.as_ref()?;
        let trouble = files.trouble();
        files.tell(trouble);
        trouble
    }

    /// The same while a transaction is under way, when the write-ahead log must be there.
    pub(super) fn trouble_within(&self) -> Option<Trouble> {
        if let Some(trouble) = self.trouble() {
            return Some(trouble);
        }
        let files = self.files.as_ref()?;
        if files.log().exists() {
            files.has_log.store(true, Ordering::Relaxed);
            return None;
        }
        files.has_log.load(Ordering::Relaxed).then(|| self.lasts(Trouble::LogGone))
    }

    /// Looks closely: also at what the open descriptors of this process lead to. It blocks.
    pub(super) fn look(&self) -> Option<Trouble> {
        if let Some(trouble) = self.trouble() {
            return Some(trouble);
        }
        let files = self.files.as_ref()?;
        if files.has_deleted_log() {
            std::thread::sleep(BLINK);
            return files.has_deleted_log().then(|| self.lasts(Trouble::LogGone));
        }
        None
    }

    /// Checks the content, if it never was since the start or the driver has told of damage since.
    pub(super) async fn check(
        &self,
        reader: &DatabaseConnection,
        dialect: Dialect,
    ) -> Result<(), StoreError> {
        let told = trouble::damages();
        let known = *self.found_whole.lock().unwrap_or_else(PoisonError::into_inner);
        if known == Some(told) || self.is_checking.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let checked = content(reader, dialect).await;
        self.is_checking.store(false, Ordering::Release);
        if let Some(damage) = checked? {
            self.lasts(Trouble::Damaged);
            error!("{}; {damage}", Trouble::Damaged);
        } else {
            *self.found_whole.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
        }
        Ok(())
    }

    /// Whether closing the connections would harm the files that are in the place of the database's: SQLite deletes
    /// the log at the path, whichever database it belongs to.
    pub(super) fn must_not_close(&self) -> bool {
        matches!(self.trouble(), Some(Trouble::Gone | Trouble::Replaced))
    }

    fn lasts(&self, trouble: Trouble) -> Trouble {
        let before = self.lasting().replace(trouble);
        if before != Some(trouble) {
            error!("the database takes nothing more: {trouble}");
        }
        trouble
    }

    fn lasting(&self) -> std::sync::MutexGuard<'_, Option<Trouble>> {
        self.lasting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    fn trouble(&self) -> Option<Trouble> {
        match identity(&self.database) {
            Ok(identity) if identity == self.identity => None,
            Ok(_) => Some(Trouble::Replaced),
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => Some(Trouble::Gone),
            // Whether it can be written is for the statements to find out.
            Err(_) => None,
        }
    }

    /// Says in the log what has become wrong or right.
    fn tell(&self, trouble: Option<Trouble>) {
        let file = self.database.display();
        match trouble {
            Some(trouble) if self.noticed.fetch_add(1, Ordering::Relaxed) == 0 => {
                error!("the database {file} takes nothing more: {trouble}");
            }
            None if self.noticed.swap(0, Ordering::Relaxed) > 0 => {
                info!("the database {file} is back in its place");
            }
            _ => {}
        }
    }

    fn log(&self) -> PathBuf {
        beside(&self.database, "-wal")
    }

    /// Whether this process has a write-ahead log open, or its index, that has been deleted.
    fn has_deleted_log(&self) -> bool {
        let deleted = ["-wal", "-shm"].map(|ending| beside(&self.database, &format!("{ending}{DELETED}")));
        let Ok(descriptors) = fs::read_dir("/proc/self/fd") else { return false };
        let mut open = descriptors.flatten().filter_map(|descriptor| fs::read_link(descriptor.path()).ok());
        open.any(|target| deleted.contains(&target))
    }
}

/// What is wrong with the content, if something is.
async fn content(reader: &DatabaseConnection, dialect: Dialect) -> Result<Option<String>, StoreError> {
    let statement = Statement::from_string(dialect.backend(), dialect.quick_check());
    let found = match reader.query_one_raw(statement).await.doing("check the database") {
        Err(error) if error.trouble() == Some(Trouble::Damaged) => return Ok(Some(error.to_string())),
        found => found?,
    };
    let Some(row) = found else { return Ok(None) };
    let said: String = row.try_get_by_index(0).doing("check the database")?;
    Ok((said != "ok").then_some(said))
}

/// Why a database can't be opened whose file is gone while its write-ahead log is there.
pub(super) fn left_over(database: &Path) -> Option<PathBuf> {
    let log = beside(database, "-wal");
    let has_content = fs::metadata(&log).is_ok_and(|log| log.len() > 0);
    (has_content && !database.exists()).then_some(log)
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let found = fs::metadata(path)?;
    Ok((found.dev(), found.ino()))
}

/// The file of a database whose name has this ending.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
