//! The list of tasks, of all sources or of one.

use askama::Template;
use axum::Json;
use axum::extract::State;

use crate::domain::task::Status;
use crate::http::page::{IdCursor, Page};
use crate::http::query::Listed;
use crate::http::router::App;
use crate::http::tasks::{self, TaskQuery};
use crate::http::view;

use crate::web::address::AskedList;
use crate::web::choice::{known_source, source_names};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};
use crate::web::paging::Pager;

#[derive(Template)]
#[template(path = "tasks.html")]
struct Tasks {
    frame: Frame,
    filter: TaskQuery,
    sources: Vec<String>,
    statuses: &'static [Status],
    page: Page<view::Task>,
    first: Option<String>,
    next: Option<String>,
}

/// The list.
pub(in crate::web) async fn list(
    State(app): State<App>,
    AskedList(frame, paging, mut filter): AskedList<IdCursor, TaskQuery>,
) -> Answer {
    let frame = known_source(&app, frame, &mut filter.source).await?;
    let Json(found) = tasks::list(State(app.clone()), Listed(paging, filter.clone())).await?;
    let sources = source_names(&app, filter.source.as_deref()).await?;
    let Pager { first, next } = Pager::of(&frame, found.next_cursor.as_deref());
    page(&Tasks { frame, filter, sources, statuses: Status::ALL, page: found, first, next })
}
