//! A database that can't do its work for a while: its disk is full, another program has it locked, it is
//! read-only. Tasks fail and say why, nothing that was acknowledged is lost, and the daemon goes on by itself.

use std::fs::File;
use std::process::Command;

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use serde_json::json;
use ureq::http::Method;

use crate::support::daemon::{Client, Daemon, Place, wait_until};

const PATH: &str = "/api/v1/sources/api/records?type=user";
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

/// A shell in namespaces of its own, where it may mount.
const SCRIPT: [&str; 4] = ["unshare", "--map-root-user", "--mount", "sh"];

fn lines(range: std::ops::Range<usize>) -> String {
    range.map(|n| format!("{{\"uid\":\"u{n}\",\"username\":\"user{n}\",\"note\":\"{n:0200}\"}}\n")).collect()
}

/// How many users there are, as the lists say.
fn users(client: &Client) -> usize {
    client.all("/api/v1/users?").len()
}

#[test]
fn a_full_disk_fails_the_task_and_is_got_over_once_there_is_space() {
    let place = Place::new(&[]);
    place.write("orgsync.toml", "[storage]\nmin_free_bytes = 0\n");
    let disk = place.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = [&SCRIPT[..], &["-c", "mount -t tmpfs -o size=8m tmpfs disk && exec \"$@\""]].concat();
    let daemon = place.serve_through(&mount, &["--database-url", "sqlite://disk/orgsync.db"]);
    daemon.push("type=user", &json!([{"uid": "first", "username": "first"}]));

    let full = daemon.send(Method::POST, PATH, &[NDJSON], lines(0..50_000).as_bytes());
    assert_eq!(full.status, 503, "{}", full.body);
    assert!(full.headers.contains_key("retry-after"));
    let detail = full.body["detail"].as_str().unwrap();
    assert!(detail.contains("the disk of the database is full; free some space on it"), "{detail}");
    let applied = users(&daemon);
    assert!(applied < 50_001, "{applied}");
    assert_eq!(daemon.body("/healthz")["status"], "ok");

    enter(&daemon, &["mount", "-o", "remount,size=256m", "tmpfs", disk.to_str().unwrap()]);
    let task = full.body["taskId"].as_i64().unwrap();
    wait_until("the task has ended", || daemon.task(task)["status"] == "failed");
    let message = daemon.task(task)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("the disk of the database is full"), "{message}");
    let again = daemon.send(Method::POST, PATH, &[NDJSON], lines(0..50_000).as_bytes());
    assert_eq!((again.status, &again.body["status"]), (200, &json!("success")), "{}", again.body);
    assert_eq!(users(&daemon), 50_001);
}

#[test]
fn a_full_disk_of_the_logs_is_said_to_be_and_costs_no_restart() {
    let place = Place::new(&[]);
    place.write("orgsync.toml", "[storage]\nmin_free_bytes = 0\n");
    std::fs::create_dir_all(place.path("logs/user-data-sync")).unwrap();
    let mount = "mount -t tmpfs -o size=256k,mode=700 tmpfs logs/user-data-sync && exec \"$@\"";
    let daemon = place.serve_through(&[&SCRIPT[..], &["-c", mount]].concat(), &[]);
    let full = daemon.send(Method::POST, PATH, &[NDJSON], lines(0..5_000).as_bytes());
    assert_eq!(full.status, 503, "{}", full.body);
    assert!(full.headers.contains_key("retry-after"));
    let detail = full.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("failed to write the raw-record log ") && detail.contains("free"), "{detail}");
    assert_eq!(users(&daemon), 0);

    let logs = daemon.place.path("logs/user-data-sync");
    enter(&daemon, &["mount", "-o", "remount,size=64m", "tmpfs", logs.to_str().unwrap()]);
    let again = daemon.send(Method::POST, PATH, &[NDJSON], lines(0..5_000).as_bytes());
    assert_eq!((again.status, &again.body["status"]), (200, &json!("success")), "{}", again.body);
    assert_eq!(users(&daemon), 5_000);
}

