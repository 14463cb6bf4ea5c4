//! A file that SQLite keeps beside a database while it is open: the write-ahead log or its index. Told from another
//! file at the same path by comparison with the open descriptors of this process.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What follows the name of an open file that has been deleted, in `/proc` (proc(5)).
const DELETED: &str = " (deleted)";

/// Tells a file from all others: device, inode, and, where the file system knows it, when it was made, for inodes are
/// used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64, Option<SystemTime>);

/// The file that a path leads to.
pub(super) fn identity(path: &Path) -> io::Result<Identity> {
    let found = fs::metadata(path)?;
    Ok(Identity(found.dev(), found.ino(), found.created().ok()))
}

/// A file that this process has open.
#[derive(Debug)]
pub(super) struct OpenFile {
    identity: Identity,
    /// Where it is now, as `/proc` says.
    path: PathBuf,
}

impl OpenFile {
    /// All of them, if `/proc` is there.
    pub(super) fn all() -> Option<Vec<Self>> {
        let descriptors = fs::read_dir("/proc/self/fd").ok()?;
        let open = |descriptor: fs::DirEntry| {
            let descriptor = descriptor.path();
            Some(Self { identity: identity(&descriptor).ok()?, path: fs::read_link(&descriptor).ok()? })
        };
        Some(descriptors.flatten().filter_map(open).collect())
    }
}

/// The log or the index.
#[derive(Debug)]
pub(super) struct Companion {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Known {
    /// The one that was open and at the path when it was looked at last.
    identity: Option<Identity>,
    /// Whether there ever was one.
    was_there: bool,
}

impl Companion {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, known: Mutex::default() }
    }

    /// Whether the one at the path is the one that was open when it was looked at last.
    pub(super) fn is_as_known(&self) -> bool {
        let known = self.known().identity;
        known.is_some() && identity(&self.path).ok() == known
    }

    /// Whether this process has one open that is not the one at the path; or, within a transaction, has not open the
    /// one at the path. What is right is remembered.
    pub(super) fn is_lost(&self, open: &[OpenFile], is_within: bool) -> bool {
        let found = match identity(&self.path) {
            Ok(found) => Some(found),
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => None,
            // Whether it can be used is for the statements to find out.
            Err(_) => return false,
        };
        let mut known = self.known();
        let deleted = {
            let mut name = self.path.as_os_str().to_owned();
            name.push(DELETED);
            PathBuf::from(name)
        };
        let is_own = |file: &OpenFile| {
            Some(file.identity) == known.identity || file.path == self.path || file.path == deleted
        };
        if open.iter().any(|file| is_own(file) && Some(file.identity) != found) {
            return true;
        }
        let is_open = open.iter().any(|file| Some(file.identity) == found);
        if is_within && !is_open && (found.is_some() || known.was_there) {
            return true;
        }
        known.identity = found.filter(|_| is_open);
        known.was_there |= is_open;
        false
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
