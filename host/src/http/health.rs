//! Whether the daemon lives and whether it can work; for supervisors, without a token, so without
//! anything that is nobody's business.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use tracing::warn;
use utoipa::ToSchema;

use super::plugins::Standing;
use super::router::App;

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    status: &'static str,
}

/// Whether the daemon can work, and what keeps it from that.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Readiness {
    status: Stage,
    /// Whether the database answers, and takes what is written.
    database: Part,
    /// What is wrong with the database, and what to do; absent if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    database_detail: Option<String>,
    /// Whether the disks of the database and of the logs have room: below `storage.min_free_bytes`, no task
    /// starts or goes on.
    disk: Part,
    /// Which disk has too little room, how much, and what to do; absent if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    disk_detail: Option<String>,
    /// Whether plugins.toml can be understood. While it can't and could before, the plugins stay as they were.
    plugins: PluginsPart,
    /// What is wrong with plugins.toml, with line and key; absent if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    plugins_detail: Option<String>,
    /// Whether the certificate is the one in its file and still valid; absent without TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tls: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReadinessStatus)]
enum Stage {
    #[serde(rename = "ready")]
    Ready,
    #[serde(rename = "not ready")]
    NotReady,
    #[serde(rename = "stopping")]
    Stopping,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ReadinessPart)]
enum Part {
    Ok,
    Failed,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ReadinessPlugins)]
enum PluginsPart {
    Ok,
    Stale,
    Failed,
}

/// Says that the daemon lives.
///
/// Nothing is looked at: an answer is all there is to know.
#[utoipa::path(
    get, path = "/healthz", tag = "health", operation_id = "getHealth",
    responses((status = 200, description = "it does", body = Health)),
)]
pub(crate) async fn alive() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Says whether the daemon can work.
///
/// The log says more about what is wrong.
#[utoipa::path(
    get, path = "/readyz", tag = "health", operation_id = "getReadiness",
    responses(
        (status = 200, description = "it can", body = Readiness),
        (status = 503, description = "it can't, or is stopping", body = Readiness),
    ),
)]
pub(crate) async fn ready(State(app): State<App>) -> (StatusCode, Json<Readiness>) {
    let store = app.engine.store();
    let database = match store.trouble().await {
        Some(trouble) => Err(trouble.to_string()),
        None => store.ping().await.map_err(|failure| {
            let told = failure.trouble().map_or_else(|| "it does not answer".to_owned(), |it| it.to_string());
            warn!("not ready: {failure}");
            told
        }),
    };
    let disk = app.engine.check_space().await;
    // The registry has logged what is wrong, if something is.
    let standing = app.plugins.standing();
    let plugins = match standing {
        Standing::Current => PluginsPart::Ok,
        Standing::Stale(_) => PluginsPart::Stale,
        Standing::Failed(_) => PluginsPart::Failed,
    };
    let stopping = app.engine.is_stopping();
    let ready = database.is_ok() && disk.is_ok() && !matches!(standing, Standing::Failed(_)) && !stopping;
    let part = |fine: bool| if fine { Part::Ok } else { Part::Failed };
    let body = Readiness {
        status: match (ready, stopping) {
            (true, _) => Stage::Ready,
            (false, true) => Stage::Stopping,
            (false, false) => Stage::NotReady,
        },
        database: part(database.is_ok()),
        database_detail: database.err(),
        disk: part(disk.is_ok()),
        disk_detail: disk.err().map(|reason| reason.to_string()),
        plugins,
        plugins_detail: standing.trouble(),
        tls: app.tls.as_ref().map(|tls| tls.standing(Timestamp::now()).as_str()),
    };
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}
