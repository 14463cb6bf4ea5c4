//! The claim of one execution on its task: every transaction that writes the task's plan begins by making
//! sure that the task is still this execution's, so that a daemon that was paused while another took the
//! task over can't write into the other's plan.

use sea_orm::{DatabaseExecutor, DatabaseTransaction};

use crate::domain::ids::TaskId;
use crate::domain::task::Task;
use crate::store::{Store, StoreError, commit, tasks};

/// Why the writing of a task stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else has the task now.
    #[error("the task is no longer this daemon's")]
    Lost,
}

/// What a task must be for its execution to go on.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    task: TaskId,
    fence: tasks::Fence,
}

impl Claim {
    /// The claim on a task as it was read or written last.
    pub(crate) fn of(task: &Task) -> Self {
        Self { task: task.id, fence: tasks::Fence::of(task) }
    }

    /// Begins a transaction in which the task is this execution's.
    pub(crate) async fn begin(&self, store: &Store) -> Result<DatabaseTransaction, WriteError> {
        self.made_sure(store.begin().await?).await
    }

    /// The same for one of many large batches.
    pub(crate) async fn begin_long(&self, store: &Store) -> Result<DatabaseTransaction, WriteError> {
        let (tx, _) = store.begin_long().await?;
        self.made_sure(tx).await
    }

    async fn made_sure(&self, tx: DatabaseTransaction) -> Result<DatabaseTransaction, WriteError> {
        if tasks::stands(&tx, self.task, &self.fence).await? { Ok(tx) } else { Err(WriteError::Lost) }
    }
}

/// Where a plan is made.
#[derive(Debug)]
pub(crate) enum Desk<'a> {
    /// Read from the readers, and written piece by piece, under the claim.
    Apart(Store, Claim),
    /// Within a transaction that somebody else began under the claim, and commits.
    Within(&'a DatabaseTransaction),
}

/// A piece of a plan that is being written.
#[derive(Debug)]
pub(crate) enum Writing<'a> {
    Own(DatabaseTransaction),
    Within(&'a DatabaseTransaction),
}

impl Desk<'_> {
    /// What is stored, as the plan has to see it.
    pub(crate) fn reader(&self) -> DatabaseExecutor<'_> {
        match self {
            Self::Apart(store, _) => store.reader().into(),
            Self::Within(tx) => DatabaseExecutor::Transaction(tx),
        }
    }

    pub(crate) async fn begin(&self) -> Result<Writing<'_>, WriteError> {
        match self {
            Self::Apart(store, claim) => Ok(Writing::Own(claim.begin_long(store).await?)),
            Self::Within(tx) => Ok(Writing::Within(tx)),
        }
    }
}

impl Writing<'_> {
    pub(crate) fn tx(&self) -> &DatabaseTransaction {
        match self {
            Self::Own(tx) => tx,
            Self::Within(tx) => tx,
        }
    }

    /// Commits what is this plan's to commit.
    pub(crate) async fn commit(self, what: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Own(tx) => commit(tx, what).await,
            Self::Within(_) => Ok(()),
        }
    }
}
