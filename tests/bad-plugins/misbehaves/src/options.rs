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
    /// What `snoops` tries to get at.
    pub(crate) tries: Vec<Try>,
    /// A file of which an operator says that it may be read, by typing its name here.
    #[schemars(extend("format" = "path"))]
    pub(crate) file: String,
}

/// One thing to try.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Try {
    /// In which way.
    pub(crate) how: How,
    /// On which path, port or process.
    pub(crate) what: String,
}

/// The ways to get at something.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum How {
    /// Open a file and read from it.
    Read,
    /// List a directory.
    List,
    /// Make or open a file and write to it.
    Write,
    /// Cut a file's content off.
    Truncate,
    /// Run a program.
    Run,
    /// Connect to a TCP port on this computer.
    Connect,
    /// Listen on a TCP port.
    Listen,
    /// Connect to a local socket.
    Socket,
    /// Ask whether a process could be signalled.
    Signal,
    /// Set a limit of a process.
    Limit,
    /// Trace a process.
    Trace,
    /// Leave the process group for that of the parent.
    Escape,
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
            tries: Vec::new(),
            file: String::new(),
        }
    }
}
