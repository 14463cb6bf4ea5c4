//! Tokens: made, listed, revoked, and what each may do.

use super::*;

impl Bench {
    /// Makes a token and returns its text and id.
    async fn token(&self, new: Value) -> (String, Value) {
        let made = self.post("/api/v1/tokens", new).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(made.headers["location"], format!("/api/v1/tokens/{}", made.body["id"]).as_str());
        (made.body["token"].as_str().unwrap().to_owned(), made.body["id"].clone())
    }

    /// What a route answers to this token.
    async fn with_token(&self, token: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        self.send(request.body(body.to_string().into()).unwrap()).await
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_does_what_its_scope_says() {
    let bench = Bench::new().await;
    let (text, id) = bench.token(json!({"name": "reader", "scope": "read"})).await;
    let listed = bench.get("/api/v1/tokens").await;
    assert!(!listed.body.to_string().contains(&text));
    let keys = BTreeSet::from(["createdAt", "expiresAt", "id", "lastUsedAt", "name", "scope", "source"]);
    assert_eq!(
        listed.body["data"][0].as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(),
        keys
    );
    assert_eq!(listed.body["data"][0]["lastUsedAt"], Value::Null);
    let get = async |token: &str, path: &str| bench.with_token(token, "GET", path, json!({})).await.status;
    assert_eq!(get(&text, "/api/v1/users").await, 200);
    assert_eq!(get(&text, "/api/v1/tokens").await, 403);
    let push = bench.with_token(&text, "POST", "/api/v1/sources/api/records?type=user", json!([])).await;
    assert_eq!(push.problem(), (403, None, "this takes a token of scope push, yours has read"));
    assert_ne!(bench.get("/api/v1/tokens").await.body["data"][0]["lastUsedAt"], Value::Null);

    let revoke = request("DELETE", &format!("/api/v1/tokens/{id}"), &[], Body::empty());
    assert_eq!(bench.send(revoke).await.status, 204);
    assert_eq!(get(&text, "/api/v1/users").await, 401);
    let again = bench.send(request("DELETE", &format!("/api/v1/tokens/{id}"), &[], Body::empty())).await;
    assert_eq!(again.status, 404);
}

#[tokio::test]
async fn a_task_says_who_started_it() {
    let bench = Bench::new().await;
    let (text, id) = bench.token(json!({"name": "HR nightly", "scope": "operate push"})).await;
    let task = async |path: &str, body: Value| {
        let started = bench.with_token(&text, "POST", path, body).await;
        assert!([200, 202].contains(&started.status), "{}", started.body);
        bench.settled(&started.body["taskId"]).await
    };
    let pulled = task("/api/v1/sources/pulled/sync", json!({})).await;
    assert_eq!(pulled["startedBy"], "token HR nightly");
    let pushed = task("/api/v1/sources/api/records?type=user", json!([{"uid": "1"}])).await;
    assert_eq!(pushed["startedBy"], "token HR nightly");
    let undo = task(&format!("/api/v1/tasks/{}/undo", pushed["id"]), json!({})).await;
    assert_eq!(undo["startedBy"], "token HR nightly");
    let revoke = request("DELETE", &format!("/api/v1/tokens/{id}"), &[], Body::empty());
    assert_eq!(bench.send(revoke).await.status, 204);
    assert_eq!(
        bench.settled(&pulled["id"]).await["startedBy"],
        "token HR nightly",
        "also once it is revoked"
    );
    assert_eq!(bench.pull(json!([])).await["startedBy"], "admin token");
}

#[tokio::test]
async fn scopes_add_up() {
    let bench = Bench::new().await;
    for (name, scope) in [("text", json!("push read")), ("list", json!(["read", "push"]))] {
        let (text, _) = bench.token(json!({"name": name, "scope": scope})).await;
        let statuses = [
            bench.with_token(&text, "GET", "/api/v1/users", json!({})).await.status,
            bench.with_token(&text, "POST", "/api/v1/sources/api/records?type=user", json!([])).await.status,
            bench.with_token(&text, "POST", "/api/v1/sources/pulled/sync", json!({})).await.status,
        ];
        assert_eq!(statuses, [200, 200, 403]);
    }
    assert_eq!(bench.get("/api/v1/tokens").await.column("scope"), ["read push", "read push"]);
}

#[tokio::test]
async fn a_token_that_is_wrong_says_where() {
    let bench = Bench::new().await;
    bench.token(json!({"name": "taken", "scope": "read"})).await;
    for (new, status, field) in [
        (json!({"name": "taken", "scope": "read"}), 409, None),
        (json!({"name": "", "scope": "read"}), 422, Some("name")),
        (json!({"name": "x"}), 422, Some("body")),
        (json!({"name": "x", "scope": "root"}), 422, Some("scope")),
        (json!({"name": "x", "scope": ""}), 422, Some("scope")),
        (json!({"name": "x", "scope": "push", "source": "nobody"}), 422, Some("source")),
        (json!({"name": "x", "scope": "read", "source": "api"}), 422, Some("source")),
        (json!({"name": "x", "scope": "read", "expiresAt": "2001-01-01T00:00:00Z"}), 422, Some("expiresAt")),
        (json!({"name": "x", "scope": "read", "expires": 1}), 422, Some("expires")),
    ] {
        let answer = bench.post("/api/v1/tokens", new.clone()).await;
        let (found, at, _) = answer.problem();
        assert_eq!((found, at), (status, field), "{new}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_bound_token_pushes_to_its_source_whatever_the_body_says() {
    let bench = Bench::new().await;
    bench.post("/api/v1/sources", json!({"name": "hr", "type": "api"})).await;
    let (text, _) = bench.token(json!({"name": "hr", "scope": "push", "source": "hr"})).await;
    let records = json!([{"uid": 1, "username": "ann"}]);
    let body = json!({"dataType": "user", "sourceName": "api", "records": records});
    let pushed = bench.with_token(&text, "POST", "/api/userData:push", body).await;
    assert_eq!(pushed.status, 200, "{}", pushed.body);
    let task = bench.get(&format!("/api/v1/tasks/{}", pushed.body["data"]["taskId"])).await;
    assert_eq!(task.body["source"], "hr");
    let other =
        bench.with_token(&text, "POST", "/api/v1/sources/api/records?type=user", records.clone()).await;
    assert_eq!(other.problem().0, 403);
    let own = bench.with_token(&text, "POST", "/api/v1/sources/hr/records?type=user", records).await;
    assert_eq!(own.status, 200);

    assert_eq!(bench.send(request("DELETE", "/api/v1/sources/hr", &[], Body::empty())).await.status, 204);
    bench.post("/api/v1/sources", json!({"name": "hr", "type": "api"})).await;
    let gone = bench.with_token(&text, "POST", "/api/v1/sources/hr/records?type=user", json!([])).await;
    assert_eq!(gone.status, 401, "another source of the same name is not the one it was bound to");
}

#[tokio::test]
async fn a_push_token_does_not_widen_what_a_source_matches_by() {
    let bench = Bench::new().await;
    bench.push("type=user", json!([{"uid": "1", "email": "boss@x.org"}])).await;
    bench.post("/api/v1/sources", json!({"name": "partner", "type": "api"})).await;
    let (text, _) = bench.token(json!({"name": "partner", "scope": "push"})).await;
    let push = async |key: &str| {
        let path = format!("/api/v1/sources/partner/records?type=user&matchKey={key}");
        bench.with_token(&text, "POST", &path, json!([{"uid": "9", "email": "boss@x.org"}])).await
    };
    let refused = push("email").await;
    let expected = "source `partner` may not match by email: its policy names it neither as `matchKey` nor in `matchKeys`";
    assert_eq!(refused.problem(), (403, None, expected));
    let body = json!({"dataType": "user", "matchKey": "email", "sourceName": "partner", "records": []});
    assert_eq!(bench.with_token(&text, "POST", "/api/userData:push", body).await.status, 403);
    let policy = json!({"policy": {"matchKeys": ["email"]}});
    assert_eq!(bench.with_json("PATCH", "/api/v1/sources/partner", policy).await.status, 200);
    assert_eq!(push("phone").await.status, 403);
    let allowed = push("email").await;
    assert_eq!(allowed.body["counts"]["user"]["updated"], 1, "{}", allowed.body);
}

#[tokio::test]
async fn who_guesses_tokens_is_slowed_down_and_nobody_else_at_the_same_address() {
    let failed_tokens_per_minute = std::num::NonZeroU32::new(3).unwrap();
    let http = HttpConfig { failed_tokens_per_minute, ..HttpConfig::default() };
    let bench = Bench::with(Settings { http, ..Settings::default() }).await;
    let (text, id) = bench.token(json!({"name": "new", "scope": "read"})).await;
    let (old, old_id) = bench.token(json!({"name": "old", "scope": "read"})).await;
    assert_eq!(bench.delete(&format!("/api/v1/tokens/{old_id}")).await.status, 204);
    for guess in 0..3 {
        let answer = bench.with_token(&format!("guess{guess}"), "GET", "/api/v1/users", json!({})).await;
        assert_eq!(answer.problem().0, 401);
    }
    for bad in ["guess", &old, &format!("orgsync_{id}_{}", "0".repeat(64))] {
        let blocked = bench.with_token(bad, "GET", "/api/v1/users", json!({})).await;
        assert_eq!(blocked.problem().0, 429, "{bad}");
        let wait: u64 = blocked.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=21).contains(&wait), "{wait}");
    }
    // Neither has ever been used from here.
    let good = bench.with_token(&text, "GET", "/api/v1/users", json!({})).await;
    assert_eq!(good.status, 200, "{}", good.body);
    assert_eq!(bench.get("/api/v1/users").await.status, 200);
}

#[tokio::test]
async fn two_authorization_headers_are_refused_whatever_they_say() {
    let bench = Bench::new().await;
    let second = [("authorization", "Bearer other")];
    let answer = bench.send(request("GET", "/api/v1/users", &second, Body::empty())).await;
    let expected = "the header authorization is given more than once; send one";
    assert_eq!(answer.problem(), (400, None, expected));
}
