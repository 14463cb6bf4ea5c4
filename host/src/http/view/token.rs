//! Tokens as they are shown; with their text only in the answer that makes one.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::token;

use super::Time;

/// A token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Token {
    #[schema(examples(3))]
    pub(crate) id: i64,
    /// What people call it; no two have the same.
    pub(crate) name: String,
    /// Its scopes, separated by blanks.
    #[schema(examples("push read"))]
    pub(crate) scope: String,
    /// The only source that it pushes to; null: any, or it is no push token.
    #[schema(required)]
    pub(crate) source: Option<String>,
    pub(crate) created_at: Time,
    /// When it ceases to be valid; null: never.
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
    /// When it was last used, to the minute or so; null: not yet.
    #[schema(required)]
    pub(crate) last_used_at: Option<Time>,
    /// Its text: only in the answer that makes it, for only its hash is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        examples("orgsync_3_132da2d74cb890d9b23febbee7debe37da640892c1d817a7264a132ed5cfbab9")
    )]
    pub(crate) token: Option<String>,
}

impl Token {
    /// `source` is the name of the one that it is bound to.
    pub(crate) fn new(token: &token::Token, source: Option<&str>) -> Self {
        Self {
            id: token.id.0,
            name: token.name.clone(),
            scope: token.scopes.to_string(),
            source: source.map(str::to_owned),
            created_at: Time(token.created_at),
            expires_at: token.expires_at.map(Time),
            last_used_at: token.last_used_at.map(Time),
            token: None,
        }
    }

    /// With its text, for whoever had it made.
    pub(crate) fn with_text(self, text: String) -> Self {
        Self { token: Some(text), ..self }
    }
}
