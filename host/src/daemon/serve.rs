//! `serve`: directories, lock, log, database, plugins, engine, HTTP, in this order; then signals until
//! it is told to stop, and everything back again.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use nix::sys::prctl;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::config::{Config, StorageConfig, TlsConfig};
use crate::domain::ids::SourceId;
use crate::domain::lease::Owner;
use crate::domain::policy::Policy;
use crate::domain::source::{API, Source};
use crate::domain::token::TokenHash;
use crate::http::auth::Gatekeeper;
use crate::http::plugins::PluginList;
use crate::http::router::{App, Settings, router};
use crate::http::server::{self, Stop};
use crate::http::session::CookieNames;
use crate::http::tls::{Look, Tls, TlsError, TlsFiles};
use crate::logs::Logs;
use crate::metrics;
use crate::store::{Store, StoreError};
use crate::sync::engine::Engine;
use crate::sync::limits::Limits;
use crate::sync::raw_log::{RawBounds, RawLog, RawLogError};
use crate::sync::schedule;
use crate::telemetry::{self, Kept, TelemetryError};
use crate::web;

use super::descriptors;
use super::memory;
use super::modes;
use super::plugins::{PluginsError, RegistryPlugins};
use super::stop::{Deadline, STEP, step};
use super::token::{TokenError, admin_token};

/// How long the start waits for the lock on the data directory: a daemon that was killed while it started a worker leaves
/// it to that process, until that runs its own program.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);
const LOCK_LOOK: Duration = Duration::from_millis(50);

