//! Plugins that come, change and go while a real daemon runs: what is dropped, replaced, damaged, removed and
//! signed takes effect by itself, and harms nobody.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::daemon::{Daemon, Place, listed, wait_until};
use crate::support::versions::{FIRST, SECOND, first, second};

mod copies;
mod replacements;
mod trust;

/// A place with `plugins/`, in which nothing is yet.
fn place() -> Place {
    let place = Place::new(&[]);
    fs::create_dir(place.path("plugins")).unwrap();
    place
}

/// A daemon with the first version of the plugin as `plugins/m.so`, and a source `people` of it.
fn daemon() -> Daemon {
    let place = place();
    put(&place, first());
    place.write("plugins.toml", ITEM);
    let daemon = place.serve();
    daemon.add_source("people", "records", json!({"count": 3, "tellsBuild": true}));
    daemon
}

const ITEM: &str = "[[plugin]]\nname = \"m\"\npath = \"plugins/m.so\"\n";

/// Replaces the plugin's file as an installer does.
fn put(place: &Place, bytes: &[u8]) {
    fs::write(place.path("plugins/.m.new"), bytes).unwrap();
    fs::rename(place.path("plugins/.m.new"), place.path("plugins/m.so")).unwrap();
}

/// The plugin of this name as the daemon shows it; null if it doesn't.
fn plugin(daemon: &Daemon, name: &str) -> Value {
    let found = daemon.all("/api/v1/plugins?");
    found.into_iter().find(|plugin| plugin["name"] == name).unwrap_or_default()
}

/// Waits until the plugin is shown so, and returns it.
fn wait_for(daemon: &Daemon, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let mut shown = Value::Null;
    wait_until(&format!("{name} is {what}"), || {
        shown = plugin(daemon, name);
        holds(&shown)
    });
    shown
}

fn wait_for_state(daemon: &Daemon, name: &str, state: &str) -> Value {
    wait_for(daemon, name, state, |plugin| plugin["state"] == state)
}

/// Which build gave the records of a source's users.
fn builds(daemon: &Daemon, source: &str) -> Vec<Value> {
    let users = daemon.all(&format!("/api/v1/users?source={source}"));
    users.iter().map(|user| user["custom"]["build"].clone()).collect()
}

fn assert_synced(daemon: &Daemon, source: &str, build: &str) {
    let task = daemon.sync(source);
    assert_eq!(task["status"], "success", "{task}");
    let builds = builds(daemon, source);
    assert!(!builds.is_empty() && builds.iter().all(|given| given == build), "{builds:?}");
}

#[test]
fn what_is_dropped_listed_removed_and_brought_back_is_seen() {
    let daemon = place().serve();
    put(&daemon.place, first());
    let dropped = wait_for_state(&daemon, "m.so", "unlisted");
    assert_eq!(dropped["manifest"]["version"], "0.1.0");
    daemon.place.write("plugins.toml", ITEM);
    wait_for_state(&daemon, "m", "ready");
    daemon.add_source("people", "records", json!({"count": 3, "tellsBuild": true}));
    assert_synced(&daemon, "people", FIRST);

    fs::rename(daemon.place.path("plugins/m.so"), daemon.place.path("away.so")).unwrap();
    wait_for_state(&daemon, "m", "missing");
    let source = daemon.body("/api/v1/sources/people");
    let reason = "the plugin `m` that offers it is missing: there is no plugins/m.so";
    assert_eq!(source["state"], json!({"runnable": false, "reason": reason}));
    let refused = daemon.post("/api/v1/sources/people/sync", &json!({})).expect(409);
    assert!(refused["detail"].as_str().unwrap().contains(reason), "{refused}");
    assert_eq!(builds(&daemon, "people").len(), 3, "nobody is taken away with the plugin");

    fs::rename(daemon.place.path("away.so"), daemon.place.path("plugins/m.so")).unwrap();
    wait_for_state(&daemon, "m", "ready");
    assert_eq!(daemon.body("/api/v1/sources/people")["state"]["runnable"], true);
    assert_synced(&daemon, "people", FIRST);

    daemon.place.write("plugins.toml", "");
    wait_for_state(&daemon, "m.so", "unlisted");
    let reason = daemon.body("/api/v1/sources/people")["state"]["reason"].clone();
    assert_eq!(reason, "the plugin `m.so` that offers it is unlisted");
}

