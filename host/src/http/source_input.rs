//! What clients send to add or change a source, checked whole: every mistake is told, not only the
//! first. A change is a merge patch; `options` are replaced as a whole, but for masked secrets.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::domain::ids::SourceId;
use crate::domain::policy::Policy;
use crate::domain::record::MAX_TEXT;
use crate::domain::source::{API, Source, check_name};
use crate::sync::reader::SourceType;
use crate::sync::schedule;

use super::body::parse_value;
use super::options;
use super::problem::{FieldError, Problem};

/// A source to be added.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewSource {
    name: Option<String>,
    #[serde(rename = "type")]
    source_type: Option<String>,
    display_name: Option<String>,
    enabled: Option<bool>,
    options: Option<Map<String, Value>>,
    schedule: Option<String>,
    policy: Option<Policy>,
}

/// What is to be changed in a source: `None` is left alone, `Some(None)` was given as null.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct Patch {
    #[serde(deserialize_with = "given")]
    display_name: Option<Option<String>>,
    enabled: Option<bool>,
    #[serde(deserialize_with = "given")]
    options: Option<Option<Map<String, Value>>>,
    #[serde(deserialize_with = "given")]
    schedule: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    policy: Option<Option<Value>>,
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
            match options::unmask(schema, &given, &options) {
                Err(masked) => errors.extend(masked),
                Ok(unmasked) => {
                    errors.extend(options::check(schema, &unmasked)?);
                    options = unmasked;
                }
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
            let stored = serde_json::to_value(&changed.policy).map_err(Problem::internal)?;
            changed.policy = parse_value("policy", merge(stored, patch.unwrap_or_default()))?;
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
    let options = options::unmask(schema, &given, &source.options).map_err(Problem::invalid_fields)?;
    match options::check(schema, &options)? {
        errors if errors.is_empty() => Ok(options),
        errors => Err(Problem::invalid_fields(errors)),
    }
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

/// RFC 7396: objects are merged, null removes, anything else replaces.
fn merge(stored: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else { return patch_whole(patch) };
    let Value::Object(mut merged) = stored else {
        return merge(Value::Object(Map::new()), Value::Object(patch));
    };
    for (key, value) in patch {
        match value {
            Value::Null => {
                merged.remove(&key);
            }
            value => {
                let below = merged.remove(&key).unwrap_or_default();
                merged.insert(key, merge(below, value));
            }
        }
    }
    Value::Object(merged)
}

/// A whole object given as null goes back to its defaults.
fn patch_whole(patch: Value) -> Value {
    if patch.is_null() { Value::Object(Map::new()) } else { patch }
}

fn not_blank(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Tells a key that is null from one that is absent.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
#[path = "source_input_tests.rs"]
mod tests;
