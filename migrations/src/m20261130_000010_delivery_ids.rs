//! Whose a target's id is: no two users, and no two departments, may have the same.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create()
            .name("deliveries_by_remote_id")
            .table("deliveries")
            .col("target_id")
            .col("data_type")
            .col("remote_id")
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop().name("deliveries_by_remote_id").table("deliveries").to_owned();
        manager.drop_index(index).await
    }
}
