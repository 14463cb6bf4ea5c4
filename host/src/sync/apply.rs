//! Writes a plan to the built-in targets, batch by batch, one transaction each. In that transaction
//! every change is decided anew from what is stored by then, so that a row that moved since the plan
//! was made is not overwritten; the task's watermark and counts move with it, so that a crash loses or
//! repeats nothing.

use std::collections::{HashMap, HashSet};

use sea_orm::DatabaseTransaction;

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::ids::LocalId;
use crate::domain::policy::OnMissing;
use crate::domain::record::Record;
use crate::domain::task::{Task, Watermark};
use crate::store::records::State;
use crate::store::{Store, StoreError, changes, commit, counters, records, tasks};

use super::look_up;
use super::plan::{Decision, Row, decide, decide_missing};
use super::targets::{Scope, Write, departments, unique, users};

/// How many changes are written in one transaction.
const BATCH: u64 = 5_000;

/// How many links of a chain of wanted and held values are followed one by one.
const MAX_LINKS: usize = 8;

/// Why a change is void whose record has moved on.
pub(super) const GIVEN_ANEW: &str = "not needed: the record has been given anew since this was planned";

/// Why applying stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else has the task now.
    #[error("the task is no longer this daemon's")]
    Lost,
}

/// Why changes for absent records are void, for the data types of which a later task has read everything.
pub(crate) type Superseded = HashMap<DataType, String>;

/// Applies the next batch of a task's plan and moves its watermark and counts. Returns how many
/// changes that were; none at the end of the plan.
pub(crate) async fn next_batch(
    store: &Store,
    scope: Scope,
    task: &mut Task,
    superseded: &Superseded,
) -> Result<u64, ApplyError> {
    match attempt(store, scope, task, superseded, Care::Quick).await {
        Err(ApplyError::Store(error)) if error.is_unique_violation() => {
            attempt(store, scope, task, superseded, Care::Careful).await
        }
        other => other,
    }
}

/// Whether conflicts over unique values are looked for before writing. Most batches have none, and
/// the database says so for free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    Quick,
    Careful,
}

async fn attempt(
    store: &Store,
    scope: Scope,
    task: &mut Task,
    superseded: &Superseded,
    care: Care,
) -> Result<u64, ApplyError> {
    let tx = store.begin().await?;
    let mut pending = changes::pending(&tx, task.id, task.watermark.as_ref(), BATCH).await?;
    let Some(data_type) = pending.first().map(|change| change.data_type) else { return Ok(0) };
    pending.truncate(pending.partition_point(|change| change.data_type == data_type));
    let Some(last) = pending.last() else { return Ok(0) };
    let mut watermark = Watermark { data_type, uid: last.uid.clone() };

    let superseded = superseded.get(&data_type).map(String::as_str);
    let mut batch = Batch { tx: &tx, scope, task, data_type, superseded, steps: Vec::new() };
    batch.revise(pending).await?;
    if care == Care::Careful && data_type == DataType::User {
        batch.settle_conflicts(&mut watermark).await?;
    }
    let count = batch.steps.len() as u64;
    batch.write().await?;
    let counts = batch.record_outcomes().await?;

    let fence = tasks::Fence::of(task);
    let advanced = Task { watermark: Some(watermark), counts, ..task.clone() };
    if !tasks::write(&tx, &advanced, &fence).await? {
        return Err(ApplyError::Lost);
    }
    commit(tx, "commit a batch of changes").await?;
    *task = advanced;
    Ok(count)
}

/// A department that moves to the root because its parent goes keeps saying so in its plan, although
/// its own record does not ask for it.
fn keep_consequence(planned: &Change, before: Option<&mut Fields>) {
    let parent = planned.before.as_ref().and_then(|planned| planned.get_key_value("parentUid"));
    if let (Some((name, parent)), Some(before)) = (parent, before) {
        before.entry(name.clone()).or_insert_with(|| parent.clone());
    }
}

/// A batch on its way into the database.
struct Batch<'a> {
    tx: &'a DatabaseTransaction,
    scope: Scope,
    task: &'a Task,
    data_type: DataType,
    /// Why changes for absent records are void, if they are.
    superseded: Option<&'a str>,
    steps: Vec<Step>,
}

