//! How many files and sockets the daemon may have open at once. Connections may not use them all: a task needs some
//! for its worker, and the database and the log need theirs.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tracing::{info, warn};

use crate::config::HttpConfig;

/// Raises the limit as far as the system lets the daemon raise it, and lowers the limit of connections to what is left.
pub(super) fn fit(http: &mut HttpConfig) {
    let limit = match raise() {
        Ok(limit) => limit,
        Err(reason) => {
            return warn!("the limit of open files is not known, so it is left as it is: {reason}");
        }
    };
    let fitting = fitting(http.max_connections, limit, http.reserved_descriptors);
    if fitting < http.max_connections {
        let (wanted, reserved) = (http.max_connections, http.reserved_descriptors);
        warn!(
            "at most {fitting} connections are taken at once, not http.max_connections, {wanted}: {limit} files may be \
             open, of which {reserved} are kept back; raise the limit (LimitNOFILE= of systemd, ulimit -Hn)"
        );
        http.max_connections = fitting;
    }
}

/// Sets the soft limit to the hard one; gives what is in force then.
fn raise() -> nix::Result<u64> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= hard {
        return Ok(soft);
    }
    match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => {
            info!("{hard} files may be open at once; it was {soft}");
            Ok(hard)
        }
        Err(reason) => {
            warn!("{soft} files may be open at once, and the limit can't be raised: {reason}");
            Ok(soft)
        }
    }
}

/// How many connections there may be. Under a limit that is hardly enough for anything, some are taken all the same.
fn fitting(wanted: usize, limit: u64, reserved: usize) -> usize {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    wanted.min(limit.saturating_sub(reserved).max(limit / 4).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_descriptors_are_kept_back() {
        let check = |limit, expected| assert_eq!(fitting(1_024, limit, 128), expected, "{limit}");
        check(u64::MAX, 1_024);
        check(1_152, 1_024);
        check(1_024, 896);
        check(256, 128);
        check(64, 16);
        check(0, 1);
    }
}
