//! What the engine asks of plugins, in its own words. The daemon puts the registry and its workers
//! behind it.

use bytes::Bytes;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::domain::data_type::DataType;
use crate::domain::task::Mode;

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
}

/// A read to be begun.
#[derive(Debug, Clone)]
pub struct ReadOrder {
    /// The source type.
    pub source_type: String,
    /// The source's options, secrets included.
    pub options: Value,
    /// Everything, or what changed.
    pub mode: Mode,
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

    /// Tries to connect.
    async fn check(&self, source_type: &str, options: Value) -> Result<(), PluginFailure>;
}

/// A read under way.
#[async_trait::async_trait]
pub trait Reader: Send {
    /// The next batch: whole lines of JSON, a record each. `None` only when the plugin has said that
    /// there is no more, and has ended well.
    async fn next(&mut self) -> Result<Option<(DataType, Bytes)>, PluginFailure>;
}