/// One change and what becomes of it.
struct Step {
    /// As planned.
    planned: Change,
    /// As decided now.
    op: Op,
    before: Option<Fields>,
    row: Option<Row>,
    given: Fields,
    /// The hash and state to be kept; none for a change that no record or absence asks for.
    record: Option<(i64, State)>,
    verdict: Verdict,
    /// Brought forward from later in the plan, so its outcome must be spelled out.
    called: bool,
}

impl Step {
    fn is_written(&self) -> bool {
        matches!(self.verdict, Verdict::Write)
    }

    fn as_write(&self, place: usize, row: Option<Row>, given: Fields) -> Write {
        let none_yet = LocalId(-i64::try_from(place).unwrap_or(i64::MAX) - 1);
        let switched_on = self.before.as_ref().is_some_and(|before| before.contains_key("enabled"));
        Write {
            op: self.op,
            id: row.as_ref().map_or(none_yet, |row| row.id),
            returns: self.op == Op::Update && switched_on && !given.contains_key("enabled"),
            row,
            given,
        }
    }
}

/// Whether a step is written.
enum Verdict {
    Write,
    Nothing,
    Fail(String),
    Skip(String),
}

impl Batch<'_> {
    /// Decides about planned changes anew, from what is stored now.
    async fn revise(&mut self, planned: Vec<Change>) -> Result<(), StoreError> {
        let (given, other): (Vec<Change>, Vec<Change>) =
            planned.into_iter().partition(|change| change.cause == Cause::Given);
        self.revise_given(given).await?;
        self.revise_other(other).await?;
        self.steps.sort_by(|a, b| a.planned.uid.cmp(&b.planned.uid));
        Ok(())
    }

    async fn revise_given(&mut self, planned: Vec<Change>) -> Result<(), StoreError> {
        let mut kept = Vec::with_capacity(planned.len());
        for change in planned {
            let text = change.record.as_deref().unwrap_or_default();
            let record = Record::from_stored(&change.uid, text).ok_or_else(|| {
                StoreError::Damaged(format!(
                    "the plan of task {} has no record for uid {}",
                    self.task.id, change.uid
                ))
            })?;
            let hash = fields::hash(text);
            kept.push((change, record, hash));
        }
        let batch: Vec<&Record> = kept.iter().map(|(_, record, _)| record).collect();
        let found = look_up::found(self.tx, self.scope, self.data_type, self.task.match_key, &batch).await?;
        for ((planned, record, hash), found) in kept.into_iter().zip(found) {
            let moved = found.stored.as_ref().map(|stored| stored.hash) != planned.base;
            let decision = decide(
                self.data_type,
                &record,
                found.stored.as_ref(),
                self.task.match_key,
                &found.candidates,
            );
            let row = found.stored.map(|stored| stored.row);
            let row = row.or_else(|| found.candidates.into_iter().next().map(|candidate| candidate.row));
            let state = if record.deleted { State::Deleted } else { State::Present };
            let given = if record.deleted { Fields::new() } else { record.fields };
            let (op, mut before, verdict) = self.verdict(&planned, decision);
            keep_consequence(&planned, before.as_mut());
            let verdict = if moved { Verdict::Skip(GIVEN_ANEW.into()) } else { verdict };
            let record = Some((hash, state));
            self.steps.push(Step { planned, op, before, row, given, record, verdict, called: false });
        }
        Ok(())
    }

    async fn revise_other(&mut self, planned: Vec<Change>) -> Result<(), StoreError> {
        if planned.is_empty() {
            return Ok(());
        }
        let uids = planned.iter().map(|change| change.uid.as_str());
        let mut stored = look_up::stored(self.tx, self.scope, self.data_type, uids).await?;
        for planned in planned {
            let found = stored.remove(&planned.uid);
            let mut step = Step {
                op: planned.op,
                before: planned.before.clone(),
                row: None,
                given: Fields::new(),
                record: None,
                verdict: Verdict::Nothing,
                called: false,
                planned,
            };
            // A department that moves to the root keeps the reference to its parent, which has no
            // effect while that is deleted, so there is nothing to write for it.
            if let (Cause::Missing, Some(found)) = (step.planned.cause, found) {
                match self.superseded {
                    Some(reason) => step.verdict = Verdict::Skip(reason.to_owned()),
                    None if found.state != State::Present => {}
                    None if Some(found.hash) != step.planned.base => {
                        step.verdict = Verdict::Skip(GIVEN_ANEW.into());
                    }
                    None => {
                        let policy = if step.planned.op == Op::Disable {
                            OnMissing::Disable
                        } else {
                            OnMissing::Delete
                        };
                        let decision = decide_missing(policy, &found);
                        (step.op, step.before, step.verdict) = self.verdict(&step.planned, decision);
                        let state = if step.op == Op::Delete { State::Deleted } else { State::Missing };
                        step.record = Some((found.hash, state));
                        step.row = Some(found.row);
                    }
                }
            }
            self.steps.push(step);
        }
        Ok(())
    }

    fn verdict(&self, planned: &Change, decision: Decision) -> (Op, Option<Fields>, Verdict) {
        match decision {
            Decision::Unchanged => (planned.op, planned.before.clone(), Verdict::Nothing),
            Decision::Change { op, before } => (op, before, Verdict::Write),
            Decision::Fail(reason) => (planned.op, planned.before.clone(), Verdict::Fail(reason)),
        }
    }

    /// Finds out who may have which username and e-mail, brings later changes forward where they hold a
    /// value that is wanted now, and fails those who can't have theirs. Chains that are longer than a
    /// few links are not followed link by link: the batch is extended by the next part of the plan. So
    /// the watermark may move.
    async fn settle_conflicts(&mut self, watermark: &mut Watermark) -> Result<(), StoreError> {
        for round in 0.. {
            let (places, writes) = self.writes();
            let mut conflicts = unique::conflicts(self.tx, self.scope, &writes).await?;
            let holders = std::mem::take(&mut conflicts.holders);
            let called = self.call_forward(watermark, holders.keys().copied()).await?;
            for (_, wanting) in holders.into_iter().filter(|(holder, _)| !called.contains(holder)) {
                for (index, reason) in wanting {
                    conflicts.refuse(index, reason);
                }
            }
            for (index, reason) in conflicts.refused {
                self.steps[places[index]].verdict = Verdict::Fail(reason);
            }
            if called.is_empty() {
                break;
            }
            // From here on the places of the steps may be others.
            if round >= MAX_LINKS {
                self.extend(watermark).await?;
            }
        }
        Ok(())
    }

    /// Takes the next part of the plan into this batch, too.
    async fn extend(&mut self, watermark: &mut Watermark) -> Result<(), StoreError> {
        let mut next = changes::pending(self.tx, self.task.id, Some(watermark), BATCH).await?;
        next.retain(|change| change.data_type == self.data_type);
        let Some(last) = next.last() else { return Ok(()) };
        watermark.uid.clone_from(&last.uid);
        let known: HashSet<&str> = self.steps.iter().map(|step| step.planned.uid.as_str()).collect();
        next.retain(|change| !known.contains(change.uid.as_str()));
        self.revise(next).await
    }

    /// Takes those of these users' changes that come later in the plan into this batch.
    async fn call_forward(
        &mut self,
        watermark: &Watermark,
        holders: impl Iterator<Item = LocalId>,
    ) -> Result<HashSet<LocalId>, StoreError> {
        let dialect = self.scope.dialect;
        let links = records::links(self.tx, dialect, self.data_type, holders).await?;
        let uids: HashMap<String, i64> = links
            .into_iter()
            .filter(|link| link.source_id == self.scope.source.0)
            .map(|link| (link.uid, link.local_id))
            .collect();
        let names = uids.keys().map(String::as_str);
        let mut found = changes::by_uids(self.tx, dialect, self.task.id, self.data_type, names).await?;
        found.retain(|change| change.outcome.is_none() && change.uid > watermark.uid);
        let known: HashSet<&str> = self.steps.iter().map(|step| step.planned.uid.as_str()).collect();
        found.retain(|change| !known.contains(change.uid.as_str()));
        let called = found.iter().filter_map(|change| uids.get(&change.uid)).map(|id| LocalId(*id)).collect();
        let first = self.steps.len();
        let (given, other): (Vec<Change>, Vec<Change>) =
            found.into_iter().partition(|change| change.cause == Cause::Given);
        self.revise_given(given).await?;
        self.revise_other(other).await?;
        for step in &mut self.steps[first..] {
            step.called = true;
        }
        Ok(called)
    }

    /// The steps that are written, with their places among all steps, as they stand now. Creates have no
    /// id yet; they get a negative one that tells them apart.
    fn writes(&self) -> (Vec<usize>, Vec<Write>) {
        let write = |(place, step): (usize, &Step)| {
            step.is_written().then(|| (place, step.as_write(place, step.row.clone(), step.given.clone())))
        };
        self.steps.iter().enumerate().filter_map(write).unzip()
    }

    /// The same at last: rows and fields move out of the steps.
    fn take_writes(&mut self) -> (Vec<usize>, Vec<Write>) {
        let write = |(place, step): (usize, &mut Step)| {
            if !step.is_written() {
                return None;
            }
            let (row, given) = (step.row.take(), std::mem::take(&mut step.given));
            Some((place, step.as_write(place, row, given)))
        };
        self.steps.iter_mut().enumerate().filter_map(write).unzip()
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        let (places, mut writes) = self.take_writes();
        let creates = writes.iter().filter(|write| write.op == Op::Create).count();
        if creates > 0 {
            let first = counters::take(self.tx, self.scope.dialect, self.data_type.target(), creates).await?;
            for (write, id) in writes.iter_mut().filter(|write| write.op == Op::Create).zip(first..) {
                write.id = LocalId(id);
            }
        }
        let kept: Vec<_> = places
            .iter()
            .zip(&writes)
            .filter_map(|(place, write)| {
                let step = &self.steps[*place];
                let (hash, state) = step.record?;
                Some((step.planned.uid.clone(), hash, state, write.id))
            })
            .collect();
        match self.data_type {
            DataType::User => users::write(self.tx, self.scope, writes).await?,
            DataType::Department => departments::write(self.tx, self.scope, writes).await?,
        }
        let (dialect, source) = (self.scope.dialect, self.scope.source);
        records::write(self.tx, dialect, source, self.data_type, kept.into_iter()).await
    }

    /// Writes the outcomes that the watermark does not say, and returns the task's counts.
    async fn record_outcomes(&mut self) -> Result<Counts, StoreError> {
        let mut counts = self.task.counts;
        let of_type = counts.of(self.data_type);
        let (mut marks, mut revised) = (Vec::new(), Vec::new());
        for step in self.steps.drain(..) {
            let (op, before) = (step.op, step.before);
            let planned = step.planned;
            let mut mark = |outcome, reason: Option<String>| {
                marks.push((planned.data_type, planned.uid.clone(), outcome, reason));
            };
            match step.verdict {
                Verdict::Write if op != planned.op || before != planned.before => {
                    *of_type.of(planned.op) -= 1;
                    *of_type.of(op) += 1;
                    let outcome = step.called.then_some(Outcome::Applied);
                    revised.push(Change { op, before, outcome, ..planned });
                }
                Verdict::Write | Verdict::Nothing => {
                    if step.called {
                        mark(Outcome::Applied, None);
                    }
                }
                Verdict::Fail(reason) => {
                    *of_type.of(planned.op) -= 1;
                    of_type.failed += 1;
                    let reason = format!("uid {}: {reason}", planned.uid);
                    mark(Outcome::Failed, Some(reason));
                }
                Verdict::Skip(reason) => {
                    *of_type.of(planned.op) -= 1;
                    mark(Outcome::Skipped, Some(reason));
                }
            }
        }
        changes::write(self.tx, self.scope.dialect, self.task.id, revised).await?;
        changes::mark(self.tx, self.scope.dialect, self.task.id, &marks).await?;
        Ok(counts)
    }
}
