//! Plugins and the source types they offer. The registry is known here only through [`PluginList`],
//! which the daemon puts it behind.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::change::words;
use crate::domain::data_type::DataType;
use crate::domain::source::API;
use crate::sync::reader::{Plugins, SourceType};

use super::options;
use super::page::{NameCursor, Page, Paging, page};
use super::problem::Problem;
use super::query::{Listed, Nothing, Query};
use super::router::App;
use super::view;

/// The registry, as far as it is shown and steered over HTTP.
#[async_trait::async_trait]
pub trait PluginList: std::fmt::Debug + Send + Sync {
    /// All plugins, whatever their state.
    fn list(&self) -> Vec<PluginView>;

    /// Looks at plugins.toml and the files anew. The error is for the operator.
    async fn rescan(&self) -> Result<(), String>;

    /// Why the registry as a whole is of no use, if it is: what it knows is out of date, say, because
    /// plugins.toml can't be read.
    fn trouble(&self) -> Option<String> {
        None
    }
}

/// A plugin as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginView {
    /// Its name in plugins.toml; of an unlisted one its file name.
    pub name: String,
    /// Where it stands.
    pub state: PluginState,
    /// Why it is not ready, where there is more to say.
    pub reason: Option<String>,
    /// Where the file is or should be.
    pub path: String,
    /// The file's SHA-256 in hexadecimal, if it could be read.
    pub sha256: Option<String>,
    /// The file's size in bytes, if it could be read.
    pub size: Option<u64>,
    /// What the plugin says of itself, if it says that comprehensibly.
    pub manifest: Option<Value>,
    /// How well its workers are confined, once that is known.
    pub sandbox: Option<SandboxView>,
}

/// How well a plugin's workers are confined.
#[derive(Debug, Clone, PartialEq)]
pub struct SandboxView {
    /// How far that goes.
    pub state: SandboxState,
    /// What is missing, and why.
    pub reason: Option<String>,
}

words! {
    /// How far the kernel keeps a plugin's workers in their sandbox.
    SandboxState {
        /// In everything.
        Enforced = "enforced",
        /// In some of it; `reason` says what is missing.
        Partly = "partly",
        /// Not at all; `reason` says why.
        Unavailable = "unavailable",
    }
}

words! {
    /// Where a plugin stands.
    PluginState {
        /// It can be used.
        Ready = "ready",
        /// plugins.toml switches it off.
        Disabled = "disabled",
        /// The file lies in the folder of plugins, but not in plugins.toml; it is not run.
        Unlisted = "unlisted",
        /// There is no such file.
        Missing = "missing",
        /// It can't be used; `reason` says why.
        Invalid = "invalid",
    }
}

/// Lists the plugins by name.
#[utoipa::path(
    get, path = "/plugins", tag = "plugins", operation_id = "listPlugins",
    params(Paging<NameCursor>),
    responses((status = 200, description = "a page of them", body = Page<view::Plugin>)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<NameCursor, Nothing>,
) -> Json<Page<view::Plugin>> {
    let (plugins, next) = paging.of_all(app.plugins.list(), |plugin| plugin.name.clone());
    page(plugins.into_iter().map(view::Plugin::from).collect(), next)
}

/// Looks at plugins.toml and the plugins' files now.
///
/// The daemon does so by itself when it starts, and at SIGHUP.
#[utoipa::path(
    post, path = "/plugins/rescan", tag = "plugins", operation_id = "rescanPlugins",
    responses(
        (status = 200, description = "all plugins as they are then", body = Page<view::Plugin>),
        (status = 422, description = "plugins.toml can't be read; everything stays as it was"),
    ),
)]
pub(crate) async fn rescan(
    State(app): State<App>,
    _: Query<Nothing>,
) -> Result<Json<Page<view::Plugin>>, Problem> {
    let scanned = app.plugins.rescan().await;
    scanned.map_err(|reason| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, reason))?;
    Ok(page(app.plugins.list().into_iter().map(view::Plugin::from).collect(), None))
}

/// Lists what sources can be made of, by name: `api`, and what plugins that are ready offer.
#[utoipa::path(
    get, path = "/source-types", tag = "plugins", operation_id = "listSourceTypes",
    params(Paging<NameCursor>),
    responses((status = 200, description = "a page of them", body = Page<view::SourceType>)),
)]
pub(crate) async fn source_types(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<NameCursor, Nothing>,
) -> Json<Page<view::SourceType>> {
    let (types, next) = paging.of_all(all_source_types(app.engine.plugins()), |offer| offer.name.clone());
    page(types.into_iter().map(view::SourceType::from).collect(), next)
}

/// The built-in source type and those of all plugins that are ready.
pub(crate) fn all_source_types(plugins: &dyn Plugins) -> Vec<SourceType> {
    let built_in = SourceType {
        name: API.into(),
        plugin: String::new(),
        title: "HTTP API".into(),
        options_schema: options::none(),
        data_types: DataType::ALL.to_vec(),
        version: String::new(),
        incremental: false,
    };
    std::iter::once(built_in).chain(plugins.source_types()).collect()
}
