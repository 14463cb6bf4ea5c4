//! Sources: find, list, write.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::domain::ids::{Batch, SourceId};
use crate::domain::source::{Source, check_name};

use super::entity::source::{Column, Entity, Model};
use super::{Doing, Store, StoreError, commit, counters, rows};

/// The source with this name, unless it is deleted.
pub(crate) async fn by_name<C: ConnectionTrait>(
    connection: &C,
    name: &str,
) -> Result<Option<Source>, StoreError> {
    // What can't be a name is in no row, and may hold characters that not every database takes.
    if check_name(name).is_err() {
        return Ok(None);
    }
    let found = Entity::find().filter(Column::NameKey.eq(name)).one(connection).await;
    found.doing("find the source")?.map(source).transpose()
}

/// The source with this id, deleted or not.
pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: SourceId,
) -> Result<Option<Source>, StoreError> {
    let found = Entity::find_by_id(id.0).one(connection).await;
    found.doing("find the source")?.map(source).transpose()
}

/// The source of this name that is in no list.
pub(crate) async fn hidden<C: ConnectionTrait>(
    connection: &C,
    name: &str,
) -> Result<Option<Source>, StoreError> {
    let query = Entity::find()
        .filter(Column::Name.eq(name))
        .filter(Column::SourceType.eq(name))
        .filter(Column::NameKey.is_null());
    let found = query.order_by_asc(Column::Id).one(connection).await;
    found.doing("find the source")?.map(source).transpose()
}

/// The name of the source with this id, unless it is deleted.
pub(crate) async fn name_of<C: ConnectionTrait>(
    connection: &C,
    id: SourceId,
) -> Result<Option<String>, StoreError> {
    let query = Entity::find_by_id(id.0).select_only().column(Column::NameKey);
    let found: Option<Option<String>> = query.into_tuple().one(connection).await.doing("find the source")?;
    Ok(found.flatten())
}

/// Sources by name, those after `after`; at most `limit`.
pub(crate) async fn list<C: ConnectionTrait>(
    connection: &C,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Source>, StoreError> {
    let mut query = Entity::find().filter(Column::NameKey.is_not_null()).order_by_asc(Column::NameKey);
    if let Some(after) = after {
        query = query.filter(Column::NameKey.gt(after));
    }
    let found = query.limit(limit).all(connection).await.doing("list the sources")?;
    found.into_iter().map(source).collect()
}

/// The names of all sources, deleted ones too.
pub(crate) async fn names<C: ConnectionTrait>(
    connection: &C,
) -> Result<std::collections::HashMap<i64, String>, StoreError> {
    let query = Entity::find().select_only().columns([Column::Id, Column::Name]);
    let found: Vec<(i64, String)> = query.into_tuple().all(connection).await.doing("list the sources")?;
    Ok(found.into_iter().collect())
}

/// Deleted sources by id, those after `after`, with when they were deleted; at most `limit`.
pub(crate) async fn deleted<C: ConnectionTrait>(
    connection: &C,
    after: Option<SourceId>,
    limit: u64,
) -> Result<Vec<(Source, i64)>, StoreError> {
    let mut query = Entity::find().filter(Column::DeletedAt.is_not_null()).order_by_asc(Column::Id);
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after.0));
    }
    let found = query.limit(limit).all(connection).await.doing("list the deleted sources")?;
    let deleted = |model: Model| {
        let at = model.deleted_at.unwrap_or_default();
        Ok((source(model)?, at))
    };
    found.into_iter().map(deleted).collect()
}

/// The deleted source with this id, with when it was deleted.
pub(crate) async fn deleted_by_id<C: ConnectionTrait>(
    connection: &C,
    id: SourceId,
) -> Result<Option<(Source, i64)>, StoreError> {
    let query = Entity::find_by_id(id.0).filter(Column::DeletedAt.is_not_null());
    let Some(model) = query.one(connection).await.doing("find the source")? else { return Ok(None) };
    let at = model.deleted_at.unwrap_or_default();
    Ok(Some((source(model)?, at)))
}

/// The ids of all deleted sources.
pub(crate) async fn deleted_ids<C: ConnectionTrait>(
    connection: &C,
) -> Result<std::collections::HashSet<i64>, StoreError> {
    let query = Entity::find().select_only().column(Column::Id).filter(Column::DeletedAt.is_not_null());
    let found: Vec<i64> = query.into_tuple().all(connection).await.doing("list the deleted sources")?;
    Ok(found.into_iter().collect())
}

/// Puts a deleted source back into the lists, disabled. A unique violation means that its name is taken.
pub(crate) async fn restore<C: ConnectionTrait>(tx: &C, source: &Source, now: i64) -> Result<(), StoreError> {
    use sea_orm::ActiveValue::{Set, Unchanged};
    let model = super::entity::source::ActiveModel {
        id: Unchanged(source.id.0),
        name_key: Set(Some(source.name.clone())),
        enabled: Set(false),
        updated_at: Set(now),
        deleted_at: Set(None),
        ..Default::default()
    };
    model.update(tx).await.doing("restore the source")?;
    Ok(())
}

