//! Options made wrong on purpose, as the schema judges it: one that lacks a required one, or has one of a wrong type.

use serde_json::{Value, json};

use crate::http::options as schema_check;

/// So many are tried at most of each kind.
const MOST: usize = 24;

/// Options with one thing wrong.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    /// What is wrong, such as `without baseUrl`.
    pub(super) what: String,
    pub(super) options: Value,
}

/// Whether the schema takes the options; otherwise what it says. A schema that is none takes nothing.
pub(super) fn accepts(schema: &Value, options: &Value) -> Result<(), String> {
    let faults = schema_check::check(schema, options).map_err(|problem| problem.detail)?;
    let faults: Vec<String> =
        faults.iter().map(|fault| format!("{} {}", fault.field, fault.message)).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// The options without each option that the schema requires.
pub(super) fn lacking(schema: &Value, options: &Value) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for (path, key) in members(options) {
        let mut options = options.clone();
        let removed =
            options.pointer_mut(&path).and_then(Value::as_object_mut).and_then(|map| map.remove(&key));
        if removed.is_some() && accepts(schema, &options).is_err() {
            wrong.push(Wrong { what: format!("without {}", dotted(&path, &key)), options });
        }
    }
    wrong.truncate(MOST);
    wrong
}

/// The options with each in turn of a type that the schema doesn't take, also those that were not given.
pub(super) fn mistyped(schema: &Value, options: &Value) -> Vec<Wrong> {
    let types =
        [("an object", json!({"wrong": "type"})), ("a text", json!("wrong type")), ("a list", json!([[]]))];
    let mut places = members(options);
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let not_given = properties.map(|(key, _)| key).filter(|key| options.get(key.as_str()).is_none());
    places.extend(not_given.map(|key| (String::new(), key.clone())));
    let mut wrong = Vec::new();
    for (path, key) in places {
        for (name, value) in &types {
            let mut options = options.clone();
            let Some(map) = options.pointer_mut(&path).and_then(Value::as_object_mut) else { continue };
            map.insert(key.clone(), value.clone());
            if accepts(schema, &options).is_err() {
                wrong.push(Wrong { what: format!("{name} as {}", dotted(&path, &key)), options });
                break;
            }
        }
    }
    wrong.truncate(MOST);
    wrong
}

/// Every member of every object: the pointer to the object, and the member's key.
fn members(options: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(options, String::new(), &mut found);
    found
}

fn walk(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                found.push((path.clone(), key.clone()));
                walk(value, format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                walk(value, format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn dotted(path: &str, key: &str) -> String {
    format!("`{}{key}`", path.split('/').skip(1).map(|part| format!("{part}.")).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object", "required": ["url"], "additionalProperties": false, "properties": {
                "url": {"type": "string"}, "pages": {"type": "integer"}, "any": true,
                "login": {"type": "object", "required": ["user"], "properties": {"user": {"type": "string"}}},
            },
        })
    }

    fn said(wrong: Vec<Wrong>) -> Vec<String> {
        wrong.into_iter().map(|wrong| wrong.what).collect()
    }

    #[test]
    fn each_required_option_is_left_out_once() {
        let options = json!({"url": "x", "pages": 3, "login": {"user": "u"}});
        assert_eq!(said(lacking(&schema(), &options)), ["without `login.user`", "without `url`"]);
        assert_eq!(lacking(&schema(), &options)[1].options, json!({"pages": 3, "login": {"user": "u"}}));
        assert!(lacking(&json!({"type": "object"}), &options).is_empty());
    }

    #[test]
    fn each_option_is_given_a_wrong_type_once() {
        let options = json!({"url": "x", "login": {"user": "u"}});
        assert_eq!(
            said(mistyped(&schema(), &options)),
            [
                "an object as `login`",
                "an object as `login.user`",
                "an object as `url`",
                "an object as `pages`"
            ]
        );
    }

    #[test]
    fn a_schema_says_what_it_does_not_take() {
        assert_eq!(accepts(&schema(), &json!({"url": "x"})), Ok(()));
        assert_eq!(accepts(&schema(), &json!({})), Err("options/url is missing".into()));
    }
}
