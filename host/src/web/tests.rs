//! The pages over a real engine and database, asked for as a browser does: with cookies, and with forms. The tests
//! themselves stand in the files of this folder, by page.

mod frame;
pub(super) mod html;
mod links;
mod logs;
mod matrix;
mod people;
mod plugins;
mod sources;
mod tasks;
mod tokens;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::pages;
use crate::http::router::{Settings, router};
use crate::http::tests::{Bench, TOKEN};

/// Somebody at a browser, before a daemon.
pub(super) struct Visit {
    /// What stands behind the pages; its requests go to the API, as admin.
    pub(super) bench: Bench,
    router: Router,
    /// The cookies that the browser keeps, as it sends them.
    cookies: Vec<(String, String)>,
}

/// What a page answered.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) html: String,
}

impl Visit {
    /// Not logged in.
    pub(super) async fn stranger() -> Self {
        Self::of(Settings::default()).await
    }

    /// The same with other settings.
    pub(super) async fn of(settings: Settings) -> Self {
        let bench = Bench::with(settings).await;
        let router = router(bench.app.clone(), pages(&bench.app));
        Self { bench, router, cookies: Vec::new() }
    }

    /// Logged in with every scope.
    pub(super) async fn admin() -> Self {
        let mut visit = Self::stranger().await;
        assert_eq!(visit.log_in(TOKEN).await.status, 303);
        visit
    }

    /// Logged in with a new token of this scope.
    pub(super) async fn with_scope(scope: &str) -> Self {
        let mut visit = Self::stranger().await;
        let token = serde_json::json!({"name": format!("of scope {scope}"), "scope": scope});
        let made = visit.bench.post("/api/v1/tokens", token).await.body;
        assert_eq!(visit.log_in(made["token"].as_str().unwrap()).await.status, 303);
        visit
    }

    pub(super) async fn log_in(&mut self, token: &str) -> Page {
        self.send("POST", "/login", &[], &[("token", token)]).await
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], &[]).await
    }

    /// A page that must be there.
    pub(super) async fn see(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.html);
        page.html
    }

    /// Sends a form of ours.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mark = self.mark().await;
        let fields: Vec<_> = [("csrf", mark.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.send("POST", path, &[], &fields).await
    }

    /// What the forms of the session bring along: the page of sources has one in its frame.
    pub(super) async fn mark(&mut self) -> String {
        let visitor = self.session().unwrap_or_default();
        let (store, now) = (self.bench.engine.store(), jiff::Timestamp::now().as_millisecond());
        let visitor = self.bench.app.gatekeeper().visitor(store, &visitor, now).await.unwrap();
        visitor.map(|visitor| visitor.csrf).unwrap_or_default()
    }

    /// What the session's cookie is called.
    pub(super) fn session_name(&self) -> String {
        self.bench.app.cookies.session(false)
    }

    /// What the session's cookie says.
    pub(super) fn session(&self) -> Option<String> {
        let name = self.session_name();
        self.cookies.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }

    pub(super) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Page {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = Request::builder().method(method).uri(path).header(COOKIE, cookies.join("; "));
        if method != "GET" {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        self.keep(&parts.headers);
        let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Page { status: parts.status.as_u16(), headers: parts.headers, html }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for set in headers.get_all(SET_COOKIE) {
            let set = cookie::Cookie::parse(set.to_str().unwrap().to_owned()).unwrap();
            self.cookies.retain(|(name, _)| name != set.name());
            if set.max_age().is_none_or(|age| !age.is_zero()) {
                self.cookies.push((set.name().to_owned(), set.value().to_owned()));
            }
        }
    }
}

impl Page {
    /// Where it leads, if it does.
    pub(super) fn leads_to(&self) -> Option<&str> {
        self.headers.get(LOCATION).map(|address| address.to_str().unwrap())
    }
}
