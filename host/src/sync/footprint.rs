//! What a change did, as two sides, so that it can be turned round; and what of such a step is still to
//! be done, given what is stored by now. Pure. Where a value is neither as it was before the step nor
//! as it is after it, something else has changed it, and nothing of that record is touched.

use serde_json::Value;

use crate::domain::change::{Cause, Change, Op};
use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::ids::{LocalId, TaskId};
use crate::domain::link::{Kept, LinkMove, State};
use crate::domain::record::Record;

use super::plan::Row;

/// A step from one side to the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Footprint {
    from: Side,
    to: Side,
    /// Whether all fields of the row belong to it, not only those that differ: the row is made, or
    /// taken away again.
    whole: bool,
    /// The other record of the source that the row passes on from, or back to.
    moved: Option<LinkMove>,
}

/// A row and its record before or after a step.
#[derive(Debug, Clone, PartialEq, Default)]
struct Side {
    /// Whether the row is out of the lists. One that has not been there yet counts as that.
    deleted: bool,
    /// Some of its fields, the same on both sides.
    fields: Fields,
    /// What is kept of the record; none if it leads nowhere.
    kept: Option<Kept>,
}

/// What is stored of a record and its row by now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Now {
    /// The row.
    pub(crate) row: Row,
    /// What is kept of the record; none if it leads nowhere.
    pub(crate) kept: Option<Kept>,
    /// Whether another source gives the same row as well.
    pub(crate) shared: bool,
    /// Whether any record of another source leads to the row, and was not deleted.
    pub(crate) linked: bool,
    /// The other record of the source that the step is about, and the row it leads to; none if it leads nowhere.
    pub(crate) other: Option<(Kept, LocalId)>,
}

/// What of a step is still to be done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rest {
    /// Nothing: all is as it should be.
    Nothing,
    /// This.
    Step(Step),
    /// Nothing can be, and why.
    Refused(Refusal),
}

/// A step to be done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// What is done to the row.
    pub(crate) op: Op,
    /// The values that it replaces.
    pub(crate) before: Fields,
    /// The values that it writes.
    pub(crate) given: Fields,
    /// What is kept of the record now.
    pub(crate) base: Option<Kept>,
    /// What is kept of it from then on; none: it leads nowhere any more.
    pub(crate) leaves: Option<Kept>,
    /// The other record of the source that the row passes on from, or back to.
    pub(crate) link_move: Option<LinkMove>,
}

/// Why a step can't be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Something else has changed what the step would change; the text completes "uid 7: …".
    Changed(String),
    /// Anything else.
    Other(String),
}

impl Refusal {
    /// What a person reads; `by` is the last task of the source that changed the record, if there is one.
    pub(crate) fn message(&self, by: Option<TaskId>) -> String {
        match (self, by) {
            (Self::Changed(what), Some(task)) => format!(
                "{what} since, and left as it is; task {task} was the last of this source to change the record"
            ),
            (Self::Changed(what), None) => format!("{what} since, and left as it is"),
            (Self::Other(reason), _) => reason.clone(),
        }
    }
}

