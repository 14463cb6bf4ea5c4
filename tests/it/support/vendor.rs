//! A vendor's machine: the toolchain, `orgsync` and crates that were fetched before. What is built of other people's
//! crates is kept under target/scaffolds and shared; a vendor's own directory there is emptied first.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::artifacts;

/// A directory to work in, and what commands find in their environment.
pub(crate) struct Vendor {
    directory: PathBuf,
    variables: Vec<(String, String)>,
}

/// What rustup and cargo are told by.
const KEPT: [&str; 4] = ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];

impl Vendor {
    /// One with an empty directory, which is this test's alone.
    pub(crate) fn new(name: &str) -> Self {
        let orgsync = artifacts::orgsync();
        let target = orgsync.parent().and_then(Path::parent).unwrap();
        let scaffolds = target.join("scaffolds");
        let directory = scaffolds.join(name);
        if directory.exists() {
            fs::remove_dir_all(&directory).unwrap();
        }
        let bin = directory.join("bin");
        fs::create_dir_all(&bin).unwrap();
        symlink(&orgsync, bin.join("orgsync")).unwrap();
        // Where target/ lies in the repository, its own settings would be found further up.
        for settings in ["rustfmt.toml", "clippy.toml"] {
            fs::write(directory.join(settings), "").unwrap();
        }
        let toolchain = Path::new(env!("CARGO")).parent().unwrap();
        let variable = |name: &str, value: String| (name.to_owned(), value);
        let kept = KEPT.iter().filter_map(|name| Some(variable(name, std::env::var(name).ok()?)));
        let mut variables: Vec<(String, String)> = kept.collect();
        variables.extend([
            variable("PATH", format!("{}:{}:/usr/bin:/bin", bin.display(), toolchain.display())),
            // Only what lies between comes here; what is built is where a vendor finds it.
            variable("CARGO_BUILD_BUILD_DIR", scaffolds.join("build").display().to_string()),
            variable("CARGO_NET_OFFLINE", "true".into()),
            // Nobody waits for the optimiser here.
            variable("CARGO_PROFILE_DEV_DEBUG", "0".into()),
            variable("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0".into()),
        ]);
        Self { directory, variables }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn command(&self, program: &str, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables.iter().cloned()).current_dir(directory).stdin(Stdio::null());
        command
    }

    /// Runs a program of the vendor's path to its end.
    pub(crate) fn run(&self, directory: &Path, words: &[&str]) -> Output {
        // Found by the shell, for the command would be looked for in this process's path.
        let mut command = self.command("sh", directory);
        command.args(["-c", "exec \"$@\"", "sh"]).args(words).output().unwrap()
    }
}
