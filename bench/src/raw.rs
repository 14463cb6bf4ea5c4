//! The raw limit: the rows that the daemon made, written again into an empty database of the same
//! schema by prepared statements, 10,000 records a transaction, with the same settings. Reading and
//! parsing are not timed; only SQLite is.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// How many records are written in one transaction.
const RECORDS: usize = 10_000;

/// The tables that a push of users writes one row a record to, and their order; memberships follow.
const TABLES: [(&str, &str); 3] = [
    ("records", "SELECT * FROM records WHERE data_type = 1 ORDER BY local_id"),
    ("users", "SELECT * FROM users ORDER BY id"),
    ("changes", "SELECT * FROM changes WHERE data_type = 1 ORDER BY uid"),
];

/// Loads the users' rows of a daemon's database into a new one and returns how long that took.
pub(crate) fn load(from: &Path, to: &Path) -> anyhow::Result<Duration> {
    let from = Connection::open(from).with_context(|| format!("failed to open {}", from.display()))?;
    let rows = TABLES.map(|(_, select)| read(&from, select));
    let [records, users, changes] = rows;
    let (records, users, changes) = (records?, users?, changes?);
    let memberships = read(&from, "SELECT * FROM memberships ORDER BY user_id, department_uid")?;
    let schema: Vec<String> = from
        .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;

    let mut to = Connection::open(to)?;
    to.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 16384; \
         PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;",
    )?;
    for sql in schema {
        to.execute_batch(&sql)?;
    }
    let start = Instant::now();
    let mut memberships = memberships.iter().peekable();
    for first in (0..records.len()).step_by(RECORDS) {
        let tx = to.transaction()?;
        {
            let mut insert = [
                tx.prepare(&insert("records", &records))?,
                tx.prepare(&insert("users", &users))?,
                tx.prepare(&insert("changes", &changes))?,
            ];
            let mut member = tx.prepare("INSERT INTO memberships VALUES (?, ?, ?, ?, ?, ?)")?;
            for n in first..records.len().min(first + RECORDS) {
                for (statement, rows) in insert.iter_mut().zip([&records, &users, &changes]) {
                    statement.execute(params_from_iter(&rows[n]))?;
                }
                while let Some(row) = memberships.next_if(|row| row[0] == users[n][0]) {
                    member.execute(params_from_iter(row))?;
                }
            }
        }
        tx.commit()?;
    }
    Ok(start.elapsed())
}

fn read(from: &Connection, select: &str) -> anyhow::Result<Vec<Vec<Value>>> {
    let mut statement = from.prepare(select)?;
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
    Ok(statement.query_map([], row)?.collect::<Result<_, _>>()?)
}

fn insert(table: &str, rows: &[Vec<Value>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    format!("INSERT INTO {table} VALUES ({})", vec!["?"; columns].join(", "))
}
