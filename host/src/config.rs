//! The daemon's settings: flag over environment over `orgsync.toml` over default. An unknown key is
//! an error that names file and key. Relative paths count from the working directory.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

mod http;
mod storage;

pub use http::HttpConfig;
pub use storage::StorageConfig;

/// The settings' file when none is named; it need not be there.
const DEFAULT_FILE: &str = "orgsync.toml";

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("failed to read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
    /// A value makes no sense.
    #[error("{key}: {reason}")]
    Value {
        /// The setting.
        key: &'static str,
        /// Why.
        reason: String,
    },
}

/// What flags and environment say; all optional.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The settings' file.
    pub config: Option<PathBuf>,
    /// The list of plugins.
    pub plugins: Option<PathBuf>,
    /// The daemon's data.
    pub data_dir: Option<PathBuf>,
    /// Its logs.
    pub log_dir: Option<PathBuf>,
    /// Where HTTP is served.
    pub listen: Option<String>,
    /// The database.
    pub database_url: Option<String>,
    /// Which log lines are kept.
    pub log_level: Option<String>,
    /// The TLS certificate.
    pub tls_certificate: Option<PathBuf>,
    /// Its key.
    pub tls_key: Option<PathBuf>,
    /// Whether plugins have to be pinned.
    pub require_sha256: Option<bool>,
    /// Whether they have to be signed.
    pub require_signature: Option<bool>,
    /// The keys that are trusted.
    pub trusted_keys: Option<Vec<String>>,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The settings' file, which need not be there.
    pub file: PathBuf,
    /// The list of plugins.
    pub plugins: PathBuf,
    /// The daemon's data: database, admin token, copies of plugins.
    pub data_dir: PathBuf,
    /// Its logs.
    pub log_dir: PathBuf,
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// The database.
    pub database_url: String,
    /// Which log lines are kept, as a `tracing` filter: `info`, `orgsync=debug`.
    pub log_level: String,
    /// How many days of system logs are kept.
    pub log_keep_days: u16,
    /// How many days of raw records are kept.
    pub raw_records_keep_days: u16,
    /// How long running tasks may take to stop when the daemon does.
    pub drain_timeout: Duration,
    /// The HTTP server's limits.
    pub http: HttpConfig,
    /// How much is kept.
    pub storage: StorageConfig,
    /// Certificate and key; none: plain HTTP.
    pub tls: Option<TlsConfig>,
    /// Who may read the metrics.
    pub metrics: MetricsConfig,
    /// Which plugins may be loaded.
    pub security: SecurityConfig,
    /// What clients are told; the daemon itself has no use for it.
    pub client: ClientConfig,
}

/// Which daemon clients talk to, and as whom, if it is not the one of these settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientConfig {
    /// Its address.
    pub server: Option<String>,
    /// The token.
    pub token: Option<String>,
    /// Certificates to trust, PEM.
    pub ca_file: Option<PathBuf>,
}

/// Which plugins may be loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecurityConfig {
    /// Whether each has to be pinned by its `sha256` in plugins.toml.
    pub require_sha256: bool,
    /// Whether each has to be signed with one of the trusted keys.
    pub require_signature: bool,
    /// Public keys of minisign, in base64.
    pub trusted_keys: Vec<String>,
}

/// Where TLS finds its certificate and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// Who may read the metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Whether they can be had without a token.
    pub public: bool,
}

/// `orgsync.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    plugins: Option<PathBuf>,
    data_dir: Option<PathBuf>,
    log_dir: Option<PathBuf>,
    listen: Option<String>,
    database_url: Option<String>,
    log_level: Option<String>,
    log_keep_days: Option<u16>,
    raw_records_keep_days: Option<u16>,
    drain_timeout: Option<String>,
    http: HttpConfig,
    storage: StorageConfig,
    tls: TlsFile,
    metrics: MetricsConfig,
    security: SecurityConfig,
    server: Option<String>,
    token: Option<String>,
    ca_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TlsFile {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

/// Puts the settings together.
pub fn load(given: Given) -> Result<Config, ConfigError> {
    let file = match &given.config {
        Some(path) => read(path)?,
        None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
        None => File::default(),
    };
    let data_dir = given.data_dir.or(file.data_dir).unwrap_or_else(|| "data".into());
    let listen = given.listen.or(file.listen).unwrap_or_else(|| "127.0.0.1:8370".into());
    let database_url = given.database_url.or(file.database_url);
    let database_url =
        database_url.unwrap_or_else(|| format!("sqlite://{}", data_dir.join("orgsync.db").display()));
    let checked = file.http.check().and_then(|()| file.storage.check());
    checked.map_err(|(key, reason)| ConfigError::Value { key, reason })?;
    let certificate = given.tls_certificate.or(file.tls.certificate);
    let tls = match (certificate, given.tls_key.or(file.tls.key)) {
        (None, None) => None,
        (Some(certificate), Some(key)) => Some(TlsConfig { certificate, key }),
        (None, Some(_)) => return Err(half("tls.certificate", "tls.key")),
        (Some(_), None) => return Err(half("tls.key", "tls.certificate")),
    };
    Ok(Config {
        file: given.config.unwrap_or_else(|| DEFAULT_FILE.into()),
        plugins: given.plugins.or(file.plugins).unwrap_or_else(|| "plugins.toml".into()),
        data_dir,
        log_dir: given.log_dir.or(file.log_dir).unwrap_or_else(|| "logs".into()),
        listen: listen.parse().map_err(|_| ConfigError::Value {
            key: "listen",
            reason: format!("`{listen}` is no address with a port, like 127.0.0.1:8370"),
        })?,
        database_url,
        log_level: given.log_level.or(file.log_level).unwrap_or_else(|| "info".into()),
        log_keep_days: file.log_keep_days.unwrap_or(30),
        raw_records_keep_days: file.raw_records_keep_days.unwrap_or(30),
        drain_timeout: duration("drain_timeout", file.drain_timeout, Duration::from_secs(30))?,
        http: file.http,
        storage: file.storage,
        tls,
        metrics: file.metrics,
        security: SecurityConfig {
            require_sha256: given.require_sha256.unwrap_or(file.security.require_sha256),
            require_signature: given.require_signature.unwrap_or(file.security.require_signature),
            trusted_keys: given.trusted_keys.unwrap_or(file.security.trusted_keys),
        },
        client: ClientConfig { server: file.server, token: file.token, ca_file: file.ca_file },
    })
}

fn half(key: &'static str, other: &str) -> ConfigError {
    ConfigError::Value { key, reason: format!("is missing, and {other} is of no use without it") }
}

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| ConfigError::File {
        path: path.to_owned(),
        reason: error.to_string().trim().to_owned(),
    })
}