#[test]
fn nothing_is_taken_while_a_disk_has_less_space_than_is_to_stay_free() {
    let place = Place::new(&["misbehaves"]);
    place.write("orgsync.toml", "[storage]\nmin_free_bytes = 9000000000000000000\n");
    let daemon = place.serve();
    daemon.add_source("pulled", "records", json!({"count": 1}));
    let records = json!([{"uid": "first", "username": "first"}]);
    for refused in [daemon.post(PATH, &records), daemon.post("/api/v1/sources/pulled/sync", &json!({}))] {
        assert_eq!(refused.status, 503, "{}", refused.body);
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(
            detail.contains("fewer than the 9000000000000000000 that are kept free; free some space"),
            "{detail}"
        );
    }
    let ready = daemon.get("/readyz").expect(503);
    assert_eq!((&ready["status"], &ready["disk"]), (&json!("not ready"), &json!("failed")));
    assert!(ready["diskDetail"].as_str().unwrap().contains("lower storage.min_free_bytes"), "{ready}");
    assert_eq!(daemon.get("/healthz").status, 200);
}

#[test]
fn a_locked_database_is_said_to_be_and_waited_for() {
    let daemon = Daemon::with(&[]);
    daemon.push("type=user", &json!([{"uid": "first", "username": "first"}]));
    // What a program does that writes: it locks byte 120 of the shared-memory file
    // (https://www.sqlite.org/walformat.html, section 2.3).
    let shared = File::options().write(true).open(daemon.place.path("data/orgsync.db-shm")).unwrap();
    let lock = |kind: i32| libc::flock {
        l_type: i16::try_from(kind).unwrap(),
        l_whence: i16::try_from(libc::SEEK_SET).unwrap(),
        l_start: 120,
        l_len: 1,
        l_pid: 0,
    };
    fcntl(&shared, FcntlArg::F_SETLKW(&lock(libc::F_WRLCK))).unwrap();
    let records = json!([{"uid": "second", "username": "second"}]);
    let locked = daemon.post(PATH, &records);
    assert_eq!(locked.status, 503, "{}", locked.body);
    let detail = locked.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("the database is locked by another program"), "{detail}");
    assert_eq!(users(&daemon), 1, "reading goes on meanwhile");

    fcntl(&shared, FcntlArg::F_SETLKW(&lock(libc::F_UNLCK))).unwrap();
    assert_eq!(daemon.post(PATH, &records).status, 200);
    assert_eq!(users(&daemon), 2);
}

#[test]
fn a_read_only_database_is_said_to_be_and_written_again_once_it_can() {
    let place = Place::new(&[]);
    let mut daemon = place.serve();
    assert!(daemon.terminate().success());
    let database = daemon.place.path("data/orgsync.db");
    let mount = "mount --bind data/orgsync.db data/orgsync.db && mount -o remount,bind,ro data/orgsync.db \
                 && exec \"$@\"";
    daemon.restart_through(&[&SCRIPT[..], &["-c", mount]].concat());
    let records = json!([{"uid": "first", "username": "first"}]);
    let refused = daemon.post(PATH, &records);
    assert_eq!(refused.status, 503, "{}", refused.body);
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("the database can't be written: its file or file system is read-only"),
        "{detail}"
    );
    assert_eq!(users(&daemon), 0, "reading goes on meanwhile");

    let remount = ["mount", "-o", "remount,bind,rw", database.to_str().unwrap()];
    enter(&daemon, &remount);
    assert_eq!(daemon.post(PATH, &records).status, 200);
    assert_eq!(users(&daemon), 1);
}

