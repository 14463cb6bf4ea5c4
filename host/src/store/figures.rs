//! Figures of an overview: how many users and departments there are, and what the tasks of each day did. All of them are
//! counted when asked for, in indexes that hold nothing else, so that nothing has to be kept true beside the rows.

use std::collections::BTreeMap;
use std::ops::Range;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::domain::task::Status;

use super::dialect::Dialect;
use super::{Doing, StoreError, rows};

const DOING: &str = "count";

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Headcount {
    pub(crate) enabled: i64,
    pub(crate) disabled: i64,
    pub(crate) deleted: i64,
}

/// How many users there are.
pub(crate) async fn users<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
) -> Result<Headcount, StoreError> {
    let sql = format!(
        "SELECT rows - disabled - deleted AS enabled, disabled, deleted FROM (SELECT \
         (SELECT count(*) FROM users) AS rows, \
         (SELECT count(*) FROM users{} WHERE NOT enabled AND deleted_at IS NULL) AS disabled, \
         (SELECT count(*) FROM users{} WHERE deleted_at IS NOT NULL) AS deleted) counted",
        dialect.by_index("users_disabled"),
        dialect.by_index("users_deleted")
    );
    headcount(connection, dialect, sql).await
}

/// How many departments there are.
pub(crate) async fn departments<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
) -> Result<Headcount, StoreError> {
    let sql = "SELECT count(CASE WHEN deleted_at IS NULL AND enabled THEN 1 END) AS enabled, \
               count(CASE WHEN deleted_at IS NULL AND NOT enabled THEN 1 END) AS disabled, \
               count(deleted_at) AS deleted FROM departments";
    headcount(connection, dialect, sql.to_owned()).await
}

async fn headcount<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    sql: String,
) -> Result<Headcount, StoreError> {
    let statement = Statement::from_string(dialect.backend(), sql);
    let found = Headcount::find_by_statement(statement).one(connection).await.doing(DOING)?;
    Ok(found.unwrap_or_default())
}

/// What the tasks of a day did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Day {
    /// How many tasks there are of each status; those without any are left out.
    pub(crate) tasks: BTreeMap<&'static str, i64>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    /// Disabled and deleted.
    pub(crate) removed: i64,
    /// Records that failed.
    pub(crate) failed: i64,
    /// How long those took that reached their end, in milliseconds: the middle one, and the longest.
    pub(crate) median_ms: Option<i64>,
    pub(crate) longest_ms: Option<i64>,
}

/// What the tasks that began within this time did; in milliseconds since 1970. Whose days they are is the caller's
/// to know.
pub(crate) async fn day<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    time: Range<i64>,
) -> Result<Day, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        status: String,
        tasks: i64,
        created: i64,
        updated: i64,
        removed: i64,
        failed: i64,
        costs: String,
    }
    let sql = format!(
        "SELECT status, count(*) AS tasks, sum(created) AS created, sum(updated) AS updated, \
         sum(removed) AS removed, sum(failed) AS failed, {} AS costs \
         FROM tasks{} WHERE created_at >= $1 AND created_at < $2 GROUP BY status",
        dialect.joined("cost_ms"),
        dialect.by_index("tasks_by_day")
    );
    let statement =
        Statement::from_sql_and_values(dialect.backend(), sql, [time.start.into(), time.end.into()]);
    let found = Row::find_by_statement(statement).all(connection).await.doing("sum the tasks up")?;
    let (mut day, mut costs) = (Day::default(), Vec::new());
    for row in found {
        let status: Status = rows::word("tasks.status", &row.status)?;
        day.tasks.insert(status.as_str(), row.tasks);
        day.created += row.created;
        day.updated += row.updated;
        day.removed += row.removed;
        day.failed += row.failed;
        if matches!(status, Status::Success | Status::Partial) {
            let of_status = row.costs.split(',').map(str::parse::<i64>).collect::<Result<Vec<_>, _>>();
            costs
                .extend(of_status.map_err(|reason| StoreError::Damaged(format!("tasks.cost_ms: {reason}")))?);
        }
    }
    costs.sort_unstable();
    day.median_ms = costs.get(costs.len().saturating_sub(1) / 2).copied();
    day.longest_ms = costs.last().copied();
    Ok(day)
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
