//! Writes a plan to the built-in targets, batch by batch, one transaction each. In that transaction
//! every change is decided anew from what is stored by then, so that a row that moved since the plan
//! was made is not overwritten; the task's watermark and counts move with it, so that a crash loses or
//! repeats nothing.

use std::collections::{HashMap, HashSet};

use sea_orm::{DatabaseTransaction, TransactionTrait};

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::ids::LocalId;
use crate::domain::link::{Kept, LinkMove};
use crate::domain::policy::{MatchKey, OnMissing};
use crate::domain::record::Record;
use crate::domain::task::{Task, Watermark};
use crate::store::records::State;
use crate::store::{Doing, Store, StoreError, Way, changes, commit, counters, records, tasks};

use super::claim::WriteError;
use super::delivery::Touched;
use super::locks::{self, Lock};
use super::look_up;
use super::plan::{Candidate, Decision, Leaving, Row, Stored, decide, decide_missing};
use super::targets::{Scope, Write, departments, unique, users};

/// How many changes are written in one transaction.
const BATCH: u64 = 5_000;
/// How many it is while others wait to write.
const SHORT_BATCH: u64 = 1_000;

/// How many links of a chain of wanted and held values are followed one by one.
const MAX_LINKS: usize = 8;

/// Why a change is void whose record has moved on.
pub(super) const GIVEN_ANEW: &str = "not needed: the record has been given anew since this was planned";

/// Why a change is void that something else has made already.
const SO_ALREADY: &str = "not needed: it was so already when its turn came";

/// Why changes for absent records are void, for the data types of which a later task has read everything.
pub(crate) type Superseded = HashMap<DataType, String>;

