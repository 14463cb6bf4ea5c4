//! Workers under every fault that a plugin can have: the message says what happened, and no process remains.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use orgsync::worker::{self, Limits, Offer, Sandbox, Worker, WorkerSpec};
use orgsync_plugin_api::message::OfferKind;
use orgsync_plugin_api::{ChangeOp, DataType, ErrorClass, TargetChange, TargetOutcome};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::worker::{assert_gone, read, read_on, source, spec, start};
use crate::support::{events, wait_until};

/// Reads a source that goes wrong.
async fn fails(name: &str, options: Value, limits: Limits, expected: &str) {
    let spec = WorkerSpec { limits, ..spec("misbehaves") };
    let error = read(&spec, &source(name, options)).await.unwrap_err().to_string();
    assert_eq!(error, expected);
}

fn quick(idle: Duration) -> Limits {
    Limits { idle_timeout: idle, ..Limits::default() }
}

#[tokio::test]
async fn a_good_read_ends_well() {
    let read =
        read(&spec("misbehaves"), &source("records", json!({"count": 2500, "prefix": "p"}))).await.unwrap();
    assert_eq!(read.users.len(), 2500);
    assert_eq!(read.users[2499], json!({"uid": "p2499", "nickname": "User 2499"}));
    assert_eq!(read.end.cursor.as_deref(), Some("2500"));
}

#[tokio::test]
async fn panics_say_where() {
    for at in ["open", "check", "read", "drop"] {
        let (spec, offer) = (spec("misbehaves"), source("panics", json!({"at": at})));
        let result = async {
            let mut worker = Worker::spawn(&spec, &offer, CancellationToken::new()).await?;
            worker.check().await?;
            read_on(worker.read(&Default::default()).await?).await
        };
        let error = result.await.unwrap_err().to_string();
        assert!(
            error.starts_with("plugin misbehaves: panicked at tests/bad-plugins/misbehaves/src/panics.rs:"),
            "{error}"
        );
        assert!(error.ends_with(&format!(": a bug in {at}")), "{error}");
    }
}

#[tokio::test]
async fn crashes_and_exits_are_told_apart() {
    let check = async |name, expected| fails(name, json!({}), Limits::default(), expected).await;
    check("segfaults", "plugin misbehaves: killed by SIGSEGV (segmentation fault)").await;
    check("aborts", "plugin misbehaves: killed by SIGABRT (aborted)").await;
    check("exits-zero", "plugin misbehaves: exited with code 0 before it had finished").await;
    check("oversize-frame", "plugin misbehaves: sent a frame of 99 MiB, more than 16 MiB").await;
    check("nonsense-frame", "plugin misbehaves: sent a frame that makes no sense: there is no kind 200")
        .await;
}

#[tokio::test]
async fn memory_is_limited() {
    let limits = Limits { memory: 64 << 20, ..Limits::default() };
    fails("hogs-memory", json!({}), limits, "plugin misbehaves: ran out of its memory limit of 64 MiB").await;
}

#[tokio::test]
async fn silence_is_ended() {
    let limits = quick(Duration::from_millis(300));
    fails("loops-forever", json!({}), limits, "plugin misbehaves: sent no frame for 300ms and was killed")
        .await;
}

#[tokio::test]
async fn a_life_is_limited() {
    let limits = Limits { task_timeout: Duration::from_millis(500), ..Limits::default() };
    let expected = "plugin misbehaves: had not finished after 500ms and was killed";
    fails("slow", json!({"count": 10_000}), limits, expected).await;
}

#[tokio::test]
async fn a_slow_source_is_not_silent() {
    let spec = WorkerSpec { limits: quick(Duration::from_secs(3)), ..spec("misbehaves") };
    let read = read(&spec, &source("slow", json!({"count": 9, "delayMs": 500}))).await.unwrap();
    assert_eq!(read.users.len(), 9);
}

#[tokio::test]
async fn a_slow_reader_is_waited_for() {
    let spec = WorkerSpec { limits: quick(Duration::from_millis(500)), ..spec("misbehaves") };
    let offer = source("records", json!({"count": 50_000}));
    let mut reading = start(&spec, &offer, CancellationToken::new()).await.unwrap();
    let first = reading.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(first.count + read_on(reading).await.unwrap().users.len(), 50_000);
}

#[tokio::test]
async fn records_before_an_error_come_and_then_the_error() {
    let offer = source("partial-then-error", json!({}));
    let mut reading = start(&spec("misbehaves"), &offer, CancellationToken::new()).await.unwrap();
    assert_eq!(reading.next().await.unwrap().unwrap().count, 1_000);
    let error = reading.next().await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(error.to_string(), "plugin misbehaves: temporary error: the connection was lost");
    assert!(reading.next().await.is_err(), "an error is never followed by a good end");
    assert_gone(reading.pid());
}

