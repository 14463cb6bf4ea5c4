//! What a request that can't be served is answered with: RFC 9457, `application/problem+json`.
//! Causes that are nobody's business outside (databases, disks) are kept for the log, where the
//! router writes them once, with the request's id.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::ids::TaskId;
use crate::logs::LogsError;
use crate::store::StoreError;
use crate::sync::error::SyncError;

/// A refusal or failure. The router renders it, because only there the request's id is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// Tells problems of one status apart, for programs; see docs/http-api.md.
    pub(crate) slug: Option<&'static str>,
    pub(crate) detail: String,
    /// The one thing at fault: a parameter, or a path of keys in the body as `options/host`.
    pub(crate) field: Option<Box<str>>,
    /// Everything at fault, where that is more than one thing.
    pub(crate) errors: Vec<FieldError>,
    /// The task that it is about.
    pub(crate) task: Option<TaskId>,
    /// For the log only.
    pub(crate) cause: Option<Box<str>>,
}

/// One thing at fault in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The path of keys, as `options/host`.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

/// Why a request was refused or failed: RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem, examples(json!({
    "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "detail": "options/host: is missing",
    "field": "options/host", "errors": [{"field": "options/host", "message": "is missing"}],
    "requestId": "5f0c9b1e22aa4d07",
})))]
pub(crate) struct Told<'a> {
    /// `about:blank` where the status says it all, else `urn:orgsync:problem:` and a word that tells
    /// problems of one status apart.
    #[serde(rename = "type")]
    kind: String,
    /// What the status means.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What is wrong, and what to do about it.
    detail: &'a str,
    /// The query parameter at fault, or the path of keys in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<&'a str>,
    /// Everything at fault in a body.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// The task that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    task_id: Option<i64>,
    /// The request's id: the log has more under it.
    request_id: &'a str,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            slug: None,
            detail: detail.into(),
            field: None,
            errors: Vec::new(),
            task: None,
            cause: None,
        }
    }

    /// 400: the request makes no sense.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 404: what the path names is not there.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 409: not as things stand.
    pub(crate) fn conflict(slug: &'static str, detail: impl Into<String>) -> Self {
        Self { slug: Some(slug), ..Self::new(StatusCode::CONFLICT, detail) }
    }

    /// 422: understood, and one field is wrong.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// 422: understood, and these fields are wrong; there must be one.
    pub(crate) fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let told: Vec<String> =
            errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        let field = errors.first().map(|error| error.field.as_str().into());
        Self { field, errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, told.join("; ")) }
    }

    /// 500: the cause is logged, not told.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        let detail = "something went wrong inside the daemon; the log has the cause under this request's id";
        Self { cause: Some(cause.to_string().into()), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail) }
    }

    /// 503: not now.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// For an answer that says no more than its status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::NOT_FOUND => "there is nothing at this path",
            StatusCode::METHOD_NOT_ALLOWED => "this path does not take this method; see the header `allow`",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "the body's encoding is not supported; send it plain, or as gzip or zstd"
            }
            other => other.canonical_reason().unwrap_or("the request was refused"),
        };
        Self::new(status, detail)
    }

    pub(crate) fn with_field(self, field: impl Into<Box<str>>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    pub(crate) fn with_task(self, task: TaskId) -> Self {
        Self { task: Some(task), ..self }
    }

    /// The body, as problem+json.
    pub(crate) fn told<'a>(&'a self, request_id: &'a str) -> Told<'a> {
        Told {
            kind: self.slug.map_or("about:blank".into(), |slug| format!("urn:orgsync:problem:{slug}")),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            field: self.field.as_deref(),
            errors: &self.errors,
            task_id: self.task.map(|task| task.0),
            request_id,
        }
    }

    /// The answer with this as its body.
    pub(crate) fn respond(&self, content_type: &'static str, body: &impl Serialize) -> Response {
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// Puts itself beside an empty body; the router renders it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error.trouble() {
            Some(trouble) => {
                let told = Self::unavailable(format!("{trouble}; then try again"));
                Self { cause: Some(error.to_string().into()), ..told }
            }
            None => Self::internal(error),
        }
    }
}

