//! Whether the daemon lives and whether it can work; for supervisors, without a token, so without
//! anything that is nobody's business.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tracing::warn;

use super::body::Answer;
use super::router::App;

/// GET /healthz
pub(crate) async fn alive() -> Answer {
    Json(json!({"status": "ok"}))
}

/// GET /readyz
pub(crate) async fn ready(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let database = app.engine.store().ping().await;
    if let Err(reason) = &database {
        warn!("not ready: {reason}");
    }
    let trouble = app.plugins.trouble();
    if let Some(reason) = &trouble {
        warn!("not ready: {reason}");
    }
    let stopping = app.engine.is_stopping();
    let ready = database.is_ok() && trouble.is_none() && !stopping;
    let word = |fine: bool| if fine { "ok" } else { "failed" };
    let body = json!({
        "status": match (ready, stopping) {
            (true, _) => "ready",
            (false, true) => "stopping",
            (false, false) => "not ready",
        },
        "database": word(database.is_ok()),
        "plugins": word(trouble.is_none()),
    });
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}
