//! Departments: the tree, whose branches are loaded as they are opened; the list of what a search found; and a
//! department's page.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::http::directory::{self, DepartmentQuery, UserQuery};
use crate::http::page::{IdCursor, Page, Paging};
use crate::http::path::ById;
use crate::http::problem::Problem;
use crate::http::query::{Listed, Nothing, Query};
use crate::http::router::App;
use crate::http::tree::{self, Branch};
use crate::http::view;

use super::history::{Before, History, extra};
use crate::web::address::{Asked, AskedList};
use crate::web::choice::{known_source, source_names};
use crate::web::frame::Frame;
use crate::web::page::{Answer, page};
use crate::web::paging::Pager;

/// How many siblings are shown at once.
const BRANCHES: usize = 100;
/// How many members a department's page names; the list of users has all.
const MEMBERS: usize = 20;

/// Branches of the tree that are below one department, or its roots.
struct Branches {
    branches: Vec<Branch>,
    /// The address with their next siblings.
    more: Option<String>,
}

impl Branches {
    /// Whether there is nothing to choose: then the only one is open.
    fn is_alone(&self) -> bool {
        self.branches.len() == 1 && self.more.is_none()
    }

    async fn below(app: &App, parent: Option<LocalId>, after: Option<LocalId>) -> Result<Self, Problem> {
        let (branches, more) = tree::branches(app, parent, after, BRANCHES).await?;
        let below = parent.map_or("root".to_owned(), |id| id.to_string());
        let more = branches.last().filter(|_| more);
        let more = more.map(|last| format!("/departments/{below}/branches?cursor={}", last.department.id));
        Ok(Self { branches, more })
    }
}

#[derive(Template)]
#[template(path = "departments.html")]
struct Departments {
    frame: Frame,
    filter: DepartmentQuery,
    sources: Vec<String>,
    shown: Shown,
}

/// What is shown of the departments.
enum Shown {
    Tree(Branches),
    List(Page<view::Department>, Pager),
}

/// The tree, or what a filter leaves of it as a list.
pub(in crate::web) async fn departments(
    State(app): State<App>,
    AskedList(frame, paging, mut filter): AskedList<IdCursor, DepartmentQuery>,
) -> Answer {
    let frame = known_source(&app, frame, &mut filter.source).await?;
    let is_filtered = filter.search.is_some() || filter.source.is_some() || filter.deleted;
    let shown = if is_filtered {
        let Json(found) = directory::departments(State(app.clone()), Listed(paging, filter.clone())).await?;
        let pager = Pager::of(&frame, found.next_cursor.as_deref());
        Shown::List(found, pager)
    } else {
        Shown::Tree(Branches::below(&app, None, None).await?)
    };
    let sources = source_names(&app, filter.source.as_deref()).await?;
    page(&Departments { frame, filter, sources, shown })
}

#[derive(Template)]
#[template(path = "branches.html")]
struct Opened {
    frame: Frame,
    below: Branches,
}

/// The branches below a department, for the tree that is open in the browser.
pub(in crate::web) async fn branch(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    AskedList(frame, paging, Nothing {}): AskedList<IdCursor, Nothing>,
) -> Answer {
    let after = paging.after().map(|IdCursor(id)| LocalId(*id));
    let missing = || Problem::not_found(format!("there is no department {id}"));
    let parent = match id.as_str() {
        "root" => None,
        id => Some(LocalId(id.parse().map_err(|_| missing())?)),
    };
    let below = Branches::below(&app, parent, after).await?;
    page(&Opened { frame, below })
}

#[derive(Template)]
#[template(path = "department.html")]
struct Department {
    frame: Frame,
    department: view::Department,
    /// The departments above it, the topmost first.
    above: Vec<(i64, String)>,
    below: Branches,
    members: Page<view::User>,
    /// The names of those that are not deleted.
    sources: Vec<String>,
    custom: Vec<(String, String)>,
    history: History,
}

/// A department's page.
pub(in crate::web) async fn department(
    State(app): State<App>,
    path: Path<ById>,
    Asked(frame, before): Asked<Before>,
) -> Answer {
    let Json(department) = directory::department(State(app.clone()), path, Query(Nothing {})).await?;
    let id = department.id;
    let of_it = UserQuery { department: Some(id), ..UserQuery::default() };
    let Json(members) = directory::users(State(app.clone()), Listed(Paging::first(MEMBERS), of_it)).await?;
    let above = tree::above(&app, &department).await?;
    let below = Branches::below(&app, Some(LocalId(id)), None).await?;
    let history = History::of(&app, &frame, (DataType::Department, id), &before).await?;
    let custom = extra(&department.custom);
    let sources = source_names(&app, None).await?;
    page(&Department { frame, department, above, below, members, sources, custom, history })
}