#[test]
fn a_file_that_is_gone_takes_nothing_and_the_next_start_says_what_is_missing() {
    let mut daemon = Daemon::with(&[]);
    daemon.push("type=user", &json!([{"uid": "first", "username": "first"}]));
    let (file, away) = (daemon.place.path("data/orgsync.db"), daemon.place.path("away.db"));
    std::fs::rename(&file, &away).unwrap();
    let records = json!([{"uid": "second", "username": "second"}]);
    let refused = daemon.post(PATH, &records);
    assert_eq!(refused.status, 503, "{}", refused.body);
    let said = "the database's file was deleted or moved while the daemon runs";
    assert!(refused.body["detail"].as_str().unwrap().starts_with(said), "{}", refused.body);
    let ready = daemon.get("/readyz");
    assert_eq!((ready.status, &ready.body["database"]), (503, &json!("failed")));
    assert!(ready.body["databaseDetail"].as_str().unwrap().starts_with(said), "{}", ready.body);

    std::fs::rename(&away, &file).unwrap();
    assert_eq!(daemon.post(PATH, &records).status, 200, "it is back");
    assert_eq!(daemon.get("/readyz").status, 200);
    std::fs::rename(&file, &away).unwrap();
    assert!(daemon.terminate().success());
    let start = daemon.place.run(&["serve", "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8(start.stderr).unwrap();
    assert!(!start.status.success());
    for part in
        ["orgsync.db is missing, but its write-ahead log", "orgsync.db-wal", "-shm", "restore a backup"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    std::fs::rename(&away, &file).unwrap();
    daemon.restart();
    assert_eq!(users(&daemon), 2, "nothing that was acknowledged is lost");
}

#[test]
fn a_log_that_is_deleted_takes_nothing_and_a_restart_loses_nothing() {
    let mut daemon = Daemon::with(&[]);
    daemon.push("type=user", &json!([{"uid": "first", "username": "first"}]));
    std::fs::remove_file(daemon.place.path("data/orgsync.db-wal")).unwrap();
    let records = json!([{"uid": "second", "username": "second"}]);
    let refused = daemon.post(PATH, &records);
    assert_eq!(refused.status, 503, "{}", refused.body);
    let said = "the database's write-ahead log (-wal) or its index (-shm) was deleted or replaced";
    assert!(refused.body["detail"].as_str().unwrap().starts_with(said), "{}", refused.body);
    assert_eq!(daemon.get("/readyz").status, 503);
    assert!(daemon.terminate().success());
    daemon.restart();
    assert_eq!(users(&daemon), 1);
    assert_eq!(daemon.post(PATH, &records).status, 200);
}

#[test]
fn damaged_content_is_found_by_itself_and_nothing_more_is_taken() {
    use std::os::unix::fs::FileExt;
    let mut daemon = Daemon::with(&[]);
    let many = daemon.send(Method::POST, PATH, &[NDJSON], lines(0..3_000).as_bytes());
    assert_eq!(many.status, 200, "{}", many.body);
    assert!(daemon.terminate().success());
    let file = File::options().write(true).open(daemon.place.path("data/orgsync.db")).unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    for page in pages * 3 / 4..pages {
        file.write_all_at(&[0; 4096], page * 4096).unwrap();
    }
    daemon.restart();
    wait_until("the damage is found", || daemon.get("/readyz").status == 503);
    let said = "the database is damaged; stop the daemon and restore a backup";
    assert_eq!(daemon.get("/readyz").body["databaseDetail"], said);
    let refused = daemon.post(PATH, &json!([{"uid": "new", "username": "new"}]));
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body["detail"].as_str().unwrap().starts_with(said), "{}", refused.body);
    assert!(daemon.log().contains(said), "{}", daemon.log());
}

/// Runs a command in the namespaces of a daemon.
fn enter(daemon: &Daemon, command: &[&str]) {
    let pid = daemon.pid().to_string();
    let mut enter = Command::new("nsenter");
    enter.args(["--target", &pid, "--user", "--preserve-credentials", "--mount"]);
    assert!(enter.args(command).status().unwrap().success());
}
