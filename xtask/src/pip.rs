//! Tools that PyPI has and cargo can't build. Each is installed by pip into a folder of its own under
//! `target/tools`, in exactly the versions that its pins say: all of them, as pip looks for no others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace;

/// What is remembered in a folder of what was installed into it.
const PINS: &str = "pins.txt";

/// The folder of a tool.
pub(crate) fn folder(tool: &str) -> Result<PathBuf> {
    Ok(workspace::metadata()?.target_directory.join("tools").join(tool))
}

/// Installs `pins`, in the format of a requirements file, unless just these are there already. What is
/// there is complete: it is installed beside its place, and renamed into it.
pub(crate) fn install(tool: &str, pins: &str) -> Result<PathBuf> {
    let folder = folder(tool)?;
    if is_installed(&folder, pins) {
        return Ok(folder);
    }
    println!("installing {tool} into {}", folder.display());
    let fresh = folder.with_extension("new");
    for old in [&fresh, &folder] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("failed to remove {}", old.display()))?;
        }
    }
    fs::create_dir_all(&fresh).with_context(|| format!("failed to create {}", fresh.display()))?;
    let list = fresh.join(PINS);
    fs::write(&list, pins).with_context(|| format!("failed to write {}", list.display()))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--upgrade"]);
    pip.args(["--disable-pip-version-check", "--retries", "2"]);
    // As root, pip warns of a thing that does not concern a folder of its own.
    pip.args(["--root-user-action", "ignore", "--target"]).arg(&fresh).arg("--requirement").arg(&list);
    workspace::run(&mut pip).with_context(|| format!("failed to install {tool} by pip"))?;
    fs::rename(&fresh, &folder).with_context(|| format!("failed to put {tool} in its place"))?;
    Ok(folder)
}

/// Whether a folder holds just this.
pub(crate) fn is_installed(folder: &Path, pins: &str) -> bool {
    fs::read_to_string(folder.join(PINS)).is_ok_and(|installed| installed == pins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_pins_are_installed_already() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_installed(folder.path(), "a==1\n"));
        fs::write(folder.path().join(PINS), "a==1\n").unwrap();
        assert!(is_installed(folder.path(), "a==1\n"));
        assert!(!is_installed(folder.path(), "a==2\n"));
    }
}
