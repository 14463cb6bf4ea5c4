//! Who is logged in on the page. Kept in the database so that a restart logs nobody out, and so that revoking a
//! token ends what was begun with it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        manager.create_table(sessions(sqlite)).await?;
        let by_end = Index::create().name("sessions_by_end").table("sessions").col("expires_at").to_owned();
        manager.create_index(by_end).await?;
        let by_token = Index::create()
            .name("sessions_by_token")
            .table("sessions")
            .col("token_hash")
            .col("expires_at")
            .to_owned();
        manager.create_index(by_token).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sessions").if_exists().to_owned()).await
    }
}

/// `id` is the SHA-256 of what the cookie says, `token_hash` that of the token that logged in; `token_id` is null for
/// the admin token, which is in no table.
fn sessions(sqlite: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("sessions")
        .col(ColumnDef::new("id").string().not_null().primary_key())
        .col(ColumnDef::new("token_id").big_integer())
        .col(ColumnDef::new("token_hash").string().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null());
    if sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}
