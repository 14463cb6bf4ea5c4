//! Tokens: what one allows, what is kept of it, and how its text is made: `orgsync_<id>_<secret>`, the id in
//! decimal and 32 random bytes in hexadecimal. Only the SHA-256 of the text is ever kept.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::change::words;
use super::ids::{SourceId, TokenId};

/// What every token's text begins with, so that scanners for leaked secrets recognise one.
const PREFIX: &str = "orgsync_";

words! {
    /// What a token allows, and what a route needs.
    Scope {
        /// Everything.
        Admin = "admin",
        /// Sync, retry, approve, reject, cancel, undo; and reading.
        Operate = "operate",
        /// Reading.
        Read = "read",
        /// Pushing records, and nothing else.
        Push = "push",
    }
}

impl Scope {
    /// Whether it is enough for what needs `needed`.
    pub fn allows(self, needed: Self) -> bool {
        match self {
            Self::Admin => true,
            Self::Operate => matches!(needed, Self::Operate | Self::Read),
            Self::Read | Self::Push => needed == self,
        }
    }
}

/// The scopes of one token; at least one, in the order of [`Scope::ALL`]. Written as in OAuth 2 (RFC 6749,
/// section 3.3): separated by blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// These scopes, each once.
    pub fn new(given: &[Scope]) -> Result<Self, String> {
        if given.is_empty() {
            let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
            return Err(format!("must name one of {}, or several separated by blanks", known.join(", ")));
        }
        Ok(Self(Scope::ALL.iter().copied().filter(|scope| given.contains(scope)).collect()))
    }

    /// Whether one of them is enough for what needs `needed`.
    pub fn allow(&self, needed: Scope) -> bool {
        self.0.iter().any(|scope| scope.allows(needed))
    }
}

impl From<Scope> for Scopes {
    fn from(scope: Scope) -> Self {
        Self(vec![scope])
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

impl std::str::FromStr for Scopes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scopes: Result<Vec<Scope>, String> = text.split_whitespace().map(str::parse).collect();
        Self::new(&scopes?)
    }
}

/// The SHA-256 of a token's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token's text.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Whether both are the same; takes as long whether they are or not.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Whether a hash that was kept is this one; takes as long whether it is or not.
    pub fn is_kept_as(&self, kept: &str) -> bool {
        self.to_hex().as_bytes().ct_eq(kept.as_bytes()).into()
    }

    /// In hexadecimal, as it is kept.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }
}

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id; never given out again.
    pub id: TokenId,
    /// What people call it; unique.
    pub name: String,
    /// What it allows.
    pub scopes: Scopes,
    /// The only source that it pushes to, if it is bound to one.
    pub source: Option<SourceId>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When it ceases to be valid.
    pub expires_at: Option<i64>,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<i64>,
}

impl Token {
    /// Whether it is past its time.
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// The longest name of a token, in characters.
const MAX_NAME: usize = 100;

/// Why a token can't have this name, if it can't.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() || name.trim() != name {
        return Err("must not be empty, nor begin or end with white space".into());
    }
    if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(format!("must have at most {MAX_NAME} characters and no control characters"));
    }
    Ok(())
}

/// The text of a token.
pub fn text(id: TokenId, secret: [u8; 32]) -> String {
    format!("{PREFIX}{id}_{}", hex(&secret))
}

/// The id in a token's text; none if it is not one of ours.
pub fn id_in(text: &str) -> Option<TokenId> {
    let (id, _) = text.strip_prefix(PREFIX)?.split_once('_')?;
    id.parse().ok().map(TokenId)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_contain_each_other_as_documented() {
        use Scope::{Admin, Operate, Push, Read};
        let check = |given: &str, expected: &[Scope]| {
            let scopes: Scopes = given.parse().unwrap();
            let allowed: Vec<Scope> =
                Scope::ALL.iter().copied().filter(|needed| scopes.allow(*needed)).collect();
            assert_eq!(allowed, expected, "{given}");
        };
        check("admin", &[Admin, Operate, Read, Push]);
        check("operate", &[Operate, Read]);
        check("read", &[Read]);
        check("push", &[Push]);
        check(" push  read ", &[Read, Push]);
    }

    #[test]
    fn scopes_are_words_separated_by_blanks() {
        let check = |given: &str, expected: Result<&str, &str>| {
            let read = given.parse::<Scopes>().map(|scopes| scopes.to_string());
            assert_eq!(read, expected.map(str::to_owned).map_err(str::to_owned), "{given}");
        };
        check("push read push", Ok("read push"));
        check("", Err("must name one of admin, operate, read, push, or several separated by blanks"));
        check("root", Err("`root` is not one of admin, operate, read, push"));
    }

    #[test]
    fn the_text_of_a_token_names_its_id() {
        let made = text(TokenId(7), [0xab; 32]);
        assert_eq!(made, format!("orgsync_7_{}", "ab".repeat(32)));
        assert_eq!(id_in(&made), Some(TokenId(7)));
        for other in ["", "orgsync_", "orgsync_7", "orgsync_x_ab", "ghp_7_ab"] {
            assert_eq!(id_in(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_is_something_to_read() {
        let check = |name: &str, fine: bool| assert_eq!(check_name(name).is_ok(), fine, "{name:?}");
        check("HR nightly", true);
        check("отдел кадров", true);
        check("", false);
        check(" x", false);
        check("a\nb", false);
        check(&"x".repeat(101), false);
    }
}
