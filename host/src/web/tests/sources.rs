//! The pages of sources.

use serde_json::{Value, json};

use super::{Page, Visit, html};
use crate::http::tests::{Bench, people};

/// Fills in the form at an address and sends it.
async fn fill(visit: &mut Visit, path: &str, changes: &[(&str, &str)]) -> Page {
    let page = visit.see(path).await;
    let mut fields = html::fields(&page, "<form class=\"form stack\"");
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visit.send("POST", path, &[], &fields).await
}

async fn source(bench: &Bench, name: &str) -> Value {
    bench.get(&format!("/api/v1/sources/{name}")).await.body
}

#[tokio::test]
async fn the_list_tells_of_each_source_and_offers_what_can_be_done() {
    let mut visit = Visit::admin().await;
    let seen = visit.get("/sources").await;
    for expected in [
        "href=\"/sources/pulled\"",
        "ACME HR",
        "action=\"/sources/pulled/sync\"",
        "href=\"/tasks?source=pulled\"",
        "href=\"/sources/new\"",
    ] {
        assert!(seen.html.contains(expected), "{expected} in {}", seen.html);
    }
    assert!(!seen.html.contains("/sources/api/sync"), "nobody can sync what is pushed to");
    assert!(!seen.html.contains("curl"), "there is a source to sync");

    visit.bench.with_json("PATCH", "/api/v1/sources/pulled", json!({"enabled": false})).await;
    let seen = visit.get("/sources").await.html;
    assert!(!seen.contains("/sources/pulled/sync") && !seen.contains("/tasks?source=pulled"), "{seen}");

    visit.bench.with_json("DELETE", "/api/v1/sources/pulled", json!({})).await;
    let seen = visit.send("GET", "/sources", &[("host", "orgsync.example:8370")], &[]).await.html;
    let line = "http://orgsync.example:8370/api/v1/sources/api/records?type=user";
    assert!(seen.contains(line), "{seen}");
}

#[tokio::test]
async fn what_a_scope_may_not_do_is_neither_offered_nor_done() {
    let check = async |scope: &str, offered: &[&str], withheld: &[&str]| {
        let mut visit = Visit::with_scope(scope).await;
        let seen = visit.see("/sources/pulled").await + &visit.see("/sources").await;
        for path in offered {
            assert!(seen.contains(path), "{scope}: {path}");
        }
        for path in withheld {
            assert!(!seen.contains(path), "{scope}: {path}");
            assert_eq!(visit.post(path, &[]).await.status, 403, "{scope}: {path}");
        }
    };
    let (steps, changes) = (
        ["/sources/pulled/sync", "/sources/pulled/check"],
        ["/sources/pulled/edit", "/sources/new", "/sources/pulled/disable", "/sources/pulled/delete"],
    );
    check("read", &["/sources/pulled"], &[steps.as_slice(), &changes].concat()).await;
    check("operate", &steps, &changes).await;
    check("admin", &[steps.as_slice(), &changes].concat(), &[]).await;
}

#[tokio::test]
async fn a_source_is_added_by_filling_in_its_form() {
    let mut visit = Visit::admin().await;
    let choose = visit.get("/sources/new").await.html;
    assert!(choose.contains("/sources/new?type=hr") && choose.contains("/sources/new?type=api"), "{choose}");
    assert_eq!(visit.get("/sources/new?type=sap").await.status, 404);

    let wrong = [("name", "N o"), ("options/password", "s3cret"), ("schedule", "often")];
    let refused = fill(&mut visit, "/sources/new?type=hr", &wrong).await;
    assert_eq!(refused.status, 422);
    for expected in [
        "href=\"#f-name\"",
        "id=\"f-name-error\"",
        "value=\"N o\"",
        "href=\"#f-options-host\"",
        "id=\"f-options-host-error\"",
        "id=\"f-schedule-error\"",
        "value=\"often\"",
        "Type it again",
    ] {
        assert!(refused.html.contains(expected), "{expected} in {}", refused.html);
    }
    assert!(!refused.html.contains("s3cret"), "a secret is not sent back");

    let right = [
        ("name", "hr-2"),
        ("displayName", "HR <2>"),
        ("options/host", "h"),
        ("options/password", "s3cret"),
        ("policy/removals/percent", "5"),
        ("policy/matchKey", "email"),
        ("do", "save"),
    ];
    let added = fill(&mut visit, "/sources/new?type=hr", &right).await;
    assert_eq!((added.status, added.leads_to()), (303, Some("/sources/hr-2")), "{}", added.html);
    assert!(visit.see("/sources/hr-2").await.contains("The source hr-2 is added"));
    let stored = source(&visit.bench, "hr-2").await;
    assert_eq!(stored["options"], json!({"host": "h", "password": "********"}));
    assert_eq!((&stored["displayName"], &stored["enabled"]), (&json!("HR <2>"), &json!(true)));
    assert_eq!(stored["policy"]["removals"], json!({"percent": 5.0, "count": 10}));
    assert_eq!((&stored["policy"]["matchKey"], &stored["schedule"]), (&json!("email"), &Value::Null));

    let taken = fill(&mut visit, "/sources/new?type=hr", &right).await;
    assert_eq!(taken.status, 409);
    assert!(taken.html.contains("id=\"f-name-error\""), "{}", taken.html);
    let page = visit.get("/sources/hr-2").await.html;
    assert!(page.contains("HR &#60;2&#62;") && !page.contains("s3cret"), "{page}");
}

