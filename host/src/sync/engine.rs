//! The engine's front: starting, pushing, retrying, approving, rejecting and cancelling tasks, taking
//! up what a crash interrupted, and how far running tasks have come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::ids::TaskId;
use crate::domain::policy::MatchKey;
use crate::domain::source::{API, Source};
use crate::domain::task::{Event, IllegalStep, Kind, Mode, Phase, Progress, Status, Task};
use crate::store::{Store, StoreError, changes, commit, counters, sources, tasks};

use super::intake::{Format, Piece};
use super::raw_log::RawLog;
use super::reader::Plugins;
use super::run::{Input, Run, resume};
use super::turns::{Turn, Turns};

/// Why a request to the engine is refused.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// No such source.
    #[error("there is no source `{0}`")]
    NoSource(String),
    /// No such task.
    #[error("there is no task {0}")]
    NoTask(TaskId),
    /// The source is switched off.
    #[error("source `{0}` is disabled; enable it first")]
    Disabled(String),
    /// A sync of the source is waiting or running.
    #[error("source `{source_name}` is already being synced by task {task}")]
    AlreadyRunning {
        /// The source.
        source_name: String,
        /// Its sync.
        task: TaskId,
    },
    /// A source that is pushed to can't be read.
    #[error("source `{0}` has nothing to read: clients push to it")]
    NothingToRead(String),
    /// A source that a plugin reads can't be pushed to.
    #[error("source `{0}` is read by a plugin; push to a source of type `api`")]
    NotPushable(String),
    /// The plugin that the source needs can't be used.
    #[error("source `{source_name}` can't be read: {reason}")]
    NotRunnable {
        /// The source.
        source_name: String,
        /// What is the matter with its plugin.
        reason: String,
    },
    /// The task is not where it would have to be.
    #[error("task {0}: {1}")]
    IllegalStep(TaskId, IllegalStep),
    /// The task's records are gone.
    #[error("task {0} can't be retried: {1}")]
    NotRetriable(TaskId, String),
    /// The task took a step of its own in between.
    #[error("task {0} moved on while this was being decided; look at it again")]
    Moved(TaskId),
    /// The task's execution broke off.
    #[error("task {0} broke off because of a mistake in orgsync; the log says where")]
    Broken(TaskId),
    /// The daemon is stopping.
    #[error("the daemon is stopping; try again when it is back")]
    Stopping,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a client pushes.
#[derive(Debug)]
pub struct Push {
    /// Users or departments.
    pub data_type: DataType,
    /// Whether it is all there is.
    pub mode: Mode,
    /// How records without a link find existing users; none: as the source's policy says.
    pub match_key: Option<MatchKey>,
    /// How the records stand in the pieces.
    pub format: Format,
    /// The records, piece by piece.
    pub pieces: mpsc::Receiver<Piece>,
    /// Whether the answer waits for the end, rather than for the plan to be safe in the database.
    pub wait: bool,
}

/// A task after an execution, or once its plan is safe in the database.
#[derive(Debug, Clone)]
pub struct Executed {
    /// The task as it is then.
    pub task: Task,
    /// Whose fault it is that the task failed; none unless this execution failed.
    pub fault: Option<Fault>,
}

/// Whose fault a failure is: a client's, who should send something else, or somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The records were cut off, are no JSON array, or one is too long.
    Records,
    /// Anything else: the plugin, the database, the disk.
    Other,
}

/// The engine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

/// What all executions share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) plugins: Arc<dyn Plugins>,
    pub(crate) raw_log: RawLog,
    /// This run of the daemon.
    pub(crate) owner: String,
    pub(crate) running: Running,
    pub(crate) shutdown: CancellationToken,
    turns: Turns,
    /// Held while a task is added and queued, so that the order of ids is the order of turns.
    arrival: tokio::sync::Mutex<()>,
    tracker: TaskTracker,
}

impl Inner {
    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }
}

/// The executions under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Running {
    tasks: Mutex<HashMap<TaskId, (CancellationToken, Progress)>>,
}

impl Running {
    /// Says how far a task has come.
    pub(crate) fn report(&self, task: TaskId, progress: Progress) {
        if let Some((_, latest)) = self.lock().get_mut(&task) {
            *latest = progress;
        }
    }

