//! Every route, with the scope it needs; what all handlers share; and what is done around each request:
//! its id, its line in the log, and the rendering of problems in the shape that its path promises.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::decompression::RequestDecompressionLayer;
use tracing::{debug, error, info};

use crate::sync::engine::Engine;

use super::auth::{self, Scope, TokenHash};
use super::plugins::{self, PluginList};
use super::problem::Problem;
use super::{compat, directory, health, push, sources, tasks};

/// The header with a request's id: taken from the client if it gives a usable one.
static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What all handlers share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) engine: Engine,
    pub(crate) plugins: Arc<dyn PluginList>,
    pub(crate) admin_token: TokenHash,
    pub(crate) settings: Settings,
}

/// What can be set about pushes.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The longest body of a compatible push, in bytes after decompression.
    pub compatible_push_bytes: usize,
    /// How long a client may send nothing while its records are waited for.
    pub body_patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { compatible_push_bytes: 64 << 20, body_patience: Duration::from_secs(60) }
    }
}

impl App {
    /// What the handlers work with; the token is accepted with every scope.
    pub fn new(
        engine: Engine,
        plugins: Arc<dyn PluginList>,
        admin_token: TokenHash,
        settings: Settings,
    ) -> Self {
        Self { engine, plugins, admin_token, settings }
    }
}

/// All routes.
pub fn router(app: App) -> Router {
    let needs = |scope: Scope, methods: MethodRouter<App>| {
        methods.route_layer(middleware::from_fn_with_state((app.clone(), scope), auth::require))
    };
    let read = |methods| needs(Scope::Read, methods);
    let operate = |methods| needs(Scope::Operate, methods);
    let admin = |methods| needs(Scope::Admin, methods);
    // Decompression stands behind the check of the token, so that nobody makes us unpack for nothing.
    let push = |methods: MethodRouter<App>| {
        needs(Scope::Push, methods.route_layer(RequestDecompressionLayer::new()))
    };
    let v1 = Router::new()
        .route("/plugins", read(get(plugins::list)))
        .route("/plugins/rescan", admin(post(plugins::rescan)))
        .route("/source-types", read(get(plugins::source_types)))
        .route("/sources", read(get(sources::list)).merge(admin(post(sources::create))))
        .route(
            "/sources/{name}",
            read(get(sources::read))
                .merge(admin(axum::routing::patch(sources::change).delete(sources::remove))),
        )
        .route("/sources/{name}/check", operate(post(sources::check)))
        .route("/sources/{name}/sync", operate(post(sources::sync)))
        .route("/sources/{name}/records", push(post(push::push)))
        .route("/tasks", read(get(tasks::list)))
        .route("/tasks/{id}", read(get(tasks::read)))
        .route("/tasks/{id}/changes", read(get(tasks::changes)))
        .route("/tasks/{id}/retry", operate(post(tasks::retry)))
        .route("/tasks/{id}/approve", operate(post(tasks::approve)))
        .route("/tasks/{id}/reject", operate(post(tasks::reject)))
        .route("/tasks/{id}/cancel", operate(post(tasks::cancel)))
        .route("/users", read(get(directory::users)))
        .route("/users/{id}", read(get(directory::user)))
        .route("/departments", read(get(directory::departments)))
        .route("/departments/{id}", read(get(directory::department)));
    Router::new()
        .nest("/api/v1", v1)
        .route("/api/userData:push", push(post(compat::push)))
        .route("/api/userData:pull", operate(post(compat::pull)))
        .route("/api/userData:retry", operate(post(compat::retry)))
        .route("/api/userData:listSyncTypes", read(get(compat::list_sync_types)))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND))
        .layer(middleware::from_fn(around))
        .with_state(app)
}

/// Handles a request on a task of its own: a client that goes away must not stop a handler halfway, for
/// instance between adding a task and starting it, and a panic is answered like any other failure.
async fn around(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = request_id(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let handled = tokio::spawn(next.run(request)).await;
    let mut response = handled.unwrap_or_else(|reason| Problem::internal(reason).into_response());
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| untold(&response));
    if let Some(problem) = &problem {
        response = render(problem, response.headers(), &path, &id);
    }
    let (status, ms) = (response.status().as_u16(), start.elapsed().as_millis());
    match problem.and_then(|problem| problem.cause) {
        Some(cause) => {
            error!(request = id, %method, path, status, ms, "{method} {path} failed with {status}: {cause}");
        }
        None if method == Method::GET && status < 400 => {
            debug!(request = id, %method, path, status, ms, "{method} {path}: {status}");
        }
        None => info!(request = id, %method, path, status, ms, "{method} {path}: {status}"),
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    response
}

/// The problem of an answer that the framework gave, which says no more than its status.
fn untold(response: &Response) -> Option<Problem> {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|media| media == "application/json");
    (failed && !is_json).then(|| Problem::of_status(status))
}

fn render(problem: &Problem, headers: &HeaderMap, path: &str, id: &str) -> Response {
    let mut response = if compat::is_compatible(path) {
        problem.respond("application/json", &compat::error(problem))
    } else {
        problem.respond("application/problem+json", &problem.to_json(id))
    };
    // `allow`, `www-authenticate` and the like.
    for (name, value) in headers {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            response.headers_mut().insert(name.clone(), value.clone());
        }
    }
    response
}

/// The client's id for the request if it is short and plain, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let plain = |id: &&str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        (1..=64).contains(&id.len()) && id.bytes().all(allowed)
    };
    given.filter(plain).map_or_else(|| format!("{:016x}", rand::random::<u64>()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_a_plain_id_of_its_own() {
        let check = |given: &str, kept: bool| {
            let headers = HeaderMap::from_iter([(REQUEST_ID.clone(), HeaderValue::from_str(given).unwrap())]);
            let id = request_id(&headers);
            assert_eq!(id == given, kept, "{given}");
            assert!(!id.is_empty());
        };
        check("abc-1.2_3", true);
        check("", false);
        check("a b", false);
        check(&"x".repeat(65), false);
        assert_eq!(request_id(&HeaderMap::new()).len(), 16);
    }
}
