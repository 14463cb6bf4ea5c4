//! Undoing a finished task: whether it can be, the plan that takes back what it did, the judgement of
//! each step anew when it is applied, and what a person reads at the end. What a single step is, and when
//! it is left alone, is `footprint`'s; a step that can't be done fails alone and can be retried.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::fields;
use crate::domain::ids::{LocalId, TaskId};
use crate::domain::link::Kept;
use crate::domain::task::{Status, Task};
use crate::store::changes::{self, ChangeFilter};
use crate::store::records::{self, State};
use crate::store::{Store, StoreError, tasks};

use super::apply::{self, Batch, Keeping, Verdict};
use super::claim::WriteError;
use super::footprint::{Footprint, Now, Refusal, Rest};
use super::look_up;
use super::plan::{Row, Stored};
use super::planner::Planner;
use super::targets::Scope;
use super::wants::{Before, Want, wants_of};

/// Why a change of an undo is void.
const AS_BEFORE: &str = "not needed: it is as it was before already";

/// Why a task can't be undone although it has ended well, if it can't.
pub(crate) async fn refusal(store: &Store, task: &Task) -> Result<Option<String>, StoreError> {
    if task.dry_run {
        return Ok(Some("it was a dry run, which wrote nothing".into()));
    }
    if let Some(undo) = tasks::undone_by(store.reader(), [task.id]).await?.get(&task.id) {
        return Ok(Some(format!("task {undo} undoes it already; retry that one if some of it failed")));
    }
    if task.counts.changes() == 0 {
        return Ok(Some("it changed nothing".into()));
    }
    let applied = ChangeFilter { outcome: Some(Outcome::Applied), ..ChangeFilter::default() };
    let (reader, dialect) = (store.reader(), store.dialect());
    let over = [Outcome::Failed, Outcome::Skipped];
    let mut any = changes::list(reader, dialect, task, &applied, 1).await?;
    any.extend(changes::locks(reader, dialect, task.id, &over, None, 1).await?);
    let reason = match task.status {
        Status::Failed => "it failed before it wrote anything",
        _ => "its changes are not kept any more",
    };
    Ok(any.is_empty().then(|| reason.into()))
}

/// A step back that is wanted, and the record and row it is about.
struct Wanted {
    uid: String,
    local_id: Option<LocalId>,
    cause: Cause,
    footprint: Footprint,
}

impl Wanted {
    /// The step back from an applied change; `None` if that wrote nothing.
    fn back_from(change: &Change) -> Option<Self> {
        let footprint = Footprint::of(change)?.inverse();
        let cause = Cause::of_undoing(change.op)?;
        Some(Self { uid: change.uid.clone(), local_id: change.local_id, cause, footprint })
    }

    /// The step that a change of an undo stands for.
    fn planned(change: &Change) -> Self {
        let footprint = Footprint::planned(change);
        Self { uid: change.uid.clone(), local_id: change.local_id, cause: change.cause, footprint }
    }
}

/// A hash that no record has, because no record's text is this one.
fn marker(undone: TaskId) -> i64 {
    fields::hash(&format!("task {undone} was undone"))
}

/// What is still to be done of each of these steps, with the row it is done to.
async fn judge<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    data_type: DataType,
    undone: TaskId,
    wanted: &[Wanted],
) -> Result<Vec<(Rest, Option<Row>)>, StoreError> {
    let uids = wanted.iter().map(|wanted| wanted.uid.as_str());
    let mut stored = look_up::stored(connection, scope, data_type, uids).await?;
    let unlinked = wanted.iter().filter(|wanted| !stored.contains_key(&wanted.uid));
    let unlinked = unlinked.filter_map(|wanted| wanted.local_id).collect();
    let mut rows = look_up::rows(connection, scope, data_type, unlinked).await?;
    let asked = wanted.iter().filter(|wanted| wanted.footprint.removes_link());
    let asked = asked.filter_map(|wanted| stored.get(&wanted.uid)).map(|stored| stored.row.id);
    let linked = linked_elsewhere(connection, scope, data_type, asked.collect()).await?;
    let others = wanted.iter().filter_map(|wanted| wanted.footprint.other());
    let others = records::by_uids(connection, scope.dialect, scope.source, data_type, others).await?;
    let others: HashMap<&str, &records::StoredRecord> =
        others.iter().map(|record| (record.uid.as_str(), record)).collect();
    let marker = marker(undone);
    let judged = wanted.iter().map(|wanted| {
        let refused = |what: String| (Rest::Refused(Refusal::Changed(what)), None);
        let (row, kept, shared) = match stored.remove(&wanted.uid) {
            Some(Stored { hash, state, shared, row }) => (row, Some(Kept { hash, state }), shared),
            None => match wanted.local_id.and_then(|id| rows.remove(&id)) {
                Some(row) => (row, None, false),
                None => return refused("its link has been removed".into()),
            },
        };
        if wanted.local_id.is_some_and(|id| id != row.id) {
            return refused(format!("its record has been linked to {data_type} {}", row.id));
        }
        let other = wanted.footprint.other().and_then(|uid| others.get(uid));
        let other = other.map(|other| (Kept { hash: other.hash, state: other.state }, other.local_id));
        let now = Now { kept, shared, linked: shared || linked.contains(&row.id), other, row };
        (wanted.footprint.rest(&now, marker), Some(now.row))
    });
    Ok(judged.collect())
}

