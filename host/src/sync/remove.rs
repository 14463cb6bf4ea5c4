//! What becomes of what a source gave once the source is deleted: it stays, or a task of its own switches it off
//! or deletes it. That plans as a full read does that gives nothing, so what another source still gives is let go
//! of, and an undo brings all of it back. No gate is asked: somebody asked for exactly this.

use crate::domain::source::Source;
use crate::domain::starter::Starter;
use crate::domain::task::{Kind, Mode, Task};

use super::engine::Engine;
use super::error::SyncError;
use super::queue::Order;
use super::run::Input;

/// What is done with the users and departments of a source that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They are switched off.
    Disable,
    /// They are deleted.
    Delete,
}

impl Engine {
    /// Takes away what a deleted source gave, by a task that waits for its turn.
    pub async fn take_away(&self, source: Source, fate: Fate, by: Starter) -> Result<Task, SyncError> {
        if self.is_stopping() {
            return Err(SyncError::Stopping);
        }
        let _arrival = self.inner.arrival.lock().await;
        let kind = match fate {
            Fate::Disable => Kind::Disable,
            Fate::Delete => Kind::Delete,
        };
        let (mode, data_type, match_key) = (Mode::Incremental, None, None);
        let order =
            Order { kind, mode, data_type, match_key, dry_run: false, undoes: None, target: None, by };
        let task = self.add(&source, order, None).await?;
        let turn = self.inner.turns.queue(source.id);
        self.spawn(source, task.clone(), Input::Nothing, turn, None);
        Ok(task)
    }
}

#[cfg(test)]
#[path = "remove_tests.rs"]
mod tests;