#[tokio::test]
async fn output_is_captured_and_floods_are_not() {
    let (events, _guard) = events::capture();
    read(&spec("misbehaves"), &source("talks", json!({}))).await.unwrap();
    let expected = [
        r#"WARN plugin: it took long plugin="misbehaves" task="test" source="orgsync_misbehaves::talks" fields="{\"tries\":3}""#,
        r#"INFO plugin: on stdout plugin="misbehaves" task="test" stream="stdout""#,
        r#"WARN plugin: on stderr plugin="misbehaves" task="test" stream="stderr""#,
    ];
    for event in expected {
        assert!(events.all().iter().any(|seen| seen == event), "no {event} in {:#?}", events.all());
    }

    let read = read(&spec("misbehaves"), &source("floods-stdout", json!({}))).await.unwrap();
    assert_eq!(read.users.len(), 1);
    let all = events.all();
    assert!(all.len() < 10_000, "{} events", all.len());
    assert!(all.iter().any(|event| event.contains("lines: too many")), "no word of what was left out");
}

#[tokio::test]
async fn a_worker_that_does_nothing_ends_at_once_when_it_is_cancelled() {
    let cancel = CancellationToken::new();
    let offer = source("records", json!({}));
    let mut worker = Worker::spawn(&spec("misbehaves"), &offer, cancel.clone()).await.unwrap();
    let (pid, start) = (worker.pid(), Instant::now());
    cancel.cancel();
    let error = worker.check().await.unwrap_err().to_string();
    assert_eq!(error, "plugin misbehaves: cancelled");
    assert!(start.elapsed() < Duration::from_secs(4), "it was waited for, and killed: {:?}", start.elapsed());
    assert_gone(pid);
}

