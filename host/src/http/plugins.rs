//! Plugins and the source types they offer. The registry is known here only through [`PluginList`],
//! which the daemon puts it behind.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use crate::domain::data_type::DataType;
use crate::domain::source::API;
use crate::sync::reader::{Plugins, SourceType};

use super::page::{Page, Paging, page};
use super::problem::Problem;
use super::query::Parameters;
use super::router::App;
use super::{options, view};

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
    /// `ready`, `disabled`, `unlisted`, `missing` or `invalid`.
    pub state: &'static str,
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
}

/// GET /api/v1/plugins
pub(crate) async fn list(State(app): State<App>, mut parameters: Parameters) -> Result<Page, Problem> {
    let paging = Paging::take(&mut parameters)?;
    parameters.end()?;
    let (plugins, next) = paging.of_all(app.plugins.list(), |plugin| plugin.name.clone());
    Ok(page(plugins.iter().map(view::plugin).collect(), next))
}

/// POST /api/v1/plugins/rescan
pub(crate) async fn rescan(State(app): State<App>, parameters: Parameters) -> Result<Page, Problem> {
    parameters.end()?;
    let scanned = app.plugins.rescan().await;
    scanned.map_err(|reason| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, reason))?;
    Ok(page(app.plugins.list().iter().map(view::plugin).collect(), None))
}

/// GET /api/v1/source-types
pub(crate) async fn source_types(
    State(app): State<App>,
    mut parameters: Parameters,
) -> Result<Page, Problem> {
    let paging = Paging::take(&mut parameters)?;
    parameters.end()?;
    let (types, next) = paging.of_all(all_source_types(app.engine.plugins()), |offer| offer.name.clone());
    Ok(page(types.iter().map(view::source_type).collect(), next))
}

/// The built-in source type and those of all plugins that are ready.
pub(crate) fn all_source_types(plugins: &dyn Plugins) -> Vec<SourceType> {
    let built_in = SourceType {
        name: API.into(),
        plugin: String::new(),
        title: "HTTP API".into(),
        options_schema: options::none(),
        data_types: DataType::ALL.to_vec(),
    };
    std::iter::once(built_in).chain(plugins.source_types()).collect()
}
