//! What an operator fills in for the source. build.rs includes this file, so it uses nothing else of the crate.

use schemars::JsonSchema;
use serde::Deserialize;

/// Reads units and people out of an export.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// The export: a file with one JSON object a line, each a unit or a person.
    // Hosts let a worker read the paths that an operator types here. A secret is marked likewise, by
    // `#[schemars(extend("format" = "password"))]`.
    #[schemars(extend("format" = "path"))]
    pub export: String,
    /// Whether people who have left come as well, disabled.
    #[serde(default)]
    pub include_inactive: bool,
}
