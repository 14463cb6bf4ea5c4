//! What a plugin answers when it can't do what it was asked: a class, which decides what the host does next,
//! and a message, which an operator reads.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a call failed. Travels as JSON: `{"class":"config","message":"…"}`, with `"retryAfterSeconds":30` if
/// the other system said when to come back, and `"effect":"nothing"` or `"unknown"` if a target says what the
/// other system may have of the change.
///
/// Messages are complete sentences in lowercase that say what to do where that is known, and never carry
/// secrets: they are stored with the task and shown to operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{message}", class.prefix())]
pub struct PluginError {
    /// What kind of failure this is.
    pub class: ErrorClass,
    /// What happened, for a human reader.
    pub message: String,
    /// How many seconds the other system asked to be left alone for: a host tries again no earlier. It counts
    /// only for class `transient`, and may be more than the host is willing to wait.
    #[serde(default, rename = "retryAfterSeconds", skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// What the other system may have of a change that failed so; only for targets. Without it, hosts go by
    /// the class: see [`PluginError::effect`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// What another system may have of a change that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// Nothing: it was not asked, or it answered that it refuses.
    Nothing,
    /// Nobody knows: the answer was lost, or only a part of the change was refused.
    #[serde(other)]
    Unknown,
}

/// What kind of failure a [`PluginError`] is: whether somebody has to change something, or trying again may
/// be enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ErrorClass {
    /// The options are wrong: bad credentials, a missing file. Somebody has to change them.
    Config,
    /// It may work later: a refused connection, a rate limit.
    Transient,
    /// The other system's data can't be understood, or was refused by it.
    Invalid,
    /// The host asked to stop, and the plugin did.
    Cancelled,
    /// The plugin doesn't know this operation, or this source or target.
    Unsupported,
    /// What changed since the cursor can't be told: everything has to be read. Hosts that don't know this class
    /// take it for a failure.
    #[serde(rename = "cursorExpired")]
    CursorExpired,
    /// The plugin's code panicked. Only `export_plugin!` makes this one.
    Panic,
    /// A class of a newer version of this crate.
    #[serde(other)]
    Unknown,
}

impl ErrorClass {
    /// What stands before the message when an error is shown; a panic's message says by itself what it is.
    fn prefix(self) -> &'static str {
        match self {
            ErrorClass::Config => "configuration error: ",
            ErrorClass::Transient => "temporary error: ",
            ErrorClass::Invalid => "invalid data: ",
            ErrorClass::Cancelled => "cancelled: ",
            ErrorClass::Unsupported => "not supported: ",
            ErrorClass::CursorExpired => "everything has to be read: ",
            ErrorClass::Panic | ErrorClass::Unknown => "",
        }
    }
}

impl PluginError {
    /// An error of any class.
    pub fn new(class: ErrorClass, message: impl fmt::Display) -> Self {
        Self { class, message: message.to_string(), retry_after: None, effect: None }
    }

    /// The options are wrong, and somebody has to change them.
    pub fn config(message: impl fmt::Display) -> Self {
        Self::new(ErrorClass::Config, message)
    }

    /// It may work later.
    pub fn transient(message: impl fmt::Display) -> Self {
        Self::new(ErrorClass::Transient, message)
    }

    /// The other system's data can't be understood, or was refused by it.
    pub fn invalid(message: impl fmt::Display) -> Self {
        Self::new(ErrorClass::Invalid, message)
    }

    /// The same error, with the time that the other system asked to be left alone for. Parts of a second
    /// count as a whole one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        self
    }

    /// The same error, with what the other system may have of the change.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// What the other system may have of the change: what the plugin says, else what the class suggests. A
    /// failure that may pass can be a lost answer; what is refused was not done.
    pub fn effect(&self) -> Effect {
        self.effect.unwrap_or(match self.class {
            ErrorClass::Config
            | ErrorClass::Invalid
            | ErrorClass::Unsupported
            | ErrorClass::CursorExpired => Effect::Nothing,
            ErrorClass::Transient | ErrorClass::Cancelled | ErrorClass::Panic | ErrorClass::Unknown => {
                Effect::Unknown
            }
        })
    }

    /// The plugin doesn't do this.
    pub fn unsupported(message: impl fmt::Display) -> Self {
        Self::new(ErrorClass::Unsupported, message)
    }

    /// What changed since the request's cursor can't be told, for the reason given; the host then asks for
    /// everything. Only for the incremental read of a source, and best before its first record.
    pub fn cursor_expired(message: impl fmt::Display) -> Self {
        Self::new(ErrorClass::CursorExpired, message)
    }

    /// The host asked to stop.
    pub fn cancelled() -> Self {
        Self::new(ErrorClass::Cancelled, "the host asked to stop")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn travels_as_class_and_message() {
        let error = PluginError::config("no such directory");
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(json, r#"{"class":"config","message":"no such directory"}"#);
        assert_eq!(serde_json::from_str::<PluginError>(&json).unwrap(), error);
        assert_eq!(error.to_string(), "configuration error: no such directory");
    }

    #[test]
    fn the_time_to_come_back_travels_too() {
        let error = PluginError::transient("slow down").retry_after(Duration::from_millis(29_001));
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(json, r#"{"class":"transient","message":"slow down","retryAfterSeconds":30}"#);
        assert_eq!(serde_json::from_str::<PluginError>(&json).unwrap(), error);
    }

    #[test]
    fn the_effect_is_what_the_plugin_says_or_what_the_class_suggests() {
        let error = PluginError::transient("nobody listens");
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(PluginError::invalid("no phone").effect(), Effect::Nothing);
        let error = error.with_effect(Effect::Nothing);
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(json, r#"{"class":"transient","message":"nobody listens","effect":"nothing"}"#);
        assert_eq!(serde_json::from_str::<PluginError>(&json).unwrap(), error);
        let later = json.replace("nothing", "half");
        assert_eq!(serde_json::from_str::<PluginError>(&later).unwrap().effect(), Effect::Unknown);
    }

    #[test]
    fn an_expired_cursor_says_what_to_do() {
        let error = PluginError::cursor_expired("the changes are kept for 30 days");
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(json, r#"{"class":"cursorExpired","message":"the changes are kept for 30 days"}"#);
        assert_eq!(error.to_string(), "everything has to be read: the changes are kept for 30 days");
    }

    #[test]
    fn a_class_of_the_future_is_still_an_error() {
        let error: PluginError =
            serde_json::from_str(r#"{"class":"throttled","message":"slow down"}"#).unwrap();
        assert_eq!((error.class, error.to_string().as_str()), (ErrorClass::Unknown, "slow down"));
    }
}
