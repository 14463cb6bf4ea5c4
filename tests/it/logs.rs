//! What the daemon writes into its log directory: the system log and the raw records.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::daemon::{Daemon, Place};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn raw_records_are_kept_as_received_without_secrets() {
    let daemon = Daemon::with(&["misbehaves"]);
    let deep = json!({"accounts": [{"system": "vpn", "apiToken": "tttt-1"}], "Password": "pppp-1"});
    let records = json!([
        {"uid": "1", "username": "ann", "extra": deep},
        {"uid": "2", "username": 5},
        {"uid": "3", "departments": ["d"]},
    ]);
    let pushed = daemon.push("type=user", &records);
    daemon.push("type=department", &json!([{"uid": "d", "title": "D"}]));
    daemon.add_source("pulled", "records", json!({"count": 2_500}));
    let pulled = daemon.sync("pulled");

    let raw = daemon.place.raw_records();
    let of = |source: &str, data_type: &str| -> Vec<Value> {
        raw.iter().filter(|line| line["source"] == source && line["dataType"] == data_type).cloned().collect()
    };
    let users = of("api", "user");
    assert_eq!((raw.len(), users.len(), of("api", "department").len()), (2_504, 3, 1));
    assert!(users.iter().all(|line| line["task"] == pushed["taskId"] && line["batch"] == pushed["batch"]));
    assert_eq!(users[1]["record"], records[1], "also what was not understood");
    assert_eq!(users[2]["record"], records[2]);
    let redacted =
        json!({"accounts": [{"system": "vpn", "apiToken": "[redacted]"}], "Password": "[redacted]"});
    assert_eq!(users[0]["record"]["extra"], redacted);
    let time = users[0]["time"].as_str().unwrap();
    assert!(time.ends_with('Z') && time.contains('T'), "{time}");

    let lines = of("pulled", "user");
    assert_eq!(pulled["counts"]["user"]["all"], lines.len());
    assert!(lines.iter().all(|line| line["task"] == pulled["id"] && line["batch"] == pulled["batch"]));
    assert_eq!(lines[2_499]["record"], json!({"uid": "u2499", "nickname": "User 2499"}));

    let directory = daemon.place.path("logs/user-data-sync");
    assert_eq!(mode(&directory), 0o700);
    let files: Vec<_> = fs::read_dir(&directory).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.iter().all(|file| mode(file) == 0o600 && file.extension().unwrap() == "log"), "{files:?}");
    let everything: String = daemon.place.log_files().into_iter().map(|(_, text)| text).collect();
    assert!(!everything.contains("tttt-1") && !everything.contains("pppp-1"));
}

#[test]
fn raw_records_can_be_switched_off_by_source() {
    let daemon = Daemon::with(&[]);
    let quiet = json!({"name": "quiet", "type": "api", "policy": {"rawRecords": false}});
    daemon.post("/api/v1/sources", &quiet).expect(201);
    let records = json!([{"uid": "1", "username": "ann"}]);
    daemon.post("/api/v1/sources/quiet/records?type=user", &records).expect(200);
    assert_eq!(daemon.place.raw_records(), [Value::Null; 0]);
    let on = json!({"policy": {"rawRecords": true}});
    daemon.send_json(Method::PATCH, "/api/v1/sources/quiet", &on).expect(200);
    daemon.post("/api/v1/sources/quiet/records?type=user", &records).expect(200);
    assert_eq!(daemon.place.raw_records().len(), 1);
}

#[test]
fn the_system_log_is_todays_file_and_private() {
    let place = Place::new(&["misbehaves"]);
    place.write("orgsync.toml", "log_level = \"debug\"\n");
    let mut daemon = place.serve();
    daemon.add_source("good", "records", json!({"count": 1, "password": "right"}));
    let task = daemon.sync("good");
    daemon.with_token("wrong-token-of-somebody").get("/api/v1/users").expect(401);
    let token = daemon.token().to_owned();
    daemon.get(&format!("/api/v1/users?token={token}")).expect(400);
    assert_eq!(daemon.terminate().code(), Some(0));

    let link = daemon.place.path("logs/orgsync.log");
    let target = fs::read_link(&link).unwrap();
    assert_eq!(target.parent().unwrap(), link.parent().unwrap().canonicalize().unwrap());
    let name = target.file_name().unwrap().to_str().unwrap();
    let date = name.strip_prefix("orgsync.").and_then(|name| name.strip_suffix(".log")).unwrap();
    assert_eq!(date.split('-').map(str::len).collect::<Vec<_>>(), [4, 2, 2], "{name}");
    assert_eq!(mode(&link), 0o600);
    for private in ["data/admin-token", "data/orgsync.db"] {
        assert_eq!(mode(&daemon.place.path(private)), 0o600, "{private}");
    }
    let log = daemon.log();
    let started = format!("task {} started: pull of source good, batch 1, attempt 1", task["id"]);
    for expected in [started.as_str(), "is success after", "stopped"] {
        assert!(log.contains(expected), "no `{expected}` in {log}");
    }
    for (path, text) in daemon.place.log_files() {
        assert!(!text.contains(&token), "the admin token is in {}", path.display());
        assert!(!text.contains("wrong-token-of-somebody"), "a token is in {}", path.display());
    }
    assert!(!daemon.place.read("stderr").contains(&token));
}
