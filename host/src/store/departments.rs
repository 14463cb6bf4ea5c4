//! Departments, the built-in target: rows as fields and back, the tree, bulk writes, lists.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use serde_json::Value;

use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::fold;
use crate::domain::ids::{LocalId, SourceId};
use crate::domain::number;

use super::bulk::{self, Bulk};
use super::dialect::Dialect;
use super::entity::{department, record as parent_record};
use super::look::Looked;
use super::records::State;
use super::{Doing, StoreError, rows, sizes};

pub(crate) use super::entity::department::Model as DepartmentRow;

const TABLE: Bulk = Bulk {
    table: "departments",
    columns: &[
        "id",
        "title",
        "sort",
        "enabled",
        "source_id",
        "parent_uid",
        "search",
        "custom",
        "created_at",
        "updated_at",
        "deleted_at",
    ],
    key: &["id"],
    keep: &["created_at"],
    doing: "write the departments",
};

/// The fields that have a column of their own; every other one is a custom field.
const STANDARD: [&str; 4] = ["title", "parentUid", "sort", "enabled"];

/// A department's fields as a source would give them.
pub(crate) fn to_fields(row: &DepartmentRow) -> Result<Fields, StoreError> {
    let mut fields: Fields = rows::json("departments.custom", &row.custom)?;
    fields.insert("title".into(), Value::String(row.title.clone()));
    fields.insert("parentUid".into(), row.parent_uid.clone().map_or(Value::Null, Value::String));
    fields.insert("enabled".into(), Value::Bool(row.enabled));
    fields.insert("sort".into(), row.sort.as_deref().map_or(Value::Null, number::stored));
    Ok(fields)
}

/// The row that holds these fields; `source` is where `parentUid` means something.
/// What the fields don't say is empty; an absent `enabled` is true.
pub(crate) fn from_fields(id: LocalId, source: SourceId, mut given: Fields, now: i64) -> DepartmentRow {
    let enabled = given.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    let title = fields::text(&given, "title").unwrap_or_default().to_owned();
    let parent_uid = fields::text(&given, "parentUid").map(str::to_owned);
    let sort = given.get("sort").and_then(Value::as_number).map(ToString::to_string);
    given.retain(|name, value| !STANDARD.contains(&name.as_str()) && *value != Value::Null);
    DepartmentRow {
        id: id.0,
        search: fold::fold(&title),
        title,
        sort,
        enabled,
        source_id: source.0,
        parent_uid,
        custom: fields::canonical(&given),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

/// The departments with these ids, deleted ones too.
pub(crate) async fn by_ids<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<LocalId, DepartmentRow>, StoreError> {
    let sql = format!(
        "SELECT d.* FROM {} keys CROSS JOIN departments d WHERE d.id = keys.k",
        dialect.number_keys("$1")
    );
    let values = [rows::json_array(ids.into_iter().map(|id| id.0)).into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = department::Entity::find().from_raw_sql(statement).all(connection).await;
    Ok(found.doing("read the departments")?.into_iter().map(|row| (LocalId(row.id), row)).collect())
}

/// What a department is called in a source.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Name {
    /// The department.
    pub(crate) id: i64,
    /// The source.
    pub(crate) source_id: i64,
    /// Its uid there.
    pub(crate) uid: String,
}

/// The names of these departments in all sources that have not deleted them; mostly one for each.
pub(crate) async fn names<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<Vec<Name>, StoreError> {
    let sql = format!(
        "SELECT r.local_id AS id, r.source_id, r.uid FROM {} keys CROSS JOIN records r \
         WHERE r.data_type = $2 AND r.local_id = keys.k AND r.state <> 3",
        dialect.number_keys("$1")
    );
    let values =
        [rows::json_array(ids.into_iter().map(|id| id.0)).into(), DataType::Department.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Name::find_by_statement(statement).all(connection).await.doing("read the tree")
}

/// A department's place in its source's tree.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Edge {
    /// The department.
    pub(crate) uid: String,
    /// Its row.
    pub(crate) id: i64,
    /// Its parent, whether that has been seen or not.
    pub(crate) parent_uid: Option<String>,
    /// Whether it is there, and not deleted.
    pub(crate) is_there: bool,
}

/// A page of a source's tree, by uid. Deleted departments are in it: they may come back to their place.
pub(crate) async fn edges<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    after: &str,
    limit: i64,
) -> Result<Vec<Edge>, StoreError> {
    let sql = "SELECT r.uid, d.id, d.parent_uid, (r.state <> 3 AND d.deleted_at IS NULL) AS is_there \
               FROM records r JOIN departments d ON d.id = r.local_id \
               WHERE r.source_id = $1 AND r.data_type = $2 AND r.uid > $3 \
               ORDER BY r.uid LIMIT $4";
    let values = [source.0.into(), DataType::Department.code().into(), after.into(), limit.into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Edge::find_by_statement(statement).all(connection).await.doing("read the tree")
}

/// The departments whose parent is one of these.
pub(crate) async fn children<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    source: SourceId,
    parents: impl IntoIterator<Item = &str>,
) -> Result<Vec<Edge>, StoreError> {
    let sql = format!(
        "SELECT r.uid, d.id, d.parent_uid, (r.state <> 3 AND d.deleted_at IS NULL) AS is_there FROM {} keys \
         CROSS JOIN departments d CROSS JOIN records r \
         WHERE d.source_id = $2 AND d.parent_uid = keys.k \
         AND r.data_type = $3 AND r.local_id = d.id AND r.source_id = d.source_id AND r.state <> 3",
        dialect.text_keys("$1")
    );
    let values = [rows::json_array(parents).into(), source.0.into(), DataType::Department.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Edge::find_by_statement(statement).all(connection).await.doing("read the tree")
}

/// Writes departments; one that is there already is replaced, but for its time of creation.
pub(crate) async fn write<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    departments: Vec<DepartmentRow>,
) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(departments.len() * TABLE.columns.len());
    for department in departments {
        values.push(department.id.into());
        values.push(department.title.into());
        values.push(department.sort.into());
        values.push(department.enabled.into());
        values.push(department.source_id.into());
        values.push(department.parent_uid.into());
        values.push(department.search.into());
        values.push(department.custom.into());
        values.push(department.created_at.into());
        values.push(department.updated_at.into());
        values.push(department.deleted_at.into());
    }
    TABLE.write(tx, dialect, values).await
}

