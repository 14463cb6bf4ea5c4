//! A source's options against the JSON Schema of its type: what is wrong with them, hiding the secrets among
//! them, and putting the stored ones back where a client sends the mask, unless they would go elsewhere then.

use serde_json::{Map, Value, json};
use url::Url;

use crate::domain::schema;
use crate::domain::secrets::{has_secret_path, is_secret, mask_path, origin};

use super::problem::{FieldError, Problem};

pub(crate) use crate::domain::secrets::MASK;

/// What the schema of a host's name or address says of its format.
const HOSTS: [&str; 4] = ["hostname", "idn-hostname", "ipv4", "ipv6"];

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
        Some(root) => Walk { root, elsewhere: None }.mask(&[root], None, options),
        None => mask_texts(options),
    }
}

/// The options as given, with the stored secrets where the mask was given.
fn unmask(schema: &Value, given: &Value, stored: &Value) -> Result<Value, Vec<FieldError>> {
    let mut errors = Vec::new();
    let known = Walk { root: schema, elsewhere: None }.places(stored);
    let places = Walk { root: schema, elsewhere: None }.places(given);
    let new = places.into_iter().find(|(_, place)| !known.iter().any(|(_, known)| known == place));
    let elsewhere = new.as_ref().map(|(field, _)| field.as_str());
    let walk = Walk { root: schema, elsewhere };
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
    let mut errors = check(schema, &options)?;
    errors.extend(Walk { root: schema, elsewhere: None }.passwords(&options));
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
    /// The option that leads to another host than the stored ones do, if one does: stored secrets are for the
    /// hosts that they were given for.
    elsewhere: Option<&'a str>,
}

impl<'a> Walk<'a> {
    fn mask(self, schemas: &[&'a Value], key: Option<&str>, value: &Value) -> Value {
        let schemas = schema::expand(self.root, schemas);
        if is_secret(&schemas, key) {
            return if is_empty(value) { value.clone() } else { Value::String(MASK.into()) };
        }
        match value {
            Value::String(text) if has_secret_path(&schemas) => Value::String(mask_path(text)),
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
            return match (stored.filter(|stored| !is_empty(stored)), self.elsewhere) {
                _ if given != MASK => given.clone(),
                (Some(stored), None) => stored.clone(),
                (Some(_), Some(field)) => at(&format!(
                    "is stored for another host than the one in {field}; enter it again if it is meant for that host"
                )),
                (None, _) => at("is the mask of a secret, but none is stored; give the secret itself"),
            };
        }
        match given {
            Value::String(text) if has_secret_path(&schemas) && text.contains(MASK) => {
                match stored.and_then(Value::as_str).filter(|stored| mask_path(stored) == *text) {
                    Some(stored) => Value::String(stored.to_owned()),
                    None => {
                        at("has a mask in place of its path, and is not the stored address; give it whole")
                    }
                }
            }
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
            Some(stored) if self.elsewhere.is_none() => stored.clone(),
            found => self.unmask(schemas, None, item, found, &path, errors),
        }
    }

    /// Where options lead: the hosts in them, each with the field that has it.
    fn places(self, options: &Value) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.each_text(&[self.root], (None, options), "options", &mut |schemas, text, path| {
            if schemas.iter().any(|schema| is_host(schema)) {
                found.push((path.to_owned(), text.trim().to_ascii_lowercase()));
            } else {
                found.extend(addresses(text).filter_map(origin).map(|place| (path.to_owned(), place)));
            }
        });
        found
    }

    /// The fields with an address that has a password in it, where it would be shown to everyone who may read.
    fn passwords(self, options: &Value) -> Vec<FieldError> {
        let mut found = Vec::new();
        self.each_text(&[self.root], (None, options), "options", &mut |_, text, path| {
            if addresses(text).any(|address| Url::parse(address).is_ok_and(|url| url.password().is_some())) {
                let message = "has a password in its address, where it is not kept secret; take it out, and give it \
                               in an option that is a secret, or in a header";
                found.push(FieldError { field: path.to_owned(), message: message.to_owned() });
            }
        });
        found
    }

    /// Shows every text that is no secret, with its schemas and its field.
    fn each_text(
        self,
        schemas: &[&'a Value],
        (key, value): (Option<&str>, &Value),
        path: &str,
        see: &mut dyn FnMut(&[&'a Value], &str, &str),
    ) {
        let schemas = schema::expand(self.root, schemas);
        match value {
            _ if is_secret(&schemas, key) => {}
            Value::String(text) => see(&schemas, text, path),
            Value::Object(map) => {
                for (key, value) in map {
                    let (below, path) = (schema::of_property(&schemas, key), format!("{path}/{key}"));
                    self.each_text(&below, (Some(key), value), &path, see);
                }
            }
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    let path = format!("{path}/{index}");
                    self.each_text(&schema::of_item(&schemas, index), (None, item), &path, see);
                }
            }
            _ => {}
        }
    }
}

/// The addresses in a text, which may have several, as LDAP takes them.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().filter(|word| word.contains("://"))
}

fn is_host(schema: &Value) -> bool {
    schema["format"].as_str().is_some_and(|format| HOSTS.contains(&format))
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value == ""
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
