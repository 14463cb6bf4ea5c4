//! Sources over HTTP: their life, their secrets, and what is refused.

use super::*;

#[tokio::test]
async fn a_source_lives_from_post_to_delete() {
    let bench = Bench::new().await;
    let new = json!({
        "name": "hr-2", "type": "hr", "displayName": "HR", "options": {"host": "h", "password": "secret"},
        "schedule": "0 3 * * *", "policy": {"matchKey": "email"},
    });
    let made = bench.post("/api/v1/sources", new).await;
    assert_eq!((made.status, &made.headers["location"]), (201, &"/api/v1/sources/hr-2".parse().unwrap()));
    let keys = [
        "createdAt",
        "cursorAt",
        "displayName",
        "enabled",
        "incremental",
        "lastFullAt",
        "lastTask",
        "name",
        "options",
        "policy",
        "schedule",
        "state",
        "type",
        "updatedAt",
    ];
    assert_eq!(made.keys(), BTreeSet::from(keys));
    assert_eq!(made.body["options"], json!({"host": "h", "password": "********"}));
    assert_eq!((&made.body["enabled"], &made.body["lastTask"]), (&json!(true), &Value::Null));
    assert_eq!(made.body["policy"]["matchKey"], "email");
    assert_eq!(made.body["state"], json!({"runnable": true, "reason": null}));
    assert_eq!(bench.get("/api/v1/sources/hr-2").await.body, made.body);

    let patch = json!({"enabled": false, "options": {"host": "new", "password": "********"}});
    let changed = bench.with_json("PATCH", "/api/v1/sources/hr-2", patch).await;
    assert_eq!((changed.status, &changed.body["enabled"]), (200, &json!(false)));
    assert_eq!(changed.body["options"], json!({"host": "new", "password": "********"}));
    assert_eq!(changed.body["state"], json!({"runnable": false, "reason": "the source is disabled"}));
    assert_eq!(changed.body["displayName"], "HR");

    assert_eq!(bench.with_json("DELETE", "/api/v1/sources/hr-2", json!({})).await.status, 204);
    assert_eq!(bench.get("/api/v1/sources/hr-2").await.problem().0, 404);
    assert_eq!(bench.with_json("DELETE", "/api/v1/sources/hr-2", json!({})).await.problem().0, 404);
    let again = json!({"name": "hr-2", "type": "api"});
    assert_eq!(bench.post("/api/v1/sources", again).await.status, 201, "the name is free again");
}

#[tokio::test]
async fn what_is_wrong_with_a_source_is_told_with_its_field() {
    let bench = Bench::new().await;
    for (body, status, field) in [
        (json!({"name": "api", "type": "api"}), 409, "name"),
        (json!({"name": "A b", "type": "api"}), 422, "name"),
        (json!({"name": "x", "type": "sap"}), 422, "type"),
        (json!({"name": "x", "type": "hr"}), 422, "options/host"),
        (json!({"name": "x", "type": "api", "options": {"a": 1}}), 422, "options/a"),
        (json!({"name": "x", "type": "api", "colour": "red"}), 422, "colour"),
        (json!({"name": "x", "type": "api", "policy": {"onMising": "keep"}}), 422, "policy/onMising"),
        (json!({"name": "x", "type": "hr", "options": {"host": "h"}, "schedule": "often"}), 422, "schedule"),
        (json!({"name": "x", "type": "api", "schedule": "@daily"}), 422, "schedule"),
        (json!({"name": "x", "type": "api", "policy": {"fullEvery": "often"}}), 422, "policy/fullEvery"),
    ] {
        let answer = bench.post("/api/v1/sources", body.clone()).await;
        assert_eq!((answer.problem().0, answer.problem().1), (status, Some(field)), "{body}");
        if status == 422 {
            assert_eq!(answer.body["errors"][0]["field"], field);
        }
    }
    let text = request("POST", "/api/v1/sources", &[("content-type", "text/plain")], "{}".into());
    assert_eq!(bench.send(text).await.problem().0, 415);
    let long = json!({"name": "x", "type": "api", "displayName": "x".repeat(2 << 20)});
    assert_eq!(bench.post("/api/v1/sources", long).await.problem().0, 413);
    let broken = request("POST", "/api/v1/sources", &[("content-type", "application/json")], "{".into());
    assert_eq!(bench.send(broken).await.problem().0, 400);
    assert_eq!(bench.get("/api/v1/sources").await.column("name"), ["api", "pulled"], "nothing was added");
}

#[tokio::test]
async fn a_patch_is_checked_like_a_new_source() {
    let bench = Bench::new().await;
    for (path, body, status, field) in [
        ("pulled", json!({"name": "other"}), 422, Some("name")),
        ("pulled", json!({"options": {}}), 422, Some("options/host")),
        ("pulled", json!({"policy": {"removals": {"percent": 200}}}), 422, Some("policy/removals/percent")),
        ("api", json!({"schedule": "@daily"}), 422, Some("schedule")),
        ("nobody", json!({}), 404, None),
    ] {
        let answer = bench.with_json("PATCH", &format!("/api/v1/sources/{path}"), body.clone()).await;
        assert_eq!((answer.problem().0, answer.problem().1), (status, field), "{body}");
    }
}

