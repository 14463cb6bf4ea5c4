//! `orgsync plugin`: one file per subcommand.

mod add;
mod inspect;
mod list;
mod new;
mod template;
mod test;

use std::process::ExitCode;

/// Look at plugins, test them, start new ones
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Show what a plugin's file says of itself, without running it
    Inspect(inspect::Args),
    /// Copy a plugin into plugins/ and list it in plugins.toml with its sha256
    Add(add::Args),
    /// Show every listed and unlisted plugin with its state
    List(list::Args),
    /// Start a plugin of your own
    New(new::Args),
    /// Hold a plugin against what hosts rely on
    Test(test::Args),
}

pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Inspect(args) => inspect::run(&args),
        Command::Add(args) => add::run(args),
        Command::List(args) => list::run(args),
        Command::New(args) => new::run(&args),
        Command::Test(args) => test::run(args),
    }
}
