//! Fifty replacements of one plugin's file, some of them bad, while its source is synced without a pause.

use std::fs::{self, File};
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{assert_synced, copies, daemon, put, wait_for};
use crate::support::daemon::{Client, Daemon, Place, is_running, wait_until};
use crate::support::versions::{FIRST, SECOND, first, second};

/// How much more memory the daemon may use in the end than after its first syncs.
const MORE: u64 = 10 << 20;

#[test]
fn fifty_replacements_harm_no_task() {
    let daemon = daemon();
    let pid = daemon.pid();
    let (stop, synced) = (AtomicBool::new(false), AtomicUsize::new(0));
    let client = daemon.client();
    let tasks = thread::scope(|scope| {
        let syncing = scope.spawn(|| sync_until(&client, &stop, &synced));
        // What the first of everything costs is paid once.
        for turn in 0..5 {
            replace(&daemon.place, turn);
            settle(&daemon, turn);
        }
        let before = resident(&daemon);
        for turn in 0..50 {
            let before = synced.load(Ordering::Relaxed);
            replace(&daemon.place, turn);
            wait_until("a sync has come between", || synced.load(Ordering::Relaxed) > before);
            // Of each kind some are looked at by themselves; the others come as fast as they come.
            if turn % 6 == 0 {
                settle(&daemon, turn);
            }
        }
        let after = resident(&daemon);
        assert!(after < before + MORE, "{before} bytes before, {after} after");
        stop.store(true, Ordering::Relaxed);
        syncing.join().unwrap()
    });
    assert!(tasks.len() > 20, "there were only {} syncs", tasks.len());
    for task in &tasks {
        let (status, message) =
            (task["status"].as_str().unwrap(), task["message"].as_str().unwrap_or_default());
        assert!(status == "success" || (status == "failed" && message.contains("m.so")), "{task}");
    }
    let succeeded = tasks.iter().filter(|task| task["status"] == "success").count();
    assert!(succeeded * 10 >= tasks.len() * 9, "{succeeded} of {} syncs went well", tasks.len());

    // The last replacement was cut off; the last good one before it was the second version.
    replace(&daemon.place, 1);
    settle(&daemon, 1);
    replace(&daemon.place, 3);
    settle(&daemon, 3);
    assert_synced(&daemon, "people", SECOND);
    replace(&daemon.place, 0);
    settle(&daemon, 0);
    assert_synced(&daemon, "people", FIRST);
    assert_eq!(daemon.pid(), pid);
    assert!(is_running(pid));
    daemon.post("/api/v1/plugins/rescan", &serde_json::json!({})).expect(200);
    assert_eq!(copies(&daemon).len(), 1, "old copies are gone");
}

/// Syncs one time after the other, and returns how each ended.
fn sync_until(client: &Client, stop: &AtomicBool, synced: &AtomicUsize) -> Vec<Value> {
    let mut tasks = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        tasks.push(client.sync("people"));
        synced.fetch_add(1, Ordering::Relaxed);
    }
    tasks
}

/// Puts something else into the file's place: the one version, the other, garbage, half of one, and the other
/// version written in pieces.
fn replace(place: &Place, turn: usize) {
    let path = place.path("plugins/m.so");
    match turn % 5 {
        0 => put(place, first()),
        1 => put(place, second()),
        2 => put(place, format!("garbage {turn}").as_bytes()),
        3 => fs::write(path, &first()[..first().len() / 2]).unwrap(),
        _ => {
            let mut file = File::create(path).unwrap();
            for piece in second().chunks(second().len() / 7) {
                file.write_all(piece).unwrap();
                // This is what slow means: longer than the daemon waits for quiet, on the whole.
                thread::sleep(Duration::from_millis(80));
            }
        }
    }
}

/// Waits until the daemon has taken up what [`replace`] did.
fn settle(daemon: &Daemon, turn: usize) {
    let version = |plugin: &Value, expected: &str| {
        plugin["manifest"]["version"] == expected
            && plugin["fallback"].is_null()
            && plugin["state"] == "ready"
    };
    match turn % 5 {
        0 => wait_for(daemon, "m", "0.1.0", |plugin| version(plugin, "0.1.0")),
        1 | 4 => wait_for(daemon, "m", "0.2.0", |plugin| version(plugin, "0.2.0")),
        2 => wait_for(daemon, "m", "garbage", |plugin| plugin["fallback"]["reason"] == "not an ELF file"),
        _ => wait_for(daemon, "m", "cut off", |plugin| {
            plugin["fallback"]["reason"]
                .as_str()
                .is_some_and(|reason| reason.starts_with("a damaged ELF file"))
        }),
    };
}

/// The daemon's memory in RAM, in bytes.
fn resident(daemon: &Daemon) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}