/// Which of these rows a record of another source leads to that has not been deleted.
async fn linked_elsewhere<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    data_type: DataType,
    ids: Vec<LocalId>,
) -> Result<HashSet<LocalId>, StoreError> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let links = records::links(connection, scope.dialect, data_type, ids).await?;
    let others = links
        .into_iter()
        .filter(|link| link.source_id != scope.source.0 && link.state != State::Deleted.code());
    Ok(others.map(|link| LocalId(link.local_id)).collect())
}

impl Planner<'_> {
    /// Plans to take back these applied changes of a task.
    pub(crate) async fn plan_undo(&mut self, undone: &Task, applied: Vec<Change>) -> Result<(), WriteError> {
        for data_type in DataType::ALL {
            let of_type = applied.iter().filter(|change| change.data_type == data_type);
            let wanted: Vec<Wanted> = of_type.filter_map(Wanted::back_from).collect();
            self.counts.of(data_type).all += wanted.len() as u64;
            let (planned, _) = self.plan_steps(undone, data_type, wanted).await?;
            self.write(data_type, planned, Vec::new()).await?;
        }
        Ok(())
    }

    /// Plans failed changes of an undo anew.
    pub(crate) async fn replan_undo(&mut self, undone: &Task, failed: Vec<Change>) -> Result<(), WriteError> {
        for data_type in DataType::ALL {
            let of_type = failed.iter().filter(|change| change.data_type == data_type);
            let wanted: Vec<Wanted> = of_type
                .map(|change| {
                    self.position = self.position.max(change.position + 1);
                    Wanted::planned(change)
                })
                .collect();
            self.counts.of(data_type).failed -= wanted.len() as u64;
            let (planned, void) = self.plan_steps(undone, data_type, wanted).await?;
            self.write(data_type, planned, void).await?;
        }
        Ok(())
    }

    /// Returns the changes, and the uids of those for whom nothing is left to do.
    async fn plan_steps(
        &mut self,
        undone: &Task,
        data_type: DataType,
        wanted: Vec<Wanted>,
    ) -> Result<(Vec<Change>, Vec<String>), StoreError> {
        if wanted.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let judged = judge(&self.desk.reader(), self.scope, data_type, undone.id, &wanted).await?;
        let changed = wanted.iter().zip(&judged).filter_map(|(wanted, (rest, _))| match rest {
            Rest::Refused(Refusal::Changed(_)) => Some(wanted.uid.as_str()),
            _ => None,
        });
        let changed: Vec<&str> = changed.collect();
        let by = match changed.as_slice() {
            [] => HashMap::new(),
            _ => {
                let (reader, dialect) = (&self.desk.reader(), self.scope.dialect);
                changes::changed_later(reader, dialect, undone, data_type, changed).await?
            }
        };
        let (mut planned, mut void) = (Vec::new(), Vec::new());
        let mut wanted_keys: Vec<(Want, Option<LocalId>)> = Vec::new();
        for (wanted, (rest, row)) in wanted.into_iter().zip(judged) {
            let Wanted { uid, local_id, cause, footprint } = wanted;
            let (step, error) = match rest {
                Rest::Nothing => {
                    self.counts.of(data_type).unchanged += 1;
                    void.push(uid);
                    continue;
                }
                Rest::Step(step) => (step, None),
                Rest::Refused(refusal) => {
                    let reason = refusal.message(by.get(&uid).copied());
                    (footprint.as_wanted(), Some(format!("uid {uid}: {reason}")))
                }
            };
            let local_id = local_id.or(row.as_ref().map(|row| row.id));
            let change = self.change(data_type, uid, step.op, cause);
            let outcome = error.is_some().then_some(Outcome::Failed);
            *self.counts.of(data_type).of(if error.is_some() { Op::Reject } else { step.op }) += 1;
            let given = step.given.clone();
            let change = step.into_change(Change { outcome, error, ..change }, local_id);
            if data_type == DataType::User && change.outcome.is_none() {
                let row = row.as_ref().map(|row| Before { fields: &row.fields, deleted: row.deleted });
                wanted_keys.extend(wants_of(&change, &given, row, None).map(|want| (want.kept(), local_id)));
            }
            planned.push(change);
        }
        self.note_wants(wanted_keys).await?;
        Ok((planned, void))
    }
}

