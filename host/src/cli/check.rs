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
    println!("ok     settings");
    let store = tempfile::tempdir()?;
    let plugins = store.path().join("plugins");
    let wrong = super::block_on(async {
        let plugins = RegistryPlugins::open(&config, plugins).await?;
        let mut wrong = check_tls(&config) + check_plugins(&plugins);
        wrong += check_connections(&config, &plugins).await?;
        anyhow::Ok(wrong)
    })??;
    if wrong == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("orgsync: {wrong} of these are wrong");
    Ok(ExitCode::FAILURE)
}

fn check_tls(config: &Config) -> usize {
    let Some(TlsConfig { certificate, key }) = config.tls.clone() else { return 0 };
    let files = TlsFiles { certificate, key };
    match tls::load(&files, Timestamp::now()) {
        Err(reason) => {
            println!("WRONG  {reason}");
            1
        }
        Ok(pair) => {
            println!("ok     TLS certificate {}, valid until {}", files.certificate.display(), pair.expires);
            if let Some(warning) = tls::exposed(&files.key) {
                println!("note   {warning}");
            }
            0
        }
    }
}

fn check_plugins(plugins: &RegistryPlugins) -> usize {
    let mut wrong = 0;
    if let Some(trouble) = plugins.standing().trouble() {
        println!("WRONG  plugins: {trouble}");
        wrong += 1;
    }
    for warning in plugins.warnings() {
        println!("note   {warning}");
    }
    for plugin in plugins.list() {
        let reason = plugin.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let bad = matches!(plugin.state, PluginState::Missing | PluginState::Invalid);
        wrong += usize::from(bad);
        println!(
            "{}  plugin {} is {}{reason}",
            if bad { "WRONG" } else { "ok   " },
            plugin.name,
            plugin.state
        );
    }
    wrong
}

async fn check_connections(config: &Config, plugins: &Arc<RegistryPlugins>) -> anyhow::Result<usize> {
    let file = config.database_url.strip_prefix("sqlite://");
    if file.is_some_and(|file| !std::path::Path::new(file).exists()) {
        println!("ok     no database yet, so no sources and targets");
        return Ok(0);
    }
    let store = Store::open_as_it_is(&config.database_url).await?;
    let found = sources::list(store.reader(), None, MOST).await?;
    let targets = targets::enabled(store.reader()).await?;
    store.close().await?;
    let mut wrong = 0;
    for source in found.iter().filter(|source| source.source_type != API) {
        wrong += told(&format!("source {}", source.name), check_source(source, plugins).await);
    }
    for target in &targets {
        wrong += told(&format!("target {}", target.name), check_target(target, plugins).await);
    }
    Ok(wrong)
}

/// Prints what was found of something, and counts it if it is wrong.
fn told(what: &str, found: Result<(), String>) -> usize {
    match found {
        Ok(()) => {
            println!("ok     {what}");
            0
        }
        Err(reason) => {
            println!("WRONG  {what}: {reason}");
            1
        }
    }
}

async fn check_source(source: &Source, plugins: &Arc<RegistryPlugins>) -> Result<(), String> {
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
