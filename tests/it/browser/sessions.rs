//! Who is let in, for how long, and what other sites and lesser tokens can't do.

use serde_json::{Value, json};
use ureq::http::Method;

use super::{client_with, logged_in, show_token};
use crate::support::browser::{Browser, Settings};
use crate::support::daemon::{Client, Daemon, Place, wait_until};
use crate::support::receiver::{Receiver, Reply};
use crate::support::tls::{Authority, SETTINGS};

/// What a page gives somebody who comes with a cookie and nothing else.
fn page(client: &Client, path: &str, session: &str) -> (u16, Value) {
    let answer = client.with_token("").send(Method::GET, path, &[("cookie", session)], b"");
    (answer.status, answer.body)
}

/// The cookies that stand for sessions; those of several daemons, if the browser was at several.
fn sessions(browser: &Browser) -> Vec<Value> {
    let is_session = |cookie: &Value| {
        let name = cookie["name"].as_str().unwrap();
        name.trim_start_matches("__Host-").starts_with("orgsync-") && !name.ends_with("-notice")
    };
    browser.cookies().into_iter().filter(is_session).collect()
}

/// The session's cookie as a browser sends it.
fn session(browser: &Browser) -> String {
    let sessions = sessions(browser);
    let [cookie] = sessions.as_slice() else { panic!("{sessions:?}") };
    format!("{}={}", cookie["name"].as_str().unwrap(), cookie["value"].as_str().unwrap())
}

#[test]
fn a_token_lets_in_and_logging_out_ends_it() {
    let daemon = Daemon::with(&[]);
    let browser = Browser::start(daemon.address());
    browser.open("/tasks?status=held");
    browser.sees("Log in to go on.");
    let field = browser.field("Token");

    browser.expect_refusal(401);
    show_token(&browser, "0123456789abcdef0123456789abcdef");
    browser.part("alert", "").sees("This token is not valid: it is unknown, expired or revoked.");
    assert!(field.description().contains("This token is not valid"), "{}", field.description());
    assert_eq!(field.value(), "", "what was wrong is not kept");
    assert_eq!(sessions(&browser), [Value::Null; 0]);

    browser.expect_refusal(403);
    let (pusher, _) = client_with(&daemon, "HR nightly", &["push"]);
    show_token(&browser, pusher.token());
    browser.part("alert", "").sees("This token may only push records.");
    assert_eq!(sessions(&browser), [Value::Null; 0]);

    // With blanks around it, as it is copied out of a terminal.
    show_token(&browser, &format!(" {} ", daemon.token()));
    browser.arrives("/tasks?status=held");
    let kept = sessions(&browser).pop().unwrap();
    assert_eq!((&kept["httpOnly"], &kept["sameSite"]), (&json!(true), &json!("Strict")), "{kept}");
    assert_eq!((&kept["path"], &kept["secure"]), (&json!("/"), &json!(false)), "{kept}");
    assert_eq!(browser.evaluate("return document.cookie.includes('orgsync-')"), false);

    let session = session(&browser);
    assert!(page(&daemon, "/tasks", &session).1.to_string().contains("Log out"));
    browser.button("Log out").press();
    browser.arrives("/login");
    assert_eq!(sessions(&browser), [Value::Null; 0]);
    assert!(
        !page(&daemon, "/tasks", &session).1.to_string().contains("Log out"),
        "the daemon forgot it, too"
    );
    browser.back();
    browser.heading("Log in").appears();
}

#[test]
fn a_session_ends_by_itself() {
    let place = Place::new(&[]);
    place.write("orgsync.toml", "[http]\nsession_lifetime = \"4s\"\n");
    let daemon = place.serve();
    let browser = logged_in(&daemon, Settings::default());
    let session = session(&browser);
    wait_until("the daemon has ended the session", || {
        page(&daemon, "/tasks", &session).1.to_string().contains("Log in to go on")
    });
    browser.link("Tasks").press();
    browser.sees("Log in to go on.");
    assert_eq!(browser.path(), "/login?next=%2Ftasks");
}

