//! `orgsync plugin test`: the conformance suite, and its report on standard output.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::output;
use crate::conformance::{Examination, OptionsFile, Verdict, examine};
use crate::worker::WorkerSpec;

/// Hold a plugin against what hosts rely on, in workers of its own; exit code 1 if a check failed
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shared library
    file: PathBuf,
    /// A TOML or JSON file with the options of each offer: [sources.NAME], [targets.NAME]; and, as in plugins.toml, what
    /// the plugin may reach: [sandbox]. Test records are written into the targets that it names, and deleted again
    #[arg(long)]
    options: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Test only this offer; may be given several times
    #[arg(long = "offer", value_name = "NAME")]
    offers: Vec<String>,
    /// How long opening and checking may take
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = humantime::parse_duration)]
    patience: Duration,
    /// How long a read may take
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = humantime::parse_duration)]
    longest: Duration,
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let options = args.options.as_deref().map(OptionsFile::read).transpose()?.unwrap_or_default();
    let examination = Examination {
        file: args.file,
        program: WorkerSpec::this_program(),
        options,
        offers: args.offers,
        patience: args.patience,
        longest: args.longest,
    };
    let report = crate::cli::block_on(examine(&examination))??;
    if args.json {
        output::json(&report.to_json())?;
    } else {
        output::lines(&report)?;
    }
    Ok(if report.count(Verdict::Failed) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
