//! `cargo xtask bench`: builds the daemon and the benchmark with optimisations, and runs the benchmark.

use anyhow::{Result, ensure};

use crate::build::{self, Profile, Scope};
use crate::workspace;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many users are pushed
    #[arg(long, default_value_t = 200_000)]
    records: usize,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let built = build::build(Profile::Release, Scope::Product)?;
    let mut command =
        workspace::cargo(["run", "--quiet", "--release", "--package", "orgsync-bench", "--", "--orgsync"]);
    command.arg(built.daemon).args(["--records", &args.records.to_string()]);
    if args.json {
        command.arg("--json");
    }
    let ended = command.status()?;
    ensure!(ended.success(), "the benchmark ended with {ended}");
    Ok(())
}
