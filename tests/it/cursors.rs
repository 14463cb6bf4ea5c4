//! Incremental syncs from outside, with the real plugin `files`: what is read the second time, and that nothing is
//! lost when the daemon or a worker dies in the middle.

use nix::sys::signal::{Signal, kill};
use serde_json::{Value, json};

use crate::support::daemon::{Daemon, Place, wait_until};

const SOURCE: &str = "people";
/// How many users the large files have.
const MANY: usize = 60_000;

/// Lines of a CSV file, with its header.
fn users(range: std::ops::Range<usize>) -> String {
    let lines: String = range.map(|n| format!("u{n},user{n},user{n}@example.org\n")).collect();
    format!("uid,username,email\n{lines}")
}

/// A source that reads the directory `files`, in which `first.csv` has the users 0 to 59; read as a whole.
fn daemon() -> Daemon {
    let place = Place::new(&["files"]);
    place.write("files/first.csv", &users(0..60));
    let path = place.path("files");
    let daemon = place.serve();
    daemon.add_source(SOURCE, "files", json!({"users": {"path": path}}));
    let first = start(&daemon);
    let first = daemon.settled(first);
    assert_eq!((read(&first), &first["mode"]), (60, &json!("full")), "there was no cursor yet: {first}");
    daemon
}

/// Starts an incremental sync.
fn start(daemon: &Daemon) -> i64 {
    let order = json!({"mode": "incremental"});
    let started = daemon.post(&format!("/api/v1/sources/{SOURCE}/sync"), &order).expect(202);
    started["taskId"].as_i64().unwrap()
}

fn changes(daemon: &Daemon) -> Value {
    daemon.settled(start(daemon))
}

/// How many users a task has read.
fn read(task: &Value) -> u64 {
    task["counts"]["user"]["all"].as_u64().unwrap()
}

fn count(daemon: &Daemon) -> usize {
    daemon.all("/api/v1/users?").len()
}

fn source(daemon: &Daemon) -> Value {
    daemon.body(&format!("/api/v1/sources/{SOURCE}"))
}

#[test]
fn only_files_that_changed_are_read() {
    let daemon = daemon();
    let shown = source(&daemon);
    assert_eq!(shown["incremental"], true, "{shown}");
    assert!(shown["cursorAt"].is_string() && shown["lastFullAt"].is_string(), "{shown}");
    let nothing = changes(&daemon);
    assert_eq!((read(&nothing), &nothing["mode"]), (0, &json!("incremental")), "{nothing}");

    // A new file, one that says the same again, and one that says more.
    daemon.place.write("files/second.csv", &users(60..70));
    daemon.place.write("files/first.csv", &users(0..60));
    let task = changes(&daemon);
    assert_eq!((read(&task), &task["counts"]["user"]["created"]), (10, &json!(10)), "{task}");
    daemon.place.write("files/first.csv", &users(0..60).replace("user7@", "seven@"));
    let task = changes(&daemon);
    assert_eq!((read(&task), &task["counts"]["user"]["updated"]), (60, &json!(1)), "{task}");
    assert_eq!(read(&changes(&daemon)), 0);
    assert_eq!(count(&daemon), 70);

    // The command asks for changes by itself, and for everything only if told to.
    for (more, expected) in [(&[][..], "success"), (&["--full"][..], "success: users: 70 unchanged")] {
        let arguments =
            [&["sync", SOURCE, "--wait", "--server", daemon.address(), "--token", daemon.token()], more];
        let output = daemon.place.run(&arguments.concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(expected), "{text}");
        let last = source(&daemon)["lastTask"]["id"].as_i64().unwrap();
        let expected = if more.is_empty() { "incremental" } else { "full" };
        assert_eq!(daemon.task(last)["mode"], expected);
    }
}

