//! `cargo xtask build`: builds the daemon and every plugin under plugins/, and puts the plugins'
//! libraries into plugins/; with --release, the daemon into target/dist. A library is copied beside its place and then renamed into it: a running
//! daemon watches the folder and must never see half a file, nor have a mapped one overwritten.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::distribution;
use crate::workspace::{self, Target};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Build what is handed out: with optimisations, and with debug information in files of its own
    #[arg(long)]
    release: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Profile {
    Debug,
    /// Optimised, to be measured here.
    Release,
    /// The same to be handed out, into `target/dist`.
    Distribution,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    /// The daemon and the plugins under plugins/.
    Product,
    /// The whole workspace, so also the plugins that only tests load.
    Everything,
}

/// What a build left behind.
#[derive(Debug)]
pub(crate) struct Built {
    /// The `orgsync` binary.
    pub(crate) daemon: PathBuf,
    /// The libraries now in plugins/.
    pub(crate) plugins: Vec<PathBuf>,
}

/// One line of `cargo build --message-format json`; other reasons have other fields.
#[derive(Debug, Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
}

/// The files among a build's artifacts that matter here.
#[derive(Debug, Default)]
struct Artifacts {
    daemon: Option<PathBuf>,
    libraries: BTreeSet<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let profile = if args.release { Profile::Distribution } else { Profile::Debug };
    let built = build(profile, Scope::Product)?;
    println!("{}", built.daemon.display());
    for plugin in built.plugins {
        println!("{}", plugin.display());
    }
    Ok(())
}

/// Builds, and puts the libraries of the plugins under plugins/ into plugins/.
pub(crate) fn build(profile: Profile, scope: Scope) -> Result<Built> {
    let plugins_dir = workspace::root().join("plugins");
    let mut cargo = workspace::cargo(["build", "--message-format", "json-render-diagnostics"]);
    match profile {
        Profile::Debug => {}
        Profile::Release => drop(cargo.arg("--release")),
        Profile::Distribution => distribution::harden(cargo.arg("--release")),
    }
    match scope {
        Scope::Everything => drop(cargo.arg("--workspace")),
        Scope::Product => {
            cargo.args(["--package", "orgsync"]);
            let metadata = workspace::metadata()?;
            for package in metadata.packages.iter().filter(|p| p.is_plugin() && p.is_under(&plugins_dir)) {
                cargo.args(["--package", &package.name]);
            }
        }
    }
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("failed to start cargo build")?;
    let stdout = child.stdout.take().context("cargo build has no stdout")?;
    let mut artifacts = Artifacts::default();
    for line in BufReader::new(stdout).lines() {
        artifacts.take(&line.context("failed to read what cargo build prints")?, &plugins_dir)?;
    }
    let status = child.wait().context("failed to wait for cargo build")?;
    ensure!(status.success(), "cargo build failed ({status})");

    let Some(mut daemon) = artifacts.daemon else { bail!("cargo build made no binary `orgsync`") };
    let mut libraries: Vec<PathBuf> = artifacts.libraries.into_iter().collect();
    if let Profile::Distribution = profile {
        let place = workspace::metadata()?.target_directory.join("dist");
        daemon = distribution::strip_into(&daemon, &place)?;
        for library in &mut libraries {
            *library = distribution::strip_into(library, &place)?;
            // What a plugin says of itself is in a section of its own, and must have survived.
            workspace::run(
                Command::new(&daemon).args(["plugin", "inspect"]).arg(&library).stdout(Stdio::null()),
            )?;
        }
    }
    let installed = libraries.iter().map(|library| install(library, &plugins_dir));
    Ok(Built { daemon, plugins: installed.collect::<Result<_>>()? })
}

