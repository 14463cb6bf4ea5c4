//! Scratch directories: one for each worker, private, empty at its start, and removed with everything that it left
//! there. What a killed daemon left behind goes at the next start.
//!
//! A plugin decides what is in there, so removing takes nothing for granted: trees of any depth, directories that
//! nobody may enter, links to elsewhere, names that change meanwhile.

use std::ffi::{CStr, CString};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, openat, renameat, unlinkat};
use rustix::io::Errno;

/// What the names of scratch directories begin with.
const PREFIX: &str = "worker-";
/// So many names are looked at before the first is removed.
const AT_ONCE: usize = 1_024;
/// How long removing one may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One worker's scratch directory. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes one in `directory`, which is made as well if need be.
    pub(super) fn make(directory: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(directory.canonicalize()?)?;
        Ok(Self { path: made.keep() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            let path = self.path.display();
            tracing::warn!(%path, "failed to remove the scratch directory {path}: {error}; it goes at the next start");
        }
    }
}

/// Removes all scratch directories in `directory`: only for the start, when no worker uses any.
pub(crate) fn remove_leftovers(directory: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a directory with all that is in it. Directories within directories are moved up before they are
/// emptied, so that neither the stack nor open descriptors grow with the depth of a tree; no link is followed.
fn remove(path: &Path) -> io::Result<()> {
    let top = enter(CWD, path)?;
    let start = Instant::now();
    let mut moved = 0_u64;
    loop {
        let found = some_names(&top)?;
        if found.is_empty() {
            return fs::remove_dir(path);
        }
        for name in found {
            if start.elapsed() > PATIENCE {
                return Err(io::Error::other("there is too much in it, or something still writes there"));
            }
            if !unlink(&top, &name)? {
                flatten(&top, &name, &mut moved)?;
            }
        }
    }
}

/// Removes the directory `name` in `top`, having moved the directories in it to `top`.
fn flatten(top: &OwnedFd, name: &CStr, moved: &mut u64) -> io::Result<()> {
    let directory = enter(top, name)?;
    loop {
        let found = some_names(&directory)?;
        if found.is_empty() {
            return Ok(unlinkat(top, name, AtFlags::REMOVEDIR)?);
        }
        for child in found {
            if !unlink(&directory, &child)? {
                // A directory can only be moved by those who may write to it.
                enter(&directory, child.as_c_str())?;
                move_up(&directory, &child, top, moved)?;
            }
        }
    }
}

/// Moves a directory into `top`, under a name that is free there.
fn move_up(from: &OwnedFd, name: &CStr, top: &OwnedFd, moved: &mut u64) -> io::Result<()> {
    loop {
        *moved += 1;
        match renameat(from, name, top, format!("moved-{moved}")) {
            Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR) => {}
            done => return Ok(done?),
        }
    }
}

/// Opens a directory, and no link to one, having made it accessible.
fn enter(parent: impl AsFd, name: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let place = openat(parent, name, flags, Mode::empty())?;
    // What is opened as a mere place can be changed only by this name. If it can't, the next line says so.
    let _ = fs::set_permissions(
        format!("/proc/self/fd/{}", place.as_raw_fd()),
        fs::Permissions::from_mode(0o700),
    );
    Ok(openat(&place, ".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

/// Removes what is no directory; `false` if it is one.
fn unlink(directory: &OwnedFd, name: &CStr) -> io::Result<bool> {
    match unlinkat(directory, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(true),
        Err(Errno::ISDIR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Some of the names in a directory, none if it is empty.
fn some_names(directory: &OwnedFd) -> io::Result<Vec<CString>> {
    let names = Dir::read_from(directory)?.filter_map(|entry| match entry {
        Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => None,
        entry => Some(entry.map(|entry| entry.file_name().to_owned()).map_err(io::Error::from)),
    });
    names.take(AT_ONCE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_directory_is_private_and_goes_with_its_worker() {
        let directory = tempfile::tempdir().unwrap();
        let base = directory.path().join("scratch");
        let scratch = Scratch::make(&base).unwrap();
        let path = scratch.path().to_owned();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(&base).unwrap().permissions().mode() & 0o777, 0o700);
        drop(scratch);
        assert!(!path.exists() && base.exists());
    }

    #[test]
    fn links_are_removed_and_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let kept = directory.path().join("kept");
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("file"), "kept").unwrap();
        let scratch = Scratch::make(&directory.path().join("scratch")).unwrap();
        let path = scratch.path().to_owned();
        std::os::unix::fs::symlink(&kept, path.join("link")).unwrap();
        fs::create_dir_all(path.join("a/b/c")).unwrap();
        std::os::unix::fs::symlink(&kept, path.join("a/b/link")).unwrap();
        fs::write(path.join("a/moved-1"), "in the way").unwrap();
        fs::write(path.join("moved-1"), "in the way").unwrap();
        fs::set_permissions(path.join("a/b"), fs::Permissions::from_mode(0o000)).unwrap();
        drop(scratch);
        assert!(!path.exists());
        assert_eq!(fs::read_to_string(kept.join("file")).unwrap(), "kept");
    }

    #[test]
    fn no_depth_is_too_deep() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("worker-left");
        fs::create_dir(&path).unwrap();
        let mut deep = enter(CWD, &path).unwrap();
        for _ in 0..20_000 {
            rustix::fs::mkdirat(&deep, "d", Mode::RWXU).unwrap();
            deep = enter(&deep, "d").unwrap();
        }
        fs::write(directory.path().join("other"), "is not ours").unwrap();
        remove_leftovers(directory.path()).unwrap();
        assert!(!path.exists() && directory.path().join("other").exists());
        remove_leftovers(&directory.path().join("nowhere")).unwrap();
    }
}
