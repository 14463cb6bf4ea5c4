//! What a plugin can't get at, tried by one that tries: the daemon's files and memory, other workers, the network
//! beyond what its operator lists. What needs Landlock says so, and fails without it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use orgsync::worker::{Confinement, Limits, Sandbox, Worker, WorkerSpec};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::daemon::{Daemon, Place, wait_until};
use crate::support::worker::{read, source, spec};

/// The errors of Landlock's and of forbidden system calls'.
const REFUSALS: [&str; 2] = ["Permission denied (os error 13)", "Operation not permitted (os error 1)"];

/// Fails where the kernel can't do what is tested here; `cargo xtask test` skips these tests there.
pub(crate) async fn needs_landlock() {
    let spec = WorkerSpec {
        sandbox: Sandbox { connect: Some(Vec::new()), ..Sandbox::default() },
        ..spec("misbehaves")
    };
    let confinement = orgsync::worker::probe(&spec, CancellationToken::new()).await.unwrap();
    assert_eq!(confinement, Confinement::Enforced, "the kernel can't do what is tested here");
}

/// What comes of each try, in their order.
async fn tried(sandbox: Sandbox, tries: &[(&str, String)]) -> Vec<String> {
    let spec = WorkerSpec { sandbox, ..spec("misbehaves") };
    let read = read(&spec, &snoops(tries, Path::new(""))).await.unwrap();
    read.users.iter().map(|user| user["nickname"].as_str().unwrap().to_owned()).collect()
}

fn snoops(tries: &[(&str, String)], file: &Path) -> orgsync::worker::Offer {
    source("snoops", options(tries, file))
}

fn options(tries: &[(&str, String)], file: &Path) -> Value {
    let tries: Vec<Value> = tries.iter().map(|(how, what)| json!({"how": how, "what": what})).collect();
    json!({"tries": tries, "file": file})
}

pub(crate) fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().to_str().unwrap().to_owned()
}

