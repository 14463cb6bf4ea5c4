//! `GET /metrics`: what has been measured, and what is counted when it is asked for.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use tracing::warn;

use crate::domain::task::Status;
use crate::metrics;
use crate::store::tasks;

use super::plugins::PluginState;
use super::problem::Problem;
use super::query::{Nothing, Query};
use super::router::App;

/// Measures the daemon, for Prometheus.
///
/// A token of scope `read` is needed unless the daemon is set to show this to everybody.
#[utoipa::path(
    get, path = "/metrics", tag = "health", operation_id = "getMetrics",
    responses((status = 200, description = "what has been measured", body = String, content_type = "text/plain")),
)]
pub(crate) async fn metrics(State(app): State<App>, _: Query<Nothing>) -> Result<Response, Problem> {
    match tasks::count_by_status(app.engine.store().reader()).await {
        Ok(counts) => {
            let counts: HashMap<&str, i64> =
                counts.iter().map(|(status, count)| (status.as_str(), *count)).collect();
            for status in Status::ALL.iter().map(|status| status.as_str()) {
                metrics::tasks_in(status, counts.get(status).copied().unwrap_or(0));
            }
        }
        // Whoever looks at metrics while the database is away needs the others all the more.
        Err(reason) => warn!("the metrics tell of no tasks: {reason}"),
    }
    // One without plugins is 0 rather than absent.
    let mut plugins: HashMap<PluginState, i64> = PluginState::ALL.iter().map(|state| (*state, 0)).collect();
    let mut fallen_back = 0;
    for plugin in app.plugins.list() {
        *plugins.entry(plugin.state).or_default() += 1;
        fallen_back += i64::from(plugin.fallback.is_some());
    }
    metrics::plugins_fallen_back(fallen_back);
    plugins.into_iter().for_each(|(state, count)| metrics::plugins_in(state.as_str(), count));
    if let Some(tls) = &app.tls {
        metrics::certificate_expires(tls.expires().as_millisecond() as f64 / 1_000.0);
    }
    let text = metrics::render().map_err(Problem::internal)?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response())
}
