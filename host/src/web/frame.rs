//! What stands around every page: who reads it, in which language, theme and time zone, where they are, what they may
//! do, and what is told them.

use axum::extract::{FromRequestParts, Request};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, Uri};
use fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::token::Scope;
use crate::http::problem::Problem;
use crate::http::query::Forgiving;
use crate::http::router::RequestId;
use crate::http::session::Visitor;

use super::assets;
use super::cookies::{NoticeCookie, cookie_value};
use super::notice::Notice;
use super::speech::{Language, Speech};

/// The cookie with the tag of the language that the reader chose.
pub(super) const LANGUAGE: &str = "orgsync_language";
/// The cookie with the word of the theme that the reader chose.
pub(super) const THEME: &str = "orgsync_theme";
/// The cookie in which the page's script says the browser's time zone.
const ZONE: &str = "orgsync_zone";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the system has it.
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub(super) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }
}

/// What stands around a page. Templates know it as `frame`.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) speech: Speech,
    pub(super) theme: Theme,
    visitor: Option<Visitor>,
    /// The path and query of the page.
    pub(super) here: String,
    /// The same, or where one can come back to if nothing can be asked for there.
    pub(super) page: String,
    /// The first part of the path.
    section: String,
    pub(super) request: String,
    /// Whether htmx asks, and the page that is open stays.
    pub(super) in_background: bool,
    /// The parameters of the address that make no sense.
    left_out: Vec<String>,
    notice: Option<Notice>,
}

/// A part of the page that the navigation leads to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    pub(super) path: &'static str,
    pub(super) key: &'static str,
    needs: Scope,
}

const SECTIONS: [Section; 8] = [
    Section { path: "", key: "nav-overview", needs: Scope::Read },
    Section { path: "sources", key: "nav-sources", needs: Scope::Read },
    Section { path: "tasks", key: "nav-tasks", needs: Scope::Read },
    Section { path: "users", key: "nav-users", needs: Scope::Read },
    Section { path: "departments", key: "nav-departments", needs: Scope::Read },
    Section { path: "plugins", key: "nav-plugins", needs: Scope::Read },
    Section { path: "logs", key: "nav-logs", needs: Scope::Read },
    Section { path: "tokens", key: "nav-tokens", needs: Scope::Admin },
];

impl Frame {
    /// The frame of the answer to a request.
    pub(super) fn of(request: &Request) -> Self {
        Self::around(request.method(), request.uri(), request.headers(), request.extensions())
    }

    fn around(method: &Method, uri: &Uri, headers: &HeaderMap, extensions: &Extensions) -> Self {
        let here = uri.path_and_query().map_or("/", |here| here.as_str());
        // What a form is sent to is no page; the one above it is.
        let page = match *method {
            Method::GET | Method::HEAD => here,
            _ => uri
                .path()
                .rsplit_once('/')
                .map_or("/", |(above, _)| if above.is_empty() { "/" } else { above }),
        };
        let chosen = cookie_value(headers, LANGUAGE).and_then(|tag| Language::of_tag(&tag));
        let language = chosen.unwrap_or_else(|| {
            let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
            Language::accepted(accepted.unwrap_or_default())
        });
        let zone = cookie_value(headers, ZONE).and_then(|name| TimeZone::get(&name).ok());
        let now = Timestamp::now().as_millisecond();
        let theme = cookie_value(headers, THEME).and_then(|word| Theme::of_word(&word));
        Self {
            speech: Speech { language, zone: zone.unwrap_or(TimeZone::UTC), now },
            theme: theme.unwrap_or(Theme::Auto),
            visitor: extensions.get().cloned(),
            here: here.to_owned(),
            page: page.to_owned(),
            section: uri.path().split('/').nth(1).unwrap_or_default().to_owned(),
            request: extensions.get().map_or_else(String::new, |RequestId(id)| id.clone()),
            in_background: headers.contains_key("hx-request"),
            left_out: Vec::new(),
            notice: extensions.get().and_then(|NoticeCookie(name)| Notice::left(headers, name)),
        }
    }

