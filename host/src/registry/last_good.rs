//! Which version of each plugin was good last, kept across restarts in `last-good.json` beside the copies:
//! `{"<plugin>":{"sha256":"…","minisig":"…"}}`. What it names is fallen back on when a plugin's file turns bad.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The last good versions by plugin name.
#[derive(Debug)]
pub(super) struct LastGood {
    path: PathBuf,
    versions: BTreeMap<String, Version>,
    written: bool,
}

/// One version of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) sha256: String,
    /// The signature that lay beside the file. It is verified again with the keys of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) minisig: Option<String>,
}

impl LastGood {
    /// Reads what was written last. A file that can't be read costs the way back, and no more.
    pub(super) fn open(path: PathBuf) -> Self {
        let versions = match fs::read(&path).map(|text| serde_json::from_slice(&text)) {
            Ok(Ok(versions)) => versions,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Ok(Err(error)) => forget(&path, &error),
            Err(error) => forget(&path, &error),
        };
        Self { path, versions, written: true }
    }

    pub(super) fn of(&self, plugin: &str) -> Option<&Version> {
        self.versions.get(plugin)
    }

    pub(super) fn set(&mut self, plugin: &str, version: Version) {
        if self.versions.get(plugin) != Some(&version) {
            self.versions.insert(plugin.to_owned(), version);
            self.written = false;
        }
    }

    /// Forgets the plugins that are not listed any more.
    pub(super) fn keep_only(&mut self, plugins: &BTreeSet<String>) {
        let before = self.versions.len();
        self.versions.retain(|plugin, _| plugins.contains(plugin));
        self.written &= self.versions.len() == before;
    }

    pub(super) fn sha256s(&self) -> impl Iterator<Item = &str> {
        self.versions.values().map(|version| version.sha256.as_str())
    }

    /// Writes what is not written yet, whole or not at all.
    pub(super) fn write(&mut self) -> io::Result<()> {
        if self.written {
            return Ok(());
        }
        let draft = self.path.with_extension("json.draft");
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec(&self.versions)?)?;
        file.sync_all()?;
        fs::rename(&draft, &self.path)?;
        self.written = true;
        Ok(())
    }
}

fn forget(path: &Path, error: &dyn std::fmt::Display) -> BTreeMap<String, Version> {
    let path = path.display();
    tracing::warn!(%path, "the last good versions of the plugins are forgotten: {path} can't be read: {error}");
    BTreeMap::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_good_is_known_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("last-good.json");
        let mut good = LastGood::open(path.clone());
        let version = |sha256: &str| Version { sha256: sha256.into(), minisig: None };
        good.set("one", version("ab"));
        good.set("two", Version { minisig: Some("signed".into()), ..version("cd") });
        good.write().unwrap();
        let mut good = LastGood::open(path.clone());
        assert_eq!(good.of("one"), Some(&version("ab")));
        assert_eq!(good.of("two").unwrap().minisig.as_deref(), Some("signed"));
        good.keep_only(&BTreeSet::from(["one".to_owned()]));
        good.write().unwrap();
        assert_eq!(LastGood::open(path.clone()).sha256s().collect::<Vec<_>>(), ["ab"]);
        fs::write(&path, "{").unwrap();
        assert_eq!(LastGood::open(path).of("one"), None);
    }
}
