//! Whether a copy of a library still is what was judged. A copy is named by its SHA-256; it is hashed before a worker
//! loads it, unless nothing about the file has changed since it was hashed last.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::inspect::digest;

/// The copies that were found to be what they are called.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    seen: Arc<Mutex<HashMap<PathBuf, Stamp>>>,
}

/// What changes with a file. Whoever writes to it can set back all of it but the time of the last change of its
/// status, which the kernel keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &File) -> io::Result<Self> {
        let found = file.metadata()?;
        Ok(Self {
            device: found.dev(),
            inode: found.ino(),
            size: found.size(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })
    }
}

impl Verified {
    /// Refuses a copy that is not what its name says. It reads the whole file where it has to, and blocks.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn check(&self, copy: &Path) -> Result<(), String> {
        let shown = copy.display();
        let failed = |reason: io::Error| format!("the copy of the plugin in {shown} can't be read: {reason}");
        let file = File::open(copy).map_err(failed)?;
        let stamp = Stamp::of(&file).map_err(failed)?;
        if self.lock().get(copy) == Some(&stamp) {
            return Ok(());
        }
        let found = digest(&file, |_| Ok(())).map_err(failed)?;
        let expected = copy.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if found != expected {
            return Err(format!(
                "the copy of the plugin in {shown} was changed after it was made, and is not loaded: its SHA-256 is {found}; \
                 find out who can write there, remove the file, and rescan (SIGHUP) to have it copied again"
            ));
        }
        let mut seen = self.lock();
        seen.retain(|path, _| path.exists());
        seen.insert(copy.to_owned(), stamp);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Stamp>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_copy_that_was_changed_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let sha256 = digest(&b"library"[..], |_| Ok(())).unwrap();
        let copy = directory.path().join(format!("{sha256}.so"));
        fs::write(&copy, "library").unwrap();
        let verified = Verified::default();
        assert_eq!(verified.check(&copy), Ok(()));
        assert_eq!(verified.check(&copy), Ok(()));
        let modified = fs::metadata(&copy).unwrap().modified().unwrap();
        fs::write(&copy, "libr4ry").unwrap();
        // Its size and the time of its last change look as before.
        let file = File::options().write(true).open(&copy).unwrap();
        file.set_modified(modified).unwrap();
        drop(file);
        let refused = verified.check(&copy).unwrap_err();
        assert!(refused.contains("was changed after it was made"), "{refused}");
        fs::write(&copy, "library").unwrap();
        assert_eq!(verified.check(&copy), Ok(()));
        fs::remove_file(&copy).unwrap();
        assert!(verified.check(&copy).unwrap_err().contains("can't be read"));
    }
}
