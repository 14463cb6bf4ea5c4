//! Which records have to be compared with their rows although their sources give them unchanged. Null is none.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter().table("records").add_column(ColumnDef::new("due").boolean()).to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter().table("records").drop_column("due").to_owned();
        manager.alter_table(drop).await
    }
}
