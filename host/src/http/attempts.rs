//! How often an address may send tokens that are not valid. Only such tokens are counted and refused for it: a valid
//! one is let in at once, whatever else comes from its address.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::clients::client_of;

/// How many addresses are kept count of before those that have been quiet are forgotten.
const ADDRESSES: usize = 1_000;

/// Failed attempts by address.
#[derive(Debug)]
pub(crate) struct Attempts {
    failures: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Attempts {
    /// An address may fail this often at once, and again as often in every minute.
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        let failures = RateLimiter::keyed(Quota::per_minute(per_minute));
        Self { failures, clock: DefaultClock::default() }
    }

    /// Counts a token of this address that was not valid; tells when the next one will be looked at again, if there
    /// were too many.
    pub(crate) fn failed(&self, peer: IpAddr) -> Result<(), Duration> {
        if self.failures.len() > ADDRESSES {
            self.failures.retain_recent();
        }
        let counted = self.failures.check_key(&client_of(peer));
        counted.map(drop).map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_too_often_waits_and_nobody_else() {
        let attempts = Attempts::new(NonZeroU32::new(2).unwrap());
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert_eq!((attempts.failed(here), attempts.failed(here)), (Ok(()), Ok(())));
        let wait = attempts.failed(here).unwrap_err();
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(attempts.failed(there), Ok(()));
    }
}