/// Adds a source. A unique violation means that the name is taken.
pub(crate) async fn insert<C: ConnectionTrait>(tx: &C, source: &Source) -> Result<(), StoreError> {
    add(tx, source, Some(source.name.clone())).await
}

/// Adds a source that no list shows.
pub(crate) async fn insert_hidden<C: ConnectionTrait>(tx: &C, source: &Source) -> Result<(), StoreError> {
    add(tx, source, None).await
}

async fn add<C: ConnectionTrait>(
    tx: &C,
    source: &Source,
    name_key: Option<String>,
) -> Result<(), StoreError> {
    let model = Model {
        id: source.id.0,
        name: source.name.clone(),
        name_key,
        source_type: source.source_type.clone(),
        display_name: source.display_name.clone(),
        enabled: source.enabled,
        options: rows::to_json(&source.options),
        schedule: source.schedule.clone(),
        policy: rows::to_json(&source.policy),
        last_batch: 0,
        last_full_at: source.last_full_at,
        created_at: source.created_at,
        updated_at: source.updated_at,
        deleted_at: None,
    };
    Entity::insert(model.into_active_model()).exec_without_returning(tx).await.doing("add the source")?;
    Ok(())
}

/// Adds a source under an id of its own, unless there is one of its name.
pub(crate) async fn add_unless_there(store: &Store, source: Source) -> Result<(), StoreError> {
    // Begins to write only where it must, so that the daemon starts even while nothing can be written.
    if by_name(store.reader(), &source.name).await?.is_some() {
        return Ok(());
    }
    let tx = store.begin().await?;
    if by_name(&tx, &source.name).await?.is_none() {
        let id = SourceId(counters::take(&tx, store.dialect(), "sources", 1).await?);
        insert(&tx, &Source { id, ..source }).await?;
    }
    commit(tx, "add the source").await
}

/// Writes what can be changed in a source.
pub(crate) async fn update<C: ConnectionTrait>(tx: &C, source: &Source) -> Result<(), StoreError> {
    use sea_orm::ActiveValue::{Set, Unchanged};
    let model = super::entity::source::ActiveModel {
        id: Unchanged(source.id.0),
        display_name: Set(source.display_name.clone()),
        enabled: Set(source.enabled),
        options: Set(rows::to_json(&source.options)),
        schedule: Set(source.schedule.clone()),
        policy: Set(rows::to_json(&source.policy)),
        updated_at: Set(source.updated_at),
        ..Default::default()
    };
    model.update(tx).await.doing("write the source")?;
    Ok(())
}

/// Takes a source out of the lists; its name is free again, its row stays for the links to it.
pub(crate) async fn delete<C: ConnectionTrait>(tx: &C, id: SourceId, now: i64) -> Result<(), StoreError> {
    use sea_orm::ActiveValue::{Set, Unchanged};
    let model = super::entity::source::ActiveModel {
        id: Unchanged(id.0),
        name_key: Set(None),
        enabled: Set(false),
        deleted_at: Set(Some(now)),
        ..Default::default()
    };
    model.update(tx).await.doing("delete the source")?;
    Ok(())
}

/// Notes that a source was read as a whole, beginning at `at` at the earliest, and all of it applied.
pub(crate) async fn note_full<C: ConnectionTrait>(tx: &C, id: SourceId, at: i64) -> Result<(), StoreError> {
    use sea_orm::sea_query::Expr;
    // A retry may end after a later one.
    let is_later = Column::LastFullAt.is_null().or(Column::LastFullAt.lt(at));
    let update = Entity::update_many()
        .col_expr(Column::LastFullAt, Expr::value(at))
        .filter(Column::Id.eq(id.0))
        .filter(is_later);
    update.exec(tx).await.doing("write the source")?;
    Ok(())
}

/// Takes the next run number of a source.
pub(crate) async fn next_batch<C: ConnectionTrait>(tx: &C, id: SourceId) -> Result<Batch, StoreError> {
    use sea_orm::sea_query::Expr;
    const DOING: &str = "number the task";
    let bump = Entity::update_many()
        .col_expr(Column::LastBatch, Expr::col(Column::LastBatch).add(1))
        .filter(Column::Id.eq(id.0));
    bump.exec(tx).await.doing(DOING)?;
    let query = Entity::find_by_id(id.0).select_only().column(Column::LastBatch);
    let last: Option<i64> = query.into_tuple().one(tx).await.doing(DOING)?;
    last.map(Batch).ok_or_else(|| StoreError::Damaged(format!("source {id} is gone")))
}

fn source(model: Model) -> Result<Source, StoreError> {
    Ok(Source {
        id: SourceId(model.id),
        name: model.name,
        source_type: model.source_type,
        display_name: model.display_name,
        enabled: model.enabled,
        options: rows::json("sources.options", &model.options)?,
        schedule: model.schedule,
        policy: rows::json("sources.policy", &model.policy)?,
        last_full_at: model.last_full_at,
        created_at: model.created_at,
        updated_at: model.updated_at,
    })
}
