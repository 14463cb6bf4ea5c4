//! The built-in targets: loading rows as the planner sees them, and writing a batch of changes.

pub(crate) mod departments;
pub(crate) mod unique;
pub(crate) mod users;

use crate::domain::change::Op;
use crate::domain::fields::Fields;
use crate::domain::ids::{LocalId, SourceId};
use crate::store::dialect::Dialect;

use super::plan::Row;

/// What a target needs to know to write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    /// The database's dialect.
    pub(crate) dialect: Dialect,
    /// The source whose task writes.
    pub(crate) source: SourceId,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    /// How many bytes the fields of one row may have.
    pub(crate) row_bytes: u64,
}

/// One change, ready to be written.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    /// What is done.
    pub(crate) op: Op,
    /// The row it is done to; a create has been given its id.
    pub(crate) id: LocalId,
    /// The row as it is; `None` for a create.
    pub(crate) row: Option<Row>,
    /// The fields that the record gives; empty when no record does.
    pub(crate) given: Fields,
    /// Whether the row is switched on because its record came back.
    pub(crate) returns: bool,
}

impl Write {
    /// All fields of the row after the change.
    pub(crate) fn into_fields(self) -> Fields {
        let mut fields = match self.row {
            None => self.given,
            Some(row) => crate::domain::fields::merge(row.fields, self.given),
        };
        if self.returns {
            fields.insert("enabled".into(), serde_json::Value::Bool(true));
        }
        fields
    }

    /// Whether the row's values are written: also those of a row that is taken away with other values
    /// than it had, as an undo does.
    pub(crate) fn writes_row(&self) -> bool {
        self.writes_values() || (self.op == Op::Delete && !self.given.is_empty())
    }

    /// Whether the row's values are written, and it is there then.
    pub(crate) fn writes_values(&self) -> bool {
        match self.op {
            Op::Create | Op::Update => true,
            Op::Disable | Op::Delete | Op::Unlink | Op::Reject => false,
        }
    }
}

/// The ids of the writes of one kind.
pub(super) fn ids_of(writes: &[Write], op: Op) -> Vec<LocalId> {
    writes.iter().filter(|write| write.op == op).map(|write| write.id).collect()
}
