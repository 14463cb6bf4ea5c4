//! Which of the daemon's own files and directories others can reach, which nobody but its user should.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::config::Config;
use crate::store::Store;
use crate::sync::raw_log;

use super::token::ADMIN_TOKEN_FILE;

/// Those who are neither the owner nor in its group may read, write or search.
const ANY: u32 = 0o007;
/// Anybody but the owner may write.
const WRITE: u32 = 0o022;

/// A warning for each of them.
pub(super) fn open_to_others(config: &Config) -> Vec<String> {
    let token = config.data_dir.join(ADMIN_TOKEN_FILE);
    let raw_records = config.log_dir.join(raw_log::DIRECTORY);
    let database = Store::file_of(&config.database_url);
    let warnings = [
        warning("the data directory", &config.data_dir, WRITE, "700"),
        warning("the log directory", &config.log_dir, WRITE, "700"),
        warning("the admin token", &token, ANY, "600"),
        warning("the directory of raw records", &raw_records, ANY, "700"),
        database.and_then(|database| warning("the database", &database, ANY, "600")),
    ];
    warnings.into_iter().flatten().collect()
}

fn warning(what: &str, path: &Path, forbidden: u32, right: &str) -> Option<String> {
    // What is not there is made with the right mode.
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let can = match mode & forbidden {
        0 => return None,
        open if open & WRITE != 0 => "written",
        _ => "read",
    };
    let path = path.display();
    Some(format!(
        "{what} {path} can be {can} by others than its owner (mode {mode:03o}): run `chmod {right} {path}`"
    ))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn what_others_can_reach_is_named_with_what_to_do() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let check = |mode: u32, forbidden: u32, can: Option<&str>| {
            std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
            let expected = can.map(|can| {
                let path = path.display();
                format!(
                    "the data directory {path} can be {can} by others than its owner (mode {mode:03o}): run `chmod 700 \
                     {path}`"
                )
            });
            assert_eq!(warning("the data directory", path, forbidden, "700"), expected, "{mode:o}");
        };
        check(0o700, ANY, None);
        check(0o755, WRITE, None);
        check(0o777, WRITE, Some("written"));
        check(0o770, WRITE, Some("written"));
        check(0o744, ANY, Some("read"));
        check(0o740, ANY, None);
        check(0o700, WRITE, None);
        assert_eq!(warning("it", &path.join("nothing"), ANY, "600"), None);
    }
}
