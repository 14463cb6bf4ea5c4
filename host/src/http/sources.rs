//! Sources: list, add, look at, change, delete, check, sync.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::data_type::DataType;
use crate::domain::ids::SourceId;
use crate::domain::source::{API, Source};
use crate::domain::task::{Mode, Task};
use crate::store::{StoreError, commit, counters, cursors, records, sources, tasks};
use crate::sync::error::SyncError;
use crate::sync::reader::{PluginFailure, Plugins, SourceType};

use super::auth::By;
use super::body::{Given, MaybeGiven, NotGiven};
use super::deleted_sources::Records;
use super::page::{NameCursor, Page, Paging, page};
use super::path::ByName;
use super::plugins::all_source_types;
use super::problem::Problem;
use super::query::{Listed, Nothing, Query, at};
use super::router::App;
use super::source_input::{NewSource, Offer, Patch, WhyNot};
use super::view;

/// How long a check of a source's or target's connection may take.
const CHECK_PATIENCE: Duration = Duration::from_secs(60);
/// How far the records of a source are counted where somebody waits for it.
pub(crate) const COUNTED: u64 = 100_000;

/// Lists sources by name.
#[utoipa::path(
    get, path = "/sources", tag = "sources", operation_id = "listSources",
    params(Paging<NameCursor>),
    responses((status = 200, description = "a page of them", body = Page<view::Source>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<NameCursor, Nothing>,
) -> Result<Json<Page<view::Source>>, Problem> {
    let reader = app.engine.store().reader();
    let mut found =
        sources::list(reader, paging.after().map(|NameCursor(name)| name.as_str()), paging.fetch()).await?;
    let next = paging.cut(&mut found, |last| last.name.clone());
    Ok(page(views(&app, &found).await?, next))
}

/// Adds a source.
#[utoipa::path(
    post, path = "/sources", tag = "sources", operation_id = "createSource",
    request_body = NewSource,
    responses(
        (status = 201, description = "the source", body = view::Source,
            headers(("location" = String, description = "its path"))),
        (status = 409, description = "`name-taken`: there is such a source already"),
        NotGiven,
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    _: Query<Nothing>,
    Given(new): Given<NewSource>,
) -> Result<Response, Problem> {
    let mut source = with_offer(&app, |offer| new.check(offer, now()))?;
    let store = app.engine.store();
    let tx = store.begin().await?;
    source.id = SourceId(counters::take(&tx, store.dialect(), "sources", 1).await?);
    if let Err(error) = sources::insert(&tx, &source).await {
        if error.is_unique_violation() {
            let detail = format!("there is a source `{}` already", source.name);
            return Err(Problem::conflict("name-taken", detail).with_field("name"));
        }
        return Err(error.into());
    }
    commit(tx, "add the source").await?;
    let location = HeaderValue::from_str(&format!("/api/v1/sources/{}", source.name));
    let answer = view(&app, &source).await?;
    let mut response = (StatusCode::CREATED, Json(answer)).into_response();
    response.headers_mut().insert(LOCATION, location.map_err(Problem::internal)?);
    Ok(response)
}

/// Shows a source.
#[utoipa::path(
    get, path = "/sources/{name}", tag = "sources", operation_id = "getSource",
    params(ByName),
    responses(
        (status = 200, description = "the source", body = view::Source),
        (status = 404, description = "there is no such source"),
    ),
)]
pub(crate) async fn read(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
) -> Result<Json<view::Source>, Problem> {
    let source = find(&app, &name).await?;
    Ok(Json(view(&app, &source).await?))
}

/// Changes a source.
#[utoipa::path(
    patch, path = "/sources/{name}", tag = "sources", operation_id = "changeSource",
    params(ByName),
    request_body = Patch,
    responses(
        (status = 200, description = "the source as it is now", body = view::Source),
        (status = 404, description = "there is no such source"),
        NotGiven,
    ),
)]
pub(crate) async fn change(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
    Given(patch): Given<Patch>,
) -> Result<Json<view::Source>, Problem> {
    // Read in the transaction that writes, so that of two changes at once neither undoes the other.
    let tx = app.engine.store().begin().await?;
    let found = sources::by_name(&tx, &name).await?;
    let source = found.ok_or(SyncError::NoSource(name))?;
    let changed = with_offer(&app, |offer| patch.apply(source, offer, now()))?;
    sources::update(&tx, &changed).await?;
    commit(tx, "write the source").await?;
    Ok(Json(view(&app, &changed).await?))
}

