//! Logging in with a token, and out again.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect};
use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::token::Scope;
use crate::http::auth::Refusal;
use crate::http::router::App;
use crate::http::session;

use super::address::Asked;
use super::cookies::{session_cookie, sessions};
use super::frame::Frame;
use super::guard::take_fields;
use super::notice::Notice;
use super::page::{Answer, done, page_with};

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    frame: Frame,
    /// Where to go afterwards.
    next: String,
    /// What is said above the form, and whether it is a refusal.
    told: Option<String>,
    refused: bool,
}

/// The longest form of those that need no log-in, in bytes: a token, an address, and room.
pub(super) const MAX_FORM: usize = 16 << 10;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LoginQuery {
    /// Where to go afterwards.
    #[serde(default)]
    next: String,
}

/// The form.
pub(super) async fn form(Asked(frame, LoginQuery { next }): Asked<LoginQuery>) -> Answer {
    if frame.logged_in() {
        // A link from elsewhere brings no cookie along and leads here; a reload does.
        return Ok(Redirect::to(within(&next)).into_response());
    }
    let told = (!next.is_empty()).then(|| frame.say("login-needed"));
    page_with(StatusCode::OK, &Login { frame, next: within(&next).to_owned(), told, refused: false })
}

/// Logs in.
pub(super) async fn log_in(State(app): State<App>, frame: Frame, mut request: Request) -> Answer {
    let fields = take_fields(&mut request, MAX_FORM).await?;
    let next = within(fields.text("next")).to_owned();
    let now = Timestamp::now().as_millisecond();
    let (token, lifetime) = (fields.text("token").trim(), app.settings.http.session_lifetime);
    let store = app.engine.store();
    let mut wait = None;
    let (status, key) = match app.gatekeeper.log_in(store, token, request.extensions(), (now, lifetime)).await
    {
        Ok((cookie, grant)) if grant.scopes.allow(Scope::Read) => {
            for before in sessions(&app, request.headers()) {
                session::log_out(store, &before).await?;
            }
            let cookie = session_cookie(&app, request.headers(), Some(&cookie));
            return Ok(([(SET_COOKIE, cookie)], Redirect::to(&next)).into_response());
        }
        Ok((cookie, _)) => {
            session::log_out(store, &cookie).await?;
            (StatusCode::FORBIDDEN, "login-no-scope")
        }
        Err(Refusal::Store(error)) => return Err(error.into()),
        Err(Refusal::TooManyAttempts(left)) => {
            wait = Some(left.as_secs() + 1);
            (StatusCode::TOO_MANY_REQUESTS, "login-wait")
        }
        Err(Refusal::Unknown | Refusal::Expired | Refusal::SourceGone) => {
            (StatusCode::UNAUTHORIZED, "login-refused")
        }
    };
    let told = Some(frame.say(key));
    let mut response = page_with(status, &Login { frame, next, told, refused: true })?;
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110, section 15.5.2. No browser asks for such credentials by itself.
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response.headers_mut().extend(wait.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
    Ok(response)
}

/// Logs out. Whoever is not logged in any more is where they want to be.
pub(super) async fn log_out(State(app): State<App>, headers: HeaderMap) -> Answer {
    for cookie in sessions(&app, &headers) {
        session::log_out(app.engine.store(), &cookie).await?;
    }
    let gone = [(SET_COOKIE, session_cookie(&app, &headers, None))];
    Ok((gone, done("/login", &Notice::new("notice-logged-out"))?).into_response())
}

/// Where to go next: a path of ours, whatever a link says.
pub(super) fn within(next: &str) -> &str {
    let plain = |byte: u8| (0x21..=0x7e).contains(&byte) && byte != b'\\';
    let ours = next.starts_with('/') && !next.starts_with("//") && next.bytes().all(plain);
    if ours { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away() {
        let check = |next: &str, expected: &str| assert_eq!(within(next), expected, "{next}");
        check("/tasks?source=hr", "/tasks?source=hr");
        check("", "/");
        check("https://evil.example", "/");
        check("//evil.example", "/");
        check("/\\evil.example", "/");
        check("/\t/evil.example", "/");
        check("/\u{1}", "/");
        check("/é", "/");
    }
}
