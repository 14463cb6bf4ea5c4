//! How much of the daemon pushes may take together: places for pushes under way, and memory for bodies
//! that are held whole. A push beyond that is told to come back, before its body is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::HttpConfig;
use crate::metrics;

use super::problem::Problem;
use super::router::App;

/// What pushes share.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Semaphore,
    limits: HttpConfig,
    /// Bytes of bodies that are held now.
    held: AtomicUsize,
}

/// Bytes that one push holds; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    admission: Arc<Admission>,
    bytes: usize,
}

impl Admission {
    pub(crate) fn new(limits: &HttpConfig) -> Arc<Self> {
        let places = Semaphore::new(limits.max_pushes.min(Semaphore::MAX_PERMITS));
        Arc::new(Self { places, limits: *limits, held: AtomicUsize::new(0) })
    }

    /// A place for a push, in the order of arrival; none if there is none for too long.
    async fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let place = tokio::time::timeout(self.limits.push_timeout, self.places.acquire()).await;
        let place = place.ok().and_then(Result::ok);
        place.ok_or_else(|| {
            metrics::push_without_place();
            let most = self.limits.max_pushes;
            Problem::unavailable(format!(
                "as many pushes are under way as may be at once ({most}); try again in a while"
            ))
        })
    }

    /// What a push holds that has read nothing yet.
    pub(crate) fn hold(self: &Arc<Self>) -> Held {
        Held { admission: Arc::clone(self), bytes: 0 }
    }
}

impl Held {
    /// Takes room for more.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        let admission = &self.admission;
        let most = admission.limits.max_buffered_bytes;
        let more = |held: usize| held.checked_add(bytes).filter(|held| *held <= most);
        let grown = admission.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        let before = grown.map_err(|_| full(most))?;
        metrics::buffered(before + bytes);
        self.bytes += bytes;
        Ok(())
    }

    /// Refuses a body for which there is no room now. It gets none yet: a client that announces much and
    /// sends little must not take the room of others.
    pub(crate) fn has_room_for(&self, bytes: usize) -> Result<(), Problem> {
        let most = self.admission.limits.max_buffered_bytes;
        let free = most.saturating_sub(self.admission.held.load(Ordering::Relaxed));
        if bytes <= free { Ok(()) } else { Err(full(most)) }
    }
}

fn full(most: usize) -> Problem {
    metrics::push_without_memory();
    let detail = format!(
        "pushes that are under way fill the {most} bytes that there are for them; try again in a while"
    );
    Problem::unavailable(detail)
}

impl Drop for Held {
    fn drop(&mut self) {
        let before = self.admission.held.fetch_sub(self.bytes, Ordering::Relaxed);
        metrics::buffered(before - self.bytes);
    }
}

/// Lets a push through once there is a place for it, and keeps the place until it is answered.
pub(crate) async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.admission.place().await {
        Ok(_place) => {
            let _counted = metrics::push();
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_place_is_told_to_come_back() {
        let push_timeout = Duration::from_secs(3);
        let admission = Admission::new(&HttpConfig { max_pushes: 2, push_timeout, ..HttpConfig::default() });
        let first = admission.place().await.unwrap();
        let second = admission.place().await.unwrap();
        let refused = admission.place().await.unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.detail.contains("(2)")), (503, true));
        let waiting = admission.place();
        let (waited, ()) = tokio::join!(waiting, async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(first);
        });
        assert!(waited.is_ok(), "a place that comes free in time is taken");
        drop(second);
    }

    #[test]
    fn room_is_given_back_and_never_given_twice() {
        let limits = HttpConfig { max_buffered_bytes: 100, ..HttpConfig::default() };
        let admission = Admission::new(&limits);
        let (mut first, mut second) = (admission.hold(), admission.hold());
        first.grow(60).unwrap();
        assert!(second.has_room_for(41).is_err());
        assert!(second.has_room_for(40).is_ok());
        second.grow(40).unwrap();
        assert_eq!(first.grow(1).unwrap_err().status.as_u16(), 503);
        assert!(second.grow(usize::MAX).is_err());
        drop(second);
        first.grow(40).unwrap();
        drop(first);
        assert_eq!(admission.held.load(Ordering::Relaxed), 0);
    }
}
