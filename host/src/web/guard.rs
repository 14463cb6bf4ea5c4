//! Around every page: who comes (the session's cookie), whether a form may be sent (from our own pages only, with the
//! session's mark in it), what a page may do in the browser, and how a refusal looks. Scopes are those of the API.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, LOCATION, ORIGIN, REFERER, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use crate::domain::token::Scope;
use crate::http::problem::Problem;
use crate::http::router::{App, is_page, untold};
use crate::http::session::Visitor;
use crate::store::StoreError;

use super::cookies::{NoticeCookie, sessions};
use super::failure;
use super::fields::{CSRF, Fields};
use super::frame::Frame;
use super::login::within;
use super::notice::Notice;

/// More fields than any form of ours has.
const MAX_FIELDS: usize = 20_000;

/// Everything comes from the daemon itself, no script or style stands in a page, and nobody frames it.
pub(super) const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

static FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
static HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
static HX_CURRENT_URL: HeaderName = HeaderName::from_static("hx-current-url");
static HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// Around everything: finds out who comes, refuses forms of other sites, and dresses the answer.
pub(super) async fn dress(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let failed = match visitor(&app, request.headers()).await {
        Ok(Some(visitor)) => {
            request.extensions_mut().insert(visitor);
            None
        }
        Ok(None) => None,
        Err(error) => Some(Problem::from(error)),
    };
    let notice_cookie = app.cookies.notice();
    request.extensions_mut().insert(NoticeCookie(notice_cookie.clone()));
    let frame = Frame::of(&request);
    let (changes, in_background) = (is_change(request.method()), request.headers().contains_key(&HX_REQUEST));
    let foreign = changes && is_foreign(request.headers());
    let mut response = match failed {
        Some(problem) => problem.into_response(),
        None if foreign => Problem::new(StatusCode::FORBIDDEN, frame.say("problem-csrf")).into_response(),
        None => next.run(request).await,
    };
    let told = response.extensions().get::<Problem>().cloned();
    if let Some(problem) = told.or_else(|| untold(&response))
        && !is_compatible(&frame.here)
    {
        let allow = response.headers_mut().remove(ALLOW);
        response = failure::page(&frame, &problem);
        response.extensions_mut().insert(problem);
        response.headers_mut().extend(allow.map(|methods| (ALLOW, methods)));
    }
    let is_page = is_page(&response);
    // What is asked for in the background shows no notice.
    let is_told = is_page && !changes && !in_background && frame.notice().is_some();
    let left = response.extensions_mut().remove::<Notice>().map(|notice| notice.cookie(&notice_cookie));
    let cookie = left.or_else(|| is_told.then(|| Notice::gone(&notice_cookie)));
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        headers.append(SET_COOKIE, cookie);
    }
    response
}

/// Who comes with these headers. Of several cookies of the name, as other hosts of the domain may set them, the one
/// counts that is a session's.
async fn visitor(app: &App, headers: &HeaderMap) -> Result<Option<Visitor>, StoreError> {
    let now = Timestamp::now().as_millisecond();
    for cookie in sessions(app, headers) {
        if let Some(visitor) = app.gatekeeper.visitor(app.engine.store(), &cookie, now).await? {
            return Ok(Some(visitor));
        }
    }
    Ok(None)
}

/// Whether the session still goes on of which the cookie is in these headers.
pub(super) async fn is_logged_in(app: &App, headers: &HeaderMap) -> bool {
    matches!(visitor(app, headers).await, Ok(Some(_)))
}

/// In front of a page: lets those through who are logged in with the scope that it needs.
pub(super) async fn enter(
    State((app, needed)): State<(App, Scope)>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>() else {
        return log_in_first(&request);
    };
    if let Err(problem) = visitor.grant.check_scope(needed) {
        return problem.into_response();
    }
    if is_change(request.method()) {
        let csrf = visitor.csrf.clone();
        let fields = match take_fields(&mut request, app.settings.http.max_body_bytes).await {
            Ok(fields) => fields,
            Err(problem) => return problem.into_response(),
        };
        if fields.text(CSRF) != csrf {
            let frame = Frame::of(&request);
            return Problem::new(StatusCode::FORBIDDEN, frame.say("problem-csrf")).into_response();
        }
        request.extensions_mut().insert(fields);
    }
    next.run(request).await
}

/// Takes the fields of a form out of a request.
pub(super) async fn take_fields(request: &mut Request, limit: usize) -> Result<Fields, Problem> {
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let too_large = |detail: String| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail);
    let body = to_bytes(body, limit).await;
    let body =
        body.map_err(|_| too_large(format!("this form is longer than {limit} bytes, or broke off")))?;
    if body.iter().filter(|byte| **byte == b'&').count() > MAX_FIELDS {
        return Err(too_large(format!("this form has more than {MAX_FIELDS} fields")));
    }
    Ok(Fields::parse(&body))
}

/// To the page where one logs in, and back afterwards.
fn log_in_first(request: &Request) -> Response {
    if request.headers().get(ACCEPT).is_some_and(|accepted| accepted == "text/event-stream") {
        // Tells a browser that listens not to come again (WHATWG HTML, section 9.2.3); there is nothing to show.
        return StatusCode::NO_CONTENT.into_response();
    }
    let in_background = request.headers().contains_key(&HX_REQUEST);
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
    // A part of a page, or what a form was sent to, is nothing to come back to; the page is.
    let page = |header: &HeaderName| {
        let address = request.headers().get(header).and_then(|address| address.to_str().ok())?;
        let address = url::Url::parse(address).ok()?;
        Some(address[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
    };
    let open = page(&HX_CURRENT_URL);
    // The page itself with other filters is what its address will say in a moment.
    let is_itself = open.as_deref().is_some_and(|open| open.split('?').next() == Some(request.uri().path()));
    let back = match (is_change(request.method()), in_background) {
        (false, true) if is_itself => Some(here.to_owned()),
        (false, false) => Some(here.to_owned()),
        (_, true) => open,
        (true, false) => page(&REFERER),
    };
    let back = back.as_deref().map_or("/", within);
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", back).finish();
    let address = if back == "/" { "/login".to_owned() } else { format!("/login?{query}") };
    let mut response = Redirect::to(&address).into_response();
    if in_background {
        // The whole page goes there, not the part that was asked for.
        *response.status_mut() = StatusCode::OK;
        if let Some(address) = response.headers_mut().remove(LOCATION) {
            response.headers_mut().insert(HX_REDIRECT.clone(), address);
        }
    }
    response
}

fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser says that the request comes from another site's page (W3C Fetch Metadata; RFC 6454 before that).
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&FETCH_SITE) {
        return !matches!(site, "same-origin" | "none");
    }
    match (text(&ORIGIN), text(&HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, from)| from != host),
        _ => false,
    }
}

/// Whether a path is the API's, which has refusals of its own.
fn is_compatible(here: &str) -> bool {
    here.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_told_from_ours() {
        let check = |given: &[(&'static str, &'static str)], foreign: bool| {
            let headers = given
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            assert_eq!(is_foreign(&headers.collect()), foreign, "{given:?}");
        };
        check(&[], false);
        check(&[("sec-fetch-site", "same-origin")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("sec-fetch-site", "same-site")], true);
        check(&[("sec-fetch-site", "cross-site")], true);
        check(&[("origin", "http://a:1"), ("host", "a:1")], false);
        check(&[("origin", "http://b:1"), ("host", "a:1")], true);
        check(&[("origin", "null"), ("host", "a:1")], true);
    }
}
