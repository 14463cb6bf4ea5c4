//! Language and theme, which the reader chooses and the browser keeps.

use axum::extract::Request;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};

use super::frame::{LANGUAGE, THEME, Theme};
use super::guard::take_fields;
use super::login::{MAX_FORM, within};
use super::page::Answer;
use super::speech::Language;

/// A year, in seconds.
const LONG: u32 = 365 * 24 * 60 * 60;

/// Keeps what was chosen, and leads back. Needs no log-in, since it changes nothing but cookies.
pub(super) async fn keep(mut request: Request) -> Answer {
    let fields = take_fields(&mut request, MAX_FORM).await?;
    let language = Language::of_tag(fields.text("language")).map(|language| (LANGUAGE, language.tag()));
    let theme = Theme::of_word(fields.text("theme")).map(|theme| (THEME, theme.as_str()));
    let cookies = language.into_iter().chain(theme).map(|(name, value)| {
        (SET_COOKIE, format!("{name}={value}; Path=/; Max-Age={LONG}; SameSite=Strict; HttpOnly"))
    });
    let cookies: Vec<_> = cookies.collect();
    Ok((AppendHeaders(cookies), Redirect::to(within(fields.text("next")))).into_response())
}