/// What becomes of what a source gave.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RemoveQuery {
    /// What becomes of its users and departments; `keep` unless given.
    #[param(inline)]
    pub(crate) records: Option<Records>,
}

/// Deletes a source.
///
/// Its tasks stay, and so do its users and departments, unless `records` says otherwise: then a task switches them
/// off or deletes them, but for those that another source gives as well, and can be undone. The name is free again.
#[utoipa::path(
    delete, path = "/sources/{name}", tag = "sources", operation_id = "deleteSource",
    params(ByName, RemoveQuery),
    responses(
        (status = 202, description = "it is gone, and so will be what it gave: the task that takes that away",
            body = view::Accepted, headers(("location" = String, description = "the task's path"))),
        (status = 204, description = "it is gone, and what it gave stays"),
        (status = 404, description = "there is no such source"),
        (status = 409, description = "`built-in`: it is `api`; `source-busy`: its task `taskId` waits, runs or \
            is held"),
    ),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    By(by): By,
    Path(ByName { name }): Path<ByName>,
    Query(RemoveQuery { records }): Query<RemoveQuery>,
) -> Result<Response, Problem> {
    if name == API {
        let detail = "the source `api` is built in and can't be deleted; disable it instead";
        return Err(Problem::conflict("built-in", detail));
    }
    let tx = app.engine.store().begin().await?;
    let found = sources::by_name(&tx, &name).await?;
    let source = found.ok_or_else(|| SyncError::NoSource(name.clone()))?;
    if let Some((task, status)) = tasks::open_of(&tx, source.id).await? {
        let detail = format!("source `{name}` has task {task}, which is {status}; end that first");
        return Err(Problem::conflict("source-busy", detail).with_task(task));
    }
    sources::delete(&tx, source.id, now()).await?;
    cursors::take_away(&tx, source.id).await?;
    commit(tx, "delete the source").await?;
    match records.and_then(Records::fate) {
        None => Ok(StatusCode::NO_CONTENT.into_response()),
        Some(fate) => {
            let task = app.engine.take_away(source, fate, by).await?;
            Ok(accepted(&task, view::Accepted::new(&task)))
        }
    }
}

/// Tries to connect to what a source reads from.
#[utoipa::path(
    post, path = "/sources/{name}/check", tag = "sources", operation_id = "checkSource",
    params(ByName),
    responses(
        (status = 200, description = "whether that worked", body = view::Checked),
        (status = 404, description = "there is no such source"),
    ),
)]
pub(crate) async fn check(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
) -> Result<Json<view::Checked>, Problem> {
    let source = find(&app, &name).await?;
    Ok(connect(&app, source).await)
}

/// A source that is filled in and not stored.
pub(crate) enum Draft {
    New(NewSource),
    /// A change of the source of this name.
    Changed(String, Patch),
}

/// Checks what is filled in, and tries to connect with it.
pub(crate) async fn try_out(app: &App, draft: Draft) -> Result<Json<view::Checked>, Problem> {
    let source = match draft {
        Draft::New(new) => with_offer(app, |offer| new.check(offer, now()))?,
        Draft::Changed(name, patch) => {
            let source = find(app, &name).await?;
            with_offer(app, |offer| patch.apply(source, offer, now()))?
        }
    };
    Ok(connect(app, source).await)
}

async fn connect(app: &App, source: Source) -> Json<view::Checked> {
    let plugins = app.engine.plugins();
    if source.source_type == API {
        return Json(view::Checked::done(Vec::new()));
    }
    if !offers(plugins, &source.source_type) {
        return Json(view::Checked::failed(plugins.why_not(&source.source_type)));
    }
    checked(plugins.check(&source.source_type, source.options)).await
}

