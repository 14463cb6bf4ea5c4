//! Every route, with the scope it needs; what all handlers share; and what is done around each request:
//! its id, its line in the log, and the rendering of problems in the shape that its path promises.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Extension, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tracing::{debug, error, info};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::config::HttpConfig;
use crate::domain::token::{Scope, TokenHash};
use crate::logs::Logs;
use crate::metrics as measured;
use crate::sync::engine::Engine;

use super::admission::{Admission, admit};
use super::answers::Answers;
use super::arriving::watched;
use super::auth::{self, Gatekeeper, peer};
use super::openapi::{self, Description, Document};
use super::plugins::{self, PluginList};
use super::problem::Problem;
use super::server::HostFault;
use super::session::CookieNames;
use super::tls::Tls;
use super::turns::Turns;
use super::unpack::unpack;
use super::view::Data;
use super::{
    compat, deleted_sources, directory, events, health, metrics, push, release, sources, targets, tasks,
    tokens,
};

/// The header with a request's id: taken from the client if it gives a usable one.
pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Routes whose answers may take as long as they take: pushes wait for their turn, and plugins have time
/// limits of their own.
const PATIENT: [&str; 9] = [
    "/api/v1/sources/{name}/records",
    "/api/userData:push",
    "/api/v1/sources/{name}/check",
    "/api/v1/plugins/rescan",
    "/sources/new",
    "/sources/{name}/edit",
    "/sources/{name}/check",
    "/plugins",
    "/plugins/{name}/add",
];

/// Routes that are asked for to see whether the daemon is well, so that they wait for nobody.
const AT_ONCE: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// What all handlers share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) engine: Engine,
    pub(crate) plugins: Arc<dyn PluginList>,
    pub(crate) gatekeeper: Arc<Gatekeeper>,
    pub(crate) settings: Settings,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) admission: Arc<Admission>,
    turns: Arc<Turns>,
    pub(crate) logs: Logs,
    pub(crate) cookies: CookieNames,
}

/// What can be set about requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// The limits of bodies, pushes and answers.
    pub http: HttpConfig,
    /// Whether the metrics can be had without a token.
    pub public_metrics: bool,
}

impl App {
    /// What the handlers work with; the admin token is accepted with every scope.
    pub fn new(
        engine: Engine,
        plugins: Arc<dyn PluginList>,
        admin: TokenHash,
        settings: Settings,
        logs: Logs,
        cookies: CookieNames,
    ) -> Self {
        let admission = Admission::new(&settings.http);
        let gatekeeper = Arc::new(Gatekeeper::new(admin, settings.http.failed_tokens_per_minute));
        let turns = Turns::new();
        Self { engine, plugins, gatekeeper, settings, tls: None, admission, turns, logs, cookies }
    }

    /// With the certificate of which `/readyz` tells how it stands.
    #[must_use]
    pub fn with_tls(self, tls: Option<Arc<Tls>>) -> Self {
        Self { tls, ..self }
    }

    /// The daemon's logs, for those who look at them.
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// What knows the tokens, so that the daemon can have their uses noted.
    pub fn gatekeeper(&self) -> Arc<Gatekeeper> {
        Arc::clone(&self.gatekeeper)
    }
}

/// All routes, at /openapi.json their description, and beside them the pages, which also answer where nothing is.
pub fn router(app: App, pages: Router<App>) -> Router {
    let (router, mut description) = routes(&app).split_for_parts();
    openapi::finish(&mut description);
    router
        .layer(Extension(Document::new(&description)))
        .merge(pages)
        .layer(middleware::from_fn_with_state(app.clone(), around))
        .with_state(app)
}

/// The routes, each made of a handler that describes itself with `#[utoipa::path]`.
fn routes(app: &App) -> OpenApiRouter<App> {
    let needs = |scope: Scope, (schemas, paths, methods): UtoipaMethodRouter<App>| {
        let check = middleware::from_fn_with_state((app.clone(), scope), auth::require);
        (schemas, openapi::behind(scope, paths), methods.route_layer(check))
    };
    let read = |routes| needs(Scope::Read, routes);
    let operate = |routes| needs(Scope::Operate, routes);
    let admin = |routes| needs(Scope::Admin, routes);
    // A push has its place before it is unpacked, and both stand behind the check of the token, so that
    // nobody makes us work for nothing.
    let push = |routes: UtoipaMethodRouter<App>| {
        let unpacked =
            routes.map(|methods| methods.route_layer(middleware::from_fn_with_state(app.clone(), unpack)));
        let admitted =
            unpacked.map(|methods| methods.route_layer(middleware::from_fn_with_state(app.clone(), admit)));
        needs(Scope::Push, admitted)
    };
    let v1 = OpenApiRouter::default()
        .routes(read(routes!(plugins::list)))
        .routes(admin(routes!(plugins::rescan)))
        .routes(read(routes!(plugins::source_types)))
        .routes(read(routes!(sources::list)))
        .routes(admin(routes!(sources::create)))
        .routes(read(routes!(sources::read)))
        .routes(admin(routes!(sources::change, sources::remove)))
        .routes(operate(routes!(sources::check)))
        .routes(operate(routes!(sources::sync)))
        .routes(read(routes!(deleted_sources::list)))
        .routes(admin(routes!(deleted_sources::restore)))
        .routes(admin(routes!(deleted_sources::take_away)))
        .routes(read(routes!(targets::types)))
        .routes(read(routes!(targets::list)))
        .routes(admin(routes!(targets::create)))
        .routes(read(routes!(targets::read)))
        .routes(admin(routes!(targets::change, targets::remove)))
        .routes(operate(routes!(targets::check)))
        .routes(operate(routes!(targets::backfill)))
        .routes(operate(routes!(targets::retry)))
        .routes(read(routes!(targets::deliveries)))
        .routes(push(routes!(push::push)))
        .routes(read(routes!(tasks::list)))
        .routes(read(routes!(tasks::read)))
        .routes(read(routes!(tasks::changes)))
        .routes(read(routes!(events::events)))
        .routes(operate(routes!(tasks::retry)))
        .routes(operate(routes!(tasks::approve)))
        .routes(operate(routes!(tasks::reject)))
        .routes(operate(routes!(tasks::cancel)))
        .routes(operate(routes!(tasks::undo)))
        .routes(admin(routes!(tokens::list)))
        .routes(admin(routes!(tokens::create)))
        .routes(admin(routes!(tokens::revoke)))
        .routes(read(routes!(directory::users)))
        .routes(read(routes!(directory::user)))
        .routes(operate(routes!(release::free)))
        .routes(operate(routes!(release::adopt)))
        .routes(read(routes!(directory::departments)))
        .routes(read(routes!(directory::department)));
    let metrics = routes!(metrics::metrics);
    OpenApiRouter::with_openapi(Description::openapi())
        .nest("/api/v1", v1)
        .routes(push(routes!(compat::push)))
        .routes(operate(routes!(compat::pull)))
        .routes(operate(routes!(compat::retry)))
        .routes(read(routes!(compat::list_sync_types)))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(if app.settings.public_metrics { metrics } else { read(metrics) })
        .routes(routes!(openapi::document))
}

