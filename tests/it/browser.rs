//! The operator's pages in a real browser.

mod axe;
mod frame;
mod harness;
mod journey;
mod keyboard;
mod languages;
mod pages;
mod pictures;
mod sessions;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::browser::{Browser, Key, Settings};
use crate::support::daemon::{Client, Daemon};

/// A browser in which somebody has logged in with the client's token, at the overview.
fn logged_in(client: &Client, settings: Settings) -> Browser {
    let browser = Browser::with(settings, client.address());
    browser.open("/login");
    show_token(&browser, client.token());
    browser.arrives("/");
    browser
}

/// Fills in the page where one logs in, whatever its language.
fn show_token(browser: &Browser, token: &str) {
    let label = browser.evaluate("return document.querySelector('main label').innerText");
    browser.field(label.as_str().unwrap()).fill(token);
    browser.press_key(Key::Enter);
}

/// A client with a new token of these scopes, and the token's id.
fn client_with(client: &Client, name: &str, scopes: &[&str]) -> (Client, i64) {
    let made = client.post("/api/v1/tokens", &json!({"name": name, "scopes": scopes})).expect(201);
    (client.with_token(made["token"].as_str().unwrap()), made["id"].as_i64().unwrap())
}

/// What a catalogue says for a key; English where it says nothing.
fn word(language: &str, key: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("host/src/web/locales");
    let found = |language: &str| {
        let catalogue = std::fs::read_to_string(folder.join(format!("{language}.ftl"))).unwrap();
        let line = catalogue.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        line.map(str::to_owned)
    };
    found(language).or_else(|| found("en")).unwrap_or_else(|| panic!("no catalogue has {key}"))
}

/// A daemon that has synced the example company once.
fn company_synced() -> Daemon {
    let daemon = Daemon::with(&["files"]);
    daemon.add_source("company", "files", company_options(&example()));
    assert_eq!(daemon.sync("company")["status"], "success");
    daemon
}

/// The folder of the example company.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples/company")
}

/// Options that read a company's files out of a folder.
fn company_options(folder: &Path) -> Value {
    json!({
        "users": {"path": folder.join("users.csv")},
        "departments": {"path": folder.join("departments.csv")},
    })
}
