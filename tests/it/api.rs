//! The HTTP API of a real daemon with real plugins: what clients and operators do, end to end.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::daemon::{Daemon, wait_until};

const RECORDS: &str = "/api/v1/sources/api/records";

fn people(range: std::ops::Range<usize>) -> Value {
    range.map(|n| json!({"uid": n.to_string(), "username": format!("user{n}")})).collect()
}

fn problem(answer: &Value) -> (i64, Option<&str>) {
    (answer["status"].as_i64().unwrap(), answer["field"].as_str())
}

#[test]
fn without_a_token_nothing_is_told() {
    let daemon = Daemon::with(&[]);
    for token in ["", "not-the-admin-token-at-all"] {
        let stranger = daemon.with_token(token);
        let answer = stranger.get("/api/v1/users");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(answer.headers.contains_key("www-authenticate"));
        assert_eq!(answer.expect(401)["status"], 401);
        let records = json!({"dataType": "user", "records": [{"uid": "1"}]});
        let refused = stranger.post("/api/userData:push", &records).expect(401);
        assert_eq!(refused["data"]["code"], 401);
        assert!(refused["data"]["message"].is_string());
        assert_eq!(stranger.body("/healthz"), json!({"status": "ok"}));
        assert_eq!(stranger.body("/readyz")["status"], "ready");
    }
    assert_eq!(daemon.body("/api/v1/users")["data"], json!([]));
    assert_eq!(daemon.body("/api/v1/tasks")["data"], json!([]), "a refused push leaves no task");
    assert_eq!(daemon.get("/api/v1/nothing").expect(404)["status"], 404);
    assert_eq!(daemon.send(Method::DELETE, "/api/v1/users", &[], b"").headers["allow"], "GET,HEAD");
}

#[test]
fn one_bad_record_of_a_compatible_push_fails_alone() {
    let daemon = Daemon::with(&[]);
    let bad = json!({"uid": "2", "username": 5});
    let push = json!({"dataType": "user", "matchKey": "email", "records": [
        {"uid": "1", "username": "ann", "email": "ann@example.org"}, bad, {"uid": "3", "username": "cy"}]});
    let answer = daemon.post("/api/userData:push", &push).expect(200);
    let data = &answer["data"];
    assert_eq!((&data["code"], &data["message"]), (&json!(0), &json!("success")));
    let detail = &data["result"][0]["detail"];
    assert_eq!(data["result"][0]["resource"], "users");
    assert_eq!(detail["count"], json!({"all": 3, "success": 2, "failed": 1}));
    assert_eq!(detail["failedRecords"][0]["record"], bad);
    let message = detail["failedRecords"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("uid 2: username: "), "{message}");
    assert_eq!(daemon.task(data["taskId"].as_i64().unwrap())["status"], "partial");
    let names: Vec<Value> =
        daemon.all("/api/v1/users?").into_iter().map(|user| user["username"].clone()).collect();
    assert_eq!(names, ["ann", "cy"]);
    for (body, status) in [
        (json!({"dataType": "person", "records": []}), 400),
        (json!({"dataType": "user"}), 400),
        (json!({"dataType": "user", "records": [], "sourceName": "nobody"}), 400),
    ] {
        let refused = daemon.post("/api/userData:push", &body).expect(status);
        assert_eq!(refused["data"]["code"], status, "{refused}");
    }
    let types = daemon.body("/api/userData:listSyncTypes");
    assert_eq!(types, json!({"data": [{"name": "api", "title": "HTTP API"}]}));
}