fn duration(key: &'static str, given: Option<String>, default: Duration) -> Result<Duration, ConfigError> {
    let Some(text) = given else { return Ok(default) };
    time(&text).map_err(|reason| ConfigError::Value { key, reason })
}

/// Reads a time such as `30s`.
fn time(text: &str) -> Result<Duration, String> {
    /// Ten years: far longer times can't be added to any moment.
    const MAX: Duration = Duration::from_hours(10 * 366 * 24);
    match humantime::parse_duration(text) {
        Ok(time) if time > MAX => Err(format!("`{text}`: longer than 10 years; write 30s or 2m")),
        Ok(time) => Ok(time),
        Err(reason) => Err(format!("`{text}`: {reason}; write 30s or 2m")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(text: &str, given: Given) -> Result<Config, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("orgsync.toml");
        std::fs::write(&path, text).unwrap();
        let loaded = load(Given { config: Some(path.clone()), ..given });
        loaded.map_err(|error| error.to_string().replace(path.to_str().unwrap(), "FILE"))
    }

    #[test]
    fn flags_go_before_the_file_and_the_file_before_defaults() {
        let file = "listen = \"127.0.0.1:1\"\ndata_dir = \"d\"\n[http]\nhead_timeout = \"5s\"\n";
        let config =
            with_file(file, Given { listen: Some("127.0.0.1:2".into()), ..Given::default() }).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.database_url, "sqlite://d/orgsync.db");
        assert_eq!(config.http.head_timeout, Duration::from_secs(5));
        assert_eq!(config.log_dir, PathBuf::from("logs"));
        let file = "[security]\nrequire_sha256 = true\ntrusted_keys = [\"RWa\"]\n";
        let given = Given { trusted_keys: Some(vec!["RWb".into()]), ..Given::default() };
        let security = with_file(file, given).unwrap().security;
        assert!(security.require_sha256 && !security.require_signature);
        assert_eq!(security.trusted_keys, ["RWb"]);
    }

    #[test]
    fn mistakes_name_file_and_key() {
        let error = |text: &str| with_file(text, Given::default()).unwrap_err();
        let unknown = error("listne = \"x\"\n");
        assert!(unknown.starts_with("FILE: ") && unknown.contains("listne"), "{unknown}");
        assert!(error("[http]\nx = 1\n").contains("`x`"));
        assert_eq!(error("listen = \"x\""), "listen: `x` is no address with a port, like 127.0.0.1:8370");
        let soon = error("[http]\nbody_timeout = \"soon\"");
        assert!(
            soon.starts_with("FILE: ") && soon.contains("line 2") && soon.contains("write 30s or 2m"),
            "{soon}"
        );
        assert_eq!(error("[http]\nmax_connections = 0"), "http.max_connections: must be more than 0");
        assert!(error("[tls]\nkey = \"k\"").starts_with("tls.certificate: is missing"));
        let room = error("[http]\nmax_push_bytes = 300000000");
        assert_eq!(room, "http.max_buffered_bytes: must be at least http.max_push_bytes, 300000000");
        let days = error("[storage]\nmax_raw_records_bytes = 1048576");
        let expected =
            "storage.max_raw_records_bytes: must be at least storage.max_raw_records_day_bytes, 2147483648";
        assert_eq!(days, expected);
        assert_eq!(error("[storage]\nmax_row_bytes = 5"), "storage.max_row_bytes: must be at least 1024");
        let negative = error("[http]\nmax_pushes = -1");
        assert!(negative.contains("max_pushes"), "{negative}");
        assert!(error("drain_timeout = \"soon\"").starts_with("drain_timeout: `soon`: "));
        assert!(error("drain_timeout = \"9999999999y\"").contains("longer than 10 years"));
        assert!(error("[http]\nhead_timeout = \"9999999999y\"").contains("longer than 10 years"));
        let missing = load(Given { config: Some("/nowhere/o.toml".into()), ..Given::default() }).unwrap_err();
        assert!(missing.to_string().starts_with("failed to read /nowhere/o.toml: "));
    }
}
