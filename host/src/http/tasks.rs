//! Tasks and their changes: list, look at, retry, approve, reject, cancel.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use crate::domain::change::Outcome;
use crate::domain::data_type::DataType;
use crate::domain::ids::TaskId;
use crate::domain::task::Task;
use crate::store::changes::{self, ChangeFilter};
use crate::store::tasks::{self, TaskFilter};
use crate::store::{StoreError, sources};
use crate::sync::engine::SyncError;

use super::body::Answer;
use super::page::{Page, Paging, change_cursor, page};
use super::problem::Problem;
use super::query::Parameters;
use super::router::App;
use super::sources::source_filter;
use super::view;

/// GET /api/v1/tasks
pub(crate) async fn list(State(app): State<App>, mut parameters: Parameters) -> Result<Page, Problem> {
    let paging = Paging::take(&mut parameters)?;
    let source = parameters.text("source")?;
    let status = parameters.word("status")?;
    parameters.end()?;
    let source = source_filter(&app, source).await?;
    let filter = TaskFilter { source, status, before: paging.after_id()?.map(TaskId) };
    let mut found = tasks::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let next = paging.cut(&mut found, |last| last.id.to_string());
    Ok(page(views(&app, &found).await?, next))
}

/// GET /api/v1/tasks/{id}
pub(crate) async fn read(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let task = find(&app, &id).await?;
    answer(&app, &task).await
}

/// GET /api/v1/tasks/{id}/changes
pub(crate) async fn changes(
    State(app): State<App>,
    Path(id): Path<String>,
    mut parameters: Parameters,
) -> Result<Page, Problem> {
    let paging = Paging::take(&mut parameters)?;
    let (op, outcome) = (parameters.word("op")?, parameters.word::<Outcome>("outcome")?);
    let data_type = parameters.word::<DataType>("type")?;
    parameters.end()?;
    let task = find(&app, &id).await?;
    let filter = ChangeFilter { op, outcome, data_type, after: paging.after_change()? };
    let mut found = changes::list(app.engine.store().reader(), &task, &filter, paging.fetch()).await?;
    let next = paging.cut(&mut found, |last| change_cursor(last.data_type, &last.uid));
    Ok(page(found.iter().map(view::change).collect(), next))
}

/// POST /api/v1/tasks/{id}/retry
pub(crate) async fn retry(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<(StatusCode, Answer), Problem> {
    parameters.end()?;
    let task = app.engine.retry(task_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, answer(&app, &task).await?))
}

/// POST /api/v1/tasks/{id}/approve
pub(crate) async fn approve(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<(StatusCode, Answer), Problem> {
    parameters.end()?;
    let task = app.engine.approve(task_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, answer(&app, &task).await?))
}

/// POST /api/v1/tasks/{id}/reject
pub(crate) async fn reject(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let task = app.engine.reject(task_id(&id)?).await?;
    answer(&app, &task).await
}

/// POST /api/v1/tasks/{id}/cancel
pub(crate) async fn cancel(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<(StatusCode, Answer), Problem> {
    parameters.end()?;
    let task = app.engine.cancel(task_id(&id)?).await?;
    Ok((StatusCode::ACCEPTED, answer(&app, &task).await?))
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

async fn answer(app: &App, task: &Task) -> Result<Answer, Problem> {
    let views = views(app, std::slice::from_ref(task)).await?;
    Ok(Json(views.into_iter().next().unwrap_or_default()))
}

async fn views(app: &App, tasks: &[Task]) -> Result<Vec<Value>, StoreError> {
    let names = sources::names(app.engine.store().reader()).await?;
    let now = Timestamp::now().as_millisecond();
    let view = |task: &Task| {
        let source = names.get(&task.source_id.0).map_or("", String::as_str);
        view::task(task, source, app.engine.progress(task.id), now)
    };
    Ok(tasks.iter().map(view).collect())
}
