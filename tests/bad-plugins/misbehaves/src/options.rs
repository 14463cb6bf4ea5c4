//! The options of all sources; each looks at those that mean something to it.

use schemars::JsonSchema;
use serde::Deserialize;

/// How to go wrong.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Options {
    /// How many records come.
    pub(crate) count: u64,
    /// What their uids begin with.
    pub(crate) prefix: String,
    /// How long each takes, in milliseconds.
    pub(crate) delay_ms: u64,
    /// When it happens.
    pub(crate) at: At,
    /// With any other than `right`, or none, a check of `records` fails.
    #[schemars(extend("format" = "password"))]
    pub(crate) password: String,
    /// Whether each user of `records` and `slow` tells which build of this plugin gave it, as `build`.
    pub(crate) tells_build: bool,
}

/// The moments at which something can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum At {
    /// When the source is opened.
    Open,
    /// When it is checked.
    Check,
    /// When it is read.
    #[default]
    Read,
    /// When it is dropped.
    Drop,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            count: 10,
            prefix: "u".into(),
            delay_ms: 10,
            at: At::Read,
            password: String::new(),
            tells_build: false,
        }
    }
}
