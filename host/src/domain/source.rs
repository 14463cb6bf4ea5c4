//! A configured source, and the rules for its name.

use serde_json::Value;

use super::ids::SourceId;
use super::policy::Policy;

/// The source type that clients push to; built in.
pub const API: &str = "api";

/// The source of the tasks that fill targets: what is in the directory already. No list shows it, and no other
/// source can have its name.
pub const DIRECTORY: &str = "(directory)";

/// A configured instance of a source type.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its identity.
    pub id: SourceId,
    /// Its name: unique, in URLs and logs.
    pub name: String,
    /// The source type: [`API`] or one that a plugin offers.
    pub source_type: String,
    /// What people read.
    pub display_name: Option<String>,
    /// Whether it takes syncs and pushes.
    pub enabled: bool,
    /// The plugin's options, secrets included.
    pub options: Value,
    /// A cron expression, or none.
    pub schedule: Option<String>,
    /// What it may do.
    pub policy: Policy,
    /// When its last full sync that came to its end was asked for, in milliseconds since 1970.
    pub last_full_at: Option<i64>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub updated_at: i64,
}

/// The one name that no source has: it stands in an address of the page.
const NEW: &str = "new";

/// Checks a source's name: 1 to 64 of `a–z`, `0–9`, `-` and `_`, beginning with a letter or digit.
pub fn check_name(name: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if name == NEW {
        return Err(format!("`{name}` is what the page calls one that is being added"));
    }
    if starts_well && name.len() <= 64 && name.chars().all(allowed) {
        return Ok(());
    }
    Err(format!("`{name}` must be 1 to 64 of a-z, 0-9, - and _, and begin with a letter or digit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_urls() {
        for good in ["a", "hr-2", "0_x"] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in [DIRECTORY, "", "-a", "A", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
