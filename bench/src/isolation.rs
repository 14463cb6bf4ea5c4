//! What it costs that plugins run in processes of their own: trivial records from a real plugin, through a worker, to
//! where the planner takes them. Beside that, what each half can do alone: the worker without anybody who looks into
//! its batches, and the taking in of the same records from memory. Fails if the whole is slower than the bar.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use orgsync::domain::data_type::DataType;
use orgsync::domain::secrets::Secrets;
use orgsync::registry::inspect;
use orgsync::sync::intake::{Format, Piece};
use orgsync::sync::tally::{Tally, tally};
use orgsync::worker::{Batch, Limits, Offer, Reading, Sandbox, Worker, WorkerSpec};
use orgsync_plugin_api::ReadRequest;
use orgsync_plugin_api::message::OfferKind;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Records a second, on two cores.
const BAR: f64 = 500_000.0;
/// How many those are, wherever this runs.
const CORES: usize = 2;
/// How often each is measured; the middle one counts.
const RUNS: usize = 3;
/// How many batches wait to be parsed, as in the daemon.
const PIECES: usize = 8;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The library of the plugin `misbehaves`, whose source `records` behaves
    #[arg(long)]
    plugin: PathBuf,
    /// How many records it gives
    #[arg(long, default_value_t = 1_000_000)]
    records: u64,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(orgsync: &Path, args: &Args) -> anyhow::Result<()> {
    keep_to_two_cores()?;
    let scratch = tempfile::tempdir().context("failed to make a directory for the benchmark")?;
    let spec = WorkerSpec {
        program: orgsync.canonicalize().context("failed to find the daemon's binary")?,
        plugin: "misbehaves".into(),
        library: args.plugin.canonicalize().context("failed to find the plugin")?.into(),
        limits: Limits::default(),
        sandbox: Sandbox::default(),
        own: Arc::default(),
        manifest: Some(inspect(&args.plugin)?.manifest),
        scratch: scratch.path().to_owned(),
        label: "benchmark".into(),
        listener: None,
        secrets: Secrets::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(CORES).enable_all().build()?;
    runtime.block_on(async {
        let batches = all(&spec, args.records).await?;
        let worker = measure(async || all(&spec, args.records).await.map(drop)).await?;
        let intake = measure(async || from_memory(&batches, args.records).await).await?;
        let whole = measure(async || through(&spec, args.records).await).await?;
        report(args, [worker, intake, whole])
    })
}

/// Leaves this process, and all that it starts from now on, no more than two of the cores that it may use.
fn keep_to_two_cores() -> anyhow::Result<()> {
    let this = Pid::from_raw(0);
    let ours = sched_getaffinity(this).context("failed to ask which cores may be used")?;
    let mut kept = CpuSet::new();
    let usable = (0..CpuSet::count()).filter(|core| ours.is_set(*core).unwrap_or(false));
    for core in usable.take(CORES) {
        kept.set(core)?;
    }
    sched_setaffinity(this, &kept).context("failed to keep to two cores")
}

/// The middle one of some times.
async fn measure(work: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        work().await?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[RUNS / 2])
}

/// Starts a worker that reads.
async fn start(spec: &WorkerSpec, records: u64) -> anyhow::Result<Reading> {
    let options = json!({"count": records, "prefix": "u"});
    let offer = Offer { kind: OfferKind::Source, name: "records".into(), options };
    let worker = Worker::spawn(spec, &offer, CancellationToken::new()).await?;
    Ok(worker.read(&ReadRequest::full()).await?)
}

/// All batches that come out of a worker, unread.
async fn all(spec: &WorkerSpec, records: u64) -> anyhow::Result<Vec<Batch>> {
    let mut reading = start(spec, records).await?;
    let mut batches = Vec::new();
    while let Some(batch) = reading.next().await? {
        batches.push(batch);
    }
    let count: usize = batches.iter().map(|batch| batch.count).sum();
    ensure!(count as u64 == records, "{count} records came");
    Ok(batches)
}

/// From a worker to the planner, as in a task.
async fn through(spec: &WorkerSpec, records: u64) -> anyhow::Result<()> {
    let (pieces, received) = mpsc::channel(PIECES);
    let mut reading = start(spec, records).await?;
    let reading = tokio::spawn(async move {
        while let Some(batch) = reading.next().await? {
            pieces.send(Piece::Lines(DataType::User, batch.lines)).await?;
        }
        pieces.send(Piece::End).await?;
        anyhow::Ok(())
    });
    let tally = tally(Format::Plugin, received).await?;
    reading.await??;
    check(tally, records)
}

/// The same records, which are there already.
async fn from_memory(batches: &[Batch], records: u64) -> anyhow::Result<()> {
    let (pieces, received) = mpsc::channel(PIECES);
    let lines: Vec<_> = batches.iter().map(|batch| batch.lines.clone()).collect();
    let sending = tokio::spawn(async move {
        for lines in lines {
            pieces.send(Piece::Lines(DataType::User, lines)).await?;
        }
        pieces.send(Piece::End).await?;
        anyhow::Ok(())
    });
    let tally = tally(Format::Plugin, received).await?;
    sending.await??;
    check(tally, records)
}

fn check(tally: Tally, records: u64) -> anyhow::Result<()> {
    ensure!(tally == Tally { understood: records, refused: 0 }, "what came is {tally:?}");
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(args: &Args, times: [Duration; 3]) -> anyhow::Result<()> {
    let [worker, intake, whole] = times.map(|time| args.records as f64 / time.as_secs_f64());
    let passed = whole >= BAR;
    if args.json {
        let figures = json!({
            "records": args.records,
            "workerPerSecond": worker.round(),
            "intakePerSecond": intake.round(),
            "toPlannerPerSecond": whole.round(),
            "passed": passed,
        });
        println!("{figures}");
    } else {
        println!("{} trivial records from a plugin, the middle of {RUNS} runs", args.records);
        println!("  out of a worker, unread         {worker:>10.0} records/s");
        println!("  taken in from memory            {intake:>10.0} records/s");
        println!("  out of a worker to the planner  {whole:>10.0} records/s");
        println!("  {}: at least {BAR:.0} are wanted", if passed { "PASS" } else { "FAIL" });
    }
    ensure!(passed, "isolation costs too much");
    Ok(())
}
