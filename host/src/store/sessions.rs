//! Sessions on the page: begin, find, end, and forget those that have run out.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::session::{Column, Entity, Model};
use super::{Doing, StoreError};

pub(crate) use super::entity::session::Model as Session;

/// How many are ended at once; each log-in ends more.
const MANY: u64 = 100;

/// Keeps a new session.
pub(crate) async fn insert<C: ConnectionTrait>(tx: &C, session: Session) -> Result<(), StoreError> {
    let added = Entity::insert(session.into_active_model()).exec_without_returning(tx).await;
    added.doing("begin the session").map(drop)
}

/// The session with this id, unless it has run out by `now`.
pub(crate) async fn by_id<C: ConnectionTrait>(
    connection: &C,
    id: &str,
    now: i64,
) -> Result<Option<Session>, StoreError> {
    let found = Entity::find_by_id(id).one(connection).await.doing("find the session")?;
    Ok(found.filter(|session: &Model| session.expires_at > now))
}

/// Ends a session.
pub(crate) async fn delete<C: ConnectionTrait>(tx: &C, id: &str) -> Result<(), StoreError> {
    Entity::delete_by_id(id).exec(tx).await.doing("end the session").map(drop)
}

/// Forgets the sessions that have run out by `now`.
pub(crate) async fn delete_expired<C: ConnectionTrait>(tx: &C, now: i64) -> Result<(), StoreError> {
    let expired = Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(tx).await;
    expired.doing("forget the sessions that have run out").map(drop)
}

/// Ends all sessions of a token but the `most` latest.
pub(crate) async fn delete_oldest<C: ConnectionTrait>(
    tx: &C,
    token_hash: &str,
    most: u64,
) -> Result<(), StoreError> {
    const DOING: &str = "end the oldest sessions";
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::TokenHash.eq(token_hash))
        .order_by_desc(Column::ExpiresAt)
        .offset(most)
        .limit(MANY);
    let oldest: Vec<String> = query.into_tuple().all(tx).await.doing(DOING)?;
    if oldest.is_empty() {
        return Ok(());
    }
    Entity::delete_many().filter(Column::Id.is_in(oldest)).exec(tx).await.doing(DOING).map(drop)
}