/// Takes departments out of the lists; their rows keep their ids.
pub(crate) async fn delete<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
    now: i64,
) -> Result<(), StoreError> {
    let set = ("departments", "deleted_at = $2, updated_at = $2");
    bulk::set_by_ids(tx, dialect, set, ids, [now.into()], "delete departments").await
}

/// Switches departments off.
pub(crate) async fn disable<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
    now: i64,
) -> Result<(), StoreError> {
    let set = ("departments", "enabled = $3, updated_at = $2");
    bulk::set_by_ids(tx, dialect, set, ids, [now.into(), false.into()], "disable departments").await
}

/// Which departments to list.
#[derive(Debug, Default)]
pub(crate) struct DepartmentFilter {
    /// Whose title has this in it, whatever its case.
    pub(crate) search: Option<String>,
    /// Whom this source gives.
    pub(crate) source: Option<SourceId>,
    /// Right below this one; `Some(None)`: the roots.
    pub(crate) parent: Option<Option<LocalId>>,
    /// The deleted ones instead of the others.
    pub(crate) deleted: bool,
    /// After this one.
    pub(crate) after: Option<LocalId>,
}

/// Departments by id; at most `limit`, and no more than can be loaded together.
pub(crate) async fn list<C: ConnectionTrait>(
    connection: &C,
    filter: &DepartmentFilter,
    limit: u64,
) -> Result<Looked<DepartmentRow, LocalId>, StoreError> {
    use department::Column;
    let mut query = department::Entity::find().order_by_asc(Column::Id);
    query = match filter.deleted {
        true => query.filter(Column::DeletedAt.is_not_null()),
        false => query.filter(Column::DeletedAt.is_null()),
    };
    if let Some(search) = &filter.search {
        query = {
            let pattern = LikeExpr::new(super::users::contains(search)).escape('\\');
            query.filter(Expr::col(Column::Search).like(pattern))
        };
    }
    if let Some(source) = filter.source {
        query = query.filter(Column::SourceId.eq(source.0));
    }
    if let Some(parent) = filter.parent {
        let mut parents = Query::select();
        parents
            .columns([parent_record::Column::SourceId, parent_record::Column::Uid])
            .from(parent_record::Entity)
            .and_where(parent_record::Column::DataType.eq(DataType::Department.code()))
            .and_where(parent_record::Column::State.ne(State::Deleted as i16));
        let place = Expr::tuple([Expr::col(Column::SourceId), Expr::col(Column::ParentUid)]);
        query = match parent {
            Some(id) => {
                parents.and_where(parent_record::Column::LocalId.eq(id.0));
                query.filter(place.in_subquery(parents))
            }
            None => query.filter(
                Condition::any().add(Column::ParentUid.is_null()).add(place.not_in_subquery(parents)),
            ),
        };
    }
    if let Some(after) = filter.after {
        query = query.filter(Column::Id.gt(after.0));
    }
    const DOING: &str = "list the departments";
    let sizes =
        query.clone().select_only().column_as(Expr::cust("octet_length(custom)"), "bytes").limit(limit);
    let sizes: Vec<i64> = sizes.into_tuple().all(connection).await.doing(DOING)?;
    let count = sizes::fitting(sizes.iter().map(|bytes| bytes.unsigned_abs()));
    let found = query.limit(count as u64).all(connection).await.doing(DOING)?;
    let until = found.last().filter(|_| count < sizes.len()).map(|last| LocalId(last.id));
    Ok(Looked { found, until })
}

/// The parents of these departments that have been seen and are not deleted: (department, parent).
pub(crate) async fn parents<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<i64, i64>, StoreError> {
    let sql = format!(
        "SELECT d.id AS id, p.local_id AS other FROM {} keys CROSS JOIN departments d CROSS JOIN records p \
         WHERE d.id = keys.k AND p.source_id = d.source_id AND p.data_type = $2 AND p.uid = d.parent_uid \
         AND p.state <> 3",
        dialect.number_keys("$1")
    );
    pairs(connection, dialect, sql, ids).await
}

async fn pairs<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    sql: String,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<i64, i64>, StoreError> {
    #[derive(FromQueryResult)]
    struct Pair {
        id: i64,
        other: i64,
    }
    let values =
        [rows::json_array(ids.into_iter().map(|id| id.0)).into(), DataType::Department.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = Pair::find_by_statement(statement).all(connection).await.doing("read the tree")?;
    Ok(found.into_iter().map(|pair| (pair.id, pair.other)).collect())
}
