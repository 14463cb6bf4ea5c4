//! Targets over HTTP: the shapes, the secrets, and what is refused.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_target_is_added_filled_changed_and_deleted() {
    let bench = Bench::new().await;
    bench.push("type=user", people(0..3)).await;
    bench.engine.deliver();
    let types = bench.get("/api/v1/target-types").await;
    assert_eq!(types.column("name"), ["first", "second"]);
    assert_eq!(types.body["data"][1]["after"], json!(["first"]));

    let created = bench.post("/api/v1/targets", json!({"name": "crm", "type": "first"})).await;
    assert_eq!(
        (created.status, &created.headers["location"]),
        (201, &"/api/v1/targets/crm".parse().unwrap())
    );
    assert_eq!(
        (&created.body["enabled"], &created.body["dataTypes"]),
        (&json!(true), &json!(["department", "user"]))
    );
    let delivered = async |state: &str, n: i64| {
        let patience = tokio::time::Instant::now() + Duration::from_secs(20);
        loop {
            let target = bench.get("/api/v1/targets/crm").await.body;
            if target["deliveries"][state] == n {
                return target;
            }
            assert!(tokio::time::Instant::now() < patience, "{target}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let target = delivered("delivered", 3).await;
    assert_eq!(target["state"], json!({"reachable": true, "message": null, "retryAt": null}));
    let backfill = bench.get("/api/v1/tasks?source=(directory)").await;
    let task = &backfill.body["data"][0];
    assert_eq!(
        (&task["kind"], &task["target"], &task["status"]),
        (&json!("backfill"), &json!("crm"), &json!("success"))
    );
    let counts = json!([{"target": "crm", "deliveries": {"pending": 0, "delivered": 3, "failed": 0}}]);
    assert_eq!(task["counts"]["targets"], counts);

    let page = bench.get("/api/v1/targets/crm/deliveries?limit=2&state=delivered&type=user").await;
    assert_eq!(page.body["data"].as_array().unwrap().len(), 2);
    let next = page.body["nextCursor"].as_str().unwrap();
    let rest = bench.get(&format!("/api/v1/targets/crm/deliveries?limit=2&cursor={next}")).await;
    assert_eq!((rest.body["data"].as_array().unwrap().len(), &rest.body["nextCursor"]), (1, &json!(null)));
    assert_eq!(rest.body["data"][0]["remoteId"], format!("r{}", rest.body["data"][0]["id"]));

    let off = bench
        .with_json("PATCH", "/api/v1/targets/crm", json!({"enabled": false, "displayName": " CRM "}))
        .await;
    assert_eq!(
        (&off.body["displayName"], &off.body["state"]["message"]),
        (&json!("CRM"), &json!("the target is disabled"))
    );
    let refused = bench.post("/api/v1/targets/crm/backfill", json!(null)).await;
    assert_eq!(refused.body["type"], "urn:orgsync:problem:target-disabled", "{}", refused.body);
    bench.push("type=user", json!([{"uid": "u9", "username": "u9"}])).await;
    bench.with_json("PATCH", "/api/v1/targets/crm", json!({"enabled": true})).await;
    delivered("delivered", 4).await;
    let retried = bench.post("/api/v1/targets/crm/retry", json!(null)).await;
    assert_eq!((retried.status, &retried.body), (202, &json!({"retried": 0})));
    assert_eq!(bench.post("/api/v1/targets/crm/check", json!(null)).await.body, json!({"ok": true}));

    assert_eq!(bench.with_json("DELETE", "/api/v1/targets/crm", json!(null)).await.status, 204);
    assert_eq!(bench.get("/api/v1/targets/crm").await.problem().0, 404);
    let again = bench.post("/api/v1/targets", json!({"name": "crm", "type": "first"})).await;
    assert_eq!(again.status, 201, "the name is free again");
}

#[tokio::test]
async fn what_can_be_no_target_is_refused_with_every_reason() {
    let bench = Bench::new().await;
    let check = async |new: Value, status: u16, expected: &str| {
        let answer = bench.post("/api/v1/targets", new).await;
        assert_eq!((answer.problem().0, answer.problem().2), (status, expected));
    };
    check(json!({}), 422, "name: is missing; type: is missing").await;
    let built_in = json!({"name": "users", "type": "nothing"});
    check(
        built_in,
        422,
        "name: `users` is the name of a built-in target; type: no plugin offers the target type `nothing`",
    )
    .await;
    assert_eq!(bench.post("/api/v1/targets", json!({"name": "a", "type": "first"})).await.status, 201);
    check(json!({"name": "a", "type": "first"}), 409, "there is a target `a` already").await;
}
