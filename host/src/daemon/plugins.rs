//! The registry and its workers, as the engine and the HTTP side see them.

use std::path::PathBuf;
use std::sync::Arc;

use orgsync_plugin_api::manifest::Manifest;
use orgsync_plugin_api::message::OfferKind;
use orgsync_plugin_api::{self as api, ErrorClass, MAX_CURSOR, ReadRequest};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::config::{Config, SecurityConfig};
use crate::domain::data_type::DataType;
use crate::domain::one_line::{MESSAGE, one_line, told};
use crate::domain::secrets::Secrets;
use crate::http::plugins::{
    Added, FallbackView, PluginList, PluginState, PluginView, SandboxState, SandboxView, SignatureState,
    SignatureView, Standing,
};
use crate::registry::{
    self, Demand, Entry, Place, Registry, RegistryError, Signature, Snapshot, State, Trust, TrustError,
    Verified,
};
use crate::sync::delivery::outlet::{Cause, Effect, Outlet, OutletOrder, Refusal, TargetType};
use crate::sync::reader::{End, Extent, PluginFailure, Plugins, Read, ReadOrder, Reader, SourceType};
use crate::worker::{Confinement, Offer, Reading, Worker, WorkerError, WorkerSpec};

use super::outlet::{self, WorkerOutlet};
use super::own_files;

/// The registry behind the traits of those who use it.
#[derive(Debug)]
pub struct RegistryPlugins {
    registry: Registry,
    verified: Verified,
    /// The daemon's own files, which no path in an option may lead to.
    own: Arc<[PathBuf]>,
}

