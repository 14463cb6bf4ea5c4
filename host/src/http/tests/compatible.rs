//! The push API that existing clients know.

use super::*;

const PUSH: &str = "/api/userData:push";

#[tokio::test]
async fn a_push_answers_per_record() {
    let bench = Bench::new().await;
    let bad = json!({"uid": 3, "username": 5, "x": [1]});
    let taken = json!({"uid": 4, "username": "ANN", "extra": {"a": 1}});
    let body = json!({
        "dataType": "user", "sourceName": "api",
        "records": [{"uid": "1", "username": "ann"}, {"uid": "2"}, {"uid": "2"}, bad, taken, {"uid": "9", "isDeleted": true}],
    });
    let answer = bench.post(PUSH, body).await;
    assert_eq!((answer.status, &answer.body["data"]["code"]), (200, &json!(0)), "{}", answer.body);
    let data = &answer.body["data"];
    assert_eq!((&data["message"], &data["taskId"]), (&json!("success"), &json!(1)));
    let result = &data["result"];
    assert_eq!((result.as_array().unwrap().len(), &result[0]["resource"]), (1, &json!("users")));
    assert_eq!(result[0]["detail"]["count"], json!({"all": 6, "success": 4, "failed": 2}));
    let failed = result[0]["detail"]["failedRecords"].as_array().unwrap();
    assert_eq!(failed.iter().map(|entry| &entry["record"]).collect::<Vec<_>>(), [&taken, &bad]);
    assert!(failed[1]["message"].as_str().unwrap().contains("username: must be a string or null"));

    let departments = json!({"dataType": "department", "records": [{"uid": 1, "title": "R&D"}]});
    let answer = bench.post(PUSH, departments).await.body;
    assert_eq!(answer["data"]["result"][0]["resource"], "departments");
    assert_eq!(answer["data"]["result"][0]["detail"]["failedRecords"], json!([]));
}

#[tokio::test]
async fn a_held_push_is_accepted_with_its_reason() {
    let bench = Bench::new().await;
    bench.push("type=user", people(0..40)).await;
    let gone: Vec<Value> = (0..30).map(|n| json!({"uid": format!("u{n}"), "isDeleted": true})).collect();
    let answer = bench.post(PUSH, json!({"dataType": "user", "records": gone})).await;
    assert_eq!((answer.status, &answer.body["data"]["code"]), (202, &json!(202)));
    assert!(answer.body["data"]["message"].as_str().unwrap().starts_with("held: would delete 30"));
    assert_eq!(answer.body["data"]["taskId"], 2);
}

#[tokio::test]
async fn a_bad_push_is_told_in_their_shape_and_writes_nothing() {
    let settings = limited(HttpConfig { max_push_bytes: 1_000, ..HttpConfig::default() });
    let bench = Bench::with(settings).await;
    let records = json!([{"uid": "1"}]);
    for (body, code) in [
        (json!({"dataType": "person", "records": records}), 400),
        (json!({"dataType": "user"}), 400),
        (json!({"dataType": "user", "matchKey": "id", "records": records}), 400),
        (json!({"dataType": "user", "sourceName": "nobody", "records": records}), 400),
        (json!({"dataType": "user", "sourceName": "pulled", "records": records}), 422),
        (json!({"dataType": "user", "records": [{"uid": "x".repeat(1_000)}]}), 413),
    ] {
        let answer = bench.post(PUSH, body.clone()).await;
        assert_eq!((answer.status, &answer.body["data"]["code"]), (code, &json!(code)), "{body}");
        assert!(answer.body["data"]["message"].is_string());
        assert_eq!(answer.headers["content-type"], "application/json");
    }
    let text = request("POST", PUSH, &[("content-type", "text/plain")], "{}".into());
    assert_eq!(bench.send(text).await.body["data"]["code"], 415);
    assert_eq!(bench.get("/api/v1/tasks").await.column("id"), [Value::Null; 0]);
}

#[tokio::test]
async fn sources_are_pulled_and_tasks_retried() {
    let bench = Bench::new().await;
    let batch = vec![json!({"uid": "1", "username": "ann"}), json!({"uid": "2", "username": "ann"})];
    *bench.plugin.batches.lock().unwrap() = vec![(DataType::User, batch)];
    let pulled = bench.post("/api/userData:pull?name=pulled", json!({})).await;
    assert_eq!(pulled.body, json!({"data": {"code": 0, "message": "success", "taskId": 1, "batch": 1}}));
    assert_eq!(bench.settled(&json!(1)).await["status"], "partial");
    for (path, code) in [
        ("/api/userData:pull", 400),
        ("/api/userData:pull?name=nobody", 400),
        ("/api/userData:pull?name=api", 422),
        ("/api/userData:retry?sourceId=pulled", 400),
        ("/api/userData:retry?sourceId=pulled&id=9", 404),
        ("/api/userData:retry?sourceId=api&id=1", 404),
    ] {
        let answer = bench.post(path, json!({})).await;
        assert_eq!((answer.status, &answer.body["data"]["code"]), (code, &json!(code)), "{path}");
    }
    let retried = bench.post("/api/userData:retry?sourceId=pulled&id=1", json!({})).await;
    assert_eq!((retried.status, &retried.body["data"]["taskId"]), (200, &json!(1)), "{}", retried.body);
    assert_eq!(bench.settled(&json!(1)).await["attempt"], 2);
}

#[tokio::test]
async fn sync_types_are_listed() {
    let bench = Bench::new().await;
    let types = json!([{"name": "api", "title": "HTTP API"}, {"name": "hr", "title": "ACME HR"}]);
    assert_eq!(bench.get("/api/userData:listSyncTypes").await.body, json!({"data": types}));
}

#[tokio::test]
async fn a_list_is_not_mistaken_for_the_record_that_failed() {
    let bench = Bench::new().await;
    let bad = json!({"uid": "1", "username": 5});
    let body = json!({"dataType": "user", "records": [bad, ["1"]]});
    let answer = bench.post("/api/userData:push", body).await;
    let failed = &answer.body["data"]["result"][0]["detail"]["failedRecords"];
    assert_eq!((answer.status, &failed[0]["record"]), (200, &bad), "{}", answer.body);
    assert_eq!(failed[1]["message"], "record: must be a JSON object, is an array");
}
