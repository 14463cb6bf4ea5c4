//! How long things took: exact percentiles of all of them.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn note(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time within which so many of a hundred came to their end; none took 0.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list that fits into memory"
    )]
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        let milliseconds = |percent| (self.percentile(percent).as_secs_f64() * 10_000.0).round() / 10.0;
        json!({
            "count": self.0.len(), "p50Ms": milliseconds(50.0), "p99Ms": milliseconds(99.0),
            "maxMs": milliseconds(100.0),
        })
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, max] = [50.0, 99.0, 100.0].map(|percent| self.percentile(percent));
        write!(f, "{:>8} times   p50 {p50:.1?}   p99 {p99:.1?}   max {max:.1?}", self.0.len())
    }
}
