//! The daemon's own copies of plugins, and what plugins say of the secrets that they are given.

use std::fs;

use serde_json::json;

use super::daemon;
use crate::support::daemon::Place;

#[test]
fn a_copy_that_was_changed_is_not_loaded_until_it_is_made_again() {
    let daemon = daemon();
    assert_eq!(daemon.sync("people")["status"], "success");
    let copies =
        || fs::read_dir(daemon.place.path("data/plugins")).unwrap().map(|entry| entry.unwrap().path());
    let copy = copies().find(|path| path.extension().is_some_and(|extension| extension == "so")).unwrap();
    let mut changed = fs::read(&copy).unwrap();
    changed.push(0);
    fs::remove_file(&copy).unwrap();
    fs::write(&copy, changed).unwrap();
    let refused = daemon.sync("people");
    assert_eq!(refused["status"], "failed", "{refused}");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("was changed after it was made, and is not loaded"), "{message}");

    fs::remove_file(&copy).unwrap();
    daemon.post("/api/v1/plugins/rescan", &json!({})).expect(200);
    assert_eq!(daemon.sync("people")["status"], "success");
}

#[test]
fn what_a_plugin_says_has_no_secret_of_its_options() {
    let place = Place::new(&["nonconforming"]);
    place.write("orgsync.toml", "log_level = \"trace\"\n");
    let daemon = place.serve();
    let secret = "a-token-that-is-wrong";
    daemon.add_source("leaks", "leaks-in-errors", json!({"organisation": "x", "token": secret}));
    let checked = daemon.post("/api/v1/sources/leaks/check", &json!({}));
    assert!(checked.body.to_string().contains("the token ******** is not right"), "{}", checked.body);
    let secret_in_log = json!({"organisation": "x", "token": secret});
    daemon.add_source("logs", "leaks-in-logs", secret_in_log);
    assert_eq!(daemon.sync("logs")["status"], "success");
    assert!(daemon.log().contains("********"), "{}", daemon.log());
    for (path, text) in daemon.place.log_files() {
        assert!(!text.contains(secret), "{}: {text}", path.display());
    }
}
