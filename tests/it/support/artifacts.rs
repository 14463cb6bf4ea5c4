//! The `orgsync` binary and the plugins, built once in the profile of the tests.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

const PACKAGES: &[&str] = &[
    "orgsync",
    "orgsync-files",
    "orgsync-hostile",
    "orgsync-ldap",
    "orgsync-misbehaves",
    "orgsync-newer-api",
    "orgsync-no-manifest",
    "orgsync-wrong-abi",
    "orgsync-no-module",
    "orgsync-scim",
    "orgsync-webhook",
    "orgsync-dies-on-load",
    "orgsync-nonconforming",
    "orgsync-shabby-manifest",
];

/// The `orgsync` binary.
pub(crate) fn orgsync() -> PathBuf {
    artifact("orgsync")
}

/// The library of a plugin: `plugin("files")` is `liborgsync_files.so`.
pub(crate) fn plugin(name: &str) -> PathBuf {
    artifact(&format!("orgsync-{name}"))
}

/// The library of a vendor who built it with the first release of plugin-api: tests/golden-plugin, which is a
/// workspace of its own.
pub(crate) fn golden() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden-plugin");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--release", "--locked", "--target-dir"]).arg(&target);
        // The flags are the vendor's, and not those of whoever runs the tests.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").current_dir(sources);
        assert!(cargo.status().unwrap().success(), "building the golden plugin failed");
        target.join("release/libgolden.so")
    };
    BUILT.get_or_init(build).clone()
}

fn artifact(package: &str) -> PathBuf {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    BUILT.get_or_init(build).get(package).unwrap_or_else(|| panic!("{package} was not built")).clone()
}

fn build() -> HashMap<String, PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--message-format=json-render-diagnostics"]);
    cargo.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // What cargo tells the tests of their own package is none of this build's business: dependencies that look at
    // it (ring) would be built anew each time, and all that is made of them.
    let own = std::env::vars_os().map(|(name, _)| name);
    own.filter(|name| is_about_a_package(&name.to_string_lossy())).for_each(|name| {
        cargo.env_remove(name);
    });
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "building the artifacts failed");
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter_map(|message| {
            let package =
                PACKAGES.iter().find(|package| message["target"]["name"] == package_target(package))?;
            let library = || {
                message["filenames"]
                    .as_array()?
                    .iter()
                    .find_map(|file| file.as_str()?.ends_with(".so").then_some(file))
            };
            let file = message.get("executable").filter(|path| path.is_string()).or_else(library)?;
            Some(((*package).to_owned(), PathBuf::from(file.as_str()?)))
        })
        .collect()
}

/// Whether cargo sets a variable for one package only.
fn is_about_a_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// Libraries are called by their crate's name, binaries by their package's.
fn package_target(package: &str) -> String {
    package.replace('-', "_")
}