impl Footprint {
    /// What an applied change did; `None` for one that wrote nothing.
    pub(crate) fn of(change: &Change) -> Option<Self> {
        let text = change.record.as_deref();
        let record = text.and_then(|text| Record::from_stored(&change.uid, text));
        let kept = match change.cause {
            Cause::ParentDeleted => return None,
            // Nothing but the lock has been written.
            Cause::Given if change.is_lock() => change.leaves,
            Cause::Given => {
                let state = if record.as_ref()?.deleted { State::Deleted } else { State::Present };
                Some(Kept { hash: fields::hash(text?), state })
            }
            Cause::Missing => {
                let state = if change.op == Op::Delete { State::Deleted } else { State::Missing };
                change.base.map(|kept| Kept { state, ..kept })
            }
            Cause::UndoCreate
            | Cause::UndoUpdate
            | Cause::UndoDisable
            | Cause::UndoDelete
            | Cause::UndoUnlink => change.leaves,
        };
        let given = record.map(|record| record.fields).unwrap_or_default();
        let (was_deleted, mut before) = split(change.before.clone().unwrap_or_default());
        if change.is_lock() {
            before.retain(|name, _| name == "enabled");
        }
        let (from, to) = match change.op {
            Op::Reject => return None,
            Op::Create => {
                let fields = complete(change.data_type, given);
                let gone = kept.map(|kept| Kept { state: State::Deleted, ..kept });
                let from = Side { deleted: true, fields: fields.clone(), kept: gone };
                (from, Side { deleted: false, fields, kept })
            }
            Op::Update | Op::Disable => {
                let after = match change.op {
                    Op::Disable => [("enabled".to_owned(), Value::Bool(false))].into_iter().collect(),
                    _ => written(&before, given),
                };
                before.retain(|name, _| after.contains_key(name));
                let from = Side { deleted: was_deleted, fields: before, kept: change.base };
                (from, Side { deleted: false, fields: after, kept })
            }
            Op::Delete => {
                // The row keeps its values, but for those that an undo sets back beneath.
                let given = if change.cause.undoes() { given } else { Fields::new() };
                let after = overlay(&mut before, given);
                let from = Side { deleted: was_deleted, fields: before, kept: change.base };
                (from, Side { deleted: true, fields: after, kept })
            }
            Op::Unlink => {
                let mut after = before.clone();
                after.insert("departments".into(), Value::Array(Vec::new()));
                let from = Side { deleted: was_deleted, fields: before, kept: change.base };
                (from, Side { deleted: was_deleted, fields: after, kept })
            }
        };
        Some(Self { from, to, whole: change.op == Op::Create, moved: change.link_move.clone() })
    }

    /// What a change of an undo is to do. It differs from what it does where another source gives the
    /// row: whether that stays is decided when it is written.
    pub(crate) fn planned(change: &Change) -> Self {
        let text = change.record.as_deref();
        let given = text.and_then(|text| Record::from_stored(&change.uid, text));
        let given = given.map(|record| record.fields).unwrap_or_default();
        let (was_deleted, mut before) = split(change.before.clone().unwrap_or_default());
        let leaves = matches!(change.op, Op::Delete | Op::Unlink);
        let after = if leaves {
            overlay(&mut before, given)
        } else {
            // A department whose parent goes away has that in its `before`, and nothing to write for it.
            before.retain(|name, _| given.contains_key(name));
            given
        };
        Self {
            from: Side { deleted: was_deleted, fields: before, kept: change.base },
            to: Side { deleted: leaves, fields: after, kept: change.leaves },
            whole: leaves && change.cause == Cause::UndoCreate,
            moved: change.link_move.clone(),
        }
    }

    /// The step back.
    pub(crate) fn inverse(self) -> Self {
        let moved = self.moved.map(|moved| LinkMove { restores: !moved.restores, ..moved });
        Self { from: self.to, to: self.from, whole: self.whole, moved }
    }

    /// The uid of the other record of the source that the row passes on from, or back to.
    pub(crate) fn other(&self) -> Option<&str> {
        self.moved.as_ref().map(|moved| moved.uid.as_str())
    }

    /// Whether its record leads nowhere after it.
    pub(crate) fn removes_link(&self) -> bool {
        self.from.kept.is_some() && self.to.kept.is_none()
    }

