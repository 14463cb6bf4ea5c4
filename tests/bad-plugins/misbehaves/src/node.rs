//! The options of `recursive`.

use schemars::JsonSchema;
use serde::Deserialize;

/// A tree.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Node {
    /// Branch 0 below this node.
    pub(crate) p0: Branch,
    /// Branch 1 below this node.
    pub(crate) p1: Branch,
    /// Branch 2 below this node.
    pub(crate) p2: Branch,
    /// Branch 3 below this node.
    pub(crate) p3: Branch,
    /// Branch 4 below this node.
    pub(crate) p4: Branch,
    /// Branch 5 below this node.
    pub(crate) p5: Branch,
    /// Branch 6 below this node.
    pub(crate) p6: Branch,
    /// Branch 7 below this node.
    pub(crate) p7: Branch,
    /// Branch 8 below this node.
    pub(crate) p8: Branch,
    /// Branch 9 below this node.
    pub(crate) p9: Branch,
}

pub(crate) type Branch = Option<Box<Node>>;
