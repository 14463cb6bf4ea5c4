//! Gives memory back: the C library keeps what large pushes and answers took, for each thread, and SQLite keeps pages.
//! Both are asked for it now and then, and more often while there is much.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::store::Store;

/// How often is looked at how much there is.
const GLANCE: Duration = Duration::from_secs(1);
/// How often memory is given back in any case.
const ALWAYS: Duration = Duration::from_secs(20);
/// From so much on it is given back at each look.
const MUCH: u64 = 128 << 20;

/// Gives memory back from time to time, without end.
pub(super) async fn give_back(store: Store) {
    let mut looks = interval(GLANCE);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = Instant::now();
    loop {
        looks.tick().await;
        let is_time = last.elapsed() >= ALWAYS;
        if is_time {
            store.release_memory().await;
            last = Instant::now();
        }
        if is_time || resident() > MUCH {
            // The free parts of a large heap are many, and each is looked at.
            let _ = tokio::task::spawn_blocking(trim).await;
        }
    }
}

/// How many bytes of this process are in memory; none if nobody can tell.
fn resident() -> u64 {
    let own = procfs::process::Process::myself().and_then(|own| own.statm());
    own.map_or(0, |own| own.resident * procfs::page_size())
}

/// Has the C library give large buffers back as they are freed. Left alone, it would raise the size from which on it
/// does so to 32 MiB, and pieces of such buffers would stay in use between free ones.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "there is no other way to tell the C library")]
pub(super) fn tune() {
    const LARGE: i32 = 4 << 20;
    // SAFETY: it takes two numbers, and sets one under the library's own lock.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
}

#[cfg(not(target_env = "gnu"))]
pub(super) fn tune() {}

#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "there is no other way to ask the C library")]
fn trim() {
    // SAFETY: it takes a number, touches only free memory, and may be called from any thread at any time.
    unsafe { libc::malloc_trim(0) };
}

#[cfg(not(target_env = "gnu"))]
fn trim() {}

#[cfg(all(test, target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn what_was_freed_goes_back() {
        let blocks: Vec<_> = (0..4_096).map(|_| vec![1_u8; 64 << 10]).collect();
        // What stays lies between what is freed, so that no end of the heap is free.
        let kept: Vec<_> = blocks.into_iter().skip(63).step_by(64).collect();
        let before = resident();
        trim();
        let after = resident();
        assert!(after + (64 << 20) < before, "{after} of {before} bytes are still in memory");
        drop(kept);
    }
}