    /// Removes a task that has ended.
    pub(crate) fn forget(&self, task: TaskId) {
        self.lock().remove(&task);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TaskId, (CancellationToken, Progress)>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// An engine that runs nothing yet; `owner` names this run of the daemon and no other.
    pub fn new(store: Store, plugins: Arc<dyn Plugins>, raw_log: RawLog, owner: String) -> Self {
        let inner = Inner {
            store,
            plugins,
            raw_log,
            owner,
            running: Running::default(),
            shutdown: CancellationToken::new(),
            turns: Turns::default(),
            arrival: tokio::sync::Mutex::default(),
            tracker: TaskTracker::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The database.
    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The installed plugins.
    pub(crate) fn plugins(&self) -> &dyn Plugins {
        &*self.inner.plugins
    }

    /// Whether it takes nothing on any more.
    pub(crate) fn is_stopping(&self) -> bool {
        self.inner.shutdown.is_cancelled()
    }

    /// How far a running task has come.
    pub(crate) fn progress(&self, task: TaskId) -> Option<Progress> {
        self.inner.running.lock().get(&task).map(|(_, progress)| *progress)
    }

    /// Has a source read by its plugin. Returns at once, with the task as it waits for its turn.
    pub async fn sync(&self, name: &str, mode: Mode, dry_run: bool) -> Result<Task, SyncError> {
        let source = self.enabled(name).await?;
        if source.source_type == API {
            return Err(SyncError::NothingToRead(source.name));
        }
        let offered = self.inner.plugins.source_types();
        if offered.iter().all(|offer| offer.name != source.source_type) {
            let reason = self.inner.plugins.why_not(&source.source_type);
            return Err(SyncError::NotRunnable { source_name: source.name, reason });
        }
        let _arrival = self.inner.arrival.lock().await;
        if let Some(task) = tasks::active_pull(self.inner.store.reader(), source.id).await? {
            return Err(SyncError::AlreadyRunning { source_name: source.name, task });
        }
        let match_key = source.policy.match_key;
        let task = self.add(&source, Kind::Pull, mode, None, match_key, dry_run).await?;
        let turn = self.inner.turns.queue(source.id);
        self.spawn(source, task.clone(), Input::Plugin, turn, None);
        Ok(task)
    }

    /// Takes a push; pushes to one source are planned and applied in the order of their arrival.
    pub async fn push(&self, name: &str, push: Push) -> Result<Executed, SyncError> {
        let source = self.enabled(name).await?;
        if source.source_type != API {
            return Err(SyncError::NotPushable(source.name));
        }
        let match_key = push.match_key.or(source.policy.match_key);
        let input = Input::Body(push.format, push.pieces);
        let arrival = self.inner.arrival.lock().await;
        let data_type = Some(push.data_type);
        let task = self.add(&source, Kind::Push, push.mode, data_type, match_key, false).await?;
        let turn = self.inner.turns.queue(source.id);
        let (planned, is_planned) = oneshot::channel();
        let id = task.id;
        let ended = self.spawn(source, task, input, turn, Some(planned));
        drop(arrival);
        let executed = if push.wait { ended.await.ok() } else { is_planned.await.ok() };
        executed.ok_or(SyncError::Broken(id))
    }

    /// Tries a failed task, or the failed records of a partial one, again.
    pub async fn retry(&self, id: TaskId) -> Result<Task, SyncError> {
        let _arrival = self.inner.arrival.lock().await;
        let (task, source) = self.task_and_source(id).await?;
        let status =
            task.status.after(Event::Retry).map_err(|illegal| SyncError::IllegalStep(id, illegal))?;
        if !source.enabled {
            return Err(SyncError::Disabled(source.name));
        }
        if let Some(running) = tasks::active_pull(self.inner.store.reader(), source.id).await? {
            return Err(SyncError::AlreadyRunning { source_name: source.name, task: running });
        }
        let input = match task.status {
            Status::Partial => Input::Failed,
            _ => resume(&task, &source).map_err(|reason| SyncError::NotRetriable(id, reason))?,
        };
        let mut again = task.clone();
        again.status = status;
        again.attempt += 1;
        again.message = None;
        again.finished_at = None;
        match input {
            Input::Failed => {
                again.retries_failed = true;
                again.phase = Phase::Read;
            }
            Input::Planned => {}
            _ => again.counts = Counts::default(),
        }
        let tx = self.inner.store.begin().await?;
        if matches!(input, Input::Failed) {
            changes::settle(&tx, id, task.watermark.as_ref()).await?;
            again.watermark = None;
        }
        let written = tasks::write(&tx, &again, &tasks::Fence::of(&task)).await?;
        commit(tx, "retry the task").await?;
        self.written(id, written)?;
        let turn = self.inner.turns.queue(source.id);
        self.spawn(source, again.clone(), input, turn, None);
        Ok(again)
    }

    /// Has a held plan applied.
    pub async fn approve(&self, id: TaskId) -> Result<Task, SyncError> {
        let _arrival = self.inner.arrival.lock().await;
        let (task, source) = self.task_and_source(id).await?;
        if !source.enabled {
            return Err(SyncError::Disabled(source.name));
        }
        let status = task.status.after(Event::Approve);
        let status = status.map_err(|illegal| SyncError::IllegalStep(id, illegal))?;
        let approved = Task { status, message: None, phase: Phase::Apply, ..task.clone() };
        self.write(&approved, &task).await?;
        let turn = self.inner.turns.queue(source.id);
        self.spawn(source, approved.clone(), Input::Planned, turn, None);
        Ok(approved)
    }

    /// Gives a held plan up.
    pub async fn reject(&self, id: TaskId) -> Result<Task, SyncError> {
        let (task, _) = self.task_and_source(id).await?;
        let status = task.status.after(Event::Reject);
        let status = status.map_err(|illegal| SyncError::IllegalStep(id, illegal))?;
        let held = task.message.as_deref().unwrap_or_default();
        let message = Some(format!("rejected: its plan was given up ({held})"));
        let rejected = Task { status, message, finished_at: Some(self.inner.now()), ..task.clone() };
        self.write(&rejected, &task).await?;
        Ok(rejected)
    }

    /// Stops a task; what it has written by then stays written. A running one stops at its next step,
    /// so the returned task may still be processing.
    pub async fn cancel(&self, id: TaskId) -> Result<Task, SyncError> {
        let (task, _) = self.task_and_source(id).await?;
        let status = task.status.after(Event::Cancel);
        let status = status.map_err(|illegal| SyncError::IllegalStep(id, illegal))?;
        let stop = self.inner.running.lock().get(&id).map(|(stop, _)| stop.clone());
        if let Some(stop) = stop.filter(|_| task.status == Status::Processing) {
            stop.cancel();
            return Ok(task);
        }
        let message = Some("cancelled: its plan was given up".to_owned());
        let cancelled = Task { status, message, finished_at: Some(self.inner.now()), ..task.clone() };
        self.write(&cancelled, &task).await?;
        Ok(cancelled)
    }

    /// Takes up every task that an earlier run of the daemon left waiting or running.
    pub async fn recover(&self) -> Result<(), StoreError> {
        let _arrival = self.inner.arrival.lock().await;
        for task in tasks::unfinished(self.inner.store.reader()).await? {
            let source = sources::by_id(self.inner.store.reader(), task.source_id).await?;
            let source = source.ok_or_else(|| {
                StoreError::Damaged(format!(
                    "task {} belongs to source {}, which is gone",
                    task.id, task.source_id
                ))
            })?;
            match resume(&task, &source) {
                Ok(input) => {
                    info!(task = task.id.0, "task {} was interrupted and goes on", task.id);
                    let turn = self.inner.turns.queue(source.id);
                    self.spawn(source, task, input, turn, None);
                }
                Err(reason) => {
                    warn!(task = task.id.0, "task {} was interrupted: {reason}", task.id);
                    let message = Some(format!("the daemon was stopped: {reason}"));
                    let finished_at = Some(self.inner.now());
                    let failed = Task { status: Status::Failed, message, finished_at, ..task.clone() };
                    let tx = self.inner.store.begin().await?;
                    tasks::write(&tx, &failed, &tasks::Fence::of(&task)).await?;
                    commit(tx, "write the task").await?;
                }
            }
        }
        Ok(())
    }

    /// Stops all executions at their next step and waits for them, at most `patience`. What is not
    /// finished goes on at the next start.
    pub async fn drain(&self, patience: Duration) {
        self.inner.shutdown.cancel();
        self.inner.tracker.close();
        if tokio::time::timeout(patience, self.inner.tracker.wait()).await.is_err() {
            warn!("some tasks did not stop in time; they go on at the next start");
        }
    }

    /// Removes raw-record files older than `days`.
    pub fn remove_old_raw_records(&self, days: u16) {
        let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let oldest = today.saturating_sub(i32::from(days).days());
        match self.inner.raw_log.remove_before(oldest) {
            Ok(0) => {}
            Ok(count) => info!("removed {count} raw-record files older than {days} days"),
            Err(failure) => error!("{failure}"),
        }
    }

    async fn enabled(&self, name: &str) -> Result<Source, SyncError> {
        if self.inner.shutdown.is_cancelled() {
            return Err(SyncError::Stopping);
        }
        let found = sources::by_name(self.inner.store.reader(), name).await?;
        let source = found.ok_or_else(|| SyncError::NoSource(name.to_owned()))?;
        if source.enabled { Ok(source) } else { Err(SyncError::Disabled(source.name)) }
    }

    async fn task_and_source(&self, id: TaskId) -> Result<(Task, Source), SyncError> {
        if self.inner.shutdown.is_cancelled() {
            return Err(SyncError::Stopping);
        }
        let reader = self.inner.store.reader();
        let task = tasks::by_id(reader, id).await?.ok_or(SyncError::NoTask(id))?;
        let source = sources::by_id(reader, task.source_id).await?;
        let source = source.ok_or_else(|| SyncError::NoSource(task.source_id.to_string()))?;
        Ok((task, source))
    }

    async fn add(
        &self,
        source: &Source,
        kind: Kind,
        mode: Mode,
        data_type: Option<DataType>,
        match_key: Option<MatchKey>,
        dry_run: bool,
    ) -> Result<Task, SyncError> {
        let tx = self.inner.store.begin().await?;
        // It may have been deleted or disabled since it was looked at.
        let still = sources::by_name(&tx, &source.name).await?;
        if still.is_none_or(|still| still.id != source.id || !still.enabled) {
            return Err(SyncError::Disabled(source.name.clone()));
        }
        let id = TaskId(counters::take(&tx, self.inner.store.dialect(), "tasks", 1).await?);
        let batch = sources::next_batch(&tx, source.id).await?;
        let task = Task {
            id,
            source_id: source.id,
            batch,
            kind,
            mode,
            data_type,
            match_key,
            dry_run,
            status: Status::Init,
            phase: Phase::Read,
            message: None,
            held_by: None,
            attempt: 1,
            retries_failed: false,
            owner: None,
            counts: Counts::default(),
            watermark: None,
            cost_ms: 0,
            created_at: self.inner.now(),
            started_at: None,
            finished_at: None,
        };
        tasks::insert(&tx, &task).await?;
        commit(tx, "add the task").await?;
        Ok(task)
    }

    async fn write(&self, task: &Task, was: &Task) -> Result<(), SyncError> {
        let tx = self.inner.store.begin().await?;
        let written = tasks::write(&tx, task, &tasks::Fence::of(was)).await?;
        commit(tx, "write the task").await?;
        self.written(task.id, written)
    }

    /// A task that moved while it was looked at is not what the caller judged.
    fn written(&self, id: TaskId, written: bool) -> Result<(), SyncError> {
        if written { Ok(()) } else { Err(SyncError::Moved(id)) }
    }

    fn spawn(
        &self,
        source: Source,
        task: Task,
        input: Input,
        turn: Turn,
        planned: Option<oneshot::Sender<Executed>>,
    ) -> tokio::task::JoinHandle<Executed> {
        let stop = self.inner.shutdown.child_token();
        self.inner.running.lock().insert(task.id, (stop.clone(), Progress::default()));
        let run =
            Run { engine: Arc::clone(&self.inner), source, task, input, turn, stop, planned, fault: None };
        self.inner.tracker.spawn(run.execute())
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "order_tests.rs"]
mod order_tests;

#[cfg(test)]
#[path = "testing.rs"]
pub(crate) mod testing;
