//! What a plugin answers when it can't do what it was asked: a class, which decides what the host does next,
//! and a message, which an operator reads.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a call failed. Travels as JSON: `{"class":"config","message":"…"}`.
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
            ErrorClass::Panic | ErrorClass::Unknown => "",
        }
    }
}

impl PluginError {
    /// An error of any class.
    pub fn new(class: ErrorClass, message: impl fmt::Display) -> Self {
        Self { class, message: message.to_string() }
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

    /// The plugin doesn't do this.
    pub fn unsupported(message: impl fmt::Display) -> Self {
        Self::new(ErrorClass::Unsupported, message)
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
    fn a_class_of_the_future_is_still_an_error() {
        let error: PluginError =
            serde_json::from_str(r#"{"class":"throttled","message":"slow down"}"#).unwrap();
        assert_eq!((error.class, error.to_string().as_str()), (ErrorClass::Unknown, "slow down"));
    }
}
