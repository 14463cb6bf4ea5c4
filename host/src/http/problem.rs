//! What a request that can't be served is answered with: RFC 9457, `application/problem+json`.
//! Causes that are nobody's business outside (databases, disks) are kept for the log, where the
//! router writes them once, with the request's id.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::domain::ids::TaskId;
use crate::store::StoreError;
use crate::sync::engine::SyncError;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) message: String,
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
    pub(crate) fn to_json(&self, request_id: &str) -> Value {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let kind = self.slug.map_or("about:blank".into(), |slug| format!("urn:orgsync:problem:{slug}"));
        let mut json = Map::new();
        json.insert("type".into(), kind.into());
        json.insert("title".into(), title.into());
        json.insert("status".into(), self.status.as_u16().into());
        json.insert("detail".into(), self.detail.as_str().into());
        if let Some(field) = &self.field {
            json.insert("field".into(), field.as_ref().into());
        }
        if !self.errors.is_empty() {
            let errors = self.errors.iter().map(|e| json!({"field": e.field, "message": e.message}));
            json.insert("errors".into(), errors.collect());
        }
        if let Some(task) = self.task {
            json.insert("taskId".into(), task.0.into());
        }
        json.insert("requestId".into(), request_id.into());
        Value::Object(json)
    }

    /// The answer with this JSON as its body.
    pub(crate) fn respond(&self, content_type: &'static str, json: &Value) -> Response {
        let mut response = Response::new(Body::from(json.to_string()));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
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
        if error.is_unavailable() {
            let told = Self::unavailable("the database can't be reached just now; try again");
            return Self { cause: Some(error.to_string().into()), ..told };
        }
        Self::internal(error)
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        let detail = error.to_string();
        match error {
            SyncError::NoSource(_) | SyncError::NoTask(_) => Self::not_found(detail),
            SyncError::Disabled(_) => Self::conflict("source-disabled", detail),
            SyncError::AlreadyRunning { task, .. } => {
                Self::conflict("already-running", detail).with_task(task)
            }
            SyncError::NothingToRead(_) | SyncError::NotPushable(_) => {
                Self::conflict("wrong-source-type", detail)
            }
            SyncError::NotRunnable { .. } => Self::conflict("not-runnable", detail),
            SyncError::IllegalStep(task, _) => Self::conflict("illegal-step", detail).with_task(task),
            SyncError::Moved(task) => Self::conflict("task-moved", detail).with_task(task),
            SyncError::NotRetriable(task, _) => Self::conflict("not-retriable", detail).with_task(task),
            SyncError::Broken(task) => Self::internal(detail).with_task(task),
            SyncError::Stopping => Self::unavailable(detail),
            SyncError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_is_wrong_and_where() {
        let both = Problem::invalid_fields(vec![
            FieldError { field: "name".into(), message: "is missing".into() },
            FieldError { field: "options/host".into(), message: "is no host".into() },
        ]);
        assert_eq!(
            both.to_json("r1"),
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
            Problem::from(running).to_json("r2"),
            json!({
                "type": "urn:orgsync:problem:already-running", "title": "Conflict", "status": 409,
                "detail": "source `hr` is already being synced by task 7", "taskId": 7, "requestId": "r2",
            })
        );
    }

    #[test]
    fn what_the_database_says_stays_inside() {
        let problem = Problem::from(StoreError::Damaged("column users.custom: a secret".into()));
        assert!(!problem.to_json("r").to_string().contains("custom"));
        assert!(problem.cause.unwrap().contains("users.custom"));
    }
}
