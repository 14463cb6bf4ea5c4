//! A configured target, the rules for its name, and where one delivery to it stands.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::words;
use super::data_type::DataType;
use super::ids::TargetId;
use super::source::check_name as check_characters;
use super::task::MOST_INTERRUPTIONS;

/// The names of the built-in targets, which no configured one may have.
pub const BUILT_IN: [&str; 2] = ["users", "departments"];

/// A configured instance of a target type.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its identity.
    pub id: TargetId,
    /// Its name: unique, in URLs and logs.
    pub name: String,
    /// The target type, which a plugin offers.
    pub target_type: String,
    /// What people read.
    pub display_name: Option<String>,
    /// Whether changes are delivered to it. While it is not, they are not noted for it either.
    pub enabled: bool,
    /// The plugin's options, secrets included.
    pub options: Value,
    /// What it accepts, as its type said last.
    pub takes: Vec<DataType>,
    /// Why nothing can be delivered to it now, if so.
    pub trouble: Option<Trouble>,
    /// Milliseconds since 1970.
    pub created_at: i64,
    /// Milliseconds since 1970.
    pub updated_at: i64,
}

/// Why nothing is delivered to a target after so many passes were interrupted in a row, if those are too many: what is
/// sent may be what ends the daemon each time.
pub fn gives_up(interruptions: i32) -> Option<String> {
    (interruptions >= MOST_INTERRUPTIONS).then(|| {
        format!(
            "interrupted {interruptions} times, perhaps for lack of memory: each time the daemon that delivered to this \
             target ended, or did not renew its lease for a minute, as when its machine is suspended; see the system log \
             and the log of the machine, give the daemon more memory, then retry the target"
        )
    })
}

/// Why nothing can be delivered to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What went wrong, for an operator.
    pub message: String,
    /// How often it did, one after the other.
    pub failures: i32,
    /// When it is tried again, in milliseconds since 1970; none: now.
    pub retry_at: Option<i64>,
}

words! {
    /// Where a delivery stands: what a target knows of one user or department.
    DeliveryState {
        /// It is to be sent, now or, after a failure that may pass, later.
        Pending = "pending",
        /// The target has confirmed the latest state.
        Delivered = "delivered",
        /// The target refuses it; it is sent again when the record changes, or when somebody retries it.
        Failed = "failed",
    }
}

/// Checks a target's name: as a source's, and none of [`BUILT_IN`].
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    if BUILT_IN.contains(&name) {
        return Err(format!("`{name}` is the name of a built-in target"));
    }
    check_characters(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_names_are_taken() {
        assert_eq!(check_name("crm"), Ok(()));
        assert!(check_name("users").unwrap_err().contains("built-in"));
        assert!(check_name("CRM").is_err());
    }
}
