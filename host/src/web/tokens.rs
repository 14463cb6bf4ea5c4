//! Tokens: the list, making one, whose text is on the answer's page and nowhere else, and revoking.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::domain::token::Scope;
use crate::http::page::{IdCursor, Page};
use crate::http::path::ById;
use crate::http::problem::Problem;
use crate::http::query::{Listed, Nothing, Query};
use crate::http::router::App;
use crate::http::tokens::{self, NewToken};
use crate::http::view::{self, Time};

use super::address::{Asked, AskedList};
use super::fields::Fields;
use super::frame::Frame;
use super::notice::Notice;
use super::page::{Answer, done, page, page_with};
use super::paging::Pager;

const DAY: i64 = 24 * 60 * 60 * 1_000;

#[derive(Template)]
#[template(path = "tokens.html")]
struct Tokens {
    frame: Frame,
    page: Page<view::Token>,
    first: Option<String>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "token_form.html")]
struct TokenForm {
    frame: Frame,
    typed: Typed,
    wrong: Wrong,
    sources: Vec<String>,
}

#[derive(Template)]
#[template(path = "token_made.html")]
struct TokenMade {
    frame: Frame,
    token: view::Token,
    text: String,
}

impl TokenForm {
    fn scopes(&self) -> &'static [Scope] {
        Scope::ALL
    }
}

/// How long a token is to be valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    Days(i64),
    Year,
    /// With the end of the day that is given beside it.
    Day,
}

impl End {
    const ALL: [Self; 5] = [Self::Days(30), Self::Days(90), Self::Year, Self::Day, Self::Never];

    /// As it is sent.
    fn word(self) -> String {
        match self {
            Self::Never => "never".into(),
            Self::Days(days) => days.to_string(),
            Self::Year => "year".into(),
            Self::Day => "day".into(),
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.word() == word)
    }

    /// As it is read.
    fn text(self, frame: &Frame) -> String {
        match self {
            Self::Never => frame.say("tokens-end-never"),
            Self::Days(days) => frame.say_with("tokens-end-days", "n", days),
            Self::Year => frame.say("tokens-end-year"),
            Self::Day => frame.say("tokens-end-day"),
        }
    }
}

/// What is filled in.
#[derive(Debug)]
struct Typed {
    name: String,
    scopes: Vec<String>,
    source: String,
    end: End,
    day: String,
}

impl Typed {
    fn nothing() -> Self {
        let (name, source, day) = (String::new(), String::new(), String::new());
        Self { name, scopes: Vec::new(), source, end: End::Days(90), day }
    }

    fn of(fields: &Fields) -> Result<Self, Problem> {
        let (end, text) = (fields.text("end"), |name: &str| fields.text(name).trim().to_owned());
        let end =
            End::of_word(end).ok_or_else(|| Problem::bad_request(format!("end: there is no `{end}`")))?;
        let scopes = fields.all().filter(|(name, _)| *name == "scope").map(|(_, scope)| scope.to_owned());
        Ok(Self {
            name: text("name"),
            scopes: scopes.collect(),
            source: text("source"),
            end,
            day: text("day"),
        })
    }

    fn has(&self, scope: &Scope) -> bool {
        self.scopes.iter().any(|given| given == scope.as_str())
    }

    /// The choices of how long it is to be valid: what is sent, what is read, and whether it is this one.
    fn ends(&self, frame: &Frame) -> Vec<(String, String, bool)> {
        End::ALL.iter().map(|end| (end.word(), end.text(frame), *end == self.end)).collect()
    }

    /// The moment at which the token ceases to be valid; an error if the day is none.
    fn expires_at(&self, frame: &Frame) -> Result<Option<Timestamp>, jiff::Error> {
        let after = |days: i64| Timestamp::from_millisecond(frame.speech.now + days * DAY).map(Some);
        match self.end {
            End::Never => Ok(None),
            End::Days(days) => after(days),
            End::Year => after(365),
            End::Day => {
                let day: Date = self.day.parse()?;
                Ok(Some(day.tomorrow()?.to_zoned(frame.speech.zone.clone())?.timestamp()))
            }
        }
    }

