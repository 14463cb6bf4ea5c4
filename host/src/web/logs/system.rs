//! The system log: its events by level, text, task and day, what is new in it while somebody watches, and one event
//! with all that it says.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};

use super::further::{Further, Look, choices};
use super::query::{LIMIT, SystemFilter, place};
use crate::http::problem::Problem;
use crate::http::query::Nothing;
use crate::http::router::App;
use crate::logs::event::{Event, Level};
use crate::logs::system::SystemQuery;
use crate::logs::{Day, Place};
use crate::web::address::{Asked, Written};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};

/// So many new events are shown at once; of more, only the newest.
const BURST: usize = 200;

#[derive(Template)]
#[template(path = "log_system.html")]
struct System {
    frame: Frame,
    filter: SystemFilter,
    days: Vec<Day>,
    levels: [Level; 5],
    events: Vec<Event>,
    further: Further,
    /// What is asked for what is new, if somebody watches.
    tail: Option<Tail>,
}

/// What is new, to stand above what was there.
#[derive(Template)]
#[template(path = "log_news.html")]
struct News {
    frame: Frame,
    tail: Tail,
    /// Newest first.
    events: Vec<Event>,
    /// The address of those that were left out between these and what was there.
    left_out: Option<String>,
}

/// The end of the log as the reader knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tail {
    /// What is asked for what came later.
    address: String,
    pace: Pace,
}

/// How soon it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Calm,
    /// There is more already.
    Quick,
}

impl Pace {
    /// As htmx reads it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Calm => "2s",
            Self::Quick => "200ms",
        }
    }
}

impl Tail {
    fn of(filter: &SystemFilter, end: Place, pace: Pace) -> Self {
        Self { address: filter.address(&format!("/logs/new/{end}"), None), pace }
    }
}

/// The list.
pub(in crate::web) async fn events(
    State(app): State<App>,
    Asked(frame, filter): Asked<SystemFilter>,
) -> Answer {
    let days = app.logs().system_days().await?;
    let found = app.logs().system(filter.query()).await?;
    // What is new belongs above the newest lines only.
    let last = days.last().map(|day| day.date);
    let is_newest = filter.before.is_none() && filter.day.is_none_or(|Written(day)| Some(day) == last);
    let tail = (filter.live && is_newest).then(|| Tail::of(&filter, found.newest, Pace::Calm));
    let address = |before| filter.address("/logs", before);
    let further = Further::of((found.events.len(), LIMIT), found.older, filter.before.is_none(), address);
    let further = if tail.is_some() { further.paused() } else { further };
    let days = choices(days, filter.day.map(|Written(day)| day));
    let events = found.events;
    page(&System { frame, filter, days, levels: Level::ALL, events, further, tail })
}

/// What has been logged since a place.
pub(in crate::web) async fn news(
    State(app): State<App>,
    headers: HeaderMap,
    Path(since): Path<String>,
    Asked(frame, filter): Asked<SystemFilter>,
) -> Answer {
    let since = place(&since)?;
    if !headers.contains_key("hx-request") {
        // Who comes here by themselves, after logging in again for instance, wants the page around it.
        return Ok(Redirect::to(&filter.address("/logs", None)).into_response());
    }
    let news = app.logs().system_since(since, filter.wanted(), BURST).await?;
    if news.events.len() < BURST {
        let pace = if news.more { Pace::Quick } else { Pace::Calm };
        let tail = Tail::of(&filter, news.place, pace);
        let events = news.events.into_iter().rev().collect();
        return page(&News { frame, tail, events, left_out: None });
    }
    // Nobody reads them as fast as they come, so the newest are shown and the way to the others.
    let query =
        SystemQuery { limit: LIMIT, ..SystemQuery { wanted: filter.wanted(), ..SystemQuery::default() } };
    let found = app.logs().system(query).await?;
    let events: Vec<Event> = found.events.into_iter().filter(|event| event.place >= since).collect();
    let left_out =
        found.older.filter(|older| *older > since).map(|older| filter.address("/logs", Some(older)));
    page(&News { frame, tail: Tail::of(&filter, found.newest, Pace::Calm), events, left_out })
}

#[derive(Template)]
#[template(path = "log_event.html")]
struct Single {
    frame: Frame,
    event: Event,
    /// The addresses of what stands around it.
    before: String,
}

/// One event with all that it says.
pub(in crate::web) async fn event(
    State(app): State<App>,
    Path(text): Path<String>,
    Asked(frame, Nothing {}): Asked<Nothing>,
) -> Answer {
    let event = app.logs().system_event(place(&text)?).await?;
    let gone =
        || Problem::not_found(format!("no line of the system log begins at {text}; it may be too old"));
    let event = event.ok_or_else(gone)?;
    let before = SystemFilter::default().address("/logs", Some(event.place));
    page(&Single { frame, event, before })
}