#[test]
fn a_mistake_in_plugins_toml_changes_nothing_and_is_told() {
    let daemon = daemon();
    daemon.place.write("plugins.toml", &format!("{ITEM}sha265 = \"ab\"\n"));
    let problem = || daemon.body("/api/v1/plugins")["problems"][0].clone();
    wait_until("it is told", || problem().is_string());
    let told = problem();
    let expected = "failed to read plugins.toml: line 4: unknown key `sha265`";
    assert!(told.as_str().unwrap().starts_with(expected), "{told}");
    let ready = daemon.body("/readyz");
    assert_eq!((&ready["status"], &ready["plugins"]), (&json!("ready"), &json!("stale")));
    assert_eq!(ready["pluginsDetail"], told);
    assert_synced(&daemon, "people", FIRST);

    // A second mistake is told in place of the first.
    daemon.place.write("plugins.toml", &ITEM.replace("name", "naem"));
    wait_until("it is told, too", || problem().as_str().is_some_and(|told| told.contains("line 2")));
    daemon.place.write("plugins.toml", ITEM);
    wait_until("it is well", || daemon.body("/readyz")["plugins"] == "ok");
    assert_eq!(daemon.body("/api/v1/plugins")["problems"], json!([]));
    let log = daemon.log();
    assert_eq!(log.matches("sha265").count(), 1, "{log}");
}

#[test]
fn a_bad_file_leaves_the_last_good_version_at_work() {
    let mut daemon = daemon();
    let good = plugin(&daemon, "m")["sha256"].clone();
    put(&daemon.place, b"garbage");
    let shown = wait_for(&daemon, "m", "fallen back", |plugin| plugin["fallback"].is_object());
    assert_eq!((&shown["state"], &shown["sha256"]), (&json!("ready"), &good), "{shown}");
    assert_eq!(shown["fallback"]["reason"], "not an ELF file");
    let reason = format!(
        "its file can't be used, and the last good version 0.1.0 (sha256 {}) goes on: not an ELF file",
        &good.as_str().unwrap()[..12]
    );
    assert_eq!(shown["reason"], reason);
    assert_synced(&daemon, "people", FIRST);
    // Also with a restart in between, and for those who look from the command line.
    daemon.terminate();
    daemon.restart();
    assert_eq!(plugin(&daemon, "m")["reason"], reason);
    assert_synced(&daemon, "people", FIRST);
    let list = daemon.place.run(&["plugin", "list", "--server", daemon.address()]);
    let list = String::from_utf8(list.stdout).unwrap();
    assert!(list.contains("ready") && list.contains(&reason), "{list}");
    let metrics = daemon.get("/metrics").body;
    assert!(metrics.as_str().unwrap().contains("orgsync_plugins_fallen_back 1\n"), "{metrics}");

    put(&daemon.place, second());
    let shown = wait_for(&daemon, "m", "new", |plugin| plugin["manifest"]["version"] == "0.2.0");
    assert!(shown["fallback"].is_null() && shown["reason"].is_null(), "{shown}");
    assert_synced(&daemon, "people", SECOND);
    // The way back is to put the old file back.
    put(&daemon.place, first());
    wait_for(&daemon, "m", "old again", |plugin| plugin["sha256"] == good);
    assert_synced(&daemon, "people", FIRST);
    // What is pinned is an order: nothing else goes on in its place.
    daemon.place.write("plugins.toml", &format!("{ITEM}sha256 = \"{}\"\n", "ab".repeat(32)));
    let refused = wait_for_state(&daemon, "m", "invalid");
    assert!(refused["fallback"].is_null(), "{refused}");
    assert!(refused["reason"].as_str().unwrap().starts_with("its sha256 differs from the pinned one"));
}

#[test]
fn a_running_task_ends_on_the_version_it_began_with() {
    let daemon = daemon();
    daemon.add_source("slow", "slow", json!({"count": 150, "delayMs": 20, "tellsBuild": true}));
    let old = copies(&daemon);
    assert_eq!(old.len(), 1);
    let task = daemon.start_sync("slow");
    wait_until("it reads", || !daemon.children().is_empty());
    put(&daemon.place, second());
    wait_for(&daemon, "m", "new", |plugin| plugin["manifest"]["version"] == "0.2.0");
    assert_eq!(daemon.task(task)["status"], "processing", "it reads for 3 seconds");
    assert!(old[0].exists(), "the task needs its copy");
    // The next one, of another source, has the new version already.
    assert_synced(&daemon, "people", SECOND);
    assert_eq!(daemon.settled(task)["status"], "success");
    assert!(builds(&daemon, "slow").iter().all(|build| build == FIRST));
    assert_synced(&daemon, "slow", SECOND);
    let log = daemon.log();
    assert!(log.contains(&format!("task {task} runs the plugin m, version 0.1.0 (sha256 ")), "{log}");

    // Now nobody needs the old copy any more: it is gone with the next look.
    daemon.post("/api/v1/plugins/rescan", &json!({})).expect(200);
    assert!(!old[0].exists() && copies(&daemon).len() == 1);
}

