//! The one home of every statement, or piece of one, that databases write differently.
//!
//! Statements that look many keys up name the keys first and say CROSS JOIN: SQLite then walks the keys
//! and descends into the tables, where it would otherwise scan the table for a key list of unknown length.
//! Statements are written with `$1`-style parameters, which SQLite and PostgreSQL both understand.

use sea_orm::DbBackend;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;

/// A database's way of writing things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The embedded database.
    Sqlite,
}

impl Dialect {
    /// SeaORM's name for it.
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
        }
    }

    /// The most parameters in one statement.
    pub(crate) fn max_parameters(self) -> usize {
        match self {
            Self::Sqlite => 32_766,
        }
    }

    /// Writes the parameter with this number, counted from 1, into a statement that has them all in order.
    /// SQLite gets nameless ones: it looks named ones up by walking a list, for every one that is bound,
    /// which made binding take three quarters of a bulk load.
    pub(crate) fn push_parameter(self, sql: &mut String, _number: usize) {
        match self {
            Self::Sqlite => sql.push('?'),
        }
    }

    /// A table of one text column `k`, made of the JSON array of strings in a parameter.
    pub(crate) fn text_keys(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("(SELECT value AS k FROM json_each({parameter}))"),
        }
    }

    /// A table of one number column `k`, made of the JSON array of numbers in a parameter.
    pub(crate) fn number_keys(self, parameter: &str) -> String {
        self.text_keys(parameter)
    }

    /// What stands behind a table's name so that this index of it is walked, where the order of rows comes from
    /// that and the planner's guess would be a scan. Databases that know what is in their tables guess well.
    pub(crate) fn by_index(self, index: &str) -> String {
        match self {
            Self::Sqlite => format!(" INDEXED BY {index}"),
        }
    }

    /// The numbers of a column, with commas between: one row in place of many.
    pub(crate) fn joined(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("group_concat({column})"),
        }
    }

    /// Looks through everything that is stored; the first row is `ok` or the first thing that is wrong.
    pub(super) fn quick_check(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA quick_check(1)",
        }
    }

    /// The same, and whether indexes agree with their tables.
    pub(super) fn full_check(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA integrity_check(1)",
        }
    }

    /// Compares many (uid, hash) pairs with what is stored, in one descent each and one row in all.
    ///
    /// `$1` is a JSON object of uid → hash, `$2` the source, `$3` the data type, `$4` the task. The
    /// row has `same` — the local ids of those whose record is present with this hash, not due and not in
    /// the task's plan already, as comma-separated numbers or null — and `other`, the uids of the rest as
    /// a JSON array. Handing over one row instead of thousands is what makes an unchanged record cheap.
    pub(crate) fn sift(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT group_concat(local_id) FILTER (WHERE same) AS same, \
                        json_group_array(uid) FILTER (WHERE NOT same) AS other \
                 FROM (SELECT j.key AS uid, r.local_id AS local_id, \
                              (r.hash IS j.value AND r.state = 1 AND r.due IS NULL AND c.uid IS NULL) AS same \
                       FROM json_each($1) j \
                       LEFT JOIN records r ON r.source_id = $2 AND r.data_type = $3 AND r.uid = j.key \
                       LEFT JOIN changes c ON c.task_id = $4 AND c.data_type = $3 AND c.uid = j.key)"
            }
        }
    }
}

/// How long a statement waits for a lock that another program holds on the database's file.
const LOCK_PATIENCE: std::time::Duration = std::time::Duration::from_secs(15);

/// How much memory a SQLite connection keeps pages in.
#[derive(Debug, Clone, Copy)]
pub(super) enum PageCache {
    /// Enough for the inner pages of a million users, which every insert descends through.
    Writer,
    /// Less: there are several readers, and the operating system caches the file for all of them.
    Reader,
}

/// Settings of a SQLite connection: write-ahead log, and checkpoints far enough apart that a bulk load
/// writes pages once. A log that a long reader let grow beyond what lies between two of them is cut again.
pub(super) fn tune_sqlite(options: SqliteConnectOptions, cache: PageCache) -> SqliteConnectOptions {
    let kibibytes = match cache {
        PageCache::Writer => "-32768",
        PageCache::Reader => "-8192",
    };
    options
        .create_if_missing(true)
        .busy_timeout(LOCK_PATIENCE)
        .statement_cache_capacity(256)
        .pragma("journal_mode", "WAL")
        .pragma("synchronous", "NORMAL")
        .pragma("wal_autocheckpoint", "16384")
        .pragma("journal_size_limit", "67108864")
        .pragma("cache_size", kibibytes)
        .pragma("temp_store", "MEMORY")
        .pragma("foreign_keys", "ON")
}
