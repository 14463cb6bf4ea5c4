//! The store of copies: every version of a library that was accepted, as `<sha256>.so`. Workers load only
//! these, so that replacing the operator's file never pulls one out from under a running plugin, and a new
//! version is a new path. A copy goes when nothing needs it and nobody holds its path any more.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::inspect::digest;

use crate::worker::remove_leftovers;

/// The directory of the workers' scratch directories, beside the copies.
const SCRATCH: &str = "scratch";

/// A directory of copies that is the registry's alone.
#[derive(Debug)]
pub(super) struct Store {
    directory: PathBuf,
    /// The copies whose paths have been given out. Whoever holds one besides this map needs the copy.
    lent: Mutex<HashMap<String, Arc<Path>>>,
}

impl Store {
    /// Opens the directory, making it if need be.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        fs::set_permissions(directory, Permissions::from_mode(0o700))?;
        Ok(Self { directory: directory.canonicalize()?, lent: Mutex::default() })
    }

    /// A file of the registry's beside the copies.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Removes what workers of a former daemon, which had no time to, left in their scratch directories.
    pub(super) fn sweep(&self) -> io::Result<()> {
        remove_leftovers(&self.directory.join(SCRATCH))
    }

    /// Where the copy with this SHA-256 is, or would be. It stays as long as the path is held.
    pub(super) fn lend(&self, sha256: &str) -> Arc<Path> {
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let path = lent.entry(sha256.to_owned()).or_insert_with(|| self.path(sha256).into());
        Arc::clone(path)
    }

    /// Keeps a copy of what is at `from`, unless the very same is there already. It appears whole or not at all;
    /// `None` if what is at `from` has another SHA-256.
    pub(super) fn keep(&self, sha256: &str, from: &Path) -> io::Result<Option<()>> {
        let path = self.path(sha256);
        let present = File::open(&path).and_then(|present| digest(present, |_| Ok(())));
        if present.is_ok_and(|present| present == sha256) {
            return Ok(Some(()));
        }
        let draft = self.directory.join(format!(".{sha256}.draft"));
        // A draft may be left over from a crash.
        let _ = fs::remove_file(&draft);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o500).open(&draft)?;
        let copied = digest(File::open(from)?, |piece| file.write_all(piece)).and_then(|found| {
            file.sync_all()?;
            Ok(found)
        });
        match copied {
            Ok(found) if found == sha256 => {
                fs::rename(&draft, &path)?;
                File::open(&self.directory)?.sync_all()?;
                Ok(Some(()))
            }
            other => {
                fs::remove_file(&draft)?;
                other.map(|_| None)
            }
        }
    }

    /// Removes all copies but these and those that somebody holds.
    pub(super) fn keep_only(&self, sha256s: &BTreeSet<String>) -> io::Result<()> {
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        lent.retain(|_, path| Arc::strong_count(path) > 1);
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let sha256 = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let is_copy = path.extension().is_some_and(|extension| extension == "so" || extension == "draft");
            if is_copy && !sha256s.contains(sha256) && !lent.contains_key(sha256) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.directory.join(format!("{sha256}.so"))
    }
}

/// Where the workers that load this copy have their scratch directories.
pub(super) fn scratch_of(copy: &Path) -> PathBuf {
    copy.with_file_name(SCRATCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bench {
        directory: tempfile::TempDir,
        store: Store,
    }

    impl Bench {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let store = Store::open(&directory.path().join("new")).unwrap();
            Self { directory, store }
        }

        /// Puts a library with this content into the store.
        fn keep(&self, content: &str) -> (String, Arc<Path>) {
            let from = self.directory.path().join("from");
            fs::write(&from, content).unwrap();
            let sha256 = digest(content.as_bytes(), |_| Ok(())).unwrap();
            assert_eq!(self.store.keep(&sha256, &from).unwrap(), Some(()));
            let path = self.store.lend(&sha256);
            (sha256, path)
        }
    }

    #[test]
    fn copies_are_whole_private_and_mended() {
        let bench = Bench::new();
        let (sha256, path) = bench.keep("library");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o500);
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"tampered with").unwrap();
        assert_eq!(bench.keep("library"), (sha256.clone(), Arc::clone(&path)));
        assert_eq!(fs::read(&path).unwrap(), b"library");
        fs::remove_file(&path).unwrap();
        let other = bench.directory.path().join("other");
        fs::write(&other, "another library").unwrap();
        assert_eq!(bench.store.keep(&sha256, &other).unwrap(), None);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0, "no draft is left");
    }

    #[test]
    fn what_nobody_needs_or_holds_goes() {
        let bench = Bench::new();
        let ((kept, _), (_, held), (_, gone)) = (bench.keep("1"), bench.keep("2"), bench.keep("3"));
        let (kept_path, gone_path) = (bench.store.path(&kept), gone.to_path_buf());
        drop(gone);
        fs::write(bench.store.beside(".3.draft"), "half").unwrap();
        let needed = BTreeSet::from([kept]);
        bench.store.keep_only(&needed).unwrap();
        assert!(kept_path.exists() && held.exists() && !gone_path.exists());
        assert!(!bench.store.beside(".3.draft").exists());
        let path = held.to_path_buf();
        drop(held);
        bench.store.keep_only(&needed).unwrap();
        assert!(!path.exists());
    }
}
