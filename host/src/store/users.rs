//! Users, the built-in target: rows as fields and back, unique keys, bulk writes. How they are listed: `look.rs`.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Statement};
use serde_json::Value;

use crate::domain::fields::{self, Fields};
use crate::domain::fold;
use crate::domain::ids::{LocalId, SourceId};
use crate::domain::phone;
use crate::domain::policy::MatchKey;

use super::bulk::{self, Bulk};
use super::dialect::Dialect;
use super::entity::user;
use super::{Doing, StoreError, rows};

pub(crate) use super::entity::user::Model as UserRow;

const TABLE: Bulk = Bulk {
    table: "users",
    columns: &[
        "id",
        "username",
        "nickname",
        "email",
        "phone",
        "username_key",
        "email_key",
        "phone_key",
        "search",
        "enabled",
        "custom",
        "created_at",
        "updated_at",
        "deleted_at",
    ],
    key: &["id"],
    keep: &["created_at"],
    doing: "write the users",
};

/// The fields that have a column of their own; every other one is a custom field.
const STANDARD: [&str; 6] = ["username", "nickname", "email", "phone", "enabled", "departments"];

/// A user's fields as a source would give them, without memberships.
pub(crate) fn to_fields(row: &UserRow) -> Result<Fields, StoreError> {
    let mut fields: Fields = rows::json("users.custom", &row.custom)?;
    for (name, value) in [
        ("username", &row.username),
        ("nickname", &row.nickname),
        ("email", &row.email),
        ("phone", &row.phone),
    ] {
        fields.insert(name.into(), value.clone().map_or(Value::Null, Value::String));
    }
    fields.insert("enabled".into(), Value::Bool(row.enabled));
    Ok(fields)
}

/// The row that holds these fields. What the fields don't say is empty; an absent `enabled` is true.
pub(crate) fn from_fields(id: LocalId, mut given: Fields, now: i64) -> UserRow {
    given.remove("departments");
    let enabled = given.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    let mut owned = |name: &str| match given.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (username, nickname, email, phone) =
        (owned("username"), owned("nickname"), owned("email"), owned("phone"));
    given.retain(|name, value| !STANDARD.contains(&name.as_str()) && *value != Value::Null);
    let texts = [&username, &nickname, &email, &phone].map(|text| text.as_deref().map(fold::folded));
    let phone_key = fold::key_of(MatchKey::Phone, phone.as_deref());
    // So that a number is found however it is written.
    let number = phone_key.as_deref().filter(|key| texts[3].as_deref() != Some(key));
    let mut search = String::new();
    for text in texts.iter().flatten().map(|text| &**text).chain(number) {
        if !search.is_empty() {
            search.push('\n');
        }
        search.push_str(text);
    }
    let key =
        |text: &Option<Cow<'_, str>>| text.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
    let (username_key, email_key) = (key(&texts[0]), key(&texts[2]));
    UserRow {
        id: id.0,
        username_key,
        email_key,
        phone_key,
        search,
        username,
        nickname,
        email,
        phone,
        enabled,
        custom: fields::canonical(&given),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

impl UserRow {
    /// Takes it out of the lists: its values are free for others.
    pub(crate) fn delete(&mut self, now: i64) {
        self.deleted_at = Some(now);
        (self.username_key, self.email_key, self.phone_key) = (None, None, None);
    }
}

/// The users with these ids, deleted ones too.
pub(crate) async fn by_ids<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<HashMap<LocalId, UserRow>, StoreError> {
    let sql =
        format!("SELECT u.* FROM {} keys CROSS JOIN users u WHERE u.id = keys.k", dialect.number_keys("$1"));
    let values = [rows::json_array(ids.into_iter().map(|id| id.0)).into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found = user::Entity::find().from_raw_sql(statement).all(connection).await.doing("read the users")?;
    Ok(found.into_iter().map(|row| (LocalId(row.id), row)).collect())
}

/// Who has one of these folded values in the column of a match key.
pub(crate) async fn holders<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    key: MatchKey,
    values: impl IntoIterator<Item = &str>,
) -> Result<Vec<(String, LocalId)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Holder {
        k: String,
        id: i64,
    }
    let sql = format!(
        "SELECT keys.k AS k, u.id AS id FROM {} keys CROSS JOIN users u WHERE u.{}_key = keys.k ORDER BY u.id",
        dialect.text_keys("$1"),
        key.as_str()
    );
    let values = [rows::json_array(values).into()];
    let statement = Statement::from_sql_and_values(dialect.backend(), sql, values);
    let found =
        Holder::find_by_statement(statement).all(connection).await.doing("look for users to match")?;
    Ok(found.into_iter().map(|holder| (holder.k, LocalId(holder.id))).collect())
}

/// Whether there has ever been a user.
pub(crate) async fn any<C: ConnectionTrait>(connection: &C, dialect: Dialect) -> Result<bool, StoreError> {
    let statement = Statement::from_string(dialect.backend(), "SELECT 1 FROM users LIMIT 1");
    Ok(connection.query_one_raw(statement).await.doing("look for users")?.is_some())
}

/// Whose username, e-mail or phone is this, whatever its case: by id, at most `limit`, deleted ones never.
pub(crate) async fn called<C: ConnectionTrait>(
    connection: &C,
    dialect: Dialect,
    name: &str,
    limit: usize,
) -> Result<Vec<UserRow>, StoreError> {
    let mut ids = BTreeSet::new();
    for column in MatchKey::ALL.iter().copied() {
        let Some(key) = fold::key_of(column, Some(name)) else { continue };
        let found = holders(connection, dialect, column, [key.as_str()]).await?;
        ids.extend(found.into_iter().map(|(_, id)| id));
    }
    let ids = ids.into_iter().take(limit);
    let mut found: Vec<UserRow> = by_ids(connection, dialect, ids).await?.into_values().collect();
    found.sort_by_key(|row| row.id);
    Ok(found)
}

/// Writes users; one that is there already is replaced, but for its time of creation.
pub(crate) async fn write<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    users: Vec<UserRow>,
) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(users.len() * TABLE.columns.len());
    for user in users {
        values.push(user.id.into());
        values.push(user.username.into());
        values.push(user.nickname.into());
        values.push(user.email.into());
        values.push(user.phone.into());
        values.push(user.username_key.into());
        values.push(user.email_key.into());
        values.push(user.phone_key.into());
        values.push(user.search.into());
        values.push(user.enabled.into());
        values.push(user.custom.into());
        values.push(user.created_at.into());
        values.push(user.updated_at.into());
        values.push(user.deleted_at.into());
    }
    TABLE.write(tx, dialect, values).await
}

