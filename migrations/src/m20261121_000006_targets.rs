//! Targets, and what is to be delivered to them: one row for each user or department that a target has or
//! is to have. `confirmed` is the record as the target confirmed it last, `in_doubt` what was sent since and not
//! answered (`null` as JSON: a delete); `generation` counts the changes, so that a confirmation is told from one
//! of an older state.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        manager.create_table(targets(sqlite)).await?;
        manager.create_table(deliveries(sqlite)).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let target =
            Table::alter().table("tasks").add_column(ColumnDef::new("target_id").big_integer()).to_owned();
        manager.alter_table(target).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("deliveries").if_exists().to_owned()).await?;
        manager.drop_table(Table::drop().table("targets").if_exists().to_owned()).await?;
        manager.alter_table(Table::alter().table("tasks").drop_column("target_id").to_owned()).await
    }
}

fn targets(sqlite: bool) -> TableCreateStatement {
    let mut id = ColumnDef::new("id");
    if sqlite {
        id.integer();
    } else {
        id.big_integer();
    }
    id.not_null().primary_key();
    Table::create()
        .table("targets")
        .col(id)
        .col(ColumnDef::new("name").string().not_null())
        .col(ColumnDef::new("name_key").string())
        .col(ColumnDef::new("target_type").string().not_null())
        .col(ColumnDef::new("display_name").string())
        .col(ColumnDef::new("enabled").boolean().not_null())
        .col(ColumnDef::new("options").text().not_null())
        .col(ColumnDef::new("takes_departments").boolean().not_null())
        .col(ColumnDef::new("takes_users").boolean().not_null())
        .col(ColumnDef::new("trouble").text())
        .col(ColumnDef::new("failures").integer().not_null())
        .col(ColumnDef::new("retry_at").big_integer())
        .col(ColumnDef::new("owner").string())
        .col(ColumnDef::new("lease_until").big_integer())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .to_owned()
}

fn deliveries(sqlite: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("deliveries")
        .col(ColumnDef::new("target_id").big_integer().not_null())
        .col(ColumnDef::new("data_type").small_integer().not_null())
        .col(ColumnDef::new("local_id").big_integer().not_null())
        .col(ColumnDef::new("state").string().not_null())
        .col(ColumnDef::new("task_id").big_integer().not_null())
        .col(ColumnDef::new("generation").big_integer().not_null())
        .col(ColumnDef::new("attempts").integer().not_null())
        .col(ColumnDef::new("due_at").big_integer().not_null())
        .col(ColumnDef::new("remote_id").text())
        .col(ColumnDef::new("confirmed").text())
        .col(ColumnDef::new("in_doubt").text())
        .col(ColumnDef::new("error").text())
        .primary_key(Index::create().col("target_id").col("data_type").col("local_id"));
    if sqlite {
        table.extra("WITHOUT ROWID");
    }
    table
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        // Null once the target is deleted, so that its name is free again.
        Index::create().name("targets_by_name").table("targets").col("name_key").unique().to_owned(),
        Index::create()
            .name("deliveries_by_state")
            .table("deliveries")
            .col("target_id")
            .col("state")
            .col("data_type")
            .col("due_at")
            .to_owned(),
        Index::create().name("deliveries_by_task").table("deliveries").col("task_id").col("state").to_owned(),
    ]
}
