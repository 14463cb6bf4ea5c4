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
    /// The uid of the record of the same source that is linked to it already, given or not: a user has
    /// one record of each source.
    pub(crate) linked_to: Option<String>,
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
/// matter only for a record that is not linked yet.
pub(crate) fn decide(
    data_type: DataType,
    record: &Record,
    stored: Option<&Stored>,
    match_key: Option<MatchKey>,
    candidates: &[Candidate],
) -> Decision {
    match stored {
        Some(stored) if record.deleted => leave(stored, Op::Delete),
        Some(stored) => change(record, stored),
        None if record.deleted => Decision::Unchanged,
        None => arrive(data_type, record, match_key, candidates),
    }
}

/// Decides about a record that a full read no longer gives.
pub(crate) fn decide_missing(policy: OnMissing, stored: &Stored) -> Decision {
    match policy {
        OnMissing::Keep => Decision::Unchanged,
        OnMissing::Disable => leave(stored, Op::Disable),
        OnMissing::Delete => leave(stored, Op::Delete),
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
    let mut before = fields::difference(&stored.row.fields, &record.fields);
    if stored.row.deleted {
        before.insert("isDeleted".into(), Value::Bool(true));
    }
    // Whoever was switched off for being absent is switched on again by coming back, unless the
    // record itself says otherwise.
    let returns = stored.state == State::Missing && !stored.row.enabled;
    if returns && !record.fields.contains_key("enabled") {
        before.insert("enabled".into(), Value::Bool(false));
    }
    if before.is_empty() && stored.state == State::Present {
        return Decision::Unchanged;
    }
    Decision::Change { op: Op::Update, before: Some(before) }
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
        [Candidate { row, linked_to: Some(uid) }] => Decision::Fail(format!(
            "{key}: matches user {}, which is already linked to uid {uid} of this source",
            row.id
        )),
        [Candidate { row, linked_to: None }] => {
            let before = fields::difference(&row.fields, &record.fields);
            Decision::Change { op: Op::Update, before: Some(before) }
        }
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

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
