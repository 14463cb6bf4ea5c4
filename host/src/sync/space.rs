//! How much space is left where the daemon writes, so that it stops taking records before a disk is full.

use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

/// A file system with less free space than the floor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the disk of {} has {free} bytes left, fewer than the {floor} that are kept free; free some space on it, or \
     lower storage.min_free_bytes", path.display()
)]
pub struct NoSpace {
    path: PathBuf,
    free: u64,
    floor: u64,
}

/// Whether the file system of this directory has as much space as is to stay free; 0: any. One that can't be asked
/// counts as having it: what writes there says what is wrong.
pub(crate) fn check(path: &Path, floor: u64) -> Result<(), NoSpace> {
    if floor == 0 {
        return Ok(());
    }
    match statvfs(path) {
        Ok(found) => judge(path, found.blocks_available().saturating_mul(found.fragment_size()), floor),
        Err(_) => Ok(()),
    }
}

fn judge(path: &Path, free: u64, floor: u64) -> Result<(), NoSpace> {
    if free >= floor { Ok(()) } else { Err(NoSpace { path: path.to_owned(), free, floor }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_space_is_said_with_what_to_do() {
        assert_eq!(judge(Path::new("/logs"), 100, 100), Ok(()));
        assert_eq!(
            judge(Path::new("/logs"), 99, 100).unwrap_err().to_string(),
            "the disk of /logs has 99 bytes left, fewer than the 100 that are kept free; free some space on it, or \
             lower storage.min_free_bytes"
        );
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(check(directory.path(), 0), Ok(()));
        assert_eq!(check(directory.path(), 1), Ok(()));
        assert!(check(directory.path(), u64::MAX).is_err());
        assert_eq!(check(&directory.path().join("nothing"), u64::MAX), Ok(()));
    }
}
