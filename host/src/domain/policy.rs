//! What a source may do and what happens to those who are absent from its full reads.

use serde::{Deserialize, Serialize};

use super::change::words;

words! {
    /// What happens to a record that a full read no longer gives.
    OnMissing {
        /// Its row is switched off.
        Disable = "disable",
        /// Nothing.
        Keep = "keep",
        /// Its row is taken out of the lists.
        Delete = "delete",
    }
}

words! {
    /// The field by which a record without a link finds an existing user.
    MatchKey {
        /// The login name.
        Username = "username",
        /// The e-mail address.
        Email = "email",
        /// The phone number.
        Phone = "phone",
    }
}

/// A source's policy, as kept in the database and shown in the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Policy {
    /// What happens to those absent from a full read.
    pub on_missing: OnMissing,
    /// How records without a link find existing users; `None`: they never do.
    pub match_key: Option<MatchKey>,
    /// How much a plan may take away before it is held.
    pub removals: RemovalLimit,
    /// Whether the records are written to the raw-record log.
    pub raw_records: bool,
}

/// A plan is held when it would disable or delete more than both of these, of one data type.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct RemovalLimit {
    /// Percent of those that the source has present.
    pub percent: f64,
    /// A number below which the percentage is not looked at.
    pub count: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            on_missing: OnMissing::Disable,
            match_key: None,
            removals: RemovalLimit::default(),
            raw_records: true,
        }
    }
}

impl Default for RemovalLimit {
    fn default() -> Self {
        Self { percent: 20.0, count: 10 }
    }
}

impl Policy {
    /// The first thing that makes no sense, as key and reason.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let percent = self.removals.percent;
        if !(0.0..=100.0).contains(&percent) {
            return Err(("removals.percent", format!("must be between 0 and 100, is {percent}")));
        }
        Ok(())
    }
}
