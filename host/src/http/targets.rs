//! Targets: list, add, look at, change, delete, check, fill, retry, and what is delivered to them.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, TargetId};
use crate::domain::target::{DeliveryState, Target};
use crate::domain::task::Mode;
use crate::store::deliveries::{self, DeliveryFilter, DeliveryRow};
use crate::store::{StoreError, commit, counters, targets};
use crate::sync::delivery::outlet::{Cause, OutletOrder};
use crate::sync::reader::Plugins;

use super::auth::By;
use super::body::{Given, NotGiven};
use super::page::{ChangeCursor, NameCursor, Page, Paging, change_cursor, page};
use super::path::ByName;
use super::problem::Problem;
use super::query::{Listed, Nothing, Query};
use super::router::App;
use super::sources::{accepted, checked};
use super::target_input::{NewTarget, TargetPatch};
use super::view::{self, DeliveryCounts};

/// Lists what targets can be made of, by name: what plugins that are ready offer.
#[utoipa::path(
    get, path = "/target-types", tag = "targets", operation_id = "listTargetTypes",
    params(Paging<NameCursor>),
    responses((status = 200, description = "a page of them", body = Page<view::TargetType>)),
)]
pub(crate) async fn types(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<NameCursor, Nothing>,
) -> Json<Page<view::TargetType>> {
    let (types, next) = paging.of_all(app.engine.plugins().target_types(), |offer| offer.name.clone());
    page(types.into_iter().map(view::TargetType::from).collect(), next)
}

/// Lists targets by name.
#[utoipa::path(
    get, path = "/targets", tag = "targets", operation_id = "listTargets",
    params(Paging<NameCursor>),
    responses((status = 200, description = "a page of them", body = Page<view::Target>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<NameCursor, Nothing>,
) -> Result<Json<Page<view::Target>>, Problem> {
    let reader = app.engine.store().reader();
    let after = paging.after().map(|NameCursor(name)| name.as_str());
    let mut found = targets::list(reader, after, paging.fetch()).await?;
    let next = paging.cut(&mut found, |last| last.name.clone());
    Ok(page(views(&app, &found).await?, next))
}

/// Adds a target, and begins to fill it with what is in the directory already.
///
/// That is a task of its own, of kind `backfill`.
#[utoipa::path(
    post, path = "/targets", tag = "targets", operation_id = "createTarget",
    request_body = NewTarget,
    responses(
        (status = 201, description = "the target", body = view::Target,
            headers(("location" = String, description = "its path"))),
        (status = 409, description = "`name-taken`: there is such a target already"),
        NotGiven,
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    By(by): By,
    _: Query<Nothing>,
    Given(new): Given<NewTarget>,
) -> Result<Response, Problem> {
    let mut target = new.check(app.engine.plugins(), now())?;
    understood(&app, &target).await?;
    let store = app.engine.store();
    let filling = app.engine.filling().await?;
    let tx = store.begin().await?;
    target.id = TargetId(counters::take(&tx, store.dialect(), "targets", 1).await?);
    if let Err(error) = targets::insert(&tx, &target).await {
        if error.is_unique_violation() {
            let detail = format!("there is a target `{}` already", target.name);
            return Err(Problem::conflict("name-taken", detail).with_field("name"));
        }
        return Err(error.into());
    }
    let task = if target.enabled { Some(filling.note(&tx, &target, Mode::Full, by).await?) } else { None };
    commit(tx, "add the target").await?;
    if let Some(task) = task {
        filling.begin(task);
    }
    let location = HeaderValue::from_str(&format!("/api/v1/targets/{}", target.name));
    let mut response = (StatusCode::CREATED, Json(view(&app, &target).await?)).into_response();
    response.headers_mut().insert(LOCATION, location.map_err(Problem::internal)?);
    Ok(response)
}

/// Has the plugin read the options: a schema can't tell an address from a text. What else is wrong, if the
/// plugin can't be asked now, deliveries tell.
async fn understood(app: &App, target: &Target) -> Result<(), Problem> {
    let order = OutletOrder {
        target_type: target.target_type.clone(),
        options: target.options.clone(),
        label: format!("target {}", target.name),
        stop: CancellationToken::new(),
    };
    match app.engine.plugins().open_target(order).await {
        Ok(outlet) => {
            if let Err(refusal) = outlet.close().await {
                warn!("target {}: its options were read, and then: {refusal}", target.name);
            }
            Ok(())
        }
        Err(refusal) if refusal.cause == Cause::Config => Err(Problem::invalid("options", refusal.message)),
        Err(_) => Ok(()),
    }
}

/// Shows a target.
#[utoipa::path(
    get, path = "/targets/{name}", tag = "targets", operation_id = "getTarget",
    params(ByName),
    responses(
        (status = 200, description = "the target", body = view::Target),
        (status = 404, description = "there is no such target"),
    ),
)]
pub(crate) async fn read(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
) -> Result<Json<view::Target>, Problem> {
    let target = find(&app, &name).await?;
    Ok(Json(view(&app, &target).await?))
}

