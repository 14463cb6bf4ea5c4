//! Deleted sources over HTTP: what they gave, taking it away, restoring them, and their tasks.

use super::*;

async fn add(bench: &Bench, name: &str) {
    let policy = json!({"matchKey": "username"});
    let answer = bench.post("/api/v1/sources", json!({"name": name, "type": "api", "policy": policy})).await;
    assert_eq!(answer.status, 201);
}

async fn give(bench: &Bench, name: &str) -> Value {
    let departments = json!([{"uid": "d", "title": "Dev"}]);
    bench.post(&format!("/api/v1/sources/{name}/records?type=department"), departments).await;
    let users = json!([
        {"uid": "1", "username": "ann", "departments": ["d"]}, {"uid": "2", "username": "bob"},
    ]);
    let answer = bench.post(&format!("/api/v1/sources/{name}/records?type=user"), users).await;
    assert_eq!(answer.status, 200);
    answer.body
}

#[tokio::test]
async fn a_deleted_source_is_found_and_restored_with_all_that_it_gave() {
    let bench = Bench::new().await;
    add(&bench, "hr").await;
    let task = give(&bench, "hr").await["taskId"].clone();
    assert_eq!(bench.get("/api/v1/deleted-sources").await.body["data"], json!([]));
    assert_eq!(bench.delete("/api/v1/sources/hr").await.status, 204);
    let deleted = bench.get("/api/v1/deleted-sources").await.body["data"][0].clone();
    assert_eq!(
        (&deleted["name"], &deleted["users"], &deleted["departments"]),
        (&json!("hr"), &json!(2), &json!(1))
    );
    let links = bench.get("/api/v1/users/1").await.body["links"].clone();
    assert_eq!(
        links,
        json!([{"source": "hr", "uid": "1", "present": true, "state": "present", "since": null, "sourceDeleted": true}])
    );
    let path = format!("/api/v1/deleted-sources/{}/restore", deleted["id"]);
    let restored = bench.post(&path, json!({})).await;
    assert_eq!((restored.status, &restored.body["enabled"]), (200, &json!(false)));
    let links = bench.get("/api/v1/users/1").await.body["links"].clone();
    assert_eq!(
        links,
        json!([{"source": "hr", "uid": "1", "present": true, "state": "present", "since": null}])
    );
    assert_eq!(bench.post(&path, json!({})).await.problem().0, 404, "it is not deleted any more");
    assert_eq!(bench.get("/api/v1/tasks?source=hr").await.column("id"), [task.as_i64().unwrap(), 1]);
}

#[tokio::test]
async fn what_a_source_gave_goes_with_it_or_later_and_can_be_brought_back() {
    let bench = Bench::new().await;
    for name in ["one", "two"] {
        add(&bench, name).await;
    }
    give(&bench, "one").await;
    let answer = bench.delete("/api/v1/sources/one?records=disable").await;
    assert_eq!(answer.status, 202);
    let task = bench.settled(&answer.body["taskId"]).await;
    assert_eq!((&task["kind"], &task["status"]), (&json!("disable"), &json!("success")));
    assert_eq!(task["counts"]["user"]["disabled"], 2);
    assert_eq!(bench.get("/api/v1/users").await.column("enabled"), [false, false]);
    assert_eq!(bench.get("/api/v1/tasks?source=one").await.column("id")[0], task["id"]);
    let undo = bench.post(&format!("/api/v1/tasks/{}/undo", task["id"]), json!({})).await;
    assert_eq!(bench.settled(&undo.body["taskId"]).await["status"], "success");
    assert_eq!(bench.get("/api/v1/users").await.column("enabled"), [true, true]);
    // The other source has one of them by now.
    let ann = json!([{"uid": "x", "username": "ann"}]);
    bench.post("/api/v1/sources/two/records?type=user", ann).await;
    let id = bench.get("/api/v1/deleted-sources").await.body["data"][0]["id"].clone();
    let path = format!("/api/v1/deleted-sources/{id}/take-away");
    let refused = bench.post(&path, json!({"records": "keep"})).await;
    assert_eq!(refused.problem().0, 422);
    let answer = bench.post(&path, json!({"records": "delete"})).await;
    assert_eq!(answer.status, 202);
    let task = bench.settled(&answer.body["taskId"]).await;
    let counts = &task["counts"]["user"];
    assert_eq!((&counts["deleted"], &counts["unlinked"]), (&json!(1), &json!(1)));
    assert_eq!(bench.get("/api/v1/users").await.column("username"), ["ann"]);
    assert_eq!(bench.get("/api/v1/users/1").await.body["departments"], json!([]));
    let nobody = bench.post("/api/v1/deleted-sources/99/take-away", json!({"records": "delete"})).await;
    assert_eq!(nobody.problem().0, 404);
}

