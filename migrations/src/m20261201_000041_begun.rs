//! How many executions of a task have begun and not come to an orderly end, so that one that ends the daemon each
//! time is not taken up for ever.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("begun").integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("tasks").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("tasks").drop_column("begun").to_owned()).await
    }
}
