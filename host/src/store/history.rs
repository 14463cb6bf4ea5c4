//! What became of a user or department over time: which tasks changed it. No index says that, because every bulk load
//! would pay for it; so the latest tasks of each source that gives it are asked one after the other, some hundreds at
//! once, and whoever wants to see what was before goes on from there.

use sea_orm::ConnectionTrait;

use crate::domain::change::{Change, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::ids::{SourceId, TaskId};
use crate::domain::task::Task;

use super::dialect::Dialect;
use super::look::Looked;
use super::records::Link;
use super::tasks::TaskFilter;
use super::{StoreError, changes, tasks};

/// What tasks changed of the row that these links lead to, the latest first: those of the `most` latest tasks of each
/// source, older than `before`. How far that came is the oldest task up to which all are known.
pub(crate) async fn of_row<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    data_type: DataType,
    links: &[Link],
    before: Option<TaskId>,
    most: u64,
) -> Result<Looked<(Task, Change), TaskId>, StoreError> {
    let (mut found, mut until) = (Vec::new(), None);
    for link in links {
        let filter = TaskFilter { source: Some(SourceId(link.source_id)), before, ..TaskFilter::default() };
        let asked = tasks::list(connection, &filter, most).await?;
        let of_link = changes::of_record(connection, dialect, &asked, data_type, &link.uid).await?;
        if asked.len() as u64 == most {
            until = until.max(asked.last().map(|task| task.id));
        }
        let of_link = of_link.into_iter().filter_map(|(id, change)| {
            let task = asked.iter().find(|task| task.id == id).filter(|task| did(task, &change))?;
            Some((task.clone(), change))
        });
        found.extend(of_link);
    }
    // Of some sources more is known than of others; what is older comes when one goes on.
    found.retain(|(task, _)| until.is_none_or(|until| task.id >= until));
    found.sort_by_key(|(task, _)| std::cmp::Reverse(task.id));
    Ok(Looked { found, until })
}

/// Whether a change was made: not one that a dry run or a plan that was given up shows, nor one that failed and
/// left everything as it was.
fn did(task: &Task, change: &Change) -> bool {
    !task.dry_run && (change.outcome == Some(Outcome::Applied) || change.is_lock())
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
