//! Numeric identities, one type per noun, so that a user's id is never taken for a task's.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

id! {
    /// A configured source.
    SourceId,
    /// A task; unique over all sources.
    TaskId,
    /// A configured target.
    TargetId,
    /// The human-readable run number of a task, counted within its source from 1.
    Batch,
    /// A token.
    TokenId,
    /// A row of a built-in target: a user's id or a department's id, according to the data type.
    LocalId,
}
