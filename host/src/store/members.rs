//! Who is in departments, and who leads them: counts and owners for many departments at once. A department may have a
//! million members, so they are counted in the index alone, and those of them who are deleted by themselves.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;

use super::dialect::Dialect;
use super::{Doing, Store, StoreError, departments, rows};

const DOING: &str = "count the members";
/// How many members are looked up among the deleted users in the time in which the departments of one deleted user
/// are found.
const PROBES: i64 = 10;

/// From so many members on, a count is kept for a while: counting a million takes as long as a whole page may.
const MANY: i64 = 50_000;
/// That while.
const KEPT: Duration = Duration::from_secs(5);

/// Counts of large departments, and when they were made.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<HashMap<i64, (i64, Instant)>>);

impl Counted {
    /// Those that are still good.
    fn good(&self, now: Instant) -> HashMap<i64, i64> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (_, at)| now.duration_since(*at) < KEPT);
        kept.iter().map(|(id, (count, _))| (*id, *count)).collect()
    }

    fn keep(&self, counts: &HashMap<i64, i64>, now: Instant) {
        let large = counts.iter().filter(|(_, count)| **count >= MANY);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(large.map(|(id, count)| (*id, (*count, now))));
    }
}

impl Store {
    /// How many users these departments have: (department, count). One without any may be missing. Of a large one, the
    /// count may be some seconds old.
    pub(crate) async fn member_counts(
        &self,
        ids: impl IntoIterator<Item = LocalId>,
    ) -> Result<HashMap<i64, i64>, StoreError> {
        let now = Instant::now();
        let good = self.counted.good(now);
        let (known, unknown): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| good.contains_key(&id.0));
        let mut all = counts(self.reader(), self.dialect(), unknown).await?;
        self.counted.keep(&all, now);
        all.extend(known.into_iter().filter_map(|id| Some((id.0, *good.get(&id.0)?))));
        Ok(all)
    }
}

/// How many users these departments have: (department, count). One without any may be missing.
async fn counts<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<i64, i64>, StoreError> {
    let mut names: HashMap<i64, u32> = HashMap::new();
    for name in departments::names(connection, dialect, ids).await? {
        *names.entry(name.id).or_default() += 1;
    }
    let (once, often): (Vec<_>, Vec<_>) = names.into_iter().partition(|(_, count)| *count == 1);
    let [once, often] = [once, often].map(|names| names.into_iter().map(|(id, _)| id).collect::<Vec<_>>());
    let mut counts = with_deleted(connection, dialect, &once).await?;
    let deleted = deleted_users(connection, dialect).await?;
    if counts.values().sum::<i64>() < deleted.saturating_mul(PROBES) {
        counts = one_by_one(connection, dialect, &once).await?;
    } else if deleted > 0 {
        for (id, count) in of_deleted(connection, dialect, &once).await? {
            counts.entry(id).and_modify(|all| *all -= count);
        }
    }
    // Two sources may give the same user to a department that both know.
    counts.extend(one_by_one(connection, dialect, &often).await?);
    Ok(counts)
}

async fn with_deleted<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: &[i64],
) -> Result<HashMap<i64, i64>, StoreError> {
    let sql = format!(
        "SELECT r.local_id AS id, (SELECT count(*) FROM memberships m{} \
         WHERE m.source_id = r.source_id AND m.department_uid = r.uid) AS other \
         FROM {} keys CROSS JOIN records r WHERE r.data_type = $2 AND r.local_id = keys.k AND r.state <> 3",
        dialect.by_index("memberships_by_department"),
        dialect.number_keys("$1")
    );
    pairs(connection, dialect, sql, ids).await
}

