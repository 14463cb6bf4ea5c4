//! The engine's front: what all executions share, how a sync and a push begin, and how everything stops.
//! What people do about tasks is in `steer`, how tasks wait and are leased in `queue`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::domain::data_type::DataType;
use crate::domain::ids::TaskId;
use crate::domain::lease::Owner;
use crate::domain::policy::MatchKey;
use crate::domain::source::{API, Source};
use crate::domain::starter::Starter;
use crate::domain::task::{Kind, Mode, Progress, Task};
use crate::store::{Store, StoreError, commit, idempotency, sources, targets, tasks};

use super::arrivals::{Newcomer, Taken};
use super::delivery::Delivery;
use super::error::SyncError;
use super::intake::{Format, Piece};
use super::limits::Limits;
use super::queue::Order;
use super::raw_log::RawLog;
use super::reader::Plugins;
use super::repeat::{KEPT, Repeatable, Repeated};
use super::run::Input;
use super::space::{self, NoSpace, Space};
use super::turns::Turns;
use super::void_plans::VoidPlans;

/// How long the step that a stopped task is at may still take.
const LAST_STEP: Duration = Duration::from_secs(10);
/// How many moves of tasks are remembered for those who look.
const MOVES: usize = 1_024;

/// What a client pushes.
#[derive(Debug)]
pub struct Push {
    /// Users or departments.
    pub data_type: DataType,
    /// Whether it is all there is.
    pub mode: Mode,
    /// How records without a link find existing users; none: as the source's policy says.
    pub match_key: Option<MatchKey>,
    /// Which match keys it may ask for.
    pub match_keys: MatchKeys,
    /// How the records stand in the pieces.
    pub format: Format,
    /// The records, piece by piece.
    pub pieces: mpsc::Receiver<Piece>,
    /// Whether the answer waits for the end, rather than for the plan to be safe in the database.
    pub wait: bool,
    /// How the client may repeat it.
    pub repeatable: Option<Repeatable>,
    /// Who pushes.
    pub by: Starter,
}

/// Which match keys a push may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKeys {
    /// Those that the source's policy names.
    OfPolicy,
    /// Any.
    All,
}

/// What became of a push.
#[derive(Debug)]
pub enum Pushed {
    /// It was taken.
    Taken(Executed),
    /// It came before.
    Repeated(Repeated),
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
    /// The database, or the raw-record log, can't do its work just now.
    Storage,
    /// Anything else: the plugin, the raw-record log, a mistake.
    Other,
}

/// The engine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(super) inner: Arc<Inner>,
}

/// What all executions share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) plugins: Arc<dyn Plugins>,
    pub(crate) raw_log: RawLog,
    pub(crate) limits: Limits,
    /// This run of the daemon.
    pub(crate) owner: Owner,
    pub(crate) running: Running,
    /// Says which tasks have moved: been added, taken a step, or come further.
    pub(super) moves: broadcast::Sender<TaskId>,
    /// Nothing is taken on any more, and what can be gone on with later stops.
    pub(crate) closing: CancellationToken,
    /// Everything stops.
    pub(crate) shutdown: CancellationToken,
    pub(super) turns: Turns,
    /// Held by the one that runs of the tasks, and of the passes to targets, that were interrupted twice.
    pub(super) suspects: Arc<tokio::sync::Mutex<()>>,
    pub(crate) delivery: Delivery,
    /// Held while a task is added and queued, so that the order of ids is the order of turns.
    pub(super) arrival: tokio::sync::Mutex<()>,
    /// Pushes that have not been given a task yet.
    pub(super) newcomers: Mutex<Vec<Newcomer>>,
    pub(super) tracker: TaskTracker,
    pub(super) void_plans: Mutex<VoidPlans>,
    pub(super) space: Space,
    /// By how many milliseconds a test has set the clock forward.
    #[cfg(test)]
    pub(crate) ahead: std::sync::atomic::AtomicI64,
}

impl Inner {
    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        let now = Timestamp::now().as_millisecond();
        #[cfg(test)]
        let now = now + self.ahead.load(std::sync::atomic::Ordering::Relaxed);
        now
    }

    /// Whether the disks of the database and of the logs have as much space as is to stay free.
    pub(crate) async fn check_space(&self) -> Result<(), NoSpace> {
        let (raw_log, floor) = (self.raw_log.clone(), self.limits.min_free);
        let database = self.store.directory().map(std::path::Path::to_owned);
        let ask = move || {
            raw_log.check_space()?;
            database.map_or(Ok(()), |directory| space::check(&directory, floor))
        };
        self.space.check(ask).await
    }

    /// Says how far a task has come.
    pub(crate) fn report(&self, task: TaskId, progress: Progress) {
        self.running.report(task, progress);
        self.moved(task);
    }

    /// Says that a task has moved.
    pub(crate) fn moved(&self, task: TaskId) {
        // Nobody may be looking.
        let _ = self.moves.send(task);
    }
}

