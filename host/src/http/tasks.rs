//! Tasks and their changes: list, look at, retry, approve, reject, cancel, undo.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::change::{Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::ids::TaskId;
use crate::domain::task::{Status, Task};
use crate::store::changes::ChangeFilter;
use crate::store::look::{self, Pace};
use crate::store::tasks::{self, TaskFilter};
use crate::store::{StoreError, deliveries, sources, targets};
use crate::sync::error::SyncError;

use super::auth::By;
use super::body::{MaybeGiven, NotGiven};
use super::page::{ChangeCursor, IdCursor, Page, Paging, change_cursor, page};
use super::path::ById;
use super::problem::Problem;
use super::query::{Listed, Nothing, Query};
use super::router::App;
use super::sources::{accepted, namesakes, source_filter};
use super::view::{self, BesideTask, TargetCounts};

/// Which tasks are listed.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TaskQuery {
    /// Only those of the source of this name, and of the deleted ones that had it.
    pub(crate) source: Option<String>,
    /// Only those that stand there.
    #[param(inline)]
    pub(crate) status: Option<Status>,
}

/// Lists tasks, the newest first.
#[utoipa::path(
    get, path = "/tasks", tag = "tasks", operation_id = "listTasks",
    params(Paging<IdCursor>, TaskQuery),
    responses((status = 200, description = "a page of them", body = Page<view::Task>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Listed(paging, query): Listed<IdCursor, TaskQuery>,
) -> Result<Json<Page<view::Task>>, Problem> {
    let namesakes = match &query.source {
        Some(name) => namesakes(&app, name).await?,
        None => Vec::new(),
    };
    let source = source_filter(&app, query.source).await?;
    let before = paging.after().map(|IdCursor(id)| TaskId(*id));
    let namesakes = namesakes.into_iter().filter(|id| Some(*id) != source).collect();
    let filter = TaskFilter { source, namesakes, status: query.status, before };
    let mut found = tasks::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let next = paging.cut(&mut found, |last| last.id.to_string());
    Ok(page(views(&app, &found).await?, next))
}

/// Shows a task.
#[utoipa::path(
    get, path = "/tasks/{id}", tag = "tasks", operation_id = "getTask",
    params(ById),
    responses(
        (status = 200, description = "the task", body = view::Task),
        (status = 404, description = "there is no such task"),
    ),
)]
pub(crate) async fn read(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<Json<view::Task>, Problem> {
    let task = find(&app, &id).await?;
    Ok(Json(view(&app, &task).await?))
}

/// Which changes of a task are listed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangeQuery {
    /// Only those that do this.
    #[param(inline)]
    pub(crate) op: Option<Op>,
    /// Only those that this became of.
    #[param(inline)]
    pub(crate) outcome: Option<Outcome>,
    /// Only those of users, or of departments.
    #[serde(rename = "type")]
    #[param(inline)]
    pub(crate) data_type: Option<DataType>,
}

/// Lists the changes of a task, in the order in which they are applied: departments, then users.
#[utoipa::path(
    get, path = "/tasks/{id}/changes", tag = "tasks", operation_id = "listChanges",
    params(ById, Paging<ChangeCursor>, ChangeQuery),
    responses(
        (status = 200, description = "a page of them", body = Page<view::Change>),
        (status = 404, description = "there is no such task"),
    ),
)]
pub(crate) async fn changes(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    Listed(paging, query): Listed<ChangeCursor, ChangeQuery>,
) -> Result<Json<Page<view::Change>>, Problem> {
    let ChangeQuery { op, outcome, data_type } = query;
    let task = find(&app, &id).await?;
    let after = paging.after().map(|ChangeCursor(mark)| mark.clone());
    let filter = ChangeFilter { op, outcome, data_type, after, ..ChangeFilter::default() };
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let looked = look::changes::changes(reader, dialect, &task, &filter, paging.fetch(), Pace::TO_THE_END);
    let look::Looked { mut found, until } = looked.await?;
    let next = paging.cut(&mut found, |last| change_cursor(last.data_type, &last.uid));
    let next = next.or(until.map(|last| change_cursor(last.data_type, &last.uid)));
    Ok(page(found.iter().map(view::Change::from).collect(), next))
}

/// Tries a failed or partial task again, and what targets have not taken of what a task did.
///
/// Of a partial one, only the records that failed; of one that succeeded, only what targets have not taken.
#[utoipa::path(
    post, path = "/tasks/{id}/retry", tag = "tasks", operation_id = "retryTask",
    params(ById),
    responses(
        (status = 202, description = "the task, which goes on by itself", body = view::Task),
        (status = 404, description = "there is no such task"),
        (status = 409, description = "`illegal-step`: it is neither failed nor partial, and targets have taken \
            all of it; `not-retriable`: \
            its records are gone, push them again; `already-running`, `source-disabled`, \
            `task-moved`"),
    ),
)]
pub(crate) async fn retry(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<(StatusCode, Json<view::Task>), Problem> {
    let task = app.engine.retry(task_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(view(&app, &task).await?)))
}

/// Approves the plan of a held task, so that it is applied.
#[utoipa::path(
    post, path = "/tasks/{id}/approve", tag = "tasks", operation_id = "approveTask",
    params(ById),
    responses(
        (status = 202, description = "the task, which goes on by itself", body = view::Task),
        (status = 404, description = "there is no such task"),
        (status = 409, description = "`illegal-step`: it is not held; `source-disabled`, `task-moved`"),
    ),
)]
pub(crate) async fn approve(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<(StatusCode, Json<view::Task>), Problem> {
    let task = app.engine.approve(task_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(view(&app, &task).await?)))
}

