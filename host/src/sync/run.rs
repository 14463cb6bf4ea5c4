//! One execution of a task, from its turn to its end: read and plan, gate, apply, finish.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::domain::change::Outcome;
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::source::{API, Source};
use crate::domain::task::{Event, Kind, Mode, Phase, Progress, Status, Task};
use crate::store::{StoreError, changes, commit, records, tasks};

use super::apply::{self, ApplyError, Superseded};
use super::engine::{Executed, Fault, Inner};
use super::gate::{self, Standing};
use super::intake::{self, Format, IntakeError, Piece, RawTarget};
use super::planner::Planner;
use super::reader::ReadOrder;
use super::targets::Scope;
use super::turns::Turn;

/// How many pieces of a body or batches of a plugin wait to be parsed.
const PIECES: usize = 8;
/// How many failed changes are planned anew together.
const PAGE: u64 = 5_000;

/// Where an execution gets its records.
#[derive(Debug)]
pub(crate) enum Input {
    /// The source's plugin.
    Plugin,
    /// A client's body.
    Body(Format, mpsc::Receiver<Piece>),
    /// The failed changes of the attempt before.
    Failed,
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
    /// Whose fault it is that the execution failed, once it has.
    pub(crate) fault: Option<Fault>,
}

/// Why an execution ends early.
#[derive(Debug, thiserror::Error)]
enum Ending {
    #[error("stopped")]
    Stopped,
    #[error("lost")]
    Lost,
    #[error("{0}")]
    BadRecords(String),
    #[error("{0}")]
    Failed(String),
}

impl From<StoreError> for Ending {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ApplyError> for Ending {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Store(error) => error.into(),
            ApplyError::Lost => Self::Lost,
        }
    }
}

impl From<IntakeError> for Ending {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Stopped => Self::Stopped,
            IntakeError::CutOff | IntakeError::Syntax(_) | IntakeError::TooLong(_) => {
                Self::BadRecords(error.to_string())
            }
            other => Self::Failed(other.to_string()),
        }
    }
}

impl Run {
    /// Runs to the end and returns the task as it is then.
    pub(crate) async fn execute(mut self) -> Executed {
        self.turn.come().await;
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
        if self.start().await? { self.work().await } else { Ok(()) }
    }

    /// Tells whoever waits for the plan, and hands out the task.
    fn announce(mut self) -> Executed {
        self.engine.running.forget(self.task.id);
        let executed = Executed { task: self.task, fault: self.fault };
        if let Some(planned) = self.planned.take() {
            // Nobody may be waiting any more; the task goes on all the same.
            let _ = planned.send(executed.clone());
        }
        executed
    }

    /// Takes the task, unless it was cancelled while it waited.
    async fn start(&mut self) -> Result<bool, Ending> {
        let found = tasks::by_id(self.engine.store.reader(), self.task.id).await?;
        let Some(found) = found else { return Err(Ending::Lost) };
        self.task = found;
        if self.task.status.is_final() || self.task.status == Status::Held {
            return Ok(false);
        }
        if self.stop.is_cancelled() {
            return Err(Ending::Stopped);
        }
        let mut started = self.task.clone();
        if started.status == Status::Init {
            started.status = step(&started, Event::Start)?;
        }
        started.owner = Some(self.engine.owner.clone());
        started.started_at = Some(self.engine.now());
        started.finished_at = None;
        started.message = None;
        started.phase = if matches!(self.input, Input::Planned) { Phase::Apply } else { Phase::Read };
        self.write(started).await?;
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
        Ok(true)
    }

    async fn work(&mut self) -> Result<(), Ending> {
        let input = std::mem::replace(&mut self.input, Input::Planned);
        let mut notes = Vec::new();
        if matches!(input, Input::Planned) {
            self.look_at_the_tree_again().await?;
        } else {
            // What an earlier attempt took away has been gated then.
            let settled = if matches!(input, Input::Failed) { self.task.counts } else { Counts::default() };
            let done = self.read(input, &mut notes).await;
            let (counts, read) = done.map_err(|ending| self.because_of_stop(ending))?;
            self.task.counts = counts;
            if !self.pass_gates(&counts.since(&settled), read, &notes).await? {
                return Ok(());
            }
        }
        if let Some(planned) = self.planned.take() {
            let _ = planned.send(Executed { task: self.task.clone(), fault: None });
        }
        self.apply().await?;
        self.finish(notes).await
    }

