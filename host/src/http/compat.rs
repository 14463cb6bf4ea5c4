//! The push API that existing clients know, `/api/userData:…`. Its answers and errors have a shape of
//! their own, which `view/compatible.rs` has.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use crate::domain::change::{Change, identified};
use crate::domain::data_type::DataType;
use crate::domain::json;
use crate::domain::policy::MatchKey;
use crate::domain::record::{Record, Understood};
use crate::domain::source::API;
use crate::domain::task::{Mode, Status, Task};
use crate::store::sources;
use crate::sync::engine::Push;
use crate::sync::error::SyncError;
use crate::sync::intake::{Format, Piece};

use super::admission::Party;
use super::auth::{By, Grant};
use super::body::{require_json, whole};
use super::idempotency;
use super::plugins::all_source_types;
use super::problem::Problem;
use super::push::{Replay, done, failed};
use super::query::{Nothing, Query};
use super::record::PushedRecord;
use super::router::App;
use super::tasks;
use super::view::{
    CompatibleFailed, CompatibleHeld, CompatiblePushed, CompatibleStarted, CompatibleSyncType, Data,
};

const PREFIX: &str = "/api/userData:";

/// How many failed changes are read at once.
const PAGE: u64 = 1_000;
/// How many of them the answer tells; all are in the task's changes.
const MOST_FAILED: usize = 10_000;

/// Whether a path is one of these, so that errors there have their shape.
pub(crate) fn is_compatible(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// The body of a push. Keys that are not known are left alone, as clients have always been free to send
/// them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CompatiblePush, example = json!({
    "dataType": "user", "matchKey": "email", "records": [{"uid": "1", "username": "ann"}],
}))]
pub(crate) struct PushBody<'a> {
    #[schema(required, value_type = DataType)]
    data_type: Option<String>,
    /// How records without a link find existing users; what the source's policy says unless given.
    #[schema(value_type = Option<MatchKey>)]
    match_key: Option<String>,
    /// The source to push to; `api` unless given.
    source_name: Option<String>,
    #[serde(borrow)]
    #[schema(required, value_type = Vec<PushedRecord>)]
    records: Option<&'a RawValue>,
}

/// A push that makes sense.
#[derive(Debug)]
struct Order {
    data_type: DataType,
    match_key: Option<MatchKey>,
    source: String,
    /// The JSON array of records, as text.
    records: Bytes,
}

/// Pushes records, as clients of the documented API do.
///
/// The body is at most 64 MiB long after decompression, unless the daemon is set otherwise. Each record is
/// taken or fails alone.
#[utoipa::path(
    post, path = "/api/userData:push", tag = "compatible", operation_id = "compatiblePush",
    params(
        ("idempotency-key" = Option<String>, Header, min_length = 1, max_length = 255,
            pattern = r"^[!-~]([\t -~]*[!-~])?$", description = "a name for this push, 1 to 255 characters: \
            sent again under it within a day, it is not taken again, and answered as the first one"),
    ),
    request_body = PushBody<'static>,
    responses(
        (status = 200, description = "done; single records may have failed", body = Data<CompatiblePushed>),
        (status = 202, description = "held by a gate: nothing is written until somebody approves the task",
            body = Data<CompatibleHeld>),
        (status = 400, description = "no JSON; `dataType`, `matchKey` or `sourceName` unknown; `records` \
            missing or no array"),
        (status = 408, description = "the body did not arrive in time"),
        (status = 409, description = "the push's task was cancelled before its end, or the push that came first under \
            this idempotency key is still being received"),
        (status = 413, description = "the body is too long"),
        (status = 415, description = "the body is not said to be JSON, or its encoding is unknown"),
        (status = 422, description = "the source is disabled, or not one that is pushed to; or the idempotency key \
            belongs to another push"),
    ),
)]
pub(crate) async fn push(
    State(app): State<App>,
    Extension(grant): Extension<Grant>,
    _: Query<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    require_json(&headers)?;
    let held = app.admission.hold(Party::of(&grant, None));
    let (body, _held) = whole(body, app.settings.http.max_push_bytes, held).await?;
    let (body, order) = order(body).await?;
    // A token that is bound to a source decides which it is, whatever the body says.
    let (source, _place) = match grant.source.clone() {
        Some(bound) => (bound, None),
        None => {
            let place = app.admission.join(&order.source).await?;
            (order.source, Some(place))
        }
    };
    let asked = format!("{} {:?}", order.data_type, order.match_key);
    let (repeatable, fingerprint) = idempotency::repeatable(&headers, &grant, &asked)?.unzip();
    if let Some(mut fingerprint) = fingerprint {
        fingerprint.update(&order.records);
        fingerprint.tell();
    }
    let (pieces, queue) = mpsc::channel(2);
    for piece in [Piece::Body(order.records), Piece::End] {
        pieces.try_send(piece).map_err(Problem::internal)?;
    }
    let push = Push {
        data_type: order.data_type,
        mode: Mode::Incremental,
        match_key: order.match_key,
        match_keys: grant.match_keys(),
        format: Format::Array(order.data_type),
        pieces: queue,
        wait: true,
        repeatable,
        by: grant.by,
    };
    let pushed = app.engine.push(&source, push).await.map_err(refused)?;
    let (task, replay) = done(&app, pushed, true).await?;
    let mut response = answer(&app, &task, order.data_type, &body).await?;
    if replay == Replay::Yes {
        idempotency::mark_replayed(&mut response);
    }
    Ok(response)
}

