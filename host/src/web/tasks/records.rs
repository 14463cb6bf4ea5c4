//! The raw records that a task read, as they came, in their order. The log is read a bounded part per page.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::domain::task::Kind;
use crate::http::path::ById;
use crate::http::problem::Problem;
use crate::http::router::App;
use crate::logs::raw::{Order, RawPage, RawQuery, RawRecord};
use crate::logs::{Needle, Place};

use crate::web::address::{Asked, Written};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};
use crate::web::paging::Pager;

use super::head::Head;

/// So many are on a page.
const SHOWN: usize = 100;

/// Which raw records are shown.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct RecordQuery {
    /// Only those with this text.
    search: Option<String>,
    /// Where an earlier page stopped.
    #[param(value_type = Option<String>)]
    cursor: Option<Written<Place>>,
    /// This one only, whole.
    #[param(value_type = Option<String>)]
    place: Option<Written<Place>>,
}

#[derive(Template)]
#[template(path = "task_records.html")]
struct Records {
    frame: Frame,
    head: Head,
    search: String,
    is_single: bool,
    records: Vec<RawRecord>,
    /// Why there are none, if that is known.
    why_none: Option<String>,
    pager: Pager,
}

/// The raw records of a task.
pub(in crate::web) async fn records(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    Asked(frame, query): Asked<RecordQuery>,
) -> Answer {
    let (task, head) = Head::of(&app, &frame, &id).await?;
    let single = query.place.map(|Written(place)| place);
    let found = match single {
        Some(single) => {
            let record = app.logs.raw_record(single).await.map_err(Problem::internal)?;
            let own = record.filter(|record| record.head.as_ref().is_some_and(|head| head.task == task.id));
            RawPage { records: own.into_iter().collect(), next: None }
        }
        None => {
            let wanted = RawQuery {
                span: head.span(),
                source: None,
                task: Some(task.id),
                text: query.search.as_deref().and_then(Needle::new),
                order: Order::OldestFirst,
                from: query.cursor.map(|Written(place)| place),
                limit: SHOWN,
            };
            app.logs.raw(wanted).await.map_err(Problem::internal)?
        }
    };
    let why_none = match (task.kind, head.detail.source) {
        (Kind::Undo | Kind::Disable | Kind::Delete | Kind::Backfill, _) => {
            Some(frame.say("task-records-kind"))
        }
        (_, Some(source)) if !source.raw_records => Some(frame.say("task-records-off")),
        _ => None,
    };
    let pager = Pager::of(&frame, found.next.map(|place| place.to_string()).as_deref());
    let search = query.search.unwrap_or_default();
    page(&Records {
        frame,
        head,
        search,
        is_single: single.is_some(),
        records: found.records,
        why_none,
        pager,
    })
}
