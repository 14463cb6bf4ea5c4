//! What holds for every route: tokens, ids, unknown paths, methods and parameters; health and plugins.

use futures_util::stream;

use super::description::Operation;
use super::*;

#[tokio::test]
async fn nothing_is_answered_without_a_valid_token() {
    let failed_tokens_per_minute = std::num::NonZeroU32::new(1_000).unwrap();
    let bench = Bench::with(limited(HttpConfig { failed_tokens_per_minute, ..HttpConfig::default() })).await;
    for Operation { method, path, scope, .. } in bench.description.operations() {
        let path = path.replace("{name}", "api").replace("{id}", "1");
        for authorization in [None, Some("Bearer wrong"), Some("Basic YTpi")] {
            let request = Request::builder().method(method.as_str()).uri(&path);
            let request =
                authorization.into_iter().fold(request, |r, value| r.header("authorization", value));
            let answer = bench.send(request.body(Body::empty()).unwrap()).await;
            if scope.is_none() {
                assert_eq!(answer.status, 200, "{method} {path}");
                continue;
            }
            assert_eq!(answer.status, 401, "{method} {path}");
            let challenge = answer.headers["www-authenticate"].to_str().unwrap();
            assert_eq!(challenge.contains("invalid_token"), authorization == Some("Bearer wrong"));
            match path.starts_with("/api/userData") {
                true => assert_eq!(answer.body["data"]["code"], 401),
                false => assert_eq!(answer.problem().0, 401),
            }
        }
    }
}

