//! Raw records by day, source, task and text, and one of them whole.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};

use super::further::{Further, Look, choices};
use super::query::{RecordFilter, place};
use crate::http::page::{self as paging, Paging};
use crate::http::problem::Problem;
use crate::http::query::{Listed, Nothing};
use crate::http::router::App;
use crate::http::sources;
use crate::logs::Day;
use crate::logs::raw::RawRecord;
use crate::web::address::{Asked, Written};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};

#[derive(Template)]
#[template(path = "log_records.html")]
struct Records {
    frame: Frame,
    filter: RecordFilter,
    days: Vec<Day>,
    sources: Vec<String>,
    /// The sources whose records are not logged, of those that are asked for.
    unlogged: Vec<String>,
    records: Vec<RawRecord>,
    further: Further,
}

/// The list.
pub(in crate::web) async fn records(
    State(app): State<App>,
    Asked(frame, filter): Asked<RecordFilter>,
) -> Answer {
    let days = choices(app.logs().raw_days().await?, filter.day.map(|Written(day)| day));
    let query = filter.query();
    let limit = query.limit;
    let found = app.logs().raw(query).await?;
    let address = |before| filter.address(before);
    let further = Further::of((found.records.len(), limit), found.next, filter.before.is_none(), address);
    let all = Listed(Paging::first(paging::MAX), Nothing {});
    let Json(known) = sources::list(State(app), all).await?;
    let is_asked = |name: &str| filter.source.as_deref().is_none_or(|source| source == name);
    let unlogged = known.data.iter().filter(|source| !source.policy.raw_records && is_asked(&source.name));
    let unlogged = unlogged.map(|source| source.name.clone()).collect();
    let mut sources: Vec<String> = known.data.into_iter().map(|source| source.name).collect();
    // Its records are there, even if the source has been deleted.
    sources.extend(filter.source.clone().filter(|source| !sources.contains(source)));
    let records = found.records;
    page(&Records { frame, filter, days, sources, unlogged, records, further })
}

#[derive(Template)]
#[template(path = "log_record.html")]
struct Single {
    frame: Frame,
    record: RawRecord,
}

/// One record with all that it says.
pub(in crate::web) async fn record(
    State(app): State<App>,
    Path(text): Path<String>,
    Asked(frame, Nothing {}): Asked<Nothing>,
) -> Answer {
    let record = app.logs().raw_record(place(&text)?).await?;
    let gone = || Problem::not_found(format!("no raw record begins at {text}; it may be too old"));
    page(&Single { frame, record: record.ok_or_else(gone)? })
}
