//! What people do about a user whom no source gives any more.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::auth::By;
use crate::http::body::Given;
use crate::http::path::ById;
use crate::http::problem::Problem;
use crate::http::query::{Nothing, Query};
use crate::http::release::{self, Adoption};
use crate::http::router::App;

use crate::web::fields::Fields;
use crate::web::notice::Notice;
use crate::web::page::{Answer, done};

/// Frees a user's username and e-mail, and leads to the task that does.
pub(in crate::web) async fn free(State(app): State<App>, by: By, Path(ById { id }): Path<ById>) -> Answer {
    match release::begin(&app, by, &id).await {
        Ok(task) => done(&format!("/tasks/{}", task.id), &Notice::new("notice-user-freed")),
        Err(problem) => refused(&id, problem),
    }
}

/// Gives a user to another record.
pub(in crate::web) async fn adopt(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    fields: Fields,
) -> Answer {
    let (source, uid) = (fields.text("source").to_owned(), fields.text("uid").to_owned());
    let given = Given(Adoption { source, uid });
    let path = Path(ById { id: id.clone() });
    match release::adopt(State(app), path, Query(Nothing {}), given).await {
        Ok(Json(user)) => done(&format!("/users/{}", user.id), &Notice::new("notice-user-adopted")),
        Err(problem) => refused(&id, problem),
    }
}

fn refused(id: &str, problem: Problem) -> Answer {
    match problem.status {
        StatusCode::CONFLICT => done(&format!("/users/{id}"), &Notice::new("notice-refused-user")),
        _ => Err(problem),
    }
}
