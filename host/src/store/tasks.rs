//! Tasks: create, find, list, and write under a fence, so that a run that has lost a task can't
//! change it any more.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};

use crate::domain::counts::TypeCounts;
use crate::domain::data_type::DataType;
use crate::domain::ids::{Batch, SourceId, TargetId, TaskId};
use crate::domain::lease::{LEASE, Owner};
use crate::domain::one_line::{MESSAGE, told};
use crate::domain::starter::Starter;
use crate::domain::task::{Kind, Mode, Phase, Status, Task, Watermark};

use super::dialect::Dialect;
use super::entity::task::{ActiveModel, Column, Entity, Model};
use super::{Doing, StoreError, rows};

/// The statuses in which a task is some daemon's to run.
const ACTIVE: [Status; 2] = [Status::Init, Status::Processing];

/// Which tasks to list.
#[derive(Debug, Default)]
pub(crate) struct TaskFilter {
    /// Of this source.
    pub(crate) source: Option<SourceId>,
    /// And of these, which had the same name.
    pub(crate) namesakes: Vec<SourceId>,
    /// In this status.
    pub(crate) status: Option<Status>,
    /// Older than this one.
    pub(crate) before: Option<TaskId>,
}

/// The task with this id.
pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: TaskId,
) -> Result<Option<Task>, StoreError> {
    let found = Entity::find_by_id(id.0).one(connection).await;
    found.doing("find the task")?.map(task).transpose()
}

/// Tasks, newest first; at most `limit`.
pub(crate) async fn list<C: ConnectionTrait>(
    connection: &C,
    filter: &TaskFilter,
    limit: u64,
) -> Result<Vec<Task>, StoreError> {
    let mut query = Entity::find();
    query = match filter.source {
        // A source's tasks have their batches in the order of their ids, and an index on them.
        Some(source) if filter.namesakes.is_empty() => {
            query.filter(Column::SourceId.eq(source.0)).order_by_desc(Column::Batch)
        }
        Some(source) => {
            let all = filter.namesakes.iter().chain([&source]).map(|id| id.0);
            query.filter(Column::SourceId.is_in(all)).order_by_desc(Column::Id)
        }
        None => query.order_by_desc(Column::Id),
    };
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(before) = filter.before {
        query = query.filter(Column::Id.lt(before.0));
    }
    let found = query.limit(limit).all(connection).await.doing("list the tasks")?;
    found.into_iter().map(task).collect()
}

/// Tasks that have not come to their end and are not held, oldest first.
pub(crate) async fn unfinished<C: ConnectionTrait>(connection: &C) -> Result<Vec<Unfinished>, StoreError> {
    let statuses = ACTIVE.map(Status::as_str);
    let query = Entity::find().filter(Column::Status.is_in(statuses)).order_by_asc(Column::Id);
    let found = query.all(connection).await.doing("list the tasks")?;
    let unfinished = |model: Model| {
        let lease_until = model.lease_until;
        Ok(Unfinished { task: task(model)?, lease_until })
    };
    found.into_iter().map(unfinished).collect()
}

/// How many tasks are in each status; a status without any is left out.
pub(crate) async fn count_by_status<C: ConnectionTrait>(
    connection: &C,
) -> Result<Vec<(Status, i64)>, StoreError> {
    let query = Entity::find()
        .select_only()
        .column(Column::Status)
        .column_as(Column::Id.count(), "tasks")
        .group_by(Column::Status);
    let found: Vec<(String, i64)> = query.into_tuple().all(connection).await.doing("count the tasks")?;
    found.into_iter().map(|(status, count)| Ok((rows::word("tasks.status", &status)?, count))).collect()
}

/// A pull of this source that is waiting or running.
pub(crate) async fn active_pull<C: ConnectionTrait>(
    connection: &C,
    source: SourceId,
) -> Result<Option<TaskId>, StoreError> {
    let statuses = ACTIVE.map(Status::as_str);
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.is_in(statuses))
        .filter(Column::SourceId.eq(source.0))
        .filter(Column::Kind.eq(Kind::Pull.as_str()));
    let found: Option<i64> = query.into_tuple().one(connection).await.doing("look for a running sync")?;
    Ok(found.map(TaskId))
}

