//! The source `ldap` against a real OpenLDAP server, through the real daemon.

mod connecting;
mod groups;
mod incremental;
mod rights;
mod secrets;
mod sync;

use std::collections::BTreeMap;

use serde_json::{Value, json};

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

/// The message of a sync that fails.
fn failure(client: &Client) -> String {
    let task = client.sync(SOURCE);
    assert_eq!(task["status"], "failed", "{task}");
    task["message"].as_str().unwrap().to_owned()
}
