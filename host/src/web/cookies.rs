//! The cookies of a request. A browser sends them to every port of a host, so those of an installation bear its mark; and
//! whoever can write cookies for the host or its domain may send any number of them.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderName};
use cookie::{Cookie, SameSite};

use crate::http::router::App;

/// The most cookies of one name that are looked at.
const MOST: usize = 16;
/// How long the text of a session's cookie is: 32 bytes in hexadecimal.
const SESSION_LENGTH: usize = 64;

/// What a proxy says of the connection to it (de facto; of several proxies, the first speaks to the browser).
static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The name of the cookie that carries a notice to the next page.
#[derive(Debug, Clone)]
pub(super) struct NoticeCookie(pub(super) String);

/// Whether the browser speaks TLS: to the daemon, or to a proxy before it. A client that only says so gets a cookie that
/// it does not send back.
pub(super) fn is_secure(app: &App, headers: &HeaderMap) -> bool {
    let forwarded = headers.get(&FORWARDED_PROTO).and_then(|proto| proto.to_str().ok());
    let first = forwarded.and_then(|proto| proto.split(',').next());
    app.tls.is_some() || first.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

/// The cookie of a session, with what it says; without anything, it takes the one away that is there.
pub(super) fn session_cookie(app: &App, headers: &HeaderMap, value: Option<&str>) -> String {
    let is_secure = is_secure(app, headers);
    let lifetime = match value {
        Some(_) => i64::try_from(app.settings.http.session_lifetime.as_secs()).unwrap_or(i64::MAX),
        None => 0,
    };
    let cookie = Cookie::build((app.cookies.session(is_secure), value.unwrap_or_default().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_secure);
    // A browser knows when to forget it; the daemon doesn't rely on that.
    format!("{}; Max-Age={lifetime}", cookie.build())
}

/// What the cookies say that may be a session's.
pub(super) fn sessions(app: &App, headers: &HeaderMap) -> Vec<String> {
    let name = app.cookies.session(is_secure(app, headers));
    let is_plausible =
        |value: &String| value.len() == SESSION_LENGTH && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    cookie_values(headers, &name).filter(is_plausible).take(MOST).collect()
}

/// The value of a cookie, as it was sent.
pub(super) fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    cookie_values(headers, name).next()
}

/// The values of all cookies of a name.
fn cookie_values(headers: &HeaderMap, name: &str) -> impl Iterator<Item = String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| Cookie::parse(pair.trim()).ok())
        .filter(move |cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}
