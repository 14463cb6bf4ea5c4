//! How often an address may send tokens that are not valid. Once it has sent too many, its tokens are not
//! looked at for a moment; those that have been accepted from it before still are, so that one badly
//! configured client does not lock out the others behind the same proxy.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::domain::token::TokenHash;

use super::clients::client_of;

/// How many accepted tokens are remembered; past that, all are forgotten and accepted anew.
const REMEMBERED: usize = 10_000;
/// How many addresses are kept count of before those that have been quiet are forgotten.
const ADDRESSES: usize = 1_000;

/// Failed attempts by address, and the tokens that were accepted from each.
#[derive(Debug)]
pub(crate) struct Attempts {
    failures: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    accepted: HashSet<(IpAddr, TokenHash)>,
    /// Until when an address is not listened to.
    blocked: HashMap<IpAddr, Instant>,
}

impl Attempts {
    /// An address may fail this often at once, and again as often in every minute.
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        let failures = RateLimiter::keyed(Quota::per_minute(per_minute));
        Self { failures, clock: DefaultClock::default(), seen: Mutex::default() }
    }

    /// Whether a token of this address is looked at; otherwise how long it has to wait.
    pub(crate) fn admit(&self, peer: IpAddr, token: &TokenHash, now: Instant) -> Result<(), Duration> {
        let peer = client_of(peer);
        let mut seen = self.lock();
        let Some(until) = seen.blocked.get(&peer).copied() else { return Ok(()) };
        if until <= now {
            seen.blocked.remove(&peer);
            return Ok(());
        }
        if seen.accepted.contains(&(peer, token.clone())) { Ok(()) } else { Err(until - now) }
    }

    /// Notes that a token of this address was valid.
    pub(crate) fn succeeded(&self, peer: IpAddr, token: TokenHash) {
        let mut seen = self.lock();
        if seen.accepted.len() >= REMEMBERED {
            seen.accepted.clear();
        }
        seen.accepted.insert((client_of(peer), token));
    }

    /// Notes that a token of this address was not valid.
    pub(crate) fn failed(&self, peer: IpAddr, now: Instant) {
        let peer = client_of(peer);
        if self.failures.len() > ADDRESSES {
            self.failures.retain_recent();
        }
        if let Err(not_until) = self.failures.check_key(&peer) {
            let wait = not_until.wait_time_from(self.clock.now());
            let mut seen = self.lock();
            seen.blocked.retain(|_, until| *until > now);
            seen.blocked.insert(peer, now + wait);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_too_often_waits_and_nobody_else() {
        let attempts = Attempts::new(NonZeroU32::new(2).unwrap());
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let (good, bad) = (TokenHash::of("good"), TokenHash::of("bad"));
        let now = Instant::now();
        attempts.succeeded(here, good.clone());
        for _ in 0..2 {
            assert_eq!(attempts.admit(here, &bad, now), Ok(()));
            attempts.failed(here, now);
        }
        assert_eq!(attempts.admit(here, &bad, now), Ok(()), "the third failure is the first too many");
        attempts.failed(here, now);
        let wait = attempts.admit(here, &bad, now).unwrap_err();
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(attempts.admit(here, &good, now), Ok(()), "what was accepted before still is");
        assert_eq!(attempts.admit(there, &bad, now), Ok(()));
        assert_eq!(attempts.admit(here, &bad, now + wait), Ok(()));
    }
}
