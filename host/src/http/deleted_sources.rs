//! Deleted sources: what is left of them can be looked at, they can be restored, and what they gave can be taken
//! away. They are known by their ids, since their names may be others' by now.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::data_type::DataType;
use crate::domain::ids::SourceId;
use crate::domain::source::Source;
use crate::domain::task::Task;
use crate::store::{commit, records, sources, tasks};
use crate::sync::remove::Fate;

use super::auth::By;
use super::body::{Given, NotGiven};
use super::page::{IdCursor, Page, Paging, page};
use super::path::ById;
use super::problem::Problem;
use super::query::{Listed, Nothing, Query};
use super::router::App;
use super::sources::{self as live, COUNTED, accepted};
use super::view;

/// What becomes of the users and departments that a source gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Records {
    /// They stay as they are.
    Keep,
    /// They are switched off.
    Disable,
    /// They are deleted.
    Delete,
}

impl Records {
    pub(crate) fn fate(self) -> Option<Fate> {
        match self {
            Self::Keep => None,
            Self::Disable => Some(Fate::Disable),
            Self::Delete => Some(Fate::Delete),
        }
    }
}

/// Lists deleted sources by id.
#[utoipa::path(
    get, path = "/deleted-sources", tag = "sources", operation_id = "listDeletedSources",
    params(Paging<IdCursor>),
    responses((status = 200, description = "a page of them", body = Page<view::DeletedSource>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<IdCursor, Nothing>,
) -> Result<Json<Page<view::DeletedSource>>, Problem> {
    let (store, after) = (app.engine.store(), paging.after().map(|IdCursor(id)| SourceId(*id)));
    let mut found = sources::deleted(store.reader(), after, paging.fetch()).await?;
    let next = paging.cut(&mut found, |(last, _)| last.id.to_string());
    let mut shown = Vec::new();
    for (source, at) in &found {
        let of = async |data_type| {
            records::count_some(store.reader(), store.dialect(), source.id, data_type, COUNTED).await
        };
        let (users, departments) = (of(DataType::User).await?, of(DataType::Department).await?);
        shown.push(view::DeletedSource::new(source, *at, users, departments));
    }
    Ok(page(shown, next))
}

/// Restores a deleted source.
///
/// It is as it was, but for being disabled: its options, policy and schedule, its tasks, and the users and
/// departments that it gave are its own again.
#[utoipa::path(
    post, path = "/deleted-sources/{id}/restore", tag = "sources", operation_id = "restoreSource",
    params(ById),
    responses(
        (status = 200, description = "the source as it is now", body = view::Source),
        (status = 404, description = "there is no such deleted source"),
        (status = 409, description = "`name-taken`: another source has its name by now"),
    ),
)]
pub(crate) async fn restore(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<Json<view::Source>, Problem> {
    let source = find(&app, &id).await?;
    let tx = app.engine.store().begin().await?;
    if let Err(error) = sources::restore(&tx, &source, Timestamp::now().as_millisecond()).await {
        if error.is_unique_violation() {
            let detail = format!("there is a source `{}` already; delete that one first", source.name);
            return Err(Problem::conflict("name-taken", detail));
        }
        return Err(error.into());
    }
    commit(tx, "restore the source").await?;
    let restored = Source { enabled: false, ..source };
    Ok(Json(live::view(&app, &restored).await?))
}

/// What is to be taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"records": "disable"}))]
pub(crate) struct TakeAwayOrder {
    /// `disable` or `delete`.
    #[schema(value_type = String, pattern = "^(disable|delete)$")]
    pub(crate) records: Records,
}

/// Disables or deletes what a deleted source gave.
///
/// What another source gives as well stays. The task can be undone.
#[utoipa::path(
    post, path = "/deleted-sources/{id}/take-away", tag = "sources", operation_id = "takeAwayRecords",
    params(ById),
    request_body = TakeAwayOrder,
    responses(
        (status = 202, description = "the task, which goes on by itself", body = view::Accepted,
            headers(("location" = String, description = "the task's path"))),
        (status = 404, description = "there is no such deleted source"),
        (status = 409, description = "`source-busy`: its task `taskId` waits, runs or is held"),
        NotGiven,
    ),
)]
pub(crate) async fn take_away(
    State(app): State<App>,
    By(by): By,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
    Given(order): Given<TakeAwayOrder>,
) -> Result<Response, Problem> {
    let (_, task) = begin(&app, By(by), &id, order.records).await?;
    Ok(accepted(&task, view::Accepted::new(&task)))
}

/// Begins to take away what a deleted source gave; gives the source and the task.
pub(crate) async fn begin(
    app: &App,
    By(by): By,
    id: &str,
    records: Records,
) -> Result<(Source, Task), Problem> {
    let source = find(app, id).await?;
    let Some(fate) = records.fate() else {
        let detail = "records: `keep` takes nothing away; say `disable` or `delete`";
        let problem = Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, detail);
        return Err(problem.with_field("records"));
    };
    if let Some((task, status)) = tasks::open_of(app.engine.store().reader(), source.id).await? {
        let detail = format!("the source has task {task}, which is {status}; end that first");
        return Err(Problem::conflict("source-busy", detail).with_task(task));
    }
    let task = app.engine.take_away(source.clone(), fate, by).await?;
    Ok((source, task))
}

async fn find(app: &App, id: &str) -> Result<Source, Problem> {
    let missing = || Problem::not_found(format!("there is no deleted source {id}"));
    let number = id.parse().map_err(|_| missing())?;
    let found = sources::deleted_by_id(app.engine.store().reader(), SourceId(number)).await?;
    found.map(|(source, _)| source).ok_or_else(missing)
}
