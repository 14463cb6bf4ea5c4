//! A task: one sync of one source, from reading to its end; its statuses and the legal steps
//! between them.

use serde::{Deserialize, Serialize};

use super::change::words;
use super::counts::Counts;
use super::data_type::DataType;
use super::ids::{Batch, SourceId, TargetId, TaskId};
use super::policy::MatchKey;
use super::starter::Starter;

words! {
    /// Where a task stands.
    Status {
        /// Waiting for its turn.
        Init = "init",
        /// Running.
        Processing = "processing",
        /// Ended, and every record went through.
        Success = "success",
        /// Ended, and some records failed.
        Partial = "partial",
        /// Ended without reaching the end of its plan, or with every user failed.
        Failed = "failed",
        /// Planned, and held by a gate until somebody approves or rejects it.
        Held = "held",
        /// Ended because somebody cancelled or rejected it.
        Cancelled = "cancelled",
    }
}

words! {
    /// Who brings the records, if anybody does.
    Kind {
        /// A plugin reads them.
        Pull = "pull",
        /// A client pushes them.
        Push = "push",
        /// Nobody: it takes back what another task did.
        Undo = "undo",
        /// Nobody: its source is deleted, and what that gave is switched off.
        Disable = "disable",
        /// Nobody: its source is deleted, and so is what that gave.
        Delete = "delete",
        /// Nobody: it notes for a target what is in the directory already.
        Backfill = "backfill",
    }
}

words! {
    /// Whether the records are all there is, so that absent ones are missing.
    Mode {
        /// They are.
        Full = "full",
        /// They are not: absent ones are left alone.
        Incremental = "incremental",
    }
}

words! {
    /// What a running task is doing.
    Phase {
        /// Reading records and planning. Begun again from the start after a crash.
        Read = "read",
        /// The plan is whole; writing it. Gone on with after a crash.
        Apply = "apply",
    }
}

/// How many executions of a task may be interrupted before it is not taken up again by itself.
pub const MOST_INTERRUPTIONS: i32 = 3;

/// Whether one more interruption after so many is the last one.
pub fn is_last_but_one(interruptions: i32) -> bool {
    interruptions >= MOST_INTERRUPTIONS - 1
}

/// What happens to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Its turn has come.
    Start,
    /// A gate holds its plan.
    Hold,
    /// It reached its end: success, partial if records failed, or failed if all of them did.
    Finish(Status),
    /// It can't go on.
    Fail,
    /// Somebody approves its held plan.
    Approve,
    /// Somebody rejects its held plan.
    Reject,
    /// Somebody stops it.
    Cancel,
    /// Somebody wants it tried again.
    Retry,
    /// Somebody has another task take back what it did; it stays what it is.
    Undo,
}

/// A step that a task can't take from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a task that is {from} can't be {}", event.verb())]
pub struct IllegalStep {
    from: Status,
    event: Event,
}

impl Event {
    fn verb(self) -> &'static str {
        match self {
            Self::Start => "started",
            Self::Hold => "held",
            Self::Finish(_) => "finished",
            Self::Fail => "failed",
            Self::Approve => "approved: only held ones can",
            Self::Reject => "rejected: only held ones can",
            Self::Cancel => "cancelled: only waiting, running and held ones can",
            Self::Retry => "retried: only failed and partial ones can",
            Self::Undo => "undone: only success and partial ones can",
        }
    }
}

impl Status {
    /// The status after `event`.
    pub fn after(self, event: Event) -> Result<Self, IllegalStep> {
        use Status::{Cancelled, Failed, Held, Init, Partial, Processing, Success};
        match (self, event) {
            (Init, Event::Start) | (Held, Event::Approve) => Ok(Processing),
            (Processing, Event::Hold) => Ok(Held),
            (Processing, Event::Finish(end @ (Success | Partial | Failed))) => Ok(end),
            (Init | Processing, Event::Fail) => Ok(Failed),
            (Held, Event::Reject) | (Init | Processing | Held, Event::Cancel) => Ok(Cancelled),
            (Failed | Partial, Event::Retry) => Ok(Init),
            (end @ (Success | Partial), Event::Undo) => Ok(end),
            (from, event) => Err(IllegalStep { from, event }),
        }
    }

