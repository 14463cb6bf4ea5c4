//! The result: users and departments. What stands beside a page of them is looked up for all at once.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, SourceId};
use crate::store::dangling::{self, Dangling};
use crate::store::departments::{self, DepartmentFilter, DepartmentRow};
use crate::store::look::{self, Looked, Pace};
use crate::store::users::{self, UserFilter, UserRow};
use crate::store::{StoreError, memberships, records, sources};

use super::page::{IdCursor, Page, Paging, page};
use super::path::ById;
use super::problem::Problem;
use super::query::{Listed, Nothing, Query};
use super::router::App;
use super::sources::source_filter;
use super::view::{self, Beside};

/// How many users are named first who are called as is searched for: a phone may be many people's.
const CALLED: usize = 10;

/// Which users are listed.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// Only those with this as part of their username, nickname, e-mail or phone, without regard to case.
    pub(crate) search: Option<String>,
    /// Only those that the source of this name gave; it may be deleted.
    pub(crate) source: Option<String>,
    /// Only the members of the department with this id.
    #[param(minimum = 0)]
    pub(crate) department: Option<i64>,
    /// The deleted ones instead.
    #[serde(default)]
    #[param(default = false)]
    pub(crate) deleted: bool,
}

/// Lists users by id.
#[utoipa::path(
    get, path = "/users", tag = "directory", operation_id = "listUsers",
    params(Paging<IdCursor>, UserQuery),
    responses((status = 200, description = "a page of them", body = Page<view::User>)),
)]
pub(crate) async fn users(
    State(app): State<App>,
    Listed(paging, query): Listed<IdCursor, UserQuery>,
) -> Result<Json<Page<view::User>>, Problem> {
    let after = paging.after().map(|IdCursor(id)| LocalId(*id));
    let filter = user_filter(&app, query, after).await?;
    let store = app.engine.store();
    let looked =
        look::users::users(store.reader(), store.dialect(), &filter, paging.fetch(), Pace::TO_THE_END);
    let Looked { found: mut rows, until } = looked.await?;
    let next = paging.cut(&mut rows, |last| last.id.to_string());
    let next = next.or(until.map(|last| last.to_string()));
    Ok(page(user_views(&app, &rows).await?, next))
}

/// What was found of a list of users in the time that a page has.
#[derive(Debug)]
pub(crate) struct FoundUsers {
    /// On the first page of a search: those whose username, e-mail or phone is what is searched for.
    pub(crate) called: Vec<view::User>,
    /// The others, by id.
    pub(crate) users: Vec<view::User>,
    /// After whom the list goes on; `None` at its end.
    pub(crate) next: Option<LocalId>,
    /// Whether it goes on because there was no more time, and not because the page is full: then whoever shows it
    /// asks for the rest without being told to.
    pub(crate) cut_short: bool,
}

/// Looks for users as long as a page can wait: for `limit` of them at most, after the one with this id.
pub(crate) async fn find_users(
    app: &App,
    query: UserQuery,
    after: Option<LocalId>,
    limit: usize,
) -> Result<FoundUsers, Problem> {
    let filter = user_filter(app, query, after).await?;
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let is_narrowed = filter.source.is_some() || filter.department.is_some() || filter.deleted;
    let mut called = match &filter.search {
        Some(name) if !is_narrowed => users::called(reader, dialect, name, CALLED).await?,
        _ => Vec::new(),
    };
    let looked = look::users::users(reader, dialect, &filter, limit as u64 + 1, Pace::PAGE).await?;
    let mut rows = looked.found;
    let is_full = rows.len() > limit;
    rows.truncate(limit);
    let next = if is_full { rows.last().map(|last| LocalId(last.id)) } else { looked.until };
    rows.retain(|row| called.iter().all(|known| known.id != row.id));
    if after.is_some() {
        called.clear();
    }
    let (called, users) = (user_views(app, &called).await?, user_views(app, &rows).await?);
    Ok(FoundUsers { called, users, next, cut_short: next.is_some() && !is_full })
}

async fn user_filter(app: &App, query: UserQuery, after: Option<LocalId>) -> Result<UserFilter, Problem> {
    let UserQuery { search, source, department, deleted } = query;
    let source = source_filter(app, source).await?;
    Ok(UserFilter { search, department: department.map(LocalId), source, deleted, after })
}

/// Shows a user, also a deleted one.
#[utoipa::path(
    get, path = "/users/{id}", tag = "directory", operation_id = "getUser",
    params(ById),
    responses(
        (status = 200, description = "the user", body = view::User),
        (status = 404, description = "there is no such user"),
    ),
)]
pub(crate) async fn user(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<Json<view::User>, Problem> {
    let missing = || Problem::not_found(format!("there is no user {id}"));
    let local_id = LocalId(id.parse().map_err(|_| missing())?);
    let store = app.engine.store();
    let mut found = users::by_ids(store.reader(), store.dialect(), [local_id]).await?;
    let row = found.remove(&local_id).ok_or_else(missing)?;
    user_views(&app, &[row]).await?.pop().map(Json).ok_or_else(missing)
}

/// Which departments are listed.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DepartmentQuery {
    /// Only those with this as part of their title, without regard to case.
    pub(crate) search: Option<String>,
    /// Only those that the source of this name gave; it may be deleted.
    pub(crate) source: Option<String>,
    /// Only those right below the department with this id, or `root`: those without a parent.
    #[param(value_type = Option<String>, pattern = r"^(root|[0-9]+)$", example = "root")]
    pub(crate) parent: Option<Parent>,
    /// The deleted ones instead.
    #[serde(default)]
    #[param(default = false)]
    pub(crate) deleted: bool,
}

