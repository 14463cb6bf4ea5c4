//! What an operator does about a user whom no source gives any more: free what it holds, or give it to another
//! record.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::LocalId;
use crate::domain::record;
use crate::domain::task::Task;

use super::auth::By;
use super::body::{Given, NotGiven};
use super::directory;
use super::path::ById;
use super::problem::Problem;
use super::query::{Nothing, Query};
use super::router::App;
use super::sources::accepted;
use super::view;

/// To which record a user is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"source": "ldap", "uid": "new-uid"}))]
pub(crate) struct Adoption {
    /// The name of the record's source.
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) source: String,
    /// The record's uid. The source need not have given it yet.
    #[schema(min_length = 1, max_length = 255)]
    pub(crate) uid: String,
}

/// Frees the username and e-mail of a user whom no source gives any more.
///
/// The user is deleted by a task of the source from which it is missing, which can be undone like any other.
#[utoipa::path(
    post, path = "/users/{id}/free", tag = "directory", operation_id = "freeUser",
    params(ById),
    responses(
        (status = 202, description = "the task, which goes on by itself", body = view::Accepted),
        (status = 404, description = "there is no such user"),
        (status = 409, description = "`still-given`: a source gives the user; `not-missing`: none that is left ever \
            did; `user-deleted`: it is deleted already; `source-disabled`"),
    ),
)]
pub(crate) async fn free(
    State(app): State<App>,
    By(by): By,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<Response, Problem> {
    let task = begin(&app, By(by), &id).await?;
    Ok(accepted(&task, view::Accepted::new(&task)))
}

/// Begins the task that frees a user.
pub(crate) async fn begin(app: &App, By(by): By, id: &str) -> Result<Task, Problem> {
    Ok(app.engine.free_user(user_id(id)?, by).await?)
}

/// Gives a user to a record of a source, in the place of the one that the source no longer gives.
///
/// The next sync or push of that record, or a retry of the task in which it failed, goes on with this user.
#[utoipa::path(
    post, path = "/users/{id}/adopt", tag = "directory", operation_id = "adoptUser",
    params(ById), request_body = Adoption,
    responses(
        (status = 200, description = "the user", body = view::User),
        (status = 404, description = "there is no such user or source"),
        (status = 409, description = "`still-given`: the source gives the user; `uid-taken`: the uid is another \
            user's, or this one's; `user-deleted`; `source-disabled`"),
        NotGiven,
    ),
)]
pub(crate) async fn adopt(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    query: Query<Nothing>,
    Given(Adoption { source, uid }): Given<Adoption>,
) -> Result<Json<view::User>, Problem> {
    let uid = record::uid(uid.into()).map_err(|reason| Problem::invalid("uid", reason))?;
    app.engine.adopt_user(user_id(&id)?, &source, &uid).await?;
    directory::user(State(app), Path(ById { id }), query).await
}

fn user_id(text: &str) -> Result<LocalId, Problem> {
    let id = text.parse().map(LocalId);
    id.map_err(|_| Problem::not_found(format!("there is no user {text}; a user's id is a number")))
}
