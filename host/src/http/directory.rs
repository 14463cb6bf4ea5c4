//! The result: users and departments. What stands beside a page of them is looked up for all at once.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::store::departments::{self, DepartmentFilter, DepartmentRow};
use crate::store::users::{self, UserFilter, UserRow};
use crate::store::{StoreError, memberships, records, sources};

use super::page::{IdCursor, Page, Paging, page};
use super::path::ById;
use super::problem::Problem;
use super::query::{Listed, Nothing, Query};
use super::router::App;
use super::sources::source_filter;
use super::view::{self, Beside};

/// Which users are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// Only those with this as part of their username, nickname, e-mail or phone, without regard to case.
    search: Option<String>,
    /// Only those that the source of this name gave; it may be deleted.
    source: Option<String>,
    /// Only the members of the department with this id.
    #[param(minimum = 0)]
    department: Option<i64>,
    /// The deleted ones instead.
    #[serde(default)]
    #[param(default = false)]
    deleted: bool,
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
    let UserQuery { search, source, department, deleted } = query;
    let source = source_filter(&app, source).await?;
    let department = department.map(LocalId);
    let after = paging.after().map(|IdCursor(id)| LocalId(*id));
    let filter = UserFilter { search, department, source, deleted, after };
    let mut rows = users::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let next = paging.cut(&mut rows, |last| last.id.to_string());
    Ok(page(user_views(&app, &rows).await?, next))
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
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DepartmentQuery {
    /// Only those with this as part of their title, without regard to case.
    search: Option<String>,
    /// Only those that the source of this name gave; it may be deleted.
    source: Option<String>,
    /// Only those right below the department with this id, or `root`: those without a parent.
    #[param(value_type = Option<String>, pattern = r"^(root|[0-9]+)$", example = "root")]
    parent: Option<Parent>,
    /// The deleted ones instead.
    #[serde(default)]
    #[param(default = false)]
    deleted: bool,
}

/// A place in the tree.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
enum Parent {
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
    let mut rows = departments::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let next = paging.cut(&mut rows, |last| last.id.to_string());
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

async fn user_views(app: &App, rows: &[UserRow]) -> Result<Vec<view::User>, StoreError> {
    let (store, ids) = (app.engine.store(), || rows.iter().map(|row| LocalId(row.id)));
    let (reader, dialect) = (store.reader(), store.dialect());
    let beside = Beside {
        sources: sources::names(reader).await?,
        links: records::links(reader, dialect, DataType::User, ids()).await?,
        memberships: memberships::by_user(memberships::in_effect(reader, dialect, ids()).await?),
        ..Beside::default()
    };
    rows.iter().map(|row| view::User::new(row, &beside)).collect()
}

async fn department_views(app: &App, rows: &[DepartmentRow]) -> Result<Vec<view::Department>, StoreError> {
    let (store, ids) = (app.engine.store(), || rows.iter().map(|row| LocalId(row.id)));
    let (reader, dialect) = (store.reader(), store.dialect());
    let beside = Beside {
        sources: sources::names(reader).await?,
        links: records::links(reader, dialect, DataType::Department, ids()).await?,
        parents: departments::parents(reader, dialect, ids()).await?,
        members: departments::member_counts(reader, dialect, ids()).await?,
        ..Beside::default()
    };
    rows.iter().map(|row| view::Department::new(row, &beside)).collect()
}
