//! Users: the list with its filters, and a user's page. A search looks as long as a page can wait, and the page then
//! asks for the rest by itself; so the first that are found are there at once, however many users there are.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::http::directory::{self, FoundUsers, UserQuery};
use crate::http::page::IdCursor;
use crate::http::path::ById;
use crate::http::query::{Nothing, Query};
use crate::http::router::App;
use crate::http::view;

use super::history::{Before, History, extra};
use crate::web::address::{Asked, AskedList};
use crate::web::choice::{known_source, source_names};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};
use crate::web::paging::Pager;
use crate::web::words::Badge;

/// How many a page lists.
const LIMIT: usize = 50;

#[derive(Template)]
#[template(path = "users.html")]
struct Users {
    frame: Frame,
    filter: UserQuery,
    sources: Vec<String>,
    /// The department whose members are listed.
    department: Option<view::Department>,
    found: FoundUsers,
    pager: Pager,
}

impl Users {
    fn is_empty(&self) -> bool {
        self.found.called.is_empty() && self.found.users.is_empty() && self.found.next.is_none()
    }

    fn is_filtered(&self) -> bool {
        let UserQuery { search, source, department, deleted } = &self.filter;
        search.is_some() || source.is_some() || department.is_some() || *deleted
    }
}

/// The list.
pub(in crate::web) async fn users(
    State(app): State<App>,
    AskedList(frame, paging, mut filter): AskedList<IdCursor, UserQuery>,
) -> Answer {
    let mut frame = known_source(&app, frame, &mut filter.source).await?;
    let mut department = None;
    if let Some(id) = filter.department {
        let path = Path(ById { id: id.to_string() });
        match directory::department(State(app.clone()), path, Query(Nothing {})).await {
            Ok(Json(found)) => department = Some(found),
            Err(problem) if problem.status == StatusCode::NOT_FOUND => {
                filter.department = None;
                frame = frame.leave_out("department");
            }
            Err(problem) => return Err(problem),
        }
    }
    let after = paging.after().map(|IdCursor(id)| LocalId(*id));
    let found = directory::find_users(&app, filter.clone(), after, LIMIT).await?;
    let sources = source_names(&app, filter.source.as_deref()).await?;
    let next = found.next.map(|id| id.to_string());
    let pager = Pager::of(&frame, next.as_deref());
    page(&Users { frame, filter, sources, department, found, pager })
}

#[derive(Template)]
#[template(path = "user.html")]
struct User {
    frame: Frame,
    user: view::User,
    /// The names of those that are not deleted.
    sources: Vec<String>,
    custom: Vec<(String, String)>,
    history: History,
}

impl User {
    /// Whether no source gives the user any more, although it is there.
    fn is_left(&self) -> bool {
        self.user.deleted_at.is_none() && self.user.links.iter().all(|link| !link.present)
    }

    fn was_given_by(&self, source: &str) -> bool {
        self.user.links.iter().any(|link| link.source.as_deref() == Some(source))
    }
}

/// A user's page.
pub(in crate::web) async fn user(
    State(app): State<App>,
    path: Path<ById>,
    Asked(frame, before): Asked<Before>,
) -> Answer {
    let Json(user) = directory::user(State(app.clone()), path, Query(Nothing {})).await?;
    let history = History::of(&app, &frame, (DataType::User, user.id), &before).await?;
    let custom = extra(&user.custom);
    let sources = source_names(&app, None).await?;
    page(&User { frame, user, sources, custom, history })
}

impl Frame {
    /// Whether somebody is enabled, disabled or deleted.
    pub(in crate::web) fn standing(&self, enabled: &bool, deleted: &Option<view::Time>) -> Badge {
        let (tone, icon, word) = match (deleted, enabled) {
            (Some(_), _) => ("danger", "cross", self.say("people-deleted")),
            (None, true) => ("success", "check", self.say("people-enabled")),
            (None, false) => ("muted", "stop", self.say("people-disabled")),
        };
        Badge { tone, icon, word }
    }

    /// Whether a source gives a record; the moment follows where it is known.
    pub(in crate::web) fn link_state(&self, link: &view::Link) -> String {
        self.say(match (link.state, &link.since) {
            (view::LinkState::Present, _) => "people-link-present",
            (view::LinkState::Missing, Some(_)) => "people-link-missing",
            (view::LinkState::Deleted, Some(_)) => "people-link-deleted",
            (view::LinkState::Missing | view::LinkState::Deleted, None) => "people-link-gone",
        })
    }

    /// What a user is called.
    pub(in crate::web) fn called(&self, user: &view::User) -> String {
        let name = user.nickname.as_ref().or(user.username.as_ref()).or(user.email.as_ref());
        name.cloned().unwrap_or_else(|| self.say_with("people-unnamed", "id", user.id.to_string()))
    }
}
