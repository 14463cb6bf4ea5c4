//! The sync benchmark: pushes users with memberships to a real daemon on SQLite, twice, and compares
//! the first push with a raw load of the very rows that it made, through prepared statements.
//! Prints records a second, the ratio, and the daemon's largest resident memory.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::{raw, records};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many users are pushed
    #[arg(long, default_value_t = 200_000)]
    records: usize,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(orgsync: &Path, args: &Args) -> anyhow::Result<()> {
    let directory = tempfile::tempdir().context("failed to make a directory for the benchmark")?;
    let users = records::write_users(directory.path(), args.records)?;
    let departments = records::write_departments(directory.path())?;

    let daemon = Daemon::start(orgsync, directory.path(), "warn")?;
    daemon.push("department", &departments)?;
    let first = timed(|| daemon.push("user", &users))?;
    let again = timed(|| daemon.push("user", &users))?;
    let memory = daemon.peak_memory()?;
    let database = daemon.stop()?;
    let count = args.records as u64;
    ensure!(first.1["counts"]["user"]["created"] == json!(count), "the first push: {}", first.1);
    ensure!(again.1["counts"]["user"]["unchanged"] == json!(count), "the second push: {}", again.1);

    let raw = raw::load(&database, &directory.path().join("raw.db"))?;
    report(args, [raw, first.0, again.0], memory);
    Ok(())
}

fn timed(work: impl FnOnce() -> anyhow::Result<Value>) -> anyhow::Result<(Duration, Value)> {
    let start = Instant::now();
    let answer = work()?;
    Ok((start.elapsed(), answer))
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(args: &Args, [raw, first, again]: [Duration; 3], memory: u64) {
    let rate = |time: Duration| args.records as f64 / time.as_secs_f64();
    let ratio = rate(first) / rate(raw);
    let memory = memory as f64 / f64::from(1 << 20);
    if args.json {
        let figures = json!({
            "records": args.records,
            "rawPerSecond": rate(raw).round(),
            "firstPerSecond": rate(first).round(),
            "ratio": (ratio * 1000.0).round() / 1000.0,
            "againPerSecond": rate(again).round(),
            "peakMemoryMiB": memory.round(),
        });
        println!("{figures}");
        return;
    }
    println!("{} users with memberships, one NDJSON push, SQLite", args.records);
    println!("  raw load of the same rows   {:>10.0} records/s", rate(raw));
    println!("  first push                  {:>10.0} records/s   {ratio:.2} of raw", rate(first));
    println!("  the same push again         {:>10.0} records/s", rate(again));
    println!("  the daemon's peak memory    {memory:>10.0} MiB");
}