/// A task of this source that has not come to its end: waiting, running or held.
pub(crate) async fn open_of<C: ConnectionTrait>(
    connection: &C,
    source: SourceId,
) -> Result<Option<(TaskId, Status)>, StoreError> {
    let open = Status::ALL.iter().filter(|status| !status.is_final()).map(|status| status.as_str());
    let query = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Status])
        .filter(Column::Status.is_in(open))
        .filter(Column::SourceId.eq(source.0))
        .order_by_asc(Column::Id);
    let found: Option<(i64, String)> =
        query.into_tuple().one(connection).await.doing("look for an open task")?;
    found.map(|(id, status)| Ok((TaskId(id), rows::word("tasks.status", &status)?))).transpose()
}

/// The latest task of each of these sources.
pub(crate) async fn latest<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    sources: impl IntoIterator<Item = SourceId>,
) -> Result<HashMap<SourceId, Task>, StoreError> {
    let sql = format!(
        "SELECT t.* FROM {} keys CROSS JOIN tasks t WHERE t.source_id = keys.k \
         AND t.batch = (SELECT max(batch) FROM tasks WHERE source_id = keys.k)",
        dialect.number_keys("$1")
    );
    let values = [rows::json_array(sources.into_iter().map(|id| id.0)).into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = Entity::find().from_raw_sql(statement).all(connection).await.doing("list the tasks")?;
    found.into_iter().map(|model| task(model).map(|task| (task.source_id, task))).collect()
}

/// A later task of this source that read everything of a data type and came to its end.
pub(crate) async fn later_full<C: ConnectionTrait>(
    connection: &C,
    task: &Task,
    data_type: DataType,
) -> Result<Option<TaskId>, StoreError> {
    let statuses = [Status::Success.as_str(), Status::Partial.as_str()];
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::SourceId.eq(task.source_id.0))
        .filter(Column::Id.gt(task.id.0))
        .filter(Column::Status.is_in(statuses))
        .filter(Column::DryRun.eq(false))
        .filter(Column::Mode.eq(Mode::Full.as_str()))
        .filter(Column::DataType.is_null().or(Column::DataType.eq(data_type.code())));
    let found: Option<i64> = query.into_tuple().one(connection).await.doing("look for a later sync")?;
    Ok(found.map(TaskId))
}

/// Which of these tasks are undone, each with the undo that has effect or is to have: one that is neither
/// a dry run nor given up, and is not undone in its turn.
pub(crate) async fn undone_by<C: ConnectionTrait>(
    connection: &C,
    ids: impl IntoIterator<Item = TaskId>,
) -> Result<HashMap<TaskId, TaskId>, StoreError> {
    let given_up = [Status::Failed.as_str(), Status::Cancelled.as_str()];
    let mut latest: HashMap<TaskId, TaskId> = HashMap::new();
    let mut next: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
    while !next.is_empty() {
        let query = Entity::find()
            .select_only()
            .column(Column::Undoes)
            .column_as(Column::Id.max(), "undo")
            .filter(Column::Undoes.is_in(std::mem::take(&mut next)))
            .filter(Column::DryRun.eq(false))
            .filter(Column::Status.is_not_in(given_up))
            .group_by(Column::Undoes);
        let found: Vec<(i64, i64)> =
            query.into_tuple().all(connection).await.doing("look for tasks that undo others")?;
        for (undone, undo) in found {
            latest.insert(TaskId(undone), TaskId(undo));
            next.push(undo);
        }
    }
    let has_effect = |undo: TaskId| {
        let mut effect = true;
        let mut undo = undo;
        while let Some(later) = latest.get(&undo) {
            (effect, undo) = (!effect, *later);
        }
        effect
    };
    Ok(latest.iter().filter(|(_, undo)| has_effect(**undo)).map(|(id, undo)| (*id, *undo)).collect())
}

/// The tasks with a plan that nothing can use any more; see [`Task::has_void_plan`].
pub(crate) async fn with_void_plans<C: ConnectionTrait>(connection: &C) -> Result<Vec<TaskId>, StoreError> {
    let ended = [Status::Failed.as_str(), Status::Cancelled.as_str()];
    let plan = Query::select()
        .expr(Expr::val(1))
        .from(super::entity::change::Entity)
        .and_where(
            Expr::col((super::entity::change::Entity, super::entity::change::Column::TaskId))
                .equals((Entity, Column::Id)),
        )
        .to_owned();
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.is_in(ended))
        .filter(Column::Phase.eq(Phase::Read.as_str()))
        .filter(Column::RetriesFailed.eq(false))
        .filter(Expr::exists(plan));
    let found: Vec<i64> = query.into_tuple().all(connection).await.doing("look for void plans")?;
    Ok(found.into_iter().map(TaskId).collect())
}