#[tokio::test]
async fn unknown_parameters_are_named_and_known_ones_described() {
    let bench = Bench::new().await;
    let json = [("content-type", "application/json")];
    for Operation { method, path, query, .. } in
        bench.description.operations().into_iter().filter(|operation| operation.scope.is_some())
    {
        let path = path.replace("{name}", "api").replace("{id}", "1");
        let answer = bench.send(request(&method, &format!("{path}?serach=x"), &json, "{}".into())).await;
        assert_eq!(answer.status, 400, "{method} {path}: {}", answer.body);
        let takes = if query.is_empty() { "none".to_owned() } else { query.join(", ") };
        let expected = format!("there is no query parameter `serach`; this path takes {takes}");
        if path.starts_with("/api/userData") {
            assert_eq!(answer.body["data"]["message"], expected);
        } else {
            assert_eq!(answer.problem(), (400, Some("serach"), expected.as_str()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn limits_and_cursors_are_checked() {
    let bench = Bench::new().await;
    for (path, field) in [
        ("/api/v1/tasks?limit=0", "limit"),
        ("/api/v1/users?limit=1001", "limit"),
        ("/api/v1/users?limit=ten", "limit"),
        ("/api/v1/users?cursor=x", "cursor"),
        ("/api/v1/departments?cursor=user:1", "cursor"),
        ("/api/v1/users?department=x", "department"),
        ("/api/v1/users?deleted=maybe", "deleted"),
        ("/api/v1/users?source=nobody", "source"),
        ("/api/v1/departments?parent=x", "parent"),
        ("/api/v1/tasks?status=done", "status"),
        ("/api/v1/tasks?source=nobody", "source"),
        ("/api/v1/tasks?source=api&source=api", "source"),
    ] {
        let answer = bench.get(path).await;
        assert_eq!((answer.problem().0, answer.problem().1), (400, Some(field)), "{path}");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let bench = Bench::new().await;
    assert_eq!(bench.get("/nowhere").await.problem().0, 404);
    assert_eq!(bench.get("/api/v1/nowhere").await.problem().0, 404);
    assert_eq!(bench.get("/api/v1/users/x").await.problem().2, "there is no user x");
    let wrong = bench.with_json("DELETE", "/api/v1/users", json!({})).await;
    assert_eq!(wrong.problem().0, 405);
    assert_eq!(wrong.headers["allow"], "GET,HEAD");
    assert_eq!(bench.get("/api/userData:push").await.body["data"]["code"], 405);
    assert_eq!(bench.get("/api/userData:nothing").await.body["data"]["code"], 404);
}

#[tokio::test]
async fn a_request_id_goes_through() {
    let bench = Bench::new().await;
    let answer =
        bench.send(request("GET", "/api/v1/users/9", &[("x-request-id", "mine-1")], Body::empty())).await;
    assert_eq!(answer.headers["x-request-id"], "mine-1");
    assert_eq!(answer.body["requestId"], "mine-1");
    assert_eq!(bench.get("/healthz").await.headers["x-request-id"].len(), 16);
}

#[tokio::test]
async fn health_needs_no_token_and_tells_what_is_wrong() {
    let bench = Bench::new().await;
    let plain = |path: &str| Request::builder().uri(path).body(Body::empty()).unwrap();
    let alive = bench.send(plain("/healthz")).await;
    assert_eq!((alive.status, alive.body), (200, json!({"status": "ok"})));
    let ready = bench.send(plain("/readyz")).await;
    assert_eq!(
        (ready.status, ready.body),
        (200, json!({"status": "ready", "database": "ok", "disk": "ok", "plugins": "ok"}))
    );
    let reason = "plugins.toml: line 7";
    let readiness = |status: &str, plugins: &str| json!({"status": status, "database": "ok", "disk": "ok", "plugins": plugins, "pluginsDetail": reason});
    *bench.list.standing.lock().unwrap() = Standing::Failed(reason.into());
    let troubled = bench.send(plain("/readyz")).await;
    assert_eq!((troubled.status, troubled.body), (503, readiness("not ready", "failed")));
    *bench.list.standing.lock().unwrap() = Standing::Stale(reason.into());
    let stale = bench.send(plain("/readyz")).await;
    assert_eq!((stale.status, stale.body), (200, readiness("ready", "stale")));
    *bench.list.standing.lock().unwrap() = Standing::Current;
    bench.engine.drain(Duration::ZERO).await;
    let stopping = bench.send(plain("/readyz")).await;
    assert_eq!((stopping.status, &stopping.body["status"]), (503, &json!("stopping")));
    let refused = bench.post("/api/v1/sources/pulled/sync", json!({})).await;
    assert_eq!(refused.problem().0, 503);
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_not_waited_for() {
    let answer_timeout = Duration::from_secs(2);
    let bench = Bench::with(limited(HttpConfig { answer_timeout, ..HttpConfig::default() })).await;
    let json = [("content-type", "application/json")];
    let endless = || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let late = bench.send(request("POST", "/api/v1/sources", &json, endless())).await;
    let told = "there was no answer within 2s; what was asked may still be done";
    assert_eq!(late.problem(), (503, None, told));
    assert_eq!(late.headers["retry-after"], "5");
    let push = request("POST", "/api/v1/sources/api/records?type=user", &json, endless());
    let push = tokio::time::timeout(2 * answer_timeout, bench.router.clone().oneshot(push)).await;
    assert!(push.is_err(), "a push takes as long as it takes");
}

#[tokio::test]
async fn metrics_need_a_token_unless_they_are_public() {
    let text = async |bench: &Bench, path: &str, token: Option<&str>| {
        let request = Request::builder().uri(path);
        let request = token.into_iter().fold(request, |r, token| r.header("authorization", token));
        let response = bench.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let media = parts.headers["content-type"].to_str().unwrap().to_owned();
        (parts.status.as_u16(), media, String::from_utf8(body.into()).unwrap())
    };
    let admin = format!("Bearer {TOKEN}");
    let bench = Bench::new().await;
    assert_eq!(text(&bench, "/metrics", None).await.0, 401);
    assert_eq!(text(&bench, "/metrics?x=1", Some(&admin)).await.0, 400);
    bench.push("type=user", json!([{"uid": "private-uid", "username": "ann"}])).await;
    let (status, media, body) = text(&bench, "/metrics", Some(&admin)).await;
    assert_eq!((status, media.as_str()), (200, "text/plain; version=0.0.4"));
    for line in [
        "orgsync_tasks{status=\"success\"} 1",
        "orgsync_tasks{status=\"held\"} 0",
        "orgsync_plugins{state=\"ready\"} 1",
        "orgsync_plugins{state=\"invalid\"} 0",
    ] {
        assert!(body.lines().any(|found| found == line), "no `{line}` in\n{body}");
    }
    assert!(!body.contains("private-uid"));

    let public = Bench::with(Settings { public_metrics: true, ..Settings::default() }).await;
    assert_eq!(text(&public, "/metrics", None).await.0, 200);
}

#[tokio::test]
async fn plugins_are_listed_and_rescanned() {
    let bench = Bench::new().await;
    let acme = json!({
        "name": "acme", "state": "ready", "reason": null, "path": "plugins/libacme.so", "sha256": "ab", "size": 7,
        "signature": {"state": "none", "detail": null}, "fallback": null, "warnings": [],
        "manifest": {"name": "acme", "version": "1.0.0"}, "sandbox": {"state": "enforced", "reason": null},
    });
    let list = json!({"data": [acme], "nextCursor": null, "problems": []});
    assert_eq!(bench.get("/api/v1/plugins").await.body, list);
    assert_eq!(bench.post("/api/v1/plugins/rescan", json!({})).await.body, list);
    *bench.list.standing.lock().unwrap() = Standing::Stale("plugins.toml: line 7".into());
    let failed = bench.post("/api/v1/plugins/rescan", json!({})).await;
    assert_eq!(failed.problem(), (422, None, "plugins.toml: line 7"));
    assert_eq!(bench.get("/api/v1/plugins").await.body["problems"], json!(["plugins.toml: line 7"]));
}

#[tokio::test]
async fn source_types_are_the_built_in_one_and_the_plugins() {
    let bench = Bench::new().await;
    let types = bench.get("/api/v1/source-types").await;
    assert_eq!(types.column("name"), ["api", "hr"]);
    assert_eq!(types.column("plugin"), [Value::Null, json!("acme")]);
    assert_eq!(types.column("title"), ["HTTP API", "ACME HR"]);
    assert_eq!(
        types.body["data"][0]["optionsSchema"],
        json!({"type": "object", "additionalProperties": false})
    );
    let first = bench.get("/api/v1/source-types?limit=1").await;
    assert_eq!((first.column("name"), &first.body["nextCursor"]), (vec![json!("api")], &json!("api")));
    assert_eq!(bench.get("/api/v1/source-types?cursor=api").await.column("name"), ["hr"]);
}
