//! How a refusal or failure looks: what happened, to which thing, and the next step, in the reader's language; and what
//! the daemon says of it, in its own.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};

use crate::http::problem::Problem;

use super::frame::Frame;
use super::page::page_with;

#[derive(Template)]
#[template(path = "failure.html")]
struct Failure<'a> {
    frame: &'a Frame,
    title: String,
    lead: String,
    problem: &'a Problem,
}

/// The page that tells of a problem.
pub(super) fn page(frame: &Frame, problem: &Problem) -> Response {
    let (title, lead) = match problem.status {
        StatusCode::BAD_REQUEST => ("problem-title-400", "problem-lead-400"),
        StatusCode::FORBIDDEN => ("problem-title-403", "problem-lead-403"),
        StatusCode::NOT_FOUND => ("problem-title-404", "problem-lead-404"),
        StatusCode::CONFLICT => ("problem-title-409", "problem-lead-409"),
        StatusCode::UNPROCESSABLE_ENTITY => ("problem-title-422", "problem-lead-422"),
        StatusCode::SERVICE_UNAVAILABLE => ("problem-title-503", "problem-lead-503"),
        _ => ("problem-title-other", "problem-lead-other"),
    };
    let failure = Failure { frame, title: frame.say(title), lead: frame.say(lead), problem };
    let mut response = page_with(problem.status, &failure).unwrap_or_else(IntoResponse::into_response);
    if problem.status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, 5.into());
    }
    response
}