impl Artifacts {
    /// Takes note of what one line of cargo's messages says was built.
    fn take(&mut self, line: &str, plugins_dir: &Path) -> Result<()> {
        // Build scripts may print lines of their own between cargo's.
        if !line.starts_with('{') {
            return Ok(());
        }
        let message: Message =
            serde_json::from_str(line).with_context(|| format!("failed to read cargo's message {line}"))?;
        if message.reason != "compiler-artifact" {
            return Ok(());
        }
        if let Some(binary) =
            message.executable.filter(|file| file.file_name().is_some_and(|n| n == "orgsync"))
        {
            self.daemon = Some(binary);
        }
        let is_library = message.target.is_some_and(|target| target.is_cdylib());
        if is_library && message.manifest_path.is_some_and(|manifest| manifest.starts_with(plugins_dir)) {
            let is_shared = |file: &PathBuf| file.extension().is_some_and(|ext| ext == "so");
            self.libraries.extend(message.filenames.into_iter().filter(is_shared));
        }
        Ok(())
    }
}

/// Puts a library into a folder by copy and rename; gives its new path.
fn install(library: &Path, folder: &Path) -> Result<PathBuf> {
    let name = library.file_name().with_context(|| format!("{} has no file name", library.display()))?;
    let place = folder.join(name);
    // Hidden, and not ending in .so: whoever watches the folder takes it for no plugin.
    let passing = folder.join(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let copied = fs::copy(library, &passing).and_then(|_| fs::rename(&passing, &place));
    if copied.is_err() {
        // What is left of the copy is of no use; the error that counts is the first.
        let _ = fs::remove_file(&passing);
    }
    copied.with_context(|| format!("failed to put {} into {}", library.display(), folder.display()))?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(lines: &[&str]) -> Artifacts {
        let mut artifacts = Artifacts::default();
        for line in lines {
            artifacts.take(line, Path::new("/w/plugins")).unwrap();
        }
        artifacts
    }

    #[test]
    fn finds_the_daemon_and_the_plugins_own_libraries() {
        let artifacts = taken(&[
            "a build script's own words",
            r#"{"reason":"build-script-executed","package_id":"x"}"#,
            r#"{"reason":"compiler-artifact","manifest_path":"/w/host/Cargo.toml","target":{"kind":["bin"],"name":"orgsync"},"filenames":["/t/orgsync"],"executable":"/t/orgsync"}"#,
            r#"{"reason":"compiler-artifact","manifest_path":"/w/xtask/Cargo.toml","target":{"kind":["bin"],"name":"xtask"},"filenames":["/t/xtask"],"executable":"/t/xtask"}"#,
            r#"{"reason":"compiler-artifact","manifest_path":"/w/plugins/files/Cargo.toml","target":{"kind":["cdylib","rlib"],"name":"files"},"filenames":["/t/libfiles.so","/t/libfiles.rlib"],"executable":null}"#,
            r#"{"reason":"compiler-artifact","manifest_path":"/w/tests/bad-plugins/hogs/Cargo.toml","target":{"kind":["cdylib"],"name":"hogs"},"filenames":["/t/libhogs.so"],"executable":null}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ]);
        assert_eq!(artifacts.daemon, Some(PathBuf::from("/t/orgsync")));
        assert_eq!(artifacts.libraries, BTreeSet::from([PathBuf::from("/t/libfiles.so")]));
    }

    #[test]
    fn a_message_that_is_no_json_is_an_error() {
        assert!(Artifacts::default().take("{half", Path::new("/w/plugins")).is_err());
    }

    #[test]
    fn a_library_takes_the_place_of_the_old_one_and_leaves_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let (library, folder) = (dir.path().join("libx.so"), dir.path().join("plugins"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("libx.so"), "old").unwrap();
        fs::write(&library, "new").unwrap();
        assert_eq!(install(&library, &folder).unwrap(), folder.join("libx.so"));
        assert_eq!(fs::read_to_string(folder.join("libx.so")).unwrap(), "new");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_library_that_cannot_be_put_in_place_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = install(&dir.path().join("liby.so"), dir.path()).unwrap_err();
        assert!(error.to_string().contains("liby.so"), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
