//! The section `[http]` of `orgsync.toml`: every limit on what clients may ask of the daemon, each with a
//! default that is safe to leave. Sizes are bytes; times are texts like `30s` or `2m`.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The limits of the HTTP side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// Connections at once; more wait to be accepted.
    pub max_connections: usize,
    /// Connections of one client at once; more are closed.
    pub max_connections_per_address: usize,
    /// How long a TLS handshake may take.
    #[serde(deserialize_with = "duration")]
    pub handshake_timeout: Duration,
    /// How long the head of a request may take.
    #[serde(deserialize_with = "duration")]
    pub head_timeout: Duration,
    /// How long a connection may be idle between two requests.
    #[serde(deserialize_with = "duration")]
    pub idle_timeout: Duration,
    /// How long a client may take nothing of its answer.
    #[serde(deserialize_with = "duration")]
    pub write_timeout: Duration,
    /// How long an answer may be in the making. Pushes, checks of sources and rescans take as long as they take.
    #[serde(deserialize_with = "duration")]
    pub answer_timeout: Duration,
    /// The longest head of a request.
    pub max_head_bytes: usize,
    /// The most headers in it.
    pub max_headers: usize,
    /// The longest JSON body of a request that is no push.
    pub max_body_bytes: usize,
    /// How long such a body may take as a whole.
    #[serde(deserialize_with = "duration")]
    pub max_body_time: Duration,
    /// How long a client may send nothing in the middle of a body.
    #[serde(deserialize_with = "duration")]
    pub body_timeout: Duration,
    /// How many bytes of a body must come in a second, on the average of a window; 0: any.
    pub min_body_rate: u64,
    /// That window.
    #[serde(deserialize_with = "duration")]
    pub body_rate_window: Duration,
    /// The longest body of a compatible push, after decompression.
    pub max_push_bytes: usize,
    /// The longest body of a bulk push, after decompression; 0: any.
    pub max_bulk_bytes: u64,
    /// How many times its own size a compressed body may unpack to.
    pub max_unpack_ratio: u64,
    /// The largest window of a body compressed with zstd, as a power of two.
    pub max_zstd_window_log: u32,
    /// Pushes under way at once; more wait for a place.
    pub max_pushes: usize,
    /// How long a push waits for a place before it is told to come back.
    #[serde(deserialize_with = "duration")]
    pub push_timeout: Duration,
    /// How many bytes of bodies all compatible pushes together may hold in memory.
    pub max_buffered_bytes: usize,
    /// How many tokens that are not valid one address may send in a minute.
    pub failed_tokens_per_minute: NonZeroU32,
    /// How long a session on the page lasts after its log-in.
    #[serde(deserialize_with = "duration")]
    pub session_lifetime: Duration,
    /// How much of a body that nobody wants is taken and thrown away, so that its sender reads why.
    pub max_discarded_bytes: u64,
    /// How long that may take.
    #[serde(deserialize_with = "duration")]
    pub discard_timeout: Duration,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            max_connections: 1024,
            max_connections_per_address: 512,
            handshake_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            answer_timeout: Duration::from_secs(60),
            max_head_bytes: 64 << 10,
            max_headers: 100,
            max_body_bytes: 1 << 20,
            max_body_time: Duration::from_secs(30),
            body_timeout: Duration::from_secs(60),
            min_body_rate: 500,
            body_rate_window: Duration::from_secs(60),
            max_push_bytes: 64 << 20,
            max_bulk_bytes: 0,
            max_unpack_ratio: 1_000,
            max_zstd_window_log: 23,
            max_pushes: 256,
            push_timeout: Duration::from_secs(5),
            max_buffered_bytes: 256 << 20,
            failed_tokens_per_minute: NonZeroU32::new(30).expect("30 is not 0"),
            session_lifetime: Duration::from_secs(12 * 60 * 60),
            max_discarded_bytes: 64 << 20,
            discard_timeout: Duration::from_secs(10),
        }
    }
}

impl HttpConfig {
    /// Refuses values under which nothing would work; tells the key and what it must be.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let counts = [
            ("http.max_connections", self.max_connections),
            ("http.max_connections_per_address", self.max_connections_per_address),
            ("http.max_head_bytes", self.max_head_bytes),
            ("http.max_headers", self.max_headers),
            ("http.max_body_bytes", self.max_body_bytes),
            ("http.max_push_bytes", self.max_push_bytes),
            ("http.max_pushes", self.max_pushes),
        ];
        if let Some((key, _)) = counts.iter().find(|(_, value)| *value == 0) {
            return Err((key, "must be more than 0".into()));
        }
        let times = [
            ("http.handshake_timeout", self.handshake_timeout),
            ("http.head_timeout", self.head_timeout),
            ("http.idle_timeout", self.idle_timeout),
            ("http.write_timeout", self.write_timeout),
            ("http.answer_timeout", self.answer_timeout),
            ("http.max_body_time", self.max_body_time),
            ("http.body_timeout", self.body_timeout),
            ("http.body_rate_window", self.body_rate_window),
            ("http.session_lifetime", self.session_lifetime),
        ];
        if let Some((key, _)) = times.iter().find(|(_, value)| value.is_zero()) {
            return Err((key, "must be more than 0".into()));
        }
        if self.max_unpack_ratio < 1 {
            return Err(("http.max_unpack_ratio", "must be at least 1".into()));
        }
        // What zstd itself can do; every step doubles the memory of a push under way.
        if !(10..=27).contains(&self.max_zstd_window_log) {
            return Err(("http.max_zstd_window_log", "must be from 10 (1 KiB) to 27 (128 MiB)".into()));
        }
        if self.max_buffered_bytes < self.max_push_bytes {
            let least = self.max_push_bytes;
            return Err((
                "http.max_buffered_bytes",
                format!("must be at least http.max_push_bytes, {least}"),
            ));
        }
        Ok(())
    }
}

fn duration<'de, D: Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(value)?;
    super::time(&text).map_err(Error::custom)
}
