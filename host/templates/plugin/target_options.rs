//! What an operator fills in for the target. build.rs includes this file, so it uses nothing else of the crate.

use schemars::JsonSchema;
use serde::Deserialize;

/// Writes users and departments into a directory, a file for each.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// The directory, which has to be there.
    // Hosts let a worker read the paths that an operator types here; writing is allowed in plugins.toml. A secret is
    // marked likewise, by `#[schemars(extend("format" = "password"))]`.
    #[schemars(extend("format" = "path"))]
    pub directory: String,
}
