//! The command line as an operator's script sees it: exit codes, standard output, standard error.

mod finding;
mod output;

use std::process::Output;

use serde_json::{Value, json};

use crate::support::artifacts;
use crate::support::daemon::{Daemon, Place, listed};

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

#[track_caller]
fn assert_code(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}{}", stdout(output), stderr(output));
}

/// Runs a client command against a daemon.
fn client(daemon: &Daemon, arguments: &[&str]) -> Output {
    let mut command = daemon.place.command(arguments);
    command.env("ORGSYNC_SERVER", daemon.address()).env("ORGSYNC_TOKEN", daemon.token());
    command.output().unwrap()
}

#[test]
fn plugin_inspect_shows_what_a_file_says_of_itself() {
    let place = Place::new(&[]);
    let files = artifacts::plugin("files");
    let shown = place.run(&["plugin", "inspect", files.to_str().unwrap()]);
    assert_code(&shown, 0);
    for expected in ["files ", "ABI version   1", "sha256 ", "offers source  files (CSV or JSON Lines files)"]
    {
        assert!(stdout(&shown).contains(expected), "no `{expected}` in {}", stdout(&shown));
    }
    let shown = place.run(&["plugin", "inspect", "--json", files.to_str().unwrap()]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&shown["manifest"]["name"], &shown["manifest"]["abi"]), (&json!("files"), &json!(1)));
    // A library that would abort if it were loaded is not.
    let dies = place.run(&["plugin", "inspect", artifacts::plugin("dies-on-load").to_str().unwrap()]);
    assert_code(&dies, 0);

    let garbage = place.write("garbage.so", "garbage");
    for (file, reason) in [
        (garbage.to_str().unwrap(), "not an ELF file"),
        ("nowhere.so", "No such file"),
        (artifacts::plugin("no-manifest").to_str().unwrap(), "it has no section .orgsync.manifest"),
    ] {
        let refused = place.run(&["plugin", "inspect", file]);
        assert_code(&refused, 1);
        assert_eq!(stdout(&refused), "");
        let said = stderr(&refused);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(file) && said.contains(reason), "{said}");
    }
}

#[test]
fn plugin_list_shows_states_and_reasons() {
    let place = Place::new(&["files"]);
    let plugins = [place.read("plugins.toml"), listed("nowhere", &place.path("nowhere.so"))];
    place.write("plugins.toml", &plugins.concat());
    let shown = place.run(&["plugin", "list"]);
    assert_code(&shown, 0);
    let lines: Vec<Vec<&str>> =
        stdout(&shown).lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines.iter().map(|line| [line[0], line[1]]).collect::<Vec<_>>(),
        [["files", "ready"], ["nowhere", "missing"]]
    );
    assert_eq!(
        lines.iter().map(|line| line.contains(&"sandbox")).collect::<Vec<_>>(),
        [true, false],
        "only workers of what is ready are in one"
    );
    place.write("plugins.toml", "[[plugin]]\nnaem = \"x\"\n");
    let broken = place.run(&["plugin", "list"]);
    assert_code(&broken, 1);
    assert!(stderr(&broken).contains("plugins.toml: line 2: unknown key `naem`"), "{}", stderr(&broken));
}

#[test]
fn check_lists_what_is_wrong() {
    let daemon = Daemon::with(&["misbehaves", "files"]);
    let run = |arguments: &[&str]| daemon.place.run(&[&["check"], arguments].concat());
    daemon.add_source("good", "records", json!({}));
    let fine = run(&[]);
    assert_code(&fine, 0);
    assert_eq!(
        stdout(&fine),
        "ok     settings\nok     plugin misbehaves is ready\nok     plugin files is ready\nok     source good\n"
    );

    daemon.add_source("people", "files", json!({"users": {"path": "/nowhere/users.csv"}}));
    let unreachable = run(&[]);
    assert_code(&unreachable, 1);
    let said = stdout(&unreachable);
    assert!(
        said.contains("WRONG  source people: plugin files: ") && said.contains("/nowhere/users.csv"),
        "{said}"
    );

    let plugins = [daemon.place.read("plugins.toml"), listed("nowhere", &daemon.place.path("nowhere.so"))];
    daemon.place.write("plugins.toml", &plugins.concat());
    let missing = run(&[]);
    assert_code(&missing, 1);
    assert!(stdout(&missing).contains("WRONG  plugin nowhere is missing"), "{}", stdout(&missing));

    daemon.place.write("other.toml", "listne = \"127.0.0.1:0\"\n");
    let unknown = run(&["--config", "other.toml"]);
    assert_code(&unknown, 1);
    let said = stderr(&unknown);
    assert!(said.contains("other.toml") && said.contains("listne"), "{said}");
}

