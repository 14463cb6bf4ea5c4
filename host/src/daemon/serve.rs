//! `serve`: directories, lock, log, database, plugins, engine, HTTP, in this order; then signals until
//! it is told to stop, and everything back again.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::config::Config;
use crate::domain::ids::SourceId;
use crate::domain::policy::Policy;
use crate::domain::source::{API, Source};
use crate::http::auth::TokenHash;
use crate::http::plugins::PluginList;
use crate::http::router::{App, Settings, router};
use crate::http::server::{self, Limits};
use crate::registry::RegistryError;
use crate::store::{Store, StoreError};
use crate::sync::engine::Engine;
use crate::sync::raw_log::{RawLog, RawLogError};
use crate::sync::schedule;
use crate::telemetry::{self, TelemetryError};

use super::plugins::RegistryPlugins;
use super::token::{TokenError, admin_token};

/// How often the daemon looks for due schedules and old files.
const TICK: Duration = Duration::from_secs(10);

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
    /// The log.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The raw-record log.
    #[error(transparent)]
    RawLog(#[from] RawLogError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The admin token.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Runs the daemon until SIGTERM or SIGINT.
pub async fn serve(config: Config) -> Result<(), DaemonError> {
    make_private(&config.data_dir)?;
    let lock = lock(&config.data_dir)?;
    let log = telemetry::init(&config.log_dir, &config.log_level, config.log_keep_days)?;
    let raw_log = RawLog::new(&config.log_dir)?;
    let token = admin_token(&config.data_dir)?;
    let store = Store::open(&config.database_url).await?;
    add_api_source(&store).await?;
    let plugins = RegistryPlugins::open(config.plugins.clone(), config.data_dir.join("plugins")).await?;
    let owner = format!("{:016x}", rand::random::<u64>());
    let engine = Engine::new(store.clone(), Arc::clone(&plugins) as _, raw_log, owner);

    let signals = Signals::new()?;
    let address = config.listen;
    let failed = |source| DaemonError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    engine.recover().await?;

    let stop = CancellationToken::new();
    let settings = Settings {
        compatible_push_bytes: config.http.max_push_bytes,
        body_patience: config.http.body_timeout,
    };
    let limits = Limits {
        connections: config.http.max_connections,
        head_patience: config.http.head_timeout,
        stop_patience: config.drain_timeout,
        ..Limits::default()
    };
    let app = App::new(engine.clone(), Arc::clone(&plugins) as _, TokenHash::of(&token), settings);
    let serving = tokio::spawn(server::serve(listener, router(app), limits, stop.clone()));
    announce(address);

    run(&config, &engine, &plugins, signals).await;

    info!("stopping: running tasks stop at their next step and go on at the next start");
    stop.cancel();
    engine.drain(config.drain_timeout).await;
    if let Err(failure) = serving.await {
        warn!("the HTTP server ended badly: {failure}");
    }
    drop(engine);
    store.close().await?;
    info!("stopped");
    drop(log);
    drop(lock);
    Ok(())
}

/// Heeds signals and the clock until the daemon is to stop.
async fn run(config: &Config, engine: &Engine, plugins: &RegistryPlugins, mut signals: Signals) {
    let mut tick = tokio::time::interval(TICK);
    let mut looked = Timestamp::now();
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return,
            _ = signals.interrupt.recv() => return,
            _ = signals.hang_up.recv() => {
                info!("SIGHUP: looking at the plugins anew");
                if let Err(reason) = plugins.rescan().await {
                    warn!("nothing changed: {reason}");
                }
            }
            _ = tick.tick() => {
                let now = Timestamp::now();
                schedule::start_due(engine, looked, now).await;
                looked = now;
                engine.remove_old_raw_records(config.raw_records_keep_days);
            }
        }
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
fn announce(address: std::net::SocketAddr) {
    let mut stdout = std::io::stdout();
    // Nobody may be reading; the daemon serves all the same.
    let _ = writeln!(stdout, "listening on http://{address}").and_then(|()| stdout.flush());
    info!("listening on http://{address}");
}

fn make_private(directory: &Path) -> Result<(), DaemonError> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|source| DaemonError::Directory { path: directory.to_owned(), source })
}

/// Makes sure that this is the only daemon on the data directory, as long as the file lives.
fn lock(data_dir: &Path) -> Result<File, DaemonError> {
    let path = data_dir.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|source| DaemonError::Directory { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(DaemonError::Locked(data_dir.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(DaemonError::Directory { path, source }),
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
        created_at: now,
        updated_at: now,
    };
    crate::store::sources::add_unless_there(store, source).await
}