/// A place in the tree.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Parent {
    Root,
    Department(LocalId),
}

impl TryFrom<String> for Parent {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "root" => Ok(Self::Root),
            id => {
                let id = id.parse().map_err(|_| format!("`{id}` is neither an id nor `root`"))?;
                Ok(Self::Department(LocalId(id)))
            }
        }
    }
}

/// Lists departments by id.
#[utoipa::path(
    get, path = "/departments", tag = "directory", operation_id = "listDepartments",
    params(Paging<IdCursor>, DepartmentQuery),
    responses((status = 200, description = "a page of them", body = Page<view::Department>)),
)]
pub(crate) async fn departments(
    State(app): State<App>,
    Listed(paging, query): Listed<IdCursor, DepartmentQuery>,
) -> Result<Json<Page<view::Department>>, Problem> {
    let DepartmentQuery { search, source, parent, deleted } = query;
    let source = source_filter(&app, source).await?;
    let parent = parent.map(|parent| match parent {
        Parent::Root => None,
        Parent::Department(id) => Some(id),
    });
    let after = paging.after().map(|IdCursor(id)| LocalId(*id));
    let filter = DepartmentFilter { search, source, parent, deleted, after };
    let found = departments::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let Looked { found: mut rows, until } = found;
    let next = paging.cut(&mut rows, |last| last.id.to_string());
    let next = next.or(until.map(|last| last.to_string()));
    Ok(page(department_views(&app, &rows).await?, next))
}

/// Shows a department, also a deleted one.
#[utoipa::path(
    get, path = "/departments/{id}", tag = "directory", operation_id = "getDepartment",
    params(ById),
    responses(
        (status = 200, description = "the department", body = view::Department),
        (status = 404, description = "there is no such department"),
    ),
)]
pub(crate) async fn department(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<Json<view::Department>, Problem> {
    let missing = || Problem::not_found(format!("there is no department {id}"));
    let local_id = LocalId(id.parse().map_err(|_| missing())?);
    let store = app.engine.store();
    let mut found = departments::by_ids(store.reader(), store.dialect(), [local_id]).await?;
    let row = found.remove(&local_id).ok_or_else(missing)?;
    department_views(&app, &[row]).await?.pop().map(Json).ok_or_else(missing)
}

/// References that lead nowhere, as they are shown, by the user or department that has them.
async fn shown(
    app: &App,
    found: Vec<Dangling>,
    names: &HashMap<i64, String>,
) -> Result<HashMap<i64, Vec<view::Dangling>>, StoreError> {
    let (reader, dialect) = (app.engine.store().reader(), app.engine.store().dialect());
    let mut by_source: HashMap<i64, Vec<&Dangling>> = HashMap::new();
    for reference in &found {
        by_source.entry(reference.source_id).or_default().push(reference);
    }
    let mut shown: HashMap<i64, Vec<view::Dangling>> = HashMap::new();
    for (source, references) in by_source {
        let uids: BTreeSet<&str> = references.iter().map(|reference| reference.uid.as_str()).collect();
        let others = dangling::elsewhere(reader, dialect, SourceId(source), uids).await?;
        for reference in references {
            shown.entry(reference.id).or_default().push(view::Dangling {
                source: names.get(&source).cloned(),
                uid: reference.uid.clone(),
                other_sources: others.get(&reference.uid).cloned().unwrap_or_default(),
            });
        }
    }
    Ok(shown)
}

async fn user_views(app: &App, rows: &[UserRow]) -> Result<Vec<view::User>, StoreError> {
    let (store, ids) = (app.engine.store(), || rows.iter().map(|row| LocalId(row.id)));
    let (reader, dialect) = (store.reader(), store.dialect());
    let names = sources::names(reader).await?;
    let found = dangling::memberships(reader, dialect, ids()).await?;
    let beside = Beside {
        dangling: shown(app, found, &names).await?,
        sources: names,
        deleted_sources: sources::deleted_ids(reader).await?,
        links: records::links(reader, dialect, DataType::User, ids()).await?,
        memberships: memberships::by_user(memberships::in_effect(reader, dialect, ids()).await?),
        ..Beside::default()
    };
    rows.iter().map(|row| view::User::new(row, &beside)).collect()
}

pub(super) async fn department_views(
    app: &App,
    rows: &[DepartmentRow],
) -> Result<Vec<view::Department>, StoreError> {
    let (store, ids) = (app.engine.store(), || rows.iter().map(|row| LocalId(row.id)));
    let (reader, dialect) = (store.reader(), store.dialect());
    let names = sources::names(reader).await?;
    let found = dangling::parents(reader, dialect, ids()).await?;
    let beside = Beside {
        dangling: shown(app, found, &names).await?,
        sources: names,
        deleted_sources: sources::deleted_ids(reader).await?,
        links: records::links(reader, dialect, DataType::Department, ids()).await?,
        parents: departments::parents(reader, dialect, ids()).await?,
        members: store.member_counts(ids()).await?,
        ..Beside::default()
    };
    rows.iter().map(|row| view::Department::new(row, &beside)).collect()
}