#[test]
fn push_tells_how_it_ended() {
    let daemon = Daemon::with(&[]);
    daemon.place.write(
        "users.ndjson",
        "{\"uid\":\"1\",\"username\":\"ann\"}\n{\"uid\":\"2\",\"username\":\"bob\"}\n",
    );
    let done = client(&daemon, &["push", "users.ndjson", "--type", "user"]);
    assert_code(&done, 0);
    assert_eq!(stdout(&done), "task 1 is success: users: 2 created\n");
    daemon.place.write("more.json", r#"[{"uid":"3","username":"cy"},{"uid":"4","username":5}]"#);
    let partial = client(&daemon, &["push", "more.json", "--type", "user"]);
    assert_code(&partial, 1);
    let said = stdout(&partial);
    assert!(said.starts_with("task 2 is partial: users: 1 created, 1 failed\n  uid 4: username: "), "{said}");
    assert_eq!(daemon.all("/api/v1/users?").len(), 3);

    for (arguments, code, reason) in [
        (&["push", "nowhere.json", "--type", "user"][..], 1, "failed to read nowhere.json"),
        (&["push", "more.json", "--type", "user", "--source", "nobody"], 1, "there is no source `nobody`"),
        (&["push", "more.json", "--type", "person"], 2, "--type"),
        (&["push", "more.json", "--type", "user", "--token", "wrong-token-of-mine"], 1, "401"),
        (
            &["push", "more.json", "--type", "user", "--server", "http://127.0.0.1:1"],
            1,
            "is the daemon running?",
        ),
    ] {
        let refused = client(&daemon, arguments);
        assert_code(&refused, code);
        assert!(stderr(&refused).contains(reason), "{}", stderr(&refused));
    }
}

#[test]
fn sync_waits_and_tells_how_it_ended() {
    let daemon = Daemon::with(&["misbehaves"]);
    daemon.add_source("good", "records", json!({"count": 4}));
    daemon.add_source("bad", "segfaults", json!({}));
    let dry = client(&daemon, &["sync", "good", "--dry-run", "--wait"]);
    assert_code(&dry, 0);
    assert_eq!(stdout(&dry), "task 1 is success: dry run, nothing written: users: 4 created\n");
    assert_eq!(daemon.all("/api/v1/users?").len(), 0);

    let done = client(&daemon, &["sync", "good", "--wait"]);
    assert_code(&done, 0);
    assert_eq!(stdout(&done), "task 2 is success: users: 4 created\n");
    let failed = client(&daemon, &["sync", "bad", "--wait"]);
    assert_code(&failed, 1);
    assert_eq!(
        stdout(&failed),
        "task 3 is failed: plugin misbehaves: killed by SIGSEGV (segmentation fault)\n"
    );

    let started = client(&daemon, &["sync", "good", "--full"]);
    assert_code(&started, 0);
    assert_eq!(stdout(&started), "task 4 started (batch 3)\n");
    assert_eq!(daemon.settled(4)["status"], "success");
    let unknown = client(&daemon, &["sync", "nobody"]);
    assert_code(&unknown, 1);
    assert!(stderr(&unknown).contains("there is no source `nobody`"), "{}", stderr(&unknown));
}

#[test]
fn tokens_are_made_listed_and_revoked_with_and_without_a_daemon() {
    let mut daemon = Daemon::with(&[]);
    // While no daemon runs: in the database that it will find again.
    daemon.terminate();
    let made =
        daemon.place.run(&["token", "create", "--name", "early", "--scope", "read", "--expires", "1d"]);
    assert_code(&made, 0);
    let early = stdout(&made).trim().to_owned();
    assert!(early.starts_with("orgsync_") && !early.contains(char::is_whitespace), "{early}");
    let again = daemon.place.run(&["token", "create", "--name", "early", "--scope", "read"]);
    assert_code(&again, 1);
    assert_eq!(stderr(&again), "orgsync: there is a token `early` already\n");
    let wrong = daemon.place.run(&["token", "create", "--name", "x", "--scope", "root"]);
    assert_code(&wrong, 2);
    assert!(stderr(&wrong).contains("`root` is not one of admin, operate, read, push"), "{}", stderr(&wrong));

    daemon.restart();
    assert_eq!(daemon.with_token(&early).get("/api/v1/users").status, 200);
    let made = client(&daemon, &["token", "create", "--name", "hr", "--scope", "push", "--source", "api"]);
    assert_code(&made, 0);
    let hr = daemon.with_token(stdout(&made).trim());
    assert_eq!(hr.post("/api/v1/sources/api/records?type=user", &json!([{"uid": 1}])).status, 200);
    assert_eq!(hr.get("/api/v1/users").status, 403);
    for listed in [client(&daemon, &["token", "list"]), daemon.place.run(&["token", "list"])] {
        assert_code(&listed, 0);
        let lines: Vec<&str> = stdout(&listed).lines().collect();
        assert_eq!(lines.len(), 3, "{}", stdout(&listed));
        assert!(lines[1].contains(" early ") && lines[2].contains(" hr ") && lines[2].contains(" api "));
        assert!(!stdout(&listed).contains(&early));
    }

    // While the daemon runs, through it and behind its back: it notices either at once.
    assert_code(&client(&daemon, &["token", "revoke", "hr"]), 0);
    assert_code(&daemon.place.run(&["token", "revoke", "early"]), 0);
    assert_eq!(hr.get("/api/v1/users").status, 401);
    assert_eq!(daemon.with_token(&early).get("/api/v1/users").status, 401);
    let gone = client(&daemon, &["token", "revoke", "hr"]);
    assert_code(&gone, 1);
    assert!(stderr(&gone).starts_with("orgsync: there is no token `hr`"), "{}", stderr(&gone));
    for (path, text) in daemon.place.log_files() {
        assert!(!text.contains(&early[12..]), "{} has a token in it", path.display());
    }
}
