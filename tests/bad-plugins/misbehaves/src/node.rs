//! The options of `recursive`.

use schemars::JsonSchema;
use serde::Deserialize;

/// A tree.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Node {
    pub(crate) p0: Branch,
    pub(crate) p1: Branch,
    pub(crate) p2: Branch,
    pub(crate) p3: Branch,
    pub(crate) p4: Branch,
    pub(crate) p5: Branch,
    pub(crate) p6: Branch,
    pub(crate) p7: Branch,
    pub(crate) p8: Branch,
    pub(crate) p9: Branch,
}

pub(crate) type Branch = Option<Box<Node>>;
