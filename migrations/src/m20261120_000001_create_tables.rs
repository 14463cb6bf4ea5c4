//! The first tables: sources, tasks, changes, records, users, departments, memberships, counters.
//!
//! Tables that are looked up and written by natural key are clustered on it (`WITHOUT ROWID` on
//! SQLite), so that a look-up by uid is one descent. Times are milliseconds since 1970, UTC; JSON is
//! text. References between records are kept by uid and resolved when read, so nothing has to arrive
//! in any order.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        for table in tables(sqlite) {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in
            ["counters", "memberships", "departments", "users", "records", "changes", "tasks", "sources"]
        {
            manager.drop_table(Table::drop().table(Alias::new(name)).if_exists().to_owned()).await?;
        }
        Ok(())
    }
}

fn tables(sqlite: bool) -> Vec<TableCreateStatement> {
    let clustered = |mut table: TableCreateStatement| {
        if sqlite {
            table.extra("WITHOUT ROWID");
        }
        table
    };
    vec![
        table("sources")
            .col(id(sqlite))
            .col(string("name"))
            .col(ColumnDef::new("name_key").string())
            .col(string("source_type"))
            .col(ColumnDef::new("display_name").string())
            .col(ColumnDef::new("enabled").boolean().not_null())
            .col(ColumnDef::new("options").text().not_null())
            .col(ColumnDef::new("schedule").string())
            .col(ColumnDef::new("policy").text().not_null())
            .col(ColumnDef::new("last_batch").big_integer().not_null())
            .col(time("created_at"))
            .col(time("updated_at"))
            .col(ColumnDef::new("deleted_at").big_integer())
            .to_owned(),
        table("tasks")
            .col(id(sqlite))
            .col(ColumnDef::new("source_id").big_integer().not_null())
            .col(ColumnDef::new("batch").big_integer().not_null())
            .col(string("kind"))
            .col(string("mode"))
            .col(ColumnDef::new("data_type").small_integer())
            .col(ColumnDef::new("match_key").string())
            .col(ColumnDef::new("dry_run").boolean().not_null())
            .col(string("status"))
            .col(string("phase"))
            .col(ColumnDef::new("message").text())
            .col(ColumnDef::new("held_by").string())
            .col(ColumnDef::new("attempt").integer().not_null())
            .col(ColumnDef::new("retries_failed").boolean().not_null())
            .col(ColumnDef::new("owner").string())
            .col(ColumnDef::new("counts").text().not_null())
            .col(ColumnDef::new("watermark_type").small_integer())
            .col(ColumnDef::new("watermark_uid").string())
            .col(ColumnDef::new("cost_ms").big_integer().not_null())
            .col(time("created_at"))
            .col(ColumnDef::new("started_at").big_integer())
            .col(ColumnDef::new("finished_at").big_integer())
            .to_owned(),
        clustered(
            table("changes")
                .col(ColumnDef::new("task_id").big_integer().not_null())
                .col(ColumnDef::new("data_type").small_integer().not_null())
                .col(string("uid"))
                .col(ColumnDef::new("position").big_integer().not_null())
                .col(string("op"))
                .col(string("cause"))
                .col(ColumnDef::new("record").text())
                .col(ColumnDef::new("before_json").text())
                .col(ColumnDef::new("local_id").big_integer())
                .col(ColumnDef::new("base").big_integer())
                .col(ColumnDef::new("outcome").string())
                .col(ColumnDef::new("error").text())
                .primary_key(Index::create().col("task_id").col("data_type").col("uid"))
                .to_owned(),
        ),
        clustered(
            table("records")
                .col(ColumnDef::new("source_id").big_integer().not_null())
                .col(ColumnDef::new("data_type").small_integer().not_null())
                .col(string("uid"))
                .col(ColumnDef::new("hash").big_integer().not_null())
                .col(ColumnDef::new("state").small_integer().not_null())
                .col(ColumnDef::new("local_id").big_integer().not_null())
                .primary_key(Index::create().col("source_id").col("data_type").col("uid"))
                .to_owned(),
        ),
        table("users")
            .col(id(sqlite))
            .col(ColumnDef::new("username").string())
            .col(ColumnDef::new("nickname").string())
            .col(ColumnDef::new("email").string())
            .col(ColumnDef::new("phone").string())
            .col(ColumnDef::new("username_key").string())
            .col(ColumnDef::new("email_key").string())
            .col(ColumnDef::new("phone_key").string())
            .col(ColumnDef::new("search").text().not_null())
            .col(ColumnDef::new("enabled").boolean().not_null())
            .col(ColumnDef::new("custom").text().not_null())
            .col(time("created_at"))
            .col(time("updated_at"))
            .col(ColumnDef::new("deleted_at").big_integer())
            .to_owned(),
        table("departments")
            .col(id(sqlite))
            .col(string("title"))
            .col(ColumnDef::new("sort").double())
            .col(ColumnDef::new("enabled").boolean().not_null())
            .col(ColumnDef::new("source_id").big_integer().not_null())
            .col(ColumnDef::new("parent_uid").string())
            .col(ColumnDef::new("search").text().not_null())
            .col(ColumnDef::new("custom").text().not_null())
            .col(time("created_at"))
            .col(time("updated_at"))
            .col(ColumnDef::new("deleted_at").big_integer())
            .to_owned(),
        clustered(
            table("memberships")
                .col(ColumnDef::new("user_id").big_integer().not_null())
                .col(ColumnDef::new("source_id").big_integer().not_null())
                .col(string("department_uid"))
                .col(ColumnDef::new("is_main").boolean().not_null())
                .col(ColumnDef::new("is_owner").boolean().not_null())
                .col(ColumnDef::new("sort").double())
                .primary_key(Index::create().col("user_id").col("source_id").col("department_uid"))
                .to_owned(),
        ),
        table("counters")
            .col(ColumnDef::new("name").string().not_null().primary_key())
            .col(ColumnDef::new("last").big_integer().not_null())
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str, table: &str, columns: &[&str], unique: bool| {
        let mut index = Index::create();
        index.name(name).table(Alias::new(table));
        for column in columns {
            index.col(Alias::new(*column));
        }
        if unique {
            index.unique();
        }
        index
    };
    vec![
        // Null once the source is deleted, so that its name is free again.
        index("sources_by_name", "sources", &["name_key"], true),
        index("tasks_by_batch", "tasks", &["source_id", "batch"], true),
        index("tasks_by_status", "tasks", &["status", "id"], false),
        index("records_by_row", "records", &["data_type", "local_id"], false),
        index("users_by_username", "users", &["username_key"], true),
        index("users_by_email", "users", &["email_key"], true),
        index("users_by_phone", "users", &["phone_key"], false),
        index("departments_by_parent", "departments", &["source_id", "parent_uid"], false),
        index("memberships_by_department", "memberships", &["source_id", "department_uid"], false),
    ]
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).to_owned()
}

/// Ids are assigned by the daemon out of `counters` and never used again. On SQLite only the type
/// `integer` makes the row's own address the key, without an index beside it.
fn id(sqlite: bool) -> ColumnDef {
    let mut column = ColumnDef::new("id");
    if sqlite {
        column.integer();
    } else {
        column.big_integer();
    }
    column.not_null().primary_key();
    column
}

fn string(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.string().not_null();
    column
}

fn time(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.big_integer().not_null();
    column
}