/// What came of trying to connect to a source or target.
pub(crate) async fn checked(
    trying: impl Future<Output = Result<Vec<String>, PluginFailure>>,
) -> Json<view::Checked> {
    Json(match tokio::time::timeout(CHECK_PATIENCE, trying).await {
        Ok(Ok(notes)) => view::Checked::done(notes),
        Ok(Err(failure)) => view::Checked::failed(failure.to_string()),
        Err(_) => view::Checked::failed(format!("no answer within {} seconds", CHECK_PATIENCE.as_secs())),
    })
}

/// How many users and departments a source gives; [`COUNTED`] stands for as many or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) users: u64,
    pub(crate) departments: u64,
}

/// How a source is to be synced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
#[schema(default, example = json!({"mode": "full", "dryRun": true}))]
pub(crate) struct SyncOrder {
    mode: Mode,
    /// Only plans and writes nothing.
    dry_run: bool,
}

impl Default for SyncOrder {
    fn default() -> Self {
        Self { mode: Mode::Full, dry_run: false }
    }
}

/// Starts a sync of a source that a plugin reads.
///
/// The body may be left out.
#[utoipa::path(
    post, path = "/sources/{name}/sync", tag = "sources", operation_id = "syncSource",
    params(ByName),
    request_body = Option<SyncOrder>,
    responses(
        (status = 202, description = "the task, which goes on by itself", body = view::Accepted,
            headers(("location" = String, description = "the task's path"))),
        (status = 404, description = "there is no such source"),
        (status = 409, description = "`source-disabled`; `already-running`: it is being synced by `taskId`; \
            `wrong-source-type`: clients push to it; `not-runnable`: the plugin can't be used"),
        NotGiven,
    ),
)]
pub(crate) async fn sync(
    State(app): State<App>,
    by: By,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
    MaybeGiven(order): MaybeGiven<SyncOrder>,
) -> Result<Response, Problem> {
    let task = begin(&app, by, &name, &order).await?;
    Ok(accepted(&task, view::Accepted::new(&task)))
}

/// Starts a sync; gives its task.
pub(crate) async fn begin(app: &App, By(by): By, name: &str, order: &SyncOrder) -> Result<Task, Problem> {
    Ok(app.engine.sync(name, order.mode, order.dry_run, by).await?)
}

/// How many records a source has, as far as counting them is quick.
pub(crate) async fn count(app: &App, name: &str) -> Result<Holding, Problem> {
    let (source, store) = (find(app, name).await?, app.engine.store());
    let of = async |data_type| {
        let (reader, dialect) = (store.reader(), store.dialect());
        records::count_some(reader, dialect, source.id, data_type, COUNTED).await
    };
    Ok(Holding { users: of(DataType::User).await?, departments: of(DataType::Department).await? })
}

/// 202, with the path of the task.
pub(crate) fn accepted(task: &Task, body: impl Serialize) -> Response {
    let location = [(LOCATION, view::task_path(task.id))];
    (StatusCode::ACCEPTED, location, Json(body)).into_response()
}

/// The source that a filter names, deleted ones too: their users and tasks are still there.
pub(crate) async fn source_filter(app: &App, name: Option<String>) -> Result<Option<SourceId>, Problem> {
    let Some(name) = name else { return Ok(None) };
    let reader = app.engine.store().reader();
    if let Some(source) = sources::by_name(reader, &name).await? {
        return Ok(Some(source.id));
    }
    let all = sources::names(reader).await?;
    let latest = all.iter().filter(|(_, known)| **known == name).map(|(id, _)| SourceId(*id)).max();
    latest.map(Some).ok_or_else(|| at("source", &format!("there is no source `{name}`")))
}

/// All sources that have or had this name.
pub(crate) async fn namesakes(app: &App, name: &str) -> Result<Vec<SourceId>, StoreError> {
    let all = sources::names(app.engine.store().reader()).await?;
    Ok(all.into_iter().filter(|(_, known)| known == name).map(|(id, _)| SourceId(id)).collect())
}

