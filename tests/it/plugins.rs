//! Plugins as sources of a real daemon: whatever one does, its task says so, and the daemon goes on.

use std::fs;

use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::support::artifacts;
use crate::support::daemon::{Daemon, Place, is_running, listed, wait_until};

/// A daemon whose plugin `misbehaves` may take little memory and be silent for a short time only, and
/// a source `good` that never fails.
fn strict() -> Daemon {
    let place = Place::new(&["misbehaves"]);
    let limits = "[plugin.limits]\nmemory = \"64MiB\"\nidle_timeout = \"2s\"\n";
    place.write("plugins.toml", &format!("{}{limits}", place.read("plugins.toml")));
    let daemon = place.serve();
    daemon.add_source("good", "records", json!({"count": 5, "prefix": "good"}));
    daemon
}

/// The daemon is the same process, well, rid of workers, and syncs the good source.
fn assert_unharmed(daemon: &Daemon, after: &str) {
    assert_eq!(daemon.body("/healthz"), json!({"status": "ok"}), "after {after}");
    assert!(is_running(daemon.pid()), "after {after}");
    wait_until(&format!("no worker is left after {after}"), || daemon.children().is_empty());
    let good = daemon.sync("good");
    assert_eq!((&good["status"], &good["counts"]["user"]["all"]), (&json!("success"), &json!(5)), "{good}");
    wait_until("the good worker is gone", || daemon.children().is_empty());
}

