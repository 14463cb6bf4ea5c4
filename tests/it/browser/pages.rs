//! What holds for every page, in all the states that it can be in: nobody is kept from using it, it is small, nothing
//! in it stands for a script or style of its own, and it fits on a phone.

use std::fs;

use serde_json::{Value, json};

use super::{client_with, company_options, example, logged_in};
use crate::support::artifacts;
use crate::support::browser::{Browser, Key, Scheme, Settings};
use crate::support::daemon::{Client, Daemon, Place, wait_until};

const DESK: (u32, u32) = (1200, 800);
const PHONE: (u32, u32) = (390, 800);
/// What the first page may take, with all that belongs to it, where nothing of it was there before.
const FIRST: u64 = 150 * 1024;
/// The same for any other page that somebody is led to by a link; raw records are as long as sources make them.
const LARGEST: u64 = 200 * 1024;

/// A daemon that has something of everything: tasks that went well, partly, not at all, and one that is held; plugins
/// in use and not; tokens; raw records.
fn busy() -> Daemon {
    let place = Place::new(&["files", "ldap", "scim"]);
    for file in ["users.csv", "departments.csv"] {
        place.write(&format!("company/{file}"), &fs::read_to_string(example().join(file)).unwrap());
    }
    fs::create_dir(place.path("plugins")).unwrap();
    fs::copy(artifacts::plugin("webhook"), place.path("plugins/liborgsync_webhook.so")).unwrap();
    let daemon = place.serve();
    let options = company_options(&daemon.place.path("company"));
    daemon.add_source("company", "files", options);
    assert_eq!(daemon.sync("company")["status"], "success");
    // A directory that nobody answers for.
    let directory = json!({"url": "ldap://127.0.0.1:9", "users": {"bases": ["dc=example,dc=org"]}});
    daemon.add_source("directory", "ldap", directory);
    assert_eq!(daemon.sync("directory")["status"], "failed");
    let records = json!([{"uid": "1", "username": "ann", "title": "Dr"}, {"uid": "2", "email": 5}]);
    daemon.post("/api/v1/sources/api/records?type=user", &records);
    let users = daemon.place.read("company/users.csv");
    let few: Vec<&str> = users.lines().take(200).collect();
    daemon.place.write("company/users.csv", &few.join("\n"));
    assert_eq!(daemon.sync("company")["status"], "held");
    // A target that nobody answers for.
    let options = json!({"url": "http://127.0.0.1:9/scim", "token": "s3cret-of-the-target"});
    let target = json!({"name": "crm", "type": "scim", "displayName": "CRM", "options": options});
    daemon.post("/api/v1/targets", &target).expect(201);
    wait_until("the target is in trouble", || {
        daemon.body("/api/v1/targets/crm")["state"]["reachable"] == false
    });
    client_with(&daemon, "HR nightly", &["push"]);
    client_with(&daemon, "auditor", &["read"]);
    daemon
}

/// Where every page of a busy daemon is.
fn pages(client: &Client) -> Vec<String> {
    let first = |list: &str| client.body(&format!("/api/v1/{list}limit=1"))["data"][0]["id"].to_string();
    let task = |status: &str| first(&format!("tasks?status={status}&"));
    let (done, held, failed, partial) = (task("success"), task("held"), task("failed"), task("partial"));
    let plugins = client.body("/api/v1/plugins")["data"].as_array().unwrap().clone();
    let unlisted = plugins.iter().find(|plugin| plugin["state"] == "unlisted").unwrap();
    let fixed = [
        "/",
        "/sources",
        "/sources/new",
        "/sources/new?type=ldap",
        "/sources/new?type=files",
        "/sources/new?type=api",
        "/sources/company",
        "/sources/company/edit",
        "/sources/directory/edit",
        "/sources/api",
        "/tasks",
        "/tasks?status=cancelled",
        "/users",
        "/users?search=nowak",
        "/users?search=nobody-is-called-so",
        "/departments",
        "/departments?search=sales",
        "/plugins",
        "/plugins/files",
        "/plugins/scim",
        "/targets/crm",
        "/targets/crm?state=failed",
        "/tokens",
        "/tokens/new",
        "/logs",
        "/logs?live=true",
        "/logs?level=error",
        "/logs/records",
        "/nowhere",
    ];
    let of_ids = [
        format!("/tasks/{done}"),
        format!("/tasks/{done}/records"),
        format!("/tasks/{done}/log"),
        format!("/tasks/{held}"),
        format!("/tasks/{held}?op=disable"),
        format!("/tasks/{failed}"),
        format!("/tasks/{partial}"),
        format!("/users/{}", first("users?search=nowak&")),
        format!("/departments/{}", first("departments?")),
        format!("/plugins/{}", unlisted["name"].as_str().unwrap()),
    ];
    fixed.into_iter().map(str::to_owned).chain(of_ids).collect()
}

/// Pages of which there are as many as lines in a log; the first of each that a list leads to.
fn led_to(browser: &Browser) -> Vec<String> {
    let link = |list: &str, part: &str| -> String {
        browser.open(list);
        let script =
            format!("return document.querySelector('main a[href*=\"{part}\"]').getAttribute('href')");
        browser.evaluate(&script).as_str().unwrap().to_owned()
    };
    vec![link("/logs", "/logs/events/"), link("/logs/records", "/logs/records/")]
}

/// A browser at a busy daemon, and where all its pages are.
fn toured(daemon: &Daemon, settings: Settings) -> (Browser, Vec<String>) {
    let browser = logged_in(daemon, settings);
    browser.expect_refusal(404);
    let mut all = pages(daemon);
    all.extend(led_to(&browser));
    (browser, all)
}