/// Why the plugins can't be used at all.
#[derive(Debug, thiserror::Error)]
pub enum PluginsError {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// `[security]`.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl RegistryPlugins {
    /// Opens the registry and looks at the plugins. A plugins.toml that can't be understood leaves the
    /// registry empty and is reported; pushes work without any plugin.
    pub async fn open(config: &Config, store: PathBuf) -> Result<Arc<Self>, PluginsError> {
        let registry = Registry::open(config.plugins.clone(), store, trust(&config.security)?)?;
        match registry.rescan().await {
            // It has been logged, and `standing` tells.
            Ok(_) | Err(RegistryError::PluginsToml(_)) => {
                Ok(Arc::new(Self { registry, verified: Verified::default(), own: own_files::of(config) }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Follows the plugins' files until it is told to stop.
    pub async fn watch(&self, stop: CancellationToken) {
        self.registry.watch(stop).await;
    }

    /// All plugins with their states.
    pub fn entries(&self) -> Vec<Entry> {
        self.registry.snapshot().entries.clone()
    }

    /// What a worker of a plugin is started with.
    fn spec(&self, entry: &Entry, label: impl Into<String>) -> Option<WorkerSpec> {
        entry.worker_spec(label).map(|spec| WorkerSpec { own: Arc::clone(&self.own), ..spec })
    }

    /// Starts a worker for an offer, with the secrets among its options: whatever the plugin says is not to say them.
    async fn spawn(
        &self,
        spec: WorkerSpec,
        offer: &Offer,
        stop: CancellationToken,
    ) -> (Result<Worker, WorkerError>, Secrets) {
        let (verified, library) = (self.verified.clone(), Arc::clone(&spec.library));
        let checked = tokio::task::spawn_blocking(move || verified.check(&library)).await;
        if let Err(reason) = checked.unwrap_or_else(|panic| Err(panic.to_string())) {
            let (plugin, source) = (spec.plugin, std::io::Error::other(reason));
            return (Err(WorkerError::Start { plugin, source }), Secrets::default());
        }
        let spec = spec.for_offer(offer);
        (Worker::spawn(&spec, offer, stop).await, spec.secrets)
    }

    async fn open_worker(
        &self,
        source_type: &str,
        options: Value,
        label: &str,
        stop: CancellationToken,
    ) -> Result<(Worker, Secrets), PluginFailure> {
        let snapshot = self.registry.snapshot();
        let spec = snapshot.source_type(source_type).and_then(|(entry, _)| {
            let (plugin, version) = (&entry.name, entry.version().unwrap_or_default());
            let spec = self.spec(entry, label)?;
            info!(plugin, label, "{label} runs the plugin {plugin}, {version}");
            Some(spec)
        });
        let spec = spec.ok_or_else(|| PluginFailure(self.why_not(source_type)))?;
        let offer = Offer { kind: OfferKind::Source, name: source_type.to_owned(), options };
        let (worker, secrets) = self.spawn(spec, &offer, stop).await;
        Ok((worker.map_err(|error| failure(error, &secrets))?, secrets))
    }
}

#[async_trait::async_trait]
impl Plugins for RegistryPlugins {
    fn source_types(&self) -> Vec<SourceType> {
        let snapshot = self.registry.snapshot();
        let offered = snapshot.source_types().map(|(entry, offer)| SourceType {
            name: offer.name.clone(),
            plugin: entry.name.clone(),
            title: offer.title.clone(),
            options_schema: offer.options.clone(),
            data_types: offer.data_types.iter().copied().map(data_type).collect(),
            version: entry.manifest.as_ref().map(|manifest| manifest.version.clone()).unwrap_or_default(),
            incremental: offer.incremental,
        });
        offered.collect()
    }

    fn why_not(&self, source_type: &str) -> String {
        let offers = |manifest: &Manifest| manifest.sources.iter().any(|offer| offer.name == source_type);
        why_not(&self.registry.snapshot(), "source", source_type, offers)
    }

    async fn read(&self, order: ReadOrder) -> Result<Box<dyn Reader>, PluginFailure> {
        let (worker, secrets) =
            self.open_worker(&order.source_type, order.options, &order.label, order.stop.clone()).await?;
        let request = match order.extent {
            Extent::Everything => ReadRequest::full(),
            Extent::Since(cursor) => ReadRequest::incremental(Some(cursor)),
        };
        let reading = worker.read(&request).await.map_err(|error| failure(error, &secrets))?;
        Ok(Box::new(WorkerReader { reading, secrets, label: order.label }))
    }

    async fn check(&self, source_type: &str, options: Value) -> Result<Vec<String>, PluginFailure> {
        let opened = self.open_worker(source_type, options, "check", CancellationToken::new()).await;
        let (mut worker, secrets) = opened?;
        let notes = worker.check().await.map_err(|error| failure(error, &secrets))?;
        worker.close().await.map_err(|error| failure(error, &secrets))?;
        Ok(notes.iter().map(|note| secrets.hide(note).into_owned()).collect())
    }

    fn target_types(&self) -> Vec<TargetType> {
        let snapshot = self.registry.snapshot();
        let offered = snapshot.target_types().map(|(entry, offer)| TargetType {
            name: offer.name.clone(),
            plugin: entry.name.clone(),
            title: offer.title.clone(),
            options_schema: offer.options.clone(),
            data_types: offer.data_types.iter().copied().map(data_type).collect(),
            after: offer.after.clone(),
        });
        offered.collect()
    }

    fn why_no_target(&self, target_type: &str) -> String {
        let offers = |manifest: &Manifest| manifest.targets.iter().any(|offer| offer.name == target_type);
        why_not(&self.registry.snapshot(), "target", target_type, offers)
    }

    async fn open_target(&self, order: OutletOrder) -> Result<Box<dyn Outlet>, Refusal> {
        let OutletOrder { target_type, options, label, stop } = order;
        let snapshot = self.registry.snapshot();
        let spec = snapshot.target_type(&target_type).and_then(|(entry, _)| self.spec(entry, label));
        let Some(spec) = spec else {
            let message = self.why_no_target(&target_type);
            return Err(Refusal {
                cause: Cause::Config,
                message,
                retry_after: None,
                effect: Effect::Nothing,
            });
        };
        let offer = Offer { kind: OfferKind::Target, name: target_type, options };
        let (worker, secrets) = self.spawn(spec, &offer, stop).await;
        let worker = worker.map_err(|error| outlet::refusal(error, &secrets))?;
        Ok(Box::new(WorkerOutlet { worker, secrets }))
    }

    async fn check_target(&self, target_type: &str, options: Value) -> Result<(), PluginFailure> {
        let snapshot = self.registry.snapshot();
        let spec = snapshot.target_type(target_type).and_then(|(entry, _)| self.spec(entry, "check"));
        let spec = spec.ok_or_else(|| PluginFailure(self.why_no_target(target_type)))?;
        let offer = Offer { kind: OfferKind::Target, name: target_type.to_owned(), options };
        let (worker, secrets) = self.spawn(spec, &offer, CancellationToken::new()).await;
        let checked = async {
            let mut worker = worker?;
            worker.check().await?;
            worker.close().await
        };
        checked.await.map_err(|error| failure(error, &secrets))
    }
}

#[async_trait::async_trait]
impl PluginList for RegistryPlugins {
    fn list(&self) -> Vec<PluginView> {
        self.entries().into_iter().map(view).collect()
    }

    async fn rescan(&self) -> Result<(), String> {
        self.registry.rescan().await.map(drop).map_err(|error| error.to_string())
    }

    async fn add(&self, file: &str, sha256: &str) -> Result<Added, String> {
        let added = self.registry.add(file, sha256).await.map_err(|error| error.to_string())?;
        let (plugin, path) = (&added.name, added.path.display());
        info!(plugin, %path, "plugin {plugin} was written to plugins.toml on request, with the file {path}");
        // It is listed, whatever is found now; what that is stands in the log and in the plugin's state.
        let _ = self.registry.rescan().await;
        Ok(match added.place {
            Place::Appended => Added::Appended(added.name),
            Place::Updated => Added::Updated(added.name),
        })
    }

    fn standing(&self) -> Standing {
        match self.registry.standing() {
            registry::Standing::Current => Standing::Current,
            registry::Standing::Stale(reason) => Standing::Stale(reason),
            registry::Standing::Failed(reason) => Standing::Failed(reason),
        }
    }

    fn warnings(&self) -> Vec<String> {
        self.registry.warnings()
    }
}

/// How many notes of a plugin a task's message has room for, and how many characters of each.
const NOTES: usize = 8;
const NOTE: usize = 500;

struct WorkerReader {
    reading: Reading,
    /// Those among the source's options.
    secrets: Secrets,
    label: String,
}

#[async_trait::async_trait]
impl Reader for WorkerReader {
    async fn next(&mut self) -> Result<Read, PluginFailure> {
        match self.reading.next().await {
            Ok(Some(batch)) => {
                let cursor = self.kept(batch.cursor);
                Ok(Read::Batch(data_type(batch.data_type), batch.lines, cursor))
            }
            Ok(None) => {
                let end = self.reading.end().cloned().unwrap_or_default();
                Ok(Read::End(End { cursor: self.kept(end.cursor), notes: shortened(self.hidden(end.notes)) }))
            }
            Err(WorkerError::Plugin { source, .. }) if source.class == ErrorClass::CursorExpired => {
                Ok(Read::Expired(told(&self.secrets.hide(&source.message), MESSAGE).into_owned()))
            }
            Err(error) => Err(failure(error, &self.secrets)),
        }
    }
}

/// Why a type can't be used now; `offers` tells which manifests have it. Of a plugin that is missing, the
/// manifest that it had counts.
fn why_not(snapshot: &Snapshot, kind: &str, name: &str, offers: impl Fn(&Manifest) -> bool) -> String {
    let mut entries = snapshot.entries.iter();
    // One that is listed says more than a file that isn't; those come first.
    match entries.find(|entry| entry.manifest.as_ref().or(entry.formerly.as_ref()).is_some_and(&offers)) {
        None => format!("no plugin in plugins.toml offers the {kind} type `{name}`"),
        Some(entry) => {
            let reason = match entry.state {
                State::Missing => Some(format!("there is no {}", entry.path.display())),
                _ => entry.reason(),
            };
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("the plugin `{}` that offers it is {}{reason}", entry.name, entry.state.as_str())
        }
    }
}

impl WorkerReader {
    fn hidden(&self, notes: Vec<String>) -> Vec<String> {
        notes.iter().map(|note| self.secrets.hide(note).into_owned()).collect()
    }

    /// A cursor, unless it is too long to be kept.
    fn kept(&self, cursor: Option<String>) -> Option<String> {
        let length = cursor.as_ref().map_or(0, String::len);
        if length > MAX_CURSOR {
            warn!(
                "{}: the plugin's cursor has {length} bytes, more than {MAX_CURSOR}, and is not kept",
                self.label
            );
        }
        cursor.filter(|_| length <= MAX_CURSOR)
    }
}

/// A plugin's notes, as far as a task's message has room for them.
fn shortened(notes: Vec<String>) -> Vec<String> {
    let rest = notes.len().saturating_sub(NOTES);
    let mut kept: Vec<String> = notes.into_iter().take(NOTES).map(|note| shorten(&note)).collect();
    if rest > 0 {
        kept.push(format!("and {rest} more notes of the plugin, which are in the log"));
    }
    kept
}

/// A note in one line of bounded length.
fn shorten(note: &str) -> String {
    let mut line: String = note.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(NOTE) {
        line.truncate(end);
        line.push('…');
    }
    one_line(&line).into_owned()
}

fn failure(error: WorkerError, secrets: &Secrets) -> PluginFailure {
    PluginFailure(told(&secrets.hide(&error.to_string()), MESSAGE).into_owned())
}

pub(super) fn api_type(of: DataType) -> api::DataType {
    match of {
        DataType::Department => api::DataType::Department,
        DataType::User => api::DataType::User,
    }
}

fn data_type(of: api::DataType) -> DataType {
    match of {
        api::DataType::Department => DataType::Department,
        api::DataType::User => DataType::User,
    }
}

/// `[security]` as the registry takes it.
pub fn trust(security: &SecurityConfig) -> Result<Trust, TrustError> {
    let demand = |required: bool| if required { Demand::Required } else { Demand::Optional };
    let SecurityConfig { require_sha256, require_signature, trusted_keys } = security;
    Trust::new(demand(*require_sha256), demand(*require_signature), trusted_keys)
}

fn view(entry: Entry) -> PluginView {
    let reason = entry.reason();
    let state = match entry.state {
        State::Ready => PluginState::Ready,
        State::Disabled => PluginState::Disabled,
        State::Unlisted => PluginState::Unlisted,
        State::Missing => PluginState::Missing,
        State::Invalid(_) => PluginState::Invalid,
    };
    let (signature, detail) = match entry.signature {
        Signature::None => (SignatureState::None, None),
        Signature::Unchecked => (SignatureState::Unchecked, None),
        Signature::Valid(comment) => (SignatureState::Valid, Some(comment)),
        Signature::Invalid(reason) => (SignatureState::Invalid, Some(reason)),
    };
    PluginView {
        state,
        reason,
        path: entry.path.display().to_string(),
        sha256: entry.sha256,
        size: entry.size,
        signature: SignatureView { state: signature, detail },
        fallback: entry
            .fallback
            .map(|fallback| FallbackView { reason: fallback.reason, sha256: fallback.sha256 }),
        warnings: entry.warnings,
        sandbox: entry.confinement.map(|confinement| {
            let reason = confinement.reason().map(str::to_owned);
            match confinement {
                Confinement::Enforced => SandboxView { state: SandboxState::Enforced, reason },
                Confinement::Partly(_) => SandboxView { state: SandboxState::Partly, reason },
                Confinement::Unavailable(_) => SandboxView { state: SandboxState::Unavailable, reason },
            }
        }),
        manifest: entry.manifest.and_then(|manifest| serde_json::to_value(manifest).ok()),
        name: entry.name,
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::record;

    #[test]
    fn plugins_and_records_name_the_reason_alike() {
        assert_eq!(record::REASON, orgsync_plugin_api::REASON);
    }
}
