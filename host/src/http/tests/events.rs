//! A task's events.

use super::*;

/// One event, as (name, id, data).
fn parse(text: &str) -> Vec<(String, String, Value)> {
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    let events = text.split("\n\n").filter(|event| event.contains("data: "));
    let parse = |event: &str| {
        let data = serde_json::from_str(&field(event, "data")).unwrap();
        (field(event, "event"), field(event, "id"), data)
    };
    events.map(parse).collect()
}

async fn stream(bench: &Bench, path: &str, last: Option<&str>) -> (u16, String) {
    let headers: Vec<(&str, &str)> = last.map(|last| ("last-event-id", last)).into_iter().collect();
    let response = bench.router.clone().oneshot(request("GET", path, &headers, Body::empty())).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn events_lead_from_where_a_task_is_to_its_end() {
    let bench = Bench::new().await;
    bench.push("type=user&mode=full", people(0..40)).await;
    let held = bench.post("/api/v1/sources/api/records?type=user&mode=full", people(0..5)).await;
    let id = held.body["taskId"].clone();
    let path = format!("/api/v1/tasks/{id}/events");
    let following = stream(&bench, &path, None);
    let approving = async {
        // A second client sees the held task at once, and goes away again.
        let request = request("GET", &path, &[], Body::empty());
        let mut body = bench.router.clone().oneshot(request).await.unwrap().into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let first = parse(std::str::from_utf8(&first).unwrap());
        assert_eq!((first[0].0.as_str(), &first[0].2["status"]), ("progress", &json!("held")));
        let approved = bench.post(&format!("/api/v1/tasks/{id}/approve"), json!({})).await;
        assert_eq!(approved.status, 202);
    };
    let ((status, text), ()) = tokio::join!(following, approving);
    assert_eq!(status, 200);
    let events = parse(&text);
    let (name, last, task) = events.last().unwrap();
    assert_eq!((name.as_str(), &task["status"]), ("end", &json!("success")));
    assert_eq!(task["counts"]["user"]["disabled"], 35);
    assert_eq!(*task, bench.get(&format!("/api/v1/tasks/{id}")).await.body);

    let (status, text) = stream(&bench, &path, Some(last)).await;
    assert_eq!((status, text.as_str()), (204, ""), "who has seen the end is told not to come back");
    let (status, text) = stream(&bench, &path, Some("something else")).await;
    assert_eq!((status, parse(&text).len()), (200, 1));
    assert_eq!(stream(&bench, "/api/v1/tasks/999/events", None).await.0, 404);
}

#[tokio::test]
async fn events_end_when_the_daemon_stops() {
    let bench = Bench::new().await;
    bench.push("type=user&mode=full", people(0..40)).await;
    let held = bench.post("/api/v1/sources/api/records?type=user&mode=full", people(0..5)).await;
    let path = format!("/api/v1/tasks/{}/events", held.body["taskId"]);
    let following = stream(&bench, &path, None);
    let stopping = async {
        tokio::task::yield_now().await;
        bench.engine.drain(Duration::from_secs(5)).await;
    };
    let ((status, text), ()) = tokio::join!(following, stopping);
    assert_eq!(status, 200);
    assert!(parse(&text).iter().all(|(name, _, _)| name == "progress"), "{text}");
}

#[tokio::test]
async fn events_end_with_the_token_that_asked_for_them() {
    let bench = Bench::new().await;
    bench.push("type=user&mode=full", people(0..40)).await;
    let held = bench.post("/api/v1/sources/api/records?type=user&mode=full", people(0..5)).await;
    let path = format!("/api/v1/tasks/{}/events", held.body["taskId"]);
    let made = bench.post("/api/v1/tokens", json!({"name": "reader", "scope": "read"})).await.body;
    let token = format!("Bearer {}", made["token"].as_str().unwrap());
    let asked = Request::builder().uri(&path).header("authorization", token).body(Body::empty()).unwrap();
    let mut body = bench.router.clone().oneshot(asked).await.unwrap().into_body();
    assert!(body.frame().await.unwrap().unwrap().is_data());
    assert_eq!(bench.delete(&format!("/api/v1/tokens/{}", made["id"])).await.status, 204);
    let rest = tokio::time::timeout(Duration::from_secs(60), body.collect()).await;
    let rest = rest.expect("the stream ends").unwrap().to_bytes();
    assert!(parse(std::str::from_utf8(&rest).unwrap()).is_empty(), "and says nothing more");
}