    /// Refuses moves that would close a circle by now: while a plan was held, departments may have moved.
    async fn look_at_the_tree_again(&mut self) -> Result<(), Ending> {
        let store = self.engine.store.clone();
        let mut planner = Planner::new(store, self.scope(), self.task.id, self.task.match_key);
        planner.counts = self.task.counts;
        planner.refuse_cycles(Some(&self.task)).await?;
        if planner.counts == self.task.counts {
            return Ok(());
        }
        self.write(Task { counts: planner.counts, ..self.task.clone() }).await
    }

    /// A plugin that is asked to stop may say so in an error, which is not the task's own failure then.
    fn because_of_stop(&self, ending: Ending) -> Ending {
        match ending {
            Ending::Failed(_) | Ending::BadRecords(_) if self.stop.is_cancelled() => Ending::Stopped,
            other => other,
        }
    }

    /// Reads and plans everything. Returns the plan's counts and the data types of which the read gave
    /// all there is.
    async fn read(
        &mut self,
        input: Input,
        notes: &mut Vec<String>,
    ) -> Result<(Counts, Vec<DataType>), Ending> {
        let store = self.engine.store.clone();
        let mut planner = Planner::new(store, self.scope(), self.task.id, self.task.match_key);
        if matches!(input, Input::Failed) {
            planner.counts = self.task.counts;
            self.count_what_a_crash_left(&mut planner).await?;
            self.replan_failed(&mut planner).await?;
            planner.refuse_cycles(None).await?;
            return Ok((planner.counts, Vec::new()));
        }
        let tx = self.engine.store.begin().await?;
        changes::clear(&tx, self.task.id).await?;
        commit(tx, "clear the plan").await?;
        let complete = self.complete_types(&input);
        match input {
            Input::Body(format, pieces) => self.plan_all(&mut planner, format, pieces).await?,
            Input::Plugin => {
                let pieces = self.read_plugin().await?;
                self.plan_all(&mut planner, Format::Plugin, pieces).await?;
            }
            Input::Failed | Input::Planned => {}
        }
        for data_type in &complete {
            let standing = planner.counts.get(*data_type);
            if standing.all == 0 || standing.all > standing.failed {
                notes.extend(planner.plan_missing(*data_type, self.source.policy.on_missing).await?);
            }
        }
        if planner.counts.department.deleted > 0 {
            planner.plan_orphans().await?;
        }
        planner.refuse_cycles(None).await?;
        Ok((planner.counts, complete))
    }

    /// The data types of which this read gives all there is.
    fn complete_types(&self, input: &Input) -> Vec<DataType> {
        match (self.task.mode, input, self.task.data_type) {
            (Mode::Incremental, _, _) => Vec::new(),
            (Mode::Full, Input::Plugin, _) => {
                let offered = self.engine.plugins.source_types();
                let of_source = offered.into_iter().find(|offer| offer.name == self.source.source_type);
                of_source.map_or_else(Vec::new, |offer| offer.data_types)
            }
            (Mode::Full, _, data_type) => data_type.into_iter().collect(),
        }
    }

    async fn plan_all(
        &mut self,
        planner: &mut Planner,
        format: Format,
        pieces: mpsc::Receiver<Piece>,
    ) -> Result<(), Ending> {
        let (out, mut batches) = mpsc::channel(2);
        let (raw, stop) = (self.raw_target(), self.stop.clone());
        let reading = tokio::task::spawn_blocking(move || intake::run(format, pieces, raw, out, &stop));
        loop {
            let batch = tokio::select! {
                batch = batches.recv() => batch,
                () = self.stop.cancelled() => return Err(Ending::Stopped),
            };
            let Some(batch) = batch else { break };
            planner.plan(batch).await?;
            let counts = &planner.counts;
            let progress = Progress { read: counts.all(), planned: counts.changes(), applied: 0 };
            self.engine.running.report(self.task.id, progress);
        }
        reading.await.map_err(|panic| Ending::Failed(panic.to_string()))??;
        Ok(())
    }

