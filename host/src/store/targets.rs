//! Targets: find, list, write, lease. A lease keeps two daemons from delivering to one target at once,
//! which would mix the order of a record's changes.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::domain::data_type::DataType;
use crate::domain::ids::{TargetId, TaskId};
use crate::domain::lease::{LEASE, Owner};
use crate::domain::one_line::{MESSAGE, told};
use crate::domain::source::check_name;
use crate::domain::target::{DeliveryState, Target, Trouble, gives_up};

use super::entity::delivery;
use super::entity::target::{ActiveModel, Column, Entity, Model};
use super::{Doing, StoreError, rows};

/// The target with this name, unless it is deleted.
pub(crate) async fn by_name<C: ConnectionTrait>(
    connection: &C,
    name: &str,
) -> Result<Option<Target>, StoreError> {
    // What can't be a name is in no row, and may hold characters that not every database takes.
    if check_name(name).is_err() {
        return Ok(None);
    }
    let found = Entity::find().filter(Column::NameKey.eq(name)).one(connection).await;
    found.doing("find the target")?.map(target).transpose()
}

/// The target with this id, unless it is deleted.
pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: TargetId,
) -> Result<Option<Target>, StoreError> {
    let found = Entity::find_by_id(id.0).filter(Column::NameKey.is_not_null()).one(connection).await;
    found.doing("find the target")?.map(target).transpose()
}

