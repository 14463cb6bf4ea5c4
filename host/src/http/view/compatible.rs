//! The answers of the compatible push API: everything stands under `data`, and errors have `code` and
//! `message`.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::change::Change;
use crate::domain::data_type::DataType;
use crate::domain::task::{Status, Task};
use crate::http::problem::Problem;
use crate::sync::reader::SourceType;

/// What every answer of the compatible API is wrapped in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Data<T> {
    data: T,
}

/// What a compatible push came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompatiblePushed {
    /// 0.
    code: u16,
    /// `success`, also when single records failed; why, if all of them did.
    message: String,
    /// One entry: the data type that was pushed.
    result: [Pushed; 1],
    task_id: i64,
}

/// What became of the records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CompatibleResult)]
struct Pushed {
    /// `users` or `departments`.
    resource: &'static str,
    detail: Detail,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CompatibleDetail)]
struct Detail {
    count: Count,
    /// At most 10,000; the task's changes have all.
    failed_records: Vec<CompatibleFailed>,
}

/// How many records there were. Repeated uids, and `isDeleted` of a uid never seen, count as success.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CompatibleCount)]
struct Count {
    all: u64,
    success: u64,
    failed: u64,
}

/// A record that failed, as it was given, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompatibleFailed {
    record: Value,
    #[schema(required)]
    message: Option<String>,
}

/// A compatible push that a gate holds: nothing is written until somebody approves the task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompatibleHeld {
    /// 202.
    code: u16,
    /// Why it is held.
    message: String,
    task_id: i64,
}

/// The task that a request started.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompatibleStarted {
    /// 0.
    code: u16,
    /// `success`: the task has been started.
    message: &'static str,
    task_id: i64,
    /// The task's run number within its source.
    batch: i64,
}

/// What sources can be made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompatibleSyncType {
    name: String,
    title: String,
}

/// Why a request was refused or failed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompatibleError {
    /// The HTTP status.
    code: u16,
    message: String,
    /// The task that it is about, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    task_id: Option<i64>,
}

impl<T> Data<T> {
    pub(crate) fn new(data: T) -> Self {
        Self { data }
    }
}

impl CompatiblePushed {
    pub(crate) fn new(task: &Task, data_type: DataType, failed_records: Vec<CompatibleFailed>) -> Self {
        let counts = task.counts.get(data_type);
        let count = Count {
            all: counts.all,
            success: counts.all.saturating_sub(counts.failed),
            failed: counts.failed,
        };
        let detail = Detail { count, failed_records };
        let result = [Pushed { resource: data_type.target(), detail }];
        let message = match task.status {
            Status::Failed => format!("failed: {}", task.message.as_deref().unwrap_or_default()),
            _ => "success".to_owned(),
        };
        Self { code: 0, message, result, task_id: task.id.0 }
    }
}

impl CompatibleFailed {
    pub(crate) fn new(change: &Change, record: Value) -> Self {
        Self { record, message: change.error.clone() }
    }
}

impl CompatibleHeld {
    pub(crate) fn new(task: &Task) -> Self {
        let message = task.message.clone().unwrap_or_else(|| "held".into());
        Self { code: 202, message, task_id: task.id.0 }
    }
}

impl CompatibleStarted {
    pub(crate) fn new(task: &Task) -> Self {
        Self { code: 0, message: "success", task_id: task.id.0, batch: task.batch.0 }
    }
}

impl From<SourceType> for CompatibleSyncType {
    fn from(SourceType { name, title, .. }: SourceType) -> Self {
        Self { name, title }
    }
}

impl From<&Problem> for Data<CompatibleError> {
    fn from(problem: &Problem) -> Self {
        Self::new(CompatibleError {
            code: problem.status.as_u16(),
            message: problem.detail.clone(),
            task_id: problem.task.map(|task| task.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_have_the_shape_that_clients_know() {
        let error = Data::from(&Problem::bad_request("records: is missing"));
        assert_eq!(
            serde_json::to_value(error).unwrap(),
            json!({"data": {"code": 400, "message": "records: is missing"}})
        );
    }
}