/// How often the daemon looks for due schedules and abandoned tasks.
const TICK: Duration = Duration::from_secs(10);
/// How often it throws away what is too old.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Why the daemon does not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A directory or the lock in it.
    #[error("failed to use {}: {source}", path.display())]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another daemon has the data directory.
    #[error("the data directory {} is in use by another orgsync; stop it, or use another --data-dir", .0.display())]
    Locked(PathBuf),
    /// The address can't be listened on.
    #[error("failed to listen on {address}: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// No signals can be had.
    #[error("failed to heed signals: {0}")]
    Signals(std::io::Error),
    /// Its memory can't be hidden.
    #[error("failed to keep other processes from the daemon's memory: {0}")]
    Memory(nix::Error),
    /// The log.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The raw-record log.
    #[error(transparent)]
    RawLog(#[from] RawLogError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plugins.
    #[error(transparent)]
    Plugins(#[from] PluginsError),
    /// The admin token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The TLS certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Runs the daemon until SIGTERM or SIGINT.
pub async fn serve(mut config: Config) -> Result<(), DaemonError> {
    // Its memory holds secrets: no core dumps, and no plugin's process may look into it, though of the same user.
    prctl::set_dumpable(false).map_err(DaemonError::Memory)?;
    memory::tune();
    metrics::started(Timestamp::now().as_millisecond() as f64 / 1_000.0);
    make_private(&config.data_dir)?;
    let lock = lock(&config.data_dir).await?;
    let kept = Kept { days: config.log_keep_days, bytes: config.storage.max_log_bytes };
    let log = telemetry::init(&config.log_dir, &config.log_level, kept)?;
    descriptors::fit(&mut config.http);
    let raw_log = RawLog::with_bounds(&config.log_dir, raw_bounds(&config.storage))?;
    let tls = open_tls(&config)?;
    let token = admin_token(&config.data_dir)?;
    modes::open_to_others(&config).iter().for_each(|warning| warn!("{warning}"));
    let store = Store::open(&config.database_url).await?;
    add_api_source(&store).await?;
    let cookies = CookieNames::of(&store.identity().await?);
    let plugins = RegistryPlugins::open(&config, config.data_dir.join("plugins")).await?;
    let owner = Owner::new(&installation(&config.data_dir)?, &format!("{:016x}", rand::random::<u64>()));
    let limits = limits(&config.storage);
    let engine = Engine::with_limits(store.clone(), Arc::clone(&plugins) as _, raw_log, owner, limits);

    let signals = Signals::new()?;
    let address = config.listen;
    let failed = |source| DaemonError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    match engine.recover().await {
        Err(failure) if failure.is_unavailable() => {
            warn!("interrupted tasks are taken up once the database can work again: {failure}");
        }
        recovered => recovered?,
    }

    engine.deliver();
    let stop = CancellationToken::new();
    let settings = Settings { http: config.http, public_metrics: config.metrics.public };
    let logs = Logs::new(&config.log_dir);
    let (registry, admin) = (Arc::clone(&plugins) as _, TokenHash::of(&token));
    let app = App::new(engine.clone(), registry, admin, settings, logs, cookies);
    let gatekeeper = app.gatekeeper();
    let app = app.with_tls(tls.clone());
    let pages = web::pages(&app);
    let router = router(app, pages);
    let stopping = Stop { token: stop.clone(), patience: config.drain_timeout };
    let serving = tokio::spawn(server::serve(listener, tls.clone(), router, config.http, stopping));
    let watching = tokio::spawn({
        let (plugins, stop) = (Arc::clone(&plugins), stop.clone());
        async move { plugins.watch(stop).await }
    });
    let giving_back = tokio::spawn(memory::give_back(store.clone()));
    announce(if tls.is_some() { "https" } else { "http" }, address);

    let living = Living {
        store: &store,
        engine: &engine,
        plugins: &plugins,
        gatekeeper: &gatekeeper,
        tls: tls.as_deref(),
    };
    run(&config, living, signals).await;

    info!("stopping: running tasks stop at their next step and go on at the next start");
    let deadline = Deadline::begin(config.drain_timeout);
    stop.cancel();
    engine.drain(config.drain_timeout).await;
    step("noting the last uses of tokens", STEP, note_uses(&gatekeeper, &store)).await;
    if let Some(Err(failure)) = step("the HTTP server", config.drain_timeout + STEP, serving).await {
        warn!("the HTTP server ended badly: {failure}");
    }
    if let Some(Err(failure)) = step("the watch on the plugins", STEP, watching).await {
        warn!("the watch on the plugins ended badly: {failure}");
    }
    giving_back.abort();
    drop(engine);
    step("closing the database", STEP, store.close()).await.unwrap_or(Ok(()))?;
    drop(deadline);
    info!("stopped");
    drop(log);
    drop(lock);
    Ok(())
}

fn raw_bounds(storage: &StorageConfig) -> RawBounds {
    RawBounds {
        day_bytes: storage.max_raw_records_day_bytes,
        all_bytes: storage.max_raw_records_bytes,
        min_free: storage.min_free_bytes,
        once: true,
    }
}

fn limits(storage: &StorageConfig) -> Limits {
    Limits {
        row_bytes: storage.max_row_bytes,
        task_records: storage.max_task_records,
        min_free: storage.min_free_bytes,
    }
}

/// What the clock and signals concern.
struct Living<'a> {
    store: &'a Store,
    engine: &'a Engine,
    plugins: &'a RegistryPlugins,
    gatekeeper: &'a Gatekeeper,
    tls: Option<&'a Tls>,
}

/// Heeds signals and the clock until the daemon is to stop.
async fn run(
    config: &Config,
    Living { store, engine, plugins, gatekeeper, tls }: Living<'_>,
    mut signals: Signals,
) {
    let (mut tick, mut hour) = (tokio::time::interval(TICK), tokio::time::interval(HOUR));
    let mut looked = Timestamp::now();
    let mut owed = Vec::new();
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return,
            _ = signals.interrupt.recv() => return,
            _ = signals.hang_up.recv() => {
                info!("SIGHUP: looking at the plugins and the certificate anew");
                if let Some(tls) = tls {
                    tls.look(Look::Asked, Timestamp::now());
                }
                if let Err(reason) = plugins.rescan().await {
                    warn!("nothing changed: {reason}");
                }
            }
            _ = tick.tick() => {
                let now = Timestamp::now();
                look_after(store).await;
                if let Some(tls) = tls {
                    tls.look(Look::Tick, now);
                }
                if let Some(still) = schedule::start_due(engine, looked, now, &owed).await {
                    (owed, looked) = (still, now);
                }
                if let Err(failure) = engine.keep_leases().await {
                    warn!("leases are not renewed, and no abandoned tasks taken up: {failure}");
                }
                engine.remove_void_plans();
                note_uses(gatekeeper, store).await;
            }
            _ = hour.tick() => {
                engine.remove_old_raw_records(config.raw_records_keep_days);
                if let Err(failure) = engine.forget_old_keys().await {
                    warn!("old idempotency keys stay: {failure}");
                }
            }
        }
    }
}

