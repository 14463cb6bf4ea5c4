//! `orgsync plugin add`: puts a library into `plugins/` and into `plugins.toml`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::output;
use crate::cli::settings::Settings;
use crate::daemon;
use crate::registry::{Place, add};

/// Copy a plugin into plugins/ and list it in plugins.toml with its sha256
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shared library; a signature beside it, FILE.minisig, goes with it
    file: PathBuf,
    /// What to call it in plugins.toml [default: as it calls itself]
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(Args { file, name, settings }: Args) -> anyhow::Result<ExitCode> {
    let config = settings.load()?;
    let trust = daemon::trust(&config.security)?;
    let added = add(&config.plugins, &file, name.as_deref(), None, &trust)?;
    let list = config.plugins.display();
    let done = match added.place {
        Place::Appended => "added to",
        Place::Updated => "updated in",
    };
    let (name, path, sha256) = (added.name, added.path.display(), added.sha256);
    output::line(format_args!("{name} is {done} {list}: {path}, sha256 {sha256}"))?;
    output::line(
        "a running daemon takes it up by itself within seconds; orgsync plugin list shows its state",
    )?;
    Ok(ExitCode::SUCCESS)
}
