//! Following tasks: who wants to know when one moves, or where it has come to rest.

use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::domain::ids::TaskId;
use crate::domain::task::{Status, Task};
use crate::store::tasks;

use super::engine::Engine;
use super::error::SyncError;

/// How often is looked at a task that may be another daemon's.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What has been heard about a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// It may have moved.
    Perhaps,
    /// Nothing more, since the daemon stops.
    Stopping,
}

impl Engine {
    /// The tasks that move from now on. Whoever falls behind misses some, and is told so.
    pub(crate) fn moves(&self) -> broadcast::Receiver<TaskId> {
        self.inner.moves.subscribe()
    }

    /// The task once it neither waits nor runs, or is as `enough` says.
    pub(crate) async fn once(&self, id: TaskId, enough: impl Fn(&Task) -> bool) -> Result<Task, SyncError> {
        let mut moves = self.moves();
        loop {
            let task = tasks::by_id(self.inner.store.reader(), id).await?.ok_or(SyncError::NoTask(id))?;
            if !matches!(task.status, Status::Init | Status::Processing) || enough(&task) {
                return Ok(task);
            }
            if self.next_move(&mut moves, id).await == Moved::Stopping {
                return Err(SyncError::Stopping);
            }
        }
    }

    /// Waits until any task has moved, of which `moves` has not told yet; what has piled up counts as one.
    pub(crate) async fn any_move(&self, moves: &mut broadcast::Receiver<TaskId>) -> Moved {
        let moved = tokio::select! {
            moved = moves.recv() => moved,
            () = self.inner.closing.cancelled() => return Moved::Stopping,
        };
        if matches!(moved, Err(RecvError::Closed)) {
            return Moved::Stopping;
        }
        while !matches!(moves.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
        Moved::Perhaps
    }

    /// Waits until a task may have moved.
    pub(crate) async fn next_move(&self, moves: &mut broadcast::Receiver<TaskId>, id: TaskId) -> Moved {
        loop {
            tokio::select! {
                moved = moves.recv() => match moved {
                    Ok(moved) if moved != id => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return Moved::Perhaps,
                    Err(RecvError::Closed) => return Moved::Stopping,
                },
                // Another daemon may be running it.
                () = tokio::time::sleep(LOOK_AGAIN) => return Moved::Perhaps,
                () = self.inner.closing.cancelled() => return Moved::Stopping,
            }
        }
    }
}
