//! References that lead nowhere: a membership in, or a parent that is, a department that its source does not
//! give. They have effect as soon as it comes. A source can name only its own departments; another one that gives
//! a department of the same uid is told as a hint.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, SourceId};

use super::dialect::Dialect;
use super::{Doing, StoreError, rows};

const DOING: &str = "look for references that lead nowhere";
/// That no department of the source `{source}` has the uid `{uid}`.
macro_rules! nowhere {
    ($source:literal, $uid:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM records r WHERE r.source_id = ",
            $source,
            " AND r.data_type = $2 AND r.uid = ",
            $uid,
            " AND r.state <> 3)"
        )
    };
}

/// A reference that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Dangling {
    /// The user or department that has it.
    pub(crate) id: i64,
    /// The source that gave it.
    pub(crate) source_id: i64,
    /// The uid that it names.
    pub(crate) uid: String,
}

/// The memberships of these users that lead nowhere.
pub(crate) async fn memberships<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    users: impl IntoIterator<Item = LocalId>,
) -> Result<Vec<Dangling>, StoreError> {
    let sql = format!(
        "SELECT m.user_id AS id, m.source_id, m.department_uid AS uid FROM {} keys CROSS JOIN memberships m \
         WHERE m.user_id = keys.k AND {} ORDER BY m.user_id, m.source_id, m.department_uid",
        dialect.number_keys("$1"),
        nowhere!("m.source_id", "m.department_uid")
    );
    found(connection, dialect, sql, users).await
}

/// The parents of these departments that are not there.
pub(crate) async fn parents<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    departments: impl IntoIterator<Item = LocalId>,
) -> Result<Vec<Dangling>, StoreError> {
    let sql = format!(
        "SELECT d.id, d.source_id, d.parent_uid AS uid FROM {} keys CROSS JOIN departments d \
         WHERE d.id = keys.k AND d.parent_uid IS NOT NULL AND {} ORDER BY d.id",
        dialect.number_keys("$1"),
        nowhere!("d.source_id", "d.parent_uid")
    );
    found(connection, dialect, sql, departments).await
}

async fn found<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    sql: String,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<Vec<Dangling>, StoreError> {
    let ids = rows::json_array(ids.into_iter().map(|id| id.0));
    let values = [ids.into(), DataType::Department.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Dangling::find_by_statement(statement).all(connection).await.doing(DOING)
}

/// Which other sources, not deleted ones, give departments of these uids: their names by uid.
pub(crate) async fn elsewhere<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    but: SourceId,
    uids: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, Vec<String>>, StoreError> {
    #[derive(FromQueryResult)]
    struct Other {
        uid: String,
        name: String,
    }
    let sql = format!(
        "SELECT keys.k AS uid, s.name FROM {} keys CROSS JOIN sources s CROSS JOIN records r \
         WHERE s.deleted_at IS NULL AND s.id <> $3 AND r.source_id = s.id AND r.data_type = $2 AND r.uid = keys.k \
         AND r.state <> 3 ORDER BY keys.k, s.name",
        dialect.text_keys("$1")
    );
    let values = [rows::json_array(uids).into(), DataType::Department.code().into(), but.0.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for Other { uid, name } in Other::find_by_statement(statement).all(connection).await.doing(DOING)? {
        names.entry(uid).or_default().push(name);
    }
    Ok(names)
}

/// Departments that memberships of a source name and that it does not give: at most `most`, of the first `look`
/// that they name. The index is walked from one department to the next, however many members each has.
pub(crate) async fn of_source<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    look: i64,
    most: i64,
) -> Result<Vec<String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Named {
        uid: String,
    }
    let by = dialect.by_index("memberships_by_department");
    let sql = format!(
        "WITH RECURSIVE named(uid) AS (\
         SELECT min(department_uid) FROM memberships{by} WHERE source_id = $1 \
         UNION ALL SELECT (SELECT min(m.department_uid) FROM memberships m{by} \
         WHERE m.source_id = $1 AND m.department_uid > named.uid) FROM named WHERE named.uid IS NOT NULL LIMIT $3) \
         SELECT named.uid FROM named WHERE named.uid IS NOT NULL AND {} LIMIT $4",
        nowhere!("$1", "named.uid")
    );
    let values = [source.0.into(), DataType::Department.code().into(), look.into(), most.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = Named::find_by_statement(statement).all(connection).await.doing(DOING)?;
    Ok(found.into_iter().map(|named| named.uid).collect())
}
