//! Tasks: the list, a task's pages, and what people do about them.

use serde_json::{Value, json};

use super::Visit;
use crate::http::tests::people;

impl Visit {
    /// Syncs `pulled` with these users; gives the path of the task's page.
    async fn pulled(&self, users: Value) -> String {
        format!("/tasks/{}", self.bench.pull(users).await["id"])
    }
}

/// What stands between the first of these and the end that follows.
fn part<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let start = html.find(from).unwrap_or_else(|| panic!("no `{from}` in {html}"));
    let end = html[start..].find(to).unwrap_or_else(|| panic!("no `{to}` after `{from}` in {html}"));
    &html[start..start + end]
}

#[tokio::test]
async fn the_list_says_who_did_what() {
    let mut visit = Visit::with_scope("read").await;
    let empty = visit.see("/tasks").await;
    assert!(empty.contains("There are no tasks here"), "{empty}");
    visit.pulled(people(0..3)).await;
    let list = visit.see("/tasks?source=pulled&status=").await;
    for there in ["pulled, no. 1", "read by a plugin, full", "the admin token", "3 created", "success"] {
        assert!(list.contains(there), "{there}: {list}");
    }
    let none = visit.see("/tasks?status=held").await;
    assert!(none.contains("No task matches") && none.contains("Clear the filters"), "{none}");
    assert_eq!(visit.get("/tasks?staus=held").await.status, 200);
}

