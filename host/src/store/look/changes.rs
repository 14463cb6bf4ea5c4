//! A task's changes, in the order of applying. Those that failed or were skipped have an index of their own; other
//! filters look at one change after the other.

use std::time::Instant;

use sea_orm::ConnectionTrait;

use crate::domain::change::{Change, Outcome};
use crate::domain::task::{Task, Watermark};
use crate::store::StoreError;
use crate::store::changes::{self, ChangeFilter};
use crate::store::dialect::Dialect;

use super::{Looked, Pace};

/// Changes that pass the filter; at most `limit`, and no more than can be loaded together.
pub(crate) async fn changes<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    task: &Task,
    filter: &ChangeFilter,
    limit: u64,
    mut pace: Pace,
) -> Result<Looked<Change, Watermark>, StoreError> {
    let begun = Instant::now();
    let mut filter = filter.clone();
    if is_indexed(&filter) {
        let part = changes::page(connection, dialect, task, &filter, limit).await?;
        let until = part.changes.last().filter(|_| part.is_cut).map(Change::place);
        return Ok(Looked { found: part.changes, until });
    }
    if filter.outcome == Some(Outcome::Pending) {
        // Pending is what comes after the watermark. `None` is before everything.
        filter.after = filter.after.max(task.watermark.clone());
    }
    let mut found = Vec::new();
    loop {
        let step = Instant::now();
        filter.until = match pace.window {
            i64::MAX => None,
            window => changes::ahead(connection, task.id, &filter, window.unsigned_abs()).await?,
        };
        let left = limit - found.len() as u64;
        let part = changes::page(connection, dialect, task, &filter, left).await?;
        found.extend(part.changes);
        if part.is_cut {
            let until = found.last().map(Change::place);
            return Ok(Looked { found, until });
        }
        if filter.until.is_none() || found.len() as u64 >= limit {
            return Ok(Looked { found, until: None });
        }
        if begun.elapsed() >= pace.patience {
            return Ok(Looked { found, until: filter.until });
        }
        filter.after = filter.until.take();
        pace.adapt(step.elapsed());
    }
}

fn is_indexed(filter: &ChangeFilter) -> bool {
    filter.op.is_none()
        && !filter.but_failed
        && matches!(filter.outcome, None | Some(Outcome::Failed | Outcome::Skipped))
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
