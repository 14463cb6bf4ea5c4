//! Whether the files that the database is in are still the ones that are open, and its content whole. SQLite goes on
//! in a file that has been deleted or replaced as if nothing had happened, and what it commits then is lost with the
//! process. A database that is not in a file of this host has nothing to watch.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use tracing::{error, info};

use super::companion::{Companion, Identity, OpenFile, identity};
use super::content::{Checks, Depth, Step};
use super::dialect::Dialect;
use super::trouble::{self, Trouble};
use super::{Doing, StoreError};

/// How long two looks are apart that must agree: SQLite deletes a file and closes it in two steps.
const BLINK: Duration = Duration::from_millis(50);

/// What is watched of a database.
#[derive(Debug, Default)]
pub(super) struct Watch {
    files: Option<Files>,
    /// What is the matter with it, as long as that does not pass by itself.
    lasting: Mutex<Option<Trouble>>,
    checks: Mutex<Checks>,
    is_checking: AtomicBool,
}

/// The files of a SQLite database.
#[derive(Debug)]
struct Files {
    database: PathBuf,
    identity: Identity,
    /// The write-ahead log and its index.
    companions: [Companion; 2],
    /// How many times the file was looked at and found wrong; for the log.
    noticed: AtomicU64,
}

/// What is seen of the files at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Glance {
    Fine,
    Wrong(Trouble),
    /// It takes [`Watch::look_within`] to tell.
    Unclear,
}

impl Watch {
    /// Watches the files of the database at a path, which is open.
    pub(super) fn of(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let files = Files {
            database: path.to_owned(),
            identity: identity(path)?,
            companions: ["-wal", "-shm"].map(|ending| Companion::new(beside(path, ending))),
            noticed: AtomicU64::new(0),
        };
        Ok(Self { files: Some(files), ..Self::default() })
    }

    /// What keeps the database from taking anything, as far as it is known. Nothing is looked at.
    pub(super) fn lasting_trouble(&self) -> Option<Trouble> {
        *self.lasting()
    }

    /// Whether the database's file was wrong when it was looked at last.
    pub(super) fn was_wrong(&self) -> bool {
        self.files.as_ref().is_some_and(|files| files.noticed.load(Ordering::Relaxed) > 0)
    }

    /// What keeps the database from taking anything, as far as it is known or seen of its file. It blocks.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        if let Some(trouble) = self.lasting_trouble() {
            return Some(trouble);
        }
        let files = self.files.as_ref()?;
        let trouble = files.trouble();
        files.tell(trouble);
        trouble
    }

    /// Compares the files with those that are open, while a transaction is under way. It asks for three files and
    /// nothing else.
    pub(super) fn glance_within(&self) -> Glance {
        if let Some(trouble) = self.trouble() {
            return Glance::Wrong(trouble);
        }
        let Some(files) = &self.files else { return Glance::Fine };
        match files.companions.iter().all(Companion::is_as_known) {
            true => Glance::Fine,
            false => Glance::Unclear,
        }
    }

    /// Looks closely while a transaction is under way, when the log and its index must be there. It blocks.
    pub(super) fn look_within(&self) -> Option<Trouble> {
        self.look_closely(true)
    }

    /// Looks closely: also at what the open descriptors of this process lead to. It blocks.
    pub(super) fn look(&self) -> Option<Trouble> {
        self.look_closely(false)
    }

    fn look_closely(&self, is_within: bool) -> Option<Trouble> {
        if let Some(trouble) = self.trouble() {
            return Some(trouble);
        }
        let files = self.files.as_ref()?;
        if files.has_lost(is_within) {
            std::thread::sleep(BLINK);
            return files.has_lost(is_within).then(|| self.lasts(Trouble::LogGone));
        }
        None
    }

    /// Checks the content, if it never was since the start or statements have met damage since. Statements that meet
    /// damage in what was found whole condemn the database, too.
    pub(super) async fn check(
        &self,
        reader: &DatabaseConnection,
        dialect: Dialect,
    ) -> Result<(), StoreError> {
        if self.lasting_trouble() == Some(Trouble::Damaged) {
            return Ok(());
        }
        let (told, begun) = (trouble::damages(), Instant::now());
        let step = self.checks().step(told, begun);
        let depth = match step {
            Step::Nothing => return Ok(()),
            Step::Condemn => {
                self.lasts(Trouble::Damaged);
                error!(
                    "statements go on meeting damage in the database that a check of all of it does not find"
                );
                return Ok(());
            }
            Step::Check(depth) => depth,
        };
        if self.is_checking.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let checked = content(reader, dialect, depth).await;
        self.is_checking.store(false, Ordering::Release);
        if let Some(damage) = checked? {
            self.lasts(Trouble::Damaged);
            error!("{}; {damage}", Trouble::Damaged);
        } else {
            self.checks().found_whole(depth, told, Instant::now());
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

    fn lasting(&self) -> MutexGuard<'_, Option<Trouble>> {
        self.lasting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn checks(&self) -> MutexGuard<'_, Checks> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Whether the log or its index that this process has open is not the one at its path.
    fn has_lost(&self, is_within: bool) -> bool {
        // Without /proc there is nothing to compare with.
        let Some(open) = OpenFile::all() else { return false };
        self.companions.iter().any(|companion| companion.is_lost(&open, is_within))
    }
}

/// What is wrong with the content, if something is.
async fn content(
    reader: &DatabaseConnection,
    dialect: Dialect,
    depth: Depth,
) -> Result<Option<String>, StoreError> {
    let statement = match depth {
        Depth::Quick => dialect.quick_check(),
        Depth::Full => dialect.full_check(),
    };
    let statement = Statement::from_string(dialect.backend(), statement);
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

/// The file of a database whose name has this ending.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
