//! Making pages: a template becomes an answer.

use askama::Template;
use axum::Extension;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::http::problem::Problem;

use super::notice::Notice;

/// What a page's handler gives.
pub(super) type Answer = Result<Response, Problem>;

/// A page.
pub(super) fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// A page with another status than 200.
pub(super) fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    let html = template.render().map_err(Problem::internal)?;
    Ok((status, Html(html)).into_response())
}

/// After something is done: where the reader goes on, and what is told there; the guard sends it along.
pub(super) fn done(path: &str, notice: &Notice) -> Answer {
    Ok((Extension(notice.clone()), Redirect::to(path)).into_response())
}

/// Makes a page off the threads that serve requests: how much there is to draw is up to a plugin's vendor.
pub(super) async fn drawn(draw: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    tokio::task::spawn_blocking(draw).await.map_err(Problem::internal)?
}