#[tokio::test]
async fn a_connection_is_tried_before_anything_is_stored() {
    let mut visit = Visit::admin().await;
    let mut check = async |path: &str, host: &str, status: u16, expected: &str| {
        let fields = [("name", "x"), ("options/host", host), ("do", "check")];
        let seen = fill(&mut visit, path, &fields).await;
        assert_eq!(seen.status, status, "{path} {host}");
        assert!(seen.html.contains(expected), "{expected} in {}", seen.html);
    };
    check("/sources/new?type=hr", "up", 200, "The connection works").await;
    check("/sources/new?type=hr", "talkative", 200, "<li>it has 3 &#60;groups&#62;</li>").await;
    check("/sources/new?type=hr", "down", 200, "plugin acme: no answer from down").await;
    check("/sources/new?type=hr", "", 422, "id=\"f-options-host-error\"").await;
    check("/sources/pulled/edit", "down", 200, "plugin acme: no answer from down").await;
    check("/sources/pulled/edit", "up", 200, "The connection works").await;
    assert_eq!(visit.bench.get("/api/v1/sources").await.body["data"].as_array().unwrap().len(), 2);
    assert_eq!(source(&visit.bench, "pulled").await["options"]["host"], "x", "nothing is stored");
    let stored = visit.post("/sources/pulled/check", &[]).await;
    assert!(stored.html.contains("The connection works"), "{}", stored.html);
}

