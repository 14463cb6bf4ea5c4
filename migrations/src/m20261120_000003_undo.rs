//! What undoing a task needs: which task a task undoes, and the state of a record before a change, and
//! after it where the change itself does not say. `leaves_*` are for the changes of an undo.

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
        // Changes written before this say nothing of the state; nearly always it was «present».
        let known = Query::update()
            .table(Alias::new("changes"))
            .value(Alias::new("base_state"), 1)
            .and_where(Expr::col(Alias::new("base")).is_not_null())
            .to_owned();
        manager.execute(known).await?;
        let index =
            Index::create().name("tasks_by_undone").table(Alias::new("tasks")).col("undoes").to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("tasks_by_undone").table(Alias::new("tasks")).to_owned())
            .await?;
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
        ("tasks", ColumnDef::new("undoes").big_integer().to_owned()),
        ("changes", ColumnDef::new("base_state").small_integer().to_owned()),
        ("changes", ColumnDef::new("leaves_hash").big_integer().to_owned()),
        ("changes", ColumnDef::new("leaves_state").small_integer().to_owned()),
    ]
}
