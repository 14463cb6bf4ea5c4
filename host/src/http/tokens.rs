//! Tokens over HTTP: list, make, revoke. The text of a token is in the answer that makes it, and nowhere
//! else, ever.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use tracing::info;
use utoipa::ToSchema;

use crate::domain::ids::TokenId;
use crate::domain::token::{self, Scope, Scopes, Token};
use crate::store::tokens::{self, Draft};
use crate::store::{commit, sources};

use super::body::{Given, NotGiven};
use super::page::{IdCursor, Page, Paging, page};
use super::path::ById;
use super::problem::Problem;
use super::query::{Listed, Nothing, Query};
use super::router::App;
use super::scope_list::ScopeList;
use super::view;

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewToken {
    /// What to call it: 1 to 100 characters; no two tokens have the same.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$",
        examples("HR nightly")
    )]
    name: String,
    /// One or more of `admin`, `operate`, `read` and `push`, separated by blanks, or as an array.
    #[serde(alias = "scopes")]
    scope: ScopeList,
    /// The only source that it may push to; for a token of scope `push` alone.
    source: Option<String>,
    /// When it ceases to be valid; never unless given.
    #[schema(value_type = Option<String>, format = DateTime, example = "2100-01-01T00:00:00Z")]
    expires_at: Option<Timestamp>,
}

/// Lists the tokens that there are, by id.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens", operation_id = "listTokens",
    params(Paging<IdCursor>),
    responses((status = 200, description = "a page of them", body = Page<view::Token>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<IdCursor, Nothing>,
) -> Result<Json<Page<view::Token>>, Problem> {
    let reader = app.engine.store().reader();
    let after = paging.after().map(|IdCursor(id)| TokenId(*id));
    let mut found = tokens::list(reader, after, paging.fetch()).await?;
    let next = paging.cut(&mut found, |last| last.id.to_string());
    let names = sources::names(reader).await?;
    let shown = found.into_iter().map(|token| {
        let last_use = app.gatekeeper.last_use(token.id);
        let source = token.source.and_then(|id| names.get(&id.0)).map(String::as_str);
        view::Token::new(&Token { last_used_at: last_use.or(token.last_used_at), ..token }, source)
    });
    Ok(page(shown.collect(), next))
}

/// Makes a token.
///
/// Its text is in this answer and can't be had again.
#[utoipa::path(
    post, path = "/tokens", tag = "tokens", operation_id = "createToken",
    request_body = NewToken,
    responses(
        (status = 201, description = "the token", body = view::Token,
            headers(("location" = String, description = "the token's path"))),
        (status = 409, description = "`name-taken`: there is a token of this name"),
        NotGiven,
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    _: Query<Nothing>,
    Given(new): Given<NewToken>,
) -> Result<Response, Problem> {
    let made = make(&app, new).await?;
    let place = [(LOCATION, format!("/api/v1/tokens/{}", made.id))];
    Ok((StatusCode::CREATED, place, Json(made)).into_response())
}

/// Makes a token; the answer has its text.
pub(crate) async fn make(app: &App, new: NewToken) -> Result<view::Token, Problem> {
    let now = Timestamp::now();
    let store = app.engine.store();
    token::check_name(&new.name).map_err(|reason| Problem::invalid("name", reason))?;
    let scopes = new.scope.scopes().map_err(|reason| Problem::invalid("scope", reason))?;
    let source = match &new.source {
        None => None,
        Some(name) => {
            if scopes != Scopes::from(Scope::Push) {
                let reason = "binds a token of scope push, and no other scope";
                return Err(Problem::invalid("source", reason));
            }
            let found = sources::by_name(store.reader(), name).await?;
            let found =
                found.ok_or_else(|| Problem::invalid("source", format!("there is no source `{name}`")))?;
            Some(found.id)
        }
    };
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(Problem::invalid("expiresAt", "is in the past"));
    }
    let draft = Draft {
        name: new.name.clone(),
        scopes,
        source,
        expires_at: new.expires_at.map(Timestamp::as_millisecond),
    };
    let issued = tokens::issue(store, draft, rand::random(), now.as_millisecond()).await;
    let (token, text) = issued.map_err(|error| match error.is_unique_violation() {
        true => Problem::conflict("name-taken", format!("there is a token `{}` already", new.name)),
        false => error.into(),
    })?;
    info!(token = token.id.0, "token {} `{}` was made, with scope {}", token.id, token.name, token.scopes);
    Ok(view::Token::new(&token, new.source.as_deref()).with_text(text))
}

/// Revokes a token. Requests with it are refused from now on.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "tokens", operation_id = "revokeToken",
    params(ById),
    responses(
        (status = 204, description = "it is gone"),
        (status = 404, description = "there is no such token"),
    ),
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
) -> Result<StatusCode, Problem> {
    let missing = || Problem::not_found(format!("there is no token {id}"));
    let number = id.parse().map(TokenId).map_err(|_| missing())?;
    let tx = app.engine.store().begin().await?;
    let was_there = tokens::delete(&tx, number).await?;
    commit(tx, "revoke the token").await?;
    if !was_there {
        return Err(missing());
    }
    info!(token = number.0, "token {number} was revoked");
    Ok(StatusCode::NO_CONTENT)
}
