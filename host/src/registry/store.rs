//! The store of copies: every version of a library that was accepted, as `<sha256>.so`. Workers load only
//! these, so that replacing the operator's file never pulls one out from under a running plugin, and a new
//! version is a new path.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::worker::remove_leftovers;

/// The directory of the workers' scratch directories, beside the copies.
const SCRATCH: &str = "scratch";

/// A directory of copies that is the registry's alone.
#[derive(Debug)]
pub(super) struct Store {
    directory: PathBuf,
}

impl Store {
    /// Opens the directory, making it if need be.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        fs::set_permissions(directory, Permissions::from_mode(0o700))?;
        Ok(Self { directory: directory.canonicalize()? })
    }

    /// Removes what workers of a former daemon, which had no time to, left in their scratch directories.
    pub(super) fn sweep(&self) -> io::Result<()> {
        remove_leftovers(&self.directory.join(SCRATCH))
    }

    /// Where the copy with this SHA-256 is, or would be.
    pub(super) fn path(&self, sha256: &str) -> PathBuf {
        self.directory.join(format!("{sha256}.so"))
    }

    /// Keeps a copy, unless the very same is there already. It appears whole or not at all.
    pub(super) fn keep(&self, sha256: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.path(sha256);
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            return Ok(path);
        }
        let draft = self.directory.join(format!(".{sha256}.draft"));
        // A draft may be left over from a crash.
        let _ = fs::remove_file(&draft);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o500).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(&self.directory)?.sync_all()?;
        Ok(path)
    }

    /// Removes all copies but these. Only for the start, when no worker uses any.
    pub(super) fn keep_only(&self, sha256s: &BTreeSet<&str>) -> io::Result<()> {
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let kept = path.extension().is_some_and(|extension| extension == "so")
                && path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| sha256s.contains(stem));
            if !kept && path.is_file() {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

/// Where the workers that load this copy have their scratch directories.
pub(super) fn scratch_of(copy: &Path) -> PathBuf {
    copy.with_file_name(SCRATCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_whole_private_and_mended() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("new")).unwrap();
        let path = store.keep("ab", b"library").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o500);
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"tampered with").unwrap();
        assert_eq!(store.keep("ab", b"library").unwrap(), path);
        assert_eq!(fs::read(&path).unwrap(), b"library");
    }

    #[test]
    fn what_nobody_needs_goes() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let (kept, gone) = (store.keep("ab", b"1").unwrap(), store.keep("cd", b"2").unwrap());
        store.keep_only(&BTreeSet::from(["ab"])).unwrap();
        assert!(kept.exists() && !gone.exists());
    }
}