/// Has a source of a running daemon's try, and gives what came of each.
fn tried_by(daemon: &Daemon, name: &str, tries: &[(&str, String)]) -> Vec<String> {
    daemon.add_source(name, "snoops", options(tries, Path::new("")));
    let task = daemon.sync(name);
    assert_eq!(task["status"], "success", "{task}");
    let mut users = daemon.all(&format!("/api/v1/users?source={name}"));
    users.sort_by_key(|user| user["links"][0]["uid"].as_str().unwrap().parse::<usize>().unwrap());
    users.iter().map(|user| user["nickname"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_and_its_other_plugins_are_out_of_reach() {
    needs_landlock().await;
    let daemon = Place::new(&["misbehaves"]).serve();
    // Another worker, with a secret in its options, goes on all the while.
    daemon.add_source("other", "loops-forever", json!({"password": "hunter2"}));
    let task = daemon.start_sync("other");
    wait_until("the other worker runs", || daemon.children().len() == 1);
    let (host, other) = (daemon.pid(), daemon.children()[0]);

    let place = |relative: &str| text(daemon.place.path(relative));
    let of = |pid: nix::unistd::Pid, file: &str| format!("/proc/{pid}/{file}");
    let tries = [
        ("read", place("data/orgsync.db")),
        ("read", place("data/orgsync.db-wal")),
        ("read", place("data/admin-token")),
        ("read", place("plugins.toml")),
        ("list", place("data")),
        ("list", place("logs")),
        ("list", "/".to_owned()),
        ("read", "/etc/passwd".to_owned()),
        ("write", place("data/orgsync.db")),
        ("truncate", place("data/orgsync.db")),
        ("write", place("data/new-file")),
        ("write", "/tmp/orgsync-test-was-here".to_owned()),
        ("run", "/bin/true".to_owned()),
        ("read", of(host, "environ")),
        ("read", of(host, "mem")),
        ("list", of(host, "fd")),
        ("read", of(host, "cmdline")),
        ("read", of(other, "environ")),
        ("read", of(other, "mem")),
        ("read", of(other, "maps")),
        ("list", of(other, "cwd")),
        ("signal", host.to_string()),
        ("signal", other.to_string()),
        ("limit", host.to_string()),
        ("limit", other.to_string()),
        ("trace", host.to_string()),
        ("trace", other.to_string()),
        ("escape", String::new()),
    ];
    let outcomes = tried_by(&daemon, "snoops", &tries);
    assert_eq!(outcomes.len(), tries.len());
    for (outcome, what) in outcomes.iter().zip(&tries) {
        assert!(REFUSALS.contains(&outcome.as_str()), "{what:?}: {outcome}");
    }
    assert!(!Path::new("/tmp/orgsync-test-was-here").exists());

    // The same tries get what they want where it is allowed, so that what refused them is the sandbox.
    let ways =
        [("list", "/proc/self/fd"), ("list", "/usr/lib"), ("read", "/etc/hosts"), ("read", "/dev/urandom")];
    let allowed = tried_by(&daemon, "allowed", &ways.map(|(how, what)| (how, what.to_owned())));
    assert_eq!(allowed, ["got it"; 4]);

    daemon.post(&format!("/api/v1/tasks/{task}/cancel"), &json!({})).expect(202);
    assert_eq!(daemon.settled(task)["status"], "cancelled");
    wait_until("no worker is left", || daemon.children().is_empty());
    let scratch = daemon.place.path("data/plugins/scratch");
    wait_until("no scratch directory is left", || fs::read_dir(&scratch).unwrap().next().is_none());
}

#[tokio::test]
async fn what_an_operator_lists_can_be_reached() {
    needs_landlock().await;
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    for name in ["in", "out", "typed"] {
        fs::create_dir(path(name)).unwrap();
        fs::write(path(name).join("file"), name).unwrap();
    }
    let tries = [
        ("read", text(path("in/file"))),
        ("write", text(path("in/file"))),
        ("write", text(path("out/file"))),
        ("write", text(path("out/new"))),
        ("read", text(path("typed/file"))),
        ("run", "/bin/true".to_owned()),
        ("write", "in-scratch".to_owned()),
        ("read", "in-scratch".to_owned()),
    ];
    let refused = REFUSALS[0];
    assert_eq!(
        tried(Sandbox::default(), &tries).await,
        [refused, refused, refused, refused, refused, refused, "got it", "got it"]
    );
    let sandbox = Sandbox {
        read: vec![path("in"), "/bin/true".into()],
        write: vec![path("out")],
        ..Sandbox::default()
    };
    assert_eq!(
        tried(sandbox, &tries).await,
        ["got it", refused, "got it", "got it", refused, "got it", "got it", "got it"]
    );
    assert_eq!(fs::read_to_string(path("in/file")).unwrap(), "in");

    // What an option names whose schema calls it a path is readable: somebody typed it.
    let read = read(&spec("misbehaves"), &snoops(&tries[4..5], &path("typed/file"))).await.unwrap();
    assert_eq!(read.users[0]["nickname"], "got it");
    assert_eq!(read.users[1], json!({"uid": "file", "nickname": "typed"}));
}

#[tokio::test]
async fn the_network_is_open_unless_ports_are_listed() {
    needs_landlock().await;
    let directory = tempfile::tempdir().unwrap();
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [one, other] = listeners.each_ref().map(|listener| listener.local_addr().unwrap().port());
    let socket = directory.path().join("socket");
    let _local = UnixListener::bind(&socket).unwrap();
    let tries = [
        ("connect", one.to_string()),
        ("connect", other.to_string()),
        ("listen", "0".to_owned()),
        ("socket", text(&socket)),
    ];
    let check = async |sandbox: Sandbox, expected: [&str; 4]| {
        assert_eq!(tried(sandbox, &tries).await, expected);
    };
    let [denied, forbidden] = REFUSALS;
    check(Sandbox::default(), ["got it", "got it", "got it", forbidden]).await;
    let connect = |ports: &[u16]| Sandbox { connect: Some(ports.to_vec()), ..Sandbox::default() };
    check(connect(&[one]), ["got it", denied, denied, forbidden]).await;
    check(connect(&[]), [forbidden; 4]).await;
    let local = Sandbox { local_sockets: orgsync::worker::LocalSockets::Allowed, ..Sandbox::default() };
    check(local, ["got it", "got it", "got it", "got it"]).await;
}

#[tokio::test]
async fn a_scratch_directory_goes_with_its_worker_whatever_becomes_of_it() {
    let base = tempfile::tempdir().unwrap();
    let place = base.path().join("scratch");
    let empty = || fs::read_dir(&place).unwrap().next().is_none();
    let limits = Limits { idle_timeout: Duration::from_millis(300), ..Limits::default() };
    let spec = WorkerSpec { scratch: place.clone(), limits, ..spec("misbehaves") };
    for name in ["records", "segfaults", "exits-zero", "loops-forever"] {
        let worker = Worker::spawn(&spec, &source(name, json!({})), CancellationToken::new()).await.unwrap();
        let scratch = fs::read_dir(&place).unwrap().next().unwrap().unwrap().path();
        assert_eq!(fs::metadata(&scratch).unwrap().permissions().mode() & 0o777, 0o700);
        fs::create_dir_all(scratch.join("a/b")).unwrap();
        let mut reading = worker.read(&Default::default()).await.unwrap();
        while reading.next().await.is_ok_and(|batch| batch.is_some()) {}
        wait_until(&format!("the scratch directory of {name} is gone"), empty);
    }
}

#[test]
fn what_a_killed_daemon_left_goes_at_the_next_start() {
    let mut daemon = Place::new(&["misbehaves"]).serve();
    daemon.add_source("slow", "loops-forever", json!({}));
    daemon.start_sync("slow");
    wait_until("its worker runs", || daemon.children().len() == 1);
    let scratch = daemon.place.path("data/plugins/scratch");
    let left = fs::read_dir(&scratch).unwrap().next().unwrap().unwrap().path();
    fs::write(left.join("file"), "left").unwrap();
    daemon.kill();
    assert!(left.exists());
    daemon.restart();
    assert!(!left.exists());
}

#[test]
fn the_state_of_the_sandbox_is_shown_and_logged() {
    let place = Place::new(&["misbehaves"]);
    let daemon = place.serve();
    let plugins = daemon.body("/api/v1/plugins");
    let sandbox = &plugins["data"][0]["sandbox"];
    let state = sandbox["state"].as_str().unwrap();
    match state {
        "enforced" => assert_eq!(sandbox["reason"], Value::Null),
        "partly" | "unavailable" => assert!(sandbox["reason"].is_string()),
        other => panic!("{other}"),
    }
    let line = format!("the sandbox of plugin misbehaves is {state}");
    daemon.post("/api/v1/plugins/rescan", &json!({})).expect(200);
    assert_eq!(daemon.log().matches(&line).count(), 1, "{}", daemon.log());
}