#[tokio::test]
async fn cancelling_is_obeyed_or_enforced() {
    for (name, within) in [("slow", 2), ("ignores-cancel", 8), ("loops-forever", 8)] {
        let cancel = CancellationToken::new();
        let offer = source(name, json!({"count": 10_000}));
        let reading = start(&spec("misbehaves"), &offer, cancel.clone()).await.unwrap();
        let start = Instant::now();
        cancel.cancel();
        let error = read_on(reading).await.unwrap_err().to_string();
        assert_eq!(error, "plugin misbehaves: cancelled");
        assert!(start.elapsed() < Duration::from_secs(within), "{name} took {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn what_a_plugin_started_goes_with_it() {
    let sandbox = Sandbox { read: vec!["/bin/sleep".into()], ..Sandbox::default() };
    let spec = WorkerSpec { sandbox, ..spec("misbehaves") };
    let read = read(&spec, &source("has-children", json!({}))).await.unwrap();
    let child: i32 = read.users[0]["uid"].as_str().unwrap().parse().unwrap();
    wait_until("the child is gone", || !is_running(child));
}

#[tokio::test]
async fn dropping_a_worker_kills_it() {
    let offer = source("loops-forever", json!({}));
    let worker = Worker::spawn(&spec("misbehaves"), &offer, CancellationToken::new()).await.unwrap();
    let pid = worker.pid();
    drop(worker);
    assert_gone(pid);
    let reading = start(&spec("misbehaves"), &offer, CancellationToken::new()).await.unwrap();
    let pid = reading.pid();
    drop(reading);
    // The task that reads ends at its next turn.
    tokio::task::yield_now().await;
    assert_gone(pid);
}

#[tokio::test]
async fn targets_answer_for_each_change() {
    let offer = Offer { kind: OfferKind::Target, name: "echo".into(), options: json!({}) };
    let mut worker = Worker::spawn(&spec("misbehaves"), &offer, CancellationToken::new()).await.unwrap();
    worker.check().await.unwrap();
    for _ in 0..2 {
        let changes = ["abc", "bad"].map(|uid| TargetChange::new(ChangeOp::Create, DataType::User, uid));
        let outcomes = worker.apply(&changes).await.unwrap();
        assert_eq!(outcomes[0], TargetOutcome::Done("cba".into()));
        assert!(matches!(&outcomes[1], TargetOutcome::Failed(error) if error.class == ErrorClass::Invalid));
    }
    let mut huge = TargetChange::new(ChangeOp::Create, DataType::User, "huge");
    huge.record = json!({"nickname": "x".repeat(17 << 20)}).as_object().cloned();
    let error = worker.apply(&[huge]).await.unwrap_err().to_string();
    assert_eq!(error, "plugin misbehaves: the message to it would be a frame of 17 MiB, more than 16 MiB");
    let pid = worker.pid();
    worker.close().await.unwrap();
    assert_gone(pid);
}

#[tokio::test]
async fn mistakes_in_opening_are_named() {
    let check = async |offer: Offer, expected: &str| {
        let error = Worker::spawn(&spec("misbehaves"), &offer, CancellationToken::new()).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check(
        source("nothing", json!({})),
        "plugin misbehaves: not supported: this plugin offers no source `nothing`",
    )
    .await;
    check(
        source("records", json!({"count": "many"})),
        "plugin misbehaves: configuration error: the options are not as the schema says: \
         invalid type: string \"many\", expected u64 at line 1 column 15",
    )
    .await;
}

#[tokio::test]
async fn libraries_that_are_no_plugins_say_why() {
    let check = async |plugin: &str, expected: &str| {
        let error = worker::probe(&spec(plugin), CancellationToken::new()).await.unwrap_err().to_string();
        assert_eq!(error, expected);
    };
    worker::probe(&spec("misbehaves"), CancellationToken::new()).await.unwrap();
    let without = "the library does not export ORGSYNC_PLUGIN_V1: it was built without export_plugin!";
    check("no-module", &format!("plugin no-module: {without}")).await;
    check("dies-on-load", "plugin dies-on-load: killed by SIGABRT (aborted)").await;
}

#[tokio::test]
async fn a_program_that_cannot_be_started() {
    let spec = WorkerSpec { program: "/nonexistent".into(), ..spec("misbehaves") };
    let error = worker::probe(&spec, CancellationToken::new()).await.unwrap_err();
    let expected = "plugin misbehaves: failed to start its worker: No such file or directory (os error 2)";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_worker_inherits_nothing() {
    // A descriptor that would survive exec, as one from a careless library would.
    let _leak = nix::unistd::dup(std::io::stdin()).unwrap();
    let offer = source("loops-forever", json!({"prefix": "a secret"}));
    let reading = start(&spec("misbehaves"), &offer, CancellationToken::new()).await.unwrap();
    let proc = PathBuf::from(format!("/proc/{}", reading.pid()));
    let text = |file: &str| fs::read_to_string(proc.join(file)).unwrap();
    assert_eq!(text("cmdline"), "orgsync\0worker\0");
    let scratch = fs::read_link(proc.join("cwd")).unwrap();
    assert_eq!(text("environ"), format!("TMPDIR={}\0", scratch.display()));
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0);
    let mut open: Vec<_> =
        fs::read_dir(proc.join("fd")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    open.sort();
    // The second descriptor of the socket is the one that the watching thread reads.
    assert_eq!(open, ["0", "1", "2", "3", "4"]);
    assert_eq!(fs::read_link(proc.join("fd/0")).unwrap(), Path::new("/dev/null"));
    let has = |file: &str, words: &str| {
        let found = text(file)
            .lines()
            .any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(words));
        assert!(found, "no {words} in {}", text(file));
    };
    has("status", "NoNewPrivs: 1");
    has("limits", "Max core file size 0 0");
    has("limits", "Max data size 1073741824 1073741824");
}

/// The worker must not outlive a daemon that had no chance to kill it.
#[test]
fn a_killed_daemon_leaves_no_orphan() {
    for name in ["slow", "loops-forever"] {
        let mut daemon = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "workers::daemon_to_be_killed", "--ignored", "--nocapture"])
            .env("ORGSYNC_TEST_SOURCE", name)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines().map_while(Result::ok);
        let pid: u32 = lines.find_map(|line| line.split_once("worker ")?.1.parse().ok()).unwrap();
        killpg(Pid::from_raw(pid.cast_signed()), None).expect("the worker is running");
        kill(Pid::from_raw(daemon.id().cast_signed()), Signal::SIGKILL).unwrap();
        daemon.wait().unwrap();
        assert_gone(pid);
    }
}

#[tokio::test]
#[ignore = "not a test: the process that a_killed_daemon_leaves_no_orphan kills"]
async fn daemon_to_be_killed() {
    let Ok(name) = std::env::var("ORGSYNC_TEST_SOURCE") else { return };
    let offer = source(&name, json!({"count": 1_000_000}));
    let mut reading = start(&spec("misbehaves"), &offer, CancellationToken::new()).await.unwrap();
    println!("worker {}", reading.pid());
    while reading.next().await.is_ok_and(|batch| batch.is_some()) {}
}

fn is_running(pid: i32) -> bool {
    // A zombie that init has not reaped yet is not running any more.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}