#[tokio::test]
async fn a_source_in_use_is_not_deleted_and_its_users_stay() {
    let bench = Bench::new().await;
    let built_in = bench.with_json("DELETE", "/api/v1/sources/api", json!({})).await;
    assert_eq!((built_in.problem().0, &built_in.body["type"]), (409, &json!("urn:orgsync:problem:built-in")));
    bench.pull(people(0..40)).await;
    let held = bench.pull(people(0..1)).await;
    assert_eq!(held["status"], "held");
    let busy = bench.with_json("DELETE", "/api/v1/sources/pulled", json!({})).await;
    assert_eq!((busy.problem().0, &busy.body["taskId"]), (409, &held["id"]));
    let rejected = bench.post(&format!("/api/v1/tasks/{}/reject", held["id"]), json!({})).await;
    assert_eq!(rejected.status, 200);
    assert_eq!(bench.with_json("DELETE", "/api/v1/sources/pulled", json!({})).await.status, 204);
    assert_eq!(bench.get("/api/v1/users?source=pulled").await.column("username").len(), 40);
}

#[tokio::test]
async fn a_source_without_its_plugin_says_so_and_hides_everything() {
    let bench = Bench::new().await;
    *bench.plugin.installed.lock().unwrap() = false;
    let source = bench.get("/api/v1/sources/pulled").await.body;
    let reason = "no plugin that is ready offers `hr`";
    assert_eq!(source["state"], json!({"runnable": false, "reason": reason}));
    assert_eq!(source["options"], json!({"host": "********", "password": "********"}));
    let check = bench.post("/api/v1/sources/pulled/check", json!({})).await;
    assert_eq!(check.body, json!({"ok": false, "message": reason}));
    let sync = bench.post("/api/v1/sources/pulled/sync", json!({})).await;
    assert_eq!((sync.problem().0, &sync.body["type"]), (409, &json!("urn:orgsync:problem:not-runnable")));
}

#[tokio::test]
async fn a_check_tries_to_connect() {
    let bench = Bench::new().await;
    for (name, expected) in [("api", json!({"ok": true})), ("pulled", json!({"ok": true}))] {
        let answer = bench.post(&format!("/api/v1/sources/{name}/check"), json!({})).await;
        assert_eq!((answer.status, answer.body), (200, expected));
    }
    bench.with_json("PATCH", "/api/v1/sources/pulled", json!({"options": {"host": "down"}})).await;
    let down = bench.post("/api/v1/sources/pulled/check", json!({})).await;
    assert_eq!(down.body, json!({"ok": false, "message": "plugin acme: no answer from down"}));
    assert_eq!(bench.post("/api/v1/sources/nobody/check", json!({})).await.problem().0, 404);
    bench.with_json("PATCH", "/api/v1/sources/pulled", json!({"options": {"host": "talkative"}})).await;
    let told = bench.post("/api/v1/sources/pulled/check", json!({})).await;
    assert_eq!(told.body, json!({"ok": true, "notes": ["it has 3 <groups>"]}));
}

#[tokio::test]
async fn a_sync_is_accepted_or_refused() {
    let bench = Bench::new().await;
    let plain = bench.send(request("POST", "/api/v1/sources/pulled/sync", &[], Body::empty())).await;
    assert_eq!((plain.status, &plain.body["batch"]), (202, &json!(1)));
    let task = bench.settled(&plain.body["taskId"]).await;
    assert_eq!((&task["mode"], &task["kind"]), (&json!("full"), &json!("pull")));
    assert_eq!(plain.headers["location"], format!("/api/v1/tasks/{}", task["id"]).as_str());
    let last = &bench.get("/api/v1/sources/pulled").await.body["lastTask"];
    assert_eq!(*last, json!({"id": task["id"], "status": "success", "finishedAt": task["finishedAt"]}));

    let order = json!({"mode": "incremental", "dryRun": true});
    let dry = bench.post("/api/v1/sources/pulled/sync", order).await;
    let dry = bench.settled(&dry.body["taskId"]).await;
    // Its type can't tell what changed.
    assert_eq!((&dry["mode"], &dry["dryRun"], &dry["batch"]), (&json!("full"), &json!(true), &json!(2)));
    let null = bench.post("/api/v1/sources/pulled/sync", Value::Null).await;
    assert_eq!(bench.settled(&null.body["taskId"]).await["mode"], "full");

    bench.with_json("PATCH", "/api/v1/sources/pulled", json!({"enabled": false})).await;
    for (path, body, status, field) in [
        ("nobody", json!({}), 404, None),
        ("api", json!({}), 409, None),
        ("pulled", json!({}), 409, None),
        ("pulled", json!({"mode": "half"}), 422, Some("mode")),
        ("pulled", json!({"full": true}), 422, Some("full")),
    ] {
        let answer = bench.post(&format!("/api/v1/sources/{path}/sync"), body.clone()).await;
        assert_eq!((answer.problem().0, answer.problem().1), (status, field), "{path} {body}");
    }
}

#[tokio::test]
async fn sources_are_paged_by_name() {
    let bench = Bench::new().await;
    let first = bench.get("/api/v1/sources?limit=1").await;
    assert_eq!((first.column("name"), &first.body["nextCursor"]), (vec![json!("api")], &json!("api")));
    let second = bench.get("/api/v1/sources?limit=1&cursor=api").await;
    assert_eq!((second.column("name"), &second.body["nextCursor"]), (vec![json!("pulled")], &Value::Null));
}
