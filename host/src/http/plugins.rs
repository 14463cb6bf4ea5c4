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

    /// Lists in plugins.toml a file that lies in plugins/ unlisted, if it is still the one with this SHA-256, and looks
    /// at everything anew. The error is for the operator; nothing has changed then.
    async fn add(&self, file: &str, sha256: &str) -> Result<Added, String>;

    /// Whether what the registry knows is what plugins.toml says.
    fn standing(&self) -> Standing;

    /// What an operator should know of plugins.toml and plugins/ themselves.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What adding a file came to: the name of the plugin, and whether there was one of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    Appended(String),
    /// It was there, and its file is now this one.
    Updated(String),
}

/// Whether what the registry knows is what plugins.toml says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    #[default]
    Current,
    /// plugins.toml can't be understood any more, for this reason; what it said before counts.
    Stale(String),
    /// It could never be understood, for this reason: there are no plugins.
    Failed(String),
}

impl Standing {
    /// What is wrong with plugins.toml, if something is.
    pub fn trouble(self) -> Option<String> {
        match self {
            Standing::Current => None,
            Standing::Stale(reason) | Standing::Failed(reason) => Some(reason),
        }
    }
}

/// A plugin as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginView {
    /// Its name in plugins.toml; of an unlisted one its file name.
    pub name: String,
    /// Where it stands.
    pub state: PluginState,
    /// Why it is not ready, where there is more to say, or why what is used is not its file.
    pub reason: Option<String>,
    /// Where the file is or should be.
    pub path: String,
    /// The file's SHA-256 in hexadecimal, if it could be read.
    pub sha256: Option<String>,
    /// The file's size in bytes, if it could be read.
    pub size: Option<u64>,
    /// What its signature is worth.
    pub signature: SignatureView,
    /// Why its file is not what is used, if it is not.
    pub fallback: Option<FallbackView>,
    /// What an operator should know of it.
    pub warnings: Vec<String>,
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

/// What a plugin's signature is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureView {
    /// In a word.
    pub state: SignatureState,
    /// The comment that was signed with the file, or what is wrong.
    pub detail: Option<String>,
}

/// A plugin's file that can't be used, so that its last good version goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct FallbackView {
    /// Why it can't.
    pub reason: String,
    /// The file's SHA-256 in hexadecimal, if it could be read.
    pub sha256: Option<String>,
}

words! {
    /// What a plugin's signature is worth.
    SignatureState {
        /// There is none.
        None = "none",
        /// There is one, and no trusted key to verify it with.
        Unchecked = "unchecked",
        /// It was made with a trusted key over this file.
        Valid = "valid",
        /// It is not to be trusted; such a plugin is not loaded.
        Invalid = "invalid",
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
    responses((status = 200, description = "a page of them", body = view::Plugins)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Listed(paging, Nothing {}): Listed<NameCursor, Nothing>,
) -> Json<view::Plugins> {
    let (plugins, next) = paging.of_all(app.plugins.list(), |plugin| plugin.name.clone());
    Json(view::Plugins::new(plugins, next, problems(&*app.plugins)))
}

/// Looks at plugins.toml and the plugins' files now.
///
/// The daemon watches them, so this is for those who don't want to wait. It waits up to 10 seconds for files that are
/// being written.
#[utoipa::path(
    post, path = "/plugins/rescan", tag = "plugins", operation_id = "rescanPlugins",
    responses(
        (status = 200, description = "all plugins as they are then", body = view::Plugins),
        (status = 422, description = "plugins.toml can't be read; everything stays as it was"),
    ),
)]
pub(crate) async fn rescan(
    State(app): State<App>,
    _: Query<Nothing>,
) -> Result<Json<view::Plugins>, Problem> {
    let scanned = app.plugins.rescan().await;
    scanned.map_err(|reason| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, reason))?;
    Ok(Json(view::Plugins::new(app.plugins.list(), None, problems(&*app.plugins))))
}

/// Lists a file of plugins/ in plugins.toml, as `orgsync plugin add` does.
pub(crate) async fn add(app: &App, file: &str, sha256: &str) -> Result<Added, Problem> {
    let added = app.plugins.add(file, sha256).await;
    added.map_err(|reason| Problem::new(StatusCode::CONFLICT, reason))
}

/// All plugins as one page, as the API shows them, for whoever has them without a server.
pub fn listing(plugins: &dyn PluginList) -> Value {
    let all = view::Plugins::new(plugins.list(), None, problems(plugins));
    serde_json::to_value(all).expect("it has only texts and numbers")
}

/// What is wrong around the plugins rather than with one of them.
fn problems(plugins: &dyn PluginList) -> Vec<String> {
    plugins.standing().trouble().into_iter().chain(plugins.warnings()).collect()
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
