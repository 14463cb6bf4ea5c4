//! The decision about one record: what it changes, given what is stored. Pure; loading the stored
//! side, in sets, is `planner`'s.

use serde_json::Value;

use crate::domain::change::Op;
use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::ids::LocalId;
use crate::domain::link::Kept;
use crate::domain::policy::{MatchKey, OnMissing};
use crate::domain::record::Record;
use crate::store::records::State;

/// What is stored of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    /// The hash of what the source gave last.
    pub(crate) hash: i64,
    /// Whether the source still gives it.
    pub(crate) state: State,
    /// Whether another source gives the same row as well.
    pub(crate) shared: bool,
    /// The row.
    pub(crate) row: Row,
}

impl Stored {
    /// What is kept of the record.
    pub(crate) fn kept(&self) -> Kept {
        Kept { hash: self.hash, state: self.state }
    }
}

/// A user or department as it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Its id.
    pub(crate) id: LocalId,
    /// Its fields, memberships given by this source included.
    pub(crate) fields: Fields,
    /// Whether it is switched on.
    pub(crate) enabled: bool,
    /// Whether it is out of the lists.
    pub(crate) deleted: bool,
    /// When it was made, in milliseconds since 1970.
    pub(crate) created_at: i64,
}

/// An existing user that a record without a link may adopt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// The user.
    pub(crate) row: Row,
    /// The record of the same source that leads to it already: a user has one record of each source.
    pub(crate) linked: Option<Linked>,
    /// The uid of a record of the same batch that adopts it.
    pub(crate) taken_by: Option<String>,
}

/// A record that leads to a [`Candidate`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Linked {
    /// Its uid.
    pub(crate) uid: String,
    /// What is kept of it.
    pub(crate) kept: Kept,
    /// Whether its source lets it go.
    pub(crate) leaving: Leaving,
}

/// Whether the source of a record lets it go, so that its user can pass to another record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It stays.
    No,
    /// It is missing or deleted already.
    Gone,
    /// The task deletes it.
    Given,
    /// The task's full read does not give it.
    Absent,
}

impl Candidate {
    /// The uid of the record that keeps others from adopting the user, if there is one.
    fn held_by(&self) -> Option<&str> {
        let stays = self.linked.as_ref().filter(|linked| linked.leaving == Leaving::No);
        self.taken_by.as_deref().or(stays.map(|linked| linked.uid.as_str()))
    }
}

/// What a record changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    /// Nothing.
    Unchanged,
    /// This.
    Change {
        /// What is done.
        op: Op,
        /// The values that it replaces.
        before: Option<Fields>,
    },
    /// It can't be applied, and why.
    Fail(String),
}

/// Decides about a record of a source. `candidates` are the users that its match key finds; they
/// matter only for a record that is not linked yet. `row_bytes` is what the fields of a row may have.
pub(crate) fn decide(
    data_type: DataType,
    record: &Record,
    stored: Option<&Stored>,
    (match_key, candidates): (Option<MatchKey>, &[Candidate]),
    row_bytes: u64,
) -> Decision {
    let decision = match stored {
        Some(stored) if record.deleted => leave(stored, Op::Delete),
        Some(stored) => change(record, stored),
        None if record.deleted => Decision::Unchanged,
        None => arrive(data_type, record, match_key, candidates),
    };
    let Decision::Change { op: Op::Create | Op::Update, .. } = decision else { return decision };
    let row = stored.map(|stored| &stored.row).or(candidates.first().map(|candidate| &candidate.row));
    match too_large(data_type, record, row, row_bytes) {
        Some(reason) => Decision::Fail(reason),
        None => decision,
    }
}

