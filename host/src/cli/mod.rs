//! The command line: one file per subcommand. Exit code 0 is success, 1 a failure that is said on
//! standard error, 2 a wrong call.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to its user")]

mod check;
mod client;
mod plugin;
mod push;
mod serve;
mod settings;
mod sync;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    let done = match Cli::parse().command {
        Command::Serve(args) => serve::run(args),
        Command::Check(args) => check::run(args),
        Command::Plugin(command) => plugin::run(command),
        Command::Sync(args) => sync::run(&args),
        Command::Push(args) => push::run(&args),
        Command::Token(command) => token::run(command),
        Command::Worker => return crate::worker::serve::run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("orgsync: {}", sentence(&error));
        ExitCode::FAILURE
    })
}

/// An error with its causes, each said once: most of ours name theirs already.
fn sentence(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said.as_str() {
        "" => cause,
        text if text.contains(&cause) => said,
        _ => format!("{said}: {cause}"),
    })
}

/// The hidden subcommand.
const WORKER: &str = "worker";

/// Runs a future on a runtime of its own.
fn block_on<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_cause_is_said_once() {
        let error = |text: &str| anyhow::anyhow!("no such file").context(text.to_owned());
        assert_eq!(sentence(&error("failed to read x: no such file")), "failed to read x: no such file");
        assert_eq!(sentence(&error("failed to read x")), "failed to read x: no such file");
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