    /// The same with an address that says nothing but what was understood of it, for links to this page and others of
    /// the same list.
    pub(super) fn reading(mut self, address: Forgiving) -> Self {
        let (path, query) = self.here.split_once('?').unwrap_or((&self.here, ""));
        let given = url::form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
        if given.count() != address.kept.len() {
            let here = with_query(path, address.kept.iter());
            if self.page == self.here {
                self.page.clone_from(&here);
            }
            self.here = here;
        }
        self.left_out = address.left_out;
        self
    }

    /// Leaves a parameter out that names what is not there.
    pub(super) fn leave_out(self, name: &str) -> Self {
        let mut address = Forgiving::new("");
        let (_, query) = self.here.split_once('?').unwrap_or_default();
        let given = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        address.kept = given.filter(|(given, value)| given != name && !value.is_empty()).collect();
        address.left_out.clone_from(&self.left_out);
        address.left_out.push(name.to_owned());
        self.reading(address)
    }

    /// What of the address is ignored because it makes no sense.
    pub(super) fn left_out(&self) -> Option<String> {
        let names = self.left_out.join(", ");
        (!names.is_empty()).then(|| self.say_with("frame-left-out", "names", names))
    }

    pub(super) fn say(&self, key: &str) -> String {
        self.speech.say(key)
    }

    pub(super) fn say_with<'a>(&self, key: &str, name: &str, value: impl Into<FluentValue<'a>>) -> String {
        self.speech.say_with(key, name, value)
    }

    pub(super) fn say_all(&self, key: &str, given: &[(&str, FluentValue<'_>)]) -> String {
        self.speech.say_all(key, given)
    }

    /// A number with the separators of the language.
    pub(super) fn number(&self, number: impl Into<FluentValue<'static>>) -> String {
        self.speech.number(number)
    }

    /// Whether somebody is logged in who may do what needs this scope.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.grant.scopes.allow(scope))
    }

    pub(super) fn may_operate(&self) -> bool {
        self.may(Scope::Operate)
    }

    pub(super) fn may_administer(&self) -> bool {
        self.may(Scope::Admin)
    }

    pub(super) fn logged_in(&self) -> bool {
        self.visitor.is_some()
    }

    /// Whether it is this token with which the reader has logged in.
    pub(super) fn came_with(&self, token: &i64) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.grant.token.is_some_and(|own| own.0 == *token))
    }

    /// What every form brings along.
    pub(super) fn csrf(&self) -> &str {
        self.visitor.as_ref().map_or("", |visitor| &visitor.csrf)
    }

    /// Where the navigation leads those who may go there.
    pub(super) fn sections(&self) -> impl Iterator<Item = Section> {
        SECTIONS.into_iter().filter(|section| self.may(section.needs))
    }

    pub(super) fn is_in(&self, section: &Section) -> bool {
        self.section == section.path
    }

    pub(super) fn languages(&self) -> [Language; 7] {
        Language::ALL
    }

    pub(super) fn themes(&self) -> [(Theme, String); 3] {
        Theme::ALL.map(|theme| {
            let key = match theme {
                Theme::Auto => "frame-theme-auto",
                Theme::Light => "frame-theme-light",
                Theme::Dark => "frame-theme-dark",
            };
            (theme, self.say(key))
        })
    }

    /// What is told about what was done before.
    pub(super) fn notice(&self) -> Option<String> {
        self.notice.as_ref().map(|notice| notice.text(&self.speech))
    }

    /// Whether that was not done.
    pub(super) fn is_refusal(&self) -> bool {
        self.notice.as_ref().is_some_and(Notice::is_refusal)
    }

    /// The address of a static file.
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self::around(&parts.method, &parts.uri, &parts.headers, &parts.extensions))
    }
}

/// A path with these parameters.
pub(super) fn with_query<'a>(path: &str, parameters: impl Iterator<Item = &'a (String, String)>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