async fn deleted_users<C: ConnectionTrait>(connection: &C, dialect: Dialect) -> Result<i64, StoreError> {
    let by = dialect.by_index("users_deleted");
    let sql = format!("SELECT count(*) AS n FROM users{by} WHERE deleted_at IS NOT NULL");
    let row = connection.query_one_raw(Statement::from_string(dialect.backend(), sql)).await.doing(DOING)?;
    row.map_or(Ok(0), |row| row.try_get("", "n").doing(DOING))
}

async fn of_deleted<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: &[i64],
) -> Result<HashMap<i64, i64>, StoreError> {
    let sql = format!(
        "SELECT r.local_id AS id, count(*) AS other FROM users d{} CROSS JOIN memberships m CROSS JOIN records r \
         WHERE d.deleted_at IS NOT NULL AND m.user_id = d.id AND r.source_id = m.source_id AND r.data_type = $2 \
         AND r.uid = m.department_uid AND r.state <> 3 AND r.local_id IN (SELECT k FROM {} keys) GROUP BY r.local_id",
        dialect.by_index("users_deleted"),
        dialect.number_keys("$1")
    );
    pairs(connection, dialect, sql, ids).await
}

async fn one_by_one<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: &[i64],
) -> Result<HashMap<i64, i64>, StoreError> {
    let sql = format!(
        "SELECT keys.k AS id, count(DISTINCT m.user_id) AS other FROM {} keys \
         CROSS JOIN records r CROSS JOIN memberships m{} \
         WHERE r.data_type = $2 AND r.local_id = keys.k AND r.state <> 3 \
         AND m.source_id = r.source_id AND m.department_uid = r.uid \
         AND NOT EXISTS (SELECT 1 FROM users d{} WHERE d.id = m.user_id AND d.deleted_at IS NOT NULL) \
         GROUP BY keys.k",
        dialect.number_keys("$1"),
        dialect.by_index("memberships_by_department"),
        dialect.by_index("users_deleted")
    );
    pairs(connection, dialect, sql, ids).await
}

async fn pairs<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    sql: String,
    ids: &[i64],
) -> Result<HashMap<i64, i64>, StoreError> {
    #[derive(FromQueryResult)]
    struct Pair {
        id: i64,
        other: i64,
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let values = [rows::json_array(ids).into(), DataType::Department.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = Pair::find_by_statement(statement).all(connection).await.doing(DOING)?;
    Ok(found.into_iter().map(|pair| (pair.id, pair.other)).collect())
}

/// Somebody who leads a department.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Owner {
    /// The department.
    pub(crate) department_id: i64,
    /// The user.
    pub(crate) user_id: i64,
    /// What they are called.
    pub(crate) nickname: Option<String>,
    /// What they log in as.
    pub(crate) username: Option<String>,
}

/// Who leads these departments: by department and user, at most `limit` of each.
pub(crate) async fn owners<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
    limit: i64,
) -> Result<Vec<Owner>, StoreError> {
    let sql = format!(
        "SELECT DISTINCT department_id, user_id, nickname, username FROM \
         (SELECT keys.k AS department_id, u.id AS user_id, u.nickname, u.username, \
          dense_rank() OVER (PARTITION BY keys.k ORDER BY u.id) AS place FROM {} keys \
          CROSS JOIN records r CROSS JOIN memberships m{} CROSS JOIN users u \
          WHERE r.data_type = $2 AND r.local_id = keys.k AND r.state <> 3 \
          AND m.source_id = r.source_id AND m.department_uid = r.uid AND m.is_owner \
          AND u.id = m.user_id AND u.deleted_at IS NULL) ranked \
         WHERE place <= $3 ORDER BY department_id, user_id",
        dialect.number_keys("$1"),
        dialect.by_index("memberships_of_owners")
    );
    let ids = rows::json_array(ids.into_iter().map(|id| id.0));
    let values: [Value; 3] = [ids.into(), DataType::Department.code().into(), limit.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Owner::find_by_statement(statement).all(connection).await.doing("look for who leads the departments")
}

#[cfg(test)]
#[path = "members_tests.rs"]
mod tests;
