//! Results that nobody reads, or that can't be written: no command panics, and none calls that a success.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, pipe};
use std::os::unix::process::CommandExt;
use std::process::{Output, Stdio};

use super::{assert_code, stderr, stdout};
use crate::support::artifacts;
use crate::support::daemon::{Daemon, Place, wait_until};

/// What a shell sees of programs that write into a pipe that nobody reads.
const NOBODY_READS: i32 = 141;

/// Every command that says something on standard output, at a daemon with a plugin and a record to push.
fn commands(place: &Place) -> Vec<Vec<String>> {
    let plugin = artifacts::plugin("files").display().to_string();
    place.write("one.ndjson", "{\"uid\":\"1\",\"username\":\"ann\"}\n");
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut all: Vec<Vec<String>> = [
        "--help",
        "--version",
        "help sync",
        "push --help",
        "check",
        "plugin list",
        "token list",
        "token create --name unseen --scope read",
        "sync people",
        "sync people --dry-run --wait",
        "push one.ndjson --type user",
        "plugin new acme-hr",
    ]
    .map(words)
    .to_vec();
    for line in ["plugin inspect", "plugin inspect --json", "plugin test --json", "plugin add"] {
        all.push(words(line).into_iter().chain([plugin.clone()]).collect());
    }
    all
}

/// Runs a command at a daemon that has nothing else to do, with standard output as given.
fn run(daemon: &Daemon, arguments: &[String], output: Stdio) -> Output {
    wait_until("no task waits or runs", || {
        ["init", "processing"]
            .iter()
            .all(|status| daemon.all(&format!("/api/v1/tasks?status={status}")).is_empty())
    });
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = daemon.place.command(&arguments);
    command.env("ORGSYNC_LISTEN", daemon.address().trim_start_matches("http://"));
    command.stdout(output).stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
}

fn busy() -> Daemon {
    let daemon = Daemon::with(&["files"]);
    let users = daemon.place.write("users.csv", "uid,username\n1,ann\n");
    daemon.add_source("people", "files", serde_json::json!({"users": {"path": users}}));
    daemon
}

#[test]
fn a_pipe_that_nobody_reads_ends_a_command_quietly() {
    let daemon = busy();
    for arguments in commands(&daemon.place) {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let ended = run(&daemon, &arguments, writer.into());
        assert_eq!(ended.status.code(), Some(NOBODY_READS), "{arguments:?}: {}", stderr(&ended));
        assert_eq!(stderr(&ended), "", "{arguments:?}");
        let _ = fs::remove_dir_all(daemon.place.path("acme-hr"));
    }
    let listed = daemon.place.run(&["token", "list"]);
    assert!(!stdout(&listed).contains("unseen"), "a token is good that nobody has seen");
}

#[test]
fn a_result_that_can_t_be_written_is_a_failure_that_is_said() {
    let daemon = busy();
    for arguments in commands(&daemon.place) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = run(&daemon, &arguments, full.into());
        assert_code(&ended, 1);
        let said = stderr(&ended);
        assert!(
            said.starts_with("orgsync: failed to write to standard output: No space left on device"),
            "{arguments:?}: {said}"
        );
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        let _ = fs::remove_dir_all(daemon.place.path("acme-hr"));
    }
    let listed = daemon.place.run(&["token", "list"]);
    assert!(!stdout(&listed).contains("unseen"), "a token is good that nobody has seen");
}

#[test]
fn what_can_t_be_said_on_standard_error_changes_no_exit_code() {
    let place = Place::new(&[]);
    for (arguments, code) in [(&["token", "list"][..], 1), (&["sync"], 2), (&["--nonsense"], 2)] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let status = place.command(arguments).stderr(full).stdout(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_daemon_serves_on_when_nobody_reads_its_log() {
    let place = Place::new(&[]);
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0", "--log-level", "debug"]);
    command.stdout(Stdio::piped()).stderr(writer).process_group(0);
    let mut process = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on ").unwrap_or_default().to_owned();
    let answered = ureq::get(format!("{address}/healthz")).call().map(|answer| answer.status().as_u16());
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(answered.ok(), Some(200), "{line}");
    assert!(!place.read("logs/orgsync.log").contains("a mistake in orgsync"));
}

/// Names of files, and what plugins and servers say, may hold what a terminal obeys.
#[test]
fn nothing_that_a_terminal_obeys_is_printed() {
    let place = Place::new(&[]);
    let name = "lib\u{1b}]0;x\u{7}\nsha256 OK\u{202e}.so";
    place.write(&format!("plugins/{name}"), "no library");
    let listed = place.run(&["plugin", "list"]);
    assert_code(&listed, 0);
    let path = place.path(&format!("plugins/{name}"));
    let inspected = place.run(&["plugin", "inspect", path.to_str().unwrap()]);
    assert_code(&inspected, 1);
    for text in [stdout(&listed), stderr(&inspected)] {
        assert!(text.contains("\\u{1b}]0;x"), "{text}");
        let obeyed =
            |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
        assert!(!text.contains(obeyed), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with("sha256")), "{text}");
    }
}
