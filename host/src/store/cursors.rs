//! Cursors: where the next incremental read of a source goes on. A task's read leaves one, which is not valid
//! before all that it covers is applied. Whoever begins to apply a plan takes away all others of the source: from
//! then on they say nothing any more of what is stored, and if that plan never comes to its end, the next read is
//! a full one.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::domain::ids::{SourceId, TaskId};

use super::entity::cursor::{Column, Entity, Model};
use super::{Doing, StoreError};

/// A cursor that a task's read has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left<'a> {
    pub(crate) source: SourceId,
    pub(crate) task: TaskId,
    /// A hash of all that decides what a cursor of the source means.
    pub(crate) made_with: i64,
    pub(crate) cursor: &'a str,
}

/// Where the next incremental read goes on, if that was read with the same as now.
pub(crate) async fn valid<C: ConnectionTrait>(
    connection: &C,
    source: SourceId,
    made_with: i64,
) -> Result<Option<String>, StoreError> {
    let query = Entity::find()
        .select_only()
        .column(Column::Cursor)
        .filter(Column::SourceId.eq(source.0))
        .filter(Column::Valid.eq(true))
        .filter(Column::MadeWith.eq(made_with))
        .order_by_desc(Column::TaskId);
    query.into_tuple().one(connection).await.doing("find the cursor")
}

/// Of each of these sources that has a valid cursor, what it was made with and when it was read.
pub(crate) async fn times<C: ConnectionTrait>(
    connection: &C,
    sources: impl IntoIterator<Item = SourceId>,
) -> Result<HashMap<SourceId, (i64, i64)>, StoreError> {
    let query = Entity::find()
        .select_only()
        .columns([Column::SourceId, Column::MadeWith, Column::ReadAt])
        .filter(Column::SourceId.is_in(sources.into_iter().map(|id| id.0)))
        .filter(Column::Valid.eq(true));
    let found: Vec<(i64, i64, i64)> = query.into_tuple().all(connection).await.doing("look for cursors")?;
    Ok(found.into_iter().map(|(source, made_with, at)| (SourceId(source), (made_with, at))).collect())
}

/// Keeps what a task's read has left, until the task has come to its end.
pub(crate) async fn leave<C: ConnectionTrait>(tx: &C, left: &Left<'_>, now: i64) -> Result<(), StoreError> {
    const DOING: &str = "keep the cursor";
    Entity::delete_by_id((left.source.0, left.task.0)).exec(tx).await.doing(DOING)?;
    let model = Model {
        source_id: left.source.0,
        task_id: left.task.0,
        valid: false,
        made_with: left.made_with,
        read_at: now,
        cursor: left.cursor.to_owned(),
    };
    Entity::insert(model.into_active_model()).exec_without_returning(tx).await.doing(DOING)?;
    Ok(())
}

/// Takes away all cursors of a source but that of this task, whose plan is about to be applied.
pub(crate) async fn take_away_others<C: ConnectionTrait>(
    tx: &C,
    source: SourceId,
    task: TaskId,
) -> Result<(), StoreError> {
    let others =
        Entity::delete_many().filter(Column::SourceId.eq(source.0)).filter(Column::TaskId.ne(task.0));
    others.exec(tx).await.doing("take away cursors")?;
    Ok(())
}

/// Makes what a task's read has left, if it has, valid: its plan is applied.
pub(crate) async fn make_valid<C: ConnectionTrait>(
    tx: &C,
    source: SourceId,
    task: TaskId,
) -> Result<(), StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::Valid, Expr::value(true))
        .filter(Column::SourceId.eq(source.0))
        .filter(Column::TaskId.eq(task.0));
    update.exec(tx).await.doing("keep the cursor")?;
    Ok(())
}

/// Takes away all cursors of a source.
pub(crate) async fn take_away<C: ConnectionTrait>(tx: &C, source: SourceId) -> Result<(), StoreError> {
    let all = Entity::delete_many().filter(Column::SourceId.eq(source.0));
    all.exec(tx).await.doing("take away cursors")?;
    Ok(())
}
