//! How many bytes rows hold, asked before they are loaded, so that what is loaded together is bounded by bytes and
//! not only by count. The database knows the length of a text without reading it.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, SourceId, TaskId};
use crate::domain::policy::MatchKey;

use super::dialect::Dialect;
use super::{Doing, StoreError, rows};

/// How many bytes of rows are loaded together, give or take the last row.
pub(crate) const TOGETHER: u64 = 8 << 20;
/// Rows up to this size count as this much: they need memory beside their text, and are not listed one by one.
const LIGHT: u64 = 2 << 10;

/// How many bytes a user holds, with its memberships, each of which needs memory as a row does; in SQL, for a table of
/// this name.
macro_rules! user_bytes {
    ($of:literal) => {
        concat!(
            "(octet_length(",
            $of,
            ".custom) + 256 * (SELECT count(*) FROM memberships m WHERE m.user_id = ",
            $of,
            ".id))"
        )
    };
}
pub(super) use user_bytes;

const DOING: &str = "look how large rows are";

#[derive(FromQueryResult)]
struct OfId {
    id: i64,
    bytes: i64,
}

#[derive(FromQueryResult)]
struct OfText {
    k: String,
    bytes: i64,
}

/// Counts rows up to a bound on their bytes.
#[derive(Debug)]
pub(crate) struct Room {
    left: u64,
    is_empty: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: TOGETHER, is_empty: true }
    }
}

impl Room {
    /// Whether a row of so many bytes has room beside those before it. The first one always has.
    pub(crate) fn takes(&mut self, bytes: u64) -> bool {
        let bytes = bytes.max(LIGHT);
        let takes = self.is_empty || bytes <= self.left;
        if takes {
            self.left = self.left.saturating_sub(bytes);
            self.is_empty = false;
        }
        takes
    }
}

/// How many of these rows, from the first on, are loaded together: at least one, if there is one.
pub(crate) fn fitting(bytes: impl IntoIterator<Item = u64>) -> usize {
    let mut room = Room::default();
    bytes.into_iter().take_while(|bytes| room.takes(*bytes)).count()
}

/// How many of these users or departments, from the first on, are loaded together.
pub(crate) async fn fitting_rows<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    data_type: DataType,
    ids: &[LocalId],
) -> Result<usize, StoreError> {
    let large = of_rows(connection, dialect, data_type, ids.iter().copied()).await?;
    Ok(fitting(ids.iter().map(|id| large.get(id).copied().unwrap_or_default())))
}

/// The bytes of those of these users or departments that hold many.
pub(crate) async fn of_rows<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    data_type: DataType,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<LocalId, u64>, StoreError> {
    let sql = format!(
        "SELECT id, bytes FROM (SELECT t.id AS id, {} AS bytes FROM {} keys CROSS JOIN {} t WHERE t.id = keys.k) found \
         WHERE bytes > $2",
        bytes_of(data_type),
        dialect.number_keys("$1"),
        data_type.target()
    );
    let values = [rows::json_array(ids.into_iter().map(|id| id.0)).into(), LIGHT.cast_signed().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = OfId::find_by_statement(statement).all(connection).await.doing(DOING)?;
    Ok(found.into_iter().map(|row| (LocalId(row.id), row.bytes.unsigned_abs())).collect())
}

/// The bytes of those of a source's records that stand for many: of the row and of what the task has planned for it.
pub(crate) async fn of_records<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    (source, task, data_type): (SourceId, TaskId, DataType),
    uids: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, u64>, StoreError> {
    let sql = format!(
        "SELECT k, bytes FROM (SELECT keys.k AS k, coalesce({}, 0) + coalesce(octet_length(c.record), 0) + coalesce(octet_length(c.before_json), 0) AS bytes FROM {} keys \
         LEFT JOIN records r ON r.source_id = $2 AND r.data_type = $4 AND r.uid = keys.k \
         LEFT JOIN {} t ON t.id = r.local_id \
         LEFT JOIN changes c ON c.task_id = $3 AND c.data_type = $4 AND c.uid = keys.k) found WHERE bytes > $5",
        bytes_of(data_type),
        dialect.text_keys("$1"),
        data_type.target()
    );
    let values = [
        rows::json_array(uids).into(),
        source.0.into(),
        task.0.into(),
        data_type.code().into(),
        LIGHT.cast_signed().into(),
    ];
    by_text(connection, Statement::from_sql_and_values(dialect.backend(), sql, values)).await
}

/// The bytes of the users that have one of these folded values in the column of a match key, by value, if they are
/// many.
pub(crate) async fn of_holders<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    key: MatchKey,
    values: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, u64>, StoreError> {
    let sql = format!(
        "SELECT k, bytes FROM (SELECT keys.k AS k, sum({}) AS bytes FROM {} keys CROSS JOIN users u \
         WHERE u.{}_key = keys.k GROUP BY keys.k) found WHERE bytes > $2",
        user_bytes!("u"),
        dialect.text_keys("$1"),
        key.as_str()
    );
    let values = [rows::json_array(values).into(), LIGHT.cast_signed().into()];
    by_text(connection, Statement::from_sql_and_values(dialect.backend(), sql, values)).await
}

/// How many bytes a row `t` of a data type holds, in SQL.
fn bytes_of(data_type: DataType) -> &'static str {
    match data_type {
        DataType::User => user_bytes!("t"),
        DataType::Department => "octet_length(t.custom)",
    }
}

async fn by_text<C: ConnectionTrait>(
    connection: &C,
    statement: Statement,
) -> Result<HashMap<String, u64>, StoreError> {
    let found = OfText::find_by_statement(statement).all(connection).await.doing(DOING)?;
    Ok(found.into_iter().map(|row| (row.k, row.bytes.unsigned_abs())).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::testing::{DIALECT, Filled};
    use crate::store::{commit, memberships};

    #[tokio::test]
    async fn memberships_count_for_what_a_user_holds() {
        let filled = Filled::new().await;
        let users: Vec<(i64, &str)> = (1..).zip(["ann", "bob", "cy"]).collect();
        filled.users(1, &users).await;
        let many: Vec<_> = (0..20_000).map(|n| json!({"uid": n.to_string()})).collect();
        let many = json!(many);
        let tx = filled.store.begin().await.unwrap();
        let given = [(LocalId(1), &many), (LocalId(2), &many)].into_iter();
        memberships::write(&tx, DIALECT, SourceId(1), given).await.unwrap();
        commit(tx, "test").await.unwrap();
        let fitting = async |ids: &[i64]| {
            let ids: Vec<LocalId> = ids.iter().copied().map(LocalId).collect();
            fitting_rows(filled.reader(), DIALECT, DataType::User, &ids).await.unwrap()
        };
        assert_eq!(fitting(&[1, 2, 3]).await, 1);
        assert_eq!(fitting(&[3, 1, 2]).await, 2);
        assert_eq!(fitting(&[3]).await, 1);
    }

    #[test]
    fn rows_fit_up_to_a_bound_on_their_bytes_and_one_always_does() {
        assert_eq!(fitting([]), 0);
        assert_eq!(fitting([TOGETHER * 3, 1]), 1, "one that is larger comes alone");
        assert_eq!(fitting([TOGETHER / 2, TOGETHER / 2, 1]), 2);
        assert_eq!(
            fitting(vec![0; 10_000]),
            usize::try_from(TOGETHER / LIGHT).unwrap(),
            "light rows cost, too"
        );
    }
}
