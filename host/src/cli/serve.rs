//! `orgsync serve`: the daemon.

use std::process::ExitCode;

use nix::sys::stat::{Mode, umask};

use crate::daemon;

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
    super::block_on(daemon::serve(config))??;
    Ok(ExitCode::SUCCESS)
}
