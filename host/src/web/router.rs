//! Every page, with the scope that it needs.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};

use crate::domain::token::Scope;
use crate::http::problem::Problem;
use crate::http::router::App;

use super::{
    assets, guard, live, login, logs, overview, people, plugins, preferences, sources, targets, tasks, tokens,
};

/// All pages, and what is said where there is none.
pub fn pages(app: &App) -> Router<App> {
    let needs = |scope: Scope, methods: MethodRouter<App>| {
        methods.route_layer(middleware::from_fn_with_state((app.clone(), scope), guard::enter))
    };
    let read = |methods| needs(Scope::Read, methods);
    let operate = |methods| needs(Scope::Operate, methods);
    let admin = |methods| needs(Scope::Admin, methods);
    let pages = Router::new()
        .route("/login", get(login::form).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/preferences", post(preferences::keep))
        .route("/live", read(get(live::live)))
        .route("/", read(get(overview::overview)))
        .route("/sources", read(get(sources::list)))
        .route("/sources/new", admin(get(sources::new).post(sources::create)))
        .route("/sources/{name}", read(get(sources::detail)))
        .route("/sources/{name}/edit", admin(get(sources::edit).post(sources::change)))
        .route("/sources/{name}/sync", operate(post(sources::sync)))
        .route("/sources/{name}/check", operate(post(sources::check)))
        .route("/sources/{name}/enable", admin(post(sources::enable)))
        .route("/sources/{name}/disable", admin(post(sources::disable)))
        .route("/sources/{name}/delete", admin(post(sources::delete)))
        .route("/deleted-sources/{id}/restore", admin(post(sources::restore)))
        .route("/deleted-sources/{id}/disable", admin(post(sources::take_disabled)))
        .route("/deleted-sources/{id}/delete", admin(post(sources::take_deleted)))
        .route("/tasks", read(get(tasks::list)))
        .route("/tasks/{id}", read(get(tasks::changes)))
        .route("/tasks/{id}/records", read(get(tasks::records)))
        .route("/tasks/{id}/log", read(get(tasks::log)))
        .route("/tasks/{id}/failures.csv", read(get(tasks::failures)))
        .route("/tasks/{id}/cancel", operate(post(tasks::cancel)))
        .route("/tasks/{id}/approve", operate(post(tasks::approve)))
        .route("/tasks/{id}/reject", operate(post(tasks::reject)))
        .route("/tasks/{id}/retry", operate(post(tasks::retry)))
        .route("/tasks/{id}/undo", operate(post(tasks::undo)))
        .route("/users", read(get(people::users)))
        .route("/users/{id}", read(get(people::user)))
        .route("/users/{id}/free", operate(post(people::free)))
        .route("/users/{id}/adopt", operate(post(people::adopt)))
        .route("/departments", read(get(people::departments)))
        .route("/departments/{id}", read(get(people::department)))
        .route("/departments/{id}/branches", read(get(people::branch)))
        .route("/plugins", read(get(plugins::list)).merge(admin(post(plugins::rescan))))
        .route("/plugins/{name}", read(get(plugins::read)))
        .route("/plugins/{name}/add", admin(post(plugins::add)))
        .route("/targets/{name}", read(get(targets::target)))
        .route("/targets/{name}/retry", operate(post(targets::retry)))
        .route("/tokens", admin(get(tokens::list).post(tokens::create)))
        .route("/tokens/new", admin(get(tokens::form)))
        .route("/tokens/{id}/revoke", admin(post(tokens::revoke)))
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
