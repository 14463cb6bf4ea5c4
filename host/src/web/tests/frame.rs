//! Who gets in, what stands around every page, and what is refused.

use std::time::Duration;

use serde_json::json;

use super::{TOKEN, Visit};
use crate::http::router::Settings;

#[tokio::test]
async fn whoever_is_not_logged_in_is_led_to_the_login_and_back() {
    let mut visit = Visit::stranger().await;
    assert_eq!(visit.get("/").await.leads_to(), Some("/login"));
    let page = visit.get("/tasks?status=failed").await;
    assert_eq!((page.status, page.leads_to()), (303, Some("/login?next=%2Ftasks%3Fstatus%3Dfailed")));
    let form = visit.see("/login?next=%2Ftasks%3Fstatus%3Dfailed").await;
    assert!(form.contains(r#"name="next" value="/tasks?status=failed""#), "{form}");
    let fields = [("token", TOKEN), ("next", "/tasks?status=failed")];
    let page = visit.send("POST", "/login", &[], &fields).await;
    assert_eq!((page.status, page.leads_to()), (303, Some("/tasks?status=failed")));
    visit.see("/tasks?status=failed").await;
}

#[tokio::test]
async fn htmx_is_sent_to_the_login_as_a_whole() {
    let mut visit = Visit::stranger().await;
    let open = [("hx-request", "true"), ("hx-current-url", "http://a:1/departments?search=x")];
    let page = visit.send("GET", "/departments/1/branches", &open, &[]).await;
    assert_eq!(page.headers["hx-redirect"], "/login?next=%2Fdepartments%3Fsearch%3Dx");
    let open = [("hx-request", "true"), ("hx-current-url", "http://a:1/tasks")];
    let page = visit.send("GET", "/tasks?status=held", &open, &[]).await;
    assert_eq!(page.headers["hx-redirect"], "/login?next=%2Ftasks%3Fstatus%3Dheld");
}

#[tokio::test]
async fn a_token_that_is_not_valid_gets_nobody_in() {
    let mut visit = Visit::stranger().await;
    let page = visit.log_in("orgsync_1_nonsense").await;
    assert_eq!(page.status, 401);
    assert!(page.html.contains("This token is not valid"), "{}", page.html);
    assert!(!page.html.contains("nonsense"), "the token comes back in the page");
    assert_eq!(visit.session(), None);
    assert_eq!(visit.get("/tasks").await.status, 303);
}

#[tokio::test]
async fn a_token_that_only_pushes_gets_nobody_in() {
    let mut visit = Visit::stranger().await;
    let made = visit.bench.post("/api/v1/tokens", json!({"name": "p", "scope": "push"})).await.body;
    let page = visit.log_in(made["token"].as_str().unwrap()).await;
    assert_eq!((page.status, visit.session()), (403, None));
    assert!(page.html.contains("may only push records"), "{}", page.html);
}

#[tokio::test]
async fn a_session_ends_with_its_logout_its_time_and_its_token() {
    let mut visit = Visit::admin().await;
    let old = (visit.session_name(), visit.session().unwrap());
    assert_eq!(visit.post("/logout", &[]).await.leads_to(), Some("/login"));
    visit.cookies.push(old);
    assert_eq!(visit.get("/tasks").await.status, 303, "a cookie works after the logout");

    let mut settings = Settings::default();
    settings.http.session_lifetime = Duration::from_millis(1);
    let mut visit = Visit::of(settings).await;
    visit.log_in(TOKEN).await;
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(visit.get("/tasks").await.status, 303, "a session outlives its time");

    let mut visit = Visit::with_scope("operate").await;
    visit.see("/tasks").await;
    let tokens = visit.bench.get("/api/v1/tokens").await.body;
    let revoked = format!("/api/v1/tokens/{}", tokens["data"][0]["id"]);
    assert_eq!(visit.bench.delete(&revoked).await.status, 204);
    assert_eq!(visit.get("/tasks").await.status, 303, "a session outlives its token");
}

#[tokio::test]
async fn the_cookie_is_for_the_daemon_alone() {
    let mut visit = Visit::stranger().await;
    let page = visit.log_in(TOKEN).await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    // Without TLS a browser would not send it back.
    assert!(!cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn two_daemons_on_one_host_leave_each_other_s_cookies_alone() {
    let (mut one, mut other) = (Visit::admin().await, Visit::stranger().await);
    // A browser sends the cookies of a host to all its ports.
    other.cookies = one.cookies.clone();
    assert_eq!(other.get("/tasks").await.status, 303, "a session of another daemon lets in");
    assert_eq!(other.log_in(TOKEN).await.status, 303);
    one.cookies = other.cookies.clone();
    one.see("/tasks").await;
    assert_eq!(one.post("/sources/pulled/disable", &[]).await.status, 303);
    other.cookies = one.cookies.clone();
    let seen = other.see("/sources").await;
    assert!(!seen.contains("The source pulled is disabled."), "it was the other daemon's: {seen}");
    one.cookies = other.cookies.clone();
    assert!(one.see("/sources").await.contains("The source pulled is disabled."));
    assert_eq!(one.post("/logout", &[]).await.status, 303);
    other.cookies = one.cookies.clone();
    other.see("/tasks").await;
    assert_eq!(one.get("/tasks").await.status, 303);
}

#[tokio::test]
async fn behind_tls_the_cookie_is_the_host_s_own() {
    let mut visit = Visit::stranger().await;
    let secure = [("x-forwarded-proto", "https, http")];
    let page = visit.send("POST", "/login", &secure, &[("token", TOKEN)]).await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-orgsync-") && cookie.contains("; Secure"), "{cookie}");
    assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(visit.send("GET", "/tasks", &secure, &[]).await.status, 200);
    // What anybody between can have set is not looked at.
    let value = visit.cookies[0].1.clone();
    visit.cookies = vec![(visit.session_name(), value)];
    assert_eq!(visit.send("GET", "/tasks", &secure, &[]).await.status, 303);
}

#[tokio::test]
async fn cookies_of_others_under_the_same_name_change_nothing() {
    let mut visit = Visit::admin().await;
    let own = (visit.session_name(), visit.session().unwrap());
    let forged = |value: String| (own.0.clone(), value);
    visit.cookies = (0..200).map(|n| forged(format!("garbage {n}"))).collect();
    visit.cookies.extend([forged("0".repeat(64)), own.clone(), forged("1".repeat(64))]);
    visit.see("/tasks").await;
    // So many that looking at them would be work: it is as if nobody had logged in.
    visit.cookies = (0..500).map(|n| forged(format!("{n:064x}"))).chain([own.clone()]).collect();
    assert_eq!(visit.get("/tasks").await.status, 303);
    visit.cookies = vec![("orgsync_session".into(), own.1.clone())];
    assert_eq!(visit.get("/tasks").await.status, 303, "the name of earlier versions");
    // Whatever stands before it, the session ends with the log-out.
    visit.cookies = vec![forged("0".repeat(64)), own.clone()];
    let out = visit.send("POST", "/logout", &[], &[]).await;
    assert_eq!(out.leads_to(), Some("/login"));
    visit.cookies = vec![own];
    assert_eq!(visit.get("/tasks").await.status, 303, "the session goes on");
}

#[tokio::test]
async fn no_page_may_load_or_run_what_is_not_ours() {
    let mut visit = Visit::admin().await;
    for path in ["/", "/tasks", "/users", "/departments", "/nothing-here"] {
        let page = visit.get(path).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        for part in
            ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["cache-control"], "no-store");
        for inline in ["<style", " style=", " onclick=", "hx-on"] {
            assert!(!page.html.contains(inline), "{path} has {inline}");
        }
        assert_eq!(page.html.matches("<script").count(), page.html.matches("<script src=").count(), "{path}");
    }
}

#[tokio::test]
async fn a_form_without_the_session_s_mark_does_nothing() {
    let mut visit = Visit::admin().await;
    let sync = "/sources/pulled/sync";
    let check = |page: super::Page| {
        assert_eq!(page.status, 403, "{}", page.html);
        assert!(page.html.contains("This form belongs to another session"), "{}", page.html);
    };
    check(visit.send("POST", sync, &[], &[("mode", "full")]).await);
    check(visit.send("POST", sync, &[], &[("csrf", "0"), ("mode", "full")]).await);
    let mark = visit.mark().await;
    let foreign = [("origin", "https://evil.example"), ("host", "orgsync.example")];
    check(visit.send("POST", sync, &foreign, &[("csrf", &mark)]).await);
    check(visit.send("POST", sync, &[("sec-fetch-site", "cross-site")], &[("csrf", &mark)]).await);
    check(visit.send("POST", "/login", &[("sec-fetch-site", "cross-site")], &[("token", TOKEN)]).await);
    let tasks = visit.bench.get("/api/v1/tasks").await.body;
    assert_eq!(tasks["data"], json!([]));
}

#[tokio::test]
async fn a_refusal_is_a_page_and_of_the_api_json() {
    let mut visit = Visit::admin().await;
    let page = visit.get("/users/999").await;
    assert_eq!(
        (page.status, &page.headers["content-type"]),
        (404, &"text/html; charset=utf-8".parse().unwrap())
    );
    let request = page.headers["x-request-id"].to_str().unwrap();
    assert!(page.html.contains("There is nothing here") && page.html.contains(request), "{}", page.html);
    let page = visit.get("/api/v1/nothing").await;
    assert_eq!(
        (page.status, &page.headers["content-type"]),
        (404, &"application/problem+json".parse().unwrap())
    );
}

#[tokio::test]
async fn the_reader_s_language_and_theme_are_kept() {
    let mut visit = Visit::admin().await;
    let polish = visit.send("GET", "/tasks", &[("accept-language", "pl,en;q=0.5")], &[]).await.html;
    assert!(polish.contains(r#"<html lang="pl" data-theme="auto">"#), "{polish}");
    let chosen = [("language", "it"), ("theme", "dark"), ("next", "/tasks")];
    let page = visit.send("POST", "/preferences", &[], &chosen).await;
    assert_eq!(page.leads_to(), Some("/tasks"));
    let italian = visit.send("GET", "/tasks", &[("accept-language", "pl")], &[]).await.html;
    assert!(italian.contains(r#"<html lang="it" data-theme="dark">"#), "{italian}");
}

#[tokio::test]
async fn the_overview_says_first_what_needs_attention() {
    let mut visit = Visit::admin().await;
    assert!(visit.see("/").await.contains("Nothing needs attention."));
    visit.bench.push("type=user", json!([{"uid": "a"}, {"uid": "b", "email": 1}])).await;
    let page = visit.see("/").await;
    assert!(page.contains("The last task of api left records out that failed."), "{page}");
    assert!(page.contains(r#"href="/tasks/1""#), "{page}");
}
