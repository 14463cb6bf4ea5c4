//! What a service says that it can do: its `/ServiceProviderConfig` (RFC 7643, 5). Pure.

use serde_json::Value;

use crate::reading::{boolean, count};

/// More at a time would not be answered within the time-out by a service that takes its time for each.
const MOST_AT_A_TIME: usize = 100;

/// What of SCIM that not every service has is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features {
    pub(crate) updates: Updates,
    pub(crate) versions: Versions,
    pub(crate) bulk: Option<BulkLimits>,
}

/// How a resource is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Updates {
    /// By naming what differs.
    Patch,
    /// By sending the whole of it.
    Put,
}

/// Whether changes can be bound to the version that was read (`ETag`, `If-Match`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versions {
    /// The service says that they can be.
    Offered,
    /// It insists on that.
    Wanted,
    None,
}

/// How much may be in one bulk request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BulkLimits {
    pub(crate) operations: usize,
    pub(crate) bytes: usize,
}

impl Features {
    /// What is taken for granted of a service that says nothing.
    pub(crate) const USUAL: Self = Self { updates: Updates::Patch, versions: Versions::None, bulk: None };

    /// Reads a service's configuration.
    pub(crate) fn read(config: &Value) -> Self {
        let supports = |name: &str| boolean(&config[name]["supported"]).or_else(|| boolean(&config[name]));
        let updates = if supports("patch") == Some(false) { Updates::Put } else { Updates::Patch };
        let versions = if supports("etag") == Some(true) { Versions::Offered } else { Versions::None };
        let limit = |name: &str| count(&config["bulk"][name]);
        let bulk = match (supports("bulk"), limit("maxOperations"), limit("maxPayloadSize")) {
            (Some(true), Some(operations @ 2..), Some(bytes @ 1000..)) => {
                Some(BulkLimits { operations: operations.min(MOST_AT_A_TIME), bytes })
            }
            _ => None,
        };
        Self { updates, versions, bulk }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_configuration_is_read() {
        let check = |config: Value, expected: Features| assert_eq!(Features::read(&config), expected);
        check(json!({}), Features::USUAL);
        let all = json!({
            "patch": {"supported": true}, "etag": {"supported": true},
            "bulk": {"supported": true, "maxOperations": 1000, "maxPayloadSize": 1_048_576},
        });
        let limits = BulkLimits { operations: 100, bytes: 1_048_576 };
        check(all, Features { updates: Updates::Patch, versions: Versions::Offered, bulk: Some(limits) });
        let none = json!({
            "patch": {"supported": false}, "etag": {"supported": false},
            "bulk": {"supported": true, "maxOperations": 0, "maxPayloadSize": 0},
        });
        check(none, Features { updates: Updates::Put, versions: Versions::None, bulk: None });
        let loose = json!({"patch": {"supported": "False"}, "etag": true, "bulk": null, "filter": 1});
        check(loose, Features { updates: Updates::Put, versions: Versions::Offered, bulk: None });
        for nothing in [json!(null), json!([]), json!("x"), json!({"patch": [], "bulk": {"supported": {}}})] {
            check(nothing, Features::USUAL);
        }
    }
}
