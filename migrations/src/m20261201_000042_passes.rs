//! How many passes of deliveries to a target have begun and not come to an orderly end, so that deliveries that end the
//! daemon each time are not sent for ever.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("begun").integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("targets").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("targets").drop_column("begun").to_owned()).await
    }
}
