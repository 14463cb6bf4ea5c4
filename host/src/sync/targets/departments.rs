//! The target `departments`: rows and their place in the tree, written set by set.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::domain::change::Op;
use crate::domain::ids::LocalId;
use crate::store::{StoreError, departments};

use super::super::plan::Row;
use super::{Scope, Write, ids_of};

/// The departments with these ids.
pub(crate) async fn load<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    ids: Vec<LocalId>,
) -> Result<HashMap<LocalId, Row>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = departments::by_ids(connection, scope.dialect, ids).await?;
    let row = |(id, department): (LocalId, departments::DepartmentRow)| {
        let fields = departments::to_fields(&department)?;
        let deleted = department.deleted_at.is_some();
        Ok((id, Row { id, fields, enabled: department.enabled, deleted, created_at: department.created_at }))
    };
    found.into_iter().map(row).collect()
}

/// Writes a batch.
pub(crate) async fn write<C: ConnectionTrait>(
    tx: &C,
    scope: Scope,
    writes: Vec<Write>,
) -> Result<(), StoreError> {
    let Scope { dialect, source, now, .. } = scope;
    let deleted = ids_of(&writes, Op::Delete);
    if !deleted.is_empty() {
        departments::delete(tx, dialect, deleted, now).await?;
    }
    let disabled = ids_of(&writes, Op::Disable);
    if !disabled.is_empty() {
        departments::disable(tx, dialect, disabled, now).await?;
    }
    let rows = writes.into_iter().filter(Write::writes_row).map(|write| {
        let (id, created_at) = (write.id, write.row.as_ref().map(|row| row.created_at));
        let deleted_at = (write.op == Op::Delete).then_some(now);
        let mut row = departments::from_fields(id, source, write.into_fields(), now);
        row.created_at = created_at.unwrap_or(now);
        row.deleted_at = deleted_at;
        row
    });
    departments::write(tx, dialect, rows.collect()).await
}
