//! What the source does. This file stands alone: `build.rs` makes the manifest's schema of it.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is done, in this order.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Options {
    /// One user comes of each.
    pub(crate) deeds: Vec<Deed>,
    /// A file that may be read, as its name is typed here.
    #[schemars(extend("format" = "path"))]
    pub(crate) file: String,
}

/// One deed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Deed {
    /// Its name, as in the tables of this plugin.
    pub(crate) name: String,
    /// The path, process or port that it is done to.
    #[serde(default)]
    pub(crate) to: String,
}