    /// The whole step, for one that can't be done: its change keeps what was wanted, for a retry.
    pub(crate) fn as_wanted(&self) -> Step {
        let leaves = !self.from.deleted && self.to.deleted;
        let differs = |(name, value): &(&String, &Value)| self.to.fields.get(*name) != Some(*value);
        let differing: Vec<&String> = self.from.fields.iter().filter(differs).map(|(name, _)| name).collect();
        let mut before = self.from.fields.clone();
        if !leaves {
            before.retain(|name, _| differing.contains(&name));
            if self.from.deleted {
                before.insert("isDeleted".into(), Value::Bool(true));
            }
        }
        let given = differing.into_iter().filter_map(|name| self.to.fields.get_key_value(name));
        Step {
            op: if leaves { Op::Delete } else { Op::Update },
            before,
            given: given.map(|(name, value)| (name.clone(), value.clone())).collect(),
            base: self.from.kept,
            leaves: self.to.kept,
            link_move: self.moved.clone(),
        }
    }

    /// What is still to be done, given what is stored. `marker` is a hash that no record has: it is kept
    /// where the row will not be as the source gave it last time, so that its next record is looked at.
    pub(crate) fn rest(&self, now: &Now, marker: i64) -> Rest {
        let (from, to) = (&self.from, &self.to);
        let refused = |what: &str| Rest::Refused(Refusal::Changed(what.to_owned()));
        let leaves = !from.deleted && to.deleted;
        let returns = from.deleted && !to.deleted;
        if leaves && now.row.deleted {
            return Rest::Nothing;
        }
        if from.deleted == to.deleted && now.row.deleted != from.deleted {
            return refused(if now.row.deleted { "has been deleted" } else { "has been brought back" });
        }
        let mut exact = now.row.deleted == from.deleted && now.kept == from.kept;
        let mut given = Fields::new();
        match self.compare(&now.row.fields, &mut exact) {
            Ok(wanted) => given.extend(wanted),
            Err(moved) => return refused(&format!("{}: changed", moved.join(", "))),
        }
        let state = |kept: Option<Kept>| kept.map(|kept| kept.state);
        let (was, wanted, is) = (state(from.kept), state(to.kept), state(now.kept));
        let relinks = was != wanted && is == was;
        if was != wanted && !relinks && is != wanted {
            return refused(match is {
                Some(State::Present) => "its record has been given anew",
                Some(State::Missing) => "has gone missing from the source",
                Some(State::Deleted) => "its record has been deleted",
                None => "its link has been removed",
            });
        }
        let gives_anew = now.kept.map(|kept| kept.hash) != from.kept.map(|kept| kept.hash);
        if leaves && gives_anew {
            return refused("its record has been given anew");
        }
        let returns = returns && now.row.deleted;
        if given.is_empty() && !relinks && !leaves && !returns {
            return Rest::Nothing;
        }
        let moved = self.moved.as_ref().filter(|_| relinks);
        if let Some(moved) = moved
            && !self.can_move(moved, now)
        {
            return refused(&format!("uid {} has been given", moved.uid));
        }
        let state = if relinks { wanted } else { is };
        let hash = to.kept.filter(|_| exact).map_or(marker, |kept| kept.hash);
        let kept = state.map(|state| Kept { hash, state });
        let goes_back = moved.is_some_and(|moved| moved.restores);
        if kept.is_none() && now.kept.is_some() && !now.linked && !goes_back {
            let reason = "no other source gives this user any more; undone, it would belong to none";
            return Rest::Refused(Refusal::Other(reason.to_owned()));
        }
        let link_move = moved.map(|moved| {
            let hash = if exact { moved.kept.hash } else { marker };
            LinkMove { kept: Kept { hash, ..moved.kept }, ..moved.clone() }
        });
        Rest::Step(Step { link_move, ..self.step(now, given, kept) })
    }

    /// Whether the other record still stands as it must for the row to pass on from it, or back to it.
    fn can_move(&self, moved: &LinkMove, now: &Now) -> bool {
        match &now.other {
            None => moved.restores,
            Some((kept, id)) => !moved.restores && kept.state == moved.kept.state && *id == now.row.id,
        }
    }

