//! One execution of a task, from its turn to its end: read and plan (`reading`), gate, apply, finish (`ending`).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use tokio::sync::{OwnedMutexGuard, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::source::{API, Source};
use crate::domain::task::{Event, Kind, Phase, Progress, Status, Task};
use crate::metrics;
use crate::store::{StoreError, changes, records, tasks};

use super::apply::{self, Superseded};
use super::arriving::Arriving;
use super::claim::Claim;
use super::ending::{Ending, broken_off, how_it_ends, step, with_notes};
use super::engine::{Executed, Fault, Inner};
use super::gate::{self, Hold, Standing};
use super::intake::{Format, Piece};
use super::locks;
use super::measure;
use super::planner::Planner;
use super::pull::LeftOff;
use super::reasons;
use super::repeat::Repeatable;
use super::targets::Scope;
use super::turns::Turn;
use super::undo;

/// How often is looked whether another daemon is still running a task of the same source.
const ELSEWHERE: Duration = Duration::from_secs(1);

/// Where an execution gets its records.
#[derive(Debug)]
pub(crate) enum Input {
    /// The source's plugin.
    Plugin,
    /// A client's body, and how the client may repeat it.
    Body(Format, mpsc::Receiver<Piece>, Option<Repeatable>),
    /// The same, of which some batches may have been read.
    Arriving(Arriving, Option<Repeatable>),
    /// The failed changes of the attempt before.
    Failed,
    /// The changes of the task that this one undoes.
    Undone,
    /// No records at all: the source is deleted, and what it gave is taken away.
    Nothing,
    /// The directory, for a target.
    Backfill,
    /// None: the plan is whole already.
    Planned,
}

/// One execution.
pub(crate) struct Run {
    pub(crate) engine: Arc<Inner>,
    pub(crate) source: Source,
    pub(crate) task: Task,
    pub(crate) input: Input,
    pub(crate) turn: Turn,
    pub(crate) stop: CancellationToken,
    /// Told once the plan is safe in the database, or the task has ended before that.
    pub(crate) planned: Option<oneshot::Sender<Executed>>,
    /// Where the next incremental read can go on, once the plan is applied.
    pub(crate) left: Option<LeftOff>,
    /// Whether that it has begun is written down with its task.
    pub(crate) begun: bool,
    /// Whose fault it is that the execution failed, once it has.
    pub(crate) fault: Option<Fault>,
    /// How the task ends, as long as that could not be written.
    pub(crate) unwritten: Option<Task>,
}

impl Run {
    /// Runs to the end and returns the task as it is then.
    pub(crate) async fn execute(mut self) -> Executed {
        let waiting = metrics::waiting(self.task.kind.as_str());
        self.turn.come().await;
        drop(waiting);
        // What a panic leaves behind is looked at for nothing but the task's end; a transaction under
        // way was rolled back when it was dropped.
        let done = AssertUnwindSafe(self.start_and_work()).catch_unwind().await;
        let done = done.unwrap_or_else(|panic| Err(Ending::Failed(broken_off(&*panic))));
        if let Err(ending) = done {
            self.end_early(ending).await;
        }
        self.announce()
    }

    async fn start_and_work(&mut self) -> Result<(), Ending> {
        // Held until it has ended.
        let _alone = self.alone_among_suspects().await?;
        let Some(started) = self.look().await? else { return Ok(()) };
        self.engine.check_space().await?;
        match self.small().await {
            Some(small) => self.at_once(started, small).await,
            None => {
                self.start(started).await?;
                match self.input {
                    Input::Backfill => self.backfill().await,
                    _ => self.work().await,
                }
            }
        }
    }