#[test]
fn revoking_a_token_ends_its_sessions() {
    let daemon = Daemon::with(&[]);
    let (operator, id) = client_with(&daemon, "night shift", &["operate"]);
    let browser = logged_in(&operator, Settings::default());
    // A page without live parts, which would notice by themselves.
    browser.open("/users");
    browser.heading("Users").appears();
    daemon.send(Method::DELETE, &format!("/api/v1/tokens/{id}"), &[], b"").expect(204);
    // A part of the page is asked for, and the whole page goes.
    browser.field("Search").fill("ann");
    browser.heading("Log in").appears();
    assert!(browser.path().starts_with("/login?next=%2Fusers%3F"), "{}", browser.path());
}

#[test]
fn cookies_stay_within_tls() {
    let place = Place::new(&[]);
    Authority::of(&place).issue().install(&place);
    place.write("orgsync.toml", SETTINGS);
    let daemon = place.serve();
    let browser = logged_in(&daemon, Settings::default());
    let kept = sessions(&browser).pop().unwrap();
    assert_eq!((&kept["secure"], &kept["path"]), (&json!(true), &json!("/")), "{kept}");
    assert!(kept["name"].as_str().unwrap().starts_with("__Host-orgsync-"), "{kept}");
}

#[test]
fn daemons_on_one_host_share_a_browser() {
    let (daemon, other) = (Daemon::with(&[]), Daemon::with(&[]));
    let browser = logged_in(&daemon, Settings::default());
    browser.open(&format!("{}/login", other.address()));
    show_token(&browser, other.token());
    browser.heading("Overview").appears();
    assert_eq!(sessions(&browser).len(), 2);
    for daemon in [&daemon, &other, &daemon] {
        browser.open(&format!("{}/tasks", daemon.address()));
        browser.heading("Tasks").appears();
    }
    browser.button("Log out").press();
    browser.heading("Log in").appears();
    browser.open(&format!("{}/tasks", other.address()));
    browser.heading("Tasks").appears();
}

#[test]
fn daemons_that_share_a_database_share_sessions() {
    let daemon = Daemon::with(&[]);
    let url = format!("sqlite://{}", daemon.place.path("data/orgsync.db").display());
    let second = Place::new(&[]);
    second.write("orgsync.toml", &format!("database_url = \"{url}\"\n"));
    let second = second.serve();
    let browser = logged_in(&client_with(&daemon, "operator", &["operate"]).0, Settings::default());
    let session = session(&browser);
    assert!(page(&second, "/tasks", &session).1.to_string().contains("Log out"));
    browser.open(&format!("{}/tasks", second.address()));
    browser.button("Log out").press();
    browser.heading("Log in").appears();
    assert!(!page(&daemon, "/tasks", &session).1.to_string().contains("Log out"), "it has ended for both");
}

#[test]
fn other_sites_can_do_nothing() {
    let daemon = Daemon::with(&[]);
    let browser = logged_in(&daemon, Settings::default());
    let (session, action) = (session(&browser), format!("{}/logout", daemon.address()));
    let form = format!(
        "<!doctype html><title>Prize</title><link rel=icon href=data:,>\
         <form method=post action='{action}'><button>Take it</button></form>"
    );
    // Another port of this machine: to the browser another origin of the same site, which gets the cookie.
    let elsewhere = Receiver::start(move |_| Reply::page(&form));
    browser.expect_refusal(403);
    browser.open(&elsewhere.url());
    browser.button("Take it").press();
    browser.sees("This form belongs to another session, or was sent by another site.");
    assert!(page(&daemon, "/tasks", &session).1.to_string().contains("Log out"), "the session goes on");

    // Nobody shows our pages in a frame of theirs.
    let policy = daemon.with_token("").get("/login").headers["content-security-policy"].clone();
    let policy = policy.to_str().unwrap();
    for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
}
