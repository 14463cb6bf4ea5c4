//! What answers look like, and every conversion from the domain's and the store's values to that, one
//! file per noun. The types are the description in /openapi.json, too: their comments are what clients
//! read there.

pub(crate) mod change;
mod compatible;
pub(crate) mod directory;
pub(crate) mod plugin;
pub(crate) mod source;
pub(crate) mod target;
pub(crate) mod task;
mod time;
pub(crate) mod token;

pub(crate) use change::{Change, uid_of};
pub(crate) use compatible::{
    CompatibleError, CompatibleFailed, CompatibleHeld, CompatiblePushed, CompatibleStarted,
    CompatibleSyncType, Data,
};
pub(crate) use directory::{Beside, Dangling, Department, Link, LinkState, User};
pub(crate) use plugin::{Plugins, SourceType};
pub(crate) use source::{BesideSource, Checked, DeletedSource, Source};
pub(crate) use target::{Delivery, DeliveryCounts, Retried, Target, TargetCounts, TargetType};
pub(crate) use task::{Accepted, BesideTask, FailedRecord, PushTaken, Pushed, Task, task_path};
pub(crate) use time::Time;
pub(crate) use token::Token;
