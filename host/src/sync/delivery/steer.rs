//! What people do about targets: fill them, try again, check.

use sea_orm::DatabaseTransaction;
use serde_json::Value;
use tokio::sync::MutexGuard;

use crate::domain::ids::{SourceId, TargetId, TaskId};
use crate::domain::policy::Policy;
use crate::domain::source::{DIRECTORY, Source};
use crate::domain::starter::Starter;
use crate::domain::target::Target;
use crate::domain::task::{Kind, Mode, Task};
use crate::store::{Store, StoreError, commit, counters, deliveries, sources, targets};

use super::super::engine::Engine;
use super::super::error::SyncError;
use super::super::queue::Order;
use super::super::reader::PluginFailure;
use super::super::run::Input;

/// A task that fills a target, about to be added in the transaction that adds or changes the target. As long as it
/// is held, no other task is added.
pub(crate) struct Filling<'a> {
    engine: &'a Engine,
    directory: Source,
    _arrival: MutexGuard<'a, ()>,
}

impl Filling<'_> {
    /// Adds the task within a transaction that somebody else began and commits. Mode `full` has everything sent,
    /// also what the target confirmed once.
    pub(crate) async fn note(
        &self,
        tx: &DatabaseTransaction,
        target: &Target,
        mode: Mode,
        by: Starter,
    ) -> Result<Task, SyncError> {
        if !target.enabled {
            return Err(SyncError::TargetDisabled(target.name.clone()));
        }
        self.engine.check_space().await?;
        let order = Order {
            kind: Kind::Backfill,
            mode,
            data_type: None,
            match_key: None,
            dry_run: false,
            undoes: None,
            target: Some(target.id),
            by,
        };
        self.engine.add_within(tx, &self.directory, order, None).await
    }

    /// Runs it, once that transaction is committed.
    pub(crate) fn begin(self, task: Task) {
        let turn = self.engine.inner.turns.queue(self.directory.id);
        self.engine.inner.moved(task.id);
        self.engine.spawn(self.directory, task, Input::Backfill, turn, None);
    }
}

impl Engine {
    /// Prepares to fill a target.
    pub(crate) async fn filling(&self) -> Result<Filling<'_>, SyncError> {
        let arrival = self.inner.arrival.lock().await;
        if self.is_stopping() {
            return Err(SyncError::Stopping);
        }
        let directory = directory(&self.inner.store, self.inner.now()).await?;
        Ok(Filling { engine: self, directory, _arrival: arrival })
    }

    /// Has all of the directory sent to a target again, whatever it has confirmed, by a task of its own.
    pub async fn backfill(&self, target: &Target, by: Starter) -> Result<Task, SyncError> {
        let filling = self.filling().await?;
        let tx = self.inner.store.begin().await?;
        let task = filling.note(&tx, target, Mode::Full, by).await?;
        commit(tx, "add the task").await?;
        filling.begin(task.clone());
        Ok(task)
    }

    /// Has everything tried again at once that a target refused or that waits after a failure. Returns how
    /// many deliveries that are.
    pub async fn retry_target(&self, id: TargetId) -> Result<u64, SyncError> {
        let (store, now) = (&self.inner.store, self.inner.now());
        let mut count = 0;
        loop {
            let (tx, _) = store.begin_long().await?;
            let some = deliveries::retry_some(&tx, store.dialect(), id, now).await?;
            targets::try_now(&tx, id).await?;
            commit(tx, "retry the deliveries").await?;
            if some == 0 {
                break;
            }
            count += some;
        }
        self.inner.delivery.asked();
        Ok(count)
    }

    /// The same for those that a task caused and a target has not taken.
    pub(crate) async fn retry_deliveries(&self, task: TaskId) -> Result<u64, StoreError> {
        let tx = self.inner.store.begin().await?;
        let count = deliveries::retry_task(&tx, task, self.inner.now()).await?;
        targets::try_those_of(&tx, task).await?;
        commit(tx, "retry the deliveries").await?;
        self.inner.delivery.asked();
        Ok(count)
    }

    /// Tries to connect to a target.
    pub async fn check_target(&self, target_type: &str, options: Value) -> Result<(), PluginFailure> {
        self.inner.plugins.check_target(target_type, options).await
    }

    /// Has the dispatcher look: a target was added or changed.
    pub(crate) fn targets_changed(&self) {
        self.inner.delivery.asked();
    }
}

/// The directory as the source of what fills targets: it is in no list of sources, and there as soon as
/// somebody asks for it.
async fn directory(store: &Store, now: i64) -> Result<Source, StoreError> {
    if let Some(found) = sources::hidden(store.reader(), DIRECTORY).await? {
        return Ok(found);
    }
    let tx = store.begin().await?;
    let source = match sources::hidden(&tx, DIRECTORY).await? {
        Some(found) => found,
        None => {
            let source = Source {
                id: SourceId(counters::take(&tx, store.dialect(), "sources", 1).await?),
                name: DIRECTORY.into(),
                source_type: DIRECTORY.into(),
                display_name: None,
                enabled: true,
                options: Value::Object(serde_json::Map::new()),
                schedule: None,
                policy: Policy::default(),
                last_full_at: None,
                created_at: now,
                updated_at: now,
            };
            sources::insert_hidden(&tx, &source).await?;
            source
        }
    };
    commit(tx, "add the directory as a source").await?;
    Ok(source)
}
