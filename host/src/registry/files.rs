//! What is on the disk: `plugins.toml`, the libraries it lists and those it doesn't, and what each says of
//! itself. Everything here blocks.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use orgsync_plugin_api::manifest::Manifest;

use super::inspect::{self, inspect_bytes, sha256};
use super::plugins_toml::{self, Listed, PluginsTomlError};
use super::store::Store;

/// What is on the disk.
pub(super) struct Found {
    pub(super) listed: Result<Option<Vec<Listed>>, PluginsTomlError>,
    pub(super) unlisted: Vec<PathBuf>,
    pub(super) files: HashMap<PathBuf, Facts>,
}

/// What reading a file told, for as long as its stamp stays the same.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub(super) stamp: Stamp,
    pub(super) sha256: Option<String>,
    pub(super) manifest: Result<Manifest, String>,
}

/// What changes whenever a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    pub(super) size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Reads `plugins.toml`, and of the files those that changed.
pub(super) fn look(plugins_toml: &Path, mut known: HashMap<PathBuf, Facts>) -> Found {
    let listed = plugins_toml::read(plugins_toml);
    let Ok(present) = &listed else { return Found { listed, unlisted: Vec::new(), files: known } };
    let paths: Vec<PathBuf> = present.iter().flatten().map(|listed| listed.path.clone()).collect();
    let unlisted = unlisted(plugins_toml, &paths);
    let mut files = HashMap::new();
    for path in paths.iter().chain(&unlisted) {
        if files.contains_key(path) {
            continue;
        }
        let Ok(stamp) = fs::metadata(path).map(|metadata| Stamp::of(&metadata)) else { continue };
        let facts = known.remove(path).filter(|facts| facts.stamp == stamp);
        files.insert(path.clone(), facts.unwrap_or_else(|| learn(path, stamp)));
    }
    Found { listed, unlisted, files }
}

/// Puts a copy of the library into the store, unless it is there and whole.
pub(super) fn copy(store: &Store, expected: &str, path: &Path) -> Result<PathBuf, String> {
    let copy = store.path(expected);
    if fs::read(&copy).is_ok_and(|bytes| sha256(&bytes) == expected) {
        return Ok(copy);
    }
    let bytes = fs::read(path).map_err(|error| format!("can't be read: {error}"))?;
    if sha256(&bytes) != expected {
        return Err("it changed while it was being read; it is looked at again at the next rescan".into());
    }
    store.keep(expected, &bytes).map_err(|error| format!("can't be copied to {}: {error}", copy.display()))
}

fn learn(path: &Path, stamp: Stamp) -> Facts {
    match inspect::read(path) {
        Ok(bytes) => {
            let inspected = inspect_bytes(&bytes);
            let manifest = inspected.map(|inspection| inspection.manifest).map_err(|fault| fault.to_string());
            Facts { stamp, sha256: Some(sha256(&bytes)), manifest }
        }
        Err(fault) => Facts { stamp, sha256: None, manifest: Err(fault.to_string()) },
    }
}

/// The libraries in `plugins/` beside `plugins.toml` that it doesn't list, by name.
fn unlisted(plugins_toml: &Path, listed: &[PathBuf]) -> Vec<PathBuf> {
    let listed: BTreeSet<PathBuf> = listed.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let directory = plugins_toml.parent().unwrap_or(Path::new("")).join("plugins");
    // There need not be such a directory.
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "so") && path.is_file())
        .filter(|path| path.canonicalize().is_ok_and(|real| !listed.contains(&real)))
        .collect();
    paths.sort();
    paths
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}
