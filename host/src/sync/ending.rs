//! How an execution ends, and how that is written: once, under the fence of the task, and even if the database
//! itself is what failed.

use std::any::Any;
use std::time::Duration;

use sea_orm::DatabaseTransaction;
use tracing::{debug, error, info, warn};

use crate::domain::one_line::{MESSAGE, told};
use crate::domain::task::{Event, Status, Task};
use crate::store::{StoreError, commit, tasks};

use super::claim::WriteError;
use super::engine::Fault;
use super::intake::IntakeError;
use super::measure;
use super::run::Run;
use super::space::NoSpace;

/// The pauses between attempts to write a task's end.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Why an execution ends early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ending {
    #[error("stopped")]
    Stopped,
    #[error("lost")]
    Lost,
    #[error("{0}")]
    BadRecords(String),
    #[error("{0}")]
    NoStorage(String),
    /// What changed can't be told. Only between the reading and whoever asked for an incremental one.
    #[error("the plugin can't tell what changed, though it was asked for everything: {0}")]
    Expired(String),
    #[error("{0}")]
    Failed(String),
}

impl From<StoreError> for Ending {
    fn from(error: StoreError) -> Self {
        match error.is_unavailable() {
            true => Self::NoStorage(error.to_string()),
            false => Self::Failed(error.to_string()),
        }
    }
}

impl From<WriteError> for Ending {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Store(error) => error.into(),
            WriteError::Lost => Self::Lost,
        }
    }
}

impl From<NoSpace> for Ending {
    fn from(reason: NoSpace) -> Self {
        Self::NoStorage(format!("{reason}; then try the task again"))
    }
}

impl From<IntakeError> for Ending {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Stopped => Self::Stopped,
            IntakeError::CutOff
            | IntakeError::Broken(_)
            | IntakeError::Syntax(_)
            | IntakeError::WrongEncoding(_)
            | IntakeError::TooLong(_) => Self::BadRecords(error.to_string()),
            IntakeError::Expired(reason) => Self::Expired(reason),
            IntakeError::RawLog(_) => Self::NoStorage(error.to_string()),
            IntakeError::Reader(_) => Self::Failed(error.to_string()),
        }
    }
}

impl Run {
    /// A plugin that is asked to stop may say so in an error, which is not the task's own failure then.
    pub(super) fn because_of_stop(&self, ending: Ending) -> Ending {
        match ending {
            Ending::Expired(_) | Ending::Failed(_) | Ending::BadRecords(_) | Ending::NoStorage(_)
                if self.stop.is_cancelled() =>
            {
                Ending::Stopped
            }
            other => other,
        }
    }

    /// Ends the task as failed or cancelled, or leaves it for the next start if the daemon is stopping.
    pub(super) async fn end_early(&mut self, ending: Ending) {
        let event = match &ending {
            Ending::Lost => {
                warn!(task = self.task.id.0, "task {} was taken over by another run", self.task.id);
                return;
            }
            Ending::Stopped if self.engine.closing.is_cancelled() => {
                info!(task = self.task.id.0, "task {} goes on at the next start", self.task.id);
                self.excuse().await;
                return;
            }
            Ending::Stopped => Event::Cancel,
            Ending::BadRecords(_) => {
                self.fault = Some(Fault::Records);
                Event::Fail
            }
            Ending::NoStorage(_) => {
                self.fault = Some(Fault::Storage);
                Event::Fail
            }
            Ending::Expired(_) | Ending::Failed(_) => {
                self.fault = Some(Fault::Other);
                Event::Fail
            }
        };
        let mut ended = self.task.clone();
        let Ok(status) = ended.status.after(event) else { return };
        ended.status = status;
        ended.message = Some(match ending {
            Ending::Expired(_) => told(&ending.to_string(), MESSAGE).into_owned(),
            Ending::Failed(reason) | Ending::BadRecords(reason) | Ending::NoStorage(reason) => {
                told(&reason, MESSAGE).into_owned()
            }
            _ if ended.watermark.is_some() => {
                "cancelled; what had been written by then stays written".to_owned()
            }
            _ => "cancelled before anything was written".to_owned(),
        });
        if ended.has_void_plan() {
            self.engine.void_plan(ended.id);
        }
        match self.write_ended(ended.clone()).await {
            Ok(()) | Err(Ending::Lost) => {}
            Err(failure) => {
                error!(
                    task = self.task.id.0,
                    "task {} can't be ended: {failure}; trying again", self.task.id
                );
                self.unwritten = Some(ended);
            }
        }
    }

