//! Why the engine refuses a request.

use crate::domain::ids::{LocalId, TaskId};
use crate::domain::policy::MatchKey;
use crate::domain::task::IllegalStep;
use crate::store::StoreError;

use super::space::NoSpace;

/// Why a request to the engine is refused.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// No such source.
    #[error("there is no source `{0}`")]
    NoSource(String),
    /// No such task.
    #[error("there is no task {0}")]
    NoTask(TaskId),
    /// No such user.
    #[error("there is no user {0}")]
    NoUser(LocalId),
    /// The user is deleted, so that its values are free.
    #[error("user {0} is deleted: its username and e-mail are free already")]
    UserDeleted(LocalId),
    /// Sources still give the user.
    #[error("user {0} is still given by {1}; delete it there, or adopt it once it is missing there")]
    StillGiven(LocalId, String),
    /// The user is not missing from any source.
    #[error("user {0} is not missing from any source that is left, so there is none that could delete it")]
    NotMissing(LocalId),
    /// Another user has the uid.
    #[error("uid {uid} of source `{source_name}` is user {user} already")]
    UidTaken {
        /// The source.
        source_name: String,
        /// The uid.
        uid: String,
        /// The user.
        user: LocalId,
    },
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
    /// The push asks for a match key that the source may not use.
    #[error(
        "source `{source_name}` may not match by {key}: its policy names it neither as `matchKey` nor in `matchKeys`"
    )]
    MatchKey {
        /// The source.
        source_name: String,
        /// The key.
        key: MatchKey,
    },
    /// The plugin that the source needs can't be used.
    #[error("source `{source_name}` can't be read: {reason}")]
    NotRunnable {
        /// The source.
        source_name: String,
        /// What is the matter with its plugin.
        reason: String,
    },
    /// The target is switched off.
    #[error("target `{0}` is disabled; enable it first")]
    TargetDisabled(String),
    /// The task is not where it would have to be.
    #[error("task {0}: {1}")]
    IllegalStep(TaskId, IllegalStep),
    /// The task's records are gone.
    #[error("task {0} can't be retried: {1}")]
    NotRetriable(TaskId, String),
    /// There is nothing to undo, or no way to.
    #[error("task {0} can't be undone: {1}")]
    NotUndoable(TaskId, String),
    /// The task took a step of its own in between.
    #[error("task {0} moved on while this was being decided; look at it again")]
    Moved(TaskId),
    /// The task's execution broke off.
    #[error("task {0} broke off because of a mistake in orgsync; the log says where")]
    Broken(TaskId),
    /// The daemon is stopping.
    #[error("the daemon is stopping; try again when it is back")]
    Stopping,
    /// A disk is nearly full.
    #[error("{0}; then try again")]
    NoSpace(#[from] NoSpace),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
