//! Sessions of the page: a token logs in, a cookie stands for it afterwards. The cookie's text is 32 random bytes in
//! hexadecimal, of which only the SHA-256 is kept. A session ends when it is logged out of, when its time is over, and
//! with its token: each request looks whether that is still what it was.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Extensions;

use crate::domain::ids::TokenId;
use crate::domain::token::{self, TokenHash};
use crate::store::sessions::{self, Session};
use crate::store::{Store, StoreError, commit};

use super::auth::{self, Gatekeeper, Grant, Refusal};

/// How many sessions one token may have at once; of more, the oldest end.
const MOST: u64 = 100;

/// What the cookies of an installation are called. A browser keeps the cookies of a host together, whatever the port they
/// came from: under one name, logging in to one daemon would log out of the other.
#[derive(Debug, Clone)]
pub struct CookieNames {
    /// Of the database, so that daemons that share it share sessions.
    mark: Arc<str>,
}

impl CookieNames {
    /// For the database with this identity.
    pub fn of(identity: &str) -> Self {
        Self { mark: TokenHash::of(identity).to_hex()[..8].into() }
    }

    /// The one that stands for a session. Browsers take a name with `__Host-` only from the host itself, over TLS, so
    /// nobody else can set it (RFC 6265bis, section 4.1.3.2).
    pub(crate) fn session(&self, is_secure: bool) -> String {
        let prefix = if is_secure { "__Host-" } else { "" };
        format!("{prefix}orgsync-{}", self.mark)
    }

    /// The one that tells the next page what was done.
    pub(crate) fn notice(&self) -> String {
        format!("orgsync-{}-notice", self.mark)
    }
}

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) grant: Grant,
    /// What every form of the session must bring along, so that no other site can post it.
    pub(crate) csrf: String,
}

impl Gatekeeper {
    /// Logs in with a token; gives the text of the cookie.
    pub(crate) async fn log_in(
        &self,
        store: &Store,
        token: &str,
        request: &Extensions,
        (now, lifetime): (i64, Duration),
    ) -> Result<(String, Grant), Refusal> {
        let grant = self.admit(store, token, auth::peer(request)).await?;
        let secret = token::hex(&rand::random::<[u8; 32]>());
        let session = Session {
            id: TokenHash::of(&secret).to_hex(),
            token_id: grant.token.map(|id| id.0),
            token_hash: TokenHash::of(token).to_hex(),
            expires_at: now.saturating_add(i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX)),
        };
        let tx = store.begin().await?;
        sessions::delete_expired(&tx, now).await?;
        sessions::delete_oldest(&tx, &session.token_hash, MOST - 1).await?;
        sessions::insert(&tx, session).await?;
        commit(tx, "begin the session").await?;
        Ok((secret, grant))
    }

    /// Who comes with this cookie, if the session goes on.
    pub(crate) async fn visitor(
        &self,
        store: &Store,
        cookie: &str,
        now: i64,
    ) -> Result<Option<Visitor>, StoreError> {
        let id = TokenHash::of(cookie).to_hex();
        let Some(session) = sessions::by_id(store.reader(), &id, now).await? else { return Ok(None) };
        let grant = self.still(store, session.token_id.map(TokenId), &session.token_hash).await?;
        Ok(grant.map(|grant| Visitor { grant, csrf: csrf(cookie) }))
    }
}

/// Ends the session of a cookie.
pub(crate) async fn log_out(store: &Store, cookie: &str) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    sessions::delete(&tx, &TokenHash::of(cookie).to_hex()).await?;
    commit(tx, "end the session").await
}

/// Follows from the cookie, and the cookie does not follow from it.
fn csrf(cookie: &str) -> String {
    TokenHash::of(&format!("csrf {cookie}")).to_hex()
}
