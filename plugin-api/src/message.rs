//! The operations and their JSON messages, in both directions. All evolution of the plugin interface happens
//! here: by new operations, which the other side may answer with `unsupported`, and by new optional keys,
//! which it ignores.
//!
//! To the session: [`CHECK`], [`READ`], [`APPLY`], [`CLOSE`]. To the host: [`BATCH`], [`LOG`], [`CANCELLED`],
//! [`LOG_LEVEL`].

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{DataType, PluginError, TargetChange, TargetOutcome};

/// To the session: try to reach the system. No payload; the reply is a [`Checked`], or has no payload if
/// there is nothing to say.
pub const CHECK: &str = "check";
/// To a source's session: [`crate::ReadRequest`] → [`crate::ReadEnd`], with any number of [`BATCH`] calls in
/// between.
pub const READ: &str = "read";
/// To a target's session: [`Apply`] → [`Applied`].
pub const APPLY: &str = "apply";
/// To the session: end it, so that errors and panics while doing so are seen. No payload either way.
pub const CLOSE: &str = "close";

/// To the host: a line with a [`BatchHeader`], then that many records as JSON Lines. No reply payload.
pub const BATCH: &str = "batch";
/// To the host: a [`LogEvent`]. No reply payload.
pub const LOG: &str = "log";
/// To the host: whether it asked to stop. The reply is `true` or `false`.
pub const CANCELLED: &str = "cancelled";
/// To the host: which events it wants. The reply is a [`LogLevel`], or null for none.
pub const LOG_LEVEL: &str = "logLevel";

/// Which of a plugin's offers is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfferKind {
    /// One of the manifest's `sources`.
    Source,
    /// One of the manifest's `targets`.
    Target,
}

/// What a batch holds: `{"dataType":"user","count":1000}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchHeader {
    /// What kind of records these are.
    pub data_type: DataType,
    /// How many there are.
    pub count: usize,
    /// Where an incremental read can go on, once these records and all before them have been applied. A batch
    /// without records may carry one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What a check that went well saw.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checked {
    /// What an operator should know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Changes for a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Apply {
    /// To be applied in this order.
    pub changes: Vec<TargetChange>,
}

/// What became of the changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// One for each change, in the same order.
    pub outcomes: Vec<TargetOutcome>,
}

/// One event of a plugin's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEvent {
    /// How grave it is.
    pub level: LogLevel,
    /// The module it comes from.
    pub target: String,
    /// What happened.
    pub message: String,
    /// Everything else.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
}

/// How grave a [`LogEvent`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl OfferKind {
    /// Its name as in JSON, and as the ABI's `open` takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            OfferKind::Source => "source",
            OfferKind::Target => "target",
        }
    }
}

/// Writes a message.
///
/// # Errors
/// Of class `invalid`, if the message has no JSON form.
pub fn encode(message: &impl Serialize) -> Result<Vec<u8>, PluginError> {
    serde_json::to_vec(message)
        .map_err(|error| PluginError::invalid(format!("failed to write json: {error}")))
}

/// Reads a message.
///
/// # Errors
/// Of class `invalid`, naming the operation.
pub fn decode<T: DeserializeOwned>(op: &str, payload: &[u8]) -> Result<T, PluginError> {
    serde_json::from_slice(payload)
        .map_err(|error| PluginError::invalid(format!("the message of `{op}` makes no sense: {error}")))
}

/// The answer to an operation that this side doesn't know.
pub fn unsupported(op: &str) -> PluginError {
    PluginError::unsupported(format!("the operation `{op}` is unknown here"))
}
