//! The push API that existing clients know, `/api/userData:…`: its requests, its answers under `data`,
//! and its own shape of errors, `{"data":{"code","message"}}`.

use std::collections::{HashMap, HashSet};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::domain::change::{Change, identified};
use crate::domain::data_type::DataType;
use crate::domain::policy::MatchKey;
use crate::domain::source::API;
use crate::domain::task::{Mode, Status, Task};
use crate::store::sources;
use crate::sync::engine::{Push, SyncError};
use crate::sync::intake::{Format, Piece};

use super::auth::Grant;
use super::body::{Answer, require_json, whole};
use super::plugins::all_source_types;
use super::problem::Problem;
use super::push::{failed, settled};
use super::query::{Parameters, at};
use super::router::App;
use super::tasks;

const PREFIX: &str = "/api/userData:";

/// How many failed changes are read at once.
const PAGE: u64 = 1_000;
/// How many of them the answer tells; all are in the task's changes.
const MOST_FAILED: usize = 10_000;

/// Whether a path is one of these, so that errors there have their shape.
pub(crate) fn is_compatible(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// A problem in their shape.
pub(crate) fn error(problem: &Problem) -> Value {
    let mut data = json!({"code": problem.status.as_u16(), "message": problem.detail});
    if let Some(task) = problem.task {
        data["taskId"] = task.0.into();
    }
    json!({"data": data})
}

/// The body of a push. Keys that are not known are left alone, as clients have always been free to send
/// them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PushBody<'a> {
    data_type: Option<String>,
    match_key: Option<String>,
    source_name: Option<String>,
    #[serde(borrow)]
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

/// POST /api/userData:push
pub(crate) async fn push(
    State(app): State<App>,
    Extension(grant): Extension<Grant>,
    parameters: Parameters,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    parameters.end()?;
    require_json(&headers)?;
    let body = whole(body, app.settings.compatible_push_bytes, app.settings.body_patience).await?;
    let order = order(body.clone()).await?;
    grant.check_source(&order.source)?;
    let (pieces, queue) = mpsc::channel(2);
    for piece in [Piece::Body(order.records), Piece::End] {
        pieces.try_send(piece).map_err(Problem::internal)?;
    }
    let push = Push {
        data_type: order.data_type,
        mode: Mode::Incremental,
        match_key: order.match_key,
        format: Format::Array(order.data_type),
        pieces: queue,
        wait: true,
    };
    let executed = app.engine.push(&order.source, push).await.map_err(refused)?;
    let task = settled(executed, true)?;
    if task.status == Status::Held {
        let message = task.message.as_deref().unwrap_or("held");
        let data = json!({"code": 202, "message": message, "taskId": task.id});
        return Ok((StatusCode::ACCEPTED, Json(json!({"data": data}))).into_response());
    }
    let failed = failed_records(&app, &task, &body).await?;
    let counts = task.counts.get(order.data_type);
    let result = json!([{
        "resource": order.data_type.target(),
        "detail": {
            "count": {
                "all": counts.all,
                "success": counts.all.saturating_sub(counts.failed),
                "failed": counts.failed,
            },
            "failedRecords": failed,
        },
    }]);
    let data = json!({"code": 0, "message": "success", "result": result, "taskId": task.id});
    Ok(Json(json!({"data": data})).into_response())
}

/// POST /api/userData:pull?name=
pub(crate) async fn pull(State(app): State<App>, mut parameters: Parameters) -> Result<Answer, Problem> {
    let name = parameters.text("name")?;
    parameters.end()?;
    let name = name.ok_or_else(|| at("name", "is missing: the source to sync"))?;
    let task = app.engine.sync(&name, Mode::Full, false).await.map_err(refused)?;
    Ok(started(&task))
}

/// POST /api/userData:retry?sourceId=&id=
pub(crate) async fn retry(State(app): State<App>, mut parameters: Parameters) -> Result<Answer, Problem> {
    let (source, id) = (parameters.text("sourceId")?, parameters.text("id")?);
    parameters.end()?;
    let id = id.ok_or_else(|| at("id", "is missing: the task to retry"))?;
    let task = tasks::find(&app, &id).await?;
    if let Some(source) = source {
        let names = sources::names(app.engine.store().reader()).await?;
        let own = task.source_id.0;
        if source != own.to_string() && names.get(&own) != Some(&source) {
            return Err(Problem::not_found(format!("source `{source}` has no task {id}")));
        }
    }
    let task = app.engine.retry(task.id).await.map_err(refused)?;
    Ok(started(&task))
}

/// GET /api/userData:listSyncTypes
pub(crate) async fn list_sync_types(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let types = all_source_types(app.engine.plugins());
    let types: Vec<Value> =
        types.iter().map(|offer| json!({"name": offer.name, "title": offer.title})).collect();
    Ok(Json(json!({"data": types})))
}

fn started(task: &Task) -> Answer {
    let data = json!({"code": 0, "message": "success", "taskId": task.id, "batch": task.batch});
    Json(json!({"data": data}))
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

/// Parses on a thread of its own: a body may be 64 MiB long.
async fn order(body: Bytes) -> Result<Order, Problem> {
    let parsed = tokio::task::spawn_blocking(move || parse(&body)).await;
    parsed.map_err(Problem::internal)?
}

fn parse(body: &Bytes) -> Result<Order, Problem> {
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
async fn failed_records(app: &App, task: &Task, body: &Bytes) -> Result<Vec<Value>, Problem> {
    let mut changes: Vec<Change> = Vec::new();
    while changes.len() < MOST_FAILED {
        let page = failed(app, task, changes.last(), PAGE).await?;
        let more = page.len() as u64 == PAGE;
        changes.extend(page);
        if !more {
            break;
        }
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
/// the body: the last record with the uid.
fn as_given<'a>(changes: &[Change], body: &'a [u8]) -> Vec<Value> {
    #[derive(Deserialize)]
    struct Identity {
        uid: Value,
    }
    let wanted: HashSet<&str> = changes.iter().filter_map(|change| identified(&change.uid)).collect();
    let mut by_uid: HashMap<String, &RawValue> = HashMap::new();
    let keep = |record: &'a RawValue| {
        let uid = match serde_json::from_str::<Identity>(record.get()).map(|identity| identity.uid) {
            Ok(Value::String(uid)) => uid,
            Ok(Value::Number(uid)) => uid.to_string(),
            _ => return,
        };
        if wanted.contains(uid.as_str()) {
            by_uid.insert(uid, record);
        }
    };
    let given = serde_json::from_slice::<PushBody<'_>>(body).ok().and_then(|body| body.records);
    if let Some(given) = given {
        // It was read to its end before, when the task was planned.
        let _ = serde_json::Deserializer::from_str(given.get()).deserialize_seq(Each(keep));
    }
    let told = |change: &Change| {
        let text = match identified(&change.uid) {
            Some(uid) => by_uid.get(uid).map(|record| record.get()),
            None => change.record.as_deref(),
        };
        let record: Value = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        json!({"record": record, "message": change.error})
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

#[cfg(test)]
mod tests {
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
        check("{}", "dataType: is missing");
        check(r#"{"dataType":"person","records":[]}"#, "dataType: `person` is no data type");
        check(r#"{"dataType":"user"}"#, "records: is missing");
        check(r#"{"dataType":"user","records":{}}"#, "records: must be an array of records");
        check(r#"{"dataType":"user","matchKey":"id","records":[]}"#, "matchKey: `id` is not one of username");
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

    #[test]
    fn errors_have_the_shape_that_clients_know() {
        assert_eq!(
            error(&Problem::bad_request("records: is missing")),
            json!({"data": {"code": 400, "message": "records: is missing"}})
        );
    }
}
