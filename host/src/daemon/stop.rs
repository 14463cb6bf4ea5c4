//! A stop comes to its end whatever blocks: each of its steps has a time limit, and so has all of it.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use tracing::{error, warn};

/// How long a step of a stop may take.
pub(super) const STEP: Duration = Duration::from_secs(10);
/// How long the whole stop may take beside the time for draining: its steps, one after the other.
const ALL: Duration = Duration::from_secs(60);

/// Ends the process if it is still there when its time is over. Dropped, it does not.
#[derive(Debug)]
pub(super) struct Deadline(
    #[expect(dead_code, reason = "dropping it is what tells the thread")] mpsc::Sender<()>,
);

impl Deadline {
    /// Begins to wait, for as long as draining may take and the steps after it. A thread of its own, since all others
    /// may be busy.
    pub(super) fn begin(drain: Duration) -> Self {
        let (ended, has_ended) = mpsc::channel();
        std::thread::spawn(move || {
            if has_ended.recv_timeout(drain + ALL) == Err(RecvTimeoutError::Timeout) {
                error!(
                    "the daemon has not stopped in time and ends now; running tasks go on at the next start"
                );
                std::process::exit(1);
            }
        });
        Self(ended)
    }
}

/// Waits for a step of a stop, but not for ever.
pub(super) async fn step<T>(what: &str, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let done = tokio::time::timeout(limit, work).await;
    if done.is_err() {
        warn!("{what} did not end within {} seconds and is left as it is", limit.as_secs());
    }
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_step_that_does_not_end_is_left() {
        assert_eq!(step("this", STEP, std::future::ready(1)).await, Some(1));
        assert_eq!(step("that", STEP, std::future::pending::<()>()).await, None);
    }
}