    /// Whether nothing more happens by itself.
    pub fn is_final(self) -> bool {
        match self {
            Self::Init | Self::Processing | Self::Held => false,
            Self::Success | Self::Partial | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// A task as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its identity.
    pub id: TaskId,
    /// Its source.
    pub source_id: SourceId,
    /// Its run number within the source.
    pub batch: Batch,
    /// Who brings its records, if anybody does.
    pub kind: Kind,
    /// The task that it undoes, if it is an undo.
    pub undoes: Option<TaskId>,
    /// The target that it fills, if it is a backfill.
    pub target_id: Option<TargetId>,
    /// Full or incremental.
    pub mode: Mode,
    /// For a push, the data type that it brings.
    pub data_type: Option<DataType>,
    /// How records without a link find existing users.
    pub match_key: Option<MatchKey>,
    /// Whether it stops before applying.
    pub dry_run: bool,
    /// Who started it; none if it was added before that was written down.
    pub started_by: Option<Starter>,
    /// Where it stands.
    pub status: Status,
    /// What it does while it is processing.
    pub phase: Phase,
    /// What a person should know.
    pub message: Option<String>,
    /// The gate that holds it.
    pub held_by: Option<String>,
    /// Which execution this is, from 1.
    pub attempt: i32,
    /// How many executions of this attempt have begun and not come to an orderly end: one more than were interrupted
    /// while one is under way.
    pub begun: i32,
    /// Whether this attempt works on the failed changes of the one before instead of reading anew.
    pub retries_failed: bool,
    /// Which run of the daemon executes it; a run that finds another's name has lost it.
    pub owner: Option<String>,
    /// What its plan does.
    pub counts: Counts,
    /// The last change that has been applied; those after it are pending.
    pub watermark: Option<Watermark>,
    /// Milliseconds that its executions took.
    pub cost_ms: i64,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// When the last execution started.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
}

impl Task {
    /// Whether it came to the end of its plan: also as failed, where the records failed and not the task.
    pub fn came_to_its_end(&self) -> bool {
        match self.status {
            Status::Success | Status::Partial => true,
            Status::Failed => self.phase == Phase::Apply && self.counts.all_failed().is_some(),
            Status::Init | Status::Processing | Status::Held | Status::Cancelled => false,
        }
    }

    /// Whether it ended before its plan was whole, so that nothing can use what there is of it: whoever tries it again
    /// has everything planned anew.
    pub fn has_void_plan(&self) -> bool {
        let ended = matches!(self.status, Status::Failed | Status::Cancelled);
        ended && self.phase == Phase::Read && !self.retries_failed
    }

    /// Whether it failed and may have written a part of its plan by then, which can be undone.
    pub fn failed_midway(&self) -> bool {
        self.status == Status::Failed && self.phase == Phase::Apply && self.counts.changes() > 0
    }

    /// Whether one more interruption is the last one. Such tasks run one at a time, so that of those that were
    /// interrupted together, only one is interrupted again by what it does itself.
    pub fn is_suspect(&self) -> bool {
        is_last_but_one(self.begun)
    }

    /// Why it is not taken up again after it was interrupted, if it has been too often: what it does may be what ends
    /// the daemon each time.
    pub fn gives_up(&self) -> Option<String> {
        (self.begun >= MOST_INTERRUPTIONS).then(|| {
            format!(
                "interrupted {} times, perhaps for lack of memory: each time the daemon that ran this task ended, or \
                 did not renew its lease for a minute, as when its machine is suspended; see the system log and the log \
                 of the machine, give the daemon more memory or have the source send less at once, then retry the task",
                self.begun
            )
        })
    }

    /// What it wrote: its counts, once it has ended with them; of a dry run, and of what came to no such end, nothing.
    pub fn written(&self) -> Option<&Counts> {
        match self.status {
            Status::Success | Status::Partial => Some(&self.counts).filter(|_| !self.dry_run),
            Status::Failed if self.came_to_its_end() => Some(&self.counts).filter(|_| !self.dry_run),
            Status::Init | Status::Processing | Status::Failed | Status::Held | Status::Cancelled => None,
        }
    }
}

/// A position in a plan: changes are applied in the order of (data type, uid).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watermark {
    /// Departments before users.
    pub data_type: DataType,
    /// In the order of the database's binary comparison.
    pub uid: String,
}

/// How far a task has come: records read, changes planned, changes applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Records read so far.
    pub read: u64,
    /// Changes planned so far.
    pub planned: u64,
    /// Changes applied so far.
    pub applied: u64,
    /// When what it is at began, reading or applying, in milliseconds since 1970.
    pub since: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_documented_steps_are_legal() {
        use Status::{Cancelled, Failed, Held, Init, Partial, Processing, Success};
        let events = [
            Event::Start,
            Event::Hold,
            Event::Finish(Success),
            Event::Finish(Partial),
            Event::Finish(Failed),
            Event::Fail,
            Event::Approve,
            Event::Reject,
            Event::Cancel,
            Event::Retry,
            Event::Undo,
        ];
        let legal: Vec<String> = Status::ALL
            .iter()
            .flat_map(|&from| events.iter().map(move |&event| (from, event)))
            .filter_map(|(from, event)| Some(format!("{from} -{event:?}-> {}", from.after(event).ok()?)))
            .collect();
        insta::assert_snapshot!(legal.join("\n"), @"
        init -Start-> processing
        init -Fail-> failed
        init -Cancel-> cancelled
        processing -Hold-> held
        processing -Finish(Success)-> success
        processing -Finish(Partial)-> partial
        processing -Finish(Failed)-> failed
        processing -Fail-> failed
        processing -Cancel-> cancelled
        success -Undo-> success
        partial -Retry-> init
        partial -Undo-> partial
        failed -Retry-> init
        held -Approve-> processing
        held -Reject-> cancelled
        held -Cancel-> cancelled
        ");
        assert_eq!(
            Success.after(Event::Retry).unwrap_err().to_string(),
            "a task that is success can't be retried: only failed and partial ones can"
        );
        assert_eq!(Status::ALL.iter().filter(|status| status.is_final()).count(), 4);
        let _ = (Cancelled, Failed, Held, Init, Partial, Processing);
    }
}
