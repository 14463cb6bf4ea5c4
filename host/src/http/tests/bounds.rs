//! What can grow is in the table of docs/operations.md: every table of the database, every list, every directory that
//! logs go to.

use sea_orm::{FromQueryResult, Statement};

use super::*;

const DOCUMENT: &str = include_str!("../../../../docs/operations.md");

#[derive(FromQueryResult)]
struct Table {
    name: String,
}

/// The section with the table.
fn section() -> &'static str {
    let (_, rest) = DOCUMENT.split_once("## What grows, and what bounds it\n").unwrap();
    rest.split_once("\n## ").unwrap().0
}

#[tokio::test]
async fn every_table_list_and_log_is_said_to_be_bounded() {
    let bench = Bench::new().await;
    let section = section();
    let reader = bench.engine.store().reader();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'seaql%'";
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    let tables = Table::find_by_statement(statement).all(reader).await.unwrap();
    assert!(tables.len() > 10);
    let mut missing: Vec<String> = Vec::new();
    let tables = tables.into_iter().map(|Table { name }| format!("table `{name}`"));
    missing.extend(tables.filter(|table| !section.contains(table)));
    let operations = bench.description.operations();
    let is_list = |id: &str| id.starts_with("list") || id.starts_with("compatibleList");
    let lists = operations.into_iter().filter(|operation| is_list(&operation.id));
    let lists: Vec<String> = lists.map(|operation| format!("`{}`", operation.path)).collect();
    assert!(lists.len() > 10);
    missing.extend(lists.into_iter().filter(|list| !section.contains(list)));
    for entry in std::fs::read_dir(bench.directory.path()).unwrap() {
        let entry = entry.unwrap();
        let name = format!("(`{}`)", entry.file_name().to_string_lossy());
        if entry.path().is_dir() && !section.contains(&name) {
            missing.push(name);
        }
    }
    assert_eq!(missing, [""; 0], "add what bounds it to \"What grows, and what bounds it\"");
}
