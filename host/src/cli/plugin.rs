//! `orgsync plugin`: what a library says of itself, without running it, and the state of all listed ones.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::daemon::RegistryPlugins;
use crate::registry::{Entry, inspect};

use super::settings::Settings;

/// Look at plugins
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Show what a plugin's file says of itself, without running it
    Inspect {
        /// The shared library
        file: PathBuf,
        /// Print everything as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show every listed and unlisted plugin with its state
    List(ListArgs),
}

/// Show every plugin with its state
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Inspect { file, json } => {
            let found = inspect(&file)?;
            let found = serde_json::to_value(&found)?;
            if json {
                println!("{}", serde_json::to_string_pretty(&found)?);
            } else {
                print_inspection(&found);
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::List(args) => list(args),
    }
}

fn print_inspection(found: &serde_json::Value) {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let manifest = &found["manifest"];
    println!("{} {} by {}", text(&manifest["name"]), text(&manifest["version"]), text(&manifest["vendor"]));
    println!("  ABI version   {}", text(&manifest["abi"]));
    println!("  architecture  {}", text(&found["architecture"]));
    println!("  size          {} bytes", text(&found["size"]));
    println!("  sha256        {}", text(&found["sha256"]));
    for (kind, offers) in [("source", &manifest["sources"]), ("target", &manifest["targets"])] {
        for offer in offers.as_array().into_iter().flatten() {
            println!("  offers {kind}  {} ({})", text(&offer["name"]), text(&offer["title"]));
            let required = offer["options"]["required"].as_array();
            let options = offer["options"]["properties"].as_object().into_iter().flatten();
            for (name, schema) in options {
                let must = required.is_some_and(|required| required.iter().any(|key| key == name));
                let description = schema["description"].as_str().unwrap_or_default();
                let first = description.lines().next().unwrap_or_default();
                println!("    {name}{}  {first}", if must { " (required)" } else { "" });
            }
        }
    }
}

fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    let config = args.settings.load()?;
    // Copies of its own, so that a running daemon's are left alone.
    let store = tempfile::tempdir()?;
    let plugins =
        super::block_on(RegistryPlugins::open(config.plugins.clone(), store.path().join("plugins")))??;
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
