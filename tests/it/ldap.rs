//! The source `ldap` against a real OpenLDAP server, through the real daemon.

mod absent;
mod connecting;
mod expiry;
mod filters;
mod groups;
mod identity;
mod incremental;
mod names;
mod proxy;
mod rights;
mod secrets;
mod sync;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::daemon::{Client, Daemon};
use crate::support::ldif::{COMPANY, SUFFIX};
use crate::support::slapd::Slapd;

/// Of the account that reads: nothing else in the tests contains it.
const PASSWORD: &str = "Zd8-kYwQ-71fr";
const SOURCE: &str = "directory";

/// Options that read the company, with others laid over them; null takes one away.
fn options(slapd: &Slapd, more: Value) -> Value {
    let mut options = json!({
        "url": slapd.url(), "bindDn": format!("cn=reader,{SUFFIX}"), "password": PASSWORD,
        "users": {"bases": [COMPANY]}, "departments": {"bases": [COMPANY]},
    });
    let own = options.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => own.remove(name),
            value => own.insert(name.clone(), value.clone()),
        };
    }
    options
}

/// A daemon with a source of these options.
fn daemon(options: Value) -> Daemon {
    let daemon = Daemon::with(&["ldap"]);
    daemon.add_source(SOURCE, "ldap", options);
    daemon
}

/// All rows of a list, by the uid that the source knows them by.
fn by_uid(client: &Client, list: &str) -> BTreeMap<String, Value> {
    let rows = client.all(&format!("/api/v1/{list}?"));
    rows.into_iter().map(|row| (row["links"][0]["uid"].as_str().unwrap().to_owned(), row)).collect()
}

/// What a check of the source says is wrong.
fn complaint(client: &Client) -> Option<String> {
    let checked = client.post(&format!("/api/v1/sources/{SOURCE}/check"), &json!({})).expect(200);
    assert_eq!(checked["ok"], checked["message"].is_null(), "{checked}");
    checked["message"].as_str().map(str::to_owned)
}

/// Sets the source's options.
fn set(client: &Client, options: Value) {
    let change = json!({"options": options});
    client.send_json(Method::PATCH, &format!("/api/v1/sources/{SOURCE}"), &change).expect(200);
}

/// A sync that goes well.
fn synced(client: &Client) -> Value {
    let task = client.sync(SOURCE);
    assert_eq!(task["status"], "success", "{task}");
    task
}

/// An incremental sync, however it ends.
fn changes(client: &Client) -> Value {
    let order = json!({"mode": "incremental"});
    let started = client.post(&format!("/api/v1/sources/{SOURCE}/sync"), &order).expect(202);
    client.settled(started["taskId"].as_i64().unwrap())
}

/// The titles of somebody's departments, sorted.
fn titles(user: &Value) -> Vec<&str> {
    let departments = user["departments"].as_array().unwrap();
    let mut titles: Vec<&str> =
        departments.iter().map(|department| department["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    titles
}

/// The message of a sync that fails.
fn failure(client: &Client) -> String {
    let task = client.sync(SOURCE);
    assert_eq!(task["status"], "failed", "{task}");
    task["message"].as_str().unwrap().to_owned()
}

/// The failed changes of a task: error by uid.
fn failures(client: &Client, task: &Value) -> BTreeMap<String, String> {
    let changes = client.all(&format!("/api/v1/tasks/{}/changes?outcome=failed", task["id"]));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    changes.iter().map(|change| (text(&change["uid"]), text(&change["error"]))).collect()
}
