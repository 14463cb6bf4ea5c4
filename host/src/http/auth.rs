//! Who may do what: `Authorization: Bearer TOKEN`, and the check in front of every route. Tokens are
//! compared as SHA-256 hashes, in constant time; none is ever logged.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::domain::ids::TokenId;
use crate::domain::starter::Starter;
use crate::domain::token::{self, Scope, Scopes, TokenHash};
use crate::store::{Store, StoreError, commit, sources, tokens};
use crate::sync::engine::MatchKeys;

use super::attempts::Attempts;
use super::problem::Problem;
use super::router::App;
use super::session::Visitor;

/// How far behind the noted last use of a token may be, in milliseconds.
const USE_NOTED: i64 = 60_000;

/// What the caller of a request may do; every route behind [`require`] finds it in the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The token; none for the admin token.
    pub(crate) token: Option<TokenId>,
    pub(crate) scopes: Scopes,
    /// The only source that it pushes to, if it is bound to one.
    pub(crate) source: Option<String>,
    /// Who is it that comes with it.
    pub(crate) by: Starter,
}

/// Who it is that a request comes from, over the API or on the page; for handlers that begin tasks.
#[derive(Debug)]
pub(crate) struct By(pub(crate) Starter);

impl<S: Send + Sync> FromRequestParts<S> for By {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let grant = parts.extensions.get::<Grant>();
        let grant = grant.or_else(|| parts.extensions.get::<Visitor>().map(|visitor| &visitor.grant));
        let by = grant.map(|grant| Self(grant.by.clone()));
        by.ok_or_else(|| Problem::internal("a request began something without having been let in"))
    }
}

impl Grant {
    /// Which match keys its pushes may ask for. Whoever may change the source's policy needs no leave of it.
    pub(crate) fn match_keys(&self) -> MatchKeys {
        if self.scopes.allow(Scope::Admin) { MatchKeys::All } else { MatchKeys::OfPolicy }
    }

    /// Refuses what takes a scope that the token has not.
    pub(crate) fn check_scope(&self, needed: Scope) -> Result<(), Problem> {
        if self.scopes.allow(needed) {
            return Ok(());
        }
        let detail = format!("this takes a token of scope {needed}, yours has {}", self.scopes);
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }

    /// Refuses a source that the token is not good for.
    pub(crate) fn check_source(&self, name: &str) -> Result<(), Problem> {
        match &self.source {
            Some(only) if only != name => {
                let detail = format!("this token is good for source `{only}` only, not for `{name}`");
                Err(Problem::new(StatusCode::FORBIDDEN, detail))
            }
            _ => Ok(()),
        }
    }
}

/// Knows tokens when it sees them.
#[derive(Debug)]
pub struct Gatekeeper {
    /// Accepted with every scope, whatever the database says.
    admin: TokenHash,
    attempts: Attempts,
    /// Uses of tokens that are not in the database yet.
    uses: Mutex<HashMap<TokenId, i64>>,
}

