//! The bulk push: records as a JSON array or JSON Lines, streamed into the engine at the pace at which
//! it plans. A body that breaks off, or of which nothing comes for too long, fails its task, and
//! nothing of it is written.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tracing::debug;

use crate::domain::change::{Change, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::task::{Mode, Phase, Status, Task};
use crate::store::StoreError;
use crate::store::changes::{self, ChangeFilter};
use crate::sync::engine::{Executed, Fault, Push};
use crate::sync::intake::{Format, Piece};

use super::auth::Grant;
use super::body::{media_type, unsupported};
use super::problem::Problem;
use super::query::{Parameters, at};
use super::router::App;
use super::{sources, view};

/// How many pieces of the body wait for the engine.
const PIECES: usize = 8;
/// How many failed records an answer names; all of them are in the task's changes.
const FAILED: u64 = 100;
/// How long the rest of a body is taken and thrown away once the engine wants no more of it, so that
/// the client gets to read the answer.
const DISCARD: Duration = Duration::from_secs(10);

static PREFER: HeaderName = HeaderName::from_static("prefer");
static PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// POST /api/v1/sources/{name}/records
pub(crate) async fn push(
    State(app): State<App>,
    Extension(grant): Extension<Grant>,
    Path(name): Path<String>,
    mut parameters: Parameters,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let data_type = parameters.word::<DataType>("type")?;
    let mode = parameters.word("mode")?.unwrap_or(Mode::Incremental);
    let match_key = parameters.word("matchKey")?;
    parameters.end()?;
    grant.check_source(&name)?;
    let data_type = data_type.ok_or_else(|| at("type", "is missing: `user` or `department`"))?;
    let format = format(&headers, data_type)?;
    let wait = !prefers_async(&headers);
    let (pieces, queue) = mpsc::channel(PIECES);
    tokio::spawn(pump(body, pieces, app.settings.body_patience));
    let push = Push { data_type, mode, match_key, format, pieces: queue, wait };
    let task = settled(app.engine.push(&name, push).await?, wait)?;
    answer(&app, &task, wait).await
}

/// The task of a push that did what was asked: ended, held or, unless it was waited for, planned.
pub(crate) fn settled(executed: Executed, wait: bool) -> Result<Task, Problem> {
    let Executed { task, fault } = executed;
    let message = task.message.clone().unwrap_or_default();
    let problem = match task.status {
        Status::Success | Status::Partial | Status::Held => return Ok(task),
        Status::Processing if !wait && task.phase == Phase::Apply => return Ok(task),
        Status::Init | Status::Processing => Problem::unavailable(format!(
            "the daemon stopped before task {} came to its end; look at the task when it is back",
            task.id
        )),
        Status::Cancelled => Problem::conflict("task-cancelled", message),
        Status::Failed => match fault {
            Some(Fault::Records) => Problem::bad_request(message),
            Some(Fault::Other) | None => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, message),
        },
    };
    Err(problem.with_task(task.id))
}

/// A page of a task's failed changes.
pub(crate) async fn failed(
    app: &App,
    task: &Task,
    after: Option<&Change>,
    limit: u64,
) -> Result<Vec<Change>, StoreError> {
    let after = after.map(Change::place);
    let filter = ChangeFilter { outcome: Some(Outcome::Failed), after, ..ChangeFilter::default() };
    changes::list(app.engine.store().reader(), task, &filter, limit).await
}

async fn answer(app: &App, task: &Task, wait: bool) -> Result<Response, Problem> {
    if !wait {
        let mut response = sources::accepted(task, accepted(task));
        let applied = HeaderValue::from_static("respond-async");
        response.headers_mut().insert(PREFERENCE_APPLIED.clone(), applied);
        return Ok(response);
    }
    let failed = match task.counts.failed() {
        0 => Vec::new(),
        _ => failed(app, task, None, FAILED).await?,
    };
    let failed =
        failed.iter().map(|change| json!({"uid": view::change_uid(change), "message": change.error}));
    let mut body = accepted(task);
    body["counts"] = view::counts(&task.counts);
    body["message"] = task.message.clone().into();
    body["failedRecords"] = failed.collect();
    Ok(match task.status {
        Status::Held => sources::accepted(task, body),
        _ => Json(body).into_response(),
    })
}

/// A held task says why, even to a client that doesn't wait.
fn accepted(task: &Task) -> Value {
    let mut body = view::accepted(task);
    if task.status == Status::Held {
        body["message"] = task.message.clone().into();
    }
    body
}

/// Hands the body on to the engine. Gives up without the end, which fails the task, when the body
/// breaks off or nothing comes of it for too long; waiting for the engine doesn't count.
async fn pump(mut body: Body, pieces: mpsc::Sender<Piece>, patience: Duration) {
    loop {
        let frame = tokio::select! {
            frame = tokio::time::timeout(patience, body.frame()) => frame,
            () = pieces.closed() => return discard(body).await,
        };
        let piece = match frame {
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(bytes) => Piece::Body(bytes),
                Err(_trailers) => continue,
            },
            Ok(None) => Piece::End,
            Ok(Some(Err(reason))) => return debug!("a push's body broke off: {reason}"),
            Err(_) => return debug!("nothing came of a push's body for {patience:?}"),
        };
        let last = matches!(piece, Piece::End);
        if pieces.send(piece).await.is_err() {
            return discard(body).await;
        }
        if last {
            return;
        }
    }
}

async fn discard(mut body: Body) {
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    // Whoever is still sending by then is cut off.
    let _ = tokio::time::timeout(DISCARD, rest).await;
}

fn format(headers: &HeaderMap, data_type: DataType) -> Result<Format, Problem> {
    match media_type(headers).as_str() {
        "application/json" => Ok(Format::Array(data_type)),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(Format::Lines(data_type)),
        other => Err(unsupported(other, "application/json or application/x-ndjson")),
    }
}

/// RFC 7240.
fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all(&PREFER).iter().filter_map(|value| value.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split(','));
    preferences.any(|preference| {
        let name = preference.split([';', '=']).next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("respond-async")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::CONTENT_TYPE;

    #[test]
    fn the_media_type_says_how_records_stand_in_the_body() {
        let check = |media: &'static str, expected: Option<Format>| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media))]);
            assert_eq!(format(&headers, DataType::User).ok(), expected, "{media}");
        };
        check("application/json", Some(Format::Array(DataType::User)));
        check("Application/JSON; charset=utf-8", Some(Format::Array(DataType::User)));
        check("application/x-ndjson", Some(Format::Lines(DataType::User)));
        check("text/plain", None);
        assert!(format(&HeaderMap::new(), DataType::User).is_err());
    }

    #[test]
    fn a_preference_is_found_among_others() {
        let check = |value: &'static str, expected: bool| {
            let headers = HeaderMap::from_iter([(PREFER.clone(), HeaderValue::from_static(value))]);
            assert_eq!(prefers_async(&headers), expected, "{value}");
        };
        check("respond-async", true);
        check("return=minimal, Respond-Async; wait=5", true);
        check("return=minimal", false);
        assert!(!prefers_async(&HeaderMap::new()));
    }
}
