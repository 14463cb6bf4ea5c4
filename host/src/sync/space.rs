//! How much space is left where the daemon writes, so that it stops taking records before a disk is full.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// For how long a disk that had room is not asked again.
const VALID: Duration = Duration::from_secs(1);

/// What was found of all disks that the daemon writes on.
#[derive(Debug, Clone, Default)]
pub(super) struct Space {
    found: Arc<Found>,
    /// How many times a test finds room yet.
    #[cfg(test)]
    pub(super) times: Arc<Mutex<Option<u32>>>,
}

#[derive(Debug, Default)]
struct Found {
    /// When they had room last.
    fine: Mutex<Option<Instant>>,
    is_asking: AtomicBool,
}

impl Found {
    fn fine(&self) -> MutexGuard<'_, Option<Instant>> {
        self.fine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Space {
    /// Asks with `ask`, unless that was done a moment ago, on a thread that a file system which hangs may hold up.
    /// While that thread is out, what was found before counts.
    pub(super) async fn check(
        &self,
        ask: impl FnOnce() -> Result<(), NoSpace> + Send + 'static,
    ) -> Result<(), NoSpace> {
        #[cfg(test)]
        if let Some(times) = &mut *self.times.lock().unwrap_or_else(PoisonError::into_inner) {
            let is_full = *times == 0;
            *times = times.saturating_sub(1);
            return judge(Path::new("/full"), u64::from(!is_full), 1);
        }
        let fine = *self.found.fine();
        if fine.is_some_and(|fine| fine.elapsed() < VALID) {
            return Ok(());
        }
        let is_asked = self.found.is_asking.swap(true, Ordering::AcqRel);
        if is_asked && fine.is_some() {
            return Ok(());
        }
        let state = Arc::clone(&self.found);
        // Whoever asks may go away meanwhile; what is found is noted all the same.
        let asking = tokio::task::spawn_blocking(move || {
            let found = ask();
            *state.fine() = found.is_ok().then(Instant::now);
            state.is_asking.store(false, Ordering::Release);
            found
        });
        asking.await.unwrap_or(Ok(()))
    }
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

    #[tokio::test]
    async fn a_disk_that_hangs_is_asked_once_and_holds_nobody_up_who_knows_it_had_room() {
        let space = Space::default();
        space.check(|| Ok(())).await.unwrap();
        space.check(|| unreachable!("it was asked a moment ago")).await.unwrap();
        let long_ago = Instant::now().checked_sub(VALID).unwrap();
        *space.found.fine() = Some(long_ago);
        let (go_on, hangs) = std::sync::mpsc::channel::<()>();
        let asker = space.clone();
        let asking = tokio::spawn(async move {
            asker
                .check(move || {
                    let _ = hangs.recv();
                    judge(Path::new("/logs"), 1, 2)
                })
                .await
        });
        while !space.found.is_asking.load(Ordering::Acquire) {
            tokio::task::yield_now().await;
        }
        space.check(|| unreachable!("somebody asks")).await.unwrap();
        drop(go_on);
        asking.await.unwrap().unwrap_err();
        space.check(|| judge(Path::new("/logs"), 1, 2)).await.unwrap_err();
        space.check(|| Ok(())).await.unwrap();
    }
}
