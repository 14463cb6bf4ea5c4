//! What the system log says of a task, the latest first. The log is read a bounded part per page.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::http::path::ById;
use crate::http::problem::Problem;
use crate::http::router::App;
use crate::logs::Place;
use crate::logs::event::{Event, Wanted};
use crate::logs::system::SystemQuery;

use crate::web::address::{Asked, Written};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};
use crate::web::paging::Pager;
use crate::web::words::Badge;

use super::head::Head;

/// So many are on a page.
const SHOWN: usize = 200;

/// Which lines are shown.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct LogQuery {
    /// Where an earlier page stopped.
    #[param(value_type = Option<String>)]
    cursor: Option<Written<Place>>,
}

#[derive(Template)]
#[template(path = "task_log.html")]
struct Log {
    frame: Frame,
    head: Head,
    lines: Vec<Shown>,
    pager: Pager,
}

struct Shown {
    event: Event,
    /// In milliseconds since 1970.
    time: Option<i64>,
    badge: Option<Badge>,
}

/// The log lines of a task.
pub(in crate::web) async fn log(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    Asked(frame, query): Asked<LogQuery>,
) -> Answer {
    let (task, head) = Head::of(&app, &frame, &id).await?;
    let before = query.cursor.map(|Written(place)| place);
    let wanted = Wanted { task: Some(task.id), ..Wanted::default() };
    let asked = SystemQuery { wanted, span: head.span(), before, limit: SHOWN };
    let found = app.logs.system(asked).await.map_err(Problem::internal)?;
    let shown = |event: Event| Shown {
        time: event.time.map(|time| time.as_millisecond()),
        badge: event.level.map(|level| frame.level(&level)),
        event,
    };
    let lines = found.events.into_iter().map(shown).collect();
    let pager = Pager::of(&frame, found.older.map(|place| place.to_string()).as_deref());
    page(&Log { frame, head, lines, pager })
}
