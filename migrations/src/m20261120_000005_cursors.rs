//! Where the next incremental read of a source goes on, and when a source was last read as a whole. Cursors
//! may be long, so they have a table of their own, which no list of sources or tasks reads.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        manager.create_table(cursors(sqlite)).await?;
        let last = ColumnDef::new("last_full_at").big_integer().to_owned();
        manager.alter_table(Table::alter().table("sources").add_column(last).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("cursors").if_exists().to_owned()).await?;
        manager.alter_table(Table::alter().table("sources").drop_column("last_full_at").to_owned()).await
    }
}

/// `valid`: all that it covers is applied. `made_with` is a hash of the source's options and its plugin's version.
fn cursors(sqlite: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("cursors")
        .col(ColumnDef::new("source_id").big_integer().not_null())
        .col(ColumnDef::new("task_id").big_integer().not_null())
        .col(ColumnDef::new("valid").boolean().not_null())
        .col(ColumnDef::new("made_with").big_integer().not_null())
        .col(ColumnDef::new("read_at").big_integer().not_null())
        .col(ColumnDef::new("cursor").text().not_null())
        .primary_key(Index::create().col("source_id").col("task_id"));
    if sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}
