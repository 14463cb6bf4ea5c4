//! What filters let one choose from.

use crate::http::problem::Problem;
use crate::http::router::App;
use crate::http::sources;

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
