//! What the engine asks of target plugins, in its own words. The daemon puts the registry and its workers
//! behind it.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::domain::data_type::DataType;
use crate::domain::fields::Fields;

/// What a target is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetType {
    /// Its name: a target's `type`.
    pub name: String,
    /// The plugin that offers it.
    pub plugin: String,
    /// What people read.
    pub title: String,
    /// The JSON Schema of its options.
    pub options_schema: Value,
    /// What it accepts.
    pub data_types: Vec<DataType>,
    /// The target types that must have been served before it.
    pub after: Vec<String>,
}

/// A target to be opened.
#[derive(Debug, Clone)]
pub struct OutletOrder {
    /// The target type.
    pub target_type: String,
    /// The target's options, secrets included.
    pub options: Value,
    /// Names it in the log: "target crm".
    pub label: String,
    /// Ends whatever is under way.
    pub stop: CancellationToken,
}

/// One change for a target to make: the difference between what it had, if that is known, and the directory.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// What to do.
    pub op: ParcelOp,
    /// Users or departments.
    pub data_type: DataType,
    /// The user's or department's id in the directory, in decimal.
    pub uid: String,
    /// The target's own id of it.
    pub id: Option<String>,
    /// As it is to be; none for a delete.
    pub record: Option<Fields>,
    /// As the target had it; none for a create, and wherever that is not known for certain: then all of it
    /// has to be made as it is to be.
    pub before: Option<Fields>,
}

/// What a [`Parcel`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParcelOp {
    /// The target does not have it yet, as far as is known.
    Create,
    /// It differs.
    Update,
    /// It is gone.
    Delete,
}

/// What a target did with a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is done; this is the target's own id.
    Done(String),
    /// It failed alone.
    Failed(Refusal),
}

/// What a target, or its plugin, could not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Whether it may pass.
    pub cause: Cause,
    /// What happened, for an operator.
    pub message: String,
    /// How long the other side wants to be left alone.
    pub retry_after: Option<Duration>,
    /// What the target may have of what was sent.
    pub effect: Effect,
}

/// What a target may have of what was sent and not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it was not reached, or it answered that it refuses.
    Nothing,
    /// Nobody knows: the answer was lost, or only a part was refused.
    Unknown,
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It may work later.
    Transient,
    /// Somebody has to change the target's options, or the plugin.
    Config,
    /// What was sent is refused.
    Record,
    /// The plugin crashed or made no sense; perhaps because of what was sent.
    Crash,
    /// The plugin took too long; perhaps because too much was sent at once.
    Slow,
    /// We asked it to stop.
    Stopped,
}

/// An open target. Dropping it kills its worker.
#[async_trait::async_trait]
pub trait Outlet: Send + Sync {
    /// Has it make these changes; one answer for each, in the same order.
    async fn apply(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Answer>, Refusal>;

    /// Awaits its good end.
    async fn close(self: Box<Self>) -> Result<(), Refusal>;
}
