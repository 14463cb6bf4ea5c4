//! Sources: list, add, look at, change, delete, check, sync.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::ids::SourceId;
use crate::domain::source::{API, Source};
use crate::domain::task::{Mode, Task};
use crate::store::{StoreError, commit, counters, sources, tasks};
use crate::sync::engine::SyncError;
use crate::sync::reader::{Plugins, SourceType};

use super::body::{Answer, Given, MaybeGiven};
use super::page::{Page, Paging, page};
use super::plugins::all_source_types;
use super::problem::Problem;
use super::query::{Parameters, at};
use super::router::App;
use super::source_input::{NewSource, Offer, Patch, WhyNot};
use super::view;

/// How long a check of a source's connection may take.
const CHECK_PATIENCE: Duration = Duration::from_secs(60);

/// GET /api/v1/sources
pub(crate) async fn list(State(app): State<App>, mut parameters: Parameters) -> Result<Page, Problem> {
    let paging = Paging::take(&mut parameters)?;
    parameters.end()?;
    let reader = app.engine.store().reader();
    let mut found = sources::list(reader, paging.after_text(), paging.fetch()).await?;
    let next = paging.cut(&mut found, |last| last.name.clone());
    Ok(page(views(&app, &found).await?, next))
}

/// POST /api/v1/sources
pub(crate) async fn create(
    State(app): State<App>,
    parameters: Parameters,
    Given(new): Given<NewSource>,
) -> Result<Response, Problem> {
    parameters.end()?;
    let types = all_source_types(app.engine.plugins());
    let mut source = {
        let offer = Offer { types: &types, why_not: &Installed(app.engine.plugins()) };
        new.check(&offer, now())?
    };
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
    let answer = answer(&app, &source).await?;
    let mut response = (StatusCode::CREATED, answer).into_response();
    response.headers_mut().insert(LOCATION, location.map_err(Problem::internal)?);
    Ok(response)
}

/// GET /api/v1/sources/{name}
pub(crate) async fn read(
    State(app): State<App>,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let source = find(&app, &name).await?;
    answer(&app, &source).await
}

/// PATCH /api/v1/sources/{name}
pub(crate) async fn change(
    State(app): State<App>,
    Path(name): Path<String>,
    parameters: Parameters,
    Given(patch): Given<Patch>,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let types = all_source_types(app.engine.plugins());
    // Read in the transaction that writes, so that of two changes at once neither undoes the other.
    let tx = app.engine.store().begin().await?;
    let found = sources::by_name(&tx, &name).await?;
    let source = found.ok_or(SyncError::NoSource(name))?;
    let changed = {
        let offer = Offer { types: &types, why_not: &Installed(app.engine.plugins()) };
        patch.apply(source, &offer, now())?
    };
    sources::update(&tx, &changed).await?;
    commit(tx, "write the source").await?;
    answer(&app, &changed).await
}

/// DELETE /api/v1/sources/{name}
pub(crate) async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.end()?;
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
    commit(tx, "delete the source").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// POST /api/v1/sources/{name}/check
pub(crate) async fn check(
    State(app): State<App>,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let source = find(&app, &name).await?;
    let plugins = app.engine.plugins();
    if source.source_type == API {
        return Ok(Json(json!({"ok": true})));
    }
    let failure = if offers(plugins, &source.source_type) {
        let checked = plugins.check(&source.source_type, source.options);
        match tokio::time::timeout(CHECK_PATIENCE, checked).await {
            Ok(checked) => checked.err().map(|failure| failure.to_string()),
            Err(_) => Some(format!("no answer within {} seconds", CHECK_PATIENCE.as_secs())),
        }
    } else {
        Some(plugins.why_not(&source.source_type))
    };
    Ok(Json(match failure {
        None => json!({"ok": true}),
        Some(message) => json!({"ok": false, "message": message}),
    }))
}

/// How a source is to be synced.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct SyncOrder {
    mode: Mode,
    dry_run: bool,
}

impl Default for SyncOrder {
    fn default() -> Self {
        Self { mode: Mode::Full, dry_run: false }
    }
}

/// POST /api/v1/sources/{name}/sync
pub(crate) async fn sync(
    State(app): State<App>,
    Path(name): Path<String>,
    parameters: Parameters,
    MaybeGiven(order): MaybeGiven<SyncOrder>,
) -> Result<Response, Problem> {
    parameters.end()?;
    let task = app.engine.sync(&name, order.mode, order.dry_run).await?;
    Ok(accepted(&task, view::accepted(&task)))
}

/// 202, with the path of the task.
pub(crate) fn accepted(task: &Task, body: Value) -> Response {
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

async fn find(app: &App, name: &str) -> Result<Source, Problem> {
    let found = sources::by_name(app.engine.store().reader(), name).await?;
    found.ok_or_else(|| SyncError::NoSource(name.to_owned()).into())
}

async fn answer(app: &App, source: &Source) -> Result<Answer, Problem> {
    let views = views(app, std::slice::from_ref(source)).await?;
    Ok(Json(views.into_iter().next().unwrap_or_default()))
}

async fn views(app: &App, sources: &[Source]) -> Result<Vec<Value>, StoreError> {
    let (store, plugins) = (app.engine.store(), app.engine.plugins());
    let ids = sources.iter().map(|source| source.id);
    let last = tasks::latest(store.reader(), store.dialect(), ids).await?;
    let types = all_source_types(plugins);
    let view = |source: &Source| {
        let offered = types.iter().find(|offered| offered.name == source.source_type);
        let schema = offered.map(|offered| &offered.options_schema);
        view::source(source, schema, last.get(&source.id), hindrance(source, offered, plugins))
    };
    Ok(sources.iter().map(view).collect())
}

/// Why a source takes neither syncs nor pushes, if it doesn't.
fn hindrance(source: &Source, offered: Option<&SourceType>, plugins: &dyn Plugins) -> Option<String> {
    if !source.enabled {
        return Some("the source is disabled".into());
    }
    offered.is_none().then(|| plugins.why_not(&source.source_type))
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
