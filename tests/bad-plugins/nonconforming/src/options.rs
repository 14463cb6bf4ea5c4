//! The options of all offers.

use schemars::JsonSchema;
use serde::Deserialize;

/// What each offer is to do.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Options {
    /// Something that has to be there.
    pub(crate) organisation: String,
    /// Where a server answers a line with a line, as `host:port`; none is asked without it.
    #[serde(default)]
    pub(crate) server: Option<String>,
    /// What it lets in.
    #[serde(default)]
    #[schemars(extend("format" = "password"))]
    pub(crate) token: String,
    /// How many users there are.
    #[serde(default = "ten")]
    pub(crate) count: u64,
}

fn ten() -> u64 {
    10
}
