//! The benchmarks, each against a real daemon on SQLite: `push` compares a large push with a raw load of
//! the same rows, `load` has many clients push beside a pull, and `flood` looks at memory when they all
//! push large bodies at once, `memory` looks at it through what needs most, `abuse` has clients beside abusers, `pages` looks at a directory of a million users; and one without a daemon, `isolation`,
//! of what workers cost. All but the first exit non-zero when a bar is missed.
#![expect(clippy::print_stdout, reason = "it prints its results")]

mod abuse;
mod daemon;
mod flood;
mod isolation;
mod latencies;
mod load;
mod memory;
mod pages;
mod push;
mod raw;
mod records;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// How fast pushes are, and what becomes of everybody when there are many
#[derive(Debug, Parser)]
struct Args {
    /// The daemon's binary
    #[arg(long, global = true, default_value = "orgsync")]
    orgsync: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// One large push, beside what the database itself can do
    Push(push::Args),
    /// Many clients that push beside a pull, and one that reads
    Load(load::Args),
    /// Large bodies from many clients at once
    Flood(flood::Args),
    /// Memory while large rows, lists, forms and errors are asked for, and afterwards
    Memory(memory::Args),
    /// Many clients and event streams, alone and beside one abuser of each kind
    Abuse(abuse::Args),
    /// Every page of a large directory, many times
    Pages(pages::Args),
    /// Records out of a plugin's process
    Isolation(isolation::Args),
}

fn main() -> anyhow::Result<()> {
    let Args { orgsync, command } = Args::parse();
    match command {
        Command::Push(args) => push::run(&orgsync, &args),
        Command::Load(args) => load::run(&orgsync, &args),
        Command::Flood(args) => flood::run(&orgsync, &args),
        Command::Memory(args) => memory::run(&orgsync, &args),
        Command::Abuse(args) => abuse::run(&orgsync, &args),
        Command::Pages(args) => pages::run(&orgsync, &args),
        Command::Isolation(args) => isolation::run(&orgsync, &args),
    }
}
