//! The result: users and departments. What stands beside a page of them is looked up for all at once.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::domain::data_type::DataType;
use crate::domain::ids::LocalId;
use crate::store::departments::{self, DepartmentFilter, DepartmentRow};
use crate::store::users::{self, UserFilter, UserRow};
use crate::store::{StoreError, memberships, records, sources};

use super::body::Answer;
use super::page::{Page, Paging, page};
use super::problem::Problem;
use super::query::{Parameters, at};
use super::router::App;
use super::sources::source_filter;
use super::view::{self, Beside};

/// GET /api/v1/users
pub(crate) async fn users(State(app): State<App>, mut parameters: Parameters) -> Result<Page, Problem> {
    let paging = Paging::take(&mut parameters)?;
    let (search, source) = (parameters.text("search")?, parameters.text("source")?);
    let department = parameters.number("department")?.map(LocalId);
    let deleted = parameters.flag("deleted")?;
    parameters.end()?;
    let source = source_filter(&app, source).await?;
    let after = paging.after_id()?.map(LocalId);
    let filter = UserFilter { search, department, source, deleted, after };
    let mut rows = users::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let next = paging.cut(&mut rows, |last| last.id.to_string());
    Ok(page(user_views(&app, &rows).await?, next))
}

/// GET /api/v1/users/{id}
pub(crate) async fn user(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let missing = || Problem::not_found(format!("there is no user {id}"));
    let local_id = LocalId(id.parse().map_err(|_| missing())?);
    let store = app.engine.store();
    let mut found = users::by_ids(store.reader(), store.dialect(), [local_id]).await?;
    let row = found.remove(&local_id).ok_or_else(missing)?;
    Ok(one(user_views(&app, &[row]).await?))
}

/// GET /api/v1/departments
pub(crate) async fn departments(State(app): State<App>, mut parameters: Parameters) -> Result<Page, Problem> {
    let paging = Paging::take(&mut parameters)?;
    let (search, source) = (parameters.text("search")?, parameters.text("source")?);
    let parent = match parameters.text("parent")?.as_deref() {
        None => None,
        Some("root") => Some(None),
        Some(id) => {
            let id = id.parse().map_err(|_| at("parent", &format!("`{id}` is neither an id nor `root`")))?;
            Some(Some(LocalId(id)))
        }
    };
    let deleted = parameters.flag("deleted")?;
    parameters.end()?;
    let source = source_filter(&app, source).await?;
    let after = paging.after_id()?.map(LocalId);
    let filter = DepartmentFilter { search, source, parent, deleted, after };
    let mut rows = departments::list(app.engine.store().reader(), &filter, paging.fetch()).await?;
    let next = paging.cut(&mut rows, |last| last.id.to_string());
    Ok(page(department_views(&app, &rows).await?, next))
}

/// GET /api/v1/departments/{id}
pub(crate) async fn department(
    State(app): State<App>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    parameters.end()?;
    let missing = || Problem::not_found(format!("there is no department {id}"));
    let local_id = LocalId(id.parse().map_err(|_| missing())?);
    let store = app.engine.store();
    let mut found = departments::by_ids(store.reader(), store.dialect(), [local_id]).await?;
    let row = found.remove(&local_id).ok_or_else(missing)?;
    Ok(one(department_views(&app, &[row]).await?))
}

fn one(views: Vec<Value>) -> Answer {
    Json(views.into_iter().next().unwrap_or_default())
}

async fn user_views(app: &App, rows: &[UserRow]) -> Result<Vec<Value>, StoreError> {
    let (store, ids) = (app.engine.store(), || rows.iter().map(|row| LocalId(row.id)));
    let (reader, dialect) = (store.reader(), store.dialect());
    let beside = Beside {
        sources: sources::names(reader).await?,
        links: records::links(reader, dialect, DataType::User, ids()).await?,
        memberships: memberships::in_effect(reader, dialect, ids()).await?,
        ..Beside::default()
    };
    rows.iter().map(|row| view::user(row, &beside)).collect()
}

async fn department_views(app: &App, rows: &[DepartmentRow]) -> Result<Vec<Value>, StoreError> {
    let (store, ids) = (app.engine.store(), || rows.iter().map(|row| LocalId(row.id)));
    let (reader, dialect) = (store.reader(), store.dialect());
    let beside = Beside {
        sources: sources::names(reader).await?,
        links: records::links(reader, dialect, DataType::Department, ids()).await?,
        parents: departments::parents(reader, dialect, ids()).await?,
        members: departments::member_counts(reader, dialect, ids()).await?,
        ..Beside::default()
    };
    rows.iter().map(|row| view::department(row, &beside)).collect()
}