/// The executions under way in this process.
#[derive(Debug, Default)]
pub(crate) struct Running {
    pub(super) tasks: Mutex<HashMap<TaskId, Execution>>,
}

/// One execution of a task by this daemon.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(super) stop: CancellationToken,
    pub(super) progress: Progress,
    /// What its beginning made of [`Task::begun`]; none while it waits.
    begun: Option<i32>,
}

impl Execution {
    /// One that waits for its turn.
    pub(super) fn waiting(stop: CancellationToken) -> Self {
        Self { stop, progress: Progress::default(), begun: None }
    }
}

impl Running {
    /// Says how far a task has come.
    pub(crate) fn report(&self, task: TaskId, progress: Progress) {
        if let Some(execution) = self.lock().get_mut(&task) {
            execution.progress = progress;
        }
    }

    /// Says that a task has begun, and with which count of [`Task::begun`].
    pub(crate) fn begun(&self, task: TaskId, begun: i32) {
        if let Some(execution) = self.lock().get_mut(&task) {
            execution.begun = Some(begun);
        }
    }

    /// Removes a task that has ended.
    pub(crate) fn forget(&self, task: TaskId) {
        self.lock().remove(&task);
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TaskId, Execution>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// An engine that runs nothing yet; `owner` names this run of the daemon and no other.
    pub fn new(store: Store, plugins: Arc<dyn Plugins>, raw_log: RawLog, owner: Owner) -> Self {
        Self::with_limits(store, plugins, raw_log, owner, Limits::default())
    }

    /// The same with bounds of its own.
    pub fn with_limits(
        store: Store,
        plugins: Arc<dyn Plugins>,
        raw_log: RawLog,
        owner: Owner,
        limits: Limits,
    ) -> Self {
        let inner = Inner {
            store,
            plugins,
            raw_log,
            limits,
            owner,
            running: Running::default(),
            moves: broadcast::Sender::new(MOVES),
            closing: CancellationToken::new(),
            shutdown: CancellationToken::new(),
            turns: Turns::default(),
            suspects: Arc::default(),
            delivery: Delivery::default(),
            arrival: tokio::sync::Mutex::default(),
            newcomers: Mutex::default(),
            tracker: TaskTracker::new(),
            void_plans: Mutex::default(),
            space: Space::default(),
            #[cfg(test)]
            ahead: std::sync::atomic::AtomicI64::default(),
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
        self.inner.closing.is_cancelled()
    }

    /// Whether the disks of the database and of the logs have as much space as is to stay free.
    pub(crate) async fn check_space(&self) -> Result<(), NoSpace> {
        self.inner.check_space().await
    }

    /// How far a running task has come.
    pub(crate) fn progress(&self, task: TaskId) -> Option<Progress> {
        self.inner.running.lock().get(&task).map(|execution| execution.progress)
    }

    /// Has a source read by its plugin. Returns at once, with the task as it waits for its turn. Where the
    /// plugin can't tell what changed, everything is read.
    pub async fn sync(&self, name: &str, mode: Mode, dry_run: bool, by: Starter) -> Result<Task, SyncError> {
        self.check_space().await?;
        let source = self.enabled(name).await?;
        if source.source_type == API {
            return Err(SyncError::NothingToRead(source.name));
        }
        let offered = self.inner.plugins.source_types();
        let Some(offer) = offered.iter().find(|offer| offer.name == source.source_type) else {
            let reason = self.inner.plugins.why_not(&source.source_type);
            return Err(SyncError::NotRunnable { source_name: source.name, reason });
        };
        let mode = if offer.incremental { mode } else { Mode::Full };
        let _arrival = self.inner.arrival.lock().await;
        let match_key = source.policy.match_key;
        let order = Order {
            kind: Kind::Pull,
            mode,
            data_type: None,
            match_key,
            dry_run,
            undoes: None,
            target: None,
            by,
        };
        let task = self.add(&source, order, None).await?;
        let turn = self.inner.turns.queue(source.id);
        self.spawn(source, task.clone(), Input::Plugin, turn, None);
        Ok(task)
    }

    /// Takes a push; pushes to one source are planned and applied in the order of their arrival.
    pub async fn push(&self, name: &str, push: Push) -> Result<Pushed, SyncError> {
        self.check_space().await?;
        let source = self.enabled(name).await?;
        if source.source_type != API {
            return Err(SyncError::NotPushable(source.name));
        }
        if let Some(key) = push.match_key
            && push.match_keys == MatchKeys::OfPolicy
            && !source.policy.allows(key)
        {
            return Err(SyncError::MatchKey { source_name: source.name, key });
        }
        let match_key = push.match_key.or(source.policy.match_key);
        let (mode, data_type) = (push.mode, Some(push.data_type));
        let order = Order {
            kind: Kind::Push,
            mode,
            data_type,
            match_key,
            dry_run: false,
            undoes: None,
            target: None,
            by: push.by,
        };
        let (planned, is_planned) = oneshot::channel();
        let (told, is_told) = oneshot::channel();
        let (format, pieces, repeatable) = (push.format, push.pieces, push.repeatable);
        self.arrive(Newcomer { source, order, format, pieces, repeatable, planned, told });
        match is_told.await.unwrap_or(Err(SyncError::Stopping))? {
            Taken::Repeated(repeated) => Ok(Pushed::Repeated(*repeated)),
            Taken::Begun(id, ended) => {
                let executed = if push.wait { ended.await.ok() } else { is_planned.await.ok() };
                executed.map(Pushed::Taken).ok_or(SyncError::Broken(id))
            }
        }
    }

    /// Stops all executions at their next step, but for pushes, which no other start can go on with before
    /// they are planned: they may take `patience` to come to their end. What is not finished then goes on at
    /// the next start, if it can.
    pub async fn drain(&self, patience: Duration) {
        self.inner.closing.cancel();
        self.inner.tracker.close();
        if tokio::time::timeout(patience, self.inner.tracker.wait()).await.is_ok() {
            return;
        }
        self.inner.shutdown.cancel();
        if tokio::time::timeout(LAST_STEP, self.inner.tracker.wait()).await.is_err() {
            warn!("some tasks did not stop in time; they go on at the next start");
            match tokio::time::timeout(LAST_STEP, self.excuse_running()).await {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => warn!("these tasks count as interrupted: {failure}"),
                Err(_) => warn!("these tasks count as interrupted: the database does not answer"),
            }
        }
    }

    /// Takes back that what still runs has begun: the daemon stops in order, and does not wait for it any longer.
    pub(super) async fn excuse_running(&self) -> Result<(), StoreError> {
        let executions: Vec<(TaskId, i32)> = {
            let running = self.inner.running.lock();
            running.iter().filter_map(|(id, execution)| Some((*id, execution.begun?))).collect()
        };
        let tx = self.inner.store.begin().await?;
        for (id, begun) in executions {
            tasks::excuse(&tx, id, begun, &self.inner.owner).await?;
        }
        targets::end_passes(&tx, self.inner.delivery.passing(), &self.inner.owner).await?;
        commit(tx, "note that the tasks stop in order").await
    }

    /// Forgets the keys of pushes that nobody repeats any more.
    pub async fn forget_old_keys(&self) -> Result<(), StoreError> {
        let tx = self.inner.store.begin().await?;
        let count = idempotency::forget_before(&tx, self.inner.now() - KEPT).await?;
        commit(tx, "forget old idempotency keys").await?;
        if count > 0 {
            info!("forgot {count} idempotency keys");
        }
        Ok(())
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

    pub(super) async fn enabled(&self, name: &str) -> Result<Source, SyncError> {
        if self.inner.closing.is_cancelled() {
            return Err(SyncError::Stopping);
        }
        let found = sources::by_name(self.inner.store.reader(), name).await?;
        let source = found.ok_or_else(|| SyncError::NoSource(name.to_owned()))?;
        if source.enabled { Ok(source) } else { Err(SyncError::Disabled(source.name)) }
    }

    pub(super) async fn task_and_source(&self, id: TaskId) -> Result<(Task, Source), SyncError> {
        if self.inner.closing.is_cancelled() {
            return Err(SyncError::Stopping);
        }
        let reader = self.inner.store.reader();
        let task = tasks::by_id(reader, id).await?.ok_or(SyncError::NoTask(id))?;
        let source = sources::by_id(reader, task.source_id).await?;
        let source = source.ok_or_else(|| SyncError::NoSource(task.source_id.to_string()))?;
        Ok((task, source))
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "pull_tests.rs"]
mod pull_tests;

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod outcome_tests;

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tree_tests;

#[cfg(test)]
#[path = "lease_tests.rs"]
mod lease_tests;

#[cfg(test)]
#[path = "order_tests.rs"]
mod order_tests;

#[cfg(test)]
#[path = "testing.rs"]
pub(crate) mod testing;
