//! Plugins and source types as they are shown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::data_type::DataType;
use crate::http::plugins::{PluginState, PluginView, SandboxState, SandboxView};
use crate::sync::reader;

/// A plugin that is listed in plugins.toml, or whose file lies in the folder of plugins.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Plugin {
    /// Its name in plugins.toml; of an unlisted one its file name.
    name: String,
    state: PluginState,
    /// Why it is not ready, where there is more to say.
    #[schema(required)]
    reason: Option<String>,
    /// Where the file is or should be.
    path: String,
    /// The file's SHA-256 in hexadecimal, if it could be read.
    #[schema(required)]
    sha256: Option<String>,
    /// The file's size in bytes, if it could be read.
    #[schema(required)]
    size: Option<u64>,
    /// What the plugin says of itself (name, version, vendor, what it offers), if that could be read.
    #[schema(required, value_type = Option<Object>)]
    manifest: Option<Value>,
    /// How well its workers are confined; null unless the plugin is ready.
    #[schema(required)]
    sandbox: Option<Sandbox>,
}

/// How far the kernel keeps a plugin's workers in their sandbox.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sandbox {
    state: SandboxState,
    /// What is missing, and why.
    #[schema(required)]
    reason: Option<String>,
}

impl From<PluginView> for Plugin {
    fn from(plugin: PluginView) -> Self {
        let PluginView { name, state, reason, path, sha256, size, manifest, sandbox } = plugin;
        let sandbox = sandbox.map(|SandboxView { state, reason }| Sandbox { state, reason });
        Self { name, state, reason, path, sha256, size, manifest, sandbox }
    }
}

/// What a source can be made of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceType {
    /// What stands in a source's `type`.
    name: String,
    /// The plugin that offers it; null for the built-in `api`.
    #[schema(required)]
    plugin: Option<String>,
    /// What people read.
    title: String,
    /// The JSON Schema of a source's `options`. `"format":"password"` and `"writeOnly":true` mark secrets.
    #[schema(value_type = Object)]
    options_schema: Value,
    /// What such a source can yield.
    data_types: Vec<DataType>,
    /// Whether it can tell what changed since the last sync.
    incremental: bool,
}

impl From<reader::SourceType> for SourceType {
    fn from(offer: reader::SourceType) -> Self {
        Self {
            name: offer.name,
            plugin: Some(offer.plugin).filter(|plugin| !plugin.is_empty()),
            title: offer.title,
            options_schema: offer.options_schema,
            data_types: offer.data_types,
            incremental: offer.incremental,
        }
    }
}
