//! The first half of an execution: where the records come from, and into which plan.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::domain::change::{Change, Outcome};
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::policy::OnMissing;
use crate::domain::task::{Kind, Mode, Progress, Task};
use crate::store::changes::{self, ChangeFilter};
use crate::store::{commit, idempotency, tasks};

use super::arriving::Arriving;
use super::claim::Claim;
use super::ending::Ending;
use super::intake::{Format, Piece, RawTarget, ReceivedBatch};
use super::planner::Planner;
use super::repeat::{Repeatable, holder_number};
use super::run::{Input, Run};

/// How long a push may wait for its own body while others of its source wait for it.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How often that is looked at.
const GLANCE: Duration = Duration::from_secs(1);
/// How many failed changes are planned anew together.
const PAGE: u64 = 5_000;

impl Run {
    /// Reads and plans everything. Returns the plan's counts and the data types of which the read gave
    /// all there is.
    pub(super) async fn read(
        &mut self,
        input: Input,
        notes: &mut Vec<String>,
    ) -> Result<(Counts, Vec<DataType>), Ending> {
        let store = self.engine.store.clone();
        let mut planner = Planner::new(store, self.scope(), &self.task);
        if matches!(input, Input::Failed) {
            planner.counts = self.task.counts;
            self.count_what_a_crash_left(&mut planner).await?;
            self.replan_failed(&mut planner).await?;
            planner.refuse_cycles(None).await?;
            notes.extend(planner.settle_users().await?);
            planner.plan_locks().await?;
            return Ok((planner.counts, Vec::new()));
        }
        let pushed = matches!(input, Input::Body(..) | Input::Arriving(..));
        if !pushed {
            // A push is never read twice.
            self.clear_plan().await?;
        }
        let mut complete = self.complete_types(&input);
        match input {
            Input::Body(format, pieces, repeatable) => {
                let arriving = self.arriving(format, pieces);
                notes.extend(self.plan_all(&mut planner, arriving).await?);
                self.seal(repeatable).await?;
            }
            Input::Arriving(arriving, repeatable) => {
                notes.extend(self.plan_all(&mut planner, arriving).await?);
                self.seal(repeatable).await?;
            }
            Input::Plugin => complete = self.plan_pull(&mut planner, notes).await?,
            Input::Undone => self.plan_undo(&mut planner).await?,
            // Nothing is read, so all that the source had given is absent.
            Input::Nothing => complete = DataType::ALL.to_vec(),
            Input::Failed | Input::Planned | Input::Backfill => {}
        }
        let on_missing = match self.task.kind {
            Kind::Disable => OnMissing::Disable,
            Kind::Delete => OnMissing::Delete,
            Kind::Pull | Kind::Push | Kind::Undo | Kind::Backfill => self.source.policy.on_missing,
        };
        for data_type in &complete {
            let standing = planner.counts.get(*data_type);
            if standing.all == 0 || standing.all > standing.failed {
                notes.extend(planner.plan_missing(*data_type, on_missing).await?);
            }
        }
        if planner.counts.department.deleted > 0 {
            planner.plan_orphans().await?;
        }
        planner.refuse_cycles(None).await?;
        notes.extend(planner.settle_users().await?);
        planner.plan_locks().await?;
        notes.extend(planner.count_dangling().await?);
        Ok((planner.counts, complete))
    }

    /// Removes what an earlier execution has planned, piece by piece: others write in between.
    pub(super) async fn clear_plan(&self) -> Result<(), Ending> {
        loop {
            let tx = Claim::of(&self.task).begin_long(&self.engine.store).await?;
            let cleared = changes::clear_some(&tx, self.engine.store.dialect(), self.task.id).await?;
            commit(tx, "clear the plan").await?;
            if cleared == 0 {
                return Ok(());
            }
        }
    }

    /// Plans to take back all that the undone task applied.
    pub(super) async fn plan_undo(&mut self, planner: &mut Planner<'_>) -> Result<(), Ending> {
        let undone = self.undone().await?;
        let mut filter = ChangeFilter { outcome: Some(Outcome::Applied), ..ChangeFilter::default() };
        let (reader, dialect) = (self.engine.store.reader().clone(), self.engine.store.dialect());
        let mut locked = None;
        loop {
            if self.stop.is_cancelled() {
                return Err(Ending::Stopped);
            }
            self.engine.check_space().await?;
            let mut page = changes::list(&reader, dialect, &undone, &filter, PAGE).await?;
            if page.is_empty() {
                let over = [Outcome::Failed, Outcome::Skipped];
                page = changes::locks(&reader, dialect, undone.id, &over, locked.as_ref(), PAGE).await?;
                locked = page.last().map(Change::place);
            } else {
                filter.after = page.last().map(Change::place);
            }
            if page.is_empty() {
                return Ok(());
            }
            planner.plan_undo(&undone, page).await?;
            let counts = &planner.counts;
            let since = self.task.started_at;
            let progress = Progress { read: counts.all(), planned: counts.changes(), applied: 0, since };
            self.engine.running.report(self.task.id, progress);
        }
    }

    /// The task that this one undoes.
    pub(super) async fn undone(&self) -> Result<Task, Ending> {
        let none = || Ending::Failed("there is nothing left of the task that it undoes".into());
        let id = self.task.undoes.ok_or_else(none)?;
        tasks::by_id(self.engine.store.reader(), id).await?.ok_or_else(none)
    }

