//! The command line: one file per subcommand. Exit code 0 is success, 1 a failure that is said on
//! standard error, 2 a wrong call, 141 that nobody reads the result.

mod address;
mod check;
mod client;
mod connection;
mod output;
mod plugin;
mod printable;
mod push;
mod serve;
mod settings;
mod sync;
mod token;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::runtime::Builder;
/// Keeps an organisation's users and departments in step.
#[derive(Debug, Parser)]
#[command(name = "orgsync", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon
    Serve(serve::Args),
    /// Validate settings, plugins and sources, and connect to each source
    Check(check::Args),
    /// Look at plugins, test them, start new ones
    #[command(subcommand)]
    Plugin(plugin::Command),
    /// Have a source read by its plugin
    Sync(sync::Args),
    /// Push a file of records
    Push(push::Args),
    /// Make, list and revoke tokens
    #[command(subcommand)]
    Token(token::Command),
    /// The child process in which a plugin runs
    #[command(hide = true)]
    Worker,
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    // A worker closes every descriptor it was given, so nothing may be opened before.
    if std::env::args_os().nth(1).is_some_and(|command| command == WORKER) {
        return crate::worker::serve::run();
    }
    let done = match parse() {
        Ok(Cli { command }) => execute(command),
        Err(message) => output::told(&message),
    };
    done.unwrap_or_else(|error| output::failed(&error))
}

fn parse() -> Result<Cli, clap::Error> {
    let mut command = without_blank_variables(Cli::command());
    let read = command.try_get_matches_from_mut(std::env::args_os());
    read.and_then(|matches| Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command)))
}

/// A variable that is set to nothing counts as not set: service managers and containers write those that are left out so.
fn without_blank_variables(command: clap::Command) -> clap::Command {
    let is_blank = |argument: &clap::Arg| {
        let value = argument.get_env().and_then(std::env::var_os);
        value.is_some_and(|value| value.to_str().is_some_and(|text| text.trim().is_empty()))
    };
    let unset = |argument: clap::Arg| match is_blank(&argument) {
        true => argument.env(None::<&str>),
        false => argument,
    };
    command.mut_args(unset).mut_subcommands(without_blank_variables)
}

fn execute(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(args),
        Command::Check(args) => check::run(args),
        Command::Plugin(command) => plugin::run(command),
        Command::Sync(args) => sync::run(args),
        Command::Push(args) => push::run(args),
        Command::Token(command) => token::run(command),
        Command::Worker => Ok(crate::worker::serve::run()),
    }
}

/// The hidden subcommand.
const WORKER: &str = "worker";

/// Runs a future on a runtime of its own.
fn block_on<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    run_on(&mut Builder::new_multi_thread(), future)
}

/// The same on a runtime of this kind.
fn run_on<T>(builder: &mut Builder, future: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = builder.enable_all().build()?;
    let output = runtime.block_on(future);
    // Dropping it would wait for every thread that is in the middle of something, however long that takes.
    runtime.shutdown_background();
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_end_does_not_wait_for_a_thread_that_is_busy() {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (begun, has_begun) = std::sync::mpsc::channel();
        let done = block_on(async move {
            tokio::task::spawn_blocking(move || {
                begun.send(()).unwrap();
                held.recv()
            });
            tokio::task::spawn_blocking(move || has_begun.recv()).await
        });
        // Waiting for the thread would be waiting for what comes next.
        done.unwrap().unwrap().unwrap();
        release.send(()).unwrap();
    }

    #[test]
    fn every_flag_of_the_daemon_has_an_environment_variable() {
        for subcommand in ["serve", "check"] {
            let command = Cli::command();
            let command = command.find_subcommand(subcommand).unwrap();
            for argument in command.get_arguments().filter(|argument| argument.get_id() != "help") {
                let flag = argument.get_long().unwrap();
                let variable = argument.get_env().unwrap_or_else(|| panic!("--{flag} has none"));
                let expected = format!("ORGSYNC_{}", flag.replace('-', "_").to_uppercase());
                assert_eq!(variable.to_str().unwrap(), expected);
            }
        }
    }
}
