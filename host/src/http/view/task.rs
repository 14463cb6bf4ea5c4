//! Tasks as they are shown, and what tells a client of the task that its request began.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::domain::change;
use crate::domain::counts;
use crate::domain::data_type::DataType;
use crate::domain::ids::TaskId;
use crate::domain::starter::Starter;
use crate::domain::task::{self, Kind, Mode, Status};

use super::{TargetCounts, Time, uid_of};

/// The path of a task.
pub(crate) fn task_path(id: TaskId) -> String {
    format!("/api/v1/tasks/{id}")
}

/// One sync of one source: read, plan, gate, apply.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Task {
    /// Unique over all sources.
    #[schema(examples(8))]
    pub(crate) id: i64,
    /// Its run number within its source, from 1.
    #[schema(examples(4))]
    pub(crate) batch: i64,
    /// The source's name.
    pub(crate) source: String,
    pub(crate) kind: Kind,
    /// The task that this one undoes, if it is an undo.
    #[schema(required)]
    pub(crate) undoes: Option<i64>,
    /// The task that has undone this one, or is to.
    #[schema(required)]
    pub(crate) undone_by: Option<i64>,
    /// The target that it fills, if it is a backfill.
    #[schema(required)]
    pub(crate) target: Option<String>,
    pub(crate) mode: Mode,
    /// Of a push, what it brings.
    #[schema(required)]
    pub(crate) data_type: Option<DataType>,
    /// Whether it only plans and writes nothing.
    pub(crate) dry_run: bool,
    /// `schedule`, `daemon`, `admin token`, or `token ` and the token's name; null where that is not known.
    #[schema(required, value_type = Option<String>, examples("token HR nightly"))]
    #[serde(serialize_with = "as_text")]
    pub(crate) started_by: Option<Starter>,
    pub(crate) status: Status,
    /// What a person should know: what came of it, why it is held, why it failed.
    #[schema(required)]
    pub(crate) message: Option<String>,
    /// Milliseconds that all its attempts took until now.
    pub(crate) cost_ms: i64,
    /// Which execution this is, from 1.
    pub(crate) attempt: i32,
    /// Null unless the task waits or runs.
    #[schema(required)]
    pub(crate) progress: Option<Progress>,
    pub(crate) counts: Counts,
    /// The gate that holds it: `empty-read` or `removals`.
    #[schema(required)]
    pub(crate) held_by: Option<String>,
    pub(crate) created_at: Time,
    /// When the last attempt started.
    #[schema(required)]
    pub(crate) started_at: Option<Time>,
    /// When it ended.
    #[schema(required)]
    pub(crate) finished_at: Option<Time>,
}

/// What is known of a task besides its row.
#[derive(Debug, Clone, Default)]
pub(crate) struct BesideTask {
    /// How far it has come, while it waits or runs.
    pub(crate) progress: Option<task::Progress>,
    pub(crate) undone_by: Option<TaskId>,
    /// The name of the target that it fills.
    pub(crate) target: Option<String>,
    /// How the deliveries stand that it caused.
    pub(crate) targets: Vec<TargetCounts>,
}

/// How far a task has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    /// Records read so far.
    pub(crate) read: u64,
    /// Changes planned so far.
    pub(crate) planned: u64,
    /// Changes applied so far.
    pub(crate) applied: u64,
}

/// What a task read and did or, until it is applied, what its plan would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Counts {
    pub(crate) user: TypeCounts,
    pub(crate) department: TypeCounts,
    /// How what it did reaches the targets, by target. What a later task changed again is counted there.
    /// Absent in the answer to a push.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) targets: Option<Vec<TargetCounts>>,
}

/// The counts of one data type. Every record read is once in `all` and once in one of the others.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TypeCounts {
    /// Records read.
    pub(crate) all: u64,
    /// New rows.
    pub(crate) created: u64,
    /// Rows that get other values.
    pub(crate) updated: u64,
    /// Records that change nothing.
    pub(crate) unchanged: u64,
    /// Rows switched off because a full read no longer gave them.
    pub(crate) disabled: u64,
    /// Rows taken out of the lists.
    pub(crate) deleted: u64,
    /// Rows that this source lets go of and another one keeps.
    pub(crate) unlinked: u64,
    /// Records followed by a later one with the same uid in the same task.
    pub(crate) duplicates: u64,
    /// Records or changes that failed. One that switches its row off all the same is in `updated` as well.
    pub(crate) failed: u64,
    /// References of the records read to departments that are not there: memberships of users, parents of
    /// departments.
    pub(crate) dangling: u64,
}

