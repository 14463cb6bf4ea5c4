//! What the engine asks of plugins, in its own words. The daemon puts the registry and its workers
//! behind it.

use bytes::Bytes;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::domain::data_type::DataType;
use crate::domain::fields;

use super::delivery::outlet::{Outlet, OutletOrder, Refusal, TargetType};

/// Something that a plugin could not do; the message names the plugin, what happened, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PluginFailure(pub String);

/// What a source is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceType {
    /// Its name: a source's `type`.
    pub name: String,
    /// The plugin that offers it.
    pub plugin: String,
    /// What people read.
    pub title: String,
    /// The JSON Schema of its options.
    pub options_schema: Value,
    /// What it yields.
    pub data_types: Vec<DataType>,
    /// The plugin's version.
    pub version: String,
    /// Whether it can tell what changed since a cursor.
    pub incremental: bool,
}

impl SourceType {
    /// A hash of all that decides what a cursor of a source of this type means: with other options, or another
    /// version of the plugin, the same record may come out otherwise, and nothing says so but a full read.
    pub(crate) fn made_with(&self, options: &Value) -> i64 {
        fields::hash(&format!("{}\n{}\n{}\n{options}", self.plugin, self.version, self.name))
    }
}

/// How much of a source is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// All there is.
    Everything,
    /// What changed since this cursor.
    Since(String),
}

/// What came of asking for more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// Whole lines of JSON, a record each, and where an incremental read can go on after them.
    Batch(DataType, Bytes, Option<String>),
    /// The plugin has said that there is no more, and has ended well.
    End(End),
    /// What changed since the cursor can't be told, and why.
    Expired(String),
}

/// How a read ended well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct End {
    /// Where an incremental read can go on.
    pub cursor: Option<String>,
    /// What the task's message should say about the read.
    pub notes: Vec<String>,
}

/// A read to be begun.
#[derive(Debug, Clone)]
pub struct ReadOrder {
    /// The source type.
    pub source_type: String,
    /// The source's options, secrets included.
    pub options: Value,
    /// How much of it.
    pub extent: Extent,
    /// Names the task in the log: "task 7".
    pub label: String,
    /// Ends the read early.
    pub stop: CancellationToken,
}

/// The installed plugins.
#[async_trait::async_trait]
pub trait Plugins: std::fmt::Debug + Send + Sync {
    /// The source types that can be used now.
    fn source_types(&self) -> Vec<SourceType>;

    /// Why a source type can't be used now, in words for an operator.
    fn why_not(&self, source_type: &str) -> String;

    /// Begins a read.
    async fn read(&self, order: ReadOrder) -> Result<Box<dyn Reader>, PluginFailure>;

    /// Tries to connect; gives what an operator should know of what was seen.
    async fn check(&self, source_type: &str, options: Value) -> Result<Vec<String>, PluginFailure>;

    /// The target types that can be used now.
    fn target_types(&self) -> Vec<TargetType>;

    /// Why a target type can't be used now, in words for an operator.
    fn why_no_target(&self, target_type: &str) -> String;

    /// Opens a target.
    async fn open_target(&self, order: OutletOrder) -> Result<Box<dyn Outlet>, Refusal>;

    /// Tries to connect to a target.
    async fn check_target(&self, target_type: &str, options: Value) -> Result<(), PluginFailure>;
}

/// A read under way.
#[async_trait::async_trait]
pub trait Reader: Send {
    /// The next batch, or how it ended.
    async fn next(&mut self) -> Result<Read, PluginFailure>;
}