/// Adds a task, with a lease for its owner.
pub(crate) async fn insert<C: ConnectionTrait>(tx: &C, task: &Task, now: i64) -> Result<(), StoreError> {
    let model = model(task, now).into_active_model();
    Entity::insert(model).exec_without_returning(tx).await.doing("add the task")?;
    Ok(())
}

/// Writes a task, unless it is not any more in the `expected` status, attempt and ownership.
/// Returns whether it was written. As long as the task is not at rest, that renews its lease.
pub(crate) async fn write<C: ConnectionTrait>(
    connection: &C,
    task: &Task,
    expected: &Fence,
    now: i64,
) -> Result<bool, StoreError> {
    let changed: ActiveModel = model(task, now).into_active_model().reset_all();
    let update = Entity::update_many()
        .set(ActiveModel { id: sea_orm::ActiveValue::NotSet, ..changed })
        .filter(expected.condition(task.id));
    Ok(update.exec(connection).await.doing("write the task")?.rows_affected == 1)
}

/// Whether a task is still in the `expected` status, attempt and ownership.
pub(crate) async fn stands<C: ConnectionTrait>(
    connection: &C,
    id: TaskId,
    expected: &Fence,
) -> Result<bool, StoreError> {
    let query = Entity::find().select_only().column(Column::Id).filter(expected.condition(id));
    let found: Option<i64> = query.into_tuple().one(connection).await.doing("find the task")?;
    Ok(found.is_some())
}

/// Renews the leases of those of these tasks that are this owner's and not at rest.
pub(crate) async fn renew<C: ConnectionTrait>(
    tx: &C,
    ids: impl IntoIterator<Item = TaskId>,
    owner: &Owner,
    now: i64,
) -> Result<(), StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
        .filter(Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .filter(Column::Status.is_in(ACTIVE.map(Status::as_str)))
        .filter(Column::Owner.eq(owner.to_string()));
    update.exec(tx).await.doing("renew the leases")?;
    Ok(())
}

/// Makes an abandoned task `owner`'s, unless somebody else was faster, or its own daemon has renewed its
/// lease since. Returns whether it is.
pub(crate) async fn take_over<C: ConnectionTrait>(
    tx: &C,
    abandoned: &Unfinished,
    owner: &Owner,
    now: i64,
) -> Result<bool, StoreError> {
    let mut update = Entity::update_many()
        .col_expr(Column::Owner, Expr::value(owner.to_string()))
        .col_expr(Column::LeaseUntil, Expr::value(now + LEASE))
        .filter(Fence::of(&abandoned.task).condition(abandoned.task.id));
    update = match abandoned.lease_until {
        Some(until) => update.filter(Column::LeaseUntil.eq(until)),
        None => update.filter(Column::LeaseUntil.is_null()),
    };
    Ok(update.exec(tx).await.doing("take the task over")?.rows_affected == 1)
}

/// Takes back that this owner's execution of a task has begun, as the count `begun`: the daemon stops in order, and does not
/// wait for it. Nothing is done if the execution itself has taken it back.
pub(crate) async fn excuse<C: ConnectionTrait>(
    tx: &C,
    id: TaskId,
    begun: i32,
    owner: &Owner,
) -> Result<(), StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::Begun, Expr::col(Column::Begun).sub(1))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.eq(Status::Processing.as_str()))
        .filter(Column::Begun.eq(begun))
        .filter(Column::Owner.eq(owner.to_string()));
    update.exec(tx).await.doing("note that the tasks stop in order")?;
    Ok(())
}

/// A task of this source that another daemon is running.
pub(crate) async fn running_elsewhere<C: ConnectionTrait>(
    connection: &C,
    source: SourceId,
    owner: &Owner,
    now: i64,
) -> Result<Option<TaskId>, StoreError> {
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq(Status::Processing.as_str()))
        .filter(Column::SourceId.eq(source.0))
        .filter(Column::Owner.ne(owner.to_string()))
        .filter(Column::LeaseUntil.gt(now));
    let found: Option<i64> = query.into_tuple().one(connection).await.doing("look for a running task")?;
    Ok(found.map(TaskId))
}

