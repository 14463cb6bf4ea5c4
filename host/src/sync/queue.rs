//! The queue: tasks are added with a lease for this daemon, wait for their turn, run, and are taken up again
//! when the daemon that ran them is gone.

use std::sync::Arc;

use sea_orm::DatabaseTransaction;
use tokio::sync::oneshot;
use tracing::{debug, error, info, warn};

use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::ids::{TargetId, TaskId};
use crate::domain::policy::MatchKey;
use crate::domain::source::Source;
use crate::domain::starter::Starter;
use crate::domain::task::{Kind, Mode, Phase, Status, Task};
use crate::store::tasks::Unfinished;
use crate::store::{StoreError, commit, counters, idempotency, sources, targets, tasks};

use super::engine::{Engine, Executed, Execution};
use super::error::SyncError;
use super::repeat::{Repeatable, holder_number};
use super::run::{Input, Run, resume};
use super::turns::Turn;

/// What a new task is to do.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) kind: Kind,
    pub(super) mode: Mode,
    pub(super) data_type: Option<DataType>,
    pub(super) match_key: Option<MatchKey>,
    pub(super) dry_run: bool,
    pub(super) undoes: Option<TaskId>,
    pub(super) target: Option<TargetId>,
    pub(super) by: Starter,
}

impl Engine {
    /// Renews the leases of this daemon's tasks, and takes up every task that has been abandoned: by an
    /// earlier run of this daemon, or by another daemon on the same database.
    pub async fn keep_leases(&self) -> Result<(), StoreError> {
        if self.is_stopping() {
            return Ok(());
        }
        let running: Vec<TaskId> = self.inner.running.lock().keys().copied().collect();
        let passing = self.inner.delivery.passing();
        if !running.is_empty() || !passing.is_empty() {
            let (now, owner) = (self.inner.now(), &self.inner.owner);
            let tx = self.inner.store.begin().await?;
            tasks::renew(&tx, running, owner, now).await?;
            targets::renew(&tx, passing, owner, now).await?;
            commit(tx, "renew the leases").await?;
        }
        self.recover().await
    }

    /// Takes up every task that has been abandoned.
    pub async fn recover(&self) -> Result<(), StoreError> {
        // They would fail at once; as they are, they go on once there is room.
        if let Err(reason) = self.check_space().await {
            debug!("tasks that were interrupted wait: {reason}");
            return Ok(());
        }
        // Nobody adds a task meanwhile, so one of this daemon's that nothing runs is not about to be run.
        let _arrival = self.inner.arrival.lock().await;
        for unfinished in tasks::unfinished(self.inner.store.reader()).await? {
            // As long as an execution holds on to a task, even to one that it has lost, no other begins.
            if !self.inner.running.lock().contains_key(&unfinished.task.id) {
                self.take_up(unfinished).await?;
            }
        }
        Ok(())
    }

    /// Takes a task up that nothing runs here, if it has been abandoned. Either all of this is written or
    /// nothing, so that a task which could not be taken up is looked at again.
    async fn take_up(&self, unfinished: Unfinished) -> Result<(), StoreError> {
        let (now, owner) = (self.inner.now(), &self.inner.owner);
        let is_own = unfinished.task.owner == Some(owner.to_string());
        if !is_own && !owner.may_take(unfinished.task.owner.as_deref(), unfinished.lease_until, now) {
            return Ok(());
        }
        let (id, source) = (unfinished.task.id, unfinished.task.source_id);
        let Some(source) = sources::by_id(self.inner.store.reader(), source).await? else {
            error!(task = id.0, "task {id} belongs to source {source}, which is gone; it is left alone");
            return Ok(());
        };
        let tx = self.inner.store.begin().await?;
        if !is_own && !tasks::take_over(&tx, &unfinished, owner, now).await? {
            return Ok(());
        }
        let task = Task { owner: Some(owner.to_string()), ..unfinished.task };
        let input = match task.gives_up() {
            Some(reason) => Err(reason),
            None => resume(&task, &source).map_err(|reason| format!("the daemon was stopped: {reason}")),
        };
        match input {
            Ok(input) => {
                commit(tx, "take the task over").await?;
                info!(task = id.0, "task {id} was interrupted and goes on");
                let turn = self.inner.turns.queue(source.id);
                self.spawn(source, task, input, turn, None);
            }
            Err(reason) => {
                let message = Some(reason.clone());
                let failed = Task { status: Status::Failed, message, finished_at: Some(now), ..task.clone() };
                tasks::write(&tx, &failed, &tasks::Fence::of(&task), now).await?;
                commit(tx, "write the task").await?;
                warn!(task = id.0, "task {id} was interrupted and is failed: {reason}");
                self.inner.moved(id);
                if failed.has_void_plan() {
                    self.inner.void_plan(id);
                }
            }
        }
        Ok(())
    }