    /// Takes back that this execution has begun: it stops in order, and is no interruption.
    async fn excuse(&mut self) {
        if !self.begun {
            return;
        }
        let excused = Task { begun: (self.task.begun - 1).max(0), ..self.task.clone() };
        match self.write(excused).await {
            Ok(()) | Err(Ending::Lost) => {}
            Err(failure) => {
                warn!(task = self.task.id.0, "task {} counts as interrupted: {failure}", self.task.id);
            }
        }
    }

    /// Writes an end that could not be written, because the database itself is what failed. Nothing is left
    /// processing for ever: tries until it can be written, or the daemon stops and recovers the task at its
    /// next start. The source's next task waits as long.
    pub(super) async fn end_later(mut self, ended: Task) {
        let mut pause = FIRST_PAUSE;
        while let Err(failure) = self.write_ended(ended.clone()).await {
            if matches!(failure, Ending::Lost) {
                break;
            }
            debug!(task = self.task.id.0, "task {} can't be ended yet: {failure}", self.task.id);
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                () = self.engine.closing.cancelled() => {
                    self.excuse().await;
                    break;
                }
            }
        }
        self.engine.running.forget(self.task.id);
    }

    /// Writes the task as no longer running, with its cost.
    pub(super) async fn write_ended(&mut self, task: Task) -> Result<(), Ending> {
        let tx = self.engine.store.begin().await?;
        self.write_ended_within(tx, task).await
    }

    /// The same in a transaction that this commits.
    pub(super) async fn write_ended_within(
        &mut self,
        tx: DatabaseTransaction,
        task: Task,
    ) -> Result<(), Ending> {
        let now = self.engine.now();
        self.write_within(tx, ended(task, now)).await?;
        self.say_ended(now);
        Ok(())
    }

    /// Tells the log and the metrics of an end that has been written.
    pub(super) fn say_ended(&self, now: i64) {
        let took = now - self.task.started_at.unwrap_or(now);
        measure::ended(&self.task, &self.source.source_type, took);
        let Task { id, status, batch, .. } = &self.task;
        let message = self.task.message.as_deref().unwrap_or_default();
        let (cost, source) = (self.task.cost_ms, self.source.name.as_str());
        match status {
            Status::Failed | Status::Partial | Status::Held => warn!(
                task = id.0, source, batch = batch.0, %status, "task {id} of source {source} is {status} after {cost} ms: {message}"
            ),
            _ => info!(
                task = id.0, source, batch = batch.0, %status, "task {id} of source {source} is {status} after {cost} ms: {message}"
            ),
        }
    }

    /// Writes the task under the fence of what it was.
    pub(super) async fn write(&mut self, task: Task) -> Result<(), Ending> {
        let tx = self.engine.store.begin().await?;
        self.write_within(tx, task).await
    }

    /// The same in a transaction that this commits.
    pub(super) async fn write_within(&mut self, tx: DatabaseTransaction, task: Task) -> Result<(), Ending> {
        let fence = tasks::Fence::of(&self.task);
        if !tasks::write(&tx, &task, &fence, self.engine.now()).await? {
            return Err(Ending::Lost);
        }
        commit(tx, "write the task").await?;
        self.task = task;
        self.engine.moved(self.task.id);
        Ok(())
    }
}

/// Whatever panicked, the task is not left running for ever.
pub(super) fn broken_off(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied();
    let said =
        said.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it did not say what");
    format!("broke off because of a mistake in orgsync, which the log shows: {said}")
}

/// Nothing is a success in which records failed, and where every user failed nothing but the task's plan is done.
pub(super) fn how_it_ends(task: &Task) -> Status {
    match task.counts.failed() {
        0 => Status::Success,
        _ if task.counts.all_failed().is_some() => Status::Failed,
        _ => Status::Partial,
    }
}

pub(super) fn step(task: &Task, event: Event) -> Result<Status, Ending> {
    task.status.after(event).map_err(|illegal| Ending::Failed(illegal.to_string()))
}

pub(super) fn with_notes(message: String, notes: &[String]) -> String {
    let message = std::iter::once(message).chain(notes.iter().cloned()).collect::<Vec<_>>().join("; ");
    told(&message, MESSAGE).into_owned()
}

/// A task that runs no more, with its cost.
pub(super) fn ended(mut task: Task, now: i64) -> Task {
    task.cost_ms += now - task.started_at.unwrap_or(now);
    task.finished_at = task.status.is_final().then_some(now);
    task
}
