//! The database: connections, migrations and, one file per noun, every query that orgsync makes.
//!
//! One connection writes, others read. On SQLite that is what keeps «database is locked» away; the
//! readers see the last committed state while a batch is being written.

pub(crate) mod bulk;
pub(crate) mod changes;
mod companion;
mod content;
pub(crate) mod counters;
pub(crate) mod cursors;
pub(crate) mod dangling;
pub(crate) mod deliveries;
pub(crate) mod departments;
pub(crate) mod dialect;
#[expect(unreachable_pub, reason = "SeaORM's derives make `pub` items")]
mod entity;
pub(crate) mod figures;
pub(crate) mod history;
pub(crate) mod idempotency;
mod identity;
pub(crate) mod look;
pub(crate) mod members;
pub(crate) mod memberships;
mod queue;
pub(crate) mod records;
mod rows;
pub(crate) mod sessions;
pub(crate) mod sizes;
pub(crate) mod sources;
pub(crate) mod targets;
pub(crate) mod tasks;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod tokens;
pub(crate) mod tree;
pub mod trouble;
pub(crate) mod users;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use migrations::Migrator;
use sea_orm::sqlx::Executor as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqlErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use dialect::{Dialect, PageCache};
use queue::Queue;
use trouble::Trouble;
use watch::{Glance, Watch};

pub(crate) use queue::Way;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names a database that this build does not speak.
    #[error("database URL `{0}`: only sqlite:// is supported")]
    Unsupported(String),
    /// No connection.
    #[error("failed to open the database {url}: {source}")]
    Open {
        /// The URL without its password.
        url: String,
        /// Why.
        source: DbErr,
    },
    /// Its file is gone, and what belongs to it is there.
    #[error(
        "the database's file {} is missing, but its write-ahead log {} is there: the file was deleted or moved while \
         the daemon ran. Put it back, or restore a backup of it and its log. To begin with an empty database, move the \
         log, and the file beside it whose name ends in -shm, away",
        file.display(), log.display()
    )]
    LeftOver {
        /// Where the database should be.
        file: PathBuf,
        /// What is left of it.
        log: PathBuf,
    },
    /// The schema could not be brought up to date.
    #[error("failed to bring the database's schema up to date: {0}")]
    Migrate(DbErr),
    /// The database can't do its work just now.
    #[error("failed to {what}: {trouble}")]
    Unavailable {
        /// What it was for.
        what: &'static str,
        /// What is the matter.
        trouble: Trouble,
        /// What the driver says.
        source: DbErr,
    },
    /// A statement failed.
    #[error("failed to {what}: {source}")]
    Query {
        /// What it was for.
        what: &'static str,
        /// Why.
        source: DbErr,
    },
    /// It holds what no version of orgsync has written.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// Whether a unique index refused the statement.
    pub(crate) fn is_unique_violation(&self) -> bool {
        match self {
            Self::Query { source, .. } => {
                matches!(source.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
            }
            _ => false,
        }
    }

    /// Whether the database can't be reached just now, so that the same may succeed later.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.trouble().is_some()
    }

    /// The database refuses what is to be done because of what is known of it.
    fn refused(what: &'static str, trouble: Trouble) -> Self {
        Self::Unavailable { what, trouble, source: DbErr::Custom(trouble.to_string()) }
    }

    /// The same failure, for another one who waits for what failed; none if each has to find out alone.
    pub(crate) fn for_another(&self) -> Option<Self> {
        match self {
            Self::Unavailable { what, trouble, source } => {
                Some(Self::Unavailable { what, trouble: *trouble, source: DbErr::Custom(source.to_string()) })
            }
            _ => None,
        }
    }

    /// What keeps the database from its work, if that is what failed.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Unavailable { trouble, .. } => Some(*trouble),
            Self::Open { .. } => Some(Trouble::Unreachable),
            _ => None,
        }
    }
}

