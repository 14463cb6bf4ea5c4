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
    /// Connections of one client at once; more are closed. Unless it is as much as all may have, a client also has no
    /// more than are left for others.
    pub max_connections_per_address: usize,
    /// Of the files that the daemon may have open, how many are not for connections.
    pub reserved_descriptors: usize,
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
    /// How many bytes of its answer a client must take in a second, on the average of `write_timeout` of waiting for
    /// it; 0: any.
    pub min_answer_rate: u64,
    /// How many bytes of answers that clients have not read yet all of them together may hold in memory.
    pub max_answer_bytes: usize,
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
    /// Of these, pushes to one source; none: a quarter.
    pub max_pushes_per_source: Option<usize>,
    /// How long a push waits for a place before it is told to come back.
    #[serde(deserialize_with = "duration")]
    pub push_timeout: Duration,
    /// How many bytes of bodies all compatible pushes together may hold in memory.
    pub max_buffered_bytes: usize,
    /// Of these, bytes of those to one source; none: a quarter, or one body of the greatest length.
    pub max_buffered_bytes_per_source: Option<usize>,
    /// How many tokens that are not valid one address may send in a minute.
    pub failed_tokens_per_minute: NonZeroU32,
    /// How many fields of a plugin's options a form on the page draws; what is beyond is asked for as JSON.
    pub max_form_fields: usize,
    /// How long a session on the page lasts after its log-in.
    #[serde(deserialize_with = "duration")]
    pub session_lifetime: Duration,
    /// For how long browsers that came over TLS come back over nothing else; 0: that is up to them.
    #[serde(deserialize_with = "duration")]
    pub hsts_max_age: Duration,
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
            reserved_descriptors: 128,
            handshake_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(60),
            min_answer_rate: 1 << 10,
            max_answer_bytes: 96 << 20,
            answer_timeout: Duration::from_secs(60),
            max_head_bytes: 64 << 10,
            max_headers: 100,
            max_body_bytes: 1 << 20,
            max_body_time: Duration::from_secs(30),
            body_timeout: Duration::from_secs(60),
            min_body_rate: 4 << 10,
            body_rate_window: Duration::from_secs(30),
            max_push_bytes: 64 << 20,
            max_bulk_bytes: 0,
            max_unpack_ratio: 1_000,
            max_zstd_window_log: 23,
            max_pushes: 256,
            max_pushes_per_source: None,
            push_timeout: Duration::from_secs(5),
            max_buffered_bytes: 256 << 20,
            max_buffered_bytes_per_source: None,
            failed_tokens_per_minute: NonZeroU32::new(30).expect("30 is not 0"),
            max_form_fields: 500,
            session_lifetime: Duration::from_secs(12 * 60 * 60),
            hsts_max_age: Duration::from_secs(180 * 24 * 60 * 60),
            max_discarded_bytes: 64 << 20,
            discard_timeout: Duration::from_secs(10),
        }
    }
}

impl HttpConfig {
    /// How many pushes to one source may be under way at once.
    pub(crate) fn pushes_per_source(&self) -> usize {
        self.max_pushes_per_source.unwrap_or(self.max_pushes / 4).clamp(1, self.max_pushes.max(1))
    }

    /// How many bytes the bodies of pushes to one source may hold in memory.
    pub(crate) fn buffered_bytes_per_source(&self) -> usize {
        let quarter = (self.max_buffered_bytes / 4).max(self.max_push_bytes);
        self.max_buffered_bytes_per_source.unwrap_or(quarter).min(self.max_buffered_bytes)
    }

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
            ("http.max_answer_bytes", self.max_answer_bytes),
            ("http.max_form_fields", self.max_form_fields),
            ("http.max_pushes_per_source", self.max_pushes_per_source.unwrap_or(1)),
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
        if let Some(bytes) = self.max_buffered_bytes_per_source
            && bytes < self.max_push_bytes
        {
            let least = self.max_push_bytes;
            return Err((
                "http.max_buffered_bytes_per_source",
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