#[tokio::test]
async fn a_source_that_is_added_again_shows_one_link_and_all_its_tasks() {
    let bench = Bench::new().await;
    add(&bench, "hr").await;
    give(&bench, "hr").await;
    assert_eq!(bench.delete("/api/v1/sources/hr").await.status, 204);
    add(&bench, "hr").await;
    give(&bench, "hr").await;
    let links = bench.get("/api/v1/users/1").await.body["links"].clone();
    assert_eq!(
        links,
        json!([{"source": "hr", "uid": "1", "present": true, "state": "present", "since": null}])
    );
    assert_eq!(bench.get("/api/v1/tasks?source=hr").await.column("id").len(), 4);
    // The old source keeps nobody.
    let gone = json!([{"uid": "1", "isDeleted": true}]);
    let answer = bench.post("/api/v1/sources/hr/records?type=user", gone).await;
    assert_eq!(answer.body["counts"]["user"]["deleted"], 1);
    let id = bench.get("/api/v1/deleted-sources").await.body["data"][0]["id"].clone();
    let taken = bench.post(&format!("/api/v1/deleted-sources/{id}/restore"), json!({})).await;
    assert_eq!(taken.problem().0, 409);
}

#[tokio::test]
async fn the_main_department_is_the_first_of_what_is_left() {
    let bench = Bench::new().await;
    let tree = json!([
        {"uid": "a", "title": "Alpha"}, {"uid": "b", "title": "Beta"}, {"uid": "c", "title": "Gamma"},
    ]);
    bench.push("type=department", tree).await;
    let users = json!([
        {"uid": "1", "username": "ann", "departments": [{"uid": "a", "isMain": true}, "b", {"uid": "c", "sort": 1}]},
        {"uid": "2", "username": "bob", "departments": ["ghost", "c", "b"]},
    ]);
    bench.push("type=user", users).await;
    let main =
        async |id: i64| bench.get(&format!("/api/v1/users/{id}")).await.body["mainDepartmentId"].clone();
    assert_eq!((main(1).await, main(2).await), (json!(1), json!(2)));
    bench.push("type=department", json!([{"uid": "a", "isDeleted": true}])).await;
    let user = bench.get("/api/v1/users/1").await.body;
    assert_eq!(user["mainDepartmentId"], 3, "Gamma has a place: {user}");
    assert_eq!(
        user["departments"][0],
        json!({"id": 3, "title": "Gamma", "isMain": true, "isOwner": false, "sort": 1})
    );
    assert_eq!(user["danglingDepartments"][0]["uid"], "a");
    bench
        .push("type=department", json!([{"uid": "a", "title": "Alpha"}, {"uid": "ghost", "title": "G"}]))
        .await;
    assert_eq!((main(1).await, main(2).await), (json!(1), json!(4)));
}

#[tokio::test]
async fn a_push_in_which_every_record_failed_has_failed_and_says_why() {
    let bench = Bench::new().await;
    let records: Vec<Value> = (0..5).map(|n| json!({"uid": n, "email": n})).collect();
    let answer = bench.push("type=user", json!(records)).await;
    assert_eq!((&answer["status"], answer["failedRecords"].as_array().unwrap().len()), (&json!("failed"), 5));
    assert_eq!(
        answer["message"],
        "all 5 users failed: email: must be a string or null, is a number (5); users: 5 failed"
    );
    let compatible = json!({"dataType": "user", "records": records});
    let answer = bench.post("/api/userData:push", compatible).await;
    let data = &answer.body["data"];
    assert_eq!((answer.status, &data["code"]), (200, &json!(0)));
    assert!(data["message"].as_str().unwrap().starts_with("failed: all 5 users failed"), "{data}");
    assert_eq!(data["result"][0]["detail"]["count"], json!({"all": 5, "success": 0, "failed": 5}));
    let retried = bench.post("/api/v1/tasks/1/retry", json!({})).await;
    assert_eq!(retried.status, 202);
    assert_eq!(bench.settled(&json!(1)).await["status"], "failed");
    assert_eq!(bench.post("/api/v1/tasks/1/undo", json!({})).await.problem().0, 409);
}
