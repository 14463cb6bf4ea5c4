//! Tasks and changes over HTTP.

use super::*;

#[tokio::test]
async fn a_task_shows_what_it_did() {
    let bench = Bench::new().await;
    let task = bench.pull(people(0..3)).await;
    let keys = [
        "attempt",
        "batch",
        "costMs",
        "counts",
        "createdAt",
        "dataType",
        "dryRun",
        "finishedAt",
        "heldBy",
        "id",
        "kind",
        "message",
        "mode",
        "progress",
        "source",
        "startedAt",
        "startedBy",
        "status",
        "target",
        "undoes",
        "undoneBy",
    ];
    assert_eq!(task.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(), keys);
    assert_eq!((&task["source"], &task["status"]), (&json!("pulled"), &json!("success")));
    assert_eq!(task["counts"]["user"]["created"], 3);
    assert_eq!(task["message"], "users: 3 created");
    let time = task["finishedAt"].as_str().unwrap();
    assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
    for id in ["9", "x"] {
        assert_eq!(bench.get(&format!("/api/v1/tasks/{id}")).await.problem().0, 404);
    }
}

#[tokio::test]
async fn tasks_are_listed_newest_first_and_filtered() {
    let bench = Bench::new().await;
    bench.push("type=user", people(0..1)).await;
    bench.pull(people(5..6)).await;
    bench.push("type=user", json!([{"uid": "x", "email": 1}, {"uid": "y"}])).await;
    let check = async |query: &str, expected: &[i64]| {
        assert_eq!(bench.get(&format!("/api/v1/tasks?{query}")).await.column("id"), expected, "{query}");
    };
    check("", &[3, 2, 1]).await;
    check("source=api", &[3, 1]).await;
    check("status=partial", &[3]).await;
    check("source=pulled&status=failed", &[]).await;
    let first = bench.get("/api/v1/tasks?limit=2").await;
    assert_eq!((first.column("id"), &first.body["nextCursor"]), (vec![json!(3), json!(2)], &json!("2")));
    check("limit=2&cursor=2", &[1]).await;
}

#[tokio::test]
async fn changes_are_shown_with_before_and_after() {
    let bench = Bench::new().await;
    bench.push("type=user", json!([{"uid": "a/b c", "email": "old@x.org"}, {"uid": "b"}])).await;
    let records = json!([
        {"uid": "a/b c", "email": "new@x.org"}, {"uid": "b", "isDeleted": true}, {"uid": 5, "email": 1}, {"uid": "n"},
    ]);
    bench.push("type=user", records).await;
    let changes = "/api/v1/tasks/2/changes";
    let all = bench.get(changes).await;
    assert_eq!(all.column("uid"), ["5", "a/b c", "b", "n"]);
    assert_eq!(all.column("op"), ["reject", "update", "delete", "create"]);
    assert_eq!(all.column("outcome"), ["failed", "applied", "applied", "applied"]);
    assert_eq!(all.body["data"][0]["after"], json!({"uid": 5, "email": 1}));
    assert_eq!(all.body["data"][0]["error"], "uid 5: email: must be a string or null, is a number");
    let update = &all.body["data"][1];
    assert_eq!(
        (&update["before"], &update["after"]),
        (&json!({"email": "old@x.org"}), &json!({"email": "new@x.org"}))
    );
    assert_eq!((&update["target"], &update["dataType"]), (&json!("users"), &json!("user")));
    assert_eq!(bench.get(&format!("{changes}?op=delete")).await.column("uid"), ["b"]);
    assert_eq!(bench.get(&format!("{changes}?outcome=failed")).await.column("uid"), ["5"]);
    assert_eq!(bench.get(&format!("{changes}?type=department")).await.column("uid"), [Value::Null; 0]);
    let mut walked = Vec::new();
    let mut query = "limit=1".to_owned();
    loop {
        let page = bench.get(&format!("{changes}?{query}")).await;
        walked.extend(page.column("uid"));
        let Some(next) = page.body["nextCursor"].as_str() else { break };
        query = format!("limit=1&cursor={next}");
    }
    assert_eq!(walked, all.column("uid"));
    for (query, field) in
        [("op=drop", "op"), ("outcome=x", "outcome"), ("type=x", "type"), ("cursor=7", "cursor")]
    {
        assert_eq!(bench.get(&format!("{changes}?{query}")).await.problem().1, Some(field));
    }
    assert_eq!(bench.get("/api/v1/tasks/9/changes").await.problem().0, 404);
}

#[tokio::test]
async fn a_held_task_is_approved_or_rejected() {
    let bench = Bench::new().await;
    bench.pull(people(0..40)).await;
    let held = bench.pull(people(0..20)).await;
    assert_eq!((&held["status"], &held["heldBy"]), (&json!("held"), &json!("removals")));
    let pending = bench.get("/api/v1/tasks/2/changes?outcome=pending").await;
    assert_eq!(pending.column("op"), vec![json!("disable"); 20]);
    let approved = bench.post("/api/v1/tasks/2/approve", json!({})).await;
    assert_eq!((approved.status, &approved.body["id"]), (202, &json!(2)));
    assert_eq!(bench.settled(&json!(2)).await["status"], "success");
    let again = bench.post("/api/v1/tasks/2/approve", json!({})).await;
    assert_eq!((again.problem().0, &again.body["type"]), (409, &json!("urn:orgsync:problem:illegal-step")));

    bench.pull(people(0..40)).await;
    assert_eq!(bench.pull(people(0..1)).await["status"], "held");
    let rejected = bench.post("/api/v1/tasks/4/reject", json!({})).await;
    assert_eq!((rejected.status, &rejected.body["status"]), (200, &json!("cancelled")));
}

