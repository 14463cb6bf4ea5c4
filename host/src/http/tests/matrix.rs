//! Every operation that is described, tried with every kind of token: nobody gets further than the token's scopes.

use std::num::NonZero;

use sea_orm::ConnectionTrait;

use super::*;
use crate::store::commit;

/// What a route says to a token before its handler is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// 401: the token is not valid.
    Unknown,
    /// 403: the token may not do this.
    Closed,
    /// The handler answers.
    Open,
}

/// A token, and what the operations that need some scope are expected to say to it.
struct Caller {
    what: &'static str,
    token: Option<String>,
    expected: fn(needed: &str) -> Door,
}

fn unknown(_: &str) -> Door {
    Door::Unknown
}

fn open_for(scopes: &[&str], needed: &str) -> Door {
    if scopes.contains(&needed) { Door::Open } else { Door::Closed }
}

async fn callers(bench: &Bench) -> Vec<Caller> {
    let made = async |name: &str, scope: &str, source: Value| {
        let new = json!({"name": name, "scope": scope, "source": source});
        let made = bench.post("/api/v1/tokens", new).await;
        assert_eq!(made.status, 201, "{}", made.body);
        (made.body["token"].as_str().unwrap().to_owned(), made.body["id"].clone())
    };
    for source in ["hr", "gone"] {
        bench.post("/api/v1/sources", json!({"name": source, "type": "api"})).await;
    }
    let (revoked, id) = made("revoked", "admin", Value::Null).await;
    assert_eq!(bench.delete(&format!("/api/v1/tokens/{id}")).await.status, 204);
    let (orphan, _) = made("of a source that is gone", "push", json!("gone")).await;
    assert_eq!(bench.delete("/api/v1/sources/gone").await.status, 204);
    let (expired, id) = made("expired", "admin", Value::Null).await;
    let tx = bench.engine.store().begin().await.unwrap();
    tx.execute_unprepared(&format!("UPDATE tokens SET expires_at = 1 WHERE id = {id}")).await.unwrap();
    commit(tx, "test").await.unwrap();
    let mut callers = vec![
        Caller { what: "nobody", token: None, expected: unknown },
        Caller { what: "an empty token", token: Some(String::new()), expected: unknown },
        Caller {
            what: "a made-up token",
            token: Some(format!("orgsync_1_{}", "0".repeat(64))),
            expected: unknown,
        },
        Caller { what: "a revoked token", token: Some(revoked), expected: unknown },
        Caller { what: "the token of a source that is gone", token: Some(orphan), expected: unknown },
        Caller { what: "an expired token", token: Some(expired), expected: unknown },
        Caller { what: "the admin token", token: Some(TOKEN.to_owned()), expected: |_| Door::Open },
    ];
    type Scoped = (&'static str, Value, fn(&str) -> Door);
    let scoped: [Scoped; 6] = [
        ("admin", Value::Null, |_| Door::Open),
        ("operate", Value::Null, |needed| open_for(&["operate", "read"], needed)),
        ("read", Value::Null, |needed| open_for(&["read"], needed)),
        ("push", Value::Null, |needed| open_for(&["push"], needed)),
        ("operate push", Value::Null, |needed| open_for(&["operate", "read", "push"], needed)),
        ("push", json!("hr"), |needed| open_for(&["push"], needed)),
    ];
    for (scope, source, expected) in scoped {
        let name = format!("{scope} {source}");
        let (token, _) = made(&name, scope, source).await;
        callers.push(Caller { what: scope, token: Some(token), expected });
    }
    callers
}

async fn door(router: &Router, method: &str, path: &str, token: Option<&str>) -> Door {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    // The body is not awaited: the one of an event stream never ends.
    let answer = router.clone().oneshot(request.body(Body::from("{}")).unwrap()).await.unwrap();
    match answer.status() {
        StatusCode::UNAUTHORIZED => Door::Unknown,
        StatusCode::FORBIDDEN => Door::Closed,
        _ => Door::Open,
    }
}

#[tokio::test]
async fn every_operation_takes_the_tokens_that_its_description_says() {
    let bench = Bench::with(limited(HttpConfig {
        failed_tokens_per_minute: NonZero::new(1_000_000).unwrap(),
        ..HttpConfig::default()
    }))
    .await;
    let callers = callers(&bench).await;
    let mut tried = 0;
    for operation in bench.description.operations() {
        // A source that all may push to who may push at all; nothing else that is named is there.
        let source = if operation.id == "pushRecords" { "hr" } else { "nobody" };
        let path = operation.path.replace("{name}", source).replace("{id}", "999999");
        for Caller { what, token, expected } in &callers {
            let expected = operation.scope.as_deref().map_or(Door::Open, expected);
            let methods =
                if operation.method == "GET" { vec!["GET", "HEAD"] } else { vec![&*operation.method] };
            for method in methods {
                let found = door(&bench.router, method, &path, token.as_deref()).await;
                assert_eq!(found, expected, "{method} {path} with {what}");
                tried += 1;
            }
        }
    }
    assert!(tried > 800, "only {tried} were tried");
}

#[tokio::test]
async fn a_bound_token_pushes_nowhere_else() {
    let bench = Bench::new().await;
    let callers = callers(&bench).await;
    let bound = callers.last().unwrap().token.as_deref();
    for name in ["api", "pulled", "nobody", "%61pi", "HR", "hr%20", "hr/../api", "hr%2f..%2fapi"] {
        let path = format!("/api/v1/sources/{name}/records?type=user");
        let request = Request::builder()
            .method("POST")
            .uri(&path)
            .header("authorization", format!("Bearer {}", bound.unwrap()))
            .header("content-type", "application/json");
        let answer =
            bench.router.clone().oneshot(request.body(Body::from("[{\"uid\":1}]")).unwrap()).await.unwrap();
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
    }
    assert_eq!(bench.get("/api/v1/users").await.column("id"), [Value::Null; 0]);
}