async fn answer(app: &App, task: &Task, data_type: DataType, body: &Bytes) -> Result<Response, Problem> {
    if task.status == Status::Held {
        let held = Data::new(CompatibleHeld::new(task));
        return Ok((StatusCode::ACCEPTED, Json(held)).into_response());
    }
    let failed = failed_records(app, task, body).await?;
    Ok(Json(Data::new(CompatiblePushed::new(task, data_type, failed))).into_response())
}

/// Which source is pulled.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PullQuery {
    /// The name of the source to sync.
    #[param(min_length = 1)]
    name: String,
}

/// Starts a full sync of a source.
#[utoipa::path(
    post, path = "/api/userData:pull", tag = "compatible", operation_id = "compatiblePull",
    params(PullQuery),
    responses(
        (status = 200, description = "the task, which goes on by itself", body = Data<CompatibleStarted>),
        (status = 409, description = "the source is being synced, or its plugin can't be used"),
        (status = 422, description = "the source is disabled, or one that is pushed to"),
    ),
)]
pub(crate) async fn pull(
    State(app): State<App>,
    By(by): By,
    Query(query): Query<PullQuery>,
) -> Result<Json<Data<CompatibleStarted>>, Problem> {
    let task = app.engine.sync(&query.name, Mode::Full, false, by).await.map_err(refused)?;
    Ok(Json(Data::new(CompatibleStarted::new(&task))))
}

/// Which task is tried again.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct RetryQuery {
    /// The name or number of the task's source.
    source_id: Option<String>,
    /// The task's id.
    #[param(value_type = i64)]
    id: String,
}

/// Tries a failed or partial task again.
#[utoipa::path(
    post, path = "/api/userData:retry", tag = "compatible", operation_id = "compatibleRetry",
    params(RetryQuery),
    responses(
        (status = 200, description = "the task, which goes on by itself", body = Data<CompatibleStarted>),
        (status = 404, description = "there is no such task, or it is another source's"),
        (status = 409, description = "it is neither failed nor partial, its records are gone, or its source \
            is being synced"),
        (status = 422, description = "the source is disabled"),
    ),
)]
pub(crate) async fn retry(
    State(app): State<App>,
    Query(query): Query<RetryQuery>,
) -> Result<Json<Data<CompatibleStarted>>, Problem> {
    let RetryQuery { source_id, id } = query;
    let task = tasks::find(&app, &id).await?;
    if let Some(source) = source_id {
        let names = sources::names(app.engine.store().reader()).await?;
        let own = task.source_id.0;
        if source != own.to_string() && names.get(&own) != Some(&source) {
            return Err(Problem::not_found(format!("source `{source}` has no task {id}")));
        }
    }
    let task = app.engine.retry(task.id).await.map_err(refused)?;
    Ok(Json(Data::new(CompatibleStarted::new(&task))))
}

