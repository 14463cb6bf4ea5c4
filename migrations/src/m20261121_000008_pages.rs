//! What pages ask that no index answered: who is deleted or switched off, who leads a department, which changes
//! failed, and what the tasks of a month did. The first four are indexes of few rows out of many, so that a bulk
//! load, whose rows are in none of them, is as fast as without.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What a task wrote, once it has ended: sums of its counts, and 0 for a dry run and what came to no end.
const WRITTEN: [&str; 4] = ["created", "updated", "removed", "failed"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in WRITTEN {
            let column = ColumnDef::new(name).big_integer().not_null().default(0).to_owned();
            manager.alter_table(Table::alter().table("tasks").add_column(column).to_owned()).await?;
        }
        let connection = manager.get_connection();
        // Databases that never were of an earlier version have no tasks yet.
        if manager.get_database_backend() == DbBackend::Sqlite {
            connection.execute_unprepared(&fill()).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name) in [
            ("users", "users_deleted"),
            ("users", "users_disabled"),
            ("memberships", "memberships_of_owners"),
            ("changes", "changes_by_outcome"),
            ("tasks", "tasks_by_day"),
        ] {
            manager.drop_index(Index::drop().name(name).table(Alias::new(table)).to_owned()).await?;
        }
        for name in WRITTEN {
            manager.alter_table(Table::alter().table("tasks").drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn fill() -> String {
    let sum = |counts: &[&str]| {
        let paths =
            ["user", "department"].iter().flat_map(|of| counts.iter().map(move |n| format!("$.{of}.{n}")));
        let terms = paths.map(|path| format!("coalesce(json_extract(counts, '{path}'), 0)"));
        terms.collect::<Vec<_>>().join(" + ")
    };
    format!(
        "UPDATE tasks SET created = {}, updated = {}, removed = {}, failed = {} \
         WHERE NOT dry_run AND status IN ('success', 'partial')",
        sum(&["created"]),
        sum(&["updated"]),
        sum(&["disabled", "deleted"]),
        sum(&["failed"])
    )
}

fn indexes() -> Vec<IndexCreateStatement> {
    let is_deleted = || Expr::col("deleted_at").is_not_null();
    vec![
        Index::create().name("users_deleted").table("users").col("id").and_where(is_deleted()).to_owned(),
        Index::create()
            .name("users_disabled")
            .table("users")
            .col("id")
            .and_where(Expr::cust("NOT enabled"))
            .and_where(Expr::col("deleted_at").is_null())
            .to_owned(),
        Index::create()
            .name("memberships_of_owners")
            .table("memberships")
            .col("source_id")
            .col("department_uid")
            .and_where(Expr::cust("is_owner"))
            .to_owned(),
        Index::create()
            .name("changes_by_outcome")
            .table("changes")
            .col("task_id")
            .col("outcome")
            .col("data_type")
            .col("uid")
            .and_where(Expr::col("outcome").is_not_null())
            .to_owned(),
        // It has all that figures are made of, so that they are read off it alone.
        Index::create()
            .name("tasks_by_day")
            .table("tasks")
            .col("created_at")
            .col("status")
            .col("cost_ms")
            .col("created")
            .col("updated")
            .col("removed")
            .col("failed")
            .to_owned(),
    ]
}