#[test]
fn a_source_is_synced_once_at_a_time() {
    let daemon = Daemon::with(&["misbehaves"]);
    daemon.add_source("slow", "slow", json!({"count": 100_000}));
    let task = daemon.start_sync("slow");
    wait_until("it runs", || daemon.task(task)["status"] == "processing");
    let again = daemon.post("/api/v1/sources/slow/sync", &json!({})).expect(409);
    assert_eq!(again["type"], "urn:orgsync:problem:already-running");
    assert_eq!(again["taskId"], task);
    let pull = daemon.send(Method::POST, "/api/userData:pull?name=slow", &[], b"").expect(409);
    assert_eq!(pull["data"]["code"], 409);
    let busy = daemon.send(Method::DELETE, "/api/v1/sources/slow", &[], b"").expect(409);
    assert_eq!(busy["type"], "urn:orgsync:problem:source-busy");
    // Another source is not concerned.
    assert_eq!(daemon.push("type=user", &people(0..3))["status"], "success");

    daemon.post(&format!("/api/v1/tasks/{task}/cancel"), &json!({})).expect(202);
    let task = daemon.settled(task);
    assert_eq!(task["status"], "cancelled");
    assert_eq!(task["message"], "cancelled before anything was written");
    wait_until("its worker is gone", || daemon.children().is_empty());
    daemon.send(Method::DELETE, "/api/v1/sources/slow", &[], b"").expect(204);
}

#[test]
fn a_held_push_waits_for_a_person() {
    let daemon = Daemon::with(&[]);
    let enabled = || daemon.all("/api/v1/users?").iter().filter(|user| user["enabled"] == true).count();
    daemon.push("type=user&mode=full", &people(0..40));
    let held = daemon.post(&format!("{RECORDS}?type=user&mode=full"), &people(0..5)).expect(202);
    assert_eq!(held["status"], "held");
    let id = held["taskId"].as_i64().unwrap();
    let task = daemon.task(id);
    assert_eq!((&task["heldBy"], &task["counts"]["user"]["disabled"]), (&json!("removals"), &json!(35)));
    assert_eq!(enabled(), 40);
    let rejected = daemon.post(&format!("/api/v1/tasks/{id}/reject"), &json!({})).expect(200);
    assert_eq!(rejected["status"], "cancelled");
    let late = daemon.post(&format!("/api/v1/tasks/{id}/approve"), &json!({})).expect(409);
    assert_eq!(late["type"], "urn:orgsync:problem:illegal-step");
    assert_eq!(enabled(), 40);

    let held = daemon.post(&format!("{RECORDS}?type=user&mode=full"), &people(0..5)).expect(202);
    let id = held["taskId"].as_i64().unwrap();
    let planned = daemon.all(&format!("/api/v1/tasks/{id}/changes?op=disable"));
    assert_eq!(planned.len(), 35);
    assert!(planned.iter().all(|change| change["outcome"] == "pending" && change["cause"] == "missing"));
    daemon.post(&format!("/api/v1/tasks/{id}/approve"), &json!({})).expect(202);
    assert_eq!(daemon.settled(id)["status"], "success");
    assert_eq!(enabled(), 5);

    // An empty body says that everybody is gone, which nobody believes.
    let empty = daemon.post(&format!("{RECORDS}?type=user&mode=full"), &json!([])).expect(202);
    assert_eq!(daemon.task(empty["taskId"].as_i64().unwrap())["heldBy"], "empty-read");
}

#[test]
fn a_dry_run_shows_its_plan_and_writes_nothing() {
    let daemon = Daemon::with(&["misbehaves"]);
    daemon.add_source("good", "records", json!({"count": 7}));
    let started =
        daemon.post("/api/v1/sources/good/sync", &json!({"mode": "full", "dryRun": true})).expect(202);
    let task = daemon.settled(started["taskId"].as_i64().unwrap());
    assert_eq!((&task["status"], &task["dryRun"]), (&json!("success"), &json!(true)));
    assert_eq!(task["message"], "dry run, nothing written: users: 7 created");
    assert_eq!(task["counts"]["user"]["created"], 7);
    let changes = daemon.all(&format!("/api/v1/tasks/{}/changes?op=create", task["id"]));
    assert_eq!((changes.len(), &changes[0]["after"]["nickname"]), (7, &json!("User 0")));
    assert_eq!(daemon.all("/api/v1/users?"), [Value::Null; 0]);
}

