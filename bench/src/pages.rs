//! How quickly a daemon with a million users answers: loads them once, asks for every page many times over two
//! connections, and prints what each took. Fails if one in a hundred answers of any page takes longer than the bar.

mod asks;
mod people;
mod population;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::daemon::{Client, Daemon};
use crate::latencies::Latencies;

use asks::Ask;
use population::{Population, Size};

/// How long an answer may take, in 99 of 100 requests.
const BAR: Duration = Duration::from_millis(100);
/// How many ask at once: as many as there are cores to answer.
const CONNECTIONS: usize = 2;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many users there are
    #[arg(long, default_value_t = 1_000_000)]
    users: usize,
    /// How many departments there are
    #[arg(long, default_value_t = 10_000)]
    departments: usize,
    /// How often each page is asked for
    #[arg(long, default_value_t = 200)]
    requests: usize,
    /// Load into this directory, and leave it; if it is loaded already, use what is there
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Only the pages whose name or path has this in it
    #[arg(long)]
    only: Option<String>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// What was seen of one page.
#[derive(Debug)]
struct Seen {
    ask: Ask,
    took: Latencies,
    bytes: usize,
}

pub(crate) fn run(orgsync: &Path, args: &Args) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir().context("failed to make a directory for the benchmark")?;
    let directory = args.keep.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(directory).with_context(|| format!("failed to make {}", directory.display()))?;
    let directory = &directory.canonicalize().context("failed to find the directory")?;
    let size = Size { users: args.users, departments: args.departments };
    let known = Population::kept(directory, size)?;
    let daemon = Daemon::start(orgsync, directory, "warn")?;
    let population = match known {
        Some(population) => population,
        None => population::load(&daemon, directory, size)?,
    };
    let client = daemon.admin();
    let asked = |ask: &Ask| match &args.only {
        Some(part) => ask.name.contains(part) || ask.path.contains(part),
        None => true,
    };
    let asks = asks::all(&client, &population)?;
    let seen = asks.into_iter().filter(asked).map(|ask| measure(&daemon, ask, args.requests));
    let seen = seen.collect::<anyhow::Result<Vec<Seen>>>()?;
    ensure!(!seen.is_empty(), "no page is called so");
    let memory = daemon.peak_memory()?;
    daemon.stop()?;
    report(args, &population, &seen, memory)
}

/// Asks for a page over and over, over several connections at once.
fn measure(daemon: &Daemon, ask: Ask, requests: usize) -> anyhow::Result<Seen> {
    let ask_often = |client: &Client| {
        let (mut took, mut bytes) = (Latencies::default(), 0);
        // The first answers fill the caches, as on any day but the first.
        for number in 0..requests.div_ceil(CONNECTIONS) + 2 {
            let start = Instant::now();
            let (status, body) = client.fetch(&ask.path, &ask.headers)?;
            let time = start.elapsed();
            ensure!(status == 200, "{}: {status} {}", ask.path, String::from_utf8_lossy(&body));
            bytes = bytes.max(body.len());
            if number >= 2 {
                took.note(time);
            }
        }
        Ok((took, bytes))
    };
    let (mut took, mut bytes) = (Latencies::default(), 0);
    thread::scope(|scope| {
        let asking: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| ask_often(&daemon.admin()))).collect();
        for asked in asking {
            let (of_one, length) = asked.join().expect("who asks does not panic")?;
            took.add(of_one);
            bytes = bytes.max(length);
        }
        anyhow::Ok(())
    })?;
    Ok(Seen { ask, took, bytes })
}

impl Seen {
    fn passed(&self) -> bool {
        !self.ask.has_bar || self.took.percentile(99.0) <= BAR
    }
}

fn report(args: &Args, population: &Population, seen: &[Seen], memory: u64) -> anyhow::Result<()> {
    let slow = seen.iter().filter(|seen| !seen.passed()).count();
    if args.json {
        let page = |seen: &Seen| {
            json!({"name": seen.ask.name, "path": seen.ask.path, "bar": seen.ask.has_bar, "bytes": seen.bytes,
                   "took": seen.took.json()})
        };
        let pages: Vec<Value> = seen.iter().map(page).collect();
        println!(
            "{}",
            json!({"users": population.size.users, "departments": population.size.departments,
                              "pages": pages, "peakMemoryMiB": memory >> 20, "slow": slow})
        );
    } else {
        print_table(population, seen, memory);
    }
    ensure!(slow == 0, "of {slow} pages, one in a hundred answers took longer than {BAR:?}");
    Ok(())
}

fn print_table(population: &Population, seen: &[Seen], memory: u64) {
    let Size { users, departments } = population.size;
    println!("{users} users in {departments} departments, SQLite, {CONNECTIONS} connections");
    println!("  {:<44} {:>5} {:>9} {:>9} {:>9} {:>8}", "page", "n", "p50", "p99", "max", "bytes");
    for Seen { ask, took, bytes } in seen {
        let [p50, p99, max] = [50.0, 99.0, 100.0].map(|percent| format!("{:.1?}", took.percentile(percent)));
        let verdict = match (ask.has_bar, took.percentile(99.0) <= BAR) {
            (false, _) => "  no bar",
            (true, true) => "",
            (true, false) => "  FAIL",
        };
        println!("  {:<44} {:>5} {p50:>9} {p99:>9} {max:>9} {bytes:>8}{verdict}", ask.name, took.count());
    }
    println!("  the daemon's peak memory {} MiB", memory >> 20);
}