/// A task that has not come to its end, and until when it is its owner's.
#[derive(Debug, Clone)]
pub(crate) struct Unfinished {
    pub(crate) task: Task,
    pub(crate) lease_until: Option<i64>,
}

/// What a task must still be for a write to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fence {
    status: Status,
    attempt: i32,
    owner: Option<String>,
}

impl Fence {
    /// The fence of a task as it was read.
    pub(crate) fn of(task: &Task) -> Self {
        Self { status: task.status, attempt: task.attempt, owner: task.owner.clone() }
    }

    fn condition(&self, id: TaskId) -> Condition {
        let same = Condition::all()
            .add(Column::Id.eq(id.0))
            .add(Column::Status.eq(self.status.as_str()))
            .add(Column::Attempt.eq(self.attempt));
        match &self.owner {
            Some(owner) => same.add(Column::Owner.eq(owner.as_str())),
            None => same.add(Column::Owner.is_null()),
        }
    }
}

fn model(task: &Task, now: i64) -> Model {
    let sum = |count: fn(&TypeCounts) -> u64| {
        let written = task.written().map_or(0, |counts| count(&counts.user) + count(&counts.department));
        i64::try_from(written).unwrap_or(i64::MAX)
    };
    Model {
        id: task.id.0,
        source_id: task.source_id.0,
        batch: task.batch.0,
        kind: task.kind.as_str().into(),
        undoes: task.undoes.map(|id| id.0),
        target_id: task.target_id.map(|id| id.0),
        mode: task.mode.as_str().into(),
        data_type: task.data_type.map(DataType::code),
        match_key: task.match_key.map(|key| key.as_str().into()),
        dry_run: task.dry_run,
        started_by: task.started_by.as_ref().map(Starter::to_string),
        status: task.status.as_str().into(),
        phase: task.phase.as_str().into(),
        message: task.message.as_deref().map(|message| told(message, MESSAGE).into_owned()),
        held_by: task.held_by.clone(),
        attempt: task.attempt,
        begun: task.begun,
        retries_failed: task.retries_failed,
        owner: task.owner.clone(),
        lease_until: ACTIVE.contains(&task.status).then_some(now + LEASE),
        counts: rows::to_json(&task.counts),
        watermark_type: task.watermark.as_ref().map(|mark| mark.data_type.code()),
        watermark_uid: task.watermark.as_ref().map(|mark| mark.uid.clone()),
        cost_ms: task.cost_ms,
        created_at: task.created_at,
        started_at: task.started_at,
        finished_at: task.finished_at,
        created: sum(|counts| counts.created),
        updated: sum(|counts| counts.updated),
        removed: sum(|counts| counts.disabled + counts.deleted),
        failed: sum(|counts| counts.failed),
    }
}

fn task(model: Model) -> Result<Task, StoreError> {
    Ok(Task {
        id: TaskId(model.id),
        source_id: SourceId(model.source_id),
        batch: Batch(model.batch),
        kind: rows::word("tasks.kind", &model.kind)?,
        undoes: model.undoes.map(TaskId),
        target_id: model.target_id.map(TargetId),
        mode: rows::word("tasks.mode", &model.mode)?,
        data_type: model.data_type.map(|code| rows::data_type("tasks.data_type", code)).transpose()?,
        match_key: model.match_key.map(|key| rows::word("tasks.match_key", &key)).transpose()?,
        dry_run: model.dry_run,
        started_by: model.started_by.map(|text| rows::word("tasks.started_by", &text)).transpose()?,
        status: rows::word("tasks.status", &model.status)?,
        phase: rows::word("tasks.phase", &model.phase)?,
        message: model.message,
        held_by: model.held_by,
        attempt: model.attempt,
        begun: model.begun,
        retries_failed: model.retries_failed,
        owner: model.owner,
        counts: rows::json("tasks.counts", &model.counts)?,
        watermark: match (model.watermark_type, model.watermark_uid) {
            (Some(code), Some(uid)) => {
                Some(Watermark { data_type: rows::data_type("tasks.watermark_type", code)?, uid })
            }
            _ => None,
        },
        cost_ms: model.cost_ms,
        created_at: model.created_at,
        started_at: model.started_at,
        finished_at: model.finished_at,
    })
}