/// Changes a target.
///
/// One that is enabled again is filled with what has changed meanwhile, by a task of its own.
#[utoipa::path(
    patch, path = "/targets/{name}", tag = "targets", operation_id = "changeTarget",
    params(ByName),
    request_body = TargetPatch,
    responses(
        (status = 200, description = "the target as it is now", body = view::Target),
        (status = 404, description = "there is no such target"),
        NotGiven,
    ),
)]
pub(crate) async fn change(
    State(app): State<App>,
    By(by): By,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
    Given(patch): Given<TargetPatch>,
) -> Result<Json<view::Target>, Problem> {
    // Asked before the transaction, which no plugin is to hold up.
    let known = find(&app, &name).await?;
    let asked = patch.clone().apply(known.clone(), app.engine.plugins(), now())?;
    if asked.options != known.options {
        understood(&app, &asked).await?;
    }
    let filling = app.engine.filling().await?;
    // Read in the transaction that writes, so that of two changes at once neither undoes the other.
    let tx = app.engine.store().begin().await?;
    let target = targets::by_name(&tx, &name).await?.ok_or_else(|| missing(&name))?;
    let changed = patch.apply(target.clone(), app.engine.plugins(), now())?;
    targets::update(&tx, &changed).await?;
    let takes_more = changed.takes.iter().any(|data_type| !target.takes.contains(data_type));
    let needs_filling = changed.enabled && (!target.enabled || takes_more);
    let task =
        if needs_filling { Some(filling.note(&tx, &changed, Mode::Incremental, by).await?) } else { None };
    commit(tx, "write the target").await?;
    if let Some(task) = task {
        filling.begin(task);
    }
    app.engine.targets_changed();
    Ok(Json(view(&app, &changed).await?))
}

/// Deletes a target.
///
/// What it has received stays there. The name is free again.
#[utoipa::path(
    delete, path = "/targets/{name}", tag = "targets", operation_id = "deleteTarget",
    params(ByName),
    responses(
        (status = 204, description = "it is gone"),
        (status = 404, description = "there is no such target"),
    ),
)]
pub(crate) async fn remove(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
) -> Result<StatusCode, Problem> {
    let tx = app.engine.store().begin().await?;
    let target = targets::by_name(&tx, &name).await?.ok_or_else(|| missing(&name))?;
    targets::delete(&tx, target.id, now()).await?;
    commit(tx, "delete the target").await?;
    app.engine.targets_changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Tries to connect to a target, and writes nothing there.
#[utoipa::path(
    post, path = "/targets/{name}/check", tag = "targets", operation_id = "checkTarget",
    params(ByName),
    responses(
        (status = 200, description = "whether that worked", body = view::Checked),
        (status = 404, description = "there is no such target"),
    ),
)]
pub(crate) async fn check(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
) -> Result<Json<view::Checked>, Problem> {
    let target = find(&app, &name).await?;
    let trying = app.engine.check_target(&target.target_type, target.options);
    Ok(checked(async { trying.await.map(|()| Vec::new()) }).await)
}

/// Sends a target everything again, by a task of its own.
///
/// Also what it has confirmed already: that may be gone from it, or have been changed there.
#[utoipa::path(
    post, path = "/targets/{name}/backfill", tag = "targets", operation_id = "backfillTarget",
    params(ByName),
    responses(
        (status = 202, description = "the task, which goes on by itself", body = view::Accepted,
            headers(("location" = String, description = "the task's path"))),
        (status = 404, description = "there is no such target"),
        (status = 409, description = "`target-disabled`"),
    ),
)]
pub(crate) async fn backfill(
    State(app): State<App>,
    By(by): By,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
) -> Result<Response, Problem> {
    let target = find(&app, &name).await?;
    let task = app.engine.backfill(&target, by).await?;
    Ok(accepted(&task, view::Accepted::new(&task)))
}