/// Names what a statement was for, in its error.
pub(crate) trait Doing<T> {
    /// `what` completes "failed to …".
    fn doing(self, what: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, DbErr> {
    fn doing(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| match Trouble::of(&source) {
            Some(trouble) => {
                trouble.note();
                StoreError::Unavailable { what, trouble, source }
            }
            None => StoreError::Query { what, source },
        })
    }
}

/// The open database.
#[derive(Debug, Clone)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// Who waits for the writer.
    queue: Arc<Queue>,
    /// What was counted a moment ago.
    counted: Arc<members::Counted>,
    /// The file that it is in, wherever it is named from.
    file: Option<Arc<Path>>,
    /// Whether that is still the one that is open.
    watch: Arc<Watch>,
}

impl Store {
    /// Opens the database at `url`, creates it if need be, and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::open_as_it_is(url).await?;
        Migrator::up(&store.writer, None).await.map_err(StoreError::Migrate)?;
        Ok(store)
    }

    /// Opens the database at `url` and leaves its schema alone: a daemon may be using it.
    pub async fn open_as_it_is(url: &str) -> Result<Self, StoreError> {
        if !url.starts_with("sqlite:") {
            return Err(StoreError::Unsupported(without_password(url)));
        }
        if let Some(file) = Self::file_of(url)
            && let Some(log) = watch::left_over(&file)
        {
            return Err(StoreError::LeftOver { file, log });
        }
        let open = |connections: u32, cache: PageCache| async move {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(connections)
                .min_connections(0)
                .acquire_timeout(Duration::from_secs(60))
                .sqlx_logging(false)
                .record_stmt_in_spans(false)
                .test_before_acquire(false)
                .map_sqlx_sqlite_opts(move |options| dialect::tune_sqlite(options, cache));
            let opened = Database::connect(options).await;
            opened.map_err(|source| match Trouble::of(&source) {
                Some(Trouble::Damaged) => {
                    let url = without_password(url);
                    StoreError::Damaged(format!("{url} can't be opened: {source}; see whether that is the right file, or restore a backup"))
                }
                _ => StoreError::Open { url: without_password(url), source },
            })
        };
        let writer = open(1, PageCache::Writer).await?;
        let reader = open(4, PageCache::Reader).await?;
        let file: Option<Arc<Path>> =
            Self::file_of(url).map(|file| std::fs::canonicalize(&file).unwrap_or(file).into());
        let watch = Watch::of(file.as_deref()).map_err(|reason| StoreError::Open {
            url: without_password(url),
            source: DbErr::Custom(reason.to_string()),
        })?;
        let watch = Arc::new(watch);
        Ok(Self { writer, reader, queue: Arc::default(), counted: Arc::default(), file, watch })
    }

    /// The file of the database at `url`, if it is one.
    pub fn file_of(url: &str) -> Option<PathBuf> {
        let path = url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.split('?').next().unwrap_or_default();
        (!path.is_empty() && path != ":memory:").then(|| path.into())
    }

    /// The directory of the file that it is in, if it is in one.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.file.as_deref()?.parent()
    }

    /// Begins a transaction on the one connection that writes. Whoever holds it must not call
    /// `begin` again before it has ended.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let _waiting = self.queue.wait();
        self.transaction().await
    }

    /// The same for whoever writes many large batches: lets those go first who have little to write, for a
    /// while, and says whether there are any, so that the batch should be short.
    pub(crate) async fn begin_long(&self) -> Result<(DatabaseTransaction, Way), StoreError> {
        let way = self.queue.give_way().await;
        Ok((self.transaction().await?, way))
    }

    async fn transaction(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        const DOING: &str = "begin a transaction";
        if let Some(trouble) = self.watch.lasting_trouble() {
            return Err(StoreError::refused(DOING, trouble));
        }
        let is_broken = trouble::take_broken();
        // A connection must not be closed while another file is in the place of the database's.
        if (is_broken || self.watch.was_wrong())
            && let Some(trouble) = self.trouble().await
        {
            if is_broken {
                Trouble::Disk.note();
            }
            return Err(StoreError::refused(DOING, trouble));
        }
        if is_broken {
            self.forget_writer().await;
        }
        let tx = self.writer.begin_with_options(options).await.doing(DOING)?;
        // SQLite begins to write in a file that may not be written, and fails at the first statement.
        let may_write = tx.execute_unprepared("DELETE FROM counters WHERE 1 = 0").await.doing(DOING);
        if let Err(error) = may_write {
            drop(tx);
            if let Some(trouble) = self.trouble().await {
                return Err(StoreError::refused(DOING, trouble));
            }
            if error.trouble() == Some(Trouble::ReadOnly) {
                self.forget_writer().await;
            }
            return Err(error);
        }
        // This asks the file system on the thread at hand: three looks at a path take less than handing them to
        // another thread. If the file system hangs, the statements above hang first, on SQLite's own thread; and as
        // this holds the only connection that writes, it never hangs more than one thread.
        let trouble = match self.watch.glance_within() {
            Glance::Fine => None,
            Glance::Wrong(trouble) => Some(trouble),
            Glance::Unclear => self.blocking(Watch::look_within).await,
        };
        match trouble {
            None => Ok(tx),
            Some(trouble) => Err(StoreError::refused(DOING, trouble)),
        }
    }

    /// Asks the watch where a file system that hangs holds nobody up who serves requests.
    async fn blocking(&self, ask: fn(&Watch) -> Option<Trouble>) -> Option<Trouble> {
        let watch = Arc::clone(&self.watch);
        tokio::task::spawn_blocking(move || ask(&watch)).await.ok().flatten()
    }

    /// Closes the connection that writes; the next transaction opens another. SQLite opens a file that may
    /// not be written for reading only, and such a connection stays so when the file may be written again. After
    /// a disk that was full, see [`trouble::take_broken`].
    async fn forget_writer(&self) {
        if let Ok(connection) = self.writer.get_sqlite_connection_pool().acquire().await {
            // It is of no use either way.
            let _ = connection.close().await;
        }
    }

    /// Has the connections that nobody uses just now give back the pages that they keep; their next statements read
    /// them from the file again.
    pub async fn release_memory(&self) {
        for pool in [&self.writer, &self.reader].map(DatabaseConnection::get_sqlite_connection_pool) {
            let idle: Vec<_> = std::iter::from_fn(|| pool.try_acquire()).collect();
            for mut connection in idle {
                // A connection that can't do this fails at its next statement, too, and tells there.
                let _ = connection.execute("PRAGMA shrink_memory").await;
            }
        }
    }

    /// The connections that read.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// How this database writes the statements that differ from one to the other.
    pub(crate) fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader.ping().await.doing("reach the database")
    }

    /// What keeps it from taking anything, as far as that is known.
    pub async fn trouble(&self) -> Option<Trouble> {
        self.blocking(Watch::trouble).await
    }

    /// Looks whether its files are still those that are open; for the daemon's tick.
    pub async fn look_after_files(&self) -> Option<Trouble> {
        self.blocking(Watch::look).await
    }

    /// Checks the content, unless it was found whole and nothing has told of damage since. It reads everything.
    pub async fn check_content(&self) -> Result<(), StoreError> {
        self.watch.check(&self.reader, self.dialect()).await
    }

    /// Finishes what is under way and closes all connections.
    pub async fn close(self) -> Result<(), StoreError> {
        if self.watch.must_not_close() {
            // The end of the process ends the connections as well, and touches no file.
            std::mem::forget(self);
            return Ok(());
        }
        self.reader.close().await.doing("close the database")?;
        self.writer.close().await.doing("close the database")
    }
}

/// Commits, naming what was written.
pub(crate) async fn commit(tx: DatabaseTransaction, what: &'static str) -> Result<(), StoreError> {
    tx.commit().await.doing(what)
}

/// The URL as it may be shown: a password in it is masked.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((credentials, host)) => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_in_a_file_says_which() {
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(Store::file_of(url), expected.map(PathBuf::from), "{url}");
        };
        check("sqlite://data/orgsync.db", Some("data/orgsync.db"));
        check("sqlite:///srv/orgsync.db?mode=rwc", Some("/srv/orgsync.db"));
        check("sqlite:orgsync.db", Some("orgsync.db"));
        check("sqlite::memory:", None);
        check("postgres://db/orgsync", None);
    }

    #[test]
    fn passwords_in_urls_are_masked() {
        let check = |url: &str, expected: &str| assert_eq!(without_password(url), expected);
        check("postgres://ann:s3:cret@db:5432/x", "postgres://ann:***@db:5432/x");
        check("sqlite://data/orgsync.db", "sqlite://data/orgsync.db");
        check("nonsense", "nonsense");
    }
}
