//! Who may do what: `Authorization: Bearer TOKEN`, the scopes, and the check in front of every route.
//! Tokens are kept and compared as SHA-256 hashes, in constant time; none is ever logged.

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::problem::Problem;
use super::router::App;

/// What a token allows, and what a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Admin,
    /// Sync, retry, approve, reject, cancel; and reading.
    Operate,
    /// Reading.
    Read,
    /// Pushing records, and nothing else.
    Push,
}

impl Scope {
    /// Whether a token of this scope may use a route that needs `needed`.
    pub(crate) fn allows(self, needed: Self) -> bool {
        match self {
            Self::Admin => true,
            Self::Operate => matches!(needed, Self::Operate | Self::Read),
            Self::Read | Self::Push => needed == self,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operate => "operate",
            Self::Read => "read",
            Self::Push => "push",
        }
    }
}

/// What the caller of a request may do; every route behind [`require`] finds it in the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) scope: Scope,
    /// The only source that it is good for, if it is bound to one.
    pub(crate) source: Option<String>,
}

impl Grant {
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

/// The SHA-256 of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token's text.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// Lets a request through to its route if its token has the scope that the route needs.
pub(crate) async fn require(
    State((app, needed)): State<(App, Scope)>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(token) = bearer(request.headers()) else {
        return unauthorized("Bearer", "send the header `authorization: Bearer TOKEN`");
    };
    let Some(grant) = grant(&app, &token) else {
        return unauthorized("Bearer error=\"invalid_token\"", "this token is not valid");
    };
    if !grant.scope.allows(needed) {
        let detail =
            format!("this takes a token of scope {}, yours has {}", needed.as_str(), grant.scope.as_str());
        return Problem::new(StatusCode::FORBIDDEN, detail).into_response();
    }
    request.extensions_mut().insert(grant);
    next.run(request).await
}

fn grant(app: &App, token: &TokenHash) -> Option<Grant> {
    app.admin_token.is(token).then_some(Grant { scope: Scope::Admin, source: None })
}

fn bearer(headers: &HeaderMap) -> Option<TokenHash> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| TokenHash::of(token))
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
    fn scopes_contain_each_other_as_documented() {
        use Scope::{Admin, Operate, Push, Read};
        let all = [Admin, Operate, Read, Push];
        let check = |scope: Scope, expected: &[Scope]| {
            let allowed: Vec<Scope> = all.into_iter().filter(|needed| scope.allows(*needed)).collect();
            assert_eq!(allowed, expected);
        };
        check(Admin, &all);
        check(Operate, &[Operate, Read]);
        check(Read, &[Read]);
        check(Push, &[Push]);
    }

    #[test]
    fn only_a_bearer_token_is_a_token() {
        let check = |value: &'static str, expected: Option<&str>| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(value))]);
            assert_eq!(bearer(&headers), expected.map(TokenHash::of), "{value}");
        };
        check("Bearer abc", Some("abc"));
        check("bearer  abc ", Some("abc"));
        check("Bearer ", None);
        check("Bearer", None);
        check("Basic abc", None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[test]
    fn a_token_for_one_source_is_no_good_for_another() {
        let bound = Grant { scope: Scope::Push, source: Some("hr".into()) };
        assert_eq!(bound.check_source("hr"), Ok(()));
        assert_eq!(bound.check_source("api").unwrap_err().status, StatusCode::FORBIDDEN);
    }
}
