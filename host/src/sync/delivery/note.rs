//! Which users and departments the targets have to hear of, when a batch of changes is written.

use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::domain::change::Op;
use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, TaskId};
use crate::store::{StoreError, deliveries};

use super::super::targets::{Scope, Write};

/// What a batch touches.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Rows that are written.
    rows: Vec<LocalId>,
    /// Departments that come, which is seen in their members and in those below them…
    coming: Vec<LocalId>,
    /// …and those that go.
    going: Vec<LocalId>,
    /// Departments whose title or place changes: those below them show it in their paths.
    moved: Vec<LocalId>,
    /// Departments whose title changes: where no source names a main department of a user that is there, or several
    /// name one, the first by title is it.
    renamed: Vec<LocalId>,
}

impl Touched {
    /// What these writes touch; their ids are given by now.
    pub(crate) fn by(data_type: DataType, writes: &[Write]) -> Self {
        let rows = writes.iter().filter(|write| write.op != Op::Reject).map(|write| write.id).collect();
        let mut touched = Self { rows, ..Self::default() };
        for write in writes.iter().filter(|_| data_type == DataType::Department) {
            match write.op {
                Op::Create => touched.coming.push(write.id),
                Op::Update if write.row.as_ref().is_some_and(|row| row.deleted) => {
                    touched.coming.push(write.id);
                }
                Op::Delete | Op::Unlink => touched.going.push(write.id),
                Op::Update => {
                    if changes(write, "title") {
                        touched.renamed.push(write.id);
                    }
                    if changes(write, "title") || changes(write, "parentUid") {
                        touched.moved.push(write.id);
                    }
                }
                Op::Disable | Op::Reject => {}
            }
        }
        touched
    }

    /// Notes for the targets what goes, in the transaction that takes it away, as long as its links are there.
    pub(crate) async fn note_going<C: ConnectionTrait>(
        &self,
        tx: &C,
        scope: Scope,
        task: TaskId,
    ) -> Result<(), StoreError> {
        if self.going.is_empty() {
            return Ok(());
        }
        let at = (task, scope.now);
        deliveries::note_around(tx, scope.dialect, &self.going, at).await?;
        deliveries::note_below(tx, scope.dialect, &self.going, at).await
    }

    /// Notes everything else, in the transaction that writes it, once rows and records are written.
    pub(crate) async fn note<C: ConnectionTrait>(
        self,
        tx: &C,
        scope: Scope,
        data_type: DataType,
        task: TaskId,
    ) -> Result<(), StoreError> {
        let at = (task, scope.now);
        if !self.rows.is_empty() {
            deliveries::note(tx, scope.dialect, data_type, self.rows, at).await?;
        }
        if !self.coming.is_empty() {
            deliveries::note_around(tx, scope.dialect, &self.coming, at).await?;
        }
        if !self.renamed.is_empty() {
            deliveries::note_members(tx, scope.dialect, &self.renamed, at).await?;
        }
        let above: Vec<LocalId> = self.coming.into_iter().chain(self.moved).collect();
        deliveries::note_below(tx, scope.dialect, &above, at).await
    }
}

/// Whether a write gives a field another value than it had.
fn changes(write: &Write, field: &str) -> bool {
    let Some(row) = &write.row else { return false };
    write.given.get(field).is_some_and(|given| row.fields.get(field).unwrap_or(&Value::Null) != given)
}