/// Why a token is not accepted.
#[derive(Debug)]
pub(crate) enum Refusal {
    Unknown,
    Expired,
    SourceGone,
    TooManyAttempts(Duration),
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Gatekeeper {
    /// One address may send `failures_per_minute` tokens that are not valid.
    pub fn new(admin: TokenHash, failures_per_minute: NonZeroU32) -> Self {
        Self { admin, attempts: Attempts::new(failures_per_minute), uses: Mutex::default() }
    }

    /// What a token grants. It is looked up first and judged by its address only if it is not valid, so that nobody keeps
    /// others out by sending bad ones.
    pub(super) async fn admit(&self, store: &Store, text: &str, peer: IpAddr) -> Result<Grant, Refusal> {
        match self.look_up(store, text, &TokenHash::of(text), peer).await {
            Err(refusal @ (Refusal::Unknown | Refusal::Expired | Refusal::SourceGone)) => {
                Err(self.attempts.failed(peer).map_or_else(Refusal::TooManyAttempts, |()| refusal))
            }
            looked_up => looked_up,
        }
    }

    async fn look_up(
        &self,
        store: &Store,
        text: &str,
        hash: &TokenHash,
        peer: IpAddr,
    ) -> Result<Grant, Refusal> {
        if self.admin.is(hash) {
            return Ok(Self::everything());
        }
        let id = token::id_in(text).ok_or(Refusal::Unknown)?;
        let _turn = self.attempts.turn(peer).await;
        self.kept(store, id, |kept| hash.is_kept_as(kept)).await
    }

    /// What the token grants with which a session began, as long as it is still the same token.
    pub(super) async fn still(
        &self,
        store: &Store,
        id: Option<TokenId>,
        hash: &str,
    ) -> Result<Option<Grant>, StoreError> {
        let Some(id) = id else {
            return Ok(self.admin.is_kept_as(hash).then(Self::everything));
        };
        match self.kept(store, id, |kept| kept == hash).await {
            Ok(grant) => Ok(Some(grant)),
            Err(Refusal::Store(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Whether a grant is still what its token gives, for whoever began to listen with it long ago.
    pub(super) async fn is_in_force(&self, store: &Store, grant: &Grant) -> Result<bool, StoreError> {
        let Some(id) = grant.token else { return Ok(true) };
        match self.kept(store, id, |_| true).await {
            Ok(now) => Ok(now == *grant),
            Err(Refusal::Store(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    fn everything() -> Grant {
        Grant { token: None, scopes: Scope::Admin.into(), source: None, by: Starter::AdminToken }
    }

    /// What the token with this id grants, if its hash is as it should be.
    async fn kept(&self, store: &Store, id: TokenId, same: impl Fn(&str) -> bool) -> Result<Grant, Refusal> {
        let Some((token, kept)) = tokens::by_id(store.reader(), id).await? else {
            return Err(Refusal::Unknown);
        };
        if !same(&kept) {
            return Err(Refusal::Unknown);
        }
        let now = Timestamp::now().as_millisecond();
        if token.is_expired(now) {
            return Err(Refusal::Expired);
        }
        let source = match token.source {
            None => None,
            Some(id) => Some(sources::name_of(store.reader(), id).await?.ok_or(Refusal::SourceGone)?),
        };
        if token.last_used_at.is_none_or(|last| now - last >= USE_NOTED) {
            self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(id, now);
        }
        Ok(Grant { token: Some(id), scopes: token.scopes, source, by: Starter::Token(token.name) })
    }

    /// Writes down when tokens were last used; for the daemon's tick, and before it ends.
    pub async fn note_uses(&self, store: &Store) -> Result<(), StoreError> {
        let uses = std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner));
        if uses.is_empty() {
            return Ok(());
        }
        let written = async {
            let tx = store.begin().await?;
            tokens::used(&tx, &uses).await?;
            commit(tx, "note the use of tokens").await
        };
        let written = written.await;
        if written.is_err() {
            let mut latest = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
            for (id, at) in uses {
                latest.entry(id).or_insert(at);
            }
        }
        written
    }

    /// When a token was last used, if that is not in the database yet.
    pub(crate) fn last_use(&self, id: TokenId) -> Option<i64> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}

/// Lets a request through to its route if its token has the scope that the route needs.
pub(crate) async fn require(
    State((app, needed)): State<(App, Scope)>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.headers().get_all(AUTHORIZATION).iter().nth(1).is_some() {
        return Problem::bad_request("the header authorization is given more than once; send one")
            .into_response();
    }
    let Some(text) = bearer(request.headers()) else {
        return unauthorized("Bearer", "send the header `authorization: Bearer TOKEN`");
    };
    let grant = match app.gatekeeper.admit(app.engine.store(), text, peer(request.extensions())).await {
        Ok(grant) => grant,
        Err(refusal) => return refused(refusal),
    };
    if let Err(problem) = grant.check_scope(needed) {
        return problem.into_response();
    }
    request.extensions_mut().insert(grant);
    next.run(request).await
}

/// Whose request it is. Without a server in front, as in tests, all requests come from one place.
pub(super) fn peer(extensions: &Extensions) -> IpAddr {
    let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    extensions.get().map_or(nowhere, |ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip())
}

fn refused(refusal: Refusal) -> Response {
    const INVALID: &str = "Bearer error=\"invalid_token\"";
    match refusal {
        Refusal::Unknown => unauthorized(INVALID, "this token is not valid"),
        Refusal::Expired => unauthorized(INVALID, "this token has expired; have a new one made"),
        Refusal::SourceGone => {
            unauthorized(INVALID, "the source that this token is bound to has been deleted")
        }
        Refusal::TooManyAttempts(wait) => {
            let seconds = wait.as_secs() + 1;
            let detail = format!(
                "this token is not valid, and too many from this address were not; try another one in {seconds} s"
            );
            let mut response = Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).into_response();
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
            response
        }
        Refusal::Store(error) => Problem::from(error).into_response(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn unauthorized(challenge: &'static str, detail: &str) -> Response {
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, detail).into_response();
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_a_token() {
        let check = |value: &'static str, expected: Option<&str>| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(value))]);
            assert_eq!(bearer(&headers), expected, "{value}");
        };
        check("Bearer abc", Some("abc"));
        check("bearer  abc ", Some("abc"));
        check("Bearer ", None);
        check("Bearer", None);
        check("Basic abc", None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[tokio::test]
    async fn the_database_is_asked_for_few_tokens_of_who_sends_bad_ones() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        let store = Store::open(&url).await.unwrap();
        let gatekeeper = Gatekeeper::new(TokenHash::of("admin"), NonZeroU32::MIN);
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let bad = format!("orgsync_7_{}", "0".repeat(64));
        assert!(matches!(gatekeeper.admit(&store, &bad, here).await, Err(Refusal::Unknown)));
        assert!(matches!(gatekeeper.admit(&store, &bad, here).await, Err(Refusal::TooManyAttempts(_))));
        let turns = [gatekeeper.attempts.turn(here).await, gatekeeper.attempts.turn(here).await];
        let waiting = gatekeeper.admit(&store, &bad, here);
        tokio::time::timeout(Duration::from_millis(200), waiting).await.unwrap_err();
        assert_eq!(gatekeeper.admit(&store, "admin", here).await.unwrap(), Gatekeeper::everything());
        assert!(matches!(gatekeeper.admit(&store, &bad, there).await, Err(Refusal::Unknown)));
        drop(turns);
        assert!(matches!(gatekeeper.admit(&store, &bad, here).await, Err(Refusal::TooManyAttempts(_))));
    }

    #[test]
    fn a_token_for_one_source_is_no_good_for_another() {
        let by = Starter::Token("HR".into());
        let bound = Grant { token: None, scopes: Scope::Push.into(), source: Some("hr".into()), by };
        assert_eq!(bound.check_source("hr"), Ok(()));
        assert_eq!(bound.check_source("api").unwrap_err().status, StatusCode::FORBIDDEN);
    }
}