/// Lists what sources can be made of.
#[utoipa::path(
    get, path = "/api/userData:listSyncTypes", tag = "compatible", operation_id = "compatibleListSyncTypes",
    responses((status = 200, description = "all of them", body = Data<Vec<CompatibleSyncType>>)),
)]
pub(crate) async fn list_sync_types(
    State(app): State<App>,
    _: Query<Nothing>,
) -> Json<Data<Vec<CompatibleSyncType>>> {
    let types = all_source_types(app.engine.plugins());
    Json(Data::new(types.into_iter().map(CompatibleSyncType::from).collect()))
}

/// What the engine refuses. These clients know the statuses of bad requests and no 409 for sources.
fn refused(error: SyncError) -> Problem {
    let detail = error.to_string();
    match error {
        SyncError::NoSource(_) => Problem::bad_request(detail),
        SyncError::Disabled(_) | SyncError::NotPushable(_) | SyncError::NothingToRead(_) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
        other => other.into(),
    }
}

/// Parses on a thread of its own: a body may be 64 MiB long. Returns the text that was parsed as well.
async fn order(body: Bytes) -> Result<(Bytes, Order), Problem> {
    let parsed = tokio::task::spawn_blocking(move || {
        let body = text(body)?;
        let order = parse(&body)?;
        Ok((body, order))
    });
    parsed.await.map_err(Problem::internal)?
}

/// The body as text that can be parsed as a whole: what is no UTF-8 within a record is that record's fault alone.
fn text(body: Bytes) -> Result<Bytes, Problem> {
    let opened = json::opening(&body).map_err(|wrong| Problem::bad_request(format!("the body {wrong}")))?;
    Ok(match json::escape_bytes(opened) {
        Cow::Borrowed(whole) => body.slice_ref(whole),
        Cow::Owned(escaped) => escaped.into(),
    })
}

fn parse(body: &Bytes) -> Result<Order, Problem> {
    // serde would take a list for the keys in their order.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::bad_request("the body is not what a push should be: it is a list"));
    }
    let given: PushBody<'_> = serde_json::from_slice(body).map_err(|reason| {
        let what = if reason.is_data() { "what a push should be" } else { "valid JSON" };
        Problem::bad_request(format!("the body is not {what}: {reason}"))
    })?;
    let wrong = |key: &str, reason: String| Problem::bad_request(format!("{key}: {reason}"));
    let Some(data_type) = given.data_type else {
        return Err(wrong("dataType", "is missing: `user` or `department`".into()));
    };
    let match_key = given.match_key.filter(|key| !key.is_empty());
    let records = given.records.ok_or_else(|| wrong("records", "is missing: an array of records".into()))?;
    if !records.get().starts_with('[') {
        return Err(wrong("records", "must be an array of records".into()));
    }
    Ok(Order {
        data_type: data_type.parse().map_err(|reason| wrong("dataType", reason))?,
        match_key: match_key
            .map(|key| key.parse().map_err(|reason| wrong("matchKey", reason)))
            .transpose()?,
        source: given.source_name.filter(|name| !name.is_empty()).unwrap_or_else(|| API.into()),
        records: body.slice_ref(records.get().as_bytes()),
    })
}

/// The failed records as they were given, each with its reason.
async fn failed_records(app: &App, task: &Task, body: &Bytes) -> Result<Vec<CompatibleFailed>, Problem> {
    let mut changes: Vec<Change> = Vec::new();
    while changes.len() < MOST_FAILED {
        let page = failed(app, task, changes.last(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        changes.extend(page);
    }
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    changes.sort_by_key(|change| change.position);
    let body = body.clone();
    let told = tokio::task::spawn_blocking(move || as_given(&changes, &body)).await;
    told.map_err(Problem::internal)
}

/// A plan keeps records in normal form and without their repetitions, so what was given is looked up in
/// the body: the last record with the uid that can be understood.
fn as_given<'a>(changes: &[Change], body: &'a [u8]) -> Vec<CompatibleFailed> {
    let wanted: HashSet<&str> = changes.iter().filter_map(|change| identified(&change.uid)).collect();
    let mut by_uid: HashMap<String, Value> = HashMap::new();
    let data_type = changes.first().map(|change| change.data_type);
    let keep = |text: &'a RawValue| {
        // Read as the intake reads it: what else is the same uid is for the record to say.
        let Some((parsed, of)) = json::parse(text.get().as_bytes()).ok().zip(data_type) else { return };
        let json = parsed.value.clone();
        let Ok(Understood { record: Record { uid, .. }, .. }) = Record::from_parsed(of, parsed) else {
            return;
        };
        if wanted.contains(uid.as_str()) {
            by_uid.insert(uid, json);
        }
    };
    let given = serde_json::from_slice::<PushBody<'_>>(body).ok().and_then(|body| body.records);
    if let Some(given) = given {
        // It was read to its end before, when the task was planned.
        let _ = serde_json::Deserializer::from_str(given.get()).deserialize_seq(Each(keep));
    }
    let told = |change: &Change| {
        let record = match identified(&change.uid) {
            Some(uid) => by_uid.get(uid).cloned(),
            None => change.record.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        };
        CompatibleFailed::new(change, record.unwrap_or_default())
    };
    changes.iter().map(told).collect()
}