#[test]
fn what_is_not_there_yet_is_waited_for() {
    let place = Place::new(&[]);
    place.write("plugins.toml", &listed("m", &place.path("far/away/m.so")));
    let daemon = place.serve();
    assert_eq!(plugin(&daemon, "m")["state"], "missing");
    fs::create_dir_all(daemon.place.path("far/away")).unwrap();
    fs::write(daemon.place.path("far/away/m.so"), first()).unwrap();
    wait_for_state(&daemon, "m", "ready");
    // plugins/ itself comes later, too.
    fs::create_dir(daemon.place.path("plugins")).unwrap();
    put(&daemon.place, second());
    wait_for_state(&daemon, "m.so", "unlisted");
}

#[test]
fn what_others_can_write_is_warned_of() {
    let place = place();
    put(&place, first());
    let list = place.write("plugins.toml", ITEM);
    fs::set_permissions(&list, fs::Permissions::from_mode(0o664)).unwrap();
    fs::set_permissions(place.path("plugins"), fs::Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(place.path("plugins/m.so"), fs::Permissions::from_mode(0o646)).unwrap();
    let daemon = place.serve();
    let found = daemon.body("/api/v1/plugins");
    let problems = found["problems"].as_array().unwrap();
    assert!(problems[0].as_str().unwrap().starts_with("plugins.toml can be changed by its group"), "{found}");
    assert!(problems[1].as_str().unwrap().starts_with("plugins can be changed by everybody"), "{found}");
    let warning = found["data"][0]["warnings"][0].as_str().unwrap();
    assert!(warning.starts_with("plugins/m.so can be changed by everybody"), "{found}");
    for told in [problems[0].as_str().unwrap(), warning] {
        assert!(daemon.log().contains(told), "the log has {told}");
    }
}

#[test]
fn plugin_add_lists_a_copy_which_the_daemon_takes_up() {
    let daemon = place().serve();
    daemon.place.write("plugins.toml", "# ours\n");
    let add = |arguments: &[&str]| daemon.place.run(&[&["plugin", "add"], arguments].concat());
    let incoming = daemon.place.path("incoming.so");
    fs::write(&incoming, first()).unwrap();
    let added = add(&["incoming.so"]);
    assert!(added.status.success(), "{added:?}");
    let list = daemon.place.read("plugins.toml");
    assert!(
        list.starts_with("# ours\n") && list.contains("path = \"plugins/incoming.so\"\nsha256 = \""),
        "{list}"
    );
    let shown = wait_for_state(&daemon, "misbehaves", "ready");
    assert_eq!(shown["manifest"]["version"], "0.1.0");

    fs::write(&incoming, second()).unwrap();
    let updated = add(&["incoming.so"]);
    assert!(updated.status.success(), "{updated:?}");
    assert_eq!(daemon.place.read("plugins.toml").matches("[[plugin]]").count(), 1);
    wait_for(&daemon, "misbehaves", "new", |plugin| plugin["manifest"]["version"] == "0.2.0");

    let before = (daemon.place.read("plugins.toml"), names(&daemon.place.path("plugins")));
    fs::write(&incoming, b"garbage").unwrap();
    for (arguments, expected) in [
        (&["incoming.so"][..], "incoming.so: not an ELF file"),
        (&["nowhere.so"], "nowhere.so: can't be read: No such file"),
        (&["plugins/incoming.so", "--name", "x"], "is the file of the plugin `misbehaves`"),
    ] {
        let refused = add(arguments);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains(expected), "{said}");
        assert_eq!((daemon.place.read("plugins.toml"), names(&daemon.place.path("plugins"))), before);
    }
}

/// The copies in the daemon's store.
fn copies(daemon: &Daemon) -> Vec<PathBuf> {
    let paths = fs::read_dir(daemon.place.path("data/plugins")).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "so")).collect()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
