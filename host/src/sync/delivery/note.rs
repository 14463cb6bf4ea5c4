//! Which users and departments the targets have to hear of, when a batch of changes is written.

use sea_orm::ConnectionTrait;

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
    /// Departments that come or go, which is seen in their members and in those below them.
    appearing: Vec<LocalId>,
}

impl Touched {
    /// What these writes touch; their ids are given by now.
    pub(crate) fn by(data_type: DataType, writes: &[Write]) -> Self {
        let rows = writes.iter().filter(|write| write.op != Op::Reject).map(|write| write.id).collect();
        let appears = |write: &&Write| match write.op {
            Op::Create | Op::Delete | Op::Unlink => true,
            Op::Update => write.row.as_ref().is_some_and(|row| row.deleted),
            Op::Disable | Op::Reject => false,
        };
        let appearing = match data_type {
            DataType::User => Vec::new(),
            DataType::Department => writes.iter().filter(appears).map(|write| write.id).collect(),
        };
        Self { rows, appearing }
    }

    /// Notes it for the targets, in the transaction that writes it, once rows and records are written.
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
        if !self.appearing.is_empty() {
            deliveries::note_around(tx, scope.dialect, &self.appearing, at).await?;
        }
        Ok(())
    }
}