/// Hands out the elements of an array one by one, without gathering them.
struct Each<F>(F);

impl<'de, F: FnMut(&'de RawValue)> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&RawValue>()? {
            (self.0)(element);
        }
        Ok(())
    }
}

#[cfg(any(test, fuzzing))]
#[path = "compat_fuzz.rs"]
pub(super) mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bad_push_is_refused_whole() {
        let check = |body: &str, expected: &str| {
            let problem = parse(&Bytes::copy_from_slice(body.as_bytes())).unwrap_err();
            assert_eq!(problem.status, StatusCode::BAD_REQUEST, "{body}");
            assert!(problem.detail.contains(expected), "{body}: {}", problem.detail);
        };
        check("", "not valid JSON");
        check("[]", "not what a push should be");
        check(r#" ["user", null, null, []]"#, "not what a push should be");
        check("{}", "dataType: is missing");
        check(r#"{"dataType":"person","records":[]}"#, "dataType: `person` is no data type");
        check(r#"{"dataType":"user"}"#, "records: is missing");
        check(r#"{"dataType":"user","records":{}}"#, "records: must be an array of records");
        check(r#"{"dataType":"user","matchKey":"id","records":[]}"#, "matchKey: `id` is not one of username");
    }

    #[test]
    fn the_encoding_is_utf_8_with_or_without_a_mark() {
        let check = |body: &[u8], expected: Result<&[u8], &str>| {
            let found = text(Bytes::copy_from_slice(body)).map_err(|problem| problem.detail);
            assert_eq!(found.as_deref(), expected.map_err(str::to_owned).as_deref(), "{body:?}");
        };
        check(b"\xef\xbb\xbf{}", Ok(b"{}"));
        check("{\"ü\":1}".as_bytes(), Ok("{\"ü\":1}".as_bytes()));
        check(b"\xff\xfe{\0}\0", Err("the body is UTF-16 text; only UTF-8 is taken, so convert it first"));
        check(b"{\"\xfc\"}", Ok(b"{\"\\udfff\\udcfc\"}"));
    }

    #[test]
    fn the_rest_has_defaults() {
        let order = parse(&Bytes::from_static(
            br#"{"dataType":"user","matchKey":null,"records":[{"uid": 1}],"other":1}"#,
        ))
        .unwrap();
        assert_eq!((order.source.as_str(), order.match_key), ("api", None));
        assert_eq!(order.records, r#"[{"uid": 1}]"#);
    }

    /// Whatever is odd about the others with the same uid, a failure is told with the record that it is of.
    #[test]
    fn a_failed_record_is_told_as_it_was_given() {
        let check = |records: &str, expected: Value| {
            let body = format!(r#"{{"dataType":"user","records":{records}}}"#);
            let failed = as_given(&[fuzz::failed(DataType::User, "1")], body.as_bytes());
            assert_eq!(serde_json::to_value(failed).unwrap()[0]["record"], expected, "{records}");
        };
        check(r#"[{"uid":1,"x":1},{"uid":2},{"uid":"1","x":2}]"#, json!({"uid": "1", "x": 2}));
        check(r#"[{"uid":1,"uid":"1","x":3}]"#, json!({"uid": "1", "x": 3}));
        check(r#"[{"uid":1,"x":4},{"uid":1,"email":5}]"#, json!({"uid": 1, "x": 4}));
    }
}