/// What is wrong with the page that is open, and with each of its dialogs, on a desk and on a phone.
fn barriers(browser: &Browser) -> Vec<String> {
    let mut found = Vec::new();
    for (device, size) in [("desk", DESK), ("phone", PHONE)] {
        browser.resize(size);
        let mut tell = |what: &str| {
            let barriers = browser.axe();
            found.extend(
                barriers.into_iter().map(|barrier| format!("{}{what}, {device}: {barrier}", browser.path())),
            );
        };
        tell("");
        let dialogs = browser.evaluate("return document.querySelectorAll('[command=show-modal]').length");
        for number in 0..dialogs.as_u64().unwrap() {
            browser.evaluate(&format!("document.querySelectorAll('[command=show-modal]')[{number}].click()"));
            tell(&format!(" (dialog {number})"));
            browser.press_key(Key::Escape);
        }
        let wide = browser.evaluate("return document.documentElement.scrollWidth - innerWidth");
        if wide.as_i64().unwrap() > 0 {
            found.push(format!("{}, {device}: {wide} pixels too wide", browser.path()));
        }
    }
    found
}

fn assert_open_to_all(scheme: Scheme) {
    let daemon = busy();
    let (browser, pages) = toured(&daemon, Settings { scheme, ..Settings::default() });
    let mut found = Vec::new();
    for page in &pages {
        browser.open(page);
        found.extend(barriers(&browser));
    }
    // Forms with what is wrong beside the fields, and a token that is shown once.
    browser.expect_refusal(422);
    browser.resize(DESK);
    browser.open("/sources/new?type=ldap");
    browser.button("Save").press();
    browser.sees("to be mended");
    found.extend(barriers(&browser));
    browser.resize(DESK);
    browser.open("/tokens/new");
    browser.field("Name").fill("new");
    browser.button("Make the token").press();
    browser.sees("The token was not made.");
    found.extend(barriers(&browser));
    browser.resize(DESK);
    browser.evaluate("document.querySelector('input[value=read]').click()");
    browser.button("Make the token").press();
    browser.heading("Token new is made").appears();
    found.extend(barriers(&browser));
    browser.resize(DESK);
    browser.button("Log out").press();
    browser.heading("Log in").appears();
    found.extend(barriers(&browser));
    assert!(found.is_empty(), "{}\n{} barriers", found.join("\n\n"), found.len());
}

#[test]
fn nobody_is_kept_out_in_the_light() {
    assert_open_to_all(Scheme::Light);
}

#[test]
fn nobody_is_kept_out_in_the_dark() {
    assert_open_to_all(Scheme::Dark);
}

#[test]
fn what_is_empty_says_how_to_go_on_and_keeps_nobody_out() {
    let daemon = Daemon::with(&[]);
    let browser = logged_in(&daemon, Settings::default());
    let mut found = Vec::new();
    for (path, said) in [
        ("/", "Nothing needs attention."),
        ("/sources", "Only the built-in source is here"),
        ("/tasks", "There are no tasks here"),
        ("/users", "There are no users here yet"),
        ("/departments", "There are no departments here yet"),
        ("/plugins", "There are no plugins"),
        ("/logs/records", "There are no raw records"),
        ("/tokens", "There are no tokens yet"),
    ] {
        browser.open(path);
        browser.sees(said);
        found.extend(barriers(&browser));
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn pages_are_small_and_have_no_script_or_style_in_them() {
    const FOREIGN: &str = "return [...document.querySelectorAll('*')].flatMap(element => {
        const own = [...element.attributes].map(one => one.name).filter(name => name === 'style' || name.startsWith('on'));
        const inline = element.localName === 'style' || (element.localName === 'script' && !element.src);
        return inline || own.length ? [element.outerHTML.slice(0, 200)] : [];
    })";
    let daemon = busy();
    let (browser, pages) = toured(&daemon, Settings::default());
    for page in &pages {
        browser.forget_files();
        browser.open(page);
        let size = browser.transferred();
        let most = if page == "/" { FIRST } else { LARGEST };
        assert!(size > 10_000 && size <= most, "{page} takes {size} bytes");
        assert_eq!(browser.evaluate(FOREIGN), json!([]), "{page}");
    }
}

#[test]
fn readers_are_offered_nothing_that_they_may_not_do() {
    const OFFERED: &str =
        "return [...document.querySelectorAll('form[method=post], [command=show-modal], [hx-post]')]
        .map(one => one.getAttribute('action') ?? one.outerHTML)
        .filter(action => !['/preferences', '/logout'].includes(action))";
    let daemon = busy();
    let (reader, _) = client_with(&daemon, "reader", &["read"]);
    let browser = logged_in(&reader, Settings::default());
    let mut refused = Vec::new();
    for page in pages(&daemon) {
        let answer =
            browser.evaluate(&format!("return fetch({}).then(answer => answer.status)", json!(page)));
        match answer.as_u64().unwrap() {
            403 => refused.push(page),
            200 => {
                browser.open(&page);
                assert_eq!(browser.evaluate(OFFERED), Value::Array(Vec::new()), "{page}");
            }
            status => assert_eq!((status, page.as_str()), (404, "/nowhere")),
        }
    }
    browser.expect_refusal(403);
    browser.expect_refusal(404);
    assert!(
        refused.iter().all(|page| page.contains("/new") || page.ends_with("/edit") || page == "/tokens"),
        "{refused:?}"
    );
    assert!(refused.len() >= 7, "{refused:?}");
}
