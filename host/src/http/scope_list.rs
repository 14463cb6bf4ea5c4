//! The scopes of a token as clients write them, and how that is described.

use serde::Deserialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::token::{Scope, Scopes};

/// Scopes separated by blanks, as in OAuth 2, or as an array.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ScopeList {
    Text(String),
    List(Vec<Scope>),
}

impl ScopeList {
    /// Each once; an error if there is none.
    pub(crate) fn scopes(&self) -> Result<Scopes, String> {
        match self {
            Self::Text(text) => text.parse(),
            Self::List(list) => Scopes::new(list),
        }
    }
}

impl PartialSchema for ScopeList {
    fn schema() -> RefOr<Schema> {
        let words: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let (word, example) = (words.join("|"), format!("{} {}", Scope::Read, Scope::Push));
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^ *({word})( +({word}))* *$")))
            .examples([example]);
        let list = ArrayBuilder::new().items(Ref::from_schema_name(Scope::name())).min_items(Some(1));
        let either = OneOfBuilder::new().item(text).item(list);
        either.description(Some("Scopes separated by blanks, as in OAuth 2, or as an array.")).into()
    }
}

impl ToSchema for ScopeList {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Scope::name().into(), Scope::schema()));
    }
}
