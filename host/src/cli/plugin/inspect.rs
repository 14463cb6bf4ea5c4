//! `orgsync plugin inspect`: what a library says of itself, without running it.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::output::{self, OutputError};
use crate::registry::inspect;

/// Show what a plugin's file says of itself, without running it
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shared library
    file: PathBuf,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let found = serde_json::to_value(&inspect(&args.file)?)?;
    if args.json {
        output::json(&found)?;
    } else {
        print_inspection(&found)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print_inspection(found: &serde_json::Value) -> Result<(), OutputError> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let manifest = &found["manifest"];
    let [name, version, vendor] = ["name", "version", "vendor"].map(|key| text(&manifest[key]));
    output::line(format_args!("{name} {version} by {vendor}"))?;
    output::line(format_args!("  ABI version   {}", text(&manifest["abi"])))?;
    output::line(format_args!("  architecture  {}", text(&found["architecture"])))?;
    output::line(format_args!("  size          {} bytes", text(&found["size"])))?;
    output::line(format_args!("  sha256        {}", text(&found["sha256"])))?;
    for (kind, offers) in [("source", &manifest["sources"]), ("target", &manifest["targets"])] {
        for offer in offers.as_array().into_iter().flatten() {
            output::line(format_args!(
                "  offers {kind}  {} ({})",
                text(&offer["name"]),
                text(&offer["title"])
            ))?;
            let required = offer["options"]["required"].as_array();
            let options = offer["options"]["properties"].as_object().into_iter().flatten();
            for (name, schema) in options {
                let must = required.is_some_and(|required| required.iter().any(|key| key == name));
                let description = schema["description"].as_str().unwrap_or_default();
                let first = description.lines().next().unwrap_or_default();
                output::line(format_args!("    {name}{}  {first}", if must { " (required)" } else { "" }))?;
            }
        }
    }
    Ok(())
}
