//! What an operator does with a directory, from the first log-in on: it is added, mended, synced and looked at; it
//! breaks, and nothing of it is written; it is away for a while, and tried again.

use serde_json::{Value, json};

use super::{logged_in, show_token};
use crate::support::browser::{Browser, Settings};
use crate::support::daemon::{Client, Daemon, wait_until};
use crate::support::ldif::{COMPANY, Company, Ldif, SUFFIX, company};
use crate::support::slapd::{OPEN, Slapd};

const PASSWORD: &str = "Zd8-kYwQ-71fr";
const PEOPLE: usize = 400;

/// A directory of departments and people.
fn directory() -> (Company, Slapd) {
    let company = company(PASSWORD, 12, PEOPLE);
    let slapd = Slapd::start(&company.ldif, OPEN);
    (company, slapd)
}

/// A daemon that has synced the directory once.
fn synced(slapd: &Slapd) -> Daemon {
    let daemon = Daemon::with(&["ldap"]);
    let options = json!({
        "url": slapd.url(), "bindDn": format!("cn=reader,{SUFFIX}"), "password": PASSWORD,
        "users": {"bases": [COMPANY]}, "departments": {"bases": [COMPANY]},
    });
    daemon.add_source("directory", "ldap", options);
    assert_eq!(daemon.sync("directory")["status"], "success");
    daemon
}

/// Everybody, with all that the API says of them.
fn users(client: &Client) -> Vec<Value> {
    client.all("/api/v1/users?")
}

/// Marks the page, to tell whether it is loaded anew.
fn mark(browser: &Browser) {
    browser.evaluate("window.stayed = true");
}

fn assert_stayed(browser: &Browser) {
    assert_eq!(browser.evaluate("return window.stayed === true"), true, "the page was loaded anew");
}

#[test]
fn a_directory_is_added_synced_and_looked_at() {
    let (company, slapd) = directory();
    let daemon = Daemon::with(&["ldap"]);
    let browser = Browser::start(daemon.address());
    browser.open("/");
    browser.expect_refusal(401);
    show_token(&browser, "a-token-that-nobody-made");
    browser.sees("This token is not valid");
    show_token(&browser, daemon.token());
    browser.heading("Overview").appears();
    browser.sees("Nothing needs attention.");

    browser.link("Sources").first().press();
    browser.sees("Only the built-in source is here");
    browser.sees(&format!("curl -X POST '{}/api/v1/sources/api/records?type=user'", daemon.address()));
    browser.link("Add a source").first().press();
    browser.link("LDAP directory").press();
    browser.heading("Add a source: LDAP directory").appears();

    // What is missing is told beside the fields.
    browser.expect_refusal(422);
    browser.field("Name").fill("directory");
    browser.button("Save").press();
    browser.sees("to be mended");
    assert!(
        browser.field("Address").description().contains("is missing"),
        "{}",
        browser.field("Address").description()
    );

    browser.field("Address").fill(&slapd.url());
    browser.field("Bind DN").fill(&format!("cn=reader,{SUFFIX}"));
    browser.field("Password").fill("wrong-password");
    for kind in ["Users", "Departments"] {
        let part = browser.part("group", kind);
        part.field(kind).press();
        part.field("Bases").fill(COMPANY);
    }
    browser.button("Check connection").press();
    browser.sees("The connection does not work:");
    browser.sees("invalidCredentials (49); `bindDn` or `password` is wrong");
    browser.field("Password").fill(PASSWORD);
    browser.button("Check connection").press();
    browser.sees("The connection works.");
    assert!(daemon.get("/api/v1/sources/directory").status == 404, "nothing is saved yet");
    browser.button("Save").press();
    browser.arrives("/sources/directory");
    browser.sees("The source directory is added.");
    browser.misses(PASSWORD);

    // The server thinks for a while, so that one sees the task run.
    slapd.pause();
    browser.button("Sync everything").press();
    browser.sees("The sync of directory has begun.");
    browser.heading("Task 1 of directory").appears();
    browser.sees("running");
    browser.part("list", "Progress").sees("Records read");
    mark(&browser);
    slapd.go_on();
    browser.sees("success");
    browser.part("list", "Progress").vanishes();
    assert_stayed(&browser);
    browser.row("Users").sees(&PEOPLE.to_string());
    browser.row("Departments").sees("12");
    browser.sees("created");

    let (somebody, home) = (&company.people[105], &company.departments[105 % 12]);
    browser.link("Users").first().press();
    browser.field("Search").fill(&somebody.name.to_uppercase());
    wait_until("only the head and whom was looked for are left", || browser.names("row").len() == 2);
    assert!(browser.path().starts_with("/users?search="), "{}", browser.path());
    browser.link(&somebody.name).press();
    browser.heading(&somebody.name).appears();
    browser.sees("user105@example.org");
    browser.link("directory, no. 1").appears();
    browser.link(&home.name).press();
    browser.heading(&home.name).appears();

    browser.link("Departments").first().press();
    browser.branch("company").appears();
    browser.sees("34 members");
    // Below the second one, and below nobody else.
    let leaf = browser.link(&company.departments[8].name);
    assert!(!leaf.is_there(), "what lies deeper is not loaded yet");
    browser.branch(&company.departments[1].name).press();
    leaf.press();
    browser.heading(&company.departments[8].name).appears();
}

