//! What every command needs to know of the workspace: its root, its packages and target directory
//! (as `cargo metadata` tells them), and how a program is run in it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// The part of `cargo metadata` that the commands use.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) target_directory: PathBuf,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

impl Package {
    /// Whether the package builds a library that the daemon could load.
    pub(crate) fn is_plugin(&self) -> bool {
        self.targets.iter().any(Target::is_cdylib)
    }

    /// Whether the package lies somewhere under `folder`.
    pub(crate) fn is_under(&self, folder: &Path) -> bool {
        self.manifest_path.starts_with(folder)
    }
}

impl Target {
    pub(crate) fn is_cdylib(&self) -> bool {
        self.kind.iter().any(|kind| kind == "cdylib")
    }
}

/// The workspace's root. Cargo says where xtask lies when it runs it; the path known at compile time
/// serves when the binary is started by itself.
pub(crate) fn root() -> PathBuf {
    let manifest_dir = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest_dir.parent().map(Path::to_path_buf).unwrap_or(manifest_dir)
}

/// A command line of the cargo that runs xtask, in the workspace's root.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Asks cargo for the workspace's own packages, leaving out its dependencies.
pub(crate) fn metadata() -> Result<Metadata> {
    let output = cargo(["metadata", "--format-version", "1", "--no-deps"])
        .stderr(Stdio::inherit())
        .output()
        .context("failed to run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed ({})", output.status);
    serde_json::from_slice(&output.stdout).context("failed to read what cargo metadata printed")
}

/// Runs a command to its end; its exit code other than 0 is an error that names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("failed to start {}", words(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", words(command));
    }
    Ok(())
}

/// The file that `program` names, by its path or on PATH, or in the folders of system programs, which are not on
/// everybody's PATH though servers live there.
pub(crate) fn find_program(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn words(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace_manifest() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"), "{manifest}");
    }

    #[test]
    fn the_metadata_names_the_daemon_and_xtask() {
        let metadata = metadata().unwrap();
        for name in ["orgsync", "xtask"] {
            assert!(metadata.packages.iter().any(|package| package.name == name), "{name} is missing");
        }
    }

    #[test]
    fn a_failing_program_is_an_error_that_names_it() {
        let error = run(Command::new("false").arg("--now")).unwrap_err();
        assert_eq!(error.to_string(), "`false --now` failed (exit status: 1)");
        assert!(run(&mut Command::new("true")).is_ok());
    }

    #[test]
    fn programs_are_found_by_name() {
        assert!(find_program("sh").is_some());
        assert_eq!(find_program("/proc/self/stat"), Some(PathBuf::from("/proc/self/stat")));
        assert_eq!(find_program("no-such-program-anywhere"), None);
    }
}
