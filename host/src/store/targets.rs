//! Targets: find, list, write, lease. A lease keeps two daemons from delivering to one target at once,
//! which would mix the order of a record's changes.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::domain::data_type::DataType;
use crate::domain::ids::TargetId;
use crate::domain::lease::{LEASE, Owner};
use crate::domain::source::check_name;
use crate::domain::target::{Target, Trouble};

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

/// Takes or renews the lease on a target, unless another daemon has it. Returns whether it is `owner`'s.
pub(crate) async fn lease<C: ConnectionTrait>(
    tx: &C,
    id: TargetId,
    owner: &Owner,
    now: i64,
) -> Result<bool, StoreError> {
    const DOING: &str = "lease the target";
    let query = Entity::find_by_id(id.0).filter(Column::Enabled.eq(true));
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

/// Notes why nothing can be delivered to a target, or that something can again.
pub(crate) async fn note_trouble<C: ConnectionTrait>(
    tx: &C,
    id: TargetId,
    trouble: Option<&Trouble>,
) -> Result<(), StoreError> {
    let Trouble { message, failures, retry_at } =
        trouble.cloned().unwrap_or(Trouble { message: String::new(), failures: 0, retry_at: 0 });
    let update = Entity::update_many()
        .col_expr(Column::Trouble, Expr::value(trouble.map(|_| message)))
        .col_expr(Column::Failures, Expr::value(failures))
        .col_expr(Column::RetryAt, Expr::value(trouble.map(|_| retry_at)))
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
    let none: Option<i64> = None;
    let update =
        Entity::update_many().col_expr(Column::RetryAt, Expr::value(none)).filter(Column::Id.eq(id.0));
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
            retry_at: model.retry_at.unwrap_or_default(),
        }),
        created_at: model.created_at,
        updated_at: model.updated_at,
    })
}
