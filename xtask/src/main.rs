//! The project's own commands, run as `cargo xtask COMMAND`: one file per command, `pip.rs` for
//! tools from PyPI, and `workspace.rs` for what all share (where the workspace is, how cargo is run).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks on its terminal")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod build;
mod demo;
mod deny;
mod distribution;
mod example_data;
mod fuzz;
mod pip;
mod screenshots;
mod test;
mod workspace;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the daemon and the plugins, and put the plugins' libraries into plugins/
    Build(build::Args),
    /// Show orgsync at work: start it on a fresh database and sync the example company
    Demo(demo::Args),
    /// Measure how fast pushes are, how the daemon bears many clients, and what memory it takes
    Bench(bench::Args),
    /// Run every test, after building the plugins that the tests load
    Test,
    /// Take the pictures of the pages in docs/images anew
    Screenshots,
    /// Throw changed inputs at everything that reads foreign bytes
    Fuzz(fuzz::Args),
    /// Check the dependencies against deny.toml: bans, licences, sources, and advisories where they can be had
    Deny,
    /// Write examples/company anew
    ExampleData,
    /// Stand in for cargo where an old cargo-deny calls it (see deny.rs)
    #[command(hide = true)]
    Metadata(deny::MetadataArgs),
}

fn main() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Build(args) => build::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Test => test::run(),
        Command::Screenshots => screenshots::run(),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Deny => deny::run(),
        Command::ExampleData => example_data::run(),
        Command::Metadata(args) => deny::run_as_cargo(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