impl Batch<'_> {
    /// Judges planned changes of an undo anew, from what is stored now.
    pub(super) async fn revise_undo(&mut self, planned: Vec<Change>) -> Result<(), StoreError> {
        let (Some(undone), false) = (self.task.undoes, planned.is_empty()) else { return Ok(()) };
        let wanted: Vec<Wanted> = planned.iter().map(Wanted::planned).collect();
        let judged = judge(self.tx, self.scope, self.data_type, undone, &wanted).await?;
        for (planned, (rest, row)) in planned.into_iter().zip(judged) {
            let mut step = apply::Step::planned(planned);
            match rest {
                Rest::Nothing => step.verdict = Verdict::Skip(AS_BEFORE.into()),
                Rest::Refused(refusal) => step.verdict = Verdict::Fail(refusal.message(None)),
                Rest::Step(done) => {
                    step.op = done.op;
                    step.before = Some(done.before);
                    apply::keep_consequence(&step.planned, step.before.as_mut());
                    step.given = done.given;
                    step.base = done.base;
                    step.leaves = done.leaves;
                    step.link_move = done.link_move;
                    step.keeping = done.leaves.map_or(Keeping::Forget, Keeping::Keep);
                    step.row = row;
                    step.verdict = Verdict::Write;
                }
            }
            self.steps.push(step);
        }
        Ok(())
    }
}

/// What a person reads: "undid task 12: 40 users removed again, 3 users set back, 1 user failed".
pub(crate) async fn sentence(
    store: &Store,
    task: &Task,
    undone: TaskId,
    counts: &Counts,
) -> Result<String, StoreError> {
    let tally = changes::tally(store.reader(), task.id).await?;
    let did = if task.dry_run { "would undo" } else { "undid" };
    Ok(format!("{did} task {undone}: {}", describe(&tally, counts)))
}

fn describe(tally: &[(DataType, Op, Cause, u64)], counts: &Counts) -> String {
    let mut parts = Vec::new();
    for data_type in [DataType::User, DataType::Department] {
        let mut part = |count: u64, what: &str| {
            let noun = if count == 1 { data_type.as_str() } else { data_type.target() };
            if count > 0 {
                parts.push(format!("{count} {noun} {what}"));
            }
        };
        let sum = |is: &dyn Fn(Op, Cause) -> bool| {
            let mine = tally.iter().filter(|(of, op, cause, _)| *of == data_type && is(*op, *cause));
            mine.map(|(.., count)| count).sum::<u64>()
        };
        let updated = |why: Cause| move |op: Op, cause: Cause| op == Op::Update && cause == why;
        part(sum(&|op, cause| op == Op::Delete && cause.undoes()), "removed again");
        part(sum(&|op, cause| op == Op::Unlink && cause.undoes()), "let go again");
        part(sum(&updated(Cause::UndoDelete)), "brought back");
        part(sum(&updated(Cause::UndoUnlink)), "linked again");
        part(sum(&updated(Cause::UndoDisable)), "enabled again");
        part(sum(&updated(Cause::UndoUpdate)) + sum(&updated(Cause::UndoCreate)), "set back");
        part(sum(&updated(Cause::ParentDeleted)), "moved to the root");
        part(counts.get(data_type).failed, "failed");
        part(counts.get(data_type).unchanged, "as before already");
    }
    if parts.is_empty() { "nothing to do".into() } else { parts.join(", ") }
}

#[cfg(test)]
#[path = "undo_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "undo_property_tests.rs"]
mod property_tests;
