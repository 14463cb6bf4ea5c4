//! The bulk push: records as a JSON array or JSON Lines, streamed into the engine at the pace at which
//! it plans. A body that breaks off, or of which nothing comes for too long, fails its task, and
//! nothing of it is written.

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot};
use tracing::debug;

use crate::domain::change::{Change, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::policy::MatchKey;
use crate::domain::task::{Mode, Phase, Status, Task};
use crate::store::StoreError;
use crate::store::changes::{self, ChangeFilter};
use crate::sync::engine::{Executed, Fault, Push, Pushed};
use crate::sync::intake::{Format, Piece};

use super::arriving::BodyFault;
use super::auth::Grant;
use super::body::{media_type, too_long, unsupported};
use super::idempotency::{self, Fingerprint};
use super::path::ByName;
use super::problem::Problem;
use super::query::Query;
use super::record::PushedRecord;
use super::router::App;
use super::{sources, view};

/// How many pieces of the body wait for the engine.
const PIECES: usize = 8;
/// How many failed records an answer names; all of them are in the task's changes.
const FAILED: u64 = 100;
static PREFER: HeaderName = HeaderName::from_static("prefer");
static PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What the records of a push are.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct PushQuery {
    /// Users or departments.
    #[serde(rename = "type")]
    #[param(inline)]
    data_type: DataType,
    /// `full`: the body is all there is, so those of this source that are absent are missing, and the
    /// source's policy says what becomes of them. `incremental` unless given.
    #[param(inline)]
    mode: Option<Mode>,
    /// How records without a link find existing users; what the source's policy says unless given.
    #[param(inline)]
    match_key: Option<MatchKey>,
}

/// Pushes records to a source of type `api`.
///
/// The body is streamed: it has no limit of length. `Content-Encoding` may be `gzip` or `zstd`. Each record
/// is taken or fails alone. Pushes to one source are taken in the order of their arrival; pushing the same
/// records again changes nothing. A client that goes away does not stop what it began.
#[utoipa::path(
    post, path = "/sources/{name}/records", tag = "push", operation_id = "pushRecords",
    params(
        ByName, PushQuery,
        ("prefer" = Option<String>, Header, description = "`respond-async`: answer 202 as soon as the plan is \
            safe in the database"),
        ("idempotency-key" = Option<String>, Header, min_length = 1, max_length = 255,
            pattern = r"^[!-~]([\t -~]*[!-~])?$", description = "a name for this push, 1 to 255 characters: \
            sent again under it within a day, it is not taken again, and answered as the first one"),
    ),
    request_body(
        content((Vec<PushedRecord> = "application/json"), (String = "application/x-ndjson")),
        description = "a JSON array of records, or a record a line",
    ),
    responses(
        (status = 200, description = "done; single records may have failed", body = view::Pushed),
        (status = 202, description = "held by a gate, or `Prefer: respond-async`", body = view::PushTaken,
            headers(
                ("location" = String, description = "the task's path"),
                ("preference-applied" = String, description = "`respond-async`, if that was preferred"),
            )),
        (status = 400, description = "a query parameter is wrong; with `taskId`, the body can't be read or \
            broke off, and nothing of it is written"),
        (status = 404, description = "there is no such source"),
        (status = 408, description = "the body came too slowly, or stopped coming"),
        (status = 409, description = "`source-disabled`; `wrong-source-type`: a plugin reads it; \
            `task-cancelled`: somebody cancelled `taskId`; `idempotency-key-in-use`: the push that came first \
            under this key is still being received"),
        (status = 413, description = "the body is too long, or unpacks to too much"),
        (status = 415, description = "the body is neither JSON nor NDJSON, or its encoding is unknown"),
        (status = 422, description = "`idempotency-key-reused`: the key belongs to another push"),
    ),
)]
pub(crate) async fn push(
    State(app): State<App>,
    Extension(grant): Extension<Grant>,
    Path(ByName { name }): Path<ByName>,
    Query(query): Query<PushQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let PushQuery { data_type, mode, match_key } = query;
    let mode = mode.unwrap_or(Mode::Incremental);
    grant.check_source(&name)?;
    let format = format(&headers, data_type)?;
    let wait = !prefers_async(&headers);
    let most = app.settings.http.max_bulk_bytes;
    within(body.size_hint().lower(), most).map_err(|_| too_long(most))?;
    let asked = format!("{data_type} {mode} {match_key:?} {format:?}");
    let (repeatable, fingerprint) = idempotency::repeatable(&headers, &grant, &asked)?.unzip();
    let (pieces, queue) = mpsc::channel(PIECES);
    let (told, mut fault) = oneshot::channel();
    tokio::spawn(pump(body, pieces, most, fingerprint, told));
    let match_keys = grant.match_keys();
    let by = grant.by;
    let push = Push { data_type, mode, match_key, match_keys, format, pieces: queue, wait, repeatable, by };
    let done = done(&app, app.engine.push(&name, push).await?, wait).await;
    let (task, replay) = done.map_err(|problem| match fault.try_recv() {
        Ok(status) if problem.status == StatusCode::BAD_REQUEST => Problem { status, ..problem },
        _ => problem,
    })?;
    let mut response = answer(&app, &task, wait).await?;
    if replay == Replay::Yes {
        idempotency::mark_replayed(&mut response);
    }
    Ok(response)
}

