//! What the tests stand on: built artifacts, daemons, workers, and waiting for conditions.

pub(crate) mod artifacts;
pub(crate) mod browser;
pub(crate) mod daemon;
pub(crate) mod events;
pub(crate) mod ldif;
pub(crate) mod receiver;
pub(crate) mod scim_server;
#[expect(dead_code, reason = "tests use a part of it so far")]
pub(crate) mod scim_stand_in;
pub(crate) mod slapd;
pub(crate) mod tls;
pub(crate) mod vendor;
pub(crate) mod versions;
pub(crate) mod worker;

use std::time::{Duration, Instant};

/// Waits until a condition holds, for ten seconds at most.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