/// Looks at the files of the database, and at its content where it has to be. The latter may take long, and nothing
/// waits for it.
async fn look_after(store: &Store) {
    // What is wrong stands in the log, and in what is answered.
    let _ = store.look_after_files().await;
    let store = store.clone();
    tokio::spawn(async move {
        if let Err(failure) = store.check_content().await {
            warn!("the content of the database is not checked: {failure}");
        }
    });
}

async fn note_uses(gatekeeper: &Gatekeeper, store: &Store) {
    if let Err(failure) = gatekeeper.note_uses(store).await {
        warn!("the last uses of tokens are not noted: {failure}");
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Self, DaemonError> {
        let heed = |kind| signal(kind).map_err(DaemonError::Signals);
        Ok(Self {
            terminate: heed(SignalKind::terminate())?,
            interrupt: heed(SignalKind::interrupt())?,
            hang_up: heed(SignalKind::hangup())?,
        })
    }
}

/// The one line on standard output that scripts wait for.
fn announce(scheme: &str, address: std::net::SocketAddr) {
    let mut stdout = std::io::stdout();
    // Nobody may be reading; the daemon serves all the same.
    let _ = writeln!(stdout, "listening on {scheme}://{address}").and_then(|()| stdout.flush());
    info!("listening on {scheme}://{address}");
}

fn open_tls(config: &Config) -> Result<Option<Arc<Tls>>, TlsError> {
    let Some(TlsConfig { certificate, key }) = config.tls.clone() else { return Ok(None) };
    Ok(Some(Arc::new(Tls::open(TlsFiles { certificate, key }, Timestamp::now())?)))
}

/// Makes a directory that only its owner can look into, unless it is there.
pub fn make_private(directory: &Path) -> Result<(), DaemonError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|source| DaemonError::Directory { path: directory.to_owned(), source })
}

/// Makes sure that this is the only daemon on the data directory, as long as the file lives.
async fn lock(data_dir: &Path) -> Result<File, DaemonError> {
    let path = data_dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|source| DaemonError::Directory { path: path.clone(), source })?;
    let until = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => tokio::time::sleep(LOCK_LOOK).await,
            Err(TryLockError::WouldBlock) => return Err(DaemonError::Locked(data_dir.to_owned())),
            Err(TryLockError::Error(source)) => return Err(DaemonError::Directory { path, source }),
        }
    }
}

/// The name of this installation, made at its first start: leases of its earlier runs are void, because
/// only one run at a time has the lock.
fn installation(data_dir: &Path) -> Result<String, DaemonError> {
    let path = data_dir.join("installation");
    let failed = |source| DaemonError::Directory { path: path.clone(), source };
    match std::fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
        _ => {
            let name = format!("{:016x}", rand::random::<u64>());
            std::fs::write(&path, &name).map_err(failed)?;
            Ok(name)
        }
    }
}

/// The built-in source is always there.
async fn add_api_source(store: &Store) -> Result<(), StoreError> {
    let now = Timestamp::now().as_millisecond();
    let source = Source {
        id: SourceId(0),
        name: API.into(),
        source_type: API.into(),
        display_name: Some("HTTP API".into()),
        enabled: true,
        options: json!({}),
        schedule: None,
        policy: Policy::default(),
        last_full_at: None,
        created_at: now,
        updated_at: now,
    };
    crate::store::sources::add_unless_there(store, source).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_that_somebody_has_for_a_moment_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let held = lock(directory.path()).await.unwrap();
        let releasing = tokio::spawn(async move {
            tokio::time::sleep(LOCK_LOOK * 3).await;
            drop(held);
        });
        let _again = lock(directory.path()).await.unwrap();
        releasing.await.unwrap();
        let refused = lock(directory.path()).await.unwrap_err();
        assert!(matches!(refused, DaemonError::Locked(_)), "{refused}");
    }
}
