//! Many clients that push a little every other second, and many that follow events: alone, and beside one abuser of each
//! kind. Nobody but the abusers may see an error, and pushes may take little longer beside them.

mod abusers;
mod streams;

use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::daemon::{Client, Daemon};
use crate::latencies::Latencies;

/// How many times as long as alone one in a hundred pushes may take.
const BAR: f64 = 1.5;
/// How many users a push has.
const RECORDS: usize = 10;
/// The pause of a client after a push.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The library of the plugin `misbehaves`
    #[arg(long)]
    plugin: PathBuf,
    /// How long each time, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How many clients push
    #[arg(long, default_value_t = 200)]
    clients: usize,
    /// How many follow events
    #[arg(long, default_value_t = 50)]
    streams: usize,
    /// Only the abusers whose name has this in it
    #[arg(long)]
    only: Option<String>,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// What the others saw.
#[derive(Debug, Default)]
struct Seen {
    pushes: Latencies,
    events: u64,
    errors: Vec<String>,
    /// What the abusers did.
    deeds: Vec<(&'static str, u64)>,
}

pub(crate) fn run(orgsync: &Path, args: &Args) -> anyhow::Result<()> {
    let alone = once(orgsync, args, false)?;
    let beside = once(orgsync, args, true)?;
    let [before, after] = [&alone, &beside].map(|seen| seen.pushes.percentile(99.0));
    let times = after.as_secs_f64() / before.as_secs_f64();
    if args.json {
        let figures = |seen: &Seen| {
            json!({
                "pushes": seen.pushes.json(), "events": seen.events, "errors": seen.errors.len(),
                "abusers": seen.deeds.iter().map(|(name, count)| json!({"name": name, "count": count})).collect::<Vec<_>>(),
            })
        };
        println!("{}", json!({"alone": figures(&alone), "beside": figures(&beside), "times": times}));
    } else {
        println!("{} clients, {} event streams, {} s each time", args.clients, args.streams, args.seconds);
        for (name, seen) in [("alone", &alone), ("beside abusers", &beside)] {
            println!("  {name:<16}{}   {} events   {} errors", seen.pushes, seen.events, seen.errors.len());
            seen.errors.iter().take(10).for_each(|error| println!("    ERROR {error}"));
        }
        beside.deeds.iter().for_each(|(name, count)| println!("    {name:<40} {count:>9} times"));
        println!("  p99 beside abusers {times:.2} times that alone, {BAR} are allowed");
    }
    let errors = alone.errors.len() + beside.errors.len();
    ensure!(errors == 0, "others than the abusers saw {errors} errors");
    ensure!(times <= BAR, "p99 was {times:.2} times that without abusers");
    Ok(())
}

fn once(orgsync: &Path, args: &Args, with_abusers: bool) -> anyhow::Result<Seen> {
    let directory = tempfile::tempdir().context("failed to make a directory for the benchmark")?;
    Daemon::list_plugin(directory.path(), "misbehaves", &args.plugin)?;
    let daemon = Daemon::start(orgsync, directory.path(), "info")?;
    let admin = daemon.admin();
    admin.post("/api/v1/sources", &json!({"name": "pushed", "type": "api"}))?.expect(201)?;
    let clients = (0..args.clients).map(|number| daemon.pusher(&format!("client {number}")));
    let clients = clients.collect::<anyhow::Result<Vec<Client>>>()?;
    let chosen = args.only.clone().unwrap_or_default();
    let abusers = match with_abusers {
        true => {
            abusers::prepare(&daemon)?.into_iter().filter(|abuser| abuser.name.contains(&chosen)).collect()
        }
        false => Vec::new(),
    };
    // A task that goes on all the time, to be followed.
    let slow = json!({"name": "slow", "type": "slow", "options": {"count": 1_000_000}});
    admin.post("/api/v1/sources", &slow)?.expect(201)?;
    let followed = admin.post("/api/v1/sources/slow/sync", &json!({}))?.expect(202)?["taskId"].clone();
    let followed = followed.as_i64().context("a task has no id")?;
    let (stop, together) = (AtomicBool::new(false), Barrier::new(args.clients + 1));
    let mut seen = Seen::default();
    thread::scope(|scope| {
        let (stop, together, admin, address) = (&stop, &together, &admin, daemon.address()?);
        let pushing: Vec<_> = clients
            .into_iter()
            .enumerate()
            .map(|(number, client)| {
                scope.spawn(move || {
                    together.wait();
                    // Not all at the same moment.
                    thread::sleep(PAUSE.mul_f64(number as f64 / args.clients as f64));
                    push_until(stop, &client, number)
                })
            })
            .collect();
        let following: Vec<_> = (0..args.streams)
            .map(|_| scope.spawn(move || streams::follow_until(stop, address, admin, followed)))
            .collect();
        let abusing: Vec<_> = abusers
            .into_iter()
            .map(|abuser| (abuser.name, scope.spawn(move || (abuser.abuse)(stop))))
            .collect();
        together.wait();
        thread::sleep(Duration::from_secs(args.seconds));
        stop.store(true, Ordering::Relaxed);
        for pushed in pushing {
            let (pushes, errors) = pushed.join().expect("a client does not panic");
            seen.pushes.add(pushes);
            seen.errors.extend(errors);
        }
        for followed in following {
            match followed.join().expect("a client does not panic") {
                Ok(events) => seen.events += events,
                Err(error) => seen.errors.push(format!("an event stream: {error:#}")),
            }
        }
        for (name, abused) in abusing {
            seen.deeds.push((name, abused.join().expect("an abuser does not panic")));
        }
        anyhow::Ok(())
    })?;
    let (name, idle) = seen.deeds.iter().find(|(_, count)| *count == 0).copied().unzip();
    ensure!(idle.is_none(), "the abuser `{}` did nothing", name.unwrap_or_default());
    admin.post(&format!("/api/v1/tasks/{followed}/cancel"), &json!({}))?.expect(202)?;
    daemon.stop()?;
    Ok(seen)
}

fn push_until(stop: &AtomicBool, client: &Client, number: usize) -> (Latencies, Vec<String>) {
    let (mut pushes, mut errors) = (Latencies::default(), Vec::new());
    for round in 0_usize.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let user = |n: usize| {
            let uid = format!("c{number:03}-{n}");
            json!({"uid": uid, "username": format!("user.{uid}"), "nickname": format!("Of round {round}")})
        };
        let users: Vec<Value> = (0..RECORDS).map(user).collect();
        let begun = Instant::now();
        match client.post("/api/v1/sources/pushed/records?type=user", &json!(users)) {
            Ok(answer) if answer.status == 200 && answer.body["status"] == "success" => {
                pushes.note(begun.elapsed())
            }
            Ok(answer) => errors.push(format!("a push: {} {}", answer.status, answer.body)),
            Err(error) => errors.push(format!("a push: {error:#}")),
        }
        thread::sleep(PAUSE);
    }
    (pushes, errors)
}