#[test]
fn who_is_no_longer_in_a_file_makes_the_sync_a_full_one() {
    let daemon = daemon();
    daemon.place.write("files/first.csv", &users(1..60));
    let task = changes(&daemon);
    assert_eq!((&task["mode"], &task["status"]), (&json!("full"), &json!("success")), "{task}");
    assert_eq!(task["counts"]["user"]["disabled"], 1, "{task}");
    let message = task["message"].as_str().unwrap();
    assert!(message.contains("everything was read, as what changed could not be told: 1 users"), "{message}");
    assert_eq!(read(&changes(&daemon)), 0);

    let path = daemon.place.path("files");
    let options = json!({"options": {"users": {"path": path, "customColumns": "drop"}}});
    daemon.send_json(ureq::http::Method::PATCH, &format!("/api/v1/sources/{SOURCE}"), &options).expect(200);
    assert_eq!(
        source(&daemon)["cursorAt"],
        Value::Null,
        "other options may make other users of the same files"
    );
    let task = changes(&daemon);
    assert_eq!((read(&task), &task["mode"]), (59, &json!("full")), "{task}");
}

#[test]
fn a_held_plan_is_read_again_until_it_is_approved() {
    let daemon = daemon();
    let gone = users(0..60).replace("uid,username,email", "uid,username,email,isDeleted");
    let gone = gone.replace("org\n", "org,yes\n");
    daemon.place.write("files/first.csv", &gone);
    for _ in 0..2 {
        let held = changes(&daemon);
        assert_eq!(
            (&held["status"], &held["heldBy"], read(&held)),
            (&json!("held"), &json!("removals"), 60),
            "{held}"
        );
    }
    assert_eq!(count(&daemon), 60);
    let held = source(&daemon)["lastTask"]["id"].as_i64().unwrap();
    daemon.post(&format!("/api/v1/tasks/{held}/approve"), &json!({})).expect(202);
    assert_eq!(daemon.settled(held)["status"], "success");
    assert_eq!(count(&daemon), 0);
    assert_eq!(read(&changes(&daemon)), 0);
}

#[test]
fn a_daemon_killed_in_the_midst_of_applying_changes_loses_none() {
    let mut daemon = daemon();
    daemon.place.write("files/second.csv", &users(60..MANY));
    let task = start(&daemon);
    wait_until("it applies", || {
        let task = daemon.task(task);
        assert!(matches!(task["status"].as_str(), Some("init" | "processing")), "it ended too early: {task}");
        task["progress"]["applied"].as_u64().is_some_and(|applied| applied > 0)
    });
    daemon.kill();
    daemon.restart();
    let ended = daemon.settled(task);
    assert_eq!((&ended["status"], &ended["mode"]), (&json!("success"), &json!("incremental")), "{ended}");
    assert_eq!(ended["counts"]["user"]["created"], MANY - 60, "{ended}");
    assert_eq!(count(&daemon), MANY);
    let after = changes(&daemon);
    assert_eq!((read(&after), &after["mode"]), (0, &json!("incremental")), "{after}");
}

#[test]
fn a_worker_killed_in_the_middle_moves_no_cursor() {
    let daemon = daemon();
    let before = source(&daemon)["cursorAt"].clone();
    daemon.place.write("files/second.csv", &users(60..MANY));
    let task = start(&daemon);
    wait_until("it reads", || daemon.task(task)["progress"]["read"].as_u64().is_some_and(|read| read > 0));
    for worker in daemon.children() {
        // It may have ended by itself just now; then the task is no failure, which is seen below.
        let _ = kill(worker, Signal::SIGKILL);
    }
    let failed = daemon.settled(task);
    assert_eq!(failed["status"], "failed", "{failed}");
    assert!(failed["message"].as_str().unwrap().contains("killed by SIGKILL"), "{failed}");
    assert_eq!((count(&daemon), &source(&daemon)["cursorAt"]), (60, &before));
    let again = changes(&daemon);
    assert_eq!((read(&again), &again["mode"]), (MANY as u64 - 60, &json!("incremental")), "{again}");
    assert_eq!(count(&daemon), MANY);
}