impl From<LogsError> for Problem {
    /// Who reads the page can see to permissions and disks, and the path is no secret.
    fn from(error: LogsError) -> Self {
        Self::unavailable(error.to_string())
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        let detail = error.to_string();
        match error {
            SyncError::NoSource(_) | SyncError::NoTask(_) | SyncError::NoUser(_) => Self::not_found(detail),
            SyncError::UserDeleted(_) => Self::conflict("user-deleted", detail),
            SyncError::StillGiven(..) => Self::conflict("still-given", detail),
            SyncError::NotMissing(_) => Self::conflict("not-missing", detail),
            SyncError::UidTaken { .. } => Self::conflict("uid-taken", detail),
            SyncError::Disabled(_) => Self::conflict("source-disabled", detail),
            SyncError::TargetDisabled(_) => Self::conflict("target-disabled", detail),
            SyncError::AlreadyRunning { task, .. } => {
                Self::conflict("already-running", detail).with_task(task)
            }
            SyncError::NothingToRead(_) | SyncError::NotPushable(_) => {
                Self::conflict("wrong-source-type", detail)
            }
            SyncError::MatchKey { .. } => Self::new(StatusCode::FORBIDDEN, detail),
            SyncError::NotRunnable { .. } => Self::conflict("not-runnable", detail),
            SyncError::IllegalStep(task, _) => Self::conflict("illegal-step", detail).with_task(task),
            SyncError::Moved(task) => Self::conflict("task-moved", detail).with_task(task),
            SyncError::NotRetriable(task, _) => Self::conflict("not-retriable", detail).with_task(task),
            SyncError::NotUndoable(task, _) => Self::conflict("not-undoable", detail).with_task(task),
            SyncError::Broken(task) => Self::internal(detail).with_task(task),
            SyncError::Stopping | SyncError::NoSpace(_) => Self::unavailable(detail),
            SyncError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(problem: &Problem, request: &str) -> Value {
        serde_json::to_value(problem.told(request)).unwrap()
    }

    #[test]
    fn a_problem_says_what_is_wrong_and_where() {
        let both = Problem::invalid_fields(vec![
            FieldError { field: "name".into(), message: "is missing".into() },
            FieldError { field: "options/host".into(), message: "is no host".into() },
        ]);
        assert_eq!(
            told(&both, "r1"),
            json!({
                "type": "about:blank", "title": "Unprocessable Entity", "status": 422,
                "detail": "name: is missing; options/host: is no host", "field": "name",
                "errors": [
                    {"field": "name", "message": "is missing"},
                    {"field": "options/host", "message": "is no host"},
                ],
                "requestId": "r1",
            })
        );
        let running = SyncError::AlreadyRunning { source_name: "hr".into(), task: TaskId(7) };
        assert_eq!(
            told(&Problem::from(running), "r2"),
            json!({
                "type": "urn:orgsync:problem:already-running", "title": "Conflict", "status": 409,
                "detail": "source `hr` is already being synced by task 7", "taskId": 7, "requestId": "r2",
            })
        );
    }

    #[test]
    fn who_shall_come_back_is_told_when() {
        let check = |status: StatusCode, expected: bool| {
            let response = Problem::new(status, "x").respond("application/json", &json!({}));
            assert_eq!(response.headers().contains_key(RETRY_AFTER), expected, "{status}");
        };
        check(StatusCode::SERVICE_UNAVAILABLE, true);
        check(StatusCode::TOO_MANY_REQUESTS, true);
        check(StatusCode::CONFLICT, false);
    }

    #[test]
    fn what_the_database_says_stays_inside() {
        let problem = Problem::from(StoreError::Damaged("column users.custom: a secret".into()));
        assert!(!told(&problem, "r").to_string().contains("custom"));
        assert!(problem.cause.unwrap().contains("users.custom"));
    }
}
