//! Idempotency keys: the names under which clients may repeat a push without its being taken twice.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::domain::ids::{SourceId, TaskId};

use super::entity::idempotency_key::{Column, Entity, Model};
use super::{Doing, StoreError};

/// A key, as far as it is one client's for one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) source: SourceId,
    /// The id of the token that pushed; 0 for the admin token.
    pub(crate) holder: i64,
    pub(crate) key: &'a str,
}

/// What became of the push that came with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) task: TaskId,
    /// Of the push as it was received; none as long as it has not been received completely.
    pub(crate) fingerprint: Option<String>,
}

/// The push that came with this key before.
pub(crate) async fn find<C: ConnectionTrait>(
    connection: &C,
    place: &Place<'_>,
) -> Result<Option<Known>, StoreError> {
    let id = (place.source.0, place.holder, place.key.to_owned());
    let found = Entity::find_by_id(id).one(connection).await.doing("find the idempotency key")?;
    Ok(found.map(|model| Known { task: TaskId(model.task_id), fingerprint: model.fingerprint }))
}

/// Keeps a key for a task, in place of the task that had it.
pub(crate) async fn keep<C: ConnectionTrait>(
    tx: &C,
    place: &Place<'_>,
    task: TaskId,
    now: i64,
) -> Result<(), StoreError> {
    const DOING: &str = "keep the idempotency key";
    let id = (place.source.0, place.holder, place.key.to_owned());
    Entity::delete_by_id(id).exec(tx).await.doing(DOING)?;
    let model = Model {
        source_id: place.source.0,
        holder: place.holder,
        key: place.key.to_owned(),
        task_id: task.0,
        fingerprint: None,
        created_at: now,
    };
    Entity::insert(model.into_active_model()).exec_without_returning(tx).await.doing(DOING)?;
    Ok(())
}

/// Notes what a key's push was, now that it has been received completely.
pub(crate) async fn seal<C: ConnectionTrait>(
    tx: &C,
    place: &Place<'_>,
    task: TaskId,
    fingerprint: &str,
) -> Result<(), StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::Fingerprint, Expr::value(fingerprint))
        .filter(Column::SourceId.eq(place.source.0))
        .filter(Column::Holder.eq(place.holder))
        .filter(Column::Key.eq(place.key))
        .filter(Column::TaskId.eq(task.0));
    update.exec(tx).await.doing("seal the idempotency key")?;
    Ok(())
}

/// Forgets keys that were kept before `oldest`. Returns how many.
pub(crate) async fn forget_before<C: ConnectionTrait>(tx: &C, oldest: i64) -> Result<u64, StoreError> {
    let delete = Entity::delete_many().filter(Column::CreatedAt.lt(oldest));
    Ok(delete.exec(tx).await.doing("forget old idempotency keys")?.rows_affected)
}
