//! What a source may do and what happens to those who are absent from its full reads.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// The largest `removals.count`: there are not so many people.
const MAX_COUNT: u64 = 1_000_000_000;
/// The longest `fullEvery`.
const MAX_FULL_EVERY: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A source's policy; what is not given has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[schema(default, as = NewPolicy)]
pub struct Policy {
    /// What happens to those absent from a full read.
    pub on_missing: OnMissing,
    /// How records without a link find existing users; null: they never do.
    pub match_key: Option<MatchKey>,
    /// The match keys that a push may ask for besides that one. With a wider choice than it needs, whoever
    /// may push could take over users of other sources by claiming their e-mail address.
    pub match_keys: Vec<MatchKey>,
    /// How much a plan may take away before it is held.
    pub removals: RemovalLimit,
    /// Whether the records are written to the raw-record log.
    pub raw_records: bool,
    /// Scheduled syncs are incremental where the source's type can tell what changed, and full ones when the last
    /// full one is older than this, such as `1d` or `12h`. Null: they are all full.
    #[schema(max_length = 50)]
    pub full_every: Option<String>,
}

/// A plan is held when it would disable or delete more than both of these, of one data type.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[schema(default, as = NewRemovalLimit)]
pub struct RemovalLimit {
    /// Percent of those that the source has present.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: f64,
    /// A number below which the percentage is not looked at.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub count: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            on_missing: OnMissing::Disable,
            match_key: None,
            match_keys: Vec::new(),
            removals: RemovalLimit::default(),
            raw_records: true,
            full_every: None,
        }
    }
}

impl Default for RemovalLimit {
    fn default() -> Self {
        Self { percent: 20.0, count: 10 }
    }
}

impl Policy {
    /// Whether a push may match by this key.
    pub fn allows(&self, key: MatchKey) -> bool {
        self.match_key == Some(key) || self.match_keys.contains(&key)
    }

    /// After how long a scheduled sync has to be a full one; none: at once.
    pub fn full_every(&self) -> Option<Duration> {
        humantime::parse_duration(self.full_every.as_deref()?).ok()
    }

    /// The first thing that makes no sense, as key and reason.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let percent = self.removals.percent;
        if !(0.0..=100.0).contains(&percent) {
            return Err(("removals.percent", format!("must be between 0 and 100, is {percent}")));
        }
        let count = self.removals.count;
        if count > MAX_COUNT {
            return Err(("removals.count", format!("must be between 0 and {MAX_COUNT}, is {count}")));
        }
        if let Some(text) = &self.full_every
            && self.full_every().is_none_or(|every| every.is_zero() || every > MAX_FULL_EVERY)
        {
            let message = format!("`{text}` is no duration such as `1d` or `12h`, or longer than a year");
            return Err(("fullEvery", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often_a_full_sync_is_due_makes_sense() {
        let check = |text: &str, expected: Option<u64>| {
            let policy = Policy { full_every: Some(text.into()), ..Policy::default() };
            let every = policy.check().ok().and_then(|()| policy.full_every());
            assert_eq!(every.map(|every| every.as_secs()), expected, "{text}");
        };
        check("1d", Some(86_400));
        check("12h 30m", Some(45_000));
        for wrong in ["", "daily", "0s", "3", "10years"] {
            check(wrong, None);
        }
    }

    #[test]
    fn limits_make_sense() {
        let check = |percent: f64, count: u64, expected: Option<&str>| {
            let policy = Policy { removals: RemovalLimit { percent, count }, ..Policy::default() };
            assert_eq!(policy.check().err().map(|(key, _)| key), expected, "{percent} {count}");
        };
        check(0.0, 0, None);
        check(100.0, MAX_COUNT, None);
        check(100.1, 0, Some("removals.percent"));
        check(-1.0, 0, Some("removals.percent"));
        check(f64::NAN, 0, Some("removals.percent"));
        check(0.0, MAX_COUNT + 1, Some("removals.count"));
        check(0.0, u64::MAX, Some("removals.count"));
    }
}