/// The names of all sources, in their order; for choosing one.
pub(crate) async fn all_names(app: &App) -> Result<Vec<String>, StoreError> {
    let all = sources::list(app.engine.store().reader(), None, u64::MAX >> 1).await?;
    Ok(all.into_iter().map(|source| source.name).collect())
}

/// The sources that are made of one of these types, in their order.
pub(crate) async fn made_of(app: &App, types: &[&str]) -> Result<Vec<view::Source>, StoreError> {
    let mut all = sources::list(app.engine.store().reader(), None, u64::MAX >> 1).await?;
    all.retain(|source| types.contains(&source.source_type.as_str()));
    views(app, &all).await
}

async fn find(app: &App, name: &str) -> Result<Source, Problem> {
    let found = sources::by_name(app.engine.store().reader(), name).await?;
    found.ok_or_else(|| SyncError::NoSource(name.to_owned()).into())
}

pub(super) async fn view(app: &App, source: &Source) -> Result<view::Source, StoreError> {
    let plugins = app.engine.plugins();
    let known = Known::of(app, std::slice::from_ref(source)).await?;
    Ok(shown(source, &known, &all_source_types(plugins), plugins))
}

async fn views(app: &App, sources: &[Source]) -> Result<Vec<view::Source>, StoreError> {
    let (known, plugins) = (Known::of(app, sources).await?, app.engine.plugins());
    let types = all_source_types(plugins);
    Ok(sources.iter().map(|source| shown(source, &known, &types, plugins)).collect())
}

/// What is known of sources besides their rows.
struct Known {
    latest: HashMap<SourceId, Task>,
    /// What the cursors were made with, and when.
    cursors: HashMap<SourceId, (i64, i64)>,
}

impl Known {
    async fn of(app: &App, sources: &[Source]) -> Result<Self, StoreError> {
        let store = app.engine.store();
        let ids = || sources.iter().map(|source| source.id);
        let latest = tasks::latest(store.reader(), store.dialect(), ids()).await?;
        Ok(Self { latest, cursors: cursors::times(store.reader(), ids()).await? })
    }
}

fn shown(source: &Source, known: &Known, types: &[SourceType], plugins: &dyn Plugins) -> view::Source {
    let offered = types.iter().find(|offered| offered.name == source.source_type);
    let cursor = known.cursors.get(&source.id).filter(|(made_with, _)| {
        offered.is_some_and(|offer| offer.incremental && offer.made_with(&source.options) == *made_with)
    });
    let beside = view::BesideSource {
        schema: offered.map(|offered| &offered.options_schema),
        last: known.latest.get(&source.id),
        incremental: offered.is_some_and(|offer| offer.incremental),
        cursor_at: cursor.map(|(_, at)| *at),
        hindrance: hindrance(source, offered, plugins),
    };
    view::Source::new(source, beside)
}

/// Why a source takes neither syncs nor pushes, if it doesn't.
fn hindrance(source: &Source, offered: Option<&SourceType>, plugins: &dyn Plugins) -> Option<String> {
    if !source.enabled {
        return Some("the source is disabled".into());
    }
    offered.is_none().then(|| plugins.why_not(&source.source_type))
}

/// Has an input checked against the source types as they are now.
fn with_offer<T>(app: &App, check: impl FnOnce(&Offer<'_>) -> T) -> T {
    let plugins = app.engine.plugins();
    check(&Offer { types: &all_source_types(plugins), why_not: &Installed(plugins) })
}

fn offers(plugins: &dyn Plugins, source_type: &str) -> bool {
    plugins.source_types().iter().any(|offered| offered.name == source_type)
}

/// The plugins as they explain themselves to an input that is checked.
#[derive(Debug)]
struct Installed<'a>(&'a dyn Plugins);

impl WhyNot for Installed<'_> {
    fn why_not(&self, source_type: &str) -> String {
        self.0.why_not(source_type)
    }
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}