    /// The data types of which this read gives all there is.
    pub(super) fn complete_types(&self, input: &Input) -> Vec<DataType> {
        match (self.task.mode, input, self.task.data_type) {
            (Mode::Incremental, _, _) => Vec::new(),
            (Mode::Full, Input::Plugin, _) => self.offer().map_or_else(Vec::new, |offer| offer.data_types),
            (Mode::Full, _, data_type) => data_type.into_iter().collect(),
        }
    }

    /// Plans all batches. Returns a note for the task's message, if there is something to say.
    pub(super) async fn plan_all(
        &mut self,
        planner: &mut Planner<'_>,
        mut arriving: Arriving,
    ) -> Result<Option<String>, Ending> {
        let mut waited = Duration::ZERO;
        loop {
            let since = Instant::now();
            let batch = loop {
                tokio::select! {
                    batch = arriving.next() => break batch,
                    () = self.stop.cancelled() => return Err(Ending::Stopped),
                    () = tokio::time::sleep(GLANCE) => self.check_patience(waited + since.elapsed())?,
                }
            };
            waited += since.elapsed();
            let Some(batch) = batch else { break };
            self.engine.check_space().await?;
            self.check_count(planner, &batch)?;
            planner.plan(batch).await?;
            let counts = &planner.counts;
            let since = self.task.started_at;
            let progress = Progress { read: counts.all(), planned: counts.changes(), applied: 0, since };
            self.engine.report(self.task.id, progress);
        }
        Ok(arriving.end().await?.note())
    }

    /// Refuses a batch with which the task would have more records than a task may.
    pub(super) fn check_count(&self, planner: &Planner<'_>, batch: &ReceivedBatch) -> Result<(), Ending> {
        let most = self.engine.limits.task_records;
        if planner.counts.all() + batch.records.len() as u64 <= most {
            return Ok(());
        }
        Err(Ending::BadRecords(format!(
            "there are more than {most} records, which is as many as one task may have (storage.max_task_records); \
             nothing of them was written: give them in several parts, or raise the limit"
        )))
    }

    /// Begins to read batches out of pieces, on a thread of its own.
    pub(super) fn arriving(&self, format: Format, pieces: mpsc::Receiver<Piece>) -> Arriving {
        Arriving::begin(format, pieces, self.raw_target(), self.stop.clone())
    }

    /// A push whose body comes slowly holds up those that wait behind it, for so long and no longer.
    fn check_patience(&self, waited: Duration) -> Result<(), Ending> {
        if self.task.kind != Kind::Push || waited < PATIENCE || !self.turn.is_awaited() {
            return Ok(());
        }
        Err(Ending::BadRecords(format!(
            "the body came so slowly that others who push to source {} would wait for more than {} minutes; send \
             it faster, compressed, or in smaller pieces",
            self.source.name,
            PATIENCE.as_secs() / 60
        )))
    }

    /// Notes what the push was, now that it has been received completely, so that a repetition of it can
    /// be told from another push under the same key.
    pub(super) async fn seal(&self, repeatable: Option<Repeatable>) -> Result<(), Ending> {
        let Some(Repeatable { holder, key, fingerprint }) = repeatable else { return Ok(()) };
        let Ok(fingerprint) = fingerprint.await else { return Ok(()) };
        let tx = Claim::of(&self.task).begin(&self.engine.store).await?;
        let place = idempotency::Place { source: self.source.id, holder: holder_number(holder), key: &key };
        idempotency::seal(&tx, &place, self.task.id, &fingerprint).await?;
        Ok(commit(tx, "seal the idempotency key").await?)
    }

    /// Failed changes that an interrupted execution of this attempt has planned anew already are pending
    /// in the plan, and still counted as failed.
    pub(super) async fn count_what_a_crash_left(&mut self, planner: &mut Planner<'_>) -> Result<(), Ending> {
        let mut after = None;
        loop {
            let reader = self.engine.store.reader();
            let page = changes::pending(reader, self.task.id, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.place());
            for change in &page {
                let counts = planner.counts.of(change.data_type);
                counts.failed = counts.failed.saturating_sub(1);
                // One that switched its row off in the attempt before is counted as an update already.
                if change.leaves.is_none() || change.cause.undoes() {
                    *counts.of(change.op) += 1;
                }
            }
        }
    }

    pub(super) async fn replan_failed(&mut self, planner: &mut Planner<'_>) -> Result<(), Ending> {
        let mut failed = ChangeFilter { outcome: Some(Outcome::Failed), ..ChangeFilter::default() };
        let (reader, dialect) = (self.engine.store.reader().clone(), self.engine.store.dialect());
        loop {
            let page = changes::with_outcome(&reader, dialect, self.task.id, &failed, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            failed.after = Some(last.place());
            match self.task.kind {
                Kind::Undo => planner.replan_undo(&self.undone().await?, page).await?,
                Kind::Pull | Kind::Push | Kind::Disable | Kind::Delete | Kind::Backfill => {
                    planner.replan(page).await?
                }
            }
        }
    }

    pub(super) fn raw_target(&self) -> Option<RawTarget> {
        self.source.policy.raw_records.then(|| RawTarget {
            log: self.engine.raw_log.clone(),
            task: self.task.id,
            batch: self.task.batch,
            source: self.source.name.clone(),
        })
    }
}