    /// Waits until no other task runs here that was interrupted as often, if this one was: one of them may be what
    /// ended the daemon each time, and those that ran beside it are not to fail with it.
    async fn alone_among_suspects(&self) -> Result<Option<OwnedMutexGuard<()>>, Ending> {
        if !self.task.is_suspect() {
            return Ok(None);
        }
        let suspects = Arc::clone(&self.engine.suspects);
        if let Ok(alone) = Arc::clone(&suspects).try_lock_owned() {
            return Ok(Some(alone));
        }
        let id = self.task.id;
        info!(task = id.0, "task {id} waits: of the tasks that were interrupted twice, one runs at a time");
        tokio::select! {
            alone = suspects.lock_owned() => Ok(Some(alone)),
            () = self.stop.cancelled() => Err(Ending::Stopped),
        }
    }

    /// Tells whoever waits for the plan, and hands out the task. Its end may still have to be written:
    /// whoever waits for it does not wait for the database as well.
    fn announce(mut self) -> Executed {
        let planned = self.planned.take();
        let executed = match self.unwritten.take() {
            None => {
                self.engine.running.forget(self.task.id);
                Executed { task: self.task, fault: self.fault }
            }
            Some(ended) => {
                let executed = Executed { task: ended.clone(), fault: self.fault };
                let tracker = self.engine.tracker.clone();
                tracker.spawn(self.end_later(ended));
                executed
            }
        };
        if let Some(planned) = planned {
            // Nobody may be waiting any more; the task goes on all the same.
            let _ = planned.send(executed.clone());
        }
        executed
    }

    /// The task as it is once it has started; none if it was cancelled while it waited.
    async fn look(&mut self) -> Result<Option<Task>, Ending> {
        let found = tasks::by_id(self.engine.store.reader(), self.task.id).await?;
        let Some(found) = found else { return Err(Ending::Lost) };
        self.task = found;
        if self.task.status.is_final() || self.task.status == Status::Held {
            return Ok(None);
        }
        if self.stop.is_cancelled() {
            return Err(Ending::Stopped);
        }
        let mut started = self.task.clone();
        if started.status == Status::Init {
            started.status = step(&started, Event::Start)?;
        }
        started.owner = Some(self.engine.owner.to_string());
        // Taken back when it stops in order; whatever ends the daemon meanwhile leaves it.
        started.begun += 1;
        started.started_at = Some(self.engine.now());
        started.finished_at = None;
        started.message = None;
        started.phase = if matches!(self.input, Input::Planned) { Phase::Apply } else { Phase::Read };
        Ok(Some(started))
    }

    async fn start(&mut self, started: Task) -> Result<(), Ending> {
        let tx = self.begin_alone().await?;
        self.engine.running.begun(self.task.id, started.begun);
        self.write_within(tx, started).await?;
        self.begun = true;
        self.say_started();
        Ok(())
    }

    pub(super) fn say_started(&self) {
        info!(
            task = self.task.id.0,
            source = self.source.name,
            batch = self.task.batch.0,
            attempt = self.task.attempt,
            "task {} started: {} of source {}, batch {}, attempt {}",
            self.task.id,
            self.task.kind,
            self.source.name,
            self.task.batch,
            self.task.attempt,
        );
    }

    /// Begins the transaction in which the task starts, once no other daemon runs a task of the same source.
    pub(super) async fn begin_alone(&self) -> Result<DatabaseTransaction, Ending> {
        let claim = Claim::of(&self.task);
        loop {
            let tx = claim.begin(&self.engine.store).await?;
            let (source, owner, now) = (self.source.id, &self.engine.owner, self.engine.now());
            let Some(other) = tasks::running_elsewhere(&tx, source, owner, now).await? else { return Ok(tx) };
            drop(tx);
            debug!(task = self.task.id.0, "task {} waits for task {other} of another daemon", self.task.id);
            tokio::select! {
                () = tokio::time::sleep(ELSEWHERE) => {}
                () = self.stop.cancelled() => return Err(Ending::Stopped),
            }
        }
    }

