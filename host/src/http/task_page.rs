//! What a task's page shows and no single route answers: what it is at and since when, the policy that held it, why
//! it can't be retried, and its changes, looked for only as long as a page can wait.

use std::collections::HashMap;

use crate::domain::change::{Op, Outcome};
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::domain::policy::RemovalLimit;
use crate::domain::task::{Kind, Phase, Progress, Task, Watermark};
use crate::store::changes::ChangeFilter;
use crate::store::look::{self, Pace};
use crate::store::{StoreError, departments, records, sources, users};
use crate::sync::resume;

use super::page::change_cursor;
use super::problem::Problem;
use super::router::App;
use super::tasks::{self, ChangeQuery};
use super::view;

/// A task with what stands beside it.
#[derive(Debug)]
pub(crate) struct Detail {
    pub(crate) task: view::Task,
    pub(crate) phase: Phase,
    /// How far it has come, if this daemon runs it.
    pub(crate) progress: Option<Progress>,
    pub(crate) counts: Counts,
    /// Its source's, unless that is deleted.
    pub(crate) source: Option<OfSource>,
    /// Whether a retry would find nothing to work on.
    pub(crate) is_lost: bool,
    /// Whether it has come to the end of its plan, also if all of its records failed.
    pub(crate) is_at_its_end: bool,
    /// From when until when it was at work; until now, if it has not ended.
    pub(crate) span: (i64, Option<i64>),
}

/// What a task's page shows of its source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfSource {
    pub(crate) enabled: bool,
    pub(crate) removals: RemovalLimit,
    pub(crate) raw_records: bool,
}

/// The task with this id.
pub(crate) async fn detail(app: &App, id: &str) -> Result<(Task, Detail), Problem> {
    let found = tasks::find(app, id).await?;
    let (task, view) = tasks::seen(app, found.id).await?;
    let reader = app.engine.store().reader();
    let stored = sources::by_id(reader, task.source_id).await?;
    let is_lost = stored.as_ref().is_none_or(|source| resume(&task, source).is_err());
    let named = match &stored {
        Some(source) => sources::by_name(reader, &source.name).await?,
        None => None,
    };
    let source = named.filter(|named| named.id == task.source_id).map(|source| OfSource {
        enabled: source.enabled,
        removals: source.policy.removals,
        raw_records: source.policy.raw_records,
    });
    let detail = Detail {
        phase: task.phase,
        progress: app.engine.progress(task.id),
        counts: task.counts,
        source,
        is_lost,
        is_at_its_end: task.came_to_its_end(),
        span: (task.created_at, task.finished_at),
        task: view,
    };
    Ok((task, detail))
}

impl Detail {
    /// Whether there is a source that can be synced or pushed to again.
    pub(crate) fn has_source(&self) -> bool {
        let reads = matches!(self.task.kind, Kind::Pull | Kind::Push);
        !reads || self.source.is_some()
    }
}

/// What was found of a task's changes in the time that a page has.
#[derive(Debug, Default)]
pub(crate) struct FoundChanges {
    pub(crate) changes: Vec<view::Change>,
    /// Where the list goes on; `None` at its end.
    pub(crate) next: Option<String>,
    /// Whether it goes on because there was no more time, and not because there are enough.
    pub(crate) cut_short: bool,
    /// The rows that the changes are about now, of those that have one.
    pub(crate) rows: HashMap<(DataType, String), LocalId>,
    /// What these rows are called.
    pub(crate) names: HashMap<(DataType, LocalId), String>,
}

/// Which of a task's changes are looked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) query: ChangeQuery,
    pub(crate) after: Option<Watermark>,
    /// Whether those that failed are left out, because they are shown elsewhere.
    pub(crate) but_failed: bool,
    pub(crate) limit: usize,
}

/// Looks for changes of a task.
pub(crate) async fn find_changes(app: &App, task: &Task, wanted: Wanted) -> Result<FoundChanges, Problem> {
    let Wanted { query: ChangeQuery { op, outcome, data_type }, after, but_failed, limit } = wanted;
    let filter = ChangeFilter { op, outcome, data_type, after, until: None, but_failed };
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let looked = look::changes::changes(reader, dialect, task, &filter, limit as u64 + 1, Pace::PAGE).await?;
    let mut found = looked.found;
    let is_full = found.len() > limit;
    found.truncate(limit);
    let next = if is_full { found.last().map(|last| last.place()) } else { looked.until };
    let changes: Vec<_> = found.iter().map(view::Change::from).collect();
    let rows = rows(app, task, &changes).await?;
    let wanted = rows.iter().map(|((data_type, _), id)| (*data_type, *id)).collect::<Vec<_>>();
    let names = names(app, &wanted).await?;
    Ok(FoundChanges {
        names,
        changes,
        cut_short: next.is_some() && !is_full,
        next: next.map(|mark| change_cursor(mark.data_type, &mark.uid)),
        rows,
    })
}

/// What rows are called: users by their nickname or username, departments by their title.
pub(crate) async fn names(
    app: &App,
    rows: &[(DataType, LocalId)],
) -> Result<HashMap<(DataType, LocalId), String>, StoreError> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let of = |wanted| rows.iter().filter(move |(data_type, _)| *data_type == wanted).map(|(_, id)| *id);
    let called = users::by_ids(reader, dialect, of(DataType::User)).await?;
    let called = called
        .into_iter()
        .filter_map(|(id, row)| Some(((DataType::User, id), row.nickname.or(row.username)?)));
    let titled = departments::by_ids(reader, dialect, of(DataType::Department)).await?;
    let titled = titled.into_iter().map(|(id, row)| ((DataType::Department, id), row.title));
    Ok(called.chain(titled).collect())
}

/// So many failures after another one, in the order of applying.
pub(crate) async fn failures(
    app: &App,
    task: &Task,
    after: Option<Watermark>,
    limit: u64,
) -> Result<(Vec<view::Change>, Option<Watermark>), StoreError> {
    let filter = ChangeFilter { outcome: Some(Outcome::Failed), after, ..ChangeFilter::default() };
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let looked = look::changes::changes(reader, dialect, task, &filter, limit, Pace::TO_THE_END).await?;
    let look::Looked { found, until } = looked;
    let next = found.last().filter(|_| found.len() as u64 == limit).map(|last| last.place()).or(until);
    Ok((found.iter().map(view::Change::from).collect(), next))
}

/// The rows to which the records of these changes are linked now.
async fn rows(
    app: &App,
    task: &Task,
    changes: &[view::Change],
) -> Result<HashMap<(DataType, String), LocalId>, StoreError> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let mut rows = HashMap::new();
    for data_type in DataType::ALL {
        let uids = changes
            .iter()
            .filter(|change| change.data_type == data_type && change.op != Op::Reject)
            .filter_map(|change| change.uid.as_deref());
        let uids: Vec<&str> = uids.collect();
        if !uids.is_empty() {
            let found = records::by_uids(reader, dialect, task.source_id, data_type, uids).await?;
            rows.extend(found.into_iter().map(|record| ((data_type, record.uid), record.local_id)));
        }
    }
    Ok(rows)
}
