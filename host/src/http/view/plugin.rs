//! Plugins and source types as they are shown.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::data_type::DataType;
use crate::domain::one_line::one_line;
use crate::http::plugins::{
    FallbackView, PluginState, PluginView, SandboxState, SandboxView, SignatureState, SignatureView,
};
use crate::sync::reader;

/// A part of the list of plugins, and what is wrong around them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plugins {
    pub(crate) data: Vec<Plugin>,
    /// The `cursor` of the next page; null on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
    /// What is wrong with plugins.toml, with line and key, and what else an operator should know of it and of the folder of
    /// plugins. While plugins.toml can't be understood, everything stays as it was.
    pub(crate) problems: Vec<String>,
}

/// A plugin that is listed in plugins.toml, or whose file lies in the folder of plugins.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Plugin {
    /// Its name in plugins.toml; of an unlisted one its file name.
    pub(crate) name: String,
    pub(crate) state: PluginState,
    /// Why it is not ready, where there is more to say, or why what is used is not its file.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// Where the file is or should be.
    pub(crate) path: String,
    /// The file's SHA-256 in hexadecimal, if it could be read; with a fallback, that of the version in use.
    #[schema(required)]
    pub(crate) sha256: Option<String>,
    /// The size in bytes of the same.
    #[schema(required)]
    pub(crate) size: Option<u64>,
    pub(crate) signature: Signature,
    /// Why the file is not what is used, if it is not: the last good version goes on, until the file is mended.
    #[schema(required)]
    pub(crate) fallback: Option<Fallback>,
    /// What an operator should know of it.
    pub(crate) warnings: Vec<String>,
    /// What the plugin says of itself (name, version, vendor, what it offers), if that could be read.
    #[schema(required, value_type = Option<Object>)]
    pub(crate) manifest: Option<Value>,
    /// How well its workers are confined; null unless the plugin is ready.
    #[schema(required)]
    pub(crate) sandbox: Option<Sandbox>,
}

/// How far the kernel keeps a plugin's workers in their sandbox.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sandbox {
    pub(crate) state: SandboxState,
    /// What is missing, and why.
    #[schema(required)]
    pub(crate) reason: Option<String>,
}

/// What a plugin's signature is worth.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginSignature)]
pub(crate) struct Signature {
    pub(crate) state: SignatureState,
    /// The comment that was signed with the file, or what is wrong.
    #[schema(required)]
    pub(crate) detail: Option<String>,
}

/// A plugin's file that can't be used, so that its last good version goes on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PluginFallback)]
pub(crate) struct Fallback {
    /// Why it can't.
    pub(crate) reason: String,
    /// The file's SHA-256 in hexadecimal, if it could be read.
    #[schema(required)]
    pub(crate) sha256: Option<String>,
}

impl Plugins {
    /// A page of plugins, where the next one begins, and what is wrong around them.
    pub(crate) fn new(plugins: Vec<PluginView>, next_cursor: Option<String>, problems: Vec<String>) -> Self {
        let problems = problems.iter().map(|problem| one_line(problem).into_owned()).collect();
        Self { data: plugins.into_iter().map(Plugin::from).collect(), next_cursor, problems }
    }
}

impl From<PluginView> for Plugin {
    fn from(plugin: PluginView) -> Self {
        let PluginView {
            name,
            state,
            reason,
            path,
            sha256,
            size,
            manifest,
            signature,
            fallback,
            warnings,
            sandbox,
        } = plugin;
        let SignatureView { state: signature, detail } = signature;
        // Names of files, and what is in them, are whatever somebody has put there.
        let line = |text: String| one_line(&text).into_owned();
        let detail = detail.map(line);
        let fallback = fallback.map(|fallback| FallbackView { reason: line(fallback.reason), ..fallback });
        let warnings = warnings.into_iter().map(line).collect();
        Self {
            name: line(name),
            state,
            reason: reason.map(line),
            path: line(path),
            sha256,
            size,
            signature: Signature { state: signature, detail },
            fallback: fallback.map(|FallbackView { reason, sha256 }| Fallback { reason, sha256 }),
            warnings,
            manifest,
            sandbox: sandbox.map(|SandboxView { state, reason }| Sandbox { state, reason }),
        }
    }
}

/// What a source can be made of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceType {
    /// What stands in a source's `type`.
    pub(crate) name: String,
    /// The plugin that offers it; null for the built-in `api`.
    #[schema(required)]
    pub(crate) plugin: Option<String>,
    /// What people read.
    pub(crate) title: String,
    /// The JSON Schema of a source's `options`. `"format":"password"` and `"writeOnly":true` mark secrets.
    #[schema(value_type = Object)]
    pub(crate) options_schema: Value,
    /// What such a source can yield.
    pub(crate) data_types: Vec<DataType>,
    /// Whether it can tell what changed since the last sync.
    pub(crate) incremental: bool,
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