#[tokio::test]
async fn a_partial_task_is_retried_and_a_held_one_cancelled() {
    let bench = Bench::new().await;
    bench.push("type=user", json!([{"uid": "1", "username": "ann"}])).await;
    let partial = bench.pull(json!([{"uid": "2", "username": "ann"}, {"uid": "3"}])).await;
    assert_eq!(partial["status"], "partial");
    bench.push("type=user", json!([{"uid": "1", "username": "ann2"}])).await;
    let retried = bench.post("/api/v1/tasks/2/retry", json!({})).await;
    assert_eq!((retried.status, &retried.body["attempt"]), (202, &json!(2)));
    assert_eq!(bench.settled(&json!(2)).await["status"], "success");
    bench.pull(people(0..40)).await;
    let held = bench.pull(people(0..1)).await;
    let cancelled = bench.post(&format!("/api/v1/tasks/{}/cancel", held["id"]), json!({})).await;
    assert_eq!((cancelled.status, &cancelled.body["status"]), (202, &json!("cancelled")));
    for verb in ["retry", "approve", "reject", "cancel"] {
        assert_eq!(
            bench.post(&format!("/api/v1/tasks/1/{verb}"), json!({})).await.problem().0,
            409,
            "{verb}"
        );
        assert_eq!(
            bench.post(&format!("/api/v1/tasks/99/{verb}"), json!({})).await.problem().0,
            404,
            "{verb}"
        );
    }
}

#[tokio::test]
async fn a_running_task_shows_its_progress() {
    let bench = Bench::new().await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let body = Body::from_stream(futures_util::stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    }));
    let headers = [("content-type", "application/x-ndjson")];
    let push = request("POST", "/api/v1/sources/api/records?type=user", &headers, body);
    let call = tokio::spawn(bench.router.clone().oneshot(push));
    let lines: String = (0..10_000).map(|n| format!("{{\"uid\":\"{n}\"}}\n")).collect();
    sender.send(Ok(lines.into())).await.unwrap();
    let mut read = 0;
    while read == 0 {
        read = bench.get("/api/v1/tasks").await.body["data"][0]["progress"]["read"].as_u64().unwrap_or(0);
        tokio::task::yield_now().await;
    }
    assert!(read <= 10_000, "{read}");
    let cancelled = bench.post("/api/v1/tasks/1/cancel", json!({})).await;
    assert_eq!((cancelled.status, &cancelled.body["status"]), (202, &json!("processing")));
    drop(sender);
    assert_eq!(call.await.unwrap().unwrap().status(), 409, "the pusher is told that its task was cancelled");
    let task = bench.settled(&json!(1)).await;
    assert_eq!((&task["status"], &task["progress"]), (&json!("cancelled"), &Value::Null));
}

#[tokio::test]
async fn a_finished_task_is_undone_by_a_task_of_its_own() {
    let bench = Bench::new().await;
    let task = bench.pull(people(0..3)).await;
    let path = format!("/api/v1/tasks/{}/undo", task["id"]);
    let looked = bench.post(&path, json!({"dryRun": true})).await;
    assert_eq!(looked.status, 202, "{}", looked.body);
    assert_eq!(bench.settled(&looked.body["taskId"]).await["dryRun"], true);
    let undone = bench.send(request("POST", &path, &[], Body::empty())).await;
    assert_eq!((undone.status, undone.keys()), (202, BTreeSet::from(["batch", "status", "taskId"])));
    let id = &undone.body["taskId"];
    assert_eq!(undone.headers["location"], format!("/api/v1/tasks/{id}"));
    let undo = bench.settled(id).await;
    assert_eq!(
        (&undo["kind"], &undo["undoes"], &undo["undoneBy"]),
        (&json!("undo"), &task["id"], &Value::Null)
    );
    assert_eq!(undo["message"], format!("undid task {}: 3 users removed again", task["id"]));
    assert_eq!(bench.settled(&task["id"]).await["undoneBy"], *id);
    let changes = bench.get(&format!("/api/v1/tasks/{id}/changes?op=delete")).await;
    assert_eq!(changes.column("cause"), vec![json!("undoCreate"); 3]);
    assert_eq!(bench.get("/api/v1/users").await.body["data"], json!([]));

    let again = bench.post(&path, json!({})).await;
    assert_eq!((again.problem().0, &again.body["type"]), (409, &json!("urn:orgsync:problem:not-undoable")));
    assert_eq!(again.body["taskId"], task["id"]);
    bench.pull(people(0..40)).await;
    let held = bench.pull(people(0..1)).await;
    let held = bench.post(&format!("/api/v1/tasks/{}/undo", held["id"]), json!({})).await;
    assert_eq!((held.problem().0, &held.body["type"]), (409, &json!("urn:orgsync:problem:illegal-step")));
    assert_eq!(bench.post("/api/v1/tasks/99/undo", json!({})).await.problem().0, 404);
    let unknown = bench.post(&path, json!({"dry": true})).await;
    assert_eq!(unknown.problem().1, Some("dry"));
}
