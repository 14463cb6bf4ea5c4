//! How much one call may read.

use std::time::{Duration, Instant};

use super::LONGEST;

/// So much is read by one call at most; what was asked for and lies further on is for the next one.
const BYTES: u64 = 64 << 20;
/// So long a call works at most, or little longer: what shows the result has other things to do, too.
const TIME: Duration = Duration::from_millis(40);
/// So much is read at once.
const CHUNK: usize = 128 << 10;

/// What is left for one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    bytes: u64,
    until: Instant,
    chunk: usize,
    /// How much of a line is kept.
    pub(super) longest: usize,
}

impl Budget {
    /// That of a call that begins now.
    pub(super) fn new(now: Instant) -> Self {
        Self { bytes: BYTES, until: now + TIME, chunk: CHUNK, longest: LONGEST }
    }

    #[cfg(test)]
    pub(super) fn of(bytes: u64, chunk: usize, longest: usize) -> Self {
        Self { bytes, until: Instant::now() + Duration::from_secs(3_600), chunk, longest }
    }

    /// How much to read at once of so many bytes, which are then taken for read.
    pub(super) fn chunk(&mut self, left: u64) -> usize {
        let size = usize::try_from(left).unwrap_or(self.chunk).min(self.chunk);
        self.bytes = self.bytes.saturating_sub(size as u64);
        size
    }

    /// Whether the call has done enough.
    pub(super) fn is_spent(&self) -> bool {
        self.bytes == 0 || Instant::now() >= self.until
    }
}