/// Lets go of the unique keys of users who are about to get others, so that values can be swapped.
pub(crate) async fn release_keys<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
) -> Result<(), StoreError> {
    let set = ("users", "username_key = NULL, email_key = NULL");
    bulk::set_by_ids(tx, dialect, set, ids, [], "write the users").await
}

/// Takes users out of the lists; their values are free for others, their rows keep their ids.
pub(crate) async fn delete<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
    now: i64,
) -> Result<(), StoreError> {
    const SET: &str =
        "deleted_at = $2, updated_at = $2, username_key = NULL, email_key = NULL, phone_key = NULL";
    bulk::set_by_ids(tx, dialect, ("users", SET), ids, [now.into()], "delete users").await
}

/// Switches users off.
pub(crate) async fn disable<C: ConnectionTrait>(
    tx: &C,
    dialect: Dialect,
    ids: impl IntoIterator<Item = LocalId>,
    now: i64,
) -> Result<(), StoreError> {
    let set = ("users", "enabled = $3, updated_at = $2");
    bulk::set_by_ids(tx, dialect, set, ids, [now.into(), false.into()], "disable users").await
}

/// Which users to [look](super::look) for.
#[derive(Debug, Default)]
pub(crate) struct UserFilter {
    /// Whose username, nickname, e-mail or phone has this in it, whatever its case.
    pub(crate) search: Option<String>,
    /// Who are in this department.
    pub(crate) department: Option<LocalId>,
    /// Whom this source gives.
    pub(crate) source: Option<SourceId>,
    /// The deleted ones instead of the others.
    pub(crate) deleted: bool,
    /// After this one.
    pub(crate) after: Option<LocalId>,
}

/// A LIKE pattern, with `\` as its escape, for texts that have `search` in them, compared in their folded form.
pub(super) fn contains(search: &str) -> String {
    pattern(&fold::fold(search))
}

/// The same for the digits of a search that looks like a phone number.
pub(super) fn contains_number(search: &str) -> Option<String> {
    phone::searched(search).map(|digits| pattern(&digits))
}

fn pattern(folded: &str) -> String {
    let mut pattern = String::from("%");
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_gives_back_the_fields_it_was_made_of() {
        let given = json!({
            "username": "Ann", "nickname": "Ann Lee", "email": "A@x.org", "phone": null, "enabled": false,
            "departments": [], "room": {"floor": 3}, "badge": null,
        });
        let Value::Object(given) = given else { unreachable!() };
        let row = from_fields(LocalId(7), given, 5);
        assert_eq!(
            (row.id, row.username_key.as_deref(), row.email_key.as_deref()),
            (7, Some("ann"), Some("a@x.org"))
        );
        assert_eq!((row.phone_key.as_deref(), row.search.as_str()), (None, "ann\nann lee\na@x.org"));
        let called = |phone: &str| {
            let row = from_fields(LocalId(7), json!({"phone": phone}).as_object().cloned().unwrap(), 5);
            (row.phone, row.phone_key, row.search)
        };
        let kept = |text: &str| Some(text.to_owned());
        assert_eq!(called("+49 30-1"), (kept("+49 30-1"), kept("49301"), "+49 30-1\n49301".into()));
        assert_eq!(called("301"), (kept("301"), kept("301"), "301".into()));
        assert_eq!(called("n/a"), (kept("n/a"), None, "n/a".into()));
        assert_eq!(
            Value::Object(to_fields(&row).unwrap()),
            json!({
                "username": "Ann", "nickname": "Ann Lee", "email": "A@x.org", "phone": null, "enabled": false,
                "room": {"floor": 3},
            })
        );
    }
}
