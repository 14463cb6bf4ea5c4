//! `orgsync plugin list`: the state of every listed and unlisted plugin.

use std::process::ExitCode;

use crate::cli::settings::Settings;
use crate::daemon::RegistryPlugins;
use crate::registry::Entry;

/// Show every plugin with its state
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = args.settings.load()?;
    // Copies of its own, so that a running daemon's are left alone.
    let store = tempfile::tempdir()?;
    let plugins =
        crate::cli::block_on(RegistryPlugins::open(config.plugins.clone(), store.path().join("plugins")))??;
    if let Some(trouble) = crate::http::plugins::PluginList::trouble(&*plugins) {
        anyhow::bail!("{trouble}");
    }
    let entries = plugins.entries();
    if entries.is_empty() {
        println!("no plugins: {} lists none, and plugins/ beside it holds none", config.plugins.display());
    }
    for entry in &entries {
        println!("{}", describe(entry));
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(entry: &Entry) -> String {
    let version = entry.manifest.as_ref().map_or("-", |manifest| manifest.version.as_str());
    let reason = entry.state.reason().map(|reason| format!("  {reason}")).unwrap_or_default();
    let sha256 = entry.sha256.as_deref().map_or("-", |sha256| &sha256[..12.min(sha256.len())]);
    format!(
        "{:<20} {:<9} {version:<10} {sha256:<13} {}{reason}",
        entry.name,
        entry.state.as_str(),
        entry.path.display()
    )
}
