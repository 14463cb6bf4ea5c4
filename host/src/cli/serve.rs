//! `orgsync serve`: the daemon.

use std::num::NonZero;
use std::process::ExitCode;

use nix::sys::stat::{Mode, umask};
use tokio::runtime::Builder;

use crate::daemon;
use crate::http::turns::TURNS;

use super::settings::Settings;

/// Run the daemon
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    // Whatever the daemon writes holds people's data or secrets: for its owner only.
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
    let config = args.settings.load()?;
    // Large answers take a thread each while they are made: the others share what the cores can do with those.
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get) + TURNS;
    super::run_on(Builder::new_multi_thread().worker_threads(threads), daemon::serve(config))??;
    Ok(ExitCode::SUCCESS)
}
