//! Who waits for the connection that writes. It is taken in the order of arrival, so a task that writes
//! batch after batch would be waited for by everybody with little to write, at each of their steps.
//! Therefore it lets them go first, for a while, so that it also gets on itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long nobody must have waited for the way to be free. Who pushes one thing after the other leaves
/// pauses of this length.
const QUIET: Duration = Duration::from_millis(5);
/// How long somebody with much to write lets others go first; and how long ago they may have waited for
/// the way to be shared with them.
const PATIENCE: Duration = Duration::from_millis(100);

/// Who waits now, and when somebody did last.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: AtomicUsize,
    last: Mutex<Option<Instant>>,
}

/// Somebody who waits, until this is dropped.
#[derive(Debug)]
pub(super) struct Waiting<'a>(&'a Queue);

/// Whether others want to write as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Free,
    Shared,
}

impl Queue {
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.note();
        Waiting(self)
    }

    /// Waits until nobody else does and nobody has for a moment, or for as long as is fair.
    pub(super) async fn give_way(&self) -> Way {
        let begun = Instant::now();
        let way = if self.since(begun) < PATIENCE { Way::Shared } else { Way::Free };
        loop {
            let now = Instant::now();
            let quiet = match self.waiting.load(Ordering::Relaxed) {
                0 => self.since(now),
                _ => Duration::ZERO,
            };
            if quiet >= QUIET || now - begun >= PATIENCE {
                return way;
            }
            tokio::time::sleep(QUIET.saturating_sub(quiet)).await;
        }
    }

    /// How long ago somebody waited last.
    fn since(&self, now: Instant) -> Duration {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.map_or(Duration::MAX, |last| now.saturating_duration_since(last))
    }

    fn note(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.note();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long somebody with much to write gave way, in milliseconds, and to whom.
    async fn gave_way(queue: &Queue) -> (u128, Way) {
        let begun = Instant::now();
        let way = queue.give_way().await;
        (begun.elapsed().as_millis(), way)
    }

    #[tokio::test(start_paused = true)]
    async fn the_way_is_given_to_who_waits_and_only_for_a_while() {
        let queue = Queue::default();
        assert_eq!(gave_way(&queue).await, (0, Way::Free), "nobody has ever waited");
        let waiting = queue.wait();
        let (took, way) = gave_way(&queue).await;
        assert_eq!((took, way), (PATIENCE.as_millis(), Way::Shared), "it gets on itself, too");
        drop(waiting);
        let (took, way) = gave_way(&queue).await;
        assert!(took >= QUIET.as_millis() && took < PATIENCE.as_millis(), "{took}");
        assert_eq!(way, Way::Shared, "who waited a moment ago may come again");
        tokio::time::advance(PATIENCE).await;
        assert_eq!(gave_way(&queue).await, (0, Way::Free));
    }
}