#[test]
fn every_fault_fails_its_own_task_and_nothing_else() {
    let daemon = strict();
    let panicked = "panicked at tests/bad-plugins/misbehaves/src/panics.rs:";
    for (source_type, options, begins, ends) in [
        ("segfaults", json!({}), "killed by SIGSEGV (segmentation fault)", ""),
        ("aborts", json!({}), "killed by SIGABRT (aborted)", ""),
        ("exits-zero", json!({}), "exited with code 0 before it had finished", ""),
        ("oversize-frame", json!({}), "sent a frame of 99 MiB, more than 16 MiB", ""),
        ("nonsense-frame", json!({}), "sent a frame that makes no sense: there is no kind 200", ""),
        ("hogs-memory", json!({}), "ran out of its memory limit of 64 MiB", ""),
        ("loops-forever", json!({}), "sent no frame for 2s and was killed", ""),
        ("partial-then-error", json!({}), "temporary error: the connection was lost", ""),
        ("panics", json!({"at": "open"}), panicked, ": a bug in open"),
        ("panics", json!({"at": "read"}), panicked, ": a bug in read"),
        ("panics", json!({"at": "drop"}), panicked, ": a bug in drop"),
    ] {
        let at = options["at"].as_str().map(|at| format!("-{at}")).unwrap_or_default();
        let name = format!("{source_type}{at}");
        daemon.add_source(&name, source_type, options);
        let task = daemon.sync(&name);
        assert_eq!(task["status"], "failed", "{name}: {task}");
        let message = task["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("plugin misbehaves: {begins}")), "{name}: {message}");
        assert!(message.ends_with(ends), "{name}: {message}");
        let written = daemon.body(&format!("/api/v1/users?source={name}"));
        assert_eq!(written["data"], json!([]), "a read that failed writes nothing");
        assert_unharmed(&daemon, &name);
    }
    let failed = daemon.all("/api/v1/tasks?status=failed");
    assert_eq!(failed.len(), 11);
    let check = daemon.post("/api/v1/sources/segfaults/check", &json!({})).expect(200);
    assert_eq!(check["ok"], true, "only a read crashes");
}

#[test]
fn a_plugin_that_only_annoys_is_no_fault() {
    let place = Place::new(&["misbehaves"]);
    place.write("plugins.toml", &format!("{}sandbox.read = [\"/bin/sleep\"]\n", place.read("plugins.toml")));
    let daemon = place.serve();
    daemon.add_source("good", "records", json!({"count": 5, "prefix": "good"}));
    daemon.add_source("floods", "floods-stdout", json!({}));
    let flooded = daemon.sync("floods");
    assert_eq!(flooded["status"], "success", "{flooded}");
    assert!(daemon.log().len() < 10 << 20, "a flood on stdout is not all kept");

    daemon.add_source("parent", "has-children", json!({}));
    assert_eq!(daemon.sync("parent")["status"], "success");
    let user = daemon.all("/api/v1/users?source=parent").remove(0);
    let child: i32 = user["links"][0]["uid"].as_str().unwrap().parse().unwrap();
    wait_until("the plugin's child is gone", || !is_running(Pid::from_raw(child)));

    daemon.add_source("deaf", "ignores-cancel", json!({}));
    let task = daemon.start_sync("deaf");
    wait_until("it reads", || daemon.task(task)["progress"]["read"].as_u64().is_some_and(|read| read > 0));
    daemon.post(&format!("/api/v1/tasks/{task}/cancel"), &json!({})).expect(202);
    assert_eq!(daemon.settled(task)["status"], "cancelled");
    assert_unharmed(&daemon, "a cancel that the plugin ignored");
}

#[test]
fn every_state_of_a_plugin_is_shown() {
    let place = Place::new(&[]);
    let text = place.write("text.so", "hello");
    let unlisted = place.path("plugins/unlisted.so");
    fs::create_dir(place.path("plugins")).unwrap();
    fs::copy(artifacts::plugin("dies-on-load"), &unlisted).unwrap();
    let plugin = artifacts::plugin;
    let plugins = [
        listed("files", &plugin("files")),
        format!("{}enabled = false\n", listed("off", &plugin("misbehaves"))),
        format!("{}sha256 = \"{}\"\n", listed("pinned", &plugin("misbehaves")), "0".repeat(64)),
        listed("nowhere", &place.path("nowhere.so")),
        listed("text", &text),
        listed("no-manifest", &plugin("no-manifest")),
        listed("wrong-abi", &plugin("wrong-abi")),
        listed("dies", &plugin("dies-on-load")),
    ];
    place.write("plugins.toml", &plugins.concat());
    let daemon = place.serve();
    let found = daemon.all("/api/v1/plugins?");
    let check = |name: &str, state: &str, reason: &str, manifest: Option<&str>| {
        let plugin = found.iter().find(|plugin| plugin["name"] == name);
        let plugin = plugin.unwrap_or_else(|| panic!("no {name} in {found:?}"));
        assert_eq!(plugin["state"], state, "{plugin}");
        assert!(plugin["reason"].as_str().unwrap_or_default().starts_with(reason), "{plugin}");
        assert_eq!(plugin["reason"].is_null(), reason.is_empty(), "{plugin}");
        assert_eq!(plugin["manifest"]["name"].as_str(), manifest, "{plugin}");
    };
    check("files", "ready", "", Some("files"));
    check("off", "disabled", "", Some("misbehaves"));
    check("pinned", "invalid", "its sha256 differs from the pinned one: it is ", Some("misbehaves"));
    check("nowhere", "missing", "", None);
    check("text", "invalid", "not an ELF file", None);
    check("no-manifest", "invalid", "no orgsync plugin: it has no section .orgsync.manifest", None);
    check("wrong-abi", "invalid", "built for plugin ABI 99", None);
    check(
        "dies",
        "invalid",
        "its probe failed: plugin dies: killed by SIGABRT (aborted)",
        Some("dies-on-load"),
    );
    check("unlisted.so", "unlisted", "", Some("dies-on-load"));
    let types: Vec<Value> =
        daemon.all("/api/v1/source-types?").into_iter().map(|of| of["name"].clone()).collect();
    assert_eq!(types, ["api", "files"], "only what is ready is offered");

    // What is listed anew is there after a rescan.
    daemon.place.write("plugins.toml", &listed("bad", &plugin("misbehaves")));
    daemon.post("/api/v1/plugins/rescan", &json!({})).expect(200);
    daemon.add_source("good", "records", json!({"count": 5}));
    assert_unharmed(&daemon, "a rescan");
}

#[test]
fn what_a_plugin_says_is_in_the_log_under_its_name_and_task() {
    let daemon = strict();
    daemon.add_source("talks", "talks", json!({}));
    let task = daemon.start_sync("talks");
    assert_eq!(daemon.settled(task)["status"], "success");
    let label = format!("task {task}");
    for said in ["it took long", "on stdout", "on stderr"] {
        wait_until(&format!("the log has `{said}`"), || {
            daemon.log().lines().any(|line| {
                line.contains(said) && line.contains("plugin=\"misbehaves\"") && line.contains(&label)
            })
        });
    }
    assert!(daemon.log().lines().any(|line| line.contains("WARN") && line.contains("it took long")));
}

#[test]
fn the_daemon_itself_never_loads_a_plugin() {
    let daemon = strict();
    assert_unharmed(&daemon, "its start");
    daemon.add_source("slow", "slow", json!({"count": 100_000}));
    let task = daemon.start_sync("slow");
    let mapped = |pid: Pid| fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    let copies = daemon.place.path("data/plugins");
    let has_plugin = |maps: &str| {
        maps.lines().any(|line| line.contains(copies.to_str().unwrap()) || line.contains("liborgsync"))
    };
    wait_until("the worker has loaded it", || {
        daemon.children().iter().any(|worker| has_plugin(&mapped(*worker)))
    });
    let maps = mapped(daemon.pid());
    assert!(!maps.is_empty() && !has_plugin(&maps), "{maps}");
    daemon.post(&format!("/api/v1/tasks/{task}/cancel"), &json!({})).expect(202);
    assert_eq!(daemon.settled(task)["status"], "cancelled");
}