/// The id of a request, which its answer bears and the log has its lines under.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Handles a request on a task of its own: a client that goes away must not stop a handler halfway, for
/// instance between adding a task and starting it, and a panic is answered like any other failure.
async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (start, counted) = (Instant::now(), measured::request());
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let limits = &app.settings.http;
    let refused = request.extensions().get::<HostFault>().map(|fault| fault.problem().into_response());
    let handled = match refused {
        Some(refused) => Ok(Ok(refused)),
        None => {
            let is_one_of =
                |routes: &[&str]| route.as_ref().is_some_and(|route| routes.contains(&route.as_str()));
            let is_patient = is_one_of(&PATIENT);
            let waits = method == Method::GET && !is_patient && !is_one_of(&AT_ONCE);
            let turns = waits.then(|| Arc::clone(&app.turns));
            let handling = tokio::spawn(in_turn(turns, watched(request, limits), next));
            match is_patient {
                true => Ok(handling.await),
                false => tokio::time::timeout(limits.answer_timeout, handling).await,
            }
        }
    };
    let mut response = match handled {
        Ok(Ok(response)) => response,
        Ok(Err(reason)) => Problem::internal(reason).into_response(),
        Err(_) => late(limits.answer_timeout).into_response(),
    };
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| untold(&response));
    if let Some(problem) = &problem
        && !is_page(&response)
    {
        response = render(problem, response.headers(), &path, &id);
    }
    let (status, took) = (response.status().as_u16(), start.elapsed());
    let ms = took.as_millis();
    measured::answered(route.as_ref().map_or("none", MatchedPath::as_str), method.as_str(), status, took);
    drop(counted);
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
    mind(response.headers_mut(), &app);
    response
}

/// Handles a request once it is its turn; without turns, at once. The turn stays with the answer until there is room
/// for that: see [`super::server`].
async fn in_turn(turns: Option<Arc<Turns>>, request: Request, next: Next) -> Response {
    let Some(turns) = turns else { return next.run(request).await };
    let client = peer(request.extensions());
    let answers = request.extensions().get::<Arc<Answers>>();
    let is_slow = answers.is_some_and(|answers| !answers.has_room(client));
    match turns.take(client, is_slow).await {
        Ok(turn) => {
            let mut response = next.run(request).await;
            response.extensions_mut().insert(turn);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// What browsers and proxies must mind, unless a route says otherwise: answers hold what is not for everybody, so nobody
/// keeps them, and nobody guesses what they are. Over TLS, browsers come back over TLS (RFC 6797).
fn mind(headers: &mut HeaderMap, app: &App) {
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    let seconds = app.settings.http.hsts_max_age.as_secs();
    if app.tls.is_some()
        && seconds > 0
        && let Ok(value) = HeaderValue::from_str(&format!("max-age={seconds}"))
    {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(value);
    }
}

/// The handler goes on; only nobody waits for it any more.
fn late(patience: Duration) -> Problem {
    let patience = humantime::format_duration(patience);
    Problem::unavailable(format!("there was no answer within {patience}; what was asked may still be done"))
}

/// The problem of an answer that the framework gave, which says no more than its status.
pub(crate) fn untold(response: &Response) -> Option<Problem> {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|media| media == "application/json");
    (failed && !is_json && !is_page(response)).then(|| Problem::of_status(status))
}

/// Whether an answer is for people already.
pub(crate) fn is_page(response: &Response) -> bool {
    let media = response.headers().get(CONTENT_TYPE);
    media.is_some_and(|media| media.as_bytes().starts_with(b"text/html"))
}

/// A problem as whoever asked for a path reads it, with the headers of the answer that it stands for.
pub(super) fn render(problem: &Problem, headers: &HeaderMap, path: &str, id: &str) -> Response {
    let mut response = if compat::is_compatible(path) {
        problem.respond("application/json", &Data::from(problem))
    } else {
        problem.respond("application/problem+json", &problem.told(id))
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
