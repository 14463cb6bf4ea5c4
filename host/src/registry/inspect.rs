//! Reads what a library says of itself without running it: its ELF header and the section with its manifest.
//! Truncated and mangled files are refused here, before `dlopen` could crash on them.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use object::{Architecture, Object, ObjectKind, ObjectSection, ReadCache, ReadRef};
use orgsync_plugin_api::manifest::{ABI_VERSION, Manifest, SECTION};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a library says of itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// Its manifest.
    pub manifest: Manifest,
    /// The processor it is built for, such as `x86_64`.
    pub architecture: String,
    /// The plugin ABI it is built for.
    pub abi: u32,
    /// The file's SHA-256 in lowercase hexadecimal.
    pub sha256: String,
    /// The file's size in bytes.
    pub size: u64,
}

/// Why a file is no plugin that this host can use.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct InspectError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It can't be read.
    #[error("can't be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It isn't ELF at all.
    #[error("not an ELF file")]
    NotElf,
    /// It begins like an ELF file.
    #[error("a damaged ELF file: {0}")]
    Damaged(String),
    /// It is an executable, say.
    #[error("not a shared library")]
    NotLibrary,
    /// It can't run here.
    #[error("built for {found}, and this host is {host}", host = std::env::consts::ARCH)]
    Architecture {
        /// What it can run on.
        found: String,
    },
    /// It wasn't built with `export_plugin!`.
    #[error("no orgsync plugin: it has no section {SECTION}")]
    NoManifest,
    /// Its manifest is no manifest.
    #[error("its manifest makes no sense: {0}")]
    Manifest(String),
    /// It was built for another plugin ABI.
    #[error("built for plugin ABI {found}, which isn't supported (this host: {ABI_VERSION})")]
    Abi {
        /// The ABI it was built for.
        found: u32,
    },
}

/// Reads a library without running it.
///
/// # Errors
/// One line that says what is wrong with the file.
pub fn inspect(path: &Path) -> Result<Inspection, InspectError> {
    let inspected = || {
        let sha256 = digest(File::open(path)?, |_| Ok(()))?;
        inspect_file(File::open(path)?, sha256)
    };
    inspected().map_err(|fault| InspectError { path: path.to_owned(), fault })
}

/// [`inspect`]s a file whose SHA-256 is known. Of a large one only what matters is read.
pub(super) fn inspect_file(file: File, sha256: String) -> Result<Inspection, Fault> {
    let size = file.metadata()?.len();
    let cache = ReadCache::new(file);
    Ok(Inspection { size, sha256, ..inspect_data(&cache)? })
}

/// SHA-256 in lowercase hexadecimal of everything that is read. Each piece is shown to `see`, so that a large file
/// is read once, and never held as a whole.
pub(super) fn digest(
    mut from: impl Read,
    mut see: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 128 << 10];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(hexadecimal(&hasher.finalize())),
            Ok(length) => {
                hasher.update(&piece[..length]);
                see(&piece[..length])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Everything but size and SHA-256.
fn inspect_data<'data>(data: impl ReadRef<'data>) -> Result<Inspection, Fault> {
    if data.read_bytes_at(0, 4) != Ok(b"\x7fELF") {
        return Err(Fault::NotElf);
    }
    let damaged = |error: object::Error| Fault::Damaged(error.to_string().to_lowercase());
    let file = object::File::parse(data).map_err(damaged)?;
    let architecture = name_of(file.architecture());
    if architecture != std::env::consts::ARCH {
        return Err(Fault::Architecture { found: architecture });
    }
    if file.kind() != ObjectKind::Dynamic {
        return Err(Fault::NotLibrary);
    }
    let section = file.section_by_name(SECTION).ok_or(Fault::NoManifest)?;
    let manifest = read_manifest(section.data().map_err(damaged)?)?;
    Ok(Inspection { abi: manifest.abi, manifest, architecture, sha256: String::new(), size: 0 })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// [`inspect`]s what was read already.
#[cfg(any(test, fuzzing))]
fn inspect_bytes(bytes: &[u8]) -> Result<Inspection, Fault> {
    let inspection = inspect_data(bytes)?;
    Ok(Inspection { sha256: sha256(bytes), size: bytes.len() as u64, ..inspection })
}

/// SHA-256 in lowercase hexadecimal.
#[cfg(any(test, fuzzing))]
fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The ABI version comes first: of a manifest for another ABI, nothing else need make sense.
fn read_manifest(bytes: &[u8]) -> Result<Manifest, Fault> {
    #[derive(Deserialize)]
    struct Abi {
        abi: u32,
    }

    let nonsense = |error: serde_json::Error| Fault::Manifest(error.to_string());
    let Abi { abi } = serde_json::from_slice(bytes).map_err(nonsense)?;
    if abi != ABI_VERSION {
        return Err(Fault::Abi { found: abi });
    }
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(nonsense)?;
    manifest.validate().map_err(Fault::Manifest)?;
    Ok(manifest)
}

/// As Rust calls it.
fn name_of(architecture: Architecture) -> String {
    match architecture {
        Architecture::I386 => "x86".into(),
        Architecture::Unknown => "an unknown processor".into(),
        other => format!("{other:?}").to_lowercase(),
    }
}

#[cfg(any(test, fuzzing))]
#[path = "inspect_fuzz.rs"]
pub(super) mod fuzz;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(inspect_bytes(bytes).unwrap_err().to_string(), expected);
    }

    fn check_manifest(json: &str, expected: &str) {
        assert_eq!(read_manifest(json.as_bytes()).unwrap_err().to_string(), expected);
    }

    #[test]
    fn what_is_no_plugin_says_why() {
        check(b"", "not an ELF file");
        check(b"#!/bin/sh", "not an ELF file");
        let program = fs::read("/proc/self/exe").unwrap();
        check(&program, "no orgsync plugin: it has no section .orgsync.manifest");
        let mut foreign = program;
        let machine: u16 = if cfg!(target_arch = "aarch64") { 62 } else { 183 };
        foreign[18..20].copy_from_slice(&machine.to_le_bytes());
        let found = if cfg!(target_arch = "aarch64") { "x86_64" } else { "aarch64" };
        check(&foreign, &format!("built for {found}, and this host is {}", std::env::consts::ARCH));
    }

    #[test]
    fn every_truncation_is_refused() {
        let program = fs::read("/proc/self/exe").unwrap();
        for length in [4, 16, 63, 64, 4096, program.len() / 2, program.len() - 1] {
            let fault = inspect_bytes(&program[..length]).unwrap_err();
            assert!(matches!(fault, Fault::Damaged(_)), "{length} bytes: {fault}");
        }
    }

    #[test]
    fn manifests_of_other_abis_need_not_make_sense() {
        check_manifest(r#"{"abi":99}"#, "built for plugin ABI 99, which isn't supported (this host: 1)");
        check_manifest("{", "its manifest makes no sense: EOF while parsing an object at line 1 column 1");
        check_manifest(
            r#"{"abi":1}"#,
            "its manifest makes no sense: missing field `name` at line 1 column 9",
        );
        check_manifest(
            r#"{"abi":1,"name":"n","version":"1","vendor":"v"}"#,
            "its manifest makes no sense: it offers neither a source nor a target",
        );
    }
}
