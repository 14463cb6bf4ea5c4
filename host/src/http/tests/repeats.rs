//! Pushes under an idempotency key.

use super::*;

const RECORDS: &str = "/api/v1/sources/api/records?type=user";

fn keyed(path: &str, key: &str, body: &Value) -> Request<Body> {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    request("POST", path, &headers, body.to_string().into())
}

#[tokio::test]
async fn the_same_push_under_the_same_key_is_taken_once() {
    let bench = Bench::new().await;
    let compatible = json!({"dataType": "user", "records": people(0..2)});
    for (path, key, body) in [(RECORDS, "a", &people(0..2)), ("/api/userData:push", "b", &compatible)] {
        let first = bench.send(keyed(path, key, body)).await;
        assert_eq!(first.status, 200, "{}", first.body);
        assert!(!first.headers.contains_key("idempotency-replayed"));
        let again = bench.send(keyed(path, key, body)).await;
        assert_eq!((again.status, &again.body), (200, &first.body));
        assert_eq!(again.headers["idempotency-replayed"], "true");
    }
    assert_eq!(bench.get("/api/v1/tasks").await.column("id").len(), 2);
}

#[tokio::test]
async fn another_push_under_the_same_key_is_refused() {
    let bench = Bench::new().await;
    let first = bench.send(keyed(RECORDS, "k", &people(0..2))).await;
    for (path, body) in [(RECORDS, people(0..3)), (&*format!("{RECORDS}&mode=full"), people(0..2))] {
        let answer = bench.send(keyed(path, "k", &body)).await;
        assert_eq!(answer.problem().0, 422);
        assert_eq!(answer.body["type"], "urn:orgsync:problem:idempotency-key-reused");
        assert_eq!(answer.body["taskId"], first.body["taskId"]);
    }
    let token = bench.post("/api/v1/tokens", json!({"name": "t", "scope": "push"})).await;
    let mut other = keyed(RECORDS, "k", &people(0..3));
    let bearer = format!("Bearer {}", token.body["token"].as_str().unwrap());
    other.headers_mut().insert("authorization", bearer.parse().unwrap());
    assert_eq!(bench.send(other).await.status, 200, "keys are each client's own");
}

#[tokio::test]
async fn a_push_that_failed_may_be_tried_again_under_its_key() {
    let bench = Bench::new().await;
    let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
    let broken = bench.send(request("POST", RECORDS, &headers, "[{\"uid\":1},".into())).await;
    assert_eq!(broken.problem().0, 400);
    let whole = bench.send(keyed(RECORDS, "k", &people(0..1))).await;
    assert_eq!((whole.status, &whole.body["status"]), (200, &json!("success")));
    assert_ne!(whole.body["taskId"], broken.body["taskId"]);
}

#[tokio::test]
async fn a_push_that_is_still_coming_in_is_not_taken_a_second_time() {
    let bench = Bench::new().await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let stream = futures_util::stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    });
    let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
    let slow = request("POST", RECORDS, &headers, Body::from_stream(stream));
    let router = bench.router.clone();
    let slow = tokio::spawn(async move { router.oneshot(slow).await.unwrap().status() });
    sender.send(Ok("[{\"uid\":\"u0\"}".into())).await.unwrap();
    while bench.get("/api/v1/tasks").await.column("id").is_empty() {
        tokio::task::yield_now().await;
    }
    let early = bench.send(keyed(RECORDS, "k", &people(0..1))).await;
    assert_eq!(early.problem().0, 409);
    assert_eq!(early.body["type"], "urn:orgsync:problem:idempotency-key-in-use");
    sender.send(Ok("]".into())).await.unwrap();
    drop(sender);
    assert_eq!(slow.await.unwrap(), 200);
    let again = bench.send(keyed(RECORDS, "k", &json!([{"uid": "u0"}]))).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
}