/// Why a row can't take what a record gives, if it would hold more than it may, and more than it does.
fn too_large(data_type: DataType, record: &Record, row: Option<&Row>, most: u64) -> Option<String> {
    // Memberships have rows of their own.
    let counts = |name: &String| name != "departments";
    let size = |fields: &Fields, counted: &dyn Fn(&String) -> bool| -> u64 {
        fields.iter().filter(|(name, _)| counted(name)).map(|(name, value)| fields::size(name, value)).sum()
    };
    let stays = |name: &String| counts(name) && !record.fields.contains_key(name);
    let bytes = size(&record.fields, &counts) + row.map_or(0, |row| size(&row.fields, &stays));
    if bytes <= most || row.is_some_and(|row| bytes <= size(&row.fields, &counts)) {
        return None;
    }
    Some(format!(
        "record: the fields of the {data_type} would have {bytes} bytes, and {most} are allowed \
         (storage.max_row_bytes); give less, or clear fields that are stored by giving null for them"
    ))
}

/// Decides about a record that a full read no longer gives.
pub(crate) fn decide_missing(policy: OnMissing, stored: &Stored) -> Decision {
    match (policy, stored.state) {
        (OnMissing::Keep, _) => Decision::Unchanged,
        (OnMissing::Disable, State::Present) => leave(stored, Op::Disable),
        (OnMissing::Delete, State::Present) => leave(stored, Op::Delete),
        // It was switched off, or left to another source, before the policy asked for more.
        (OnMissing::Delete, State::Missing) if !stored.shared && !stored.row.deleted => {
            leave(stored, Op::Delete)
        }
        (OnMissing::Disable | OnMissing::Delete, State::Missing | State::Deleted) => Decision::Unchanged,
    }
}

fn leave(stored: &Stored, op: Op) -> Decision {
    if stored.state == State::Deleted {
        return Decision::Unchanged;
    }
    let op = if stored.shared { Op::Unlink } else { op };
    let before = match op {
        Op::Disable => [("enabled".to_owned(), Value::Bool(stored.row.enabled))].into_iter().collect(),
        _ => {
            let mut before = stored.row.fields.clone();
            if stored.row.deleted {
                before.insert("isDeleted".into(), Value::Bool(true));
            }
            before
        }
    };
    Decision::Change { op, before: Some(before) }
}

fn change(record: &Record, stored: &Stored) -> Decision {
    let before = replaced(record, &stored.row, stored.state);
    if before.is_empty() && stored.state == State::Present {
        return Decision::Unchanged;
    }
    Decision::Change { op: Op::Update, before: Some(before) }
}

/// The values that a record replaces in the row of a record in this state, which is its own or the one
/// that it takes the place of.
fn replaced(record: &Record, row: &Row, state: State) -> Fields {
    let mut before = fields::difference(&row.fields, &record.fields);
    if row.deleted {
        before.insert("isDeleted".into(), Value::Bool(true));
    }
    // Whoever was switched off for being absent is switched on again by coming back, unless the
    // record itself says otherwise.
    let returns = state == State::Missing && !row.enabled;
    if returns && !record.fields.contains_key("enabled") {
        before.insert("enabled".into(), Value::Bool(false));
    }
    before
}

fn arrive(
    data_type: DataType,
    record: &Record,
    match_key: Option<MatchKey>,
    candidates: &[Candidate],
) -> Decision {
    if data_type == DataType::Department && fields::text(&record.fields, "title").is_none() {
        return Decision::Fail("title: is missing, and the department is not known yet".into());
    }
    let key = match_key.map_or("", MatchKey::as_str);
    match candidates {
        [] => Decision::Change { op: Op::Create, before: None },
        [candidate] => match candidate.held_by() {
            Some(uid) => Decision::Fail(linked_already(key, candidate.row.id, uid)),
            None => {
                let state = candidate.linked.as_ref().map_or(State::Present, |linked| linked.kept.state);
                let before = replaced(record, &candidate.row, state);
                Decision::Change { op: Op::Update, before: Some(before) }
            }
        },
        many => {
            let ids: Vec<String> = many.iter().map(|candidate| candidate.row.id.to_string()).collect();
            Decision::Fail(format!(
                "{key}: matches {} users ({}), it must match one",
                many.len(),
                ids.join(", ")
            ))
        }
    }
}

/// Why a record can't adopt a user that another record of its source has.
pub(crate) fn linked_already(key: &str, user: LocalId, uid: &str) -> String {
    format!("{key}: matches user {user}, which is already linked to uid {uid} of this source")
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
