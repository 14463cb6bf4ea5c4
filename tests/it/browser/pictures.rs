//! The pictures of the documentation: the example company after a month of syncs, the last of which is held.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::{client_with, company_options, example, logged_in};
use crate::support::artifacts;
use crate::support::browser::album::Album;
use crate::support::browser::{Browser, Settings};
use crate::support::daemon::{Daemon, Place};

/// How many syncs the month had, every other day one.
const SYNCS: usize = 14;
/// The one in which somebody gave a wrong e-mail address.
const FAULTY: usize = 9;

/// Moves all tasks back, the first one the furthest, as if they had run in the course of a month.
const AGE: &str = "
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
tasks = [row[0] for row in database.execute('SELECT id FROM tasks ORDER BY id')]
for place, task in enumerate(tasks):
    back = (len(tasks) - place) * 2 * 24 * 60 * 60 * 1000 - place * 600_000
    columns = ', '.join(f'{name} = {name} - {back}' for name in ('created_at', 'started_at', 'finished_at'))
    database.execute(f'UPDATE tasks SET {columns} WHERE id = ?', (task,))
database.commit()
";

/// The company's people on the day of a sync: some have come since the first, some have gone, some moved offices.
fn people(all: &str, sync: usize) -> String {
    let (head, people) = all.split_once('\n').unwrap();
    let mut lines = vec![head.to_owned()];
    for (number, person) in people.lines().enumerate() {
        let comes = if number % 23 == 0 { number / 23 % SYNCS } else { 0 };
        let goes = if number % 61 == 0 { number / 61 } else { SYNCS };
        if sync < comes || sync > goes {
            continue;
        }
        let moves = number % 11 == sync % 11 && sync > 0;
        let mut person = if moves { person.replace(",Hamburg,", ",Berlin,") } else { person.to_owned() };
        if sync == FAULTY && number == 100 {
            person = person.replacen("@example.com", &format!("@{}.example.com", "x".repeat(260)), 1);
        }
        lines.push(person);
    }
    lines.join("\n")
}

/// A daemon after that month.
fn aged() -> Daemon {
    let place = Place::new(&["files", "ldap", "webhook"]);
    let all = fs::read_to_string(example().join("users.csv")).unwrap();
    place.write("company/departments.csv", &fs::read_to_string(example().join("departments.csv")).unwrap());
    place.write("company/users.csv", &people(&all, 0));
    fs::create_dir(place.path("plugins")).unwrap();
    fs::copy(artifacts::plugin("scim"), place.path("plugins/liborgsync_scim.so")).unwrap();
    let mut daemon = place.serve();
    let source = json!({
        "name": "company", "type": "files", "displayName": "Meridian Instruments", "schedule": "0 3 * * *",
        "options": company_options(&daemon.place.path("company")),
    });
    daemon.post("/api/v1/sources", &source).expect(201);
    for sync in 0..SYNCS {
        daemon.place.write("company/users.csv", &people(&all, sync));
        daemon.sync("company");
    }
    client_with(&daemon, "HR nightly", &["push"]);
    client_with(&daemon, "Night shift", &["operate"]);
    client_with(&daemon, "Audit", &["read"]);
    daemon.terminate();
    let aged = Command::new("python3").args(["-c", AGE]).arg(daemon.place.path("data/orgsync.db")).status();
    assert!(aged.unwrap().success());
    daemon.restart();
    daemon
        .place
        .write("company/users.csv", &people(&all, SYNCS).lines().take(556).collect::<Vec<_>>().join("\n"));
    assert_eq!(daemon.sync("company")["status"], "held");
    daemon
}

/// The id of the first of a list.
fn first(daemon: &Daemon, list: &str) -> Value {
    daemon.body(&format!("/api/v1/{list}"))["data"][0]["id"].clone()
}

#[test]
fn the_documentation_shows_the_pages() {
    let daemon = aged();
    let album = Album::open();
    let browser = logged_in(&daemon, Settings::default());
    let take = |name: &str, path: &str| {
        browser.open(path);
        album.take(name, &browser);
    };
    browser.resize((1200, 1000));
    take("overview", "/");
    browser.resize((1200, 800));
    take("sources", "/sources");
    take("tasks", "/tasks");
    take("task", &format!("/tasks/{}", first(&daemon, "tasks?status=partial")));
    take("held", &format!("/tasks/{}", first(&daemon, "tasks?status=held")));
    take("users", "/users?search=no");
    take("user", &format!("/users/{}", first(&daemon, "users?search=nowak")));
    take("plugins", "/plugins");
    take("tokens", "/tokens");
    // Text is what pictures are worst at.
    browser.resize((1200, 500));
    take("logs", "/logs");
    browser.resize((1200, 800));
    browser.open("/departments");
    browser.link("Finanzen").appears();
    album.take("departments", &browser);
    fill_in_a_directory(&browser);
    album.take("source-form", &browser);
}

fn fill_in_a_directory(browser: &Browser) {
    browser.open("/sources/new?type=ldap");
    browser.field("Name").fill("directory");
    browser.field("Address").fill("ldaps://ldap.example.com");
    browser.field("Bind DN").fill("cn=orgsync,ou=services,dc=example,dc=com");
    browser.evaluate("document.activeElement.blur(); scrollTo(0, 0)");
}