/// Targets by name, those after `after`; at most `limit`.
pub(crate) async fn list<C: ConnectionTrait>(
    connection: &C,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Target>, StoreError> {
    let mut query = Entity::find().filter(Column::NameKey.is_not_null()).order_by_asc(Column::NameKey);
    if let Some(after) = after {
        query = query.filter(Column::NameKey.gt(after));
    }
    let found = query.limit(limit).all(connection).await.doing("list the targets")?;
    found.into_iter().map(target).collect()
}

/// The targets that changes are delivered to.
pub(crate) async fn enabled<C: ConnectionTrait>(connection: &C) -> Result<Vec<Target>, StoreError> {
    let query = Entity::find().filter(Column::NameKey.is_not_null()).filter(Column::Enabled.eq(true));
    let found = query.order_by_asc(Column::Id).all(connection).await.doing("list the targets")?;
    found.into_iter().map(target).collect()
}

/// The names of all targets, deleted ones too.
pub(crate) async fn names<C: ConnectionTrait>(
    connection: &C,
) -> Result<std::collections::HashMap<i64, String>, StoreError> {
    let query = Entity::find().select_only().columns([Column::Id, Column::Name]);
    let found: Vec<(i64, String)> = query.into_tuple().all(connection).await.doing("list the targets")?;
    Ok(found.into_iter().collect())
}

/// Adds a target. A unique violation means that the name is taken.
pub(crate) async fn insert<C: ConnectionTrait>(tx: &C, target: &Target) -> Result<(), StoreError> {
    let model = Model {
        id: target.id.0,
        name: target.name.clone(),
        name_key: Some(target.name.clone()),
        target_type: target.target_type.clone(),
        display_name: target.display_name.clone(),
        enabled: target.enabled,
        options: rows::to_json(&target.options),
        takes_departments: target.takes.contains(&DataType::Department),
        takes_users: target.takes.contains(&DataType::User),
        trouble: None,
        failures: 0,
        retry_at: None,
        begun: 0,
        owner: None,
        lease_until: None,
        created_at: target.created_at,
        updated_at: target.updated_at,
    };
    Entity::insert(model.into_active_model()).exec_without_returning(tx).await.doing("add the target")?;
    Ok(())
}

/// Writes what can be changed in a target. What was wrong with it may be mended by that.
pub(crate) async fn update<C: ConnectionTrait>(tx: &C, target: &Target) -> Result<(), StoreError> {
    use sea_orm::ActiveValue::{Set, Unchanged};
    let model = ActiveModel {
        id: Unchanged(target.id.0),
        display_name: Set(target.display_name.clone()),
        enabled: Set(target.enabled),
        options: Set(rows::to_json(&target.options)),
        takes_departments: Set(target.takes.contains(&DataType::Department)),
        takes_users: Set(target.takes.contains(&DataType::User)),
        retry_at: Set(None),
        begun: Set(0),
        updated_at: Set(target.updated_at),
        ..Default::default()
    };
    model.update(tx).await.doing("write the target")?;
    Ok(())
}

/// Takes a target out of the lists; its name is free again.
pub(crate) async fn delete<C: ConnectionTrait>(tx: &C, id: TargetId, now: i64) -> Result<(), StoreError> {
    use sea_orm::ActiveValue::{Set, Unchanged};
    let model = ActiveModel {
        id: Unchanged(id.0),
        name_key: Set(None),
        enabled: Set(false),
        owner: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    model.update(tx).await.doing("delete the target")?;
    Ok(())
}

/// Takes or renews the lease on a target, unless another daemon has it, or the target has been changed since it was
/// read. Returns whether it is `owner`'s.
pub(crate) async fn lease<C: ConnectionTrait>(
    tx: &C,
    target: &Target,
    owner: &Owner,
    now: i64,
) -> Result<bool, StoreError> {
    const DOING: &str = "lease the target";
    let id = target.id;
    let query = Entity::find_by_id(id.0)
        .filter(Column::Enabled.eq(true))
        .filter(Column::UpdatedAt.eq(target.updated_at));
    let Some(found) = query.one(tx).await.doing(DOING)? else { return Ok(false) };
    let me = owner.to_string();
    let is_own = found.owner.as_deref() == Some(me.as_str());
    if !is_own && !owner.may_take(found.owner.as_deref(), found.lease_until, now) {
        return Ok(false);
    }
    let update = Entity::update_many()
        .col_expr(Column::Owner, Expr::value(me))
        .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
        .filter(Column::Id.eq(id.0));
    update.exec(tx).await.doing(DOING)?;
    Ok(true)
}

/// Whether a pass to a target begins.
#[derive(Debug)]
pub(crate) enum Beginning {
    /// It does, under a lease.
    Begins,
    /// Another daemon has the target, or it has been changed since it was read.
    NotOurs,
    /// It does not: too many passes in a row were interrupted.
    GivesUp(String),
}

/// How many passes to a target were interrupted in a row; those of this owner were not, as it lives.
pub(crate) async fn interruptions<C: ConnectionTrait>(
    connection: &C,
    id: TargetId,
    owner: &Owner,
) -> Result<i32, StoreError> {
    let query = Entity::find_by_id(id.0).select_only().columns([Column::Owner, Column::Begun]);
    let found: Option<(Option<String>, i32)> =
        query.into_tuple().one(connection).await.doing("find the target")?;
    let others = found.filter(|(last, _)| *last != Some(owner.to_string()));
    Ok(others.map_or(0, |(_, begun)| begun))
}

/// Takes the lease on a target for a pass, and notes that the pass has begun. What gives up must not be committed, so
/// that its count stays that of somebody else.
pub(crate) async fn begin_pass<C: ConnectionTrait>(
    tx: &C,
    target: &Target,
    owner: &Owner,
    now: i64,
) -> Result<Beginning, StoreError> {
    let interruptions = interruptions(tx, target.id, owner).await?;
    if !lease(tx, target, owner, now).await? {
        return Ok(Beginning::NotOurs);
    }
    if let Some(reason) = gives_up(interruptions) {
        return Ok(Beginning::GivesUp(reason));
    }
    set_begun(tx, Column::Id.eq(target.id.0), interruptions + 1).await?;
    Ok(Beginning::Begins)
}

/// Notes that a target has dealt with a batch of this owner's: if the pass is interrupted now, that is the first time.
pub(crate) async fn came_further<C: ConnectionTrait>(
    tx: &C,
    id: TargetId,
    owner: &Owner,
) -> Result<(), StoreError> {
    let which = Column::Id.eq(id.0).and(Column::Owner.eq(owner.to_string())).and(Column::Begun.gt(1));
    set_begun(tx, which, 1).await
}

/// Notes that passes of this owner's to these targets have come to an orderly end.
pub(crate) async fn end_passes<C: ConnectionTrait>(
    tx: &C,
    ids: impl IntoIterator<Item = TargetId>,
    owner: &Owner,
) -> Result<(), StoreError> {
    let which = Column::Id.is_in(ids.into_iter().map(|id| id.0));
    set_begun(tx, which.and(Column::Owner.eq(owner.to_string())), 0).await
}

async fn set_begun<C: ConnectionTrait>(tx: &C, which: SimpleExpr, begun: i32) -> Result<(), StoreError> {
    let update = Entity::update_many().col_expr(Column::Begun, Expr::value(begun)).filter(which);
    update.exec(tx).await.doing("write the target")?;
    Ok(())
}

/// Renews the leases of those of these targets that are this owner's.
pub(crate) async fn renew<C: ConnectionTrait>(
    tx: &C,
    ids: impl IntoIterator<Item = TargetId>,
    owner: &Owner,
    now: i64,
) -> Result<(), StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
        .filter(Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .filter(Column::Owner.eq(owner.to_string()));
    update.exec(tx).await.doing("renew the leases")?;
    Ok(())
}

/// Notes why nothing can be delivered to a target, or that something can again.
pub(crate) async fn note_trouble<C: ConnectionTrait>(
    tx: &C,
    id: TargetId,
    trouble: Option<&Trouble>,
) -> Result<(), StoreError> {
    let (failures, retry_at) = trouble.map_or((0, None), |trouble| (trouble.failures, trouble.retry_at));
    let update = Entity::update_many()
        .col_expr(
            Column::Trouble,
            Expr::value(trouble.map(|trouble| told(&trouble.message, MESSAGE).into_owned())),
        )
        .col_expr(Column::Failures, Expr::value(failures))
        .col_expr(Column::RetryAt, Expr::value(retry_at))
        .filter(Column::Id.eq(id.0))
        .filter(match trouble {
            Some(_) => Condition::all(),
            None => Condition::all().add(Column::Trouble.is_not_null()),
        });
    update.exec(tx).await.doing("note what is wrong with the target")?;
    Ok(())
}

/// Has a target tried again at once.
pub(crate) async fn try_now<C: ConnectionTrait>(tx: &C, id: TargetId) -> Result<(), StoreError> {
    try_those_now(tx, Column::Id.eq(id.0)).await
}

/// Has the targets tried again at once that have not taken all of what a task did.
pub(crate) async fn try_those_of<C: ConnectionTrait>(tx: &C, task: TaskId) -> Result<(), StoreError> {
    let open = Query::select()
        .column(delivery::Column::TargetId)
        .from(delivery::Entity)
        .and_where(delivery::Column::TaskId.eq(task.0))
        .and_where(delivery::Column::State.eq(DeliveryState::Pending.as_str()))
        .to_owned();
    try_those_now(tx, Column::Id.in_subquery(open)).await
}

async fn try_those_now<C: ConnectionTrait>(tx: &C, which: SimpleExpr) -> Result<(), StoreError> {
    let none: Option<i64> = None;
    let update = Entity::update_many()
        .col_expr(Column::RetryAt, Expr::value(none))
        .col_expr(Column::Begun, Expr::value(0))
        .filter(which);
    update.exec(tx).await.doing("write the target")?;
    Ok(())
}

/// Notes what a target's type accepts by now.
pub(crate) async fn set_takes<C: ConnectionTrait>(
    tx: &C,
    id: TargetId,
    takes: &[DataType],
) -> Result<(), StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::TakesDepartments, Expr::value(takes.contains(&DataType::Department)))
        .col_expr(Column::TakesUsers, Expr::value(takes.contains(&DataType::User)))
        .filter(Column::Id.eq(id.0));
    update.exec(tx).await.doing("write the target")?;
    Ok(())
}

fn target(model: Model) -> Result<Target, StoreError> {
    let takes = [(DataType::Department, model.takes_departments), (DataType::User, model.takes_users)];
    Ok(Target {
        id: TargetId(model.id),
        name: model.name,
        target_type: model.target_type,
        display_name: model.display_name,
        enabled: model.enabled,
        options: rows::json("targets.options", &model.options)?,
        takes: takes.into_iter().filter(|(_, takes)| *takes).map(|(data_type, _)| data_type).collect(),
        trouble: model.trouble.map(|message| Trouble {
            message,
            failures: model.failures,
            retry_at: model.retry_at,
        }),
        created_at: model.created_at,
        updated_at: model.updated_at,
    })
}
