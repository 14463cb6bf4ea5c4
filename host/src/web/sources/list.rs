//! The list of sources.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use crate::domain::source::API;
use crate::http::deleted_sources;
use crate::http::page::{NameCursor, Paging};
use crate::http::query::{Listed, Nothing};
use crate::http::router::App;
use crate::http::{sources, view};
use crate::web::address::AskedList;
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};
use crate::web::paging::Pager;
use crate::web::words::Badge;

use super::offer;

/// How many deleted ones are shown; the API lists all.
const DELETED: usize = 50;

#[derive(Template)]
#[template(path = "sources.html")]
struct Sources {
    frame: Frame,
    rows: Vec<Row>,
    /// How to push, while there is nothing but what is pushed to.
    curl: Option<String>,
    first: Option<String>,
    next: Option<String>,
    /// The latest of those that are deleted.
    deleted: Vec<view::DeletedSource>,
}

impl Sources {
    fn path_of(&self, source: &view::DeletedSource, step: &str) -> String {
        format!("/deleted-sources/{}/{step}", source.id)
    }

    fn dialog_of(&self, source: &view::DeletedSource, step: &str) -> String {
        format!("{step}-{}", source.id)
    }
}

struct Row {
    source: view::Source,
    type_title: String,
    plugin: Badge,
    /// Whether it can be synced now.
    syncs: bool,
}

impl Row {
    fn title(&self) -> &str {
        self.source.display_name.as_deref().unwrap_or(&self.source.name)
    }

    fn path(&self, step: &str) -> String {
        format!("/sources/{}/{step}", self.source.name)
    }
}

/// The list.
pub(in crate::web) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    AskedList(frame, paging, none): AskedList<NameCursor, Nothing>,
) -> Answer {
    let Json(found) = sources::list(State(app.clone()), Listed(paging, none)).await?;
    let Pager { first, next } = Pager::of(&frame, found.next_cursor.as_deref());
    let types = offer::types(&app);
    let row = |source: view::Source| {
        let offered = offer::find(&types, &source.source_type);
        Row {
            type_title: offer::title(offered, &source.source_type),
            plugin: offer::plugin(&frame, offered),
            syncs: source.state.runnable && source.source_type != API,
            source,
        }
    };
    let rows: Vec<Row> = found.data.into_iter().map(row).collect();
    let pushed_only =
        first.is_none() && next.is_none() && rows.iter().all(|row| row.source.source_type == API);
    let curl = pushed_only.then(|| offer::push_line(&app, &headers, API));
    let paging = Listed(Paging::first(DELETED), Nothing {});
    let Json(deleted) = deleted_sources::list(State(app), paging).await?;
    page(&Sources { frame, rows, curl, first, next, deleted: deleted.data })
}