#[test]
fn a_directory_that_breaks_is_held_and_rejected() {
    let (company, slapd) = directory();
    let daemon = synced(&slapd);
    let before = users(&daemon);
    let mut gone = Ldif::default();
    company.people[40..].iter().for_each(|person| gone.delete(&person.dn));
    slapd.modify(&gone);

    let browser = logged_in(&daemon, Settings::default());
    browser.link("Sources").first().press();
    browser.row("directory").button("Sync").press();
    browser.heading("Task 2 of directory").appears();
    browser.sees("held");
    browser.sees("The plan takes away more than the source's policy allows without a person looking at it");
    browser.sees("would disable 360 of the source's 400 users");
    // Its plan, person by person.
    browser.field("Change").choose("disabled");
    let gone = &company.people[40];
    browser.link(&format!("{} {}", gone.name, gone.uid)).appears();

    browser.link("Overview").first().press();
    browser
        .link("Task 2 of directory is held: nothing of it is written before somebody approves it.")
        .press();
    browser.button("Approve").press();
    let approval = browser.dialog("Approve");
    approval.sees("Disables 360 of 400 users.");
    approval.button("Cancel").press();
    approval.vanishes();
    browser.button("Reject").press();
    browser.dialog("Reject").sees("Nothing of the plan is written.");
    browser.dialog("Reject").button("Reject").press();
    browser.sees("The plan is rejected. Nothing of it was written.");
    browser.sees("cancelled");
    assert!(!browser.button("Approve").is_there());
    assert!(users(&daemon) == before, "somebody was touched");
    browser.link("Overview").first().press();
    browser.sees("Nothing needs attention.");
}

#[test]
fn a_sync_that_failed_is_tried_again() {
    let (_, mut slapd) = directory();
    let daemon = synced(&slapd);
    slapd.stop();
    let browser = logged_in(&daemon, Settings::default());
    browser.open("/sources/directory");
    browser.button("Sync everything").press();
    browser.heading("Task 2 of directory").appears();
    browser.sees("failed");
    browser.sees("connect");
    // The sources' list tells so, too, and goes on telling as things move.
    browser.open("/sources");
    browser.row("directory").sees("failed");
    mark(&browser);

    slapd.restart(OPEN);
    let elsewhere = logged_in(&daemon, Settings::default());
    elsewhere.link("The last task of directory failed.").press();
    elsewhere.button("Retry").press();
    elsewhere.sees("It is being tried again.");
    elsewhere.sees("success");
    elsewhere.sees("attempt 2");
    browser.row("directory").sees("success");
    assert_stayed(&browser);
}
