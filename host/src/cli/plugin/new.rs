//! `orgsync plugin new`: the crate of a new plugin, in a directory of its own. It is written beside its place and then
//! renamed into it, so that nobody finds half of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};

use crate::cli::output;

use super::template::{self, Values};

/// Start a plugin: a crate that builds, has tests, and passes `orgsync plugin test`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// What the crate is called, and what it offers: lowercase letters, digits and hyphens
    name: String,
    /// What it offers
    #[arg(long, value_enum, default_value_t = Kind::Source)]
    kind: Kind,
    /// The directory to make; by default one of the plugin's name, here
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Who makes it, as operators see it
    #[arg(long, default_value = "unnamed vendor")]
    vendor: String,
    /// The directory of orgsync-plugin-api to depend on; by default a copy is put into the crate
    #[arg(long, value_name = "DIR")]
    api_path: Option<PathBuf>,
}

/// What a plugin offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Kind {
    /// A system that users and departments come from
    Source,
    /// A system that changes go to
    Target,
    /// One of each
    Both,
}

/// Names that mean something else to orgsync, to cargo or to Rust.
const TAKEN: [&str; 14] = [
    "api",
    "users",
    "departments",
    "test",
    "core",
    "std",
    "alloc",
    "proc-macro",
    "serde",
    "schemars",
    "crate",
    "self",
    "super",
    "orgsync-plugin-api",
];
/// The longest name.
const LONGEST: usize = 64;

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Args { name, kind, path, vendor, api_path } = args;
    check_name(name)?;
    let place = path.clone().unwrap_or_else(|| name.into());
    let api = api_path.as_deref().map(api_place).transpose()?;
    let values = Values { name, vendor, kind: *kind, api: api.as_deref() };
    write(&place, &template::files(&values))?;
    output::line(format_args!("{} is a plugin now. Try it:", place.display()))?;
    output::line("")?;
    output::line(format_args!("  cd {}", place.display()))?;
    output::line("  cargo test")?;
    output::line("  cargo build --release")?;
    if *kind != Kind::Source {
        output::line("  mkdir -p target/outbox")?;
    }
    output::line(format_args!(
        "  orgsync plugin test target/release/{} --options options.toml",
        template::library(name)
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn check_name(name: &str) -> anyhow::Result<()> {
    let letter_first = name.starts_with(|first: char| first.is_ascii_lowercase());
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    ensure!(
        letter_first && plain && !name.ends_with('-') && !name.contains("--") && name.len() <= LONGEST,
        "`{name}` is no name for a plugin: it takes lowercase letters, digits and single hyphens between them, \
         begins with a letter and has {LONGEST} of them at most, such as `acme-hr`"
    );
    ensure!(
        !TAKEN.contains(&name),
        "`{name}` means something else already; take another name, such as `acme-{name}`"
    );
    Ok(())
}

/// The directory of plugin-api, from wherever the crate lies.
fn api_place(path: &Path) -> anyhow::Result<String> {
    let manifest = fs::read_to_string(path.join("Cargo.toml"))
        .with_context(|| format!("--api-path {} is no crate", path.display()))?;
    let is_api = manifest.lines().any(|line| line.trim() == "name = \"orgsync-plugin-api\"");
    ensure!(is_api, "--api-path {} is not the crate orgsync-plugin-api", path.display());
    let whole = path.canonicalize().with_context(|| format!("failed to find {}", path.display()))?;
    match whole.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => bail!("--api-path {} is not UTF-8, as Cargo.toml has to be", whole.display()),
    }
}

/// Writes the files into a directory that is not there yet.
fn write(place: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    ensure!(!place.exists(), "{} exists already: name another directory with --path", place.display());
    let parent = match place.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let failed = || format!("failed to write {}", place.display());
    let passing = tempfile::Builder::new().prefix(".orgsync-new-").tempdir_in(parent).with_context(failed)?;
    // Inside, so that it gets the rights of any new directory.
    let crate_dir = passing.path().join("crate");
    for (path, text) in files {
        let path = crate_dir.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(failed)?;
        }
        fs::write(&path, text).with_context(failed)?;
    }
    fs::rename(&crate_dir, place).with_context(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_offers_and_crates() {
        let good = |name: &str| check_name(name).is_ok();
        assert!(good("acme") && good("acme-hr2") && good(&"a".repeat(64)));
        for bad in
            ["", "Acme", "acme_hr", "2acme", "acme-", "a--b", "ac me", "../x", "test", "api", &"a".repeat(65)]
        {
            assert!(!good(bad), "{bad}");
        }
    }

    #[test]
    fn nothing_is_left_of_what_could_not_be_written() {
        let dir = tempfile::tempdir().unwrap();
        // The second file can't be written below the first.
        let files = [("a".to_owned(), String::new()), ("a/b".to_owned(), String::new())];
        assert!(write(&dir.path().join("acme"), &files).is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let error = write(dir.path(), &files[..1]).unwrap_err().to_string();
        assert!(error.ends_with("exists already: name another directory with --path"), "{error}");
    }
}