    /// The token to be made.
    fn new_token(&self, expires_at: Option<Timestamp>) -> Result<NewToken, Problem> {
        let source = Some(&self.source).filter(|source| !source.is_empty());
        let new = json!({
            "name": self.name, "scope": self.scopes.join(" "), "source": source, "expiresAt": expires_at,
        });
        serde_json::from_value(new).map_err(Problem::internal)
    }
}

/// What is said beside the fields.
#[derive(Debug, Default)]
struct Wrong {
    name: Option<String>,
    scopes: Option<String>,
    source: Option<String>,
    day: Option<String>,
}

impl Wrong {
    /// What a problem says of the fields; the problem itself, if it is about none of them.
    fn of(frame: &Frame, typed: &Typed, problem: Problem) -> Result<Self, Problem> {
        let mut wrong = Self::default();
        let field = match problem.slug {
            Some("name-taken") => Some("taken"),
            _ => problem.field.as_deref(),
        };
        match field {
            Some("taken") => wrong.name = Some(frame.say("tokens-wrong-taken")),
            Some("name") => wrong.name = Some(frame.say("tokens-wrong-name")),
            Some("scope") => wrong.scopes = Some(frame.say("tokens-wrong-scopes")),
            // Only what may push, and nothing else, has a source; then it can only be that there is none.
            Some("source") if typed.scopes == [Scope::Push.as_str()] => {
                wrong.source = Some(frame.say("tokens-wrong-source-gone"));
            }
            Some("source") => wrong.source = Some(frame.say("tokens-wrong-source")),
            Some("expiresAt") => wrong.day = Some(frame.say("tokens-wrong-day")),
            _ => return Err(problem),
        }
        Ok(wrong)
    }

    fn is_any(&self) -> bool {
        [&self.name, &self.scopes, &self.source, &self.day].into_iter().any(Option::is_some)
    }
}

impl TokenMade {
    /// As clients send it.
    fn header(&self) -> String {
        format!("Authorization: Bearer {}", self.text)
    }
}

impl Tokens {
    fn is_expired(&self, end: &Time) -> bool {
        end.0 <= self.frame.speech.now
    }
}

/// The list.
pub(super) async fn list(
    State(app): State<App>,
    AskedList(frame, paging, none): AskedList<IdCursor, Nothing>,
) -> Answer {
    let Json(found) = tokens::list(State(app), Listed(paging, none)).await?;
    let Pager { first, next } = Pager::of(&frame, found.next_cursor.as_deref());
    page(&Tokens { frame, page: found, first, next })
}

/// The form in which one is made.
pub(super) async fn form(State(app): State<App>, Asked(frame, Nothing {}): Asked<Nothing>) -> Answer {
    let sources = crate::http::sources::all_names(&app).await?;
    page(&TokenForm { frame, typed: Typed::nothing(), wrong: Wrong::default(), sources })
}

/// Makes one. Its text is in this answer: a redirect would have to keep it somewhere.
pub(super) async fn create(State(app): State<App>, frame: Frame, fields: Fields) -> Answer {
    let typed = Typed::of(&fields)?;
    let (status, wrong) = match make(&app, &frame, &typed).await {
        Ok(token) => {
            let text = token.token.clone().unwrap_or_default();
            return page_with(StatusCode::CREATED, &TokenMade { frame, token, text });
        }
        Err(problem) => (problem.status, Wrong::of(&frame, &typed, problem)?),
    };
    let sources = crate::http::sources::all_names(&app).await?;
    page_with(status, &TokenForm { frame, typed, wrong, sources })
}

async fn make(app: &App, frame: &Frame, typed: &Typed) -> Result<view::Token, Problem> {
    let expires_at = typed.expires_at(frame);
    let expires_at = expires_at.map_err(|reason| Problem::invalid("expiresAt", reason.to_string()))?;
    tokens::make(app, typed.new_token(expires_at)?).await
}

/// Revokes one.
pub(super) async fn revoke(State(app): State<App>, id: Path<ById>, fields: Fields) -> Answer {
    tokens::revoke(State(app), id, Query(Nothing {})).await?;
    done("/tokens", &Notice::new("notice-token-revoked").with("name", fields.text("name")))
}