#[tokio::test]
async fn saving_a_form_as_it_stands_changes_nothing() {
    let mut visit = Visit::admin().await;
    let patch = json!({
        "displayName": "A & B", "schedule": "0 3 * * *",
        "policy": {"matchKeys": ["email", "phone"], "fullEvery": "1d", "rawRecords": false, "onMissing": "keep"},
    });
    visit.bench.with_json("PATCH", "/api/v1/sources/pulled", patch).await;
    let kept = |mut source: Value| {
        source.as_object_mut().unwrap().remove("updatedAt");
        source
    };
    let before = source(&visit.bench, "pulled").await;
    let saved = fill(&mut visit, "/sources/pulled/edit", &[("do", "save")]).await;
    assert_eq!((saved.status, saved.leads_to()), (303, Some("/sources/pulled")), "{}", saved.html);
    let after = source(&visit.bench, "pulled").await;
    assert_eq!(kept(after), kept(before));

    let changes = [("displayName", ""), ("schedule", ""), ("policy/fullEvery", "")];
    // Whoever disables it while the form is open has not done so in vain.
    visit.bench.with_json("PATCH", "/api/v1/sources/pulled", json!({"enabled": false})).await;
    assert_eq!(fill(&mut visit, "/sources/pulled/edit", &changes).await.status, 303);
    let after = source(&visit.bench, "pulled").await;
    assert_eq!(
        (&after["displayName"], &after["schedule"], &after["enabled"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    assert_eq!(
        (&after["policy"]["fullEvery"], &after["policy"]["onMissing"]),
        (&Value::Null, &json!("keep"))
    );
}

#[tokio::test]
async fn a_source_without_its_plugin_keeps_its_options() {
    let mut visit = Visit::admin().await;
    *visit.bench.plugin.installed.lock().unwrap() = false;
    let page = visit.get("/sources/pulled/edit").await.html;
    assert!(page.contains("no plugin that is ready offers") && !page.contains("f-options-host"), "{page}");
    assert_eq!(fill(&mut visit, "/sources/pulled/edit", &[("displayName", "Gone")]).await.status, 303);
    *visit.bench.plugin.installed.lock().unwrap() = true;
    let after = source(&visit.bench, "pulled").await;
    assert_eq!((&after["displayName"], &after["options"]["host"]), (&json!("Gone"), &json!("x")));
}

#[tokio::test]
async fn a_sync_leads_to_its_task_and_a_deletion_says_what_stays() {
    let mut visit = Visit::admin().await;
    let started = visit.post("/sources/pulled/sync", &[("mode", "full"), ("dryRun", "true")]).await;
    assert_eq!(started.status, 303, "{}", started.html);
    let id: Value = started.leads_to().unwrap().rsplit('/').next().unwrap().parse::<i64>().unwrap().into();
    assert_eq!(visit.bench.settled(&id).await["dryRun"], true);

    visit.bench.pull(people(0..40)).await;
    let page = visit.get("/sources/pulled").await.html;
    assert!(page.contains("Its 40 users and 0 departments stay"), "{page}");
    let held = visit.bench.pull(people(0..1)).await;
    let busy = visit.post("/sources/pulled/delete", &[]).await;
    assert_eq!((busy.status, busy.leads_to()), (303, Some(format!("/tasks/{}", held["id"]).as_str())));
    let again = visit.post("/sources/pulled/sync", &[]).await;
    assert_eq!(again.status, 303, "{}", again.html);
    let again: Value = again.leads_to().unwrap().rsplit('/').next().unwrap().parse::<i64>().unwrap().into();
    for id in [&held["id"], &visit.bench.settled(&again).await["id"]] {
        assert_eq!(visit.bench.post(&format!("/api/v1/tasks/{id}/reject"), json!({})).await.status, 200);
    }

    let off = visit.post("/sources/pulled/disable", &[]).await;
    assert_eq!((off.status, off.leads_to()), (303, Some("/sources/pulled")));
    assert_eq!(source(&visit.bench, "pulled").await["enabled"], false);
    assert_eq!(visit.post("/sources/pulled/sync", &[]).await.status, 409);
    assert_eq!(visit.post("/sources/pulled/enable", &[]).await.status, 303);
    assert_eq!(visit.send("POST", "/sources/pulled/delete", &[], &[("csrf", "other")]).await.status, 403);
    let deleted = visit.post("/sources/pulled/delete", &[]).await;
    assert_eq!((deleted.status, deleted.leads_to()), (303, Some("/sources")));
    assert_eq!(visit.bench.get("/api/v1/sources/pulled").await.status, 404);
}

#[tokio::test]
async fn a_deleted_source_is_listed_and_restored() {
    let mut visit = Visit::admin().await;
    let source = json!({"name": "hr", "type": "api"});
    assert_eq!(visit.bench.post("/api/v1/sources", source).await.status, 201);
    let users = json!([{"uid": "1", "username": "ann"}]);
    visit.bench.post("/api/v1/sources/hr/records?type=user", users).await;
    let page = visit.see("/sources/hr").await;
    assert!(page.contains("They are disabled") && page.contains("They stay as they are"), "{page}");
    let deleted = visit.post("/sources/hr/delete", &[("records", "disable")]).await;
    assert_eq!(deleted.leads_to(), Some("/sources"));
    let user = visit.bench.get("/api/v1/users/1").await;
    let task = visit.bench.get("/api/v1/tasks?source=hr").await.column("id")[0].clone();
    visit.bench.settled(&task).await;
    assert_eq!(visit.bench.get("/api/v1/users/1").await.body["enabled"], json!(false), "{:?}", user.body);
    let list = visit.see("/sources").await;
    assert!(list.contains("Deleted sources") && list.contains("Restore"), "{list}");
    let id = visit.bench.get("/api/v1/deleted-sources").await.column("id")[0].clone();
    let restored = visit.post(&format!("/deleted-sources/{id}/restore"), &[]).await;
    assert_eq!(restored.leads_to(), Some("/sources/hr"));
    assert!(!visit.see("/sources").await.contains("Deleted sources"));
}