    fn step(&self, now: &Now, given: Fields, leaves: Option<Kept>) -> Step {
        let op = match (self.to.deleted, now.shared) {
            (false, _) => Op::Update,
            (true, false) => Op::Delete,
            (true, true) => Op::Unlink,
        };
        let mut before = now.row.fields.clone();
        if op == Op::Update {
            before = given.keys().map(|name| (name.clone(), value(&now.row.fields, name))).collect();
            if now.row.deleted {
                before.insert("isDeleted".into(), Value::Bool(true));
            }
        }
        Step { op, before, given, base: now.kept, leaves, link_move: None }
    }

    /// The fields to be written, or the names of those that something else has changed.
    fn compare(&self, now: &Fields, exact: &mut bool) -> Result<Fields, Vec<String>> {
        let (mut wanted, mut moved) = (Fields::new(), Vec::new());
        for (name, from) in &self.from.fields {
            let (to, is) = (value(&self.to.fields, name), value(now, name));
            if *from == to {
                *exact &= is == to;
                if self.whole && is != to {
                    moved.push(name.clone());
                }
            } else if is == *from {
                wanted.insert(name.clone(), to);
            } else if is == to {
                *exact = false;
            } else {
                moved.push(name.clone());
            }
        }
        if self.whole {
            let added =
                |(name, is): &(&String, &Value)| !is.is_null() && !self.from.fields.contains_key(*name);
            moved.extend(now.iter().filter(added).map(|(name, _)| name.clone()));
        }
        if moved.is_empty() { Ok(wanted) } else { Err(moved) }
    }
}

impl Step {
    /// The row that the change refers to, with everything that a plan keeps of it.
    pub(crate) fn into_change(self, change: Change, local_id: Option<LocalId>) -> Change {
        let record = (!self.given.is_empty()).then(|| fields::canonical(&self.given));
        let Self { op, before, base, leaves, link_move, .. } = self;
        Change { op, before: Some(before), record, base, leaves, link_move, local_id, ..change }
    }
}

fn value(fields: &Fields, name: &str) -> Value {
    fields.get(name).cloned().unwrap_or_default()
}

/// Takes the word about the row itself out of a change's `before`.
fn split(mut before: Fields) -> (bool, Fields) {
    let deleted = before.remove("isDeleted") == Some(Value::Bool(true));
    (deleted, before)
}

/// All of these fields with the `given` ones laid over them. Both sides name all of them then.
fn overlay(before: &mut Fields, given: Fields) -> Fields {
    for name in given.keys().filter(|name| !before.contains_key(*name)).cloned().collect::<Vec<_>>() {
        before.insert(name, Value::Null);
    }
    fields::merge(before.clone(), given)
}

/// The values that an update wrote. A `parentUid` that its record does not ask for is a consequence of
/// the parent's going, and was not written; `enabled` without a word of the record is its coming back.
fn written(before: &Fields, given: Fields) -> Fields {
    let value = |(name, before): (&String, &Value)| match given.get(name) {
        Some(value) if value != before => Some((name.clone(), value.clone())),
        None if name == "enabled" => Some((name.clone(), Value::Bool(true))),
        _ => None,
    };
    before.iter().filter_map(value).collect()
}

/// All fields of a row that was made of these.
fn complete(data_type: DataType, mut given: Fields) -> Fields {
    let defaults: &[(&str, Value)] = match data_type {
        DataType::User => &[
            ("username", Value::Null),
            ("nickname", Value::Null),
            ("email", Value::Null),
            ("phone", Value::Null),
            ("enabled", Value::Bool(true)),
            ("departments", Value::Array(Vec::new())),
        ],
        DataType::Department => {
            &[("parentUid", Value::Null), ("sort", Value::Null), ("enabled", Value::Bool(true))]
        }
    };
    for (name, value) in defaults {
        given.entry(*name).or_insert_with(|| value.clone());
    }
    given
}

#[cfg(test)]
#[path = "footprint_tests.rs"]
mod tests;