#[tokio::test]
async fn a_task_shows_its_changes_field_by_field() {
    let mut visit = Visit::with_scope("read").await;
    visit.pulled(json!([{"uid": "1", "username": "ann", "email": "a@x.example"}])).await;
    let path = visit.pulled(json!([{"uid": "1", "username": "ann", "email": "a&b@x.example"}])).await;
    let html = visit.see(&path).await;
    assert!(html.contains("<h1>Task 2 of pulled</h1>"), "{html}");
    let change = part(&html, "class=\"changes\"", "</ul>");
    assert!(change.contains("<a href=\"/users/1\">ann <span class=\"mono\">1</span></a>"), "{change}");
    let line = part(change, "<dt><code>email</code>", "</dd>");
    assert!(line.contains("<del class=\"before\">a@x.example</del>"), "{line}");
    assert!(line.contains("<ins class=\"after\">a&#38;b@x.example</ins>"), "{line}");
    assert!(!change.contains("username"), "what did not change is not shown: {change}");
    for button in ["Undo", "Retry", "Stop the task", "Approve"] {
        assert!(!html.contains(&format!("{button}</button>")), "{button} is not for readers");
    }
    let filtered = visit.see(&format!("{path}?op=create&outcome=&type=user")).await;
    assert!(filtered.contains("No change matches"), "{filtered}");
    for missing in ["/tasks/99", "/tasks/99/records", "/tasks/99/log", "/tasks/99/failures.csv", "/tasks/x"] {
        assert_eq!(visit.get(missing).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn what_failed_comes_first_and_as_csv() {
    let mut visit = Visit::with_scope("read").await;
    let users = json!([
        {"uid": "1", "username": "ann"},
        {"uid": "=2", "email": 5, "password": "hunter2"},
        {"uid": "3", "username": "a \"b\", c", "phone": []},
    ]);
    let path = visit.pulled(users).await;
    let html = visit.see(&path).await;
    let (failed, others) = html.split_once("Everything else").unwrap_or_else(|| panic!("{html}"));
    let failed = part(failed, "What failed", "</section>");
    assert!(failed.contains("email: must be a string or null") && failed.contains("phone"), "{failed}");
    assert!(!failed.contains(">ann") && others.contains("ann"), "{html}");
    assert!(!html.contains("hunter2"), "secrets are masked: {html}");
    let csv = visit.get(&format!("{path}/failures.csv")).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("task-1-failures.csv"));
    let lines: Vec<&str> = csv.html.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}dataType,uid,op,error,record");
    assert_eq!((lines.len(), lines[3]), (4, ""), "{csv:?}");
    assert!(lines[1].starts_with("\"user\",\"'=2\",\"reject\","), "a formula: {}", lines[1]);
    assert!(lines[1].contains("[redacted]") && !csv.html.contains("hunter2"), "{}", lines[1]);
    assert!(lines[2].starts_with("\"user\",\"3\",\"reject\",") && lines[2].ends_with('"'), "{}", lines[2]);
}

#[tokio::test]
async fn a_csv_goes_on_beyond_a_page() {
    let mut visit = Visit::with_scope("read").await;
    let users: Value = (0..2_001).map(|n| json!({"uid": format!("u{n:05}"), "email": n})).collect();
    let path = visit.pulled(users).await;
    let csv = visit.get(&format!("{path}/failures.csv")).await.html;
    let uids: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!(uids.len(), 2_001);
    assert!(uids.is_sorted() && uids.first() != uids.last());
    let html = visit.see(&path).await;
    assert!(html.contains("Show all that failed"), "{html}");
}

#[tokio::test]
async fn a_held_plan_says_what_approving_does() {
    let mut visit = Visit::with_scope("operate").await;
    visit.pulled(people(0..40)).await;
    let path = visit.pulled(people(0..1)).await;
    let html = visit.see(&path).await;
    let dialog = part(&html, "<dialog id=\"approve\"", "</dialog>");
    assert!(dialog.contains("<li>Disables 39 of 40 users.</li>"), "{dialog}");
    assert!(html.contains("more than 20 %, and more than 10"), "{html}");
    assert!(html.contains("absent from a full read"), "{html}");

    let unmarked = visit.send("POST", &format!("{path}/approve"), &[], &[]).await;
    assert_eq!(unmarked.status, 403);
    let approved = visit.post(&format!("{path}/approve"), &[]).await;
    assert_eq!((approved.status, approved.leads_to()), (303, Some(path.as_str())));
    assert!(visit.see(&path).await.contains("The plan is approved"));
    let again = visit.post(&format!("{path}/reject"), &[]).await;
    assert_eq!((again.status, again.leads_to()), (303, Some(path.as_str())));
    let html = visit.see(&path).await;
    assert!(html.contains("notice warning") && html.contains("the task has moved on"), "{html}");
}

#[tokio::test]
async fn an_empty_read_is_held_and_rejected() {
    let mut visit = Visit::with_scope("operate").await;
    visit.pulled(people(0..4)).await;
    let path = visit.pulled(json!([])).await;
    let html = visit.see(&path).await;
    assert!(html.contains("The source gave nothing of what it had before"), "{html}");
    assert!(html.contains("<li>Disables 4 of 4 users.</li>"), "{html}");
    visit.post(&format!("{path}/reject"), &[]).await;
    let html = visit.see(&path).await;
    assert!(html.contains("Nothing of it was written") && html.contains("cancelled"), "{html}");
    assert!(!html.contains("<dialog"), "{html}");
}

#[tokio::test]
async fn a_task_is_undone_or_only_looked_at() {
    let mut visit = Visit::with_scope("operate").await;
    let path = visit.pulled(people(0..3)).await;
    let html = visit.see(&path).await;
    let dialog = part(&html, "<dialog id=\"undo\"", "</dialog>");
    assert!(dialog.contains("Removes 3 users that it created."), "{dialog}");
    let looked = visit.post(&format!("{path}/undo"), &[("dryRun", "true")]).await;
    let dry = looked.leads_to().unwrap().to_owned();
    visit.bench.settled(&json!(2)).await;
    let html = visit.see(&dry).await;
    assert!(html.contains("nothing of it is written") && html.contains("of scope operate"), "{html}");
    assert!(html.contains("undoes a create") && !html.contains("<dialog id=\"undo\""), "{html}");

    let undone = visit.post(&format!("{path}/undo"), &[]).await;
    let undo = undone.leads_to().unwrap().to_owned();
    visit.bench.settled(&json!(3)).await;
    assert!(visit.see(&undo).await.contains(&format!("<a href=\"{path}\">")));
    let html = visit.see(&path).await;
    assert!(
        html.contains(&format!("<a href=\"{undo}\">")) && !html.contains("<dialog id=\"undo\""),
        "{html}"
    );
    visit.post(&format!("{path}/undo"), &[]).await;
    assert!(visit.see(&path).await.contains("is undone already"));
}

#[tokio::test]
async fn a_retry_is_offered_where_there_is_something_to_retry() {
    let mut visit = Visit::with_scope("operate").await;
    let path = visit.pulled(json!([{"uid": "1", "email": 5}, {"uid": "2"}])).await;
    assert!(visit.see(&path).await.contains("Retry the failed ones</button>"));
    let retried = visit.post(&format!("{path}/retry"), &[]).await;
    assert_eq!(retried.leads_to(), Some(path.as_str()));
    visit.bench.settled(&json!(1)).await;
    let html = visit.see(&path).await;
    assert!(html.contains("attempt 2"), "{html}");
    let good = visit.pulled(json!([{"uid": "2"}])).await;
    assert!(!visit.see(&good).await.contains("again</button>"));
}

#[tokio::test]
async fn readers_do_nothing_about_tasks() {
    let mut visit = Visit::with_scope("read").await;
    let path = visit.pulled(people(0..3)).await;
    for step in ["cancel", "approve", "reject", "retry", "undo"] {
        assert_eq!(visit.post(&format!("{path}/{step}"), &[]).await.status, 403, "{step}");
    }
}

#[tokio::test]
async fn raw_records_are_shown_as_they_came() {
    let mut visit = Visit::with_scope("read").await;
    visit.pulled(people(10..12)).await;
    let path = visit.pulled(people(0..3)).await;
    let html = visit.see(&format!("{path}/records")).await;
    assert!(html.contains("&#34;uid&#34;:&#34;u0&#34;") && html.contains("u2"), "{html}");
    assert!(!html.contains("u11"), "those of other tasks are not: {html}");
    let found = visit.see(&format!("{path}/records?search=U1")).await;
    assert!(found.contains("u1") && !found.contains("&#34;u2&#34;"), "{found}");
    assert_eq!(visit.get(&format!("{path}/records?cursor=x")).await.status, 200);
    let log = visit.see(&format!("{path}/log")).await;
    assert!(log.contains("The log says nothing of it"), "tests log nothing: {log}");
}

#[tokio::test]
async fn a_disabled_source_can_not_be_approved() {
    let mut visit = Visit::with_scope("operate").await;
    visit.pulled(people(0..40)).await;
    let path = visit.pulled(people(0..1)).await;
    visit.bench.with_json("PATCH", "/api/v1/sources/pulled", json!({"enabled": false})).await;
    let html = visit.see(&path).await;
    assert!(html.contains("can&#39;t be approved while its source is disabled"), "{html}");
    assert!(!html.contains("<dialog id=\"approve\"") && html.contains("<dialog id=\"reject\""), "{html}");
    visit.post(&format!("{path}/approve"), &[]).await;
    assert!(visit.see(&path).await.contains("the source is disabled. Enable it"));
}

#[tokio::test]
async fn memberships_are_told_by_department() {
    let mut visit = Visit::with_scope("read").await;
    let user = |departments: Value| json!([{"uid": "1", "username": "ann", "departments": departments}]);
    visit
        .bench
        .push("type=department", json!([{"uid": "d1", "title": "A"}, {"uid": "d2", "title": "B"}]))
        .await;
    visit.bench.push("type=user", user(json!(["d1"]))).await;
    let pushed = visit.bench.push("type=user", user(json!(["d2"]))).await;
    let html = visit.see(&format!("/tasks/{}", pushed["taskId"])).await;
    let line = part(&html, "<dt><code>departments</code>", "</dd>");
    assert!(line.contains("<del class=\"before\">d1") && line.contains("<ins class=\"after\">d2"), "{line}");
    let none = visit.see(&format!("/tasks/{}?type=department", pushed["taskId"])).await;
    assert!(none.contains("No change matches"), "{none}");
}
