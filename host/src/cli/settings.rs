//! The flags that say where a daemon's things are; shared by `serve`, `check` and `plugin list`.

use std::path::PathBuf;

use crate::config::{self, Config, ConfigError, Given};

/// The daemon's settings, as flags and environment variables.
#[derive(Debug, clap::Args)]
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
        })
    }
}
