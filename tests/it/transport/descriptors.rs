//! The limit of open files, which connections must not use up.

use nix::sys::resource::{Resource, getrlimit};

use super::raw::Raw;
use crate::support::daemon::{Place, wait_until};

/// The soft and the hard limit of open files of a process.
fn limits(pid: nix::unistd::Pid) -> (String, String) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = text.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let mut words = line.split_whitespace().skip(3).map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

#[test]
fn the_daemon_may_open_as_many_files_as_it_is_let() {
    let script = ["sh", "-c", "ulimit -Sn 200; exec \"$@\""];
    let daemon = Place::new(&[]).serve_through(&script, &[]);
    let (soft, hard) = limits(daemon.pid());
    assert_eq!(soft, hard);
    let (_, own) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    assert_eq!(hard, own.to_string(), "the hard limit stays");
}

#[test]
fn connections_leave_descriptors_under_a_low_limit() {
    let script = ["sh", "-c", "ulimit -n 180; exec \"$@\""];
    let daemon = Place::new(&[]).serve_through(&script, &[]);
    // More than there may be: those beyond wait, or are closed.
    let silent: Vec<Raw> = (0..120).map(|_| Raw::open(&daemon)).collect();
    let open = || std::fs::read_dir(format!("/proc/{}/fd", daemon.pid())).unwrap().count();
    wait_until("connections are taken", || open() > 60);
    assert!(open() <= 180 - 60, "{} of 180 are open", open());
    drop(silent);
    wait_until("others are served", || daemon.get("/healthz").status == 200);
    let said =
        "at most 52 connections are taken at once, not http.max_connections, 1024: 180 files may be open";
    assert!(daemon.log().contains(said), "{}", daemon.log());
}
