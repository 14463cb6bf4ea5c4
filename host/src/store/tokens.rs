//! Tokens: find, list, add, revoke, and when they were last used.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::domain::ids::{SourceId, TokenId};
use crate::domain::token::{self, Scopes, Token, TokenHash};

use super::entity::token::{Column, Entity, Model};
use super::{Doing, Store, StoreError, commit, counters, rows};

/// The token with this id, and the hash of its text in hexadecimal.
pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: TokenId,
) -> Result<Option<(Token, String)>, StoreError> {
    let found = Entity::find_by_id(id.0).one(connection).await.doing("find the token")?;
    found.map(|model| Ok((from_row(&model)?, model.hash))).transpose()
}

/// The token of this name.
pub(crate) async fn by_name<C: ConnectionTrait>(
    connection: &C,
    name: &str,
) -> Result<Option<Token>, StoreError> {
    let found = Entity::find().filter(Column::Name.eq(name)).one(connection).await;
    found.doing("find the token")?.as_ref().map(from_row).transpose()
}

/// Tokens by id, those after `after`; at most `limit`.
pub(crate) async fn list<C: ConnectionTrait>(
    connection: &C,
    after: Option<TokenId>,
    limit: u64,
) -> Result<Vec<Token>, StoreError> {
    let mut query = Entity::find().order_by_asc(Column::Id);
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after.0));
    }
    let found = query.limit(limit).all(connection).await.doing("list the tokens")?;
    found.iter().map(from_row).collect()
}

/// What a new token is to be.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) scopes: Scopes,
    pub(crate) source: Option<SourceId>,
    pub(crate) expires_at: Option<i64>,
}

/// Adds a token and returns it with its text, of which only the hash is kept. A unique violation means
/// that the name is taken.
pub(crate) async fn issue(
    store: &Store,
    draft: Draft,
    secret: [u8; 32],
    now: i64,
) -> Result<(Token, String), StoreError> {
    let tx = store.begin().await?;
    let id = TokenId(counters::take(&tx, store.dialect(), "tokens", 1).await?);
    let Draft { name, scopes, source, expires_at } = draft;
    let token = Token { id, name, scopes, source, created_at: now, expires_at, last_used_at: None };
    let text = token::text(id, secret);
    insert(&tx, &token, &TokenHash::of(&text)).await?;
    commit(tx, "add the token").await?;
    Ok((token, text))
}

async fn insert<C: ConnectionTrait>(tx: &C, token: &Token, hash: &TokenHash) -> Result<(), StoreError> {
    let model = Model {
        id: token.id.0,
        name: token.name.clone(),
        hash: hash.to_hex(),
        scopes: token.scopes.to_string(),
        source_id: token.source.map(|id| id.0),
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
    };
    Entity::insert(model.into_active_model()).exec_without_returning(tx).await.doing("add the token")?;
    Ok(())
}

/// Revokes a token: nothing of it is kept. Returns whether there was one.
pub(crate) async fn delete<C: ConnectionTrait>(tx: &C, id: TokenId) -> Result<bool, StoreError> {
    Ok(Entity::delete_by_id(id.0).exec(tx).await.doing("revoke the token")?.rows_affected > 0)
}

/// Notes when tokens were last used.
pub(crate) async fn used<C: ConnectionTrait>(tx: &C, uses: &HashMap<TokenId, i64>) -> Result<(), StoreError> {
    for (id, at) in uses {
        let update = Entity::update_many()
            .col_expr(Column::LastUsedAt, sea_orm::sea_query::Expr::value(*at))
            .filter(Column::Id.eq(id.0));
        update.exec(tx).await.doing("note the use of a token")?;
    }
    Ok(())
}

fn from_row(model: &Model) -> Result<Token, StoreError> {
    Ok(Token {
        id: TokenId(model.id),
        name: model.name.clone(),
        scopes: rows::word("tokens.scopes", &model.scopes)?,
        source: model.source_id.map(SourceId),
        created_at: model.created_at,
        expires_at: model.expires_at,
        last_used_at: model.last_used_at,
    })
}
