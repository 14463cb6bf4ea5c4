//! What an operator fills in.

use schemars::JsonSchema;
use serde::Deserialize;

/// How many, and how well.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// How many people there are.
    pub people: u32,
    /// Panic when they have been given.
    #[serde(default)]
    pub panics: bool,
}