impl Task {
    /// `source` is the name of its source, and `now` is for the cost until now.
    pub(crate) fn new(task: &task::Task, source: &str, beside: BesideTask, now: i64) -> Self {
        let BesideTask { progress, undone_by, target, targets } = beside;
        let running = match (task.status, task.started_at) {
            (Status::Processing, Some(start)) => (now - start).max(0),
            _ => 0,
        };
        let progress = progress.map(|task::Progress { read, planned, applied, since: _ }| Progress {
            read,
            planned,
            applied,
        });
        Self {
            id: task.id.0,
            batch: task.batch.0,
            source: source.to_owned(),
            kind: task.kind,
            undoes: task.undoes.map(|id| id.0),
            undone_by: undone_by.map(|id| id.0),
            target,
            mode: task.mode,
            data_type: task.data_type,
            dry_run: task.dry_run,
            started_by: task.started_by.clone(),
            status: task.status,
            message: task.message.clone(),
            cost_ms: task.cost_ms + running,
            attempt: task.attempt,
            progress,
            counts: Counts { targets: Some(targets), ..Counts::new(&task.counts) },
            held_by: task.held_by.clone(),
            created_at: Time(task.created_at),
            started_at: task.started_at.map(Time),
            finished_at: task.finished_at.map(Time),
        }
    }
}

impl Counts {
    fn new(counts: &counts::Counts) -> Self {
        let of_type = |counts: &counts::TypeCounts| TypeCounts {
            all: counts.all,
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.unchanged,
            disabled: counts.disabled,
            deleted: counts.deleted,
            unlinked: counts.unlinked,
            duplicates: counts.duplicates,
            failed: counts.failed,
            dangling: counts.dangling,
        };
        Self { user: of_type(&counts.user), department: of_type(&counts.department), targets: None }
    }
}

fn as_text<S: Serializer>(starter: &Option<Starter>, serializer: S) -> Result<S::Ok, S::Error> {
    starter.as_ref().map(Starter::to_string).serialize(serializer)
}

/// The task that a request began.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accepted {
    pub(crate) task_id: i64,
    /// The task's run number within its source.
    pub(crate) batch: i64,
    pub(crate) status: Status,
}

impl Accepted {
    pub(crate) fn new(task: &task::Task) -> Self {
        Self { task_id: task.id.0, batch: task.batch.0, status: task.status }
    }
}

/// What a push came to: every record was taken, and each of `failedRecords` failed alone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pushed {
    pub(crate) task_id: i64,
    /// The task's run number within its source.
    pub(crate) batch: i64,
    /// `success`, `partial` if records failed, or `failed` if all of them did.
    pub(crate) status: Status,
    #[schema(required, examples("users: 2 created, 1 failed"))]
    pub(crate) message: Option<String>,
    pub(crate) counts: Counts,
    /// The first 100; the task's changes have all.
    pub(crate) failed_records: Vec<FailedRecord>,
}

/// A push that goes on without the client, or is held by a gate.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushTaken {
    pub(crate) task_id: i64,
    /// The task's run number within its source.
    pub(crate) batch: i64,
    /// `held`: nothing is written until somebody approves the task. Anything else goes on by itself.
    pub(crate) status: Status,
    /// Why it is held, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) message: Option<String>,
    /// What the plan would do; absent with `Prefer: respond-async`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) counts: Option<Counts>,
    /// The first 100; absent with `Prefer: respond-async`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) failed_records: Option<Vec<FailedRecord>>,
}

/// A record that failed, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FailedRecord {
    /// Null where it could not be read.
    #[schema(required)]
    pub(crate) uid: Option<String>,
    #[schema(required)]
    pub(crate) message: Option<String>,
}

impl Pushed {
    pub(crate) fn new(task: &task::Task, failed_records: Vec<FailedRecord>) -> Self {
        Self {
            task_id: task.id.0,
            batch: task.batch.0,
            status: task.status,
            message: task.message.clone(),
            counts: Counts::new(&task.counts),
            failed_records,
        }
    }
}

impl PushTaken {
    /// `failed_records` for a client that has waited.
    pub(crate) fn new(task: &task::Task, failed_records: Option<Vec<FailedRecord>>) -> Self {
        Self {
            task_id: task.id.0,
            batch: task.batch.0,
            status: task.status,
            // A held task says why, even to a client that doesn't wait.
            message: task.message.clone().filter(|_| task.status == Status::Held),
            counts: failed_records.as_ref().map(|_| Counts::new(&task.counts)),
            failed_records,
        }
    }
}

impl From<&change::Change> for FailedRecord {
    fn from(change: &change::Change) -> Self {
        Self { uid: uid_of(change), message: change.error.clone() }
    }
}
