//! Memberships: which departments a source puts a user in. A membership names its department by uid;
//! it takes effect as soon as that department is there, and again when it comes back.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde_json::Value;

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, SourceId};
use crate::domain::{number, record};

use super::bulk::Bulk;
use super::dialect::Dialect;
use super::entity::membership;
use super::{Doing, StoreError, rows};

const TABLE: Bulk = Bulk {
    table: "memberships",
    columns: &["user_id", "source_id", "department_uid", "is_main", "is_owner", "sort"],
    key: &[],
    keep: &[],
    doing: "write the memberships",
};

/// What a source says of the memberships of these users, in the normal form of a record's
/// `departments`. Users without any are not in the map.
pub(crate) async fn given<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    users: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<LocalId, Vec<Value>>, StoreError> {
    use sea_orm::EntityTrait;
    let sql = format!(
        "SELECT m.* FROM {} keys CROSS JOIN memberships m WHERE m.user_id = keys.k AND m.source_id = $2 \
         ORDER BY m.user_id, m.department_uid",
        dialect.number_keys("$1")
    );
    let values = [rows::json_array(users.into_iter().map(|id| id.0)).into(), source.0.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = membership::Entity::find().from_raw_sql(statement).all(connection).await;
    let mut given: HashMap<LocalId, Vec<Value>> = HashMap::new();
    for row in found.doing("read the memberships")? {
        let sort = row.sort.as_deref().map_or(Value::Null, number::stored);
        let entry = record::membership(&row.department_uid, row.is_main, row.is_owner, sort);
        given.entry(LocalId(row.user_id)).or_default().push(entry);
    }
    Ok(given)
}

/// Forgets what a source said of the memberships of these users.
pub(crate) async fn clear<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    source: SourceId,
    users: impl IntoIterator<Item = LocalId>,
) -> Result<(), StoreError> {
    let sql = format!(
        "DELETE FROM memberships WHERE source_id = $2 AND user_id IN (SELECT k FROM {} keys)",
        dialect.number_keys("$1")
    );
    let values = [rows::json_array(users.into_iter().map(|id| id.0)).into(), source.0.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    tx.execute_raw(statement).await.doing("write the memberships")?;
    Ok(())
}

/// Writes memberships in normal form. What the source said of the same users before must be cleared.
pub(crate) async fn write<'a, C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    source: SourceId,
    users: impl Iterator<Item = (LocalId, &'a Value)>,
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    for (user, departments) in users {
        for entry in departments.as_array().into_iter().flatten() {
            values.push(user.0.into());
            values.push(source.0.into());
            values.push(entry["uid"].as_str().unwrap_or_default().into());
            values.push(entry["isMain"].as_bool().unwrap_or_default().into());
            values.push(entry["isOwner"].as_bool().unwrap_or_default().into());
            values.push(entry["sort"].as_number().map(ToString::to_string).into());
        }
    }
    TABLE.write(tx, dialect, values).await
}

/// A membership whose department is there.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub(crate) struct Membership {
    /// The user.
    pub(crate) user_id: i64,
    /// The department.
    pub(crate) department_id: i64,
    /// Its title.
    pub(crate) title: String,
    /// Whether it is the user's main one.
    pub(crate) is_main: bool,
    /// Whether the user leads it.
    pub(crate) is_owner: bool,
    /// The user's place within it, as a number in normal form.
    pub(crate) sort: Option<String>,
}

/// Memberships by user, each department once and exactly one main one, which comes first: two sources may each
/// name a main department, or the same one; the first counts. Where none that is named is there, it is the first
/// of those that are: by the user's place in them, those without one last, and then in the order of the list.
pub(crate) fn by_user(memberships: Vec<Membership>) -> HashMap<i64, Vec<Membership>> {
    let mut by_user: HashMap<i64, Vec<Membership>> = HashMap::new();
    for mut membership in memberships {
        let known = by_user.entry(membership.user_id).or_default();
        if known.iter().any(|known| known.department_id == membership.department_id) {
            continue;
        }
        membership.is_main &= !known.iter().any(|known| known.is_main);
        known.push(membership);
    }
    for memberships in by_user.values_mut() {
        if memberships.iter().any(|membership| membership.is_main) {
            continue;
        }
        let place = |membership: &Membership| {
            let sort = membership.sort.as_deref().and_then(|sort| sort.parse().ok());
            sort.unwrap_or(f64::INFINITY)
        };
        let first =
            (0..memberships.len()).min_by(|a, b| place(&memberships[*a]).total_cmp(&place(&memberships[*b])));
        if let Some(first) = first {
            memberships[..=first].rotate_right(1);
            memberships[0].is_main = true;
        }
    }
    by_user
}

/// The memberships of these users in departments that are there: by user, the main one first.
pub(crate) async fn in_effect<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    users: impl IntoIterator<Item = LocalId>,
) -> Result<Vec<Membership>, StoreError> {
    let sql = format!(
        "SELECT m.user_id, d.id AS department_id, d.title, m.is_main, m.is_owner, m.sort FROM {} keys \
         CROSS JOIN memberships m CROSS JOIN records r CROSS JOIN departments d \
         WHERE m.user_id = keys.k \
         AND r.source_id = m.source_id AND r.data_type = $2 AND r.uid = m.department_uid AND r.state <> 3 \
         AND d.id = r.local_id AND d.deleted_at IS NULL \
         ORDER BY m.user_id, m.is_main DESC, d.title, d.id",
        dialect.number_keys("$1")
    );
    let values =
        [rows::json_array(users.into_iter().map(|id| id.0)).into(), DataType::Department.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Membership::find_by_statement(statement).all(connection).await.doing("read the memberships")
}
