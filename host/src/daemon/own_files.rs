//! What on the disk belongs to the daemon itself. No path in the options of a source or target leads a plugin there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::store::Store;

/// What SQLite writes beside a database, by the ends of the files' names.
const BESIDE_DATABASE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// The daemon's files and directories, whether they are there by now or not.
pub(super) fn of(config: &Config) -> Arc<[PathBuf]> {
    let Config { data_dir, log_dir, plugins, file, tls, database_url, .. } = config;
    let key = tls.iter().map(|tls| tls.key.clone());
    let database = Store::file_of(database_url).into_iter().flat_map(|file| beside(&file));
    [data_dir, log_dir, plugins, file].into_iter().cloned().chain(key).chain(database).collect()
}

fn beside(database: &Path) -> Vec<PathBuf> {
    let with =
        |end: &str| [database.as_os_str(), end.as_ref()].into_iter().collect::<std::ffi::OsString>().into();
    BESIDE_DATABASE.map(with).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Given, load};

    #[test]
    fn settings_secrets_and_all_that_is_stored_are_the_daemon_s_own() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("settings.toml");
        let text = "log_dir = \"l\"\ndatabase_url = \"sqlite:///srv/o.db?mode=rwc\"\n[tls]\ncertificate = \"c\"\nkey = \"k\"";
        std::fs::write(&file, text).unwrap();
        let config = load(Given { config: Some(file.clone()), ..Given::default() }).unwrap();
        let own: Vec<String> = of(&config).iter().map(|path| path.display().to_string()).collect();
        let expected = ["data", "l", "plugins.toml", file.to_str().unwrap(), "k"];
        assert_eq!(own[..5], expected);
        assert_eq!(own[5..], ["/srv/o.db", "/srv/o.db-wal", "/srv/o.db-shm", "/srv/o.db-journal"]);
    }
}
