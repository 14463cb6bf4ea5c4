//! What makes a release build fit to be handed out: no paths of the machine that built it, checks in the parts that
//! are C, and debug information in files of its own. The flags are given here and not in `.cargo/config.toml`,
//! because they name directories.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace;

/// What the C parts (SQLite, zstd, ring) are compiled with: a stack protector, and bounds of the C library's
/// functions where the compiler knows them (glibc's manual, "Source Fortification").
const CHECKS: &str = "-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2";
/// What separates flags in `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: &str = "\u{1f}";

/// Gives cargo the flags of a build that is handed out, beside those that are set already.
pub(crate) fn harden(cargo: &mut Command) {
    let places = places();
    let remap = places.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    let mut rust: Vec<String> = match (env::var("CARGO_ENCODED_RUSTFLAGS"), env::var("RUSTFLAGS")) {
        (Ok(encoded), _) if !encoded.is_empty() => encoded.split(SEPARATOR).map(str::to_owned).collect(),
        (_, Ok(plain)) => plain.split_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    rust.extend(remap);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rust.join(SEPARATOR));
    let map = places.iter().map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display()));
    let given = env::var("CFLAGS").unwrap_or_default();
    let c: Vec<String> = [given, CHECKS.to_owned()].into_iter().chain(map).collect();
    cargo.env("CFLAGS", c.join(" ").trim());
}

/// The directories whose names get into binaries, and what stands for them there.
fn places() -> Vec<(PathBuf, &'static str)> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| home.map(|home| home.join(".cargo")));
    let mut places = vec![(workspace::root(), "orgsync")];
    places.extend(cargo.map(|cargo| (cargo.join("registry/src"), "crates")));
    places
}

/// Puts a binary or library without symbols and debug information into a directory, and these into a file beside it
/// that its name and a link in it lead to (`NAME.debug`); gives the path of the former.
pub(crate) fn strip_into(file: &Path, directory: &Path) -> Result<PathBuf> {
    let name = file.file_name().with_context(|| format!("{} has no file name", file.display()))?;
    fs::create_dir_all(directory).with_context(|| format!("failed to make {}", directory.display()))?;
    let stripped = directory.join(name);
    let mut debug_name = name.to_owned();
    debug_name.push(".debug");
    // A file that runs can't be written, but it can be replaced.
    for old in [&stripped, &directory.join(&debug_name)] {
        let removed = fs::remove_file(old);
        if removed.as_ref().is_err_and(|reason| reason.kind() != std::io::ErrorKind::NotFound) {
            removed.with_context(|| format!("failed to replace {}", old.display()))?;
        }
    }
    objcopy(directory, &["--only-keep-debug".into(), file.into(), debug_name.clone()])?;
    let mut link = OsString::from("--add-gnu-debuglink=");
    link.push(&debug_name);
    objcopy(directory, &["--strip-all".into(), link, file.into(), name.to_owned()])?;
    Ok(stripped)
}

fn objcopy(directory: &Path, arguments: &[OsString]) -> Result<()> {
    let program = env::var_os("OBJCOPY").unwrap_or_else(|| OsStr::new("objcopy").to_owned());
    workspace::run(Command::new(program).args(arguments).current_dir(directory)).context(
        "objcopy is a part of binutils; the variable OBJCOPY may name another one, such as llvm-objcopy",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(command: &Command, name: &str) -> String {
        let value = command.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value);
        value.unwrap().to_str().unwrap().to_owned()
    }

    #[test]
    fn no_flag_is_lost_and_no_place_is_left() {
        let mut cargo = Command::new("cargo");
        harden(&mut cargo);
        let (rust, c) = (environment(&cargo, "CARGO_ENCODED_RUSTFLAGS"), environment(&cargo, "CFLAGS"));
        let root = workspace::root();
        assert!(rust.contains(&format!("--remap-path-prefix={}=orgsync", root.display())), "{rust}");
        assert!(c.contains(&format!("-ffile-prefix-map={}=orgsync", root.display())), "{c}");
        assert!(c.contains("-fstack-protector-strong") && c.contains("_FORTIFY_SOURCE=2"), "{c}");
    }

    #[test]
    fn debug_information_lies_beside_what_is_handed_out() {
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("whole");
        fs::copy(env::current_exe().unwrap(), &program).unwrap();
        let place = directory.path().join("dist");
        for _ in 0..2 {
            let stripped = strip_into(&program, &place).unwrap();
            let size = |path: &Path| fs::metadata(path).unwrap().len();
            assert!(size(&stripped) * 2 < size(&program), "{} is not stripped", stripped.display());
            assert!(size(&place.join("whole.debug")) > size(&stripped));
            let runs = Command::new(&stripped).arg("--list").output().unwrap();
            assert!(runs.status.success());
            let bytes = fs::read(&stripped).unwrap();
            assert!(bytes.windows(11).any(|window| window == b"whole.debug"));
        }
    }
}
