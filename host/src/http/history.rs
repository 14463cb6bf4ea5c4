//! What became of a user or department over time: the changes that touched it, the latest first.

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, TaskId};
use crate::store::{history, records, sources};

use super::problem::Problem;
use super::router::App;
use super::view;

/// So many of the latest tasks of each source are looked at for one page.
const TASKS: u64 = 500;

/// A change, and the task that it is of.
#[derive(Debug)]
pub(crate) struct Touched {
    pub(crate) task: i64,
    /// Its run number within its source.
    pub(crate) batch: i64,
    pub(crate) source: String,
    pub(crate) at: view::Time,
    pub(crate) change: view::Change,
}

/// The changes that touched a row, of tasks before `before`; and from where to go on, if older tasks are still to be
/// looked at.
pub(crate) async fn of_row(
    app: &App,
    data_type: DataType,
    id: i64,
    before: Option<i64>,
) -> Result<(Vec<Touched>, Option<i64>), Problem> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let links = records::links(reader, dialect, data_type, [LocalId(id)]).await?;
    let looked = history::of_row(reader, dialect, data_type, &links, before.map(TaskId), TASKS).await?;
    let names = sources::names(reader).await?;
    let touched = looked.found.iter().map(|(task, change)| Touched {
        task: task.id.0,
        batch: task.batch.0,
        source: names.get(&task.source_id.0).cloned().unwrap_or_default(),
        at: view::Time(task.started_at.unwrap_or(task.created_at)),
        change: view::Change::from(change),
    });
    Ok((touched.collect(), looked.until.map(|id| id.0)))
}
