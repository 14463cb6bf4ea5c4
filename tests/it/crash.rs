//! kill -9 and SIGTERM in the middle of pushes and pulls: after the next start every task comes to an
//! end by itself, and the users are exactly those that were sent. `ORGSYNC_TEST_SEED` repeats a run.
#![expect(clippy::print_stdout, reason = "a test that fails shows its seed")]

use std::collections::HashSet;
use std::thread;

use nix::unistd::Pid;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use ureq::http::Method;

use crate::support::daemon::{Answer, Client, Daemon, Place, is_running, wait_until};

const USERS: usize = 50_000;
/// How many times the daemon is killed in the middle of the same work.
const ROUNDS: u64 = 8;

/// How far the work has come, in records read and applied together, when the daemon is killed: one
/// place in each eighth of the way, so that both phases are hit on slow and on fast machines.
fn places() -> Vec<u64> {
    let seed =
        std::env::var("ORGSYNC_TEST_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("ORGSYNC_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let part = 2 * USERS as u64 / ROUNDS;
    (0..ROUNDS).map(|round| round * part + random.random_range(0..part)).collect()
}

/// Waits until a task has come so far, or has ended.
fn wait_for(client: &Client, task: i64, place: u64) {
    wait_until(&format!("task {task} has come to {place}"), || {
        let task = client.task(task);
        let of = |phase: &str| task["progress"][phase].as_u64().unwrap_or_default();
        of("read") + of("applied") >= place || !matches!(task["status"].as_str(), Some("init" | "processing"))
    });
}

fn lines() -> String {
    let line =
        |n| format!("{{\"uid\":\"u{n}\",\"username\":\"user{n}\",\"email\":\"user{n}@example.org\"}}\n");
    (0..USERS).map(line).collect()
}

fn push(client: &Client, lines: &str) -> Result<Answer, ureq::Error> {
    let path = "/api/v1/sources/api/records?type=user";
    client.try_send(Method::POST, path, &[("content-type", "application/x-ndjson")], lines.as_bytes())
}

/// A place whose source `people` reads users and departments out of CSV files.
fn with_files() -> Daemon {
    let place = Place::new(&["files"]);
    let line = |n: usize| format!("u{n},user{n},user{n}@example.org,d{}\n", n % 10);
    let users: String = (0..USERS).map(line).collect();
    let users = place.write("users.csv", &format!("uid,username,email,departments\n{users}"));
    let departments: String = (0..10).map(|n| format!("d{n},Department {n}\n")).collect();
    let departments = place.write("departments.csv", &format!("uid,title\n{departments}"));
    let daemon = place.serve();
    let options = json!({"users": {"path": users}, "departments": {"path": departments}});
    daemon.add_source("people", "files", options);
    daemon
}

/// The users are exactly those that were sent: nobody is missing, nobody is there twice.
fn assert_complete(daemon: &Daemon, source: &str) {
    let users = daemon.all("/api/v1/users?");
    assert_eq!(users.len(), USERS);
    let (mut usernames, mut uids) = (HashSet::new(), HashSet::new());
    for user in &users {
        let links = user["links"].as_array().unwrap();
        assert_eq!((links.len(), &links[0]["source"]), (1, &json!(source)), "{user}");
        let uid = links[0]["uid"].as_str().unwrap();
        let n: usize = uid.strip_prefix('u').unwrap().parse().unwrap();
        assert!(n < USERS, "{uid} was never sent");
        assert_eq!(user["username"], json!(format!("user{n}")));
        assert_eq!(user["email"], json!(format!("user{n}@example.org")));
        assert!(uids.insert(n) && usernames.insert(user["username"].clone()), "{user} is there twice");
    }
    let deleted = daemon.body("/api/v1/users?deleted=true&limit=1");
    assert_eq!(deleted["data"], json!([]));
    for status in ["init", "processing"] {
        assert_eq!(daemon.body(&format!("/api/v1/tasks?status={status}"))["data"], json!([]));
    }
}

fn assert_departments(daemon: &Daemon) {
    let departments = daemon.all("/api/v1/departments?");
    assert_eq!(departments.len(), 10);
    assert!(departments.iter().all(|department| department["memberCount"] == USERS / 10));
}

fn assert_gone(workers: &[Pid]) {
    wait_until("no worker is left", || !workers.iter().any(|worker| is_running(*worker)));
}

#[test]
fn a_push_survives_kill_9() {
    let lines = lines();
    let mut ends = Vec::new();
    for place in places() {
        let mut daemon = Daemon::with(&[]);
        let client = daemon.client();
        thread::scope(|scope| {
            scope.spawn(|| push(&client, &lines));
            wait_until("the push is a task", || !daemon.all("/api/v1/tasks?").is_empty());
            wait_for(&daemon, 1, place);
            daemon.kill();
        });
        daemon.restart();
        let ended = daemon.settled(1);
        println!("killed at {place}: {ended}");
        let message = ended["message"].as_str().unwrap();
        if ended["status"] != "success" {
            assert_eq!(ended["status"], "failed");
            assert!(message.contains("the records had not arrived completely"), "{message}");
            assert!(message.ends_with("push them again"), "{message}");
            assert_eq!(daemon.body("/api/v1/users?limit=1")["data"], json!([]));
        }
        ends.push(ended["status"].clone());
        let again = push(&daemon, &lines).unwrap().expect(200);
        assert_eq!((&again["status"], &again["counts"]["user"]["all"]), (&json!("success"), &json!(USERS)));
        assert_complete(&daemon, "api");
    }
    let hit = |status: &str| ends.iter().any(|end| end == status);
    assert!(hit("failed"), "no round was killed while the body came: {ends:?}");
    assert!(hit("success"), "no round was killed while the plan was applied: {ends:?}");
}

#[test]
fn a_pull_survives_kill_9() {
    for place in places() {
        let mut daemon = with_files();
        let task = daemon.start_sync("people");
        wait_for(&daemon, task, place);
        let workers = daemon.children();
        daemon.kill();
        assert_gone(&workers);
        daemon.restart();
        let ended = daemon.settled(task);
        println!("killed at {place} with workers {workers:?}: {ended}");
        assert_eq!(ended["status"], "success", "{ended}");
        assert_eq!(ended["counts"]["user"]["created"], USERS);
        assert_complete(&daemon, "people");
        assert_departments(&daemon);
    }
}

#[test]
fn a_worker_goes_with_a_killed_daemon_and_its_task_goes_on() {
    let mut daemon = Daemon::with(&["misbehaves"]);
    daemon.add_source("slow", "slow", json!({"count": 1_000_000, "delayMs": 1}));
    let task = daemon.start_sync("slow");
    for _ in 0..2 {
        wait_until("it reads", || {
            daemon.task(task)["progress"]["read"].as_u64().is_some_and(|read| read > 0)
        });
        let workers = daemon.children();
        assert!(!workers.is_empty());
        daemon.kill();
        assert_gone(&workers);
        daemon.restart();
    }
    let path = format!("/api/v1/tasks/{task}/cancel");
    daemon.post(&path, &json!({})).expect(202);
    assert_eq!(daemon.settled(task)["status"], "cancelled");
    assert_eq!(daemon.body("/api/v1/users")["data"], json!([]));
}

#[test]
fn a_task_that_the_daemon_does_not_survive_is_not_taken_up_for_ever() {
    let mut daemon = Daemon::with(&["misbehaves"]);
    daemon.add_source("slow", "slow", json!({"count": 1_000_000, "delayMs": 1}));
    let task = daemon.start_sync("slow");
    for _ in 0..3 {
        wait_until("it reads", || {
            daemon.task(task)["progress"]["read"].as_u64().is_some_and(|read| read > 0)
        });
        daemon.kill();
        daemon.restart();
    }
    let ended = daemon.settled(task);
    assert_eq!((&ended["status"], &ended["attempt"]), (&json!("failed"), &json!(1)), "{ended}");
    let message = ended["message"].as_str().unwrap();
    assert!(message.starts_with("interrupted 3 times, perhaps for lack of memory: "), "{message}");
    daemon.kill();
    daemon.restart();
    assert_eq!(daemon.task(task)["status"], "failed", "no later start takes it up either");

    daemon.post(&format!("/api/v1/tasks/{task}/retry"), &json!({})).expect(202);
    wait_until("it reads again", || {
        daemon.task(task)["progress"]["read"].as_u64().is_some_and(|read| read > 0)
    });
    daemon.post(&format!("/api/v1/tasks/{task}/cancel"), &json!({})).expect(202);
    assert_eq!(daemon.settled(task)["status"], "cancelled");
}

#[test]
fn of_two_tasks_that_are_interrupted_together_one_goes_on() {
    let mut daemon = Daemon::with(&["misbehaves"]);
    let tasks = ["slow", "beside"].map(|name| {
        daemon.add_source(name, "slow", json!({"count": 1_000_000, "delayMs": 1}));
        daemon.start_sync(name)
    });
    let reads =
        |daemon: &Daemon, task| daemon.task(task)["progress"]["read"].as_u64().is_some_and(|read| read > 0);
    for _ in 0..2 {
        wait_until("both read", || tasks.iter().all(|task| reads(&daemon, *task)));
        daemon.kill();
        daemon.restart();
    }
    wait_until("one reads", || tasks.iter().any(|task| reads(&daemon, *task)));
    let (first, other) = if reads(&daemon, tasks[0]) { (tasks[0], tasks[1]) } else { (tasks[1], tasks[0]) };
    daemon.kill();
    daemon.restart();
    assert_eq!(daemon.settled(first)["status"], "failed");
    wait_until("the other reads", || reads(&daemon, other));
    daemon.post(&format!("/api/v1/tasks/{other}/cancel"), &json!({})).expect(202);
    assert_eq!(daemon.settled(other)["status"], "cancelled");
}

#[test]
fn sigterm_stops_at_the_next_step_and_the_task_goes_on() {
    for phase in ["read", "applied"] {
        let mut daemon = with_files();
        let task = daemon.start_sync("people");
        let mut workers = Vec::new();
        wait_until(&format!("something is {phase}"), || {
            workers.extend(daemon.children());
            daemon.task(task)["progress"][phase].as_u64().is_some_and(|count| count > 0)
        });
        let status = daemon.terminate();
        assert_eq!(status.code(), Some(0), "while something is {phase}");
        assert_gone(&workers);
        let log = daemon.log();
        assert!(log.contains(&format!("task {task} goes on at the next start")), "{phase}: {log}");
        daemon.restart();
        let ended = daemon.settled(task);
        assert_eq!(ended["status"], "success", "{ended}");
        assert_complete(&daemon, "people");
        assert_departments(&daemon);
    }
}