/// Rejects the plan of a held task: nothing of it is written.
#[utoipa::path(
    post, path = "/tasks/{id}/reject", tag = "tasks", operation_id = "rejectTask",
    params(ById),
    responses(
        (status = 200, description = "the task, cancelled", body = view::Task),
        (status = 404, description = "there is no such task"),
        (status = 409, description = "`illegal-step`: it is not held; `task-moved`"),
    ),
)]
pub(crate) async fn reject(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<Json<view::Task>, Problem> {
    let task = app.engine.reject(task_id(&id)?).await?;
    Ok(Json(view(&app, &task).await?))
}

/// Stops a task that waits, runs or is held.
///
/// A running one stops at its next step, and what it has written stays.
#[utoipa::path(
    post, path = "/tasks/{id}/cancel", tag = "tasks", operation_id = "cancelTask",
    params(ById),
    responses(
        (status = 202, description = "the task as it stands", body = view::Task),
        (status = 404, description = "there is no such task"),
        (status = 409, description = "`illegal-step`: it has ended; `task-moved`"),
    ),
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<(StatusCode, Json<view::Task>), Problem> {
    let task = app.engine.cancel(task_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, Json(view(&app, &task).await?)))
}

/// How a task is to be undone.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct UndoOrder {
    /// Whether to plan only and write nothing.
    pub(crate) dry_run: bool,
}

/// Undoes a task that is success or partial.
///
/// A task of its own takes back what the other one wrote, as far as nothing else has changed it since. No gate
/// holds it. What the source says is not changed by it: the next sync brings it again.
#[utoipa::path(
    post, path = "/tasks/{id}/undo", tag = "tasks", operation_id = "undoTask",
    params(ById),
    request_body = Option<UndoOrder>,
    responses(
        (status = 202, description = "the task that undoes it", body = view::Accepted,
            headers(("location" = String, description = "the task's path"))),
        (status = 404, description = "there is no such task"),
        (status = 409, description = "`illegal-step`: it is neither success nor partial; `not-undoable`: it is \
            undone already, wrote nothing, or its source is deleted"),
        NotGiven,
    ),
)]
pub(crate) async fn undo(
    State(app): State<App>,
    by: By,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
    MaybeGiven(order): MaybeGiven<UndoOrder>,
) -> Result<Response, Problem> {
    let task = begin_undo(&app, by, &id, order).await?;
    Ok(accepted(&task, view::Accepted::new(&task)))
}

/// Begins the task that undoes another one.
pub(crate) async fn begin_undo(app: &App, By(by): By, id: &str, order: UndoOrder) -> Result<Task, Problem> {
    Ok(app.engine.undo(task_id(id)?, order.dry_run, by).await?)
}

/// The task that a path or parameter names.
pub(crate) async fn find(app: &App, id: &str) -> Result<Task, Problem> {
    let id = task_id(id)?;
    let found = tasks::by_id(app.engine.store().reader(), id).await?;
    found.ok_or_else(|| SyncError::NoTask(id).into())
}

fn task_id(text: &str) -> Result<TaskId, Problem> {
    let id = text.parse().map(TaskId);
    id.map_err(|_| Problem::not_found(format!("there is no task {text}; a task's id is a number")))
}

async fn view(app: &App, task: &Task) -> Result<view::Task, StoreError> {
    let found = Looked::up(app, std::slice::from_ref(task)).await?;
    Ok(found.view(app, task))
}

/// A task as it is, and as it is shown.
pub(crate) async fn seen(app: &App, id: TaskId) -> Result<(Task, view::Task), Problem> {
    let found = tasks::by_id(app.engine.store().reader(), id).await?;
    let task = found.ok_or(SyncError::NoTask(id))?;
    let view = view(app, &task).await?;
    Ok((task, view))
}

async fn views(app: &App, page: &[Task]) -> Result<Vec<view::Task>, StoreError> {
    let found = Looked::up(app, page).await?;
    Ok(page.iter().map(|task| found.view(app, task)).collect())
}

/// What is looked up beside tasks, for all of a page at once.
struct Looked {
    sources: HashMap<i64, String>,
    undone_by: HashMap<TaskId, TaskId>,
    targets: HashMap<i64, String>,
    deliveries: HashMap<TaskId, Vec<TargetCounts>>,
}

impl Looked {
    async fn up(app: &App, page: &[Task]) -> Result<Self, StoreError> {
        let reader = app.engine.store().reader();
        let undone_by = tasks::undone_by(reader, page.iter().map(|task| task.id)).await?;
        let targets = targets::names(reader).await?;
        let mut counted: HashMap<TaskId, Vec<TargetCounts>> = HashMap::new();
        for tally in deliveries::of_tasks(reader, page.iter().map(|task| task.id)).await? {
            let name = targets.get(&tally.target_id).map_or("", String::as_str);
            let of_task = counted.entry(TaskId(tally.task_id)).or_default();
            let place = of_task.iter().position(|counts| counts.target() == name).unwrap_or_else(|| {
                of_task.push(TargetCounts::of(name));
                of_task.len() - 1
            });
            of_task[place].add(&tally);
        }
        Ok(Self { sources: sources::names(reader).await?, undone_by, targets, deliveries: counted })
    }

    fn view(&self, app: &App, task: &Task) -> view::Task {
        let source = self.sources.get(&task.source_id.0).map_or("", String::as_str);
        let undone_by = self.undone_by.get(&task.id).copied();
        let target = task.target_id.and_then(|id| self.targets.get(&id.0).cloned());
        let targets = self.deliveries.get(&task.id).cloned().unwrap_or_default();
        let beside = BesideTask { progress: app.engine.progress(task.id), undone_by, target, targets };
        view::Task::new(task, source, beside, Timestamp::now().as_millisecond())
    }
}