/// Has everything tried again at once that a target refused, or that waits after a failure.
#[utoipa::path(
    post, path = "/targets/{name}/retry", tag = "targets", operation_id = "retryTarget",
    params(ByName),
    responses(
        (status = 202, description = "how much that is", body = view::Retried),
        (status = 404, description = "there is no such target"),
    ),
)]
pub(crate) async fn retry(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    _: Query<Nothing>,
) -> Result<(StatusCode, Json<view::Retried>), Problem> {
    let target = find(&app, &name).await?;
    let retried = app.engine.retry_target(target.id).await?;
    Ok((StatusCode::ACCEPTED, Json(view::Retried { retried })))
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// Only those that stand there.
    #[param(inline)]
    pub(crate) state: Option<DeliveryState>,
    /// Only those of users, or of departments.
    #[serde(rename = "type")]
    #[param(inline)]
    pub(crate) data_type: Option<DataType>,
}

/// Lists what a target has, or is to have, of users and departments: departments by id, then users.
#[utoipa::path(
    get, path = "/targets/{name}/deliveries", tag = "targets", operation_id = "listDeliveries",
    params(ByName, Paging<ChangeCursor>, DeliveryQuery),
    responses(
        (status = 200, description = "a page of them", body = Page<view::Delivery>),
        (status = 404, description = "there is no such target"),
    ),
)]
pub(crate) async fn deliveries(
    State(app): State<App>,
    Path(ByName { name }): Path<ByName>,
    Listed(paging, query): Listed<ChangeCursor, DeliveryQuery>,
) -> Result<Json<Page<view::Delivery>>, Problem> {
    let DeliveryQuery { state, data_type } = query;
    let target = find(&app, &name).await?.id;
    let after = paging
        .after()
        .map(|ChangeCursor(mark)| (mark.data_type, LocalId(mark.uid.parse().unwrap_or_default())));
    let filter = DeliveryFilter { target, state, data_type, after };
    let (mut found, is_cut) = deliveries::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let place = |last: &DeliveryRow| {
        let data_type = DataType::from_code(last.data_type).unwrap_or(DataType::User);
        change_cursor(data_type, &last.local_id.to_string())
    };
    let next = paging.cut(&mut found, place).or_else(|| found.last().filter(|_| is_cut).map(place));
    let shown: Result<Vec<_>, StoreError> = found.into_iter().map(view::Delivery::new).collect();
    Ok(page(shown?, next))
}

async fn find(app: &App, name: &str) -> Result<Target, Problem> {
    targets::by_name(app.engine.store().reader(), name).await?.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Problem {
    Problem::not_found(format!("there is no target `{name}`"))
}

async fn view(app: &App, target: &Target) -> Result<view::Target, StoreError> {
    let mut views = views(app, std::slice::from_ref(target)).await?;
    views.pop().ok_or_else(|| StoreError::Damaged(format!("target {} is gone", target.name)))
}

/// Whether there is or was a target of this name: tasks name those that they were delivered to.
pub(crate) async fn was_there(app: &App, name: &str) -> Result<bool, StoreError> {
    Ok(targets::names(app.engine.store().reader()).await?.values().any(|known| known == name))
}

/// The targets that are made of one of these types, in their order.
pub(crate) async fn made_of(app: &App, types: &[&str]) -> Result<Vec<view::Target>, StoreError> {
    let mut all = targets::list(app.engine.store().reader(), None, u64::MAX >> 1).await?;
    all.retain(|target| types.contains(&target.target_type.as_str()));
    views(app, &all).await
}

async fn views(app: &App, shown: &[Target]) -> Result<Vec<view::Target>, StoreError> {
    let reader = app.engine.store().reader();
    let plugins = app.engine.plugins();
    let types = plugins.target_types();
    let mut counts: HashMap<i64, DeliveryCounts> = HashMap::new();
    for tally in deliveries::of_targets(reader, shown.iter().map(|target| target.id)).await? {
        counts.entry(tally.target_id).or_default().add(&tally);
    }
    let view = |target: &Target| {
        let offer = types.iter().find(|offer| offer.name == target.target_type);
        let counts = counts.get(&target.id.0).copied().unwrap_or_default();
        let schema = offer.map(|offer| &offer.options_schema);
        view::Target::new(target, schema, counts, hindrance(target, schema.is_some(), plugins))
    };
    Ok(shown.iter().map(view).collect())
}

/// Why nothing is delivered to a target, whatever it says itself.
fn hindrance(target: &Target, is_offered: bool, plugins: &dyn Plugins) -> Option<String> {
    if !target.enabled {
        return Some("the target is disabled".into());
    }
    (!is_offered).then(|| plugins.why_no_target(&target.target_type))
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}