#[test]
fn a_retry_of_a_partial_task_does_what_failed() {
    let daemon = Daemon::with(&[]);
    daemon.push("type=user", &json!([{"uid": "first", "username": "ann"}]));
    let second = daemon
        .push("type=user", &json!([{"uid": "bob", "username": "bob"}, {"uid": "second", "username": "Ann"}]));
    assert_eq!(
        (&second["status"], second["failedRecords"].as_array().unwrap().len()),
        (&json!("partial"), 1)
    );
    daemon.push("type=user", &json!([{"uid": "first", "username": "anna"}]));
    let path = format!("/api/v1/tasks/{}/retry", second["taskId"]);
    let id = daemon.post(&path, &json!({})).expect(202)["id"].as_i64().unwrap();
    let task = daemon.settled(id);
    assert_eq!((&task["status"], &task["attempt"]), (&json!("success"), &json!(2)), "{task}");
    assert_eq!(task["counts"]["user"]["created"], 2);
    let found = daemon.all("/api/v1/users?search=ann");
    let names: Vec<&Value> = found.iter().map(|user| &user["username"]).collect();
    assert_eq!(names, ["anna", "Ann"]);
    assert_eq!(daemon.post(&path, &json!({})).expect(409)["type"], "urn:orgsync:problem:illegal-step");
}

