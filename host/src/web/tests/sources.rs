//! The pages of sources.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::html;
use crate::http::router::Settings;
use crate::http::tests::{Bench, TOKEN, people};
use crate::web::pages;

/// Somebody at a browser.
struct Reader<'a> {
    bench: &'a Bench,
    cookie: String,
}

struct Seen {
    status: u16,
    location: String,
    notice: String,
    html: String,
}

async fn bench() -> Bench {
    Bench::with_pages(Settings::default(), pages).await
}

impl<'a> Reader<'a> {
    async fn log_in(bench: &'a Bench, token: &str) -> Self {
        let mut reader = Self { bench, cookie: String::new() };
        let body = html::encode(&[("token".into(), token.into())]);
        let request = Request::post("/login").body(Body::from(body)).unwrap();
        let answer = bench.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 303);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        reader.cookie = cookie.split(';').next().unwrap().to_owned();
        reader
    }

    /// With a token of this scope.
    async fn with_scope(bench: &'a Bench, scope: &str) -> Self {
        let made = bench.post("/api/v1/tokens", json!({"name": scope, "scopes": [scope]})).await;
        Self::log_in(bench, made.body["token"].as_str().unwrap_or_else(|| panic!("{}", made.body))).await
    }

    async fn send(&self, method: &str, path: &str, body: String) -> Seen {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", &self.cookie)
            .header("host", "orgsync.example:8370")
            .body(Body::from(body));
        let answer = self.bench.router.clone().oneshot(request.unwrap()).await.unwrap();
        let header = |name: &str| {
            let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (status, location, notice) = (answer.status().as_u16(), header("location"), header("set-cookie"));
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        Seen { status, location, notice, html: String::from_utf8(bytes.into()).unwrap() }
    }

    async fn get(&self, path: &str) -> Seen {
        self.send("GET", path, String::new()).await
    }

    /// Fills in the form at an address and sends it.
    async fn fill(&self, path: &str, changes: &[(&str, &str)]) -> Seen {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.html);
        let mut fields = html::fields(&page.html, "<form class=\"form stack\"");
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        self.send("POST", path, html::encode(&fields)).await
    }

    /// Presses a button that needs no more than the session's mark.
    async fn press(&self, path: &str, more: &[(&str, &str)]) -> Seen {
        let page = self.get("/sources/new?type=api").await;
        let mark = html::fields(&page.html, "<form class=\"form stack\"").remove(0);
        let mut fields = vec![mark];
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send("POST", path, html::encode(&fields)).await
    }
}

async fn source(bench: &Bench, name: &str) -> Value {
    bench.get(&format!("/api/v1/sources/{name}")).await.body
}

#[tokio::test]
async fn the_list_tells_of_each_source_and_offers_what_can_be_done() {
    let bench = bench().await;
    let reader = Reader::log_in(&bench, TOKEN).await;
    let seen = reader.get("/sources").await;
    for expected in [
        "href=\"/sources/pulled\"",
        "ACME HR",
        "action=\"/sources/pulled/sync\"",
        "href=\"/tasks?source=pulled\"",
        "href=\"/sources/new\"",
    ] {
        assert!(seen.html.contains(expected), "{expected} in {}", seen.html);
    }
    assert!(!seen.html.contains("/sources/api/sync"), "nobody can sync what is pushed to");
    assert!(!seen.html.contains("curl"), "there is a source to sync");

    bench.with_json("PATCH", "/api/v1/sources/pulled", json!({"enabled": false})).await;
    let seen = reader.get("/sources").await.html;
    assert!(!seen.contains("/sources/pulled/sync") && !seen.contains("/tasks?source=pulled"), "{seen}");

    bench.with_json("DELETE", "/api/v1/sources/pulled", json!({})).await;
    let seen = reader.get("/sources").await.html;
    let line = "http://orgsync.example:8370/api/v1/sources/api/records?type=user";
    assert!(seen.contains(line), "{seen}");
}

