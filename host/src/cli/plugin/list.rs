//! `orgsync plugin list`: the state of every listed and unlisted plugin. Over HTTP if a server is named, as the
//! daemon sees them; otherwise the files are judged here.

use std::process::ExitCode;

use serde_json::Value;

use crate::cli::connection::{Connection, Way};
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::config::Config;
use crate::daemon::RegistryPlugins;
use crate::http::plugins::{PluginList, listing};

/// Show every plugin with its state
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let listing = match args.connection.way(args.settings)? {
        Way::Server(client) => client.get("/api/v1/plugins?limit=1000")?,
        Way::Files(config) => judge(&config)?,
    };
    for plugin in listing["data"].as_array().into_iter().flatten() {
        output::line(describe(plugin))?;
        for warning in plugin["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            output::line(format_args!("  {warning}"))?;
        }
    }
    for problem in listing["problems"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        output::note(format_args!("note: {problem}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// All plugins of the settings, as the API would show them.
fn judge(config: &Config) -> anyhow::Result<Value> {
    // Copies of its own, so that a running daemon's are left alone.
    let store = tempfile::tempdir()?;
    let plugins = crate::cli::block_on(RegistryPlugins::open(config, store.path().join("plugins")))??;
    if let Some(trouble) = plugins.standing().trouble() {
        anyhow::bail!("{trouble}");
    }
    if plugins.list().is_empty() {
        let list = config.plugins.display();
        output::line(format_args!("no plugins: {list} lists none, and plugins/ beside it holds none"))?;
    }
    Ok(listing(&*plugins))
}

/// One line for each.
fn describe(plugin: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let version = text(&plugin["manifest"]["version"]);
    let sha256: String = text(&plugin["sha256"]).chars().take(12).collect();
    let reason = plugin["reason"].as_str().map(|reason| format!("  {reason}")).unwrap_or_default();
    let signed = match plugin["signature"]["state"].as_str() {
        None | Some("none") => String::new(),
        Some(state) => format!("  signature {state}"),
    };
    let sandbox = match (plugin["sandbox"]["state"].as_str(), plugin["sandbox"]["reason"].as_str()) {
        (None, _) => String::new(),
        (Some(state), None) => format!("  sandbox {state}"),
        (Some(state), Some(reason)) => format!("  sandbox {state}: {reason}"),
    };
    format!(
        "{:<20} {:<9} {version:<10} {sha256:<13} {}{signed}{sandbox}{reason}",
        text(&plugin["name"]),
        text(&plugin["state"]),
        text(&plugin["path"]),
    )
}
