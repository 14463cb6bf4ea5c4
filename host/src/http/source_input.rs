//! What clients send to add or change a source, checked whole: every mistake is told, not only the
//! first. A change is a merge patch; `options` are replaced as a whole, but for masked secrets.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::ids::SourceId;
use crate::domain::policy::{MatchKey, OnMissing, Policy, RemovalLimit};
use crate::domain::record::MAX_TEXT;
use crate::domain::source::{API, Source, check_name};
use crate::sync::reader::SourceType;
use crate::sync::schedule;

use super::options;
use super::problem::{FieldError, Problem};

/// A source to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"name": "hr", "type": "api", "displayName": "HR", "policy": {"matchKey": "email"}}))]
pub(crate) struct NewSource {
    /// Unique, and not `new`; it never changes.
    #[schema(required, nullable = false, pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: Option<String>,
    /// `api`, or a source type of a plugin that is ready; it never changes.
    #[serde(rename = "type")]
    #[schema(required, nullable = false)]
    source_type: Option<String>,
    /// What people read instead of the name.
    #[schema(max_length = 255)]
    display_name: Option<String>,
    /// Whether it takes syncs and pushes at all.
    #[schema(default = true)]
    enabled: Option<bool>,
    /// As the type's `optionsSchema` says.
    #[schema(value_type = Option<Object>)]
    options: Option<Map<String, Value>>,
    /// When to sync it by itself: a cron expression, in UTC. Not for `api`, which clients push to.
    #[schema(max_length = 255)]
    schedule: Option<String>,
    policy: Option<Policy>,
}

/// What is to be changed in a source: a merge patch (RFC 7396). Absent keys stay; null clears, or goes back
/// to the default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SourcePatch, example = json!({"enabled": false}))]
pub(crate) struct Patch {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 255)]
    display_name: Option<Option<String>>,
    enabled: Option<bool>,
    /// Replaced as a whole, except that `********` in a secret's place keeps the stored secret: what was
    /// shown can be sent back.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    options: Option<Option<Map<String, Value>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 255)]
    schedule: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PolicyPatch>)]
    policy: Option<Option<PolicyPatch>>,
}

/// What is to be changed in a policy, key by key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PolicyPatch {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<OnMissing>)]
    on_missing: Option<Option<OnMissing>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<MatchKey>)]
    match_key: Option<Option<MatchKey>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<MatchKey>>)]
    match_keys: Option<Option<Vec<MatchKey>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<RemovalLimitPatch>)]
    removals: Option<Option<RemovalLimitPatch>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<bool>)]
    raw_records: Option<Option<bool>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 50)]
    full_every: Option<Option<String>>,
}

/// What is to be changed in how much a plan may take away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RemovalLimitPatch {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
    percent: Option<Option<f64>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 1_000_000_000)]
    count: Option<Option<u64>>,
}

/// The source types as they are now.
#[derive(Debug)]
pub(crate) struct Offer<'a> {
    /// Those that can be used.
    pub(crate) types: &'a [SourceType],
    /// Why another one can't.
    pub(crate) why_not: &'a dyn WhyNot,
}

/// Says why a source type can't be used.
pub(crate) trait WhyNot: std::fmt::Debug {
    /// In words for an operator.
    fn why_not(&self, source_type: &str) -> String;
}

impl NewSource {
    /// The source that it asks for. Its id is given when it is added.
    pub(crate) fn check(self, offer: &Offer<'_>, now: i64) -> Result<Source, Problem> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| {
            errors.push(FieldError { field: field.to_owned(), message });
        };
        match &self.name {
            None => wrong("name", "is missing".into()),
            Some(name) => check_name(name).unwrap_or_else(|reason| wrong("name", reason)),
        }
        let source_type = self.source_type.unwrap_or_default();
        let schema = offer.schema(&source_type);
        match schema {
            _ if source_type.is_empty() => wrong("type", "is missing".into()),
            None => wrong("type", offer.why_not.why_not(&source_type)),
            Some(_) => {}
        }
        let given = Value::Object(self.options.unwrap_or_default());
        let mut options = Value::Object(Map::new());
        if let Some(schema) = schema {
            match options::accept(schema, &given, &options)? {
                Ok(accepted) => options = accepted,
                Err(mistakes) => errors.extend(mistakes),
            }
        }
        let source = Source {
            id: SourceId(0),
            name: self.name.unwrap_or_default(),
            source_type,
            display_name: not_blank(self.display_name),
            enabled: self.enabled.unwrap_or(true),
            options,
            schedule: not_blank(self.schedule),
            policy: self.policy.unwrap_or_default(),
            last_full_at: None,
            created_at: now,
            updated_at: now,
        };
        errors.extend(mistakes(&source));
        if errors.is_empty() { Ok(source) } else { Err(Problem::invalid_fields(errors)) }
    }
}

