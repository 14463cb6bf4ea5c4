//! What adopting a user needs: since when a source no longer gives a record, and which record of the same
//! source led to the user before. Both are null for what was written before this.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, mut column) in columns() {
            let alter = Table::alter().table(Alias::new(table)).add_column(&mut column).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            let name = Alias::new(column.get_column_name());
            let alter = Table::alter().table(Alias::new(table)).drop_column(name).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}

fn columns() -> Vec<(&'static str, ColumnDef)> {
    vec![
        ("records", ColumnDef::new("gone_at").big_integer().to_owned()),
        ("changes", ColumnDef::new("link_move").text().to_owned()),
    ]
}
