//! Changes and deliveries beside their keys. Within the key's own tree, SQLite reads a row that is longer than about a
//! kilobyte whole each time it compares its key, so that a few large records made every look-up beside them slow.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["changes", "deliveries"];
const CLUSTERED: &str = " WITHOUT ROWID";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            rebuild(manager, table, |definition| {
                definition.trim_end().trim_end_matches(CLUSTERED).to_owned()
            })
            .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            rebuild(manager, table, |definition| format!("{definition}{CLUSTERED}")).await?;
        }
        Ok(())
    }
}

/// Makes a table anew with another definition, and copies its rows. Other databases keep rows beside their keys.
async fn rebuild(
    manager: &SchemaManager<'_>,
    table: &str,
    definition: impl Fn(&str) -> String,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let connection = manager.get_connection();
    let sql = format!(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = '{table}' AND sql IS NOT NULL ORDER BY type DESC"
    );
    let found = connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    let found = found.iter().map(|row| row.try_get::<String>("", "sql")).collect::<Result<Vec<_>, _>>()?;
    let (old, indexes) =
        found.split_first().ok_or_else(|| DbErr::Custom(format!("there is no table {table}")))?;
    let made = definition(old).replacen(&format!("\"{table}\""), &format!("\"{table}_made\""), 1);
    let steps = [
        made,
        format!("INSERT INTO {table}_made SELECT * FROM {table}"),
        format!("DROP TABLE {table}"),
        format!("ALTER TABLE {table}_made RENAME TO {table}"),
    ];
    let transaction = connection.begin().await?;
    for step in steps.iter().chain(indexes) {
        transaction.execute_unprepared(step).await?;
    }
    transaction.commit().await
}
