//! `orgsync check`: everything that can be found wrong before the daemon runs, as a list.

use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::config::{Config, TlsConfig};
use crate::daemon::RegistryPlugins;
use crate::domain::source::{API, Source};
use crate::domain::target::Target;
use crate::http::options;
use crate::http::plugins::{PluginList, PluginState};
use crate::http::tls::{self, TlsFiles};
use crate::store::{Store, sources, targets};
use crate::sync::reader::Plugins;

use super::output::{self, OutputError};
use super::settings::Settings;

/// Validate settings, plugins, sources and targets, and connect to each source and enabled target
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// How many sources and targets are looked at.
const MOST: u64 = 10_000;

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = args.settings.load()?;
    output::line("ok     settings")?;
    let store = tempfile::tempdir()?;
    let plugins = store.path().join("plugins");
    let wrong = super::block_on(async {
        let plugins = RegistryPlugins::open(&config, plugins).await?;
        let mut wrong = check_tls(&config)? + check_plugins(&plugins)?;
        wrong += check_connections(&config, &plugins).await?;
        anyhow::Ok(wrong)
    })??;
    if wrong == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    output::note(format_args!("orgsync: {wrong} of these are wrong"));
    Ok(ExitCode::FAILURE)
}

fn check_tls(config: &Config) -> Result<usize, OutputError> {
    let Some(TlsConfig { certificate, key }) = config.tls.clone() else { return Ok(0) };
    let files = TlsFiles { certificate, key };
    match tls::load(&files, Timestamp::now()) {
        Err(reason) => {
            output::paragraph(format_args!("WRONG  {reason}"))?;
            Ok(1)
        }
        Ok(pair) => {
            let file = files.certificate.display();
            output::line(format_args!("ok     TLS certificate {file}, valid until {}", pair.expires))?;
            if let Some(warning) = tls::exposed(&files.key) {
                output::line(format_args!("note   {warning}"))?;
            }
            Ok(0)
        }
    }
}

fn check_plugins(plugins: &RegistryPlugins) -> Result<usize, OutputError> {
    let mut wrong = 0;
    if let Some(trouble) = plugins.standing().trouble() {
        output::paragraph(format_args!("WRONG  plugins: {trouble}"))?;
        wrong += 1;
    }
    for warning in plugins.warnings() {
        output::line(format_args!("note   {warning}"))?;
    }
    for plugin in plugins.list() {
        let reason = plugin.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let bad = matches!(plugin.state, PluginState::Missing | PluginState::Invalid);
        wrong += usize::from(bad);
        let verdict = if bad { "WRONG" } else { "ok   " };
        output::line(format_args!("{verdict}  plugin {} is {}{reason}", plugin.name, plugin.state))?;
    }
    Ok(wrong)
}

async fn check_connections(config: &Config, plugins: &Arc<RegistryPlugins>) -> anyhow::Result<usize> {
    if Store::file_of(&config.database_url).is_some_and(|file| !file.exists()) {
        output::line("ok     no database yet, so no sources and targets")?;
        return Ok(0);
    }
    let store = Store::open_as_it_is(&config.database_url).await?;
    let found = sources::list(store.reader(), None, MOST).await?;
    let targets = targets::enabled(store.reader()).await?;
    store.close().await?;
    let mut wrong = 0;
    for source in found.iter().filter(|source| source.source_type != API) {
        let checked = check_source(source, plugins).await;
        let notes = checked.as_deref().unwrap_or_default().to_vec();
        wrong += told(&format!("source {}", source.name), checked.map(drop))?;
        for note in notes {
            output::line(format_args!("note   {note}"))?;
        }
    }
    for target in &targets {
        wrong += told(&format!("target {}", target.name), check_target(target, plugins).await)?;
    }
    Ok(wrong)
}

/// Prints what was found of something, and counts it if it is wrong.
fn told(what: &str, found: Result<(), String>) -> Result<usize, OutputError> {
    match found {
        Ok(()) => output::line(format_args!("ok     {what}")).map(|()| 0),
        Err(reason) => output::paragraph(format_args!("WRONG  {what}: {reason}")).map(|()| 1),
    }
}

async fn check_source(source: &Source, plugins: &Arc<RegistryPlugins>) -> Result<Vec<String>, String> {
    let offered = plugins.source_types().into_iter().find(|offer| offer.name == source.source_type);
    let offered = offered.ok_or_else(|| plugins.why_not(&source.source_type))?;
    check_options(&offered.options_schema, &source.options)?;
    plugins.check(&source.source_type, source.options.clone()).await.map_err(|failure| failure.to_string())
}

async fn check_target(target: &Target, plugins: &Arc<RegistryPlugins>) -> Result<(), String> {
    let offered = plugins.target_types().into_iter().find(|offer| offer.name == target.target_type);
    let offered = offered.ok_or_else(|| plugins.why_no_target(&target.target_type))?;
    check_options(&offered.options_schema, &target.options)?;
    let checked = plugins.check_target(&target.target_type, target.options.clone()).await;
    checked.map_err(|failure| failure.to_string())
}

fn check_options(schema: &Value, given: &Value) -> Result<(), String> {
    let faults = options::check(schema, given).map_err(|problem| problem.detail)?;
    let faults: Vec<String> =
        faults.iter().map(|fault| format!("{} {}", fault.field, fault.message)).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}
