//! The daemon under more than it can do: many clients push over and over, each as soon as it is answered,
//! beside a pull that begins again whenever it ends, and somebody looks at the users meanwhile. Nobody may
//! see an error but "come back later", who looks must be answered in time, and in the end everything that
//! was acknowledged must be there.

mod directory;
mod pull;
mod pusher;
mod reader;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;

use crate::daemon::Daemon;
use crate::latencies::Latencies;

use pull::Pull;
use pusher::Pusher;

/// How long a page of users may take while all this goes on, in 99 of 100 requests.
const BAR: Duration = Duration::from_millis(100);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The library of the plugin `files`
    #[arg(long)]
    files: PathBuf,
    /// How long, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How many clients push
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// How many sources they push to
    #[arg(long, default_value_t = 4)]
    sources: usize,
    /// How many users the pull reads
    #[arg(long, default_value_t = 100_000)]
    pulled: usize,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// How many answers of pushes had which status.
    statuses: BTreeMap<u16, u64>,
    records: u64,
    pushes: Latencies,
    plain: Latencies,
    searches: Latencies,
    pulls: Latencies,
    /// What must not have been.
    errors: Vec<String>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.records += other.records;
        self.pushes.add(other.pushes);
        self.plain.add(other.plain);
        self.searches.add(other.searches);
        self.pulls.add(other.pulls);
        self.errors.extend(other.errors);
    }
}

pub(crate) fn run(orgsync: &Path, args: &Args) -> anyhow::Result<()> {
    let directory = tempfile::tempdir().context("failed to make a directory for the benchmark")?;
    Daemon::list_plugin(directory.path(), "files", &args.files)?;
    let mut pull = Pull::prepare(directory.path(), args.pulled)?;
    // As operators run it: the log at its usual level.
    let daemon = Daemon::start(orgsync, directory.path(), "info")?;
    let admin = daemon.admin();
    pull.add_source(&admin)?;
    let mut pushers = Vec::new();
    for number in 0..args.sources {
        pusher::add_source(&admin, number)?;
    }
    for number in 0..args.clients {
        let client = daemon.pusher(&format!("client {number}"))?;
        pushers.push(Pusher::new(client, number, number % args.sources));
    }

    let (start, stop) = (Instant::now(), AtomicBool::new(false));
    let mut seen = Seen::default();
    let pushers = thread::scope(|scope| {
        let stop = &stop;
        let pushing: Vec<_> = pushers
            .into_iter()
            .map(|mut pusher| scope.spawn(move || (pusher.push_until(stop), pusher)))
            .collect();
        let reading = scope.spawn(|| reader::read_until(stop, &daemon.admin(), args.pulled));
        let pulling = scope.spawn(|| pull.pull_until(stop, &admin));
        thread::sleep(Duration::from_secs(args.seconds));
        stop.store(true, Ordering::Relaxed);
        let mut pushers = Vec::new();
        for pushed in pushing {
            let (of_one, pusher) = pushed.join().expect("a client does not panic");
            seen.add(of_one);
            pushers.push(pusher);
        }
        seen.add(reading.join().expect("the reader does not panic"));
        seen.add(pulling.join().expect("the pull does not panic"));
        pushers
    });
    let took = start.elapsed();
    let memory = daemon.peak_memory()?;
    let found = directory::read(&admin)?;
    for pusher in &pushers {
        seen.errors.extend(pusher.missing(&found));
    }
    seen.errors.extend(pull.missing(&found));
    report(args, &mut seen, took, memory, found.len());
    daemon.stop()?;
    ensure!(seen.errors.is_empty(), "there were {} errors", seen.errors.len());
    let slow = seen.plain.percentile(99.0).max(seen.searches.percentile(99.0));
    ensure!(slow <= BAR, "one in a hundred pages of users took longer than {BAR:?}: {slow:?}");
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(args: &Args, seen: &mut Seen, took: Duration, memory: u64, users: usize) {
    let seconds = took.as_secs_f64();
    let pushes = seen.statuses.get(&200).copied().unwrap_or_default() as f64 / seconds;
    let records = seen.records as f64 / seconds;
    let memory = (memory >> 20) as f64;
    let slow = seen.plain.percentile(99.0).max(seen.searches.percentile(99.0));
    let passed = seen.errors.is_empty() && slow <= BAR;
    if args.json {
        let figures = json!({
            "clients": args.clients, "sources": args.sources, "seconds": seconds.round(),
            "pushesPerSecond": pushes.round(), "recordsPerSecond": records.round(), "statuses": seen.statuses,
            "pushes": seen.pushes.json(), "users": seen.plain.json(), "search": seen.searches.json(),
            "pulls": seen.pulls.json(), "usersInTheEnd": users, "peakMemoryMiB": memory,
            "errors": seen.errors.len(), "passed": passed,
        });
        println!("{figures}");
        return;
    }
    let (clients, sources, pulled) = (args.clients, args.sources, args.pulled);
    println!(
        "{clients} clients pushing 100 records each to {sources} source(s) for {seconds:.0} s, beside a pull of {pulled}"
    );
    println!("  acknowledged      {pushes:>8.1} pushes/s   {records:.0} records/s");
    println!("  answers           {:?}", seen.statuses);
    println!("  a push            {}", seen.pushes);
    println!("  a page of users   {}", seen.plain);
    println!("  a search          {}", seen.searches);
    println!("  the pull          {}", seen.pulls);
    println!("  users in the end  {users:>8}   the daemon's peak memory {memory:.0} MiB");
    for error in seen.errors.iter().take(10) {
        println!("  ERROR {error}");
    }
    let verdict = if passed { "PASS" } else { "FAIL" };
    let errors = seen.errors.len();
    println!("  {verdict}: {errors} errors; 99 of 100 pages within {slow:.1?}, allowed are {BAR:?}");
}
