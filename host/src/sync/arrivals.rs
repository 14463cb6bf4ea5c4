//! Pushes as they arrive: each gets a task and a turn, in the order of arrival. Those that arrive while
//! others wait for the connection that writes get theirs in the transaction of the first of them.

use std::sync::PoisonError;

use sea_orm::DatabaseTransaction;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::domain::ids::TaskId;
use crate::domain::source::Source;
use crate::domain::task::{Status, Task};
use crate::store::{commit, idempotency, tasks};

use super::engine::{Engine, Executed};
use super::error::SyncError;
use super::intake::{Format, Piece};
use super::queue::Order;
use super::repeat::{Repeatable, Repeated, holder_number};
use super::run::Input;

/// A push that has no task yet.
#[derive(Debug)]
pub(crate) struct Newcomer {
    pub(super) source: Source,
    pub(super) order: Order,
    pub(super) format: Format,
    pub(super) pieces: mpsc::Receiver<Piece>,
    pub(super) repeatable: Option<Repeatable>,
    /// See [`super::run::Run::planned`].
    pub(super) planned: oneshot::Sender<Executed>,
    /// Told what became of it.
    pub(super) told: oneshot::Sender<Result<Taken, SyncError>>,
}

/// What became of a push that arrived.
#[derive(Debug)]
pub(super) enum Taken {
    Begun(TaskId, JoinHandle<Executed>),
    Repeated(Box<Repeated>),
}

/// What a newcomer gets.
enum Given {
    Task(Task),
    /// The push came before, as this task, and was this.
    Known(Task, Option<String>),
    Refused(SyncError),
}

impl Engine {
    /// Sees to it that a push gets a task, also if its client goes away meanwhile.
    pub(super) fn arrive(&self, newcomer: Newcomer) {
        self.inner.newcomers.lock().unwrap_or_else(PoisonError::into_inner).push(newcomer);
        let engine = self.clone();
        self.inner.tracker.spawn(async move { engine.receive().await });
    }

    /// Gives tasks and turns to all who have arrived.
    async fn receive(&self) {
        let _arrival = self.inner.arrival.lock().await;
        let newcomers =
            std::mem::take(&mut *self.inner.newcomers.lock().unwrap_or_else(PoisonError::into_inner));
        if newcomers.is_empty() {
            return;
        }
        match self.give_all(&newcomers).await {
            Ok(given) => {
                newcomers.into_iter().zip(given).for_each(|(newcomer, given)| self.begin(newcomer, given))
            }
            // What keeps the database from its work keeps all of them, and has been waited for.
            Err(SyncError::Store(error)) if error.is_unavailable() => {
                for newcomer in newcomers {
                    let error = error.for_another().map_or(SyncError::Stopping, SyncError::Store);
                    self.begin(newcomer, Given::Refused(error));
                }
            }
            // One by one, so that each is told what keeps it.
            Err(_) => {
                for newcomer in newcomers {
                    match self.give_all(std::slice::from_ref(&newcomer)).await {
                        Ok(given) => given.into_iter().next().map_or((), |given| self.begin(newcomer, given)),
                        Err(error) => self.begin(newcomer, Given::Refused(error)),
                    }
                }
            }
        }
    }

    /// Adds the tasks of all newcomers in one transaction; a mistake undoes it for all.
    async fn give_all(&self, newcomers: &[Newcomer]) -> Result<Vec<Given>, SyncError> {
        let tx = self.inner.store.begin().await?;
        let mut all = Vec::with_capacity(newcomers.len());
        for newcomer in newcomers {
            let given = match self.give(&tx, newcomer).await {
                Err(SyncError::Store(error)) => return Err(error.into()),
                Err(refusal) => Given::Refused(refusal),
                Ok(given) => given,
            };
            all.push(given);
        }
        commit(tx, "add the tasks").await?;
        Ok(all)
    }

    async fn give(&self, tx: &DatabaseTransaction, newcomer: &Newcomer) -> Result<Given, SyncError> {
        let Newcomer { source, order, repeatable, .. } = newcomer;
        if let Some(repeatable) = repeatable
            && let Some((task, sealed)) = came_before(tx, source, repeatable).await?
        {
            return Ok(Given::Known(task, sealed));
        }
        Ok(Given::Task(self.add_within(tx, source, order.clone(), repeatable.as_ref()).await?))
    }

    /// Queues a push that has a task, and tells its client; or tells why it has none.
    fn begin(&self, newcomer: Newcomer, given: Given) {
        let Newcomer { source, format, pieces, repeatable, planned, told, .. } = newcomer;
        let taken = match (given, repeatable) {
            (Given::Task(task), repeatable) => {
                let (id, turn) = (task.id, self.inner.turns.queue(source.id));
                self.inner.moved(id);
                let input = Input::Body(format, pieces, repeatable);
                Ok(Taken::Begun(id, self.spawn(source, task, input, turn, Some(planned))))
            }
            (Given::Known(task, sealed), Some(Repeatable { fingerprint, .. })) => {
                Ok(Taken::Repeated(Box::new(Repeated { task, sealed, fingerprint })))
            }
            (Given::Known(task, _), None) => Err(SyncError::Broken(task.id)),
            (Given::Refused(error), _) => Err(error),
        };
        // The client may have gone away; what it began goes on.
        let _ = told.send(taken);
    }
}

/// Looks whether a push came before under the same key. One that failed doesn't count: nothing of it,
/// or not all of it, was written, and the client does well to try again.
async fn came_before(
    tx: &DatabaseTransaction,
    source: &Source,
    given: &Repeatable,
) -> Result<Option<(Task, Option<String>)>, SyncError> {
    let holder = holder_number(given.holder);
    let place = idempotency::Place { source: source.id, holder, key: &given.key };
    let Some(known) = idempotency::find(tx, &place).await? else { return Ok(None) };
    let Some(task) = tasks::by_id(tx, known.task).await? else { return Ok(None) };
    Ok(match task.status {
        Status::Failed if task.came_to_its_end() => Some((task, known.fingerprint)),
        Status::Failed | Status::Cancelled => None,
        _ => Some((task, known.fingerprint)),
    })
}
