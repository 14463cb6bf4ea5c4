//! What tells a database from all others: a name, which the first daemon that opens it makes.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut identity = Table::create();
        identity
            .table("identity")
            .col(ColumnDef::new("name").string().not_null().primary_key())
            .col(ColumnDef::new("value").string().not_null());
        manager.create_table(identity.to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("identity").if_exists().to_owned()).await
    }
}
