//! A source's options against the JSON Schema of its type: what is wrong with them, which of them are
//! secrets (`format: password` or `writeOnly`, at any depth), hiding those, and putting the stored ones
//! back where a client sends the mask.

use serde_json::{Map, Value, json};

use crate::domain::{redact, schema};

use super::problem::{FieldError, Problem};

/// What stands in a secret's place.
pub(crate) const MASK: &str = "********";

/// The schema of options that there are none of.
pub(crate) fn none() -> Value {
    json!({"type": "object", "additionalProperties": false})
}

/// Everything that is wrong with `options`. Values are not repeated: they may be secrets.
pub(crate) fn check(schema: &Value, options: &Value) -> Result<Vec<FieldError>, Problem> {
    use jsonschema::error::ValidationErrorKind::{AdditionalProperties, FalseSchema, Required};
    let validator = jsonschema::validator_for(schema)
        .map_err(|reason| Problem::internal(format!("the plugin's options schema is wrong: {reason}")))?;
    let mut errors = Vec::new();
    for error in validator.iter_errors(options) {
        let field = format!("options{}", error.instance_path().as_str());
        let at = |field: String, message: &str| FieldError { field, message: message.to_owned() };
        match error.kind() {
            Required { property } => {
                let name = property.as_str().unwrap_or_default();
                errors.push(at(format!("{field}/{name}"), "is missing"));
            }
            AdditionalProperties { unexpected } => {
                errors.extend(
                    unexpected.iter().map(|name| at(format!("{field}/{name}"), "is no known option")),
                );
            }
            // What the validator makes of `additionalProperties: false` beside no properties at all.
            FalseSchema if error.schema_path().as_str().ends_with("/additionalProperties") => {
                let object = options.pointer(error.instance_path().as_str()).and_then(Value::as_object);
                let names = object.into_iter().flat_map(Map::keys);
                errors.extend(names.map(|name| at(format!("{field}/{name}"), "is no known option")));
            }
            _ => errors.push(at(field, &error.masked().to_string())),
        }
    }
    Ok(errors)
}

/// The options with [`MASK`] in the place of secrets. Without a schema, because the plugin is not
/// there, every text may be one.
pub(crate) fn mask(schema: Option<&Value>, options: &Value) -> Value {
    match schema {
        Some(root) => Walk { root }.mask(&[root], None, options),
        None => mask_texts(options),
    }
}

/// The options as given, with the stored secrets where the mask was given.
fn unmask(schema: &Value, given: &Value, stored: &Value) -> Result<Value, Vec<FieldError>> {
    let mut errors = Vec::new();
    let walk = Walk { root: schema };
    let options = walk.unmask(&[schema], None, given, Some(stored), "options", &mut errors);
    if errors.is_empty() { Ok(options) } else { Err(errors) }
}

/// The options as they are to be stored: as given, with the stored secrets where the mask was given; or everything
/// that is wrong with them.
pub(crate) fn accept(
    schema: &Value,
    given: &Value,
    stored: &Value,
) -> Result<Result<Value, Vec<FieldError>>, Problem> {
    let options = match unmask(schema, given, stored) {
        Ok(options) => options,
        Err(errors) => return Ok(Err(errors)),
    };
    let errors = check(schema, &options)?;
    Ok(if errors.is_empty() { Ok(options) } else { Err(errors) })
}

fn mask_texts(value: &Value) -> Value {
    match value {
        Value::String(text) if !text.is_empty() => Value::String(MASK.into()),
        Value::Array(list) => list.iter().map(mask_texts).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), mask_texts(value))).collect())
        }
        other => other.clone(),
    }
}

/// Walks a value along with all the schemas that apply to it.
#[derive(Clone, Copy)]
struct Walk<'a> {
    root: &'a Value,
}

impl<'a> Walk<'a> {
    fn mask(self, schemas: &[&'a Value], key: Option<&str>, value: &Value) -> Value {
        let schemas = schema::expand(self.root, schemas);
        if is_secret(&schemas, key) {
            return if is_empty(value) { value.clone() } else { Value::String(MASK.into()) };
        }
        match value {
            Value::Object(map) => {
                let masked = map.iter().map(|(key, value)| {
                    (key.clone(), self.mask(&schema::of_property(&schemas, key), Some(key), value))
                });
                Value::Object(masked.collect())
            }
            Value::Array(list) => {
                let masked = list.iter().enumerate();
                masked.map(|(index, item)| self.mask(&schema::of_item(&schemas, index), None, item)).collect()
            }
            other => other.clone(),
        }
    }

    fn unmask(
        self,
        schemas: &[&'a Value],
        key: Option<&str>,
        given: &Value,
        stored: Option<&Value>,
        path: &str,
        errors: &mut Vec<FieldError>,
    ) -> Value {
        let schemas = schema::expand(self.root, schemas);
        let mut at = |message: &str| {
            errors.push(FieldError { field: path.to_owned(), message: message.to_owned() });
            Value::Null
        };
        if is_secret(&schemas, key) {
            return match stored.filter(|stored| !is_empty(stored)) {
                _ if given != MASK => given.clone(),
                Some(stored) => stored.clone(),
                None => at("is the mask of a secret, but none is stored; give the secret itself"),
            };
        }
        match given {
            Value::Object(map) => {
                let mut unmasked = Map::new();
                for (key, value) in map {
                    let (below, path) = (schema::of_property(&schemas, key), format!("{path}/{key}"));
                    let stored = stored.and_then(|stored| stored.get(key));
                    let value = self.unmask(&below, Some(key), value, stored, &path, errors);
                    unmasked.insert(key.clone(), value);
                }
                Value::Object(unmasked)
            }
            Value::Array(list) => {
                let stored = stored.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let items = list.iter().enumerate().map(|(index, item)| {
                    self.unmask_item(&schema::of_item(&schemas, index), item, (index, stored), path, errors)
                });
                items.collect()
            }
            other => other.clone(),
        }
    }

    /// Items have no names, so a masked one is the stored one that looks the same masked, in its own
    /// place or, when the list was reordered, in another.
    fn unmask_item(
        self,
        schemas: &[&'a Value],
        item: &Value,
        (index, stored): (usize, &[Value]),
        path: &str,
        errors: &mut Vec<FieldError>,
    ) -> Value {
        let path = format!("{path}/{index}");
        let same_place = stored.get(index).into_iter();
        let looks_the_same = |stored: &&Value| self.mask(schemas, None, stored) == *item;
        match same_place.chain(stored).find(looks_the_same) {
            Some(stored) => stored.clone(),
            None => self.unmask(schemas, None, item, None, &path, errors),
        }
    }
}

/// The schema decides; about a value that it says nothing of, the name does.
fn is_secret(schemas: &[&Value], key: Option<&str>) -> bool {
    if schemas.is_empty() {
        return key.is_some_and(redact::is_secret);
    }
    schemas.iter().any(|schema| schema["format"] == "password" || schema["writeOnly"] == true)
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value == ""
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
