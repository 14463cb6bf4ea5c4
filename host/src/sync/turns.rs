//! One task at a time per source, in the order of arrival.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::domain::ids::SourceId;

/// The queues of all sources.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    lines: Mutex<HashMap<SourceId, Line>>,
}

/// The queue of one source.
#[derive(Debug)]
struct Line {
    /// What the next one to arrive waits for: the end of the last one.
    last: oneshot::Receiver<()>,
    /// How many stand in it, the one at its head included.
    length: Arc<AtomicUsize>,
}

/// A place in a source's queue, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    before: Option<oneshot::Receiver<()>>,
    done: Option<oneshot::Sender<()>>,
    length: Arc<AtomicUsize>,
}

impl Turns {
    /// Takes the place at the end of the queue.
    pub(crate) fn queue(&self, source: SourceId) -> Turn {
        let (done, ended) = oneshot::channel();
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, length) = match lines.remove(&source) {
            Some(Line { last, length }) => (Some(last), length),
            None => (None, Arc::default()),
        };
        length.fetch_add(1, Ordering::Relaxed);
        lines.insert(source, Line { last: ended, length: Arc::clone(&length) });
        Turn { before, done: Some(done), length }
    }
}

impl Turn {
    /// Waits until all who came before are done.
    pub(crate) async fn come(&mut self) {
        if let Some(before) = &mut self.before {
            // The sender is never used, only dropped.
            let _ = before.await;
            self.before = None;
        }
    }
}

impl Turn {
    /// Whether others wait for this one to be done.
    pub(crate) fn is_awaited(&self) -> bool {
        self.length.load(Ordering::Relaxed) > 1
    }
}

impl Drop for Turn {
    /// Lets the next one go on; not before those who came earlier, if its own turn has not come yet.
    fn drop(&mut self) {
        self.length.fetch_sub(1, Ordering::Relaxed);
        let (before, done) = (self.before.take(), self.done.take());
        if let Some(before) = before
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                let _ = before.await;
                drop(done);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn turns_come_in_order_and_by_source() {
        let turns = Turns::default();
        let (mut first, mut second) = (turns.queue(SourceId(1)), turns.queue(SourceId(1)));
        let (third, mut other) = (turns.queue(SourceId(1)), turns.queue(SourceId(2)));
        let mut fourth = turns.queue(SourceId(1));
        first.come().await;
        other.come().await;
        assert!(first.is_awaited() && !other.is_awaited());
        assert!(second.come().now_or_never().is_none());
        drop(third);
        tokio::task::yield_now().await;
        assert!(fourth.come().now_or_never().is_none(), "who gives up doesn't let others past");
        drop(first);
        second.come().await;
        tokio::task::yield_now().await;
        assert!(fourth.come().now_or_never().is_none());
        assert!(second.is_awaited());
        drop(second);
        fourth.come().await;
        assert!(!fourth.is_awaited());
    }
}
