//! The admin token: out of `ORGSYNC_ADMIN_TOKEN`, or made at the first start and kept in
//! `<data-dir>/admin-token`, readable by the owner only.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tracing::info;

/// The file within the data directory.
pub const ADMIN_TOKEN_FILE: &str = "admin-token";
/// The variable that is taken instead.
const VARIABLE: &str = "ORGSYNC_ADMIN_TOKEN";
/// The shortest token that is taken from outside.
const MIN_LENGTH: usize = 16;

/// Why there is no admin token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file can't be read or written.
    #[error("failed to keep the admin token in {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The token given is too easy to guess.
    #[error("{0} has fewer than {MIN_LENGTH} characters; make one with `openssl rand -hex 32`")]
    Short(String),
}

/// The admin token; makes one if there is none yet, and says where it is.
pub fn admin_token(data_dir: &Path) -> Result<String, TokenError> {
    // No header has white space around what it says.
    let given = std::env::var(VARIABLE).ok().map(|token| token.trim().to_owned());
    if let Some(token) = given.filter(|token| !token.is_empty()) {
        return long_enough(token, VARIABLE.to_owned());
    }
    let path = data_dir.join(ADMIN_TOKEN_FILE);
    match std::fs::read_to_string(&path) {
        Ok(token) => long_enough(token.trim().to_owned(), path.display().to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let token: String = rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect();
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            file.and_then(|mut file| writeln!(file, "{token}"))
                .map_err(|source| TokenError::File { path: path.clone(), source })?;
            info!("made an admin token; it is in {}", path.display());
            Ok(token)
        }
        Err(source) => Err(TokenError::File { path, source }),
    }
}

fn long_enough(token: String, place: String) -> Result<String, TokenError> {
    if token.len() < MIN_LENGTH { Err(TokenError::Short(place)) } else { Ok(token) }
}
