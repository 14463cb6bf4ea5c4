//! What people do about tasks. Afterwards they see the task again, with what was done, or why it was not.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::auth::By;
use crate::http::path::ById;
use crate::http::problem::Problem;
use crate::http::query::{Nothing, Query};
use crate::http::router::App;
use crate::http::tasks::{self, UndoOrder};

use crate::web::fields::Fields;
use crate::web::notice::Notice;
use crate::web::page::{Answer, done};

/// Stops a task.
pub(in crate::web) async fn cancel(State(app): State<App>, Path(ById { id }): Path<ById>) -> Answer {
    let stopped = tasks::cancel(State(app), Path(ById { id: id.clone() }), Query(Nothing {})).await;
    back(&id, stopped.map(drop), Notice::new("notice-task-cancelled"))
}

/// Has a held plan applied.
pub(in crate::web) async fn approve(State(app): State<App>, Path(ById { id }): Path<ById>) -> Answer {
    let approved = tasks::approve(State(app), Path(ById { id: id.clone() }), Query(Nothing {})).await;
    back(&id, approved.map(drop), Notice::new("notice-task-approved"))
}

/// Gives a held plan up.
pub(in crate::web) async fn reject(State(app): State<App>, Path(ById { id }): Path<ById>) -> Answer {
    let rejected = tasks::reject(State(app), Path(ById { id: id.clone() }), Query(Nothing {})).await;
    back(&id, rejected.map(drop), Notice::new("notice-task-rejected"))
}

/// Tries a task again.
pub(in crate::web) async fn retry(State(app): State<App>, Path(ById { id }): Path<ById>) -> Answer {
    let retried = tasks::retry(State(app), Path(ById { id: id.clone() }), Query(Nothing {})).await;
    back(&id, retried.map(drop), Notice::new("notice-task-retried"))
}

/// Has a task of its own take back what another one did, or say what it would.
pub(in crate::web) async fn undo(
    State(app): State<App>,
    by: By,
    Path(ById { id }): Path<ById>,
    fields: Fields,
) -> Answer {
    let dry_run = fields.has("dryRun");
    match tasks::begin_undo(&app, by, &id, UndoOrder { dry_run }).await {
        Ok(task) => {
            let notice = match dry_run {
                true => Notice::new("notice-task-undo-dry"),
                false => Notice::new("notice-task-undo"),
            };
            done(&format!("/tasks/{}", task.id), &notice)
        }
        Err(problem) => refused(&id, problem),
    }
}

fn back(id: &str, outcome: Result<(), Problem>, notice: Notice) -> Answer {
    match outcome {
        Ok(()) => done(&format!("/tasks/{id}"), &notice),
        Err(problem) => refused(id, problem),
    }
}

/// A step that the task can't take, since it has moved on or something is in its way, is told on the task's page,
/// which shows how it stands now. Anything else is a page of its own.
fn refused(id: &str, problem: Problem) -> Answer {
    let notice = match (problem.status, problem.slug) {
        (StatusCode::CONFLICT, Some("illegal-step" | "task-moved")) => {
            Notice::new("notice-refused-task-moved")
        }
        (StatusCode::CONFLICT, Some("source-disabled")) => Notice::new("notice-refused-source-disabled"),
        (StatusCode::CONFLICT, Some("already-running")) => Notice::new("notice-refused-already-running"),
        (StatusCode::CONFLICT, Some("not-retriable")) => Notice::new("notice-refused-not-retriable"),
        (StatusCode::CONFLICT, Some("not-undoable")) => Notice::new("notice-refused-not-undoable"),
        _ => return Err(problem),
    };
    done(&format!("/tasks/{id}"), &notice)
}