/// Applies the next batch of a task's plan and moves its watermark and counts. Returns how many
/// changes that were; none at the end of the plan.
pub(crate) async fn next_batch(
    store: &Store,
    scope: Scope,
    task: &mut Task,
    superseded: &Superseded,
) -> Result<u64, WriteError> {
    match attempt(store, scope, task, superseded, Care::Quick).await {
        Err(WriteError::Store(error)) if error.is_unique_violation() => {
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
) -> Result<u64, WriteError> {
    let (tx, way) = store.begin_long().await?;
    let most = match way {
        Way::Free => BATCH,
        Way::Shared => SHORT_BATCH,
    };
    let Some((advanced, count)) = write_batch(&tx, scope, task, superseded, care, most).await? else {
        return Ok(0);
    };
    let fence = tasks::Fence::of(task);
    if !tasks::write(&tx, &advanced, &fence, scope.now).await? {
        return Err(WriteError::Lost);
    }
    commit(tx, "commit a batch of changes").await?;
    *task = advanced;
    Ok(count)
}

/// Applies the next batch of a plan within a transaction that somebody else began and commits. Returns
/// the task as it is to be written with it; none at the end of the plan.
pub(crate) async fn next_batch_within(
    tx: &DatabaseTransaction,
    scope: Scope,
    task: &Task,
) -> Result<Option<Task>, StoreError> {
    const DOING: &str = "apply a small plan";
    let superseded = Superseded::new();
    let point = tx.begin().await.doing(DOING)?;
    let written = match write_batch(&point, scope, task, &superseded, Care::Quick, BATCH).await {
        Err(error) if error.is_unique_violation() => {
            point.rollback().await.doing(DOING)?;
            write_batch(tx, scope, task, &superseded, Care::Careful, BATCH).await?
        }
        other => {
            let written = other?;
            point.commit().await.doing(DOING)?;
            written
        }
    };
    Ok(written.map(|(advanced, _)| advanced))
}

/// Writes the next batch of at most so many changes. Returns the task with its watermark and counts moved,
/// which has to be written in the same transaction, and how many changes that were; none at the end.
async fn write_batch(
    tx: &DatabaseTransaction,
    scope: Scope,
    task: &Task,
    superseded: &Superseded,
    care: Care,
    most: u64,
) -> Result<Option<(Task, u64)>, StoreError> {
    let mut pending = changes::pending(tx, task.id, task.watermark.as_ref(), most).await?;
    let Some(data_type) = pending.first().map(|change| change.data_type) else { return Ok(None) };
    pending.truncate(pending.partition_point(|change| change.data_type == data_type));
    let Some(last) = pending.last() else { return Ok(None) };
    let mut watermark = Watermark { data_type, uid: last.uid.clone() };

    let superseded = superseded.get(&data_type).map(String::as_str);
    let mut batch = Batch { superseded, ..Batch::of(tx, scope, task, data_type) };
    batch.revise(pending).await?;
    if care == Care::Careful && data_type == DataType::User {
        batch.settle_conflicts(&mut watermark).await?;
    }
    batch.revive_the_going().await?;
    batch.lock_what_fails();
    let count = batch.steps.len() as u64;
    batch.write().await?;
    let counts = batch.record_outcomes().await?;
    Ok(Some((Task { watermark: Some(watermark), counts, ..task.clone() }, count)))
}

/// A department that moves to the root because its parent goes keeps saying so in its plan, although
/// its own record does not ask for it.
pub(super) fn keep_consequence(planned: &Change, before: Option<&mut Fields>) {
    let parent = planned.before.as_ref().and_then(|planned| planned.get_key_value("parentUid"));
    if let (Some((name, parent)), Some(before)) = (parent, before) {
        before.entry(name.clone()).or_insert_with(|| parent.clone());
    }
}

/// A batch on its way into the database.
pub(super) struct Batch<'a> {
    pub(super) tx: &'a DatabaseTransaction,
    pub(super) scope: Scope,
    pub(super) task: &'a Task,
    pub(super) data_type: DataType,
    /// Why changes for absent records are void, if they are.
    superseded: Option<&'a str>,
    pub(super) steps: Vec<Step>,
}

/// One change and what becomes of it.
pub(super) struct Step {
    /// As planned.
    pub(super) planned: Change,
    /// As decided now.
    pub(super) op: Op,
    pub(super) before: Option<Fields>,
    /// See [`Change::base`] and [`Change::leaves`].
    pub(super) base: Option<Kept>,
    pub(super) leaves: Option<Kept>,
    pub(super) link_move: Option<LinkMove>,
    pub(super) row: Option<Row>,
    pub(super) given: Fields,
    pub(super) keeping: Keeping,
    pub(super) verdict: Verdict,
    /// Brought forward from later in the plan, so its outcome must be spelled out.
    called: bool,
    /// Not counted any more, because the plan had given it up.
    revived: bool,
}

/// What becomes of what is kept of a record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keeping {
    /// It stays, because neither a record nor its absence asked for the change.
    AsIs,
    /// This is kept.
    Keep(Kept),
    /// Nothing is: the record leads nowhere any more.
    Forget,
}

impl Step {
    /// A change as it was planned, that nothing has been decided about.
    pub(super) fn planned(planned: Change) -> Self {
        Self {
            op: planned.op,
            before: planned.before.clone(),
            base: planned.base,
            leaves: planned.leaves,
            link_move: planned.link_move.clone(),
            row: None,
            given: Fields::new(),
            keeping: Keeping::AsIs,
            verdict: Verdict::Nothing,
            called: false,
            revived: false,
            planned,
        }
    }

