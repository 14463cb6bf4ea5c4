//! The flags that say where a daemon's things are; shared by the commands that need any.

use std::path::PathBuf;

use crate::config::{self, Config, ConfigError, Given};

/// The daemon's settings, as flags and environment variables.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The daemon's settings")]
pub(super) struct Settings {
    /// The settings' file [default: orgsync.toml, if it is there]
    #[arg(long, env = "ORGSYNC_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The list of plugins [default: plugins.toml]
    #[arg(long, env = "ORGSYNC_PLUGINS", value_name = "FILE")]
    plugins: Option<PathBuf>,
    /// Where the daemon keeps its data [default: data]
    #[arg(long, env = "ORGSYNC_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where the daemon writes its logs [default: logs]
    #[arg(long, env = "ORGSYNC_LOG_DIR", value_name = "DIR")]
    log_dir: Option<PathBuf>,
    /// Where HTTP is served; port 0 takes a free one [default: 127.0.0.1:8370]
    #[arg(long, env = "ORGSYNC_LISTEN", value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// The database [default: sqlite://<data-dir>/orgsync.db]
    #[arg(long, env = "ORGSYNC_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Which log lines are kept: info, debug, orgsync=debug [default: info]
    #[arg(long, env = "ORGSYNC_LOG_LEVEL", value_name = "FILTER")]
    log_level: Option<String>,
    /// The TLS certificate chain, PEM; with --tls-key, HTTPS is served instead of HTTP
    #[arg(long, env = "ORGSYNC_TLS_CERTIFICATE", value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// The private key of the TLS certificate, PEM
    #[arg(long, env = "ORGSYNC_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Refuse plugins that plugins.toml doesn't pin by their sha256 [default: false]
    #[arg(long, env = "ORGSYNC_REQUIRE_SHA256", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    require_sha256: Option<bool>,
    /// Refuse plugins that are not signed with a trusted key [default: false]
    #[arg(long, env = "ORGSYNC_REQUIRE_SIGNATURE", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    require_signature: Option<bool>,
    /// The minisign public keys whose signatures are trusted, separated by commas
    #[arg(long, env = "ORGSYNC_TRUSTED_KEYS", value_name = "KEY,…", value_delimiter = ',')]
    trusted_keys: Option<Vec<String>>,
}

impl Settings {
    /// The settings in force.
    pub(super) fn load(self) -> Result<Config, ConfigError> {
        config::load(Given {
            config: self.config,
            plugins: self.plugins,
            data_dir: self.data_dir,
            log_dir: self.log_dir,
            listen: self.listen,
            database_url: self.database_url,
            log_level: self.log_level,
            tls_certificate: self.tls_certificate,
            tls_key: self.tls_key,
            require_sha256: self.require_sha256,
            require_signature: self.require_signature,
            trusted_keys: self.trusted_keys,
        })
    }
}
