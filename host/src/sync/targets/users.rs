//! The target `users`: rows, unique keys and memberships, written set by set.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::domain::change::Op;
use crate::domain::fields;
use crate::domain::fold;
use crate::domain::ids::LocalId;
use crate::store::{StoreError, memberships, users};

use super::super::plan::Row;
use super::{Scope, Write, ids_of};

/// The users with these ids, with the memberships that the source gave them.
pub(crate) async fn load<C: ConnectionTrait>(
    connection: &C,
    scope: Scope,
    ids: Vec<LocalId>,
) -> Result<HashMap<LocalId, Row>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = users::by_ids(connection, scope.dialect, ids.iter().copied()).await?;
    let mut given = memberships::given(connection, scope.dialect, scope.source, ids).await?;
    let row = |(id, user): (LocalId, users::UserRow)| {
        let mut fields = users::to_fields(&user)?;
        fields.insert("departments".into(), Value::Array(given.remove(&id).unwrap_or_default()));
        let row = Row {
            id,
            fields,
            enabled: user.enabled,
            deleted: user.deleted_at.is_some(),
            created_at: user.created_at,
        };
        Ok((id, row))
    };
    found.into_iter().map(row).collect()
}

/// Writes a batch. Fails with a unique violation if a username or e-mail is somebody else's; see
/// [`super::unique`] for how that is told apart beforehand.
pub(crate) async fn write<C: ConnectionTrait>(
    tx: &C,
    scope: Scope,
    writes: Vec<Write>,
) -> Result<(), StoreError> {
    let Scope { dialect, source, now, .. } = scope;
    let deleted = ids_of(&writes, Op::Delete);
    if !deleted.is_empty() {
        users::delete(tx, dialect, deleted, now).await?;
    }
    let disabled = ids_of(&writes, Op::Disable);
    if !disabled.is_empty() {
        users::disable(tx, dialect, disabled, now).await?;
    }
    let rekeyed: Vec<LocalId> =
        writes.iter().filter(|write| changes_key(write)).map(|write| write.id).collect();
    if !rekeyed.is_empty() {
        users::release_keys(tx, dialect, rekeyed).await?;
    }
    let regrouped = |write: &&Write| {
        let regiven = write.writes_row() && write.op != Op::Create && write.given.contains_key("departments");
        write.op == Op::Unlink || regiven
    };
    let regrouped: Vec<LocalId> = writes.iter().filter(regrouped).map(|write| write.id).collect();
    if !regrouped.is_empty() {
        memberships::clear(tx, dialect, source, regrouped).await?;
    }
    let given = writes
        .iter()
        .filter(|write| write.writes_row())
        .filter_map(|write| Some((write.id, write.given.get("departments")?)));
    memberships::write(tx, dialect, source, given).await?;
    let rows = writes.into_iter().filter(Write::writes_row).map(|write| {
        let (id, created_at) = (write.id, write.row.as_ref().map(|row| row.created_at));
        let deleted = write.op == Op::Delete;
        let mut row = users::from_fields(id, write.into_fields(), now);
        row.created_at = created_at.unwrap_or(now);
        if deleted {
            row.delete(now);
        }
        row
    });
    users::write(tx, dialect, rows.collect()).await
}

/// Whether an existing user gets another username or e-mail, so that the old one must be let go first.
fn changes_key(write: &Write) -> bool {
    let Some(row) = write.row.as_ref().filter(|_| write.op == Op::Update) else { return false };
    ["username", "email"].into_iter().any(|name| {
        write
            .given
            .get(name)
            .is_some_and(|value| fold::key(value.as_str()) != fold::key(fields::text(&row.fields, name)))
    })
}