    async fn work(&mut self) -> Result<(), Ending> {
        let input = std::mem::replace(&mut self.input, Input::Planned);
        let mut notes = Vec::new();
        // What an earlier attempt took away has been gated then, and what it did has been counted.
        let settled = if matches!(input, Input::Failed) { self.task.counts } else { Counts::default() };
        if matches!(input, Input::Planned) {
            self.look_at_the_tree_again().await?;
            self.take_over_the_cursor().await?;
        } else {
            let reading = metrics::reading();
            let done = self.read(input, &mut notes).await;
            let (counts, read) = done.map_err(|ending| self.because_of_stop(ending))?;
            self.task.counts = counts;
            drop(reading);
            if !self.pass_gates(&counts.since(&settled), read, &notes).await? {
                return Ok(());
            }
        }
        if let Some(planned) = self.planned.take() {
            let _ = planned.send(Executed { task: self.task.clone(), fault: None });
        }
        let applying = metrics::applying();
        self.apply().await?;
        drop(applying);
        self.finish(notes).await?;
        measure::records(&self.task, &settled);
        Ok(())
    }

    /// Refuses moves that would close a circle by now: while a plan was held, departments may have moved.
    async fn look_at_the_tree_again(&mut self) -> Result<(), Ending> {
        let store = self.engine.store.clone();
        let mut planner = Planner::new(store, self.scope(), &self.task);
        planner.counts = self.task.counts;
        planner.refuse_cycles(Some(&self.task)).await?;
        planner.plan_locks().await?;
        if planner.counts == self.task.counts {
            return Ok(());
        }
        self.write(Task { counts: planner.counts, ..self.task.clone() }).await
    }

    /// Lets the gates look at the plan and writes what follows. Returns whether to go on applying.
    async fn pass_gates(
        &mut self,
        planned: &Counts,
        complete: Vec<DataType>,
        notes: &[String],
    ) -> Result<bool, Ending> {
        let hold = match self.task.kind {
            // A person asked for exactly this, and may have looked at it in a dry run.
            Kind::Undo | Kind::Disable | Kind::Delete | Kind::Backfill => None,
            Kind::Pull | Kind::Push => self.hold(self.engine.store.reader(), planned, &complete).await?,
        };
        let mut planned = self.task.clone();
        planned.phase = Phase::Apply;
        planned.watermark = None;
        planned.held_by = hold.as_ref().map(|hold| hold.gate.to_owned());
        hold.iter().for_each(|hold| hold.note_present(&mut planned.counts));
        match hold {
            _ if self.task.dry_run => {
                let held = hold.map(|hold| format!("; would be held: {}", hold.message));
                let sentence = self.sentence(self.engine.store.reader(), &planned.counts).await?;
                let message = format!("dry run, nothing written: {sentence}{}", held.unwrap_or_default());
                planned.message = Some(with_notes(message, notes));
                planned.status = step(&planned, Event::Finish(how_it_ends(&planned)))?;
                self.write_ended(planned).await?;
                Ok(false)
            }
            Some(hold) => {
                planned.message = Some(with_notes(format!("held: {}", hold.message), notes));
                planned.status = step(&planned, Event::Hold)?;
                let tx = self.engine.store.begin().await?;
                self.leave_cursor(&tx).await?;
                self.write_ended_within(tx, planned).await?;
                Ok(false)
            }
            None => {
                let tx = self.engine.store.begin().await?;
                self.leave_cursor(&tx).await?;
                self.take_other_cursors_away(&tx).await?;
                self.write_within(tx, planned).await?;
                Ok(true)
            }
        }
    }

    /// What the gates say about a plan.
    pub(super) async fn hold<C: ConnectionTrait>(
        &self,
        connection: &C,
        planned: &Counts,
        complete: &[DataType],
    ) -> Result<Option<Hold>, StoreError> {
        let mut standings = Vec::new();
        for data_type in DataType::ALL {
            let full = complete.contains(&data_type);
            if full || planned.get(data_type).removals() > 0 {
                let (dialect, source) = (self.engine.store.dialect(), self.source.id);
                let present = records::count_present(connection, dialect, source, data_type).await?;
                standings.push(Standing { data_type, present, full });
            }
        }
        Ok(gate::check(planned, self.source.policy.removals, &standings))
    }

