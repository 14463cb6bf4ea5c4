//! What is done with a source by pressing a button: sync, enable, disable, delete.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use crate::http::auth::By;
use crate::http::body::{Given, parse_value};
use crate::http::deleted_sources::{self, Records};
use crate::http::path::{ById, ByName};
use crate::http::problem::Problem;
use crate::http::query::{Nothing, Query};
use crate::http::router::App;
use crate::http::sources::{self, RemoveQuery, SyncOrder};
use crate::web::fields::Fields;
use crate::web::notice::Notice;
use crate::web::page::{Answer, done};

/// Starts a sync, and leads to its task; or to the one that runs already.
pub(in crate::web) async fn sync(
    State(app): State<App>,
    by: By,
    Path(ByName { name }): Path<ByName>,
    fields: Fields,
) -> Answer {
    let mode = Some(fields.text("mode")).filter(|mode| !mode.is_empty()).unwrap_or("full");
    let order = json!({"mode": mode, "dryRun": fields.text("dryRun") == "true"});
    let order: SyncOrder = parse_value("", order)?;
    match sources::begin(&app, by, &name, &order).await {
        Ok(task) => {
            done(&format!("/tasks/{}", task.id), &Notice::new("notice-sync-started").with("name", name))
        }
        Err(problem) => to_its_task(problem, Notice::new("notice-source-running").with("name", name)),
    }
}

pub(in crate::web) async fn enable(State(app): State<App>, Path(by): Path<ByName>) -> Answer {
    let notice = Notice::new("notice-source-enabled").with("name", &by.name);
    switch(app, by, true, &notice).await
}

pub(in crate::web) async fn disable(State(app): State<App>, Path(by): Path<ByName>) -> Answer {
    let notice = Notice::new("notice-source-disabled").with("name", &by.name);
    switch(app, by, false, &notice).await
}

async fn switch(app: App, by: ByName, enabled: bool, notice: &Notice) -> Answer {
    let path = format!("/sources/{}", by.name);
    let patch = Given(parse_value("", json!({"enabled": enabled}))?);
    let Json(_) = sources::change(State(app), Path(by), Query(Nothing {}), patch).await?;
    done(&path, notice)
}

/// Deletes it, or leads to the task that must end first.
pub(in crate::web) async fn delete(
    State(app): State<App>,
    starter: By,
    Path(by): Path<ByName>,
    fields: Fields,
) -> Answer {
    let name = by.name.clone();
    let records = match fields.text("records") {
        "" => None,
        records => Some(parse_value("records", json!(records))?),
    };
    match sources::remove(State(app), starter, Path(by), Query(RemoveQuery { records })).await {
        Ok(_) => done("/sources", &Notice::new("notice-source-deleted").with("name", name)),
        Err(problem) => to_its_task(problem, Notice::new("notice-source-busy").with("name", name)),
    }
}

/// Restores a deleted one, and leads to it.
pub(in crate::web) async fn restore(State(app): State<App>, by: Path<ById>) -> Answer {
    let Json(source) = deleted_sources::restore(State(app), by, Query(Nothing {})).await?;
    let notice = Notice::new("notice-source-restored").with("name", &source.name);
    done(&format!("/sources/{}", source.name), &notice)
}

/// Disables what a deleted one gave, and leads to the task.
pub(in crate::web) async fn take_disabled(State(app): State<App>, starter: By, by: Path<ById>) -> Answer {
    take_away(app, starter, by, Records::Disable).await
}

/// Deletes what a deleted one gave, and leads to the task.
pub(in crate::web) async fn take_deleted(State(app): State<App>, starter: By, by: Path<ById>) -> Answer {
    take_away(app, starter, by, Records::Delete).await
}

async fn take_away(app: App, starter: By, Path(by): Path<ById>, records: Records) -> Answer {
    match deleted_sources::begin(&app, starter, &by.id, records).await {
        Ok((source, task)) => {
            let notice = Notice::new("notice-records-taken").with("name", source.name);
            done(&format!("/tasks/{}", task.id), &notice)
        }
        Err(problem) => to_its_task(problem, Notice::new("notice-deleted-source-busy")),
    }
}

/// A problem with a task is told where that task is.
fn to_its_task(problem: Problem, notice: Notice) -> Answer {
    match (problem.slug, problem.task) {
        (Some("already-running" | "source-busy"), Some(task)) => done(&format!("/tasks/{task}"), &notice),
        _ => Err(problem),
    }
}
