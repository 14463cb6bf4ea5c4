//! Every page, with the scope that it needs.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};

use crate::domain::token::Scope;
use crate::http::problem::Problem;
use crate::http::router::App;

use super::{assets, guard, live, login, logs, overview, people, preferences, tasks};

/// All pages, and what is said where there is none.
pub fn pages(app: &App) -> Router<App> {
    let needs = |scope: Scope, methods: MethodRouter<App>| {
        methods.route_layer(middleware::from_fn_with_state((app.clone(), scope), guard::enter))
    };
    let read = |methods| needs(Scope::Read, methods);
    let pages = Router::new()
        .route("/login", get(login::form).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/preferences", post(preferences::keep))
        .route("/live", read(get(live::live)))
        .route("/", read(get(overview::overview)))
        .route("/tasks", read(get(tasks::list)))
        .route("/users", read(get(people::users)))
        .route("/users/{id}", read(get(people::user)))
        .route("/departments", read(get(people::departments)))
        .route("/departments/{id}", read(get(people::department)))
        .route("/departments/{id}/branches", read(get(people::branch)))
        .route("/logs", read(get(logs::events)))
        .route("/logs/new/{place}", read(get(logs::news)))
        .route("/logs/events/{place}", read(get(logs::event)))
        .route("/logs/records", read(get(logs::records)))
        .route("/logs/records/{place}", read(get(logs::record)))
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND))
        .layer(middleware::from_fn_with_state(app.clone(), guard::dress));
    // Whoever asks for a static file need not be known.
    Router::new().route("/static/{digest}/{name}", get(assets::asset)).merge(pages)
}
