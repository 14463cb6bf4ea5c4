//! Reads what a library says of itself without running it: its ELF header and the section with its manifest.
//! Truncated and mangled files are refused here, before `dlopen` could crash on them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use object::{Architecture, Object, ObjectKind, ObjectSection, ReadCache, ReadRef};
use orgsync_plugin_api::manifest::{ABI_VERSION, Manifest, SECTION};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::worker::display_size;

/// No plugin has more bytes.
const MAX_SIZE: u64 = 1 << 30;
/// No manifest has more bytes: it is held for every plugin, and shown.
const MAX_MANIFEST: u64 = 1 << 20;
/// Where an ELF file says for which system it is.
const OS_ABI: usize = 7;

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
    /// It is no file that has an end.
    #[error("it is {0}, not a file")]
    NotFile(&'static str),
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than any library.
    #[error("it has {}, more than any plugin ({})", display_size(*.0), display_size(MAX_SIZE))]
    TooLarge(u64),
    /// It isn't ELF at all.
    #[error("not an ELF file{}", .0.map(|what| format!(", but {what}")).unwrap_or_default())]
    NotElf(Option<&'static str>),
    /// It begins like an ELF file.
    #[error("a damaged ELF file: {0}")]
    Damaged(String),
    /// It is an executable, say.
    #[error("not a shared library")]
    NotLibrary,
    /// It is built for other systems than this one.
    #[error("built for {0}, and this host is for little-endian Linux")]
    System(String),
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
        let sha256 = digest(open(path)?, |_| Ok(()))?;
        inspect_file(open(path)?, sha256)
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

/// Opens what may be a library: a file of bounded size, and nothing that never ends, such as a device or pipe.
pub(super) fn open(path: &Path) -> Result<File, Fault> {
    let kind = fs::metadata(path)?;
    match kind.file_type() {
        kind if kind.is_dir() => return Err(Fault::NotFile("a directory")),
        kind if !kind.is_file() => return Err(Fault::NotFile("a device, pipe or socket")),
        _ if kind.len() > MAX_SIZE => return Err(Fault::TooLarge(kind.len())),
        _ => {}
    }
    Ok(File::open(path)?)
}

/// Everything but size and SHA-256.
fn inspect_data<'data>(data: impl ReadRef<'data>) -> Result<Inspection, Fault> {
    let begin = data.read_bytes_at(0, data.len().unwrap_or_default().min(16)).unwrap_or_default();
    if begin.is_empty() {
        return Err(Fault::Empty);
    }
    if !begin.starts_with(b"\x7fELF") {
        return Err(Fault::NotElf(guess(begin)));
    }
    let damaged = |error: object::Error| Fault::Damaged(error.to_string().to_lowercase());
    let file = object::File::parse(data).map_err(damaged)?;
    let architecture = name_of(file.architecture());
    if architecture != std::env::consts::ARCH {
        return Err(Fault::Architecture { found: architecture });
    }
    if let Some(system) = other_system(&file, begin) {
        return Err(Fault::System(system));
    }
    if file.kind() != ObjectKind::Dynamic {
        return Err(Fault::NotLibrary);
    }
    let section = file.section_by_name(SECTION).ok_or(Fault::NoManifest)?;
    if section.size() > MAX_MANIFEST {
        let (size, most) = (display_size(section.size()), display_size(MAX_MANIFEST));
        return Err(Fault::Manifest(format!("it has {size}, more than any manifest may have ({most})")));
    }
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

/// What the first bytes of a file are known for.
fn guess(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 8] = [
        (b"MZ", "a library or program for Windows"),
        (b"\xcf\xfa\xed\xfe", "a library or program for macOS"),
        (b"\xca\xfe\xba\xbe", "a library or program for macOS"),
        (b"!<arch>\n", "a static library: a plugin is built with crate-type = [\"cdylib\"]"),
        (b"#!", "a script"),
        (b"PK\x03\x04", "an archive: unpack it first"),
        (b"\x1f\x8b", "compressed: unpack it first"),
        (b"\x28\xb5\x2f\xfd", "compressed: unpack it first"),
    ];
    KNOWN.into_iter().find(|(begin, _)| bytes.starts_with(begin)).map(|(_, what)| what)
}

/// What else than this system a library for this processor is built for, if it is.
fn other_system<'data>(file: &object::File<'data, impl ReadRef<'data>>, bytes: &[u8]) -> Option<String> {
    if !file.is_little_endian() {
        return Some("big-endian computers".into());
    }
    match bytes.get(OS_ABI) {
        // System V, which says nothing, and GNU/Linux.
        Some(0 | 3) | None => None,
        Some(2) => Some("NetBSD".into()),
        Some(6) => Some("Solaris".into()),
        Some(9) => Some("FreeBSD".into()),
        Some(12) => Some("OpenBSD".into()),
        Some(other) => Some(format!("another system (ELF OS ABI {other})")),
    }
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
        check(b"", "the file is empty");
        check(b"hello", "not an ELF file");
        check(b"#!/bin/sh", "not an ELF file, but a script");
        check(b"MZ\x90", "not an ELF file, but a library or program for Windows");
        check(
            b"!<arch>\n",
            "not an ELF file, but a static library: a plugin is built with crate-type = [\"cdylib\"]",
        );
        let program = fs::read("/proc/self/exe").unwrap();
        check(&program, "no orgsync plugin: it has no section .orgsync.manifest");
        let mut foreign = program;
        let machine: u16 = if cfg!(target_arch = "aarch64") { 62 } else { 183 };
        foreign[18..20].copy_from_slice(&machine.to_le_bytes());
        let found = if cfg!(target_arch = "aarch64") { "x86_64" } else { "aarch64" };
        check(&foreign, &format!("built for {found}, and this host is {}", std::env::consts::ARCH));
        let mut other = fs::read("/proc/self/exe").unwrap();
        for (os_abi, expected) in [(9, "FreeBSD"), (200, "another system (ELF OS ABI 200)")] {
            other[OS_ABI] = os_abi;
            check(&other, &format!("built for {expected}, and this host is for little-endian Linux"));
        }
    }

    /// An ELF file that has a header and nothing else, for this processor.
    fn header(class: u8, kind: u8) -> Vec<u8> {
        let machine: u16 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
        let length = if class == 1 { 52 } else { 64 };
        let mut bytes = vec![0; length];
        bytes[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1, 1]);
        bytes[16] = kind;
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes[20] = 1;
        let at = if class == 1 { 40 } else { 52 };
        bytes[at] = u8::try_from(length).unwrap();
        bytes
    }

    #[test]
    fn what_has_a_header_is_told_by_it() {
        let narrow = if cfg!(target_arch = "aarch64") { "aarch64_ilp32" } else { "x86_64_x32" };
        check(&header(1, 3), &format!("built for {narrow}, and this host is {}", std::env::consts::ARCH));
        check(&header(2, 1), "not a shared library");
        check(&header(2, 4), "not a shared library");
        check(&header(2, 3), "no orgsync plugin: it has no section .orgsync.manifest");
    }

    #[test]
    fn what_is_no_file_is_not_read() {
        let check = |path: &str, expected: &str| {
            assert_eq!(inspect(Path::new(path)).unwrap_err().to_string(), format!("{path}: {expected}"));
        };
        check("/dev/zero", "it is a device, pipe or socket, not a file");
        check("/proc", "it is a directory, not a file");
        check("/nonexistent", "can't be read: No such file or directory (os error 2)");
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
