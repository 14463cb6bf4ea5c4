//! Locks: that the row of a failed change is switched off all the same, because its record says so. A change
//! that fails when it is planned (its name is taken, its parent is below it) is given its lock once the plan
//! is whole, so that gates and dry runs see it, and the lock is written before the plan is applied. One that
//! fails while it is applied is written as a lock instead. Either stays failed, and keeps its whole record for
//! a retry; `leaves` is what the lock leaves of the record, and tells that there is one.

use sea_orm::DatabaseTransaction;
use serde_json::Value;

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::leaving;
use crate::domain::link::Kept;
use crate::domain::record::Record;
use crate::domain::task::{Task, Watermark};
use crate::store::changes::{self, ChangeFilter};
use crate::store::records::State;
use crate::store::{Store, StoreError, commit, tasks};

use super::apply::{Batch, Keeping, Step, Verdict};
use super::claim::WriteError;
use super::look_up;
use super::plan::Stored;
use super::planner::Planner;
use super::targets::Scope;

/// How many failed changes are looked at together.
const PAGE: u64 = 5_000;
/// What a failed change says of its lock.
const NOTE: &str = "; of this record only `enabled: false` is applied";

/// The lock that a failed change comes with, if its record switches its row off.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lock {
    /// What is written.
    pub(super) given: Fields,
    /// What it replaces.
    pub(super) before: Fields,
    /// What it leaves of the record: a hash that the whole record does not have, so that the next one of the
    /// same uid is looked at, even if it is what the source gave before.
    pub(super) leaves: Kept,
}

impl Lock {
    /// The lock in a record's fields.
    pub(super) fn of(uid: &str, given: &Fields) -> Option<Self> {
        let record = leaving::of_fields(uid, given)?;
        let leaves = Kept { hash: fields::hash(&record.to_stored()), state: State::Present };
        Some(Self { given: record.fields, before: switched_on(), leaves })
    }

    fn of_change(change: &Change) -> Option<Self> {
        let record = Record::from_stored(&change.uid, change.record.as_deref()?)?;
        Self::of(&change.uid, &record.fields).filter(|_| change.cause == Cause::Given && !record.deleted)
    }

    /// The failed change that says that the lock is written.
    pub(super) fn noted(self, change: Change, error: &str) -> Change {
        let error = Some(format!("{}{NOTE}", error.strip_suffix(NOTE).unwrap_or(error)));
        let (before, leaves) = (Some(self.before), Some(self.leaves));
        Change { op: Op::Update, before, leaves, outcome: Some(Outcome::Failed), error, ..change }
    }
}

/// What a lock replaces.
pub(super) fn switched_on() -> Fields {
    [("enabled".to_owned(), Value::Bool(true))].into_iter().collect()
}

/// Whether a lock does something to what is stored of the record of a change: to the row that was there when
/// it was planned, if no other record has come since.
fn concerns(change: &Change, stored: &Stored) -> bool {
    let is_as_planned = change.base.map(|kept| kept.hash) == Some(stored.hash);
    is_as_planned && stored.row.enabled && !stored.row.deleted
}

impl Planner<'_> {
    /// Gives the failed changes of the plan their locks.
    pub(crate) async fn plan_locks(&mut self) -> Result<(), WriteError> {
        for data_type in DataType::ALL {
            if self.counts.get(data_type).failed > 0 {
                self.plan_locks_of(data_type).await?;
            }
        }
        Ok(())
    }

    async fn plan_locks_of(&mut self, data_type: DataType) -> Result<(), WriteError> {
        let mut filter = ChangeFilter {
            outcome: Some(Outcome::Failed),
            op: Some(Op::Update),
            data_type: Some(data_type),
            ..ChangeFilter::default()
        };
        loop {
            let reader = &self.desk.reader();
            let page = changes::with_outcome(reader, self.scope.dialect, self.task, &filter, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            filter.after = Some(last.place());
            let locking = page.into_iter().filter(|change| change.leaves.is_none());
            let locking: Vec<(Change, Lock)> =
                locking.filter_map(|change| Lock::of_change(&change).map(|lock| (change, lock))).collect();
            let uids = locking.iter().map(|(change, _)| change.uid.as_str());
            let stored = look_up::stored(reader, self.scope, data_type, uids).await?;
            let mut planned = Vec::new();
            for (change, lock) in locking {
                if !stored.get(&change.uid).is_some_and(|stored| concerns(&change, stored)) {
                    continue;
                }
                let counts = self.counts.of(data_type);
                counts.updated += 1;
                counts.switched_off += u64::from(!change.switches_off());
                let error = change.error.clone().unwrap_or_default();
                planned.push(lock.noted(change, &error));
            }
            if !planned.is_empty() {
                let plan = self.desk.begin().await?;
                changes::write(plan.tx(), self.scope.dialect, self.task, planned).await?;
                plan.commit("write the plan").await?;
            }
        }
    }
}

