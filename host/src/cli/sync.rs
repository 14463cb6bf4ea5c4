//! `orgsync sync`: has a source read, and with `--wait` shows how it goes on until it ends.

use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::client::{self, Client, segment};
use super::connection::Connection;
use super::output;
use super::printable::printable;
use super::settings::Settings;

/// Have a source read by its plugin
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The source's name
    source: String,
    /// Read everything, even where the source can tell what changed
    #[arg(long)]
    full: bool,
    /// Plan only, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Wait until the task ends; the exit code then says whether it was a success
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let client = args.connection.client(args.settings)?;
    // A source that can't tell what changed is read as a whole either way.
    let mode = if args.full { "full" } else { "incremental" };
    let body = json!({"dryRun": args.dry_run, "mode": mode});
    let started = client.post(&format!("/api/v1/sources/{}/sync", segment(&args.source)), &body)?;
    if !args.wait {
        output::line(format_args!("task {} started (batch {})", started["taskId"], started["batch"]))?;
        return Ok(ExitCode::SUCCESS);
    }
    let task = wait(&client, started["taskId"].as_i64().unwrap_or_default())?;
    Ok(client::report(&task)?)
}

/// Waits until a task neither waits nor runs.
fn wait(client: &Client, id: i64) -> anyhow::Result<Value> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}")?);
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut pause = Duration::from_millis(20);
    loop {
        let task = client.get(&format!("/api/v1/tasks/{id}"))?;
        let progress = &task["progress"];
        let [read, planned, applied] = ["read", "planned", "applied"].map(|key| progress[key].to_string());
        let message = format!("task {id}: {read} read, {planned} planned, {applied} applied");
        bar.set_message(printable(&message).into_owned());
        if !matches!(task["status"].as_str(), Some("init" | "processing")) {
            bar.finish_and_clear();
            return Ok(task);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(500));
    }
}
