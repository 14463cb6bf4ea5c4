//! `sort` as text, which keeps integers of 64 bits exactly where a double did not, and phone numbers under the digits
//! by which they are compared.

use std::fmt::Write;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The tables that have a `sort`.
const SORTED: [&str; 2] = ["departments", "memberships"];
/// How many users are given keys at once.
const PAGE: i64 = 5_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in SORTED {
            let text = ColumnDef::new("sort_text").text().to_owned();
            replace_sort(manager, table, text, "sort_text", AS_TEXT).await?;
        }
        // Databases that never were of an earlier version have no users yet.
        if manager.get_database_backend() == DbBackend::Sqlite {
            key_phones(manager.get_connection()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in SORTED {
            let number = ColumnDef::new("sort_number").double().to_owned();
            replace_sort(manager, table, number, "sort_number", "CAST(sort AS REAL)").await?;
        }
        // Phone numbers stay under their digits until their rows are written again.
        Ok(())
    }
}

/// Whole numbers as integers, as a record's normal form writes them, as far as a double has them exactly.
const AS_TEXT: &str = "CASE WHEN sort = CAST(sort AS INTEGER) AND abs(sort) <= 9007199254740992 \
                       THEN CAST(CAST(sort AS INTEGER) AS TEXT) ELSE CAST(sort AS TEXT) END";

async fn replace_sort(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
    name: &'static str,
    value: &str,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
    let fill = format!("UPDATE {table} SET {name} = {value} WHERE sort IS NOT NULL");
    manager.get_connection().execute_unprepared(&fill).await?;
    manager.alter_table(Table::alter().table(table).drop_column("sort").to_owned()).await?;
    manager.alter_table(Table::alter().table(table).rename_column(name, "sort").to_owned()).await
}

/// Gives phone numbers their keys, as far as they are plain digits with signs between them. Any other one keeps the
/// key that it has until its row is written again.
async fn key_phones(connection: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let mut after = 0;
    loop {
        let sql = "SELECT id, phone FROM users WHERE id > $1 AND phone IS NOT NULL AND deleted_at IS NULL \
                   ORDER BY id LIMIT $2";
        let page = Statement::from_sql_and_values(backend, sql, [after.into(), PAGE.into()]);
        let rows = connection.query_all_raw(page).await?;
        let mut keys = String::from("[");
        for row in &rows {
            let (id, phone): (i64, String) = (row.try_get("", "id")?, row.try_get("", "phone")?);
            after = id;
            if let Some(key) = key(&phone) {
                let comma = if keys.len() == 1 { "" } else { "," };
                let key = if key.is_empty() { "null".to_owned() } else { format!("\"{key}\"") };
                // Writing into a text can't fail.
                let _ = write!(keys, "{comma}[{id},{key}]");
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        keys.push(']');
        let sql = "UPDATE users SET phone_key = k.key, \
                   search = search || CASE WHEN k.key IS NULL OR k.key = users.phone THEN '' \
                                      ELSE char(10) || k.key END \
                   FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS key \
                         FROM json_each($1)) k WHERE users.id = k.id";
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, [keys.into()])).await?;
    }
}

/// The key of a phone number in ASCII digits, empty for one without any digit, `None` for one that is written in
/// another way. It is what `domain/phone.rs` of this time makes of it, and stays so.
fn key(phone: &str) -> Option<String> {
    let phone = phone.trim();
    if !phone.contains(|c: char| c.is_numeric()) {
        return Some(String::new());
    }
    let is_sign = |c: char| c.is_whitespace() || "+-./()\u{2010}\u{2011}\u{2013}".contains(c);
    if !phone.chars().all(|c| c.is_ascii_digit() || is_sign(c)) {
        return None;
    }
    let is_international = phone.starts_with('+') || phone.starts_with("00");
    let digits: String = phone
        .replacen("(0)", "", usize::from(is_international))
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let mut digits = digits.as_str();
    while digits.len() >= 8 {
        let Some(rest) = digits.strip_prefix("00") else { break };
        digits = rest;
    }
    Some(digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn plain_numbers_get_their_digits() {
        let check =
            |phone: &str, expected: Option<&str>| assert_eq!(key(phone).as_deref(), expected, "{phone}");
        check("+49 (0)30 12-34", Some("49301234"));
        check("0049 30 1234", Some("49301234"));
        check("030/1234", Some("0301234"));
        check("n/a", Some(""));
        check("030 1234 ext. 5", None);
        check("٠٣٠", None);
    }
}
