//! What filters let one choose from.

use axum::http::StatusCode;

use crate::http::problem::Problem;
use crate::http::router::App;
use crate::http::sources;

use super::frame::Frame;

/// The names of the sources, and of the chosen one though it is deleted: what it gave is still there.
pub(super) async fn source_names(app: &App, chosen: Option<&str>) -> Result<Vec<String>, Problem> {
    let mut names = sources::all_names(app).await?;
    if let Some(chosen) = chosen
        && !names.iter().any(|name| name == chosen)
    {
        names.push(chosen.to_owned());
    }
    Ok(names)
}

/// Leaves out a source that there never was: a link may be older than the database.
pub(super) async fn known_source(
    app: &App,
    frame: Frame,
    chosen: &mut Option<String>,
) -> Result<Frame, Problem> {
    match sources::source_filter(app, chosen.clone()).await {
        Ok(_) => Ok(frame),
        Err(problem) if problem.status == StatusCode::BAD_REQUEST => {
            *chosen = None;
            Ok(frame.leave_out("source"))
        }
        Err(problem) => Err(problem),
    }
}
