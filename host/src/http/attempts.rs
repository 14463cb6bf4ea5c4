//! How often an address may send tokens that are not valid. Only such tokens are counted and refused for it: a valid
//! one is let in, whatever else comes from its address. Tokens of an address that has sent too many bad ones are looked
//! up a few at a time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::clients::client_of;

/// How many addresses are kept count of before those that have been quiet are forgotten.
const ADDRESSES: usize = 1_000;
/// How many tokens are looked up at once for all addresses that have sent too many bad ones: fewer than there are
/// connections that read.
const LOOK_UPS: usize = 2;

/// Failed attempts by address.
#[derive(Debug)]
pub(crate) struct Attempts {
    failures: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    /// Until when the addresses count as ones that have sent too many.
    over: Mutex<HashMap<IpAddr, Instant>>,
    look_ups: Semaphore,
}

impl Attempts {
    /// An address may fail this often at once, and again as often in every minute.
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        let failures = RateLimiter::keyed(Quota::per_minute(per_minute));
        let look_ups = Semaphore::new(LOOK_UPS);
        Self { failures, clock: DefaultClock::default(), over: Mutex::default(), look_ups }
    }

    /// Waits until a token of this address may be looked up; the permit is held while that is done. Only addresses that
    /// have sent too many bad ones wait.
    pub(crate) async fn turn(&self, peer: IpAddr) -> Option<SemaphorePermit<'_>> {
        if !self.is_over(peer) {
            return None;
        }
        self.look_ups.acquire().await.ok()
    }

    fn is_over(&self, peer: IpAddr) -> bool {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        over.get(&client_of(peer)).is_some_and(|until| Instant::now() < *until)
    }

    /// Counts a token of this address that was not valid; tells when the next one will be looked at again, if there
    /// were too many.
    pub(crate) fn failed(&self, peer: IpAddr) -> Result<(), Duration> {
        if self.failures.len() > ADDRESSES {
            self.failures.retain_recent();
        }
        let counted = self.failures.check_key(&client_of(peer));
        let wait = counted.map(drop).map_err(|not_until| not_until.wait_time_from(self.clock.now()));
        wait.inspect_err(|wait| self.note(peer, *wait))
    }

    fn note(&self, peer: IpAddr, wait: Duration) {
        let now = Instant::now();
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        if over.len() > ADDRESSES {
            over.retain(|_, until| now < *until);
        }
        over.insert(client_of(peer), now + wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn who_fails_too_often_waits_and_nobody_else() {
        let attempts = Attempts::new(NonZeroU32::new(2).unwrap());
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert_eq!((attempts.failed(here), attempts.failed(here)), (Ok(()), Ok(())));
        let wait = attempts.failed(here).unwrap_err();
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(attempts.failed(there), Ok(()));
        assert_eq!((attempts.is_over(here), attempts.is_over(there)), (true, false));
    }

    #[tokio::test]
    async fn who_failed_too_often_has_few_tokens_looked_up_at_once() {
        let attempts = Attempts::new(NonZeroU32::MIN);
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..2 {
            let _ = attempts.failed(here);
        }
        let turns = [attempts.turn(here).await, attempts.turn(here).await];
        assert!(turns.iter().all(Option::is_some));
        assert!(attempts.turn(here).now_or_never().is_none(), "it waits");
        assert!(attempts.turn(there).now_or_never().is_some_and(|turn| turn.is_none()), "others don't");
        drop(turns);
        assert!(attempts.turn(here).await.is_some());
    }
}