    async fn apply(&mut self) -> Result<(), Ending> {
        let mut superseded = Superseded::new();
        for data_type in DataType::ALL {
            let later = tasks::later_full(self.engine.store.reader(), &self.task, data_type).await?;
            superseded.extend(later.map(|later| {
                let what = data_type.target();
                (
                    data_type,
                    format!(
                        "not needed: task {later} has read all {what} since, and decided about the absent"
                    ),
                )
            }));
        }
        if self.task.counts.failed() > 0 {
            locks::apply(&self.engine.store, self.scope(), &mut self.task).await?;
        }
        let (mut applied, since) = (0, Some(self.engine.now()));
        loop {
            if self.stop.is_cancelled() {
                return Err(Ending::Stopped);
            }
            self.engine.check_space().await?;
            let scope = self.scope();
            let store = &self.engine.store;
            let count = apply::next_batch(store, scope, &mut self.task, &superseded).await?;
            if count == 0 {
                return Ok(());
            }
            applied += count;
            let counts = &self.task.counts;
            let progress = Progress { read: counts.all(), planned: counts.changes(), applied, since };
            self.engine.report(self.task.id, progress);
        }
    }

    async fn finish(&mut self, notes: Vec<String>) -> Result<(), Ending> {
        let mut done = self.task.clone();
        done.status = step(&done, Event::Finish(how_it_ends(&done)))?;
        done.held_by = None;
        let sentence = self.sentence(self.engine.store.reader(), &done.counts).await?;
        done.message = Some(with_notes(sentence, &notes));
        let tx = self.engine.store.begin().await?;
        self.settle_cursor(&tx).await?;
        self.write_ended_within(tx, done).await
    }

    /// What the task did or would do, in words.
    pub(super) async fn sentence<C: ConnectionTrait>(
        &self,
        connection: &C,
        counts: &Counts,
    ) -> Result<String, StoreError> {
        let sentence = match self.task.undoes {
            Some(undone) => undo::sentence(&self.engine.store, &self.task, undone, counts).await?,
            None => counts.sentence(),
        };
        let Some(data_type) = counts.all_failed() else { return Ok(sentence) };
        let dialect = self.engine.store.dialect();
        let errors = changes::errors(connection, dialect, self.task.id, data_type, reasons::MOST).await?;
        let failed = counts.get(data_type).failed;
        let whoever = match failed {
            1 => format!("the only {data_type}"),
            _ => format!("all {failed} {}", data_type.target()),
        };
        Ok(format!("{whoever} failed: {}; {sentence}", reasons::commonest(&errors)))
    }

    pub(super) fn scope(&self) -> Scope {
        Scope {
            dialect: self.engine.store.dialect(),
            source: self.source.id,
            now: self.engine.now(),
            row_bytes: self.engine.limits.row_bytes,
        }
    }
}

/// Where a task is taken up again after the daemon was stopped in the middle of it, or why it can't be.
pub(crate) fn resume(task: &Task, source: &Source) -> Result<Input, String> {
    match (task.phase, task.kind) {
        (_, Kind::Backfill) => Ok(Input::Backfill),
        (Phase::Apply, _) => Ok(Input::Planned),
        (Phase::Read, _) if task.retries_failed => Ok(Input::Failed),
        (Phase::Read, Kind::Undo) => Ok(Input::Undone),
        (Phase::Read, Kind::Disable | Kind::Delete) => Ok(Input::Nothing),
        (Phase::Read, Kind::Pull) if source.source_type != API => Ok(Input::Plugin),
        (Phase::Read, _) => Err("the records had not arrived completely, and nothing of them was written; \
             push them again"
            .to_owned()),
    }
}
