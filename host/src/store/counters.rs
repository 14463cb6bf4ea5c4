//! Ids, given out by the daemon in blocks and never used again.

use sea_orm::{ConnectionTrait, Statement};

use super::dialect::Dialect;
use super::{Doing, StoreError};

/// Takes `count` ids of the table `name` within the caller's transaction and returns the first.
pub(crate) async fn take<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    name: &str,
    count: usize,
) -> Result<i64, StoreError> {
    const DOING: &str = "take ids from the counters";
    let count = i64::try_from(count).map_err(|_| StoreError::Damaged("too many ids at once".into()))?;
    let sql = "INSERT INTO counters (name, last) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET last = counters.last + excluded.last";
    let values = [name.into(), count.into()];
    tx.execute_raw(Statement::from_sql_and_values(dialect.backend(), sql, values)).await.doing(DOING)?;
    let sql = "SELECT last FROM counters WHERE name = $1";
    let row = tx.query_one_raw(Statement::from_sql_and_values(dialect.backend(), sql, [name.into()]));
    let row =
        row.await.doing(DOING)?.ok_or_else(|| StoreError::Damaged(format!("counter {name} is gone")))?;
    let last: i64 = row.try_get("", "last").doing(DOING)?;
    Ok(last - count + 1)
}