    /// Begins the plugin's read; its batches come out of the queue.
    async fn read_plugin(&self) -> Result<mpsc::Receiver<Piece>, Ending> {
        let order = ReadOrder {
            source_type: self.source.source_type.clone(),
            options: self.source.options.clone(),
            mode: self.task.mode,
            label: format!("task {}", self.task.id),
            stop: self.stop.clone(),
        };
        let opened = self.engine.plugins.read(order).await;
        let mut reader = opened.map_err(|failure| Ending::Failed(failure.to_string()))?;
        let (pieces, queue) = mpsc::channel(PIECES);
        tokio::spawn(async move {
            loop {
                let (piece, last) = match reader.next().await {
                    Ok(Some((data_type, lines))) => (Piece::Lines(data_type, lines), false),
                    Ok(None) => (Piece::End, true),
                    Err(failure) => (Piece::Failed(failure.to_string()), true),
                };
                if pieces.send(piece).await.is_err() || last {
                    return;
                }
            }
        });
        Ok(queue)
    }

    /// Failed changes that an interrupted execution of this attempt has planned anew already are pending
    /// in the plan, and still counted as failed.
    async fn count_what_a_crash_left(&mut self, planner: &mut Planner) -> Result<(), Ending> {
        let mut after = None;
        loop {
            let reader = self.engine.store.reader();
            let page = changes::pending(reader, self.task.id, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.place());
            for change in &page {
                let counts = planner.counts.of(change.data_type);
                counts.failed = counts.failed.saturating_sub(1);
                *counts.of(change.op) += 1;
            }
        }
    }

    async fn replan_failed(&mut self, planner: &mut Planner) -> Result<(), Ending> {
        let mut after = None;
        loop {
            let reader = self.engine.store.reader();
            let page =
                changes::with_outcome(reader, self.task.id, Outcome::Failed, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(crate::domain::task::Watermark { data_type: last.data_type, uid: last.uid.clone() });
            planner.replan(page).await?;
        }
    }

    /// Lets the gates look at the plan and writes what follows. Returns whether to go on applying.
    async fn pass_gates(
        &mut self,
        planned: &Counts,
        complete: Vec<DataType>,
        notes: &[String],
    ) -> Result<bool, Ending> {
        let mut standings = Vec::new();
        for data_type in DataType::ALL {
            let full = complete.contains(&data_type);
            if full || planned.get(data_type).removals() > 0 {
                let reader = self.engine.store.reader();
                let (dialect, source) = (self.engine.store.dialect(), self.source.id);
                let present = records::count_present(reader, dialect, source, data_type).await?;
                standings.push(Standing { data_type, present, full });
            }
        }
        let hold = gate::check(planned, self.source.policy.removals, &standings);
        let mut planned = self.task.clone();
        planned.phase = Phase::Apply;
        planned.watermark = None;
        planned.held_by = hold.as_ref().map(|hold| hold.gate.to_owned());
        match hold {
            _ if self.task.dry_run => {
                let held = hold.map(|hold| format!("; would be held: {}", hold.message));
                let sentence = planned.counts.sentence();
                let message = format!("dry run, nothing written: {sentence}{}", held.unwrap_or_default());
                planned.message = Some(with_notes(message, notes));
                planned.status = step(&planned, Event::Finish(how_it_ends(&planned)))?;
                self.write_ended(planned).await?;
                Ok(false)
            }
            Some(hold) => {
                planned.message = Some(with_notes(format!("held: {}", hold.message), notes));
                planned.status = step(&planned, Event::Hold)?;
                self.write_ended(planned).await?;
                Ok(false)
            }
            None => {
                self.write(planned).await?;
                Ok(true)
            }
        }
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
        let mut applied = 0;
        loop {
            if self.stop.is_cancelled() {
                return Err(Ending::Stopped);
            }
            let scope = self.scope();
            let store = &self.engine.store;
            let count = apply::next_batch(store, scope, &mut self.task, &superseded).await?;
            if count == 0 {
                return Ok(());
            }
            applied += count;
            let counts = &self.task.counts;
            let progress = Progress { read: counts.all(), planned: counts.changes(), applied };
            self.engine.running.report(self.task.id, progress);
        }
    }

    async fn finish(&mut self, notes: Vec<String>) -> Result<(), Ending> {
        let mut done = self.task.clone();
        done.status = step(&done, Event::Finish(how_it_ends(&done)))?;
        done.held_by = None;
        done.message = Some(with_notes(done.counts.sentence(), &notes));
        self.write_ended(done).await
    }

    /// Ends the task as failed or cancelled, or leaves it for the next start if the daemon is stopping.
    async fn end_early(&mut self, ending: Ending) {
        let event = match &ending {
            Ending::Lost => {
                warn!(task = self.task.id.0, "task {} was taken over by another run", self.task.id);
                return;
            }
            Ending::Stopped if self.engine.shutdown.is_cancelled() => {
                info!(task = self.task.id.0, "task {} goes on at the next start", self.task.id);
                return;
            }
            Ending::Stopped => Event::Cancel,
            Ending::BadRecords(_) => {
                self.fault = Some(Fault::Records);
                Event::Fail
            }
            Ending::Failed(_) => {
                self.fault = Some(Fault::Other);
                Event::Fail
            }
        };
        let mut ended = self.task.clone();
        let Ok(status) = ended.status.after(event) else { return };
        ended.status = status;
        ended.message = Some(match ending {
            Ending::Failed(reason) | Ending::BadRecords(reason) => reason,
            _ if ended.watermark.is_some() => {
                "cancelled; what had been written by then stays written".to_owned()
            }
            _ => "cancelled before anything was written".to_owned(),
        });
        // The database itself may be what failed. Nothing is left processing for ever: try until it
        // can be written, or the daemon stops and recovers the task at its next start.
        let mut pause = Duration::from_millis(100);
        while let Err(failure) = self.write_ended(ended.clone()).await {
            if matches!(failure, Ending::Lost) {
                return;
            }
            error!(task = self.task.id.0, "task {} can't be ended: {failure}; trying again", self.task.id);
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(10)),
                () = self.engine.shutdown.cancelled() => return,
            }
        }
    }

    /// Writes the task as no longer running, with its cost.
    async fn write_ended(&mut self, mut task: Task) -> Result<(), Ending> {
        let now = self.engine.now();
        task.cost_ms += now - task.started_at.unwrap_or(now);
        task.finished_at = task.status.is_final().then_some(now);
        self.write(task).await?;
        let Task { id, status, batch, .. } = &self.task;
        let message = self.task.message.as_deref().unwrap_or_default();
        let (cost, source) = (self.task.cost_ms, self.source.name.as_str());
        match status {
            Status::Failed | Status::Partial | Status::Held => warn!(
                task = id.0, source, batch = batch.0, %status, "task {id} of source {source} is {status} after {cost} ms: {message}"
            ),
            _ => info!(
                task = id.0, source, batch = batch.0, %status, "task {id} of source {source} is {status} after {cost} ms: {message}"
            ),
        }
        Ok(())
    }

    /// Writes the task under the fence of what it was.
    async fn write(&mut self, task: Task) -> Result<(), Ending> {
        let fence = tasks::Fence::of(&self.task);
        let tx = self.engine.store.begin().await?;
        if !tasks::write(&tx, &task, &fence).await? {
            return Err(Ending::Lost);
        }
        commit(tx, "write the task").await?;
        self.task = task;
        Ok(())
    }

    fn scope(&self) -> Scope {
        Scope { dialect: self.engine.store.dialect(), source: self.source.id, now: self.engine.now() }
    }

    fn raw_target(&self) -> Option<RawTarget> {
        self.source.policy.raw_records.then(|| RawTarget {
            log: self.engine.raw_log.clone(),
            task: self.task.id,
            batch: self.task.batch,
            source: self.source.name.clone(),
        })
    }
}

