//! What people do about tasks: retry, undo, approve, reject, cancel. Each step is written under the fence of
//! the task as it was judged, so that nobody acts on a task that has moved on.

use crate::domain::counts::Counts;
use crate::domain::ids::TaskId;
use crate::domain::starter::Starter;
use crate::domain::task::{Event, Kind, Mode, Phase, Status, Task};
use crate::store::{changes, commit, tasks};

use super::engine::Engine;
use super::error::SyncError;
use super::queue::Order;
use super::run::{Input, resume};
use super::undo;

impl Engine {
    /// Tries a failed task, or the failed records of a partial one, again; and what targets have not taken
    /// of what it did, which is all there is to try again for one that succeeded.
    pub async fn retry(&self, id: TaskId) -> Result<Task, SyncError> {
        let _arrival = self.inner.arrival.lock().await;
        let (task, source) = self.task_and_source(id).await?;
        if task.status == Status::Success && self.retry_deliveries(id).await? > 0 {
            return Ok(task);
        }
        let status =
            task.status.after(Event::Retry).map_err(|illegal| SyncError::IllegalStep(id, illegal))?;
        let reader = self.inner.store.reader();
        if let Some(undo) = tasks::undone_by(reader, [id]).await?.get(&id) {
            return Err(SyncError::NotRetriable(id, format!("task {undo} undoes it")));
        }
        match task.kind {
            // These are about what the source gave, and not about what it gives.
            Kind::Undo | Kind::Disable | Kind::Delete | Kind::Backfill => {}
            Kind::Pull | Kind::Push if !source.enabled => return Err(SyncError::Disabled(source.name)),
            Kind::Pull | Kind::Push => {
                if let Some(running) = tasks::active_pull(reader, source.id).await? {
                    return Err(SyncError::AlreadyRunning { source_name: source.name, task: running });
                }
            }
        }
        let input = match task.status {
            Status::Partial => Input::Failed,
            // Its records failed, and not the task.
            Status::Failed if task.came_to_its_end() => Input::Failed,
            _ => resume(&task, &source).map_err(|reason| SyncError::NotRetriable(id, reason))?,
        };
        self.check_space().await?;
        let mut again = task.clone();
        again.owner = Some(self.inner.owner.to_string());
        again.status = status;
        again.attempt += 1;
        again.begun = 0;
        again.message = None;
        again.finished_at = None;
        match input {
            Input::Failed => {
                again.retries_failed = true;
                again.phase = Phase::Read;
            }
            Input::Planned => {}
            _ => {
                again.counts = Counts::default();
                if task.kind == Kind::Backfill {
                    again.watermark = None;
                }
            }
        }
        let tx = self.inner.store.begin().await?;
        if matches!(input, Input::Failed) {
            changes::settle(&tx, id, task.watermark.as_ref()).await?;
            again.watermark = None;
        }
        let written = tasks::write(&tx, &again, &tasks::Fence::of(&task), self.inner.now()).await?;
        commit(tx, "retry the task").await?;
        self.written(id, written)?;
        let turn = self.inner.turns.queue(source.id);
        self.spawn(source, again.clone(), input, turn, None);
        self.retry_deliveries(id).await?;
        Ok(again)
    }

    /// Takes back what a task did, by a task of its own that waits for its turn. The source may be
    /// disabled: this is about what it gave, not about what it gives.
    pub async fn undo(&self, id: TaskId, dry_run: bool, by: Starter) -> Result<Task, SyncError> {
        let _arrival = self.inner.arrival.lock().await;
        let (undone, source) = self.task_and_source(id).await?;
        if !undone.failed_midway() {
            undone.status.after(Event::Undo).map_err(|illegal| SyncError::IllegalStep(id, illegal))?;
        }
        if let Some(reason) = undo::refusal(&self.inner.store, &undone).await? {
            return Err(SyncError::NotUndoable(id, reason));
        }
        let (mode, data_type) = (Mode::Incremental, undone.data_type);
        let order = Order {
            kind: Kind::Undo,
            mode,
            data_type,
            match_key: None,
            dry_run,
            undoes: Some(id),
            target: None,
            by,
        };
        let task = self.add(&source, order, None).await?;
        let turn = self.inner.turns.queue(source.id);
        self.spawn(source, task.clone(), Input::Undone, turn, None);
        Ok(task)
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
        self.check_space().await?;
        let owner = Some(self.inner.owner.to_string());
        let approved = Task { status, owner, message: None, begun: 0, phase: Phase::Apply, ..task.clone() };
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
        let stop = self.inner.running.lock().get(&id).map(|execution| execution.stop.clone());
        if let Some(stop) = stop.filter(|_| task.status == Status::Processing) {
            stop.cancel();
            return Ok(task);
        }
        let message = Some("cancelled: its plan was given up".to_owned());
        let cancelled = Task { status, message, finished_at: Some(self.inner.now()), ..task.clone() };
        self.write(&cancelled, &task).await?;
        Ok(cancelled)
    }

    pub(super) async fn write(&self, task: &Task, was: &Task) -> Result<(), SyncError> {
        let tx = self.inner.store.begin().await?;
        let written = tasks::write(&tx, task, &tasks::Fence::of(was), self.inner.now()).await?;
        commit(tx, "write the task").await?;
        self.written(task.id, written)
    }

    /// A task that moved while it was looked at is not what the caller judged.
    pub(super) fn written(&self, id: TaskId, written: bool) -> Result<(), SyncError> {
        if !written {
            return Err(SyncError::Moved(id));
        }
        self.inner.moved(id);
        Ok(())
    }
}