#[tokio::test]
async fn what_a_scope_may_not_do_is_neither_offered_nor_done() {
    let bench = bench().await;
    let check = async |scope: &str, offered: &[&str], withheld: &[&str]| {
        let reader = Reader::with_scope(&bench, scope).await;
        let seen = reader.get("/sources/pulled").await.html + &reader.get("/sources").await.html;
        for path in offered {
            assert!(seen.contains(path), "{scope}: {path}");
        }
        for path in withheld {
            assert!(!seen.contains(path), "{scope}: {path}");
            let done = reader.send("POST", path, String::new()).await;
            assert_eq!(done.status, 403, "{scope}: {path}");
        }
    };
    let (steps, changes) = (
        ["/sources/pulled/sync", "/sources/pulled/check"],
        ["/sources/pulled/edit", "/sources/new", "/sources/pulled/disable", "/sources/pulled/delete"],
    );
    check("read", &["/sources/pulled"], &[steps.as_slice(), &changes].concat()).await;
    check("operate", &steps, &changes).await;
    check("admin", &[steps.as_slice(), &changes].concat(), &[]).await;
}

#[tokio::test]
async fn a_source_is_added_by_filling_in_its_form() {
    let bench = bench().await;
    let reader = Reader::log_in(&bench, TOKEN).await;
    let choose = reader.get("/sources/new").await.html;
    assert!(choose.contains("/sources/new?type=hr") && choose.contains("/sources/new?type=api"), "{choose}");
    assert_eq!(reader.get("/sources/new?type=sap").await.status, 404);

    let wrong = [("name", "N o"), ("options/password", "s3cret"), ("schedule", "often")];
    let refused = reader.fill("/sources/new?type=hr", &wrong).await;
    assert_eq!(refused.status, 422);
    for expected in [
        "href=\"#f-name\"",
        "id=\"f-name-error\"",
        "value=\"N o\"",
        "href=\"#f-options-host\"",
        "id=\"f-options-host-error\"",
        "id=\"f-schedule-error\"",
        "value=\"often\"",
        "Type it again",
    ] {
        assert!(refused.html.contains(expected), "{expected} in {}", refused.html);
    }
    assert!(!refused.html.contains("s3cret"), "a secret is not sent back");

    let right = [
        ("name", "hr-2"),
        ("displayName", "HR <2>"),
        ("options/host", "h"),
        ("options/password", "s3cret"),
        ("policy/removals/percent", "5"),
        ("policy/matchKey", "email"),
        ("do", "save"),
    ];
    let added = reader.fill("/sources/new?type=hr", &right).await;
    assert_eq!((added.status, added.location.as_str()), (303, "/sources/hr-2"), "{}", added.html);
    assert!(added.notice.contains("notice-source-added"));
    let stored = source(&bench, "hr-2").await;
    assert_eq!(stored["options"], json!({"host": "h", "password": "********"}));
    assert_eq!((&stored["displayName"], &stored["enabled"]), (&json!("HR <2>"), &json!(true)));
    assert_eq!(stored["policy"]["removals"], json!({"percent": 5.0, "count": 10}));
    assert_eq!((&stored["policy"]["matchKey"], &stored["schedule"]), (&json!("email"), &Value::Null));

    let taken = reader.fill("/sources/new?type=hr", &right).await;
    assert_eq!(taken.status, 409);
    assert!(taken.html.contains("id=\"f-name-error\""), "{}", taken.html);
    let page = reader.get("/sources/hr-2").await.html;
    assert!(page.contains("HR &#60;2&#62;") && !page.contains("s3cret"), "{page}");
}

#[tokio::test]
async fn a_connection_is_tried_before_anything_is_stored() {
    let bench = bench().await;
    let reader = Reader::log_in(&bench, TOKEN).await;
    let check = async |path: &str, host: &str, status: u16, expected: &str| {
        let fields = [("name", "x"), ("options/host", host), ("do", "check")];
        let seen = reader.fill(path, &fields).await;
        assert_eq!(seen.status, status, "{path} {host}");
        assert!(seen.html.contains(expected), "{expected} in {}", seen.html);
    };
    check("/sources/new?type=hr", "up", 200, "The connection works").await;
    check("/sources/new?type=hr", "down", 200, "plugin acme: no answer from down").await;
    check("/sources/new?type=hr", "", 422, "id=\"f-options-host-error\"").await;
    check("/sources/pulled/edit", "down", 200, "plugin acme: no answer from down").await;
    check("/sources/pulled/edit", "up", 200, "The connection works").await;
    assert_eq!(bench.get("/api/v1/sources").await.body["data"].as_array().unwrap().len(), 2);
    assert_eq!(source(&bench, "pulled").await["options"]["host"], "x", "nothing is stored");
    let stored = reader.press("/sources/pulled/check", &[]).await;
    assert!(stored.html.contains("The connection works"), "{}", stored.html);
}