/// Where a task is taken up again after the daemon was stopped in the middle of it, or why it can't be.
pub(crate) fn resume(task: &Task, source: &Source) -> Result<Input, String> {
    match (task.phase, task.kind) {
        (Phase::Apply, _) => Ok(Input::Planned),
        (Phase::Read, _) if task.retries_failed => Ok(Input::Failed),
        (Phase::Read, Kind::Pull) if source.source_type != API => Ok(Input::Plugin),
        (Phase::Read, _) => Err("the records had not arrived completely, and nothing of them was written; \
             push them again"
            .to_owned()),
    }
}

/// Whatever panicked, the task is not left running for ever.
fn broken_off(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied();
    let said =
        said.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it did not say what");
    format!("broke off because of a mistake in orgsync, which the log shows: {said}")
}

/// Nothing is a success in which records failed.
fn how_it_ends(task: &Task) -> Status {
    if task.counts.failed() > 0 { Status::Partial } else { Status::Success }
}

fn step(task: &Task, event: Event) -> Result<Status, Ending> {
    task.status.after(event).map_err(|illegal| Ending::Failed(illegal.to_string()))
}

fn with_notes(message: String, notes: &[String]) -> String {
    std::iter::once(message).chain(notes.iter().cloned()).collect::<Vec<_>>().join("; ")
}