/// Whether an answer is that of an earlier push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replay {
    Yes,
    No,
}

/// The task of a push that did what was asked, now or when it came before.
pub(crate) async fn done(app: &App, pushed: Pushed, wait: bool) -> Result<(Task, Replay), Problem> {
    match pushed {
        Pushed::Taken(executed) => Ok((settled(executed, wait)?, Replay::No)),
        Pushed::Repeated(repeated) => {
            let task = idempotency::repeated(app, repeated, wait).await?;
            Ok((settled(Executed { task, fault: None }, wait)?, Replay::Yes))
        }
    }
}

/// The task of a push that did what was asked: ended, held or, unless it was waited for, planned.
fn settled(executed: Executed, wait: bool) -> Result<Task, Problem> {
    let Executed { task, fault } = executed;
    let message = task.message.clone().unwrap_or_default();
    let problem = match task.status {
        Status::Success | Status::Partial | Status::Held => return Ok(task),
        // Each record was looked at, and has its own reason.
        Status::Failed if fault.is_none() && task.came_to_its_end() => return Ok(task),
        Status::Processing if !wait && task.phase == Phase::Apply => return Ok(task),
        Status::Init | Status::Processing => Problem::unavailable(format!(
            "the daemon stopped before task {} came to its end; look at the task when it is back",
            task.id
        )),
        Status::Cancelled => Problem::conflict("task-cancelled", message),
        Status::Failed => match fault {
            Some(Fault::Records) => Problem::bad_request(message),
            Some(Fault::Storage) => Problem::unavailable(message),
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
    let store = app.engine.store();
    changes::list(store.reader(), store.dialect(), task, &filter, limit).await
}

async fn answer(app: &App, task: &Task, wait: bool) -> Result<Response, Problem> {
    if !wait {
        let mut response = sources::accepted(task, view::PushTaken::new(task, None));
        let applied = HeaderValue::from_static("respond-async");
        response.headers_mut().insert(PREFERENCE_APPLIED.clone(), applied);
        return Ok(response);
    }
    let failed = match task.counts.failed() {
        0 => Vec::new(),
        _ => failed(app, task, None, FAILED).await?,
    };
    let failed = failed.iter().map(view::FailedRecord::from).collect();
    Ok(match task.status {
        Status::Held => sources::accepted(task, view::PushTaken::new(task, Some(failed))),
        _ => Json(view::Pushed::new(task, failed)).into_response(),
    })
}

/// Hands the body on to the engine; waiting for the engine is no fault of the client's. A body that
/// breaks off has no end, which fails its task.
async fn pump(
    mut body: Body,
    pieces: mpsc::Sender<Piece>,
    most: u64,
    mut fingerprint: Option<Fingerprint>,
    told: oneshot::Sender<StatusCode>,
) {
    let mut told = Some(told);
    let mut broken = |fault: BodyFault| {
        // Nobody may be waiting for the answer any more.
        let _ = told.take().map(|told| told.send(fault.status()));
        Piece::Broken(fault.to_string())
    };
    let mut taken = 0;
    loop {
        let unwanted = async {
            pieces.closed().await;
            // A push that came before is read to its end all the same, to see whether it is the same one.
            if fingerprint.as_ref().is_some_and(|fingerprint| !fingerprint.is_idle()) {
                std::future::pending::<()>().await;
            }
        };
        let frame = tokio::select! {
            frame = body.frame() => frame,
            // What is left of the body is thrown away when it is dropped.
            () = unwanted => return,
        };
        let piece = match frame {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(bytes) => {
                    taken += bytes.len() as u64;
                    if let Some(fingerprint) = &mut fingerprint {
                        fingerprint.update(&bytes);
                    }
                    within(taken, most).map_or_else(&mut broken, |()| Piece::Body(bytes))
                }
                Err(_trailers) => continue,
            },
            None => {
                fingerprint.take().into_iter().for_each(Fingerprint::tell);
                Piece::End
            }
            Some(Err(reason)) => match BodyFault::of(&reason) {
                Some(fault) => broken(fault),
                None => return debug!("a push's body broke off: {reason}"),
            },
        };
        let last = !matches!(piece, Piece::Body(_));
        let refused = pieces.send(piece).await.is_err();
        if last || (refused && fingerprint.as_ref().is_none_or(Fingerprint::is_idle)) {
            return;
        }
    }
}

/// Whether so many bytes are not too many; 0 is no limit.
fn within(bytes: u64, most: u64) -> Result<(), BodyFault> {
    if most == 0 || bytes <= most { Ok(()) } else { Err(BodyFault::TooLong(most)) }
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
