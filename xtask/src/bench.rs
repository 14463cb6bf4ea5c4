//! `cargo xtask bench`: builds the daemon, the plugins and the benchmarks with optimisations, and runs one
//! of the benchmarks or, unless told which, all of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Subcommand;

use crate::build::{self, Built, Profile, Scope};
use crate::workspace;

/// The library that the pull of the benchmark `load` goes through.
const FILES: &str = "liborgsync_files.so";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which one; all of them unless given
    #[command(subcommand)]
    which: Option<Which>,
    /// Print the results as JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// Measure one large push, beside what the database itself can do
    Push {
        /// How many users are pushed
        #[arg(long, default_value_t = 200_000)]
        records: usize,
    },
    /// Have 64 clients push for a minute beside a pull, to several sources and to one; fails if anybody
    /// gets an error, anything acknowledged is missing, or the lists of users become slow
    Load {
        /// How long each time, in seconds
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Have 500 clients push 1 MiB each at once; fails if the daemon's memory does not stay bounded
    Flood,
    /// Ask for what needs most memory; fails above 300 MiB, or if more than half as much again stays as there was
    Memory,
    /// Have 200 clients push and 50 follow events, alone and beside one abuser of each kind; fails if anybody else
    /// gets an error, or one in a hundred pushes takes more than 1.5 times as long
    Abuse {
        /// How long each time, in seconds
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Only the abusers whose name has this in it
        #[arg(long)]
        only: Option<String>,
    },
    /// Load a million users and ask for every page many times; fails if one in a hundred answers of any page
    /// takes longer than 100 ms
    Pages {
        /// How many users there are
        #[arg(long, default_value_t = 1_000_000)]
        users: usize,
        /// Load into this directory, and leave it; if it is loaded already, use what is there
        #[arg(long)]
        keep: Option<PathBuf>,
        /// Only the pages whose name or path has this in it
        #[arg(long)]
        only: Option<String>,
    },
    /// Measure how fast records come out of a plugin's process; fails below 500,000 a second
    Isolation {
        /// How many records it gives
        #[arg(long, default_value_t = 1_000_000)]
        records: u64,
    },
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let built = build::build(Profile::Release, Scope::Product)?;
    match &args.which {
        Some(which) => bench(which, args.json, &built),
        None => {
            let isolation = Which::Isolation { records: 1_000_000 };
            let pages = Which::Pages { users: 1_000_000, keep: None, only: None };
            let abuse = Which::Abuse { seconds: 60, only: None };
            let (push, load) = (Which::Push { records: 200_000 }, Which::Load { seconds: 60 });
            let all = [push, load, Which::Flood, Which::Memory, abuse, pages, isolation];
            all.iter().try_for_each(|which| bench(which, args.json, &built))
        }
    }
}

fn bench(which: &Which, json: bool, built: &Built) -> Result<()> {
    match which {
        Which::Push { records } => measure(built, json, &["push", "--records", &records.to_string()]),
        Which::Load { seconds } => {
            let files = built.plugins.iter().find(|plugin| plugin.ends_with(Path::new(FILES)));
            let files = files.with_context(|| format!("the build made no {FILES}"))?.display().to_string();
            ["4", "1"].iter().try_for_each(|sources| {
                let seconds = seconds.to_string();
                let load = ["load", "--files", &files, "--seconds", &seconds, "--sources", sources];
                measure(built, json, &load)
            })
        }
        Which::Flood => measure(built, json, &["flood"]),
        Which::Memory => {
            let plugin = misbehaves()?.display().to_string();
            measure(built, json, &["memory", "--plugin", &plugin])
        }
        Which::Abuse { seconds, only } => {
            let (plugin, seconds) = (misbehaves()?.display().to_string(), seconds.to_string());
            let mut abuse = vec!["abuse", "--plugin", &plugin, "--seconds", &seconds];
            abuse.extend(only.iter().flat_map(|part| ["--only", part]));
            measure(built, json, &abuse)
        }
        Which::Pages { users, keep, only } => {
            let users = users.to_string();
            let mut pages = vec!["pages", "--users", &users];
            let keep = keep.as_ref().map(|directory| directory.display().to_string());
            pages.extend(keep.iter().flat_map(|directory| ["--keep", directory]));
            pages.extend(only.iter().flat_map(|part| ["--only", part]));
            measure(built, json, &pages)
        }
        Which::Isolation { records } => {
            let plugin = misbehaves()?.display().to_string();
            let records = records.to_string();
            measure(built, json, &["isolation", "--plugin", &plugin, "--records", &records])
        }
    }
}

/// Builds the plugin of the tests whose source `records` gives as many as it is told to.
fn misbehaves() -> Result<PathBuf> {
    workspace::run(&mut workspace::cargo([
        "build",
        "--quiet",
        "--release",
        "--package",
        "orgsync-misbehaves",
    ]))?;
    Ok(workspace::metadata()?.target_directory.join("release/liborgsync_misbehaves.so"))
}

fn measure(built: &Built, json: bool, arguments: &[&str]) -> Result<()> {
    let mut command = workspace::cargo(["run", "--quiet", "--release", "--package", "orgsync-bench", "--"]);
    command.arg("--orgsync").arg(&built.daemon).args(arguments);
    if json {
        command.arg("--json");
    }
    let ended = command.status()?;
    ensure!(ended.success(), "the benchmark ended with {ended}");
    Ok(())
}