#[test]
fn people_and_departments_find_each_other_in_any_order() {
    let daemon = Daemon::with(&[]);
    let member = json!([{"uid": "dev", "isOwner": true}, {"uid": "head", "isMain": true}]);
    daemon.push("type=user", &json!([{"uid": "1", "username": "ann", "departments": member, "badge": 7}]));
    assert_eq!(daemon.all("/api/v1/users?")[0]["departments"], json!([]));
    daemon.push("type=department", &json!([{"uid": "dev", "title": "Dev", "parentUid": "head"}]));
    daemon.push("type=department", &json!([{"uid": "head", "title": "Head office"}]));
    let departments = daemon.all("/api/v1/departments?");
    let of = |title: &str| departments.iter().find(|department| department["title"] == title).unwrap();
    let (dev, head) = (of("Dev"), of("Head office"));
    assert_eq!((&dev["parentId"], &head["parentId"]), (&head["id"], &Value::Null));
    assert_eq!((&dev["memberCount"], &head["memberCount"]), (&json!(1), &json!(1)));
    let user = daemon.all(&format!("/api/v1/users?department={}", dev["id"])).remove(0);
    assert_eq!(user["mainDepartmentId"], head["id"]);
    let memberships: Vec<_> = user["departments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| (&of["title"], &of["isMain"], &of["isOwner"]))
        .collect();
    let (yes, no) = (&json!(true), &json!(false));
    assert_eq!(memberships, [(&json!("Head office"), yes, no), (&json!("Dev"), no, yes)]);
    assert_eq!(user["custom"], json!({"badge": 7}));
    assert_eq!(
        user["links"],
        json!([{"source": "api", "uid": "1", "present": true, "state": "present", "since": null}])
    );
    assert_eq!(daemon.body(&format!("/api/v1/users/{}", user["id"])), user);
}

#[test]
fn options_are_checked_by_the_schema_of_the_plugin() {
    let daemon = Daemon::with(&["misbehaves", "files"]);
    let refused = |body: Value| daemon.post("/api/v1/sources", &body).expect(422);
    let wrong = refused(json!({"name": "x", "type": "records", "options": {"count": "many"}}));
    assert_eq!(problem(&wrong), (422, Some("options/count")));
    let unknown = refused(json!({"name": "x", "type": "records", "options": {"cuont": 1}}));
    assert_eq!(problem(&unknown), (422, Some("options/cuont")));
    let missing = refused(json!({"name": "x", "type": "files", "options": {"users": {}}}));
    assert_eq!(problem(&missing), (422, Some("options/users/path")));
    assert_eq!(problem(&refused(json!({"name": "x", "type": "nothing"}))), (422, Some("type")));
    let sources = daemon.body("/api/v1/sources");
    assert_eq!(sources["data"].as_array().unwrap().len(), 1, "only `api`");

    daemon.add_source("files", "files", json!({"users": {"path": "/nowhere/users.csv"}}));
    let check = daemon.post("/api/v1/sources/files/check", &json!({})).expect(200);
    assert_eq!(check["ok"], false);
    assert!(check["message"].as_str().unwrap().contains("/nowhere/users.csv"), "{check}");
    let off =
        daemon.send_json(Method::PATCH, "/api/v1/sources/files", &json!({"enabled": false})).expect(200);
    assert_eq!(off["enabled"], false);
    let disabled = daemon.post("/api/v1/sources/files/sync", &json!({})).expect(409);
    assert_eq!(disabled["type"], "urn:orgsync:problem:source-disabled");
}

#[test]
fn secrets_in_options_are_masked_and_kept() {
    let daemon = Daemon::with(&["misbehaves"]);
    daemon.add_source("vault", "records", json!({"count": 3, "password": "right"}));
    let mut options = daemon.body("/api/v1/sources/vault")["options"].clone();
    assert_eq!(options, json!({"count": 3, "password": "********"}));
    options["count"] = json!(4);
    let patch = |options: &Value| {
        let patch = json!({"options": options});
        daemon.send_json(Method::PATCH, "/api/v1/sources/vault", &patch).expect(200)
    };
    assert_eq!(patch(&options)["options"], options);
    assert!(!daemon.body("/api/v1/sources").to_string().contains("right"));
    let check = || daemon.post("/api/v1/sources/vault/check", &json!({})).expect(200);
    assert_eq!(check(), json!({"ok": true}), "the plugin was given the password that is kept");
    patch(&json!({"password": "left"}));
    assert_eq!(check()["ok"], false);
}

#[test]
fn bodies_may_be_compressed() {
    let daemon = Daemon::with(&[]);
    // `[{"uid":"z","username":"zed"}]`, made by gzip and by zstd.
    let gzip =
        "1f8b08000000000002038bae562acd4c51b252aa52d2512a2d4e2dca4bcc4d05715353946a63018668786e1e000000";
    let zstd = "28b52ffd0458f100005b7b22756964223a227a222c22757365726e616d65223a227a6564227d5d99995d48";
    for (encoding, hex, unchanged) in [("gzip", gzip, 0), ("zstd", zstd, 1)] {
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let headers = [("content-type", "application/json"), ("content-encoding", encoding)];
        let answer = daemon.send(Method::POST, &format!("{RECORDS}?type=user"), &headers, &bytes).expect(200);
        assert_eq!(answer["counts"]["user"]["all"], 1);
        assert_eq!(answer["counts"]["user"]["unchanged"], unchanged, "{encoding}");
    }
    assert_eq!(daemon.all("/api/v1/users?")[0]["username"], "zed");
}

#[test]
fn who_does_not_want_to_wait_is_answered_early() {
    let daemon = Daemon::with(&[]);
    let headers = [("content-type", "application/json"), ("prefer", "respond-async")];
    let body = people(0..500).to_string();
    let answer = daemon.send(Method::POST, &format!("{RECORDS}?type=user"), &headers, body.as_bytes());
    assert_eq!(answer.headers["preference-applied"], "respond-async");
    let id = answer.body["taskId"].as_i64().unwrap();
    assert_eq!(answer.headers["location"], format!("/api/v1/tasks/{id}").as_str());
    answer.expect(202);
    let task = daemon.settled(id);
    assert_eq!((&task["status"], &task["counts"]["user"]["created"]), (&json!("success"), &json!(500)));
}