impl Patch {
    /// The source as it is after the change.
    pub(crate) fn apply(self, source: Source, offer: &Offer<'_>, now: i64) -> Result<Source, Problem> {
        let mut changed = Source { updated_at: now, ..source };
        if let Some(display_name) = self.display_name {
            changed.display_name = not_blank(display_name);
        }
        changed.enabled = self.enabled.unwrap_or(changed.enabled);
        if let Some(schedule) = self.schedule {
            changed.schedule = not_blank(schedule);
        }
        if let Some(patch) = self.policy {
            changed.policy = patch.map_or_else(Policy::default, |patch| patch.apply(&changed.policy));
        }
        let mut errors = mistakes(&changed);
        if let Some(given) = self.options {
            match replace_options(&changed, Value::Object(given.unwrap_or_default()), offer) {
                Ok(options) => changed.options = options,
                Err(problem) if problem.errors.is_empty() => return Err(problem),
                Err(problem) => errors.extend(problem.errors),
            }
        }
        if errors.is_empty() { Ok(changed) } else { Err(Problem::invalid_fields(errors)) }
    }
}

impl PolicyPatch {
    fn apply(self, policy: &Policy) -> Policy {
        let default = Policy::default();
        let removals = match self.removals {
            None => policy.removals,
            Some(None) => default.removals,
            Some(Some(patch)) => patch.apply(policy.removals),
        };
        Policy {
            on_missing: patched(self.on_missing, policy.on_missing, default.on_missing),
            match_key: self.match_key.unwrap_or(policy.match_key),
            match_keys: patched(self.match_keys, policy.match_keys.clone(), default.match_keys),
            removals,
            raw_records: patched(self.raw_records, policy.raw_records, default.raw_records),
            full_every: self.full_every.unwrap_or_else(|| policy.full_every.clone()),
        }
    }
}

impl RemovalLimitPatch {
    fn apply(self, limit: RemovalLimit) -> RemovalLimit {
        let default = RemovalLimit::default();
        RemovalLimit {
            percent: patched(self.percent, limit.percent, default.percent),
            count: patched(self.count, limit.count, default.count),
        }
    }
}

/// What was given; null is the default, and nothing is what is stored.
fn patched<T>(given: Option<Option<T>>, stored: T, default: T) -> T {
    given.map_or(stored, |given| given.unwrap_or(default))
}

impl Offer<'_> {
    /// The schema of a type's options, if the type can be used.
    pub(crate) fn schema(&self, source_type: &str) -> Option<&Value> {
        let offered = self.types.iter().find(|offered| offered.name == source_type);
        offered.map(|offered| &offered.options_schema)
    }
}

fn replace_options(source: &Source, given: Value, offer: &Offer<'_>) -> Result<Value, Problem> {
    let Some(schema) = offer.schema(&source.source_type) else {
        // What was shown may come back; nothing else can be checked now.
        if given == options::mask(None, &source.options) {
            return Ok(source.options.clone());
        }
        let reason = offer.why_not.why_not(&source.source_type);
        return Err(Problem::invalid("options", format!("can't be checked now: {reason}")));
    };
    options::accept(schema, &given, &source.options)?.map_err(Problem::invalid_fields)
}

/// What is wrong with the parts that need no schema.
fn mistakes(source: &Source) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| {
        errors.push(FieldError { field: field.to_owned(), message });
    };
    let too_long = |text: &str| text.chars().count() > MAX_TEXT;
    if source.display_name.as_deref().is_some_and(too_long) {
        wrong("displayName", format!("is longer than {MAX_TEXT} characters"));
    }
    match source.schedule.as_deref() {
        None => {}
        Some(_) if source.source_type == API => {
            wrong("schedule", "makes no sense here: clients push to this source".into());
        }
        Some(text) if too_long(text) => wrong("schedule", format!("is longer than {MAX_TEXT} characters")),
        Some(text) => {
            if let Err(reason) = schedule::check(text) {
                wrong("schedule", reason);
            }
        }
    }
    if let Err((key, reason)) = source.policy.check() {
        wrong(&format!("policy/{}", key.replace('.', "/")), reason);
    }
    errors
}

pub(super) fn not_blank(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Tells a key that is null from one that is absent.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
#[path = "source_input_tests.rs"]
mod tests;
