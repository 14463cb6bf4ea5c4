//! Memory through what needs most of it: rows as large as they may be and larger, long lists, readers that take nothing,
//! the form of options that hold themselves, and long errors of a plugin. The daemon must stay within a bound all the
//! time, and give back within a minute what it took.

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::daemon::{Client, Daemon};

/// What the daemon may hold at most.
const BAR: u64 = 300 << 20;
/// How much more than before it may hold a minute afterwards.
const AFTER: f64 = 1.5;
const MINUTE: Duration = Duration::from_secs(60);
const USERS: usize = 300;
/// How many users a push has.
const PUSHED: usize = 50;
/// How long readers wait that take nothing.
const READERS_STAY: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The library of the plugin `misbehaves`
    #[arg(long)]
    plugin: PathBuf,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// What the daemon held during one part, in bytes.
struct Part {
    name: &'static str,
    peak: u64,
    end: u64,
}

pub(crate) fn run(orgsync: &Path, args: &Args) -> anyhow::Result<()> {
    let directory = tempfile::tempdir().context("failed to make a directory for the benchmark")?;
    Daemon::list_plugin(directory.path(), "misbehaves", &args.plugin)?;
    let daemon = Daemon::start(orgsync, directory.path(), "info")?;
    thread::sleep(Duration::from_secs(3));
    let idle = daemon.memory_now()?;
    let admin = daemon.admin();
    let mut parts = Vec::new();
    let mut part = |name, run: &dyn Fn() -> anyhow::Result<()>| {
        daemon.forget_peak()?;
        run().with_context(|| format!("failed at: {name}"))?;
        parts.push(Part { name, peak: daemon.peak_memory()?, end: daemon.memory_now()? });
        anyhow::Ok(())
    };
    part("300 users of 240 kB", &|| {
        push_all(&admin, |n| json!({"uid": uid(n), "first": "x".repeat(120_000)}), "success")?;
        push_all(&admin, |n| json!({"uid": uid(n), "second": "x".repeat(120_000)}), "success")
    })?;
    part("300 users of 2 MB, which are refused", &|| {
        // A record may have 1 MiB; what a user holds already counts, too.
        push_all(&admin, |n| json!({"uid": uid(n), "first": "x".repeat(1_000_000)}), "failed")
    })?;
    part("a small change of each", &|| {
        push_all(&admin, |n| json!({"uid": uid(n), "nickname": "n"}), "success")
    })?;
    part("four lists of 1,000 users at once", &|| lists(&daemon))?;
    part("300 readers that take nothing", &|| readers(&daemon, &admin))?;
    part("a form of options that hold themselves", &|| {
        let cookie = [admin.cookie()?];
        let (status, form) = admin.fetch("/sources/new?type=recursive", &cookie)?;
        ensure!(status == 200 && form.len() > 1_000, "the form was answered with status {status}");
        Ok(())
    })?;
    part("6 tasks with errors of 15 MB", &|| long_errors(&admin))?;
    let begun = Instant::now();
    let most = (idle as f64 * AFTER) as u64;
    let mut after = daemon.memory_now()?;
    while after > most && begun.elapsed() < MINUTE {
        thread::sleep(Duration::from_secs(1));
        after = daemon.memory_now()?;
    }
    report(args, idle, &parts, after, begun.elapsed());
    daemon.stop()?;
    let peak = parts.iter().map(|part| part.peak).max().unwrap_or_default();
    ensure!(peak <= BAR, "the daemon held {} MiB, and {} are allowed", peak >> 20, BAR >> 20);
    ensure!(after <= most, "{} MiB stayed of {} MiB before", after >> 20, idle >> 20);
    Ok(())
}

fn uid(n: usize) -> String {
    format!("m{n}")
}

/// Pushes all users, some at a time, and sees how each push ends.
fn push_all(client: &Client, user: impl Fn(usize) -> Value, status: &str) -> anyhow::Result<()> {
    for first in (0..USERS).step_by(PUSHED) {
        let lines: Vec<String> = (first..first + PUSHED).map(|n| user(n).to_string()).collect();
        let headers = [("content-type", "application/x-ndjson")];
        let path = "/api/v1/sources/api/records?type=user";
        let answer = client.post_as(path, &headers, lines.join("\n").as_bytes())?.expect(200)?;
        ensure!(answer["status"] == status, "instead of {status}: {answer}");
    }
    Ok(())
}

fn lists(daemon: &Daemon) -> anyhow::Result<()> {
    thread::scope(|scope| {
        let get = || {
            let client = daemon.admin();
            let (status, body) = client.fetch("/api/v1/users?limit=1000", &[client.bearer()])?;
            ensure!(status == 200 && body.len() > 1 << 20, "{} bytes with status {status}", body.len());
            Ok(())
        };
        let getting: Vec<_> = (0..4).map(|_| scope.spawn(get)).collect();
        getting.into_iter().try_for_each(|list| list.join().expect("a reader does not panic"))
    })
}

fn readers(daemon: &Daemon, admin: &Client) -> anyhow::Result<()> {
    let (_, bearer) = admin.bearer();
    let request =
        format!("GET /api/v1/users?limit=20 HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\n\r\n");
    let mut open = Vec::new();
    for _ in 0..300 {
        let mut stream = TcpStream::connect(daemon.address()?)?;
        stream.write_all(request.as_bytes())?;
        open.push(stream);
    }
    thread::sleep(READERS_STAY);
    Ok(())
}

fn long_errors(admin: &Client) -> anyhow::Result<()> {
    admin.post("/api/v1/sources", &json!({"name": "wrong", "type": "long-errors"}))?.expect(201)?;
    for _ in 0..6 {
        let ended = admin.sync("wrong", Duration::from_millis(20))?;
        let message = ended["message"].as_str().unwrap_or_default();
        ensure!(ended["status"] == "failed" && message.contains("wrong wrong"), "it ended so: {ended}");
    }
    admin.get("/api/v1/tasks?limit=1000")?.expect(200)?;
    Ok(())
}

fn report(args: &Args, idle: u64, parts: &[Part], after: u64, waited: Duration) {
    let mebibytes = |bytes: u64| bytes >> 20;
    if args.json {
        let parts: Vec<Value> = parts
            .iter()
            .map(|part| json!({"part": part.name, "peakMiB": mebibytes(part.peak), "endMiB": mebibytes(part.end)}))
            .collect();
        let figures = json!({
            "idleMiB": mebibytes(idle), "parts": parts, "afterMiB": mebibytes(after), "afterSeconds": waited.as_secs(),
        });
        println!("{figures}");
        return;
    }
    println!("the daemon's memory: {} MiB before; of {} allowed:", mebibytes(idle), mebibytes(BAR));
    for part in parts {
        println!(
            "  {:<42} peak {:>4} MiB   then {:>4} MiB",
            part.name,
            mebibytes(part.peak),
            mebibytes(part.end)
        );
    }
    println!(
        "  {:<42} {:>9} MiB   after {} s, {AFTER} times as much as before are allowed",
        "in the end",
        mebibytes(after),
        waited.as_secs()
    );
}