    pub(super) async fn add(
        &self,
        source: &Source,
        order: Order,
        repeatable: Option<&Repeatable>,
    ) -> Result<Task, SyncError> {
        self.check_space().await?;
        let tx = self.inner.store.begin().await?;
        let task = self.add_within(&tx, source, order, repeatable).await?;
        commit(tx, "add the task").await?;
        self.inner.moved(task.id);
        Ok(task)
    }

    /// Adds a task within a transaction that somebody else began and commits. What refuses it, refuses it
    /// before anything of it is written.
    pub(super) async fn add_within(
        &self,
        tx: &DatabaseTransaction,
        source: &Source,
        order: Order,
        repeatable: Option<&Repeatable>,
    ) -> Result<Task, SyncError> {
        let Order { kind, mode, data_type, match_key, dry_run, undoes, target, by } = order;
        let now = self.inner.now();
        // It may have been deleted or disabled since it was looked at.
        match undoes {
            // Of a source that is deleted, what it gave can still be taken away, and set back.
            Some(_) => {}
            None if matches!(kind, Kind::Backfill | Kind::Disable | Kind::Delete) => {}
            None => {
                let still = sources::by_name(tx, &source.name).await?;
                if still.is_none_or(|still| still.id != source.id || !still.enabled) {
                    return Err(SyncError::Disabled(source.name.clone()));
                }
            }
        }
        if kind == Kind::Pull
            && let Some(task) = tasks::active_pull(tx, source.id).await?
        {
            return Err(SyncError::AlreadyRunning { source_name: source.name.clone(), task });
        }
        let id = TaskId(counters::take(tx, self.inner.store.dialect(), "tasks", 1).await?);
        let batch = sources::next_batch(tx, source.id).await?;
        let task = Task {
            id,
            source_id: source.id,
            batch,
            kind,
            undoes,
            target_id: target,
            mode,
            data_type,
            match_key,
            dry_run,
            started_by: Some(by),
            status: Status::Init,
            phase: Phase::Read,
            message: None,
            held_by: None,
            attempt: 1,
            begun: 0,
            retries_failed: false,
            owner: Some(self.inner.owner.to_string()),
            counts: Counts::default(),
            watermark: None,
            cost_ms: 0,
            created_at: now,
            started_at: None,
            finished_at: None,
        };
        tasks::insert(tx, &task, now).await?;
        if let Some(Repeatable { holder, key, .. }) = repeatable {
            let place = idempotency::Place { source: source.id, holder: holder_number(*holder), key };
            idempotency::keep(tx, &place, id, now).await?;
        }
        Ok(task)
    }

    pub(super) fn spawn(
        &self,
        source: Source,
        task: Task,
        input: Input,
        turn: Turn,
        planned: Option<oneshot::Sender<Executed>>,
    ) -> tokio::task::JoinHandle<Executed> {
        let stop = match task.kind {
            Kind::Push => self.inner.shutdown.child_token(),
            Kind::Pull | Kind::Undo | Kind::Disable | Kind::Delete | Kind::Backfill => {
                self.inner.closing.child_token()
            }
        };
        self.inner.running.lock().insert(task.id, Execution::waiting(stop.clone()));
        let run = Run {
            engine: Arc::clone(&self.inner),
            source,
            task,
            input,
            turn,
            stop,
            planned,
            left: None,
            begun: false,
            fault: None,
            unwritten: None,
        };
        self.inner.tracker.spawn(run.execute())
    }
}