/// Writes the locks that were planned, a part at a time, each in one transaction. A part that is written
/// already has nothing left to do, so this may be begun again.
pub(crate) async fn apply(store: &Store, scope: Scope, task: &mut Task) -> Result<(), WriteError> {
    let mut after = None;
    loop {
        let failed = [Outcome::Failed];
        let page =
            changes::locks(store.reader(), scope.dialect, task.id, &failed, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.place());
        let (tx, _) = store.begin_long().await?;
        let advanced = write(&tx, scope, task, page).await?;
        if !tasks::write(&tx, &advanced, &tasks::Fence::of(task), scope.now).await? {
            return Err(WriteError::Lost);
        }
        commit(tx, "switch off whose changes failed").await?;
        *task = advanced;
    }
}

/// The same within a transaction that somebody else began and commits.
pub(crate) async fn apply_within(
    tx: &DatabaseTransaction,
    scope: Scope,
    task: &Task,
) -> Result<Task, StoreError> {
    let (mut task, mut after): (Task, Option<Watermark>) = (task.clone(), None);
    loop {
        let failed = [Outcome::Failed];
        let page = changes::locks(tx, scope.dialect, task.id, &failed, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(task) };
        after = Some(last.place());
        task = write(tx, scope, &task, page).await?;
    }
}

/// Writes planned locks, and takes back those that are not needed any more.
async fn write(
    tx: &DatabaseTransaction,
    scope: Scope,
    task: &Task,
    planned: Vec<Change>,
) -> Result<Task, StoreError> {
    let mut counts = task.counts;
    let mut void = Vec::new();
    for data_type in DataType::ALL {
        let of_type: Vec<&Change> = planned.iter().filter(|change| change.data_type == data_type).collect();
        if of_type.is_empty() {
            continue;
        }
        let uids = of_type.iter().map(|change| change.uid.as_str());
        let mut stored = look_up::stored(tx, scope, data_type, uids).await?;
        let mut batch = Batch::of(tx, scope, task, data_type);
        for change in of_type {
            let (Some(lock), Some(found)) = (Lock::of_change(change), stored.remove(&change.uid)) else {
                continue;
            };
            if concerns(change, &found) {
                let mut step = Step::planned(change.clone());
                step.row = Some(found.row);
                step.given = lock.given;
                step.keeping = Keeping::Keep(lock.leaves);
                step.verdict = Verdict::Write;
                batch.steps.push(step);
            } else if found.hash != lock.leaves.hash {
                counts.of(data_type).updated -= 1;
                void.push(Change { leaves: None, ..change.clone() });
            }
        }
        batch.write().await?;
    }
    changes::write(tx, scope.dialect, task.id, void).await?;
    Ok(Task { counts, ..task.clone() })
}

impl Batch<'_> {
    /// Has those switched off whose changes fail, where their records say so.
    pub(super) fn lock_what_fails(&mut self) {
        for step in &mut self.steps {
            let is_there = step.row.as_ref().is_some_and(|row| row.enabled && !row.deleted);
            let is_linked = step.planned.base.is_some() && step.planned.cause == Cause::Given;
            let Verdict::Fail(reason) = &step.verdict else { continue };
            let Some(lock) = Lock::of(&step.planned.uid, &step.given).filter(|_| is_there && is_linked)
            else {
                continue;
            };
            step.verdict = Verdict::Lock(reason.clone());
            step.op = Op::Update;
            step.given.clone_from(&lock.given);
            step.keeping = Keeping::Keep(lock.leaves);
            step.leaves = Some(lock.leaves);
            step.before = Some(lock.before);
        }
    }
}

#[cfg(test)]
#[path = "locks_tests.rs"]
mod tests;