#[tokio::test]
async fn saving_a_form_as_it_stands_changes_nothing() {
    let bench = bench().await;
    let reader = Reader::log_in(&bench, TOKEN).await;
    let patch = json!({
        "displayName": "A & B", "schedule": "0 3 * * *",
        "policy": {"matchKeys": ["email", "phone"], "fullEvery": "1d", "rawRecords": false, "onMissing": "keep"},
    });
    bench.with_json("PATCH", "/api/v1/sources/pulled", patch).await;
    let kept = |mut source: Value| {
        source.as_object_mut().unwrap().remove("updatedAt");
        source
    };
    let before = source(&bench, "pulled").await;
    let saved = reader.fill("/sources/pulled/edit", &[("do", "save")]).await;
    assert_eq!((saved.status, saved.location.as_str()), (303, "/sources/pulled"), "{}", saved.html);
    let after = source(&bench, "pulled").await;
    assert_eq!(kept(after), kept(before));

    let changes = [("displayName", ""), ("schedule", ""), ("policy/fullEvery", ""), ("enabled", "explicit")];
    assert_eq!(reader.fill("/sources/pulled/edit", &changes).await.status, 303);
    let after = source(&bench, "pulled").await;
    assert_eq!(
        (&after["displayName"], &after["schedule"], &after["enabled"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    assert_eq!(
        (&after["policy"]["fullEvery"], &after["policy"]["onMissing"]),
        (&Value::Null, &json!("keep"))
    );
}

#[tokio::test]
async fn a_source_without_its_plugin_keeps_its_options() {
    let bench = bench().await;
    let reader = Reader::log_in(&bench, TOKEN).await;
    *bench.plugin.installed.lock().unwrap() = false;
    let page = reader.get("/sources/pulled/edit").await.html;
    assert!(page.contains("no plugin that is ready offers") && !page.contains("f-options-host"), "{page}");
    assert_eq!(reader.fill("/sources/pulled/edit", &[("displayName", "Gone")]).await.status, 303);
    *bench.plugin.installed.lock().unwrap() = true;
    let after = source(&bench, "pulled").await;
    assert_eq!((&after["displayName"], &after["options"]["host"]), (&json!("Gone"), &json!("x")));
}

#[tokio::test]
async fn a_sync_leads_to_its_task_and_a_deletion_says_what_stays() {
    let bench = bench().await;
    let reader = Reader::log_in(&bench, TOKEN).await;
    let started = reader.press("/sources/pulled/sync", &[("mode", "full"), ("dryRun", "true")]).await;
    assert_eq!(started.status, 303, "{}", started.html);
    let id: Value = started.location.rsplit('/').next().unwrap().parse::<i64>().unwrap().into();
    assert_eq!(bench.settled(&id).await["dryRun"], true);

    bench.pull(people(0..40)).await;
    let page = reader.get("/sources/pulled").await.html;
    assert!(page.contains("Its 40 users and 0 departments stay"), "{page}");
    let held = bench.pull(people(0..1)).await;
    let busy = reader.press("/sources/pulled/delete", &[]).await;
    assert_eq!((busy.status, busy.location), (303, format!("/tasks/{}", held["id"])));
    let again = reader.press("/sources/pulled/sync", &[]).await;
    assert_eq!(again.status, 303, "{}", again.html);
    let again: Value = again.location.rsplit('/').next().unwrap().parse::<i64>().unwrap().into();
    for id in [&held["id"], &bench.settled(&again).await["id"]] {
        assert_eq!(bench.post(&format!("/api/v1/tasks/{id}/reject"), json!({})).await.status, 200);
    }

    let off = reader.press("/sources/pulled/disable", &[]).await;
    assert_eq!((off.status, off.location.as_str()), (303, "/sources/pulled"));
    assert_eq!(source(&bench, "pulled").await["enabled"], false);
    assert_eq!(reader.press("/sources/pulled/sync", &[]).await.status, 409);
    assert_eq!(reader.press("/sources/pulled/enable", &[]).await.status, 303);
    assert_eq!(reader.send("POST", "/sources/pulled/delete", "csrf=other".into()).await.status, 403);
    let deleted = reader.press("/sources/pulled/delete", &[]).await;
    assert_eq!((deleted.status, deleted.location.as_str()), (303, "/sources"));
    assert_eq!(bench.get("/api/v1/sources/pulled").await.status, 404);
}
