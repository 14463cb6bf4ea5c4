//! What clients send to add or change a target, checked whole: every mistake is told, not only the first.
//! A change is a merge patch; `options` are replaced as a whole, but for masked secrets.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::ids::TargetId;
use crate::domain::record::MAX_TEXT;
use crate::domain::target::{Target, check_name};
use crate::sync::reader::Plugins;

use super::options;
use super::problem::{FieldError, Problem};
use super::source_input::{given, not_blank};

/// A target to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"name": "crm", "type": "webhook", "options": {"url": "https://crm.example/orgsync", "secret": "b3f2c6a1d9e84750"}}))]
pub(crate) struct NewTarget {
    /// Unique; it never changes.
    #[schema(required, nullable = false, pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: Option<String>,
    /// A target type of a plugin that is ready; it never changes.
    #[serde(rename = "type")]
    #[schema(required, nullable = false)]
    target_type: Option<String>,
    /// What people read instead of the name.
    #[schema(max_length = 255)]
    display_name: Option<String>,
    /// Whether changes are delivered to it.
    #[schema(default = true)]
    enabled: Option<bool>,
    /// As the type's `optionsSchema` says.
    #[schema(value_type = Option<Object>)]
    options: Option<Map<String, Value>>,
}

/// What is to be changed in a target: a merge patch (RFC 7396). Absent keys stay; null clears.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({"enabled": false}))]
pub(crate) struct TargetPatch {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 255)]
    display_name: Option<Option<String>>,
    /// A target that is enabled again is filled with what has changed meanwhile.
    enabled: Option<bool>,
    /// Replaced as a whole, except that `********` in a secret's place keeps the stored secret: what was
    /// shown can be sent back.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    options: Option<Option<Map<String, Value>>>,
}

impl NewTarget {
    /// The target that it asks for. Its id is given when it is added.
    pub(crate) fn check(self, plugins: &dyn Plugins, now: i64) -> Result<Target, Problem> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| {
            errors.push(FieldError { field: field.to_owned(), message });
        };
        match &self.name {
            None => wrong("name", "is missing".into()),
            Some(name) => check_name(name).unwrap_or_else(|reason| wrong("name", reason)),
        }
        let target_type = self.target_type.unwrap_or_default();
        let offer = plugins.target_types().into_iter().find(|offer| offer.name == target_type);
        match &offer {
            _ if target_type.is_empty() => wrong("type", "is missing".into()),
            None => wrong("type", plugins.why_no_target(&target_type)),
            Some(_) => {}
        }
        let given = Value::Object(self.options.unwrap_or_default());
        let mut checked = Value::Object(Map::new());
        if let Some(offer) = &offer {
            match options::accept(&offer.options_schema, &given, &checked)? {
                Ok(options) => checked = options,
                Err(mistakes) => errors.extend(mistakes),
            }
        }
        let display_name = not_blank(self.display_name);
        errors.extend(too_long(display_name.as_deref()));
        if !errors.is_empty() {
            return Err(Problem::invalid_fields(errors));
        }
        Ok(Target {
            id: TargetId(0),
            name: self.name.unwrap_or_default(),
            target_type,
            display_name,
            enabled: self.enabled.unwrap_or(true),
            options: checked,
            takes: offer.map(|offer| offer.data_types).unwrap_or_default(),
            trouble: None,
            created_at: now,
            updated_at: now,
        })
    }
}

impl TargetPatch {
    /// The target as it is after the change.
    pub(crate) fn apply(self, target: Target, plugins: &dyn Plugins, now: i64) -> Result<Target, Problem> {
        let mut changed = Target { updated_at: now, ..target };
        let offer = plugins.target_types().into_iter().find(|offer| offer.name == changed.target_type);
        if let Some(display_name) = self.display_name {
            changed.display_name = not_blank(display_name);
        }
        changed.enabled = self.enabled.unwrap_or(changed.enabled);
        let mut errors: Vec<FieldError> = too_long(changed.display_name.as_deref()).into_iter().collect();
        if let Some(given) = self.options {
            let given = Value::Object(given.unwrap_or_default());
            match &offer {
                Some(offer) => match options::accept(&offer.options_schema, &given, &changed.options)? {
                    Ok(options) => changed.options = options,
                    Err(mistakes) => errors.extend(mistakes),
                },
                // What was shown may come back; nothing else can be checked now.
                None if given == options::mask(None, &changed.options) => {}
                None => {
                    let reason = plugins.why_no_target(&changed.target_type);
                    return Err(Problem::invalid("options", format!("can't be checked now: {reason}")));
                }
            }
        }
        if let Some(offer) = offer {
            changed.takes = offer.data_types;
        }
        if errors.is_empty() { Ok(changed) } else { Err(Problem::invalid_fields(errors)) }
    }
}

fn too_long(display_name: Option<&str>) -> Option<FieldError> {
    let long = display_name.is_some_and(|text| text.chars().count() > MAX_TEXT);
    long.then(|| FieldError {
        field: "displayName".into(),
        message: format!("is longer than {MAX_TEXT} characters"),
    })
}
