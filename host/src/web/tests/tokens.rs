//! Tokens: made, shown once, listed and revoked.

use serde_json::json;

use super::{Page, Visit};

/// The text of the token on the page that answers the form.
fn text(page: &Page) -> &str {
    let (_, rest) = page.html.split_once(r#"<code id="token">"#).unwrap_or_else(|| panic!("{}", page.html));
    rest.split_once('<').unwrap().0
}

#[tokio::test]
async fn a_token_is_shown_once_and_works() {
    let mut visit = Visit::admin().await;
    visit.see("/tokens/new").await;
    let fields =
        [("name", " HR nightly "), ("scope", "read"), ("scope", "push"), ("source", ""), ("end", "30")];
    let made = visit.post("/tokens", &fields).await;
    assert_eq!((made.status, &made.headers["cache-control"]), (201, &"no-store".parse().unwrap()));
    assert!(made.html.contains("Token HR nightly is made"), "{}", made.html);
    let token = text(&made).to_owned();

    let list = visit.see("/tokens").await;
    assert!(list.contains("HR nightly") && list.contains("read push") && list.contains("in 2"), "{list}");
    assert!(!list.contains(&token), "the list has the token's text");
    let own = std::mem::take(&mut visit.cookies);
    assert_eq!(visit.log_in(&token).await.status, 303);
    visit.see("/tasks").await;

    visit.cookies = own;
    let again = visit.post("/tokens", &fields).await;
    assert_eq!(again.status, 409);
    assert!(again.html.contains("There is a token of this name already"), "{}", again.html);
    assert!(again.html.contains(r#"value="HR nightly""#), "what was typed is gone: {}", again.html);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field() {
    let mut visit = Visit::admin().await;
    let check = async |visit: &mut Visit, fields: &[(&str, &str)], place: &str, said: &str| {
        let page = visit.post("/tokens", fields).await;
        assert_eq!(page.status, 422, "{fields:?}: {}", page.html);
        let beside = format!(r#"<p class="error" id="{place}-wrong">{said}"#);
        assert!(page.html.contains(&beside), "{fields:?}: {}", page.html);
        assert_eq!(page.html.matches("class=\"error\"").count(), 1, "{fields:?}: {}", page.html);
    };
    let v = &mut visit;
    check(v, &[("name", " "), ("scope", "read"), ("end", "never")], "name", "A name has").await;
    check(v, &[("name", "x"), ("end", "never")], "scope", "Choose at least one").await;
    let bound = [("name", "x"), ("scope", "read"), ("source", "api"), ("end", "never")];
    check(v, &bound, "source", "Only a token that may push").await;
    let gone = [("name", "x"), ("scope", "push"), ("source", "nobody"), ("end", "never")];
    check(v, &gone, "source", "There is no such source").await;
    let past = [("name", "x"), ("scope", "read"), ("end", "day"), ("day", "2001-01-01")];
    check(v, &past, "day", "Choose a day").await;
    check(v, &[("name", "x"), ("scope", "read"), ("end", "day"), ("day", "")], "day", "Choose a day").await;
    assert_eq!(visit.bench.get("/api/v1/tokens").await.column("name"), Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn a_token_ends_when_it_was_said_to() {
    let mut visit = Visit::admin().await;
    let ends = async |visit: &mut Visit, name: &str, end: &str, day: &str| {
        let fields = [("name", name), ("scope", "push"), ("source", "api"), ("end", end), ("day", day)];
        assert_eq!(visit.post("/tokens", &fields).await.status, 201, "{name}");
        let list = visit.bench.get("/api/v1/tokens").await;
        assert_eq!(list.column("source").pop(), Some(json!("api")));
        list.column("expiresAt").pop().unwrap()
    };
    assert_eq!(
        ends(&mut visit, "never", "never", "2100-05-31").await,
        json!(null),
        "a day that is not asked for"
    );
    assert_eq!(ends(&mut visit, "day", "day", "2100-05-31").await, json!("2100-06-01T00:00:00.000Z"));
    visit.cookies.push(("orgsync_zone".into(), "Asia/Kolkata".into()));
    assert_eq!(ends(&mut visit, "there", "day", "2100-05-31").await, json!("2100-05-31T18:30:00.000Z"));
    let year: jiff::Timestamp = ends(&mut visit, "year", "year", "").await.as_str().unwrap().parse().unwrap();
    let days = (year.as_second() - jiff::Timestamp::now().as_second()) / 86_400;
    assert!((364..=365).contains(&days), "{days}");
    assert_eq!(visit.post("/tokens", &[("name", "x"), ("scope", "read"), ("end", "soon")]).await.status, 400);
}

#[tokio::test]
async fn a_token_is_revoked_and_its_session_ends() {
    let mut visit = Visit::with_scope("admin").await;
    let made = visit.bench.post("/api/v1/tokens", json!({"name": "other <one>", "scope": "read"})).await.body;
    let own = std::mem::take(&mut visit.cookies);
    assert_eq!(visit.log_in(made["token"].as_str().unwrap()).await.status, 303);
    visit.see("/tasks").await;
    let other = std::mem::replace(&mut visit.cookies, own);
    let list = visit.see("/tokens").await;
    assert!(list.contains("Revoke other &#60;one&#62;"), "{list}");
    assert_eq!(list.matches("You have logged in with this token yourself").count(), 1, "{list}");
    let unmarked = visit.send("POST", "/tokens/2/revoke", &[], &[]).await;
    assert_eq!((unmarked.status, visit.bench.get("/api/v1/tokens").await.column("id").len()), (403, 2));

    let revoked = visit.post("/tokens/2/revoke", &[("name", "other <one>")]).await;
    assert_eq!((revoked.status, revoked.leads_to()), (303, Some("/tokens")));
    let list = visit.see("/tokens").await;
    assert!(list.contains("is revoked") && !list.contains("Revoke other"), "{list}");
    let own = std::mem::replace(&mut visit.cookies, other);
    assert_eq!(visit.get("/tasks").await.leads_to(), Some("/login?next=%2Ftasks"));
    visit.cookies = own;
    assert_eq!(visit.post("/tokens/2/revoke", &[]).await.status, 404);

    assert_eq!(visit.post("/tokens/1/revoke", &[]).await.status, 303);
    assert_eq!(visit.get("/tokens").await.leads_to(), Some("/login?next=%2Ftokens"));
}

#[tokio::test]
async fn an_expired_token_is_marked() {
    let mut visit = Visit::admin().await;
    let soon = (jiff::Timestamp::now() + std::time::Duration::from_millis(300)).to_string();
    let new = json!({"name": "brief", "scope": "read", "expiresAt": soon});
    assert_eq!(visit.bench.post("/api/v1/tokens", new).await.status, 201);
    let mut list = visit.see("/tokens").await;
    // It is not yet, unless this machine is very slow; then it is sooner.
    while !list.contains("expired") {
        list = visit.see("/tokens").await;
    }
    assert!(list.contains(r#"<span class="badge danger">"#), "{list}");
}

#[tokio::test]
async fn whoever_is_no_admin_sees_no_tokens() {
    let mut visit = Visit::with_scope("operate").await;
    assert!(!visit.see("/tasks").await.contains("href=\"/tokens\""));
    for path in ["/tokens", "/tokens/new"] {
        assert_eq!(visit.get(path).await.status, 403, "{path}");
    }
    let fields = [("name", "x"), ("scope", "admin"), ("end", "never")];
    assert_eq!(visit.post("/tokens", &fields).await.status, 403);
    assert_eq!(visit.post("/tokens/1/revoke", &[]).await.status, 403);
    assert_eq!(visit.bench.get("/api/v1/tokens").await.column("name").len(), 1);
}
