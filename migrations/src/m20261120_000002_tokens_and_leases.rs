//! Tokens of which only hashes are kept, the keys under which clients may repeat a push, and the time until
//! which a task belongs to the daemon that runs it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        manager.create_table(tokens(sqlite)).await?;
        let unique = Index::create().name("tokens_by_name").table("tokens").col("name").unique().to_owned();
        manager.create_index(unique).await?;
        manager.create_table(idempotency_keys(sqlite)).await?;
        let by_age = Index::create()
            .name("idempotency_keys_by_age")
            .table("idempotency_keys")
            .col("created_at")
            .to_owned();
        manager.create_index(by_age).await?;
        // What has no lease is anybody's, so tasks that ran before this column was there go on.
        let lease =
            Table::alter().table("tasks").add_column(ColumnDef::new("lease_until").big_integer()).to_owned();
        manager.alter_table(lease).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("tokens").if_exists().to_owned()).await?;
        manager.drop_table(Table::drop().table("idempotency_keys").if_exists().to_owned()).await?;
        manager.alter_table(Table::alter().table("tasks").drop_column("lease_until").to_owned()).await
    }
}

fn tokens(sqlite: bool) -> TableCreateStatement {
    let mut id = ColumnDef::new("id");
    if sqlite {
        id.integer();
    } else {
        id.big_integer();
    }
    id.not_null().primary_key();
    Table::create()
        .table("tokens")
        .col(id)
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("hash").string().not_null())
        .col(ColumnDef::new("scopes").string().not_null())
        .col(ColumnDef::new("source_id").big_integer())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer())
        .col(ColumnDef::new("last_used_at").big_integer())
        .to_owned()
}

/// `holder` is the id of the token that pushed, 0 for the admin token; `fingerprint` is null until the
/// push has been received completely.
fn idempotency_keys(sqlite: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("idempotency_keys")
        .col(ColumnDef::new("source_id").big_integer().not_null())
        .col(ColumnDef::new("holder").big_integer().not_null())
        .col(ColumnDef::new("key").string().not_null())
        .col(ColumnDef::new("task_id").big_integer().not_null())
        .col(ColumnDef::new("fingerprint").string())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .primary_key(Index::create().col("source_id").col("holder").col("key"));
    if sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}
