//! The tree of departments as it is opened: the children of one, or the roots, in the order in which people expect
//! them, and which of them have children in their turn.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;

use super::departments::{self, DepartmentRow};
use super::dialect::Dialect;
use super::rows::{self, Parts};
use super::{Doing, StoreError};

const DOING: &str = "read the tree";
/// Where a department stands among its siblings: by its sort, those without one last, then by title.
const PLACE: &str = "d.sort IS NULL, coalesce(CAST(d.sort AS NUMERIC), 0), d.search, d.id";

/// A branch of the tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    pub(crate) department: DepartmentRow,
    pub(crate) has_children: bool,
}

/// The departments right below `parent`, or the roots, in their places; those after the one with the id `after`, at
/// most `limit`.
pub(crate) async fn children<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    parent: Option<LocalId>,
    after: Option<LocalId>,
    limit: u64,
) -> Result<Vec<Branch>, StoreError> {
    let mut parts = Parts::default();
    let known_parent = format!("r.data_type = {} AND r.state <> 3", parts.value(DataType::Department.code()));
    let is_there = match parent {
        None => format!(
            "(d.parent_uid IS NULL OR NOT EXISTS (SELECT 1 FROM records r WHERE r.source_id = d.source_id \
             AND r.uid = d.parent_uid AND {known_parent}))"
        ),
        Some(parent) => format!(
            "(d.source_id, d.parent_uid) IN (SELECT r.source_id, r.uid FROM records r WHERE {known_parent} \
             AND r.local_id = {})",
            parts.value(parent.0)
        ),
    };
    let mut sql = format!("SELECT d.id FROM departments d WHERE d.deleted_at IS NULL AND {is_there}");
    if let Some(after) = after {
        let after = parts.value(after.0);
        sql.push_str(&format!(" AND ({PLACE}) > (SELECT {PLACE} FROM departments d WHERE d.id = {after})"));
    }
    let limit = parts.value(i64::try_from(limit).unwrap_or(i64::MAX));
    sql.push_str(&format!(" ORDER BY {PLACE} LIMIT {limit}"));
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, parts.values);
    let ids = ids(connection, statement).await?;
    let mut rows = departments::by_ids(connection, dialect, ids.iter().map(|id| LocalId(*id))).await?;
    let parents = with_children(connection, dialect, &ids).await?;
    let branch = |id: i64| {
        let department = rows.remove(&LocalId(id))?;
        Some(Branch { department, has_children: parents.contains(&id) })
    };
    Ok(ids.into_iter().filter_map(branch).collect())
}

async fn with_children<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    of: &[i64],
) -> Result<HashSet<i64>, StoreError> {
    let sql = format!(
        "SELECT keys.k AS id FROM {} keys WHERE EXISTS (SELECT 1 FROM records r CROSS JOIN departments d{} \
         WHERE r.data_type = $2 AND r.local_id = keys.k AND r.state <> 3 AND d.source_id = r.source_id \
         AND d.parent_uid = r.uid AND d.deleted_at IS NULL)",
        dialect.number_keys("$1"),
        dialect.by_index("departments_by_parent")
    );
    let values = [rows::json_array(of).into(), DataType::Department.code().into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    Ok(ids(connection, statement).await?.into_iter().collect())
}

async fn ids<C: ConnectionTrait>(connection: &C, statement: Statement) -> Result<Vec<i64>, StoreError> {
    #[derive(FromQueryResult)]
    struct Id {
        id: i64,
    }
    let found = Id::find_by_statement(statement).all(connection).await.doing(DOING)?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
