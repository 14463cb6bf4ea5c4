//! The host as a plugin's side of the boundary sees it: calls as plain Rust.

use abi_stable::std_types::{RSlice, RStr};

use crate::PluginError;
use crate::batches::Sink;
use crate::message::{self, BatchHeader, LogEvent, LogLevel};
use crate::module::{HostBox, HostCalls_TO, decode_answer};

/// The host, callable from any thread.
pub struct Host(HostBox);

impl Host {
    pub(crate) fn new(host: HostBox) -> Self {
        Self(host)
    }

    pub(crate) fn log(&self, event: &LogEvent) {
        // There is nobody left to tell about an event that can't be told.
        let _ = message::encode(event).and_then(|payload| self.call(message::LOG, &payload));
    }

    /// The level down to which the host wants events. One that doesn't know the question wants the usual.
    pub(crate) fn log_level(&self) -> Option<LogLevel> {
        self.call(message::LOG_LEVEL, b"")
            .and_then(|reply| message::decode(message::LOG_LEVEL, &reply))
            .unwrap_or(Some(LogLevel::Info))
    }

    fn call(&self, op: &str, payload: &[u8]) -> Result<Vec<u8>, PluginError> {
        let Host(host) = self;
        decode_answer(HostCalls_TO::call(host, RStr::from(op), RSlice::from(payload))).map(Into::into)
    }
}

impl Sink for &Host {
    fn send(&mut self, header: BatchHeader, lines: &[u8]) -> Result<(), PluginError> {
        let mut payload = Vec::with_capacity(lines.len() + 64);
        payload.extend(message::encode(&header)?);
        payload.push(b'\n');
        payload.extend(lines);
        self.call(message::BATCH, &payload).map(drop)
    }

    fn is_cancelled(&self) -> bool {
        self.call(message::CANCELLED, b"").is_ok_and(|reply| reply == b"true")
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