    fn is_written(&self) -> bool {
        matches!(self.verdict, Verdict::Write | Verdict::Lock(_))
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
pub(super) enum Verdict {
    Write,
    /// There is nothing to write for it: it follows from another change.
    Nothing,
    Fail(String),
    /// It fails, and only its lock is written.
    Lock(String),
    Skip(String),
}

impl<'a> Batch<'a> {
    /// A batch with nothing in it.
    pub(super) fn of(tx: &'a DatabaseTransaction, scope: Scope, task: &'a Task, data_type: DataType) -> Self {
        Self { tx, scope, task, data_type, superseded: None, steps: Vec::new() }
    }
}

impl Batch<'_> {
    /// Decides about planned changes anew, from what is stored now.
    async fn revise(&mut self, planned: Vec<Change>) -> Result<(), StoreError> {
        self.revise_by_cause(planned).await?;
        self.steps.sort_by(|a, b| a.planned.uid.cmp(&b.planned.uid));
        Ok(())
    }

    async fn revise_by_cause(&mut self, planned: Vec<Change>) -> Result<(), StoreError> {
        let (undone, other): (Vec<Change>, Vec<Change>) =
            planned.into_iter().partition(|change| change.cause.undoes());
        let (given, other): (Vec<Change>, Vec<Change>) =
            other.into_iter().partition(|change| change.cause == Cause::Given);
        self.revise_given(given).await?;
        self.revise_other(other).await?;
        self.revise_undo(undone).await
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
        let matching = (self.task.match_key, Some(self.task.id));
        let found = look_up::found(self.tx, self.scope, self.data_type, matching, &batch).await?;
        for ((planned, record, hash), mut found) in kept.into_iter().zip(found) {
            self.look_at_the_absent(planned.link_move.as_ref(), &mut found.candidates);
            let link_move = match (&found.stored, found.candidates.as_slice()) {
                (None, [Candidate { linked: Some(linked), .. }]) => {
                    Some(LinkMove { uid: linked.uid.clone(), kept: linked.kept, restores: false })
                }
                _ => None,
            };
            let base = found.stored.as_ref().map(Stored::kept);
            let moved = base.map(|kept| kept.hash) != planned.base.map(|kept| kept.hash);
            let decision = decide(
                self.data_type,
                &record,
                found.stored.as_ref(),
                (self.task.match_key, &found.candidates),
                self.scope.row_bytes,
            );
            let row = found.stored.map(|stored| stored.row);
            let row = row.or_else(|| found.candidates.into_iter().next().map(|candidate| candidate.row));
            let state = if record.deleted { State::Deleted } else { State::Present };
            let given = if record.deleted { Fields::new() } else { record.fields };
            let (op, mut before, verdict) = self.verdict(&planned, decision);
            keep_consequence(&planned, before.as_mut());
            let verdict = if moved { Verdict::Skip(GIVEN_ANEW.into()) } else { verdict };
            let leaves = planned.leaves;
            if let (Some(_), Some(before)) = (leaves, before.as_mut()) {
                before.extend(locks::switched_on());
            }
            let keeping = Keeping::Keep(Kept { hash, state });
            let (called, revived) = (false, false);
            let step = Step {
                planned,
                op,
                before,
                base,
                leaves,
                link_move,
                row,
                given,
                keeping,
                verdict,
                called,
                revived,
            };
            self.steps.push(step);
        }
        Ok(())
    }

    /// Whom the plan's read did not give is absent for good, unless a later read has given it since.
    fn look_at_the_absent(&self, planned: Option<&LinkMove>, candidates: &mut [Candidate]) {
        for linked in candidates.iter_mut().filter_map(|candidate| candidate.linked.as_mut()) {
            let is_planned =
                planned.is_some_and(|planned| planned.uid == linked.uid && planned.kept == linked.kept);
            linked.leaving = match (linked.leaving, self.superseded) {
                (Leaving::Absent, Some(_)) => Leaving::No,
                (Leaving::No, None) if is_planned => Leaving::Absent,
                (as_it_is, _) => as_it_is,
            };
        }
    }

    /// Does take away after all whom the plan gave up taking away for the sake of a record that could not
    /// take the place of the one that goes.
    async fn revive_the_going(&mut self) -> Result<(), StoreError> {
        let failed = self.steps.iter().filter(|step| matches!(step.verdict, Verdict::Fail(_)));
        let moves = failed.filter_map(|step| step.planned.link_move.as_ref());
        let uids: Vec<String> =
            moves.filter(|moved| !moved.restores).map(|moved| moved.uid.clone()).collect();
        if uids.is_empty() {
            return Ok(());
        }
        let (dialect, uids) = (self.scope.dialect, uids.iter().map(String::as_str));
        let going = changes::by_uids(self.tx, dialect, self.task.id, self.data_type, uids).await?;
        let going = going.into_iter().filter(|change| change.outcome == Some(Outcome::Skipped));
        let going = going.map(|change| Change { outcome: None, error: None, ..change }).collect();
        let first = self.steps.len();
        self.revise_by_cause(going).await?;
        for step in &mut self.steps[first..] {
            (step.called, step.revived) = (true, true);
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
            let mut step = Step::planned(planned);
            // A department that moves to the root keeps the reference to its parent, which has no
            // effect while that is deleted, so there is nothing to write for it.
            if let (Cause::Missing, Some(found)) = (step.planned.cause, found) {
                match self.superseded {
                    Some(reason) => step.verdict = Verdict::Skip(reason.to_owned()),
                    None if Some(found.hash) != step.planned.base.map(|kept| kept.hash) => {
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
                        step.base = Some(found.kept());
                        step.keeping = Keeping::Keep(Kept { hash: found.hash, state });
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
            Decision::Unchanged => (planned.op, planned.before.clone(), Verdict::Skip(SO_ALREADY.into())),
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
            let mut conflicts = unique::conflicts(self.tx, self.scope, self.match_hint(), &writes).await?;
            let holders = std::mem::take(&mut conflicts.holders);
            let wanted: Vec<LocalId> = holders.keys().copied().collect();
            let called = self.call_forward(watermark, &wanted).await?;
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

    /// The match key that no record is advised to go by: the task does already, or can't, as an undo.
    fn match_hint(&self) -> Option<MatchKey> {
        self.task.match_key
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
        holders: &[LocalId],
    ) -> Result<HashSet<LocalId>, StoreError> {
        let dialect = self.scope.dialect;
        let links = records::links(self.tx, dialect, self.data_type, holders.iter().copied()).await?;
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
        let mut called: HashSet<LocalId> =
            found.iter().filter_map(|change| uids.get(&change.uid)).map(|id| LocalId(*id)).collect();
        // Who is adopted by a record is not linked to it yet.
        let others = holders.iter().copied().filter(|id| !called.contains(id));
        if self.task.match_key.is_some() && self.data_type == DataType::User {
            let later = (watermark.uid.as_str(), BATCH);
            let (tx, task) = (self.tx, self.task.id);
            let mut adopting = changes::of_rows(tx, dialect, task, self.data_type, others, later).await?;
            adopting.retain(|change| change.base.is_none() && !known.contains(change.uid.as_str()));
            called.extend(adopting.iter().filter_map(|change| change.local_id));
            found.extend(adopting);
        }
        let first = self.steps.len();
        self.revise_by_cause(found).await?;
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
            let row = step.row.take();
            let given = match step.verdict {
                Verdict::Lock(_) => step.given.clone(),
                _ => std::mem::take(&mut step.given),
            };
            Some((place, step.as_write(place, row, given)))
        };
        self.steps.iter_mut().enumerate().filter_map(write).unzip()
    }

    pub(super) async fn write(&mut self) -> Result<(), StoreError> {
        let (places, mut writes) = self.take_writes();
        let creates = writes.iter().filter(|write| write.op == Op::Create).count();
        if creates > 0 {
            let first = counters::take(self.tx, self.scope.dialect, self.data_type.target(), creates).await?;
            for (write, id) in writes.iter_mut().filter(|write| write.op == Op::Create).zip(first..) {
                write.id = LocalId(id);
            }
        }
        let (mut kept, mut forgotten) = (Vec::new(), Vec::new());
        for (place, write) in places.iter().zip(&writes) {
            let step = &self.steps[*place];
            match step.keeping {
                Keeping::AsIs => {}
                Keeping::Keep(Kept { hash, state }) => {
                    kept.push((step.planned.uid.clone(), hash, state, write.id));
                }
                Keeping::Forget => forgotten.push(step.planned.uid.as_str()),
            }
            match &step.link_move {
                None => {}
                Some(LinkMove { uid, kept: Kept { hash, state }, restores: true }) => {
                    kept.push((uid.clone(), *hash, *state, write.id));
                }
                Some(LinkMove { uid, .. }) => forgotten.push(uid.as_str()),
            }
        }
        let let_go: Vec<LocalId> =
            writes.iter().filter(|write| write.op == Op::Unlink).map(|write| write.id).collect();
        let touched = Touched::by(self.data_type, &writes);
        touched.note_going(self.tx, self.scope, self.task.id).await?;
        match self.data_type {
            DataType::User => users::write(self.tx, self.scope, writes).await?,
            DataType::Department => departments::write(self.tx, self.scope, writes).await?,
        }
        let (dialect, source) = (self.scope.dialect, self.scope.source);
        if !forgotten.is_empty() {
            records::remove(self.tx, dialect, source, self.data_type, forgotten).await?;
        }
        let now = self.scope.now;
        records::write(self.tx, dialect, source, self.data_type, now, kept.into_iter()).await?;
        if !let_go.is_empty() {
            records::make_due(self.tx, dialect, source, self.data_type, let_go).await?;
        }
        touched.note(self.tx, self.scope, self.data_type, self.task.id).await
    }

    /// Writes the outcomes that the watermark does not say, and returns the task's counts.
    async fn record_outcomes(&mut self) -> Result<Counts, StoreError> {
        let mut counts = self.task.counts;
        let of_type = counts.of(self.data_type);
        let (mut marks, mut revised) = (Vec::new(), Vec::new());
        for step in self.steps.drain(..) {
            let Step { planned, op, before, base, leaves, link_move, given, .. } = step;
            // An earlier attempt has switched the row off, which stays counted as an update.
            let locked = u64::from(planned.leaves.is_some() && planned.cause == Cause::Given);
            let as_planned = (op, &before, base, leaves)
                == (planned.op, &planned.before, planned.base, planned.leaves)
                && link_move == planned.link_move;
            if step.revived {
                *of_type.of(planned.op) += 1;
            }
            let mut mark = |outcome, reason: Option<String>| {
                marks.push((planned.data_type, planned.uid.clone(), outcome, reason));
            };
            match step.verdict {
                Verdict::Write if !as_planned => {
                    *of_type.of(planned.op) -= 1;
                    *of_type.of(op) += 1;
                    let outcome = step.called.then_some(Outcome::Applied);
                    revised.push(Change { op, before, base, leaves, link_move, outcome, ..planned });
                }
                Verdict::Write | Verdict::Nothing => {
                    if step.called {
                        mark(Outcome::Applied, None);
                    }
                }
                Verdict::Lock(reason) => {
                    of_type.failed += 1;
                    let error = format!("uid {}: {reason}", planned.uid);
                    if let Some(lock) = Lock::of(&planned.uid, &given) {
                        revised.push(lock.noted(Change { base, ..planned }, &error));
                    }
                }
                Verdict::Fail(reason) => {
                    *of_type.of(planned.op) -= 1 - locked;
                    of_type.failed += 1;
                    let reason = format!("uid {}: {reason}", planned.uid);
                    mark(Outcome::Failed, Some(reason));
                }
                Verdict::Skip(reason) => {
                    *of_type.of(planned.op) -= 1 - locked;
                    mark(Outcome::Skipped, Some(reason));
                }
            }
        }
        changes::write(self.tx, self.scope.dialect, self.task.id, revised).await?;
        changes::mark(self.tx, self.scope.dialect, self.task.id, &marks).await?;
        Ok(counts)
    }
}
