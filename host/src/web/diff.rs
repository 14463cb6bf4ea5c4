//! What differs between the values before a change and after it, field by field: nested objects as paths, lists by
//! their elements; that a secret changed is told, and not what it is. Pure; how it looks is the macro `diff` in templates/parts.html.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::domain::redact::{self, MASK};

/// What became of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    /// Its path, as `custom.title`.
    pub(super) field: String,
    /// What is not there any more: the value before, or elements of a list.
    pub(super) gone: Vec<String>,
    /// What is new: the value afterwards, or elements of a list.
    pub(super) new: Vec<String>,
    /// How many elements of a list are as before.
    pub(super) same: u64,
}

/// What differs between these; null is nothing.
pub(super) fn lines(before: &Value, after: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    add(&mut lines, "", before, after);
    lines
}

fn add(lines: &mut Vec<Line>, field: &str, before: &Value, after: &Value) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => objects(lines, field, before, after),
        (Value::Object(before), Value::Null) => objects(lines, field, before, &Map::new()),
        (Value::Null, Value::Object(after)) => objects(lines, field, &Map::new(), after),
        (Value::Array(before), Value::Array(after)) => lines.extend(lists(field, before, after)),
        (Value::Array(before), Value::Null) => lines.extend(lists(field, before, &[])),
        (Value::Null, Value::Array(after)) => lines.extend(lists(field, &[], after)),
        (before, after) if before == after => {}
        (before, after) => {
            let told = |value: &Value| (!value.is_null()).then(|| text(value)).into_iter().collect();
            lines.push(Line { field: field.to_owned(), gone: told(before), new: told(after), same: 0 });
        }
    }
}

fn objects(lines: &mut Vec<Line>, field: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let path = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
        let value = |of: &Map<String, Value>| of.get(name).cloned().unwrap_or_default();
        let (before, after) = (value(before), value(after));
        if redact::is_secret(name) && before != after {
            let told = |value: &Value| (!value.is_null()).then(|| MASK.to_owned()).into_iter().collect();
            lines.push(Line { field: path, gone: told(&before), new: told(&after), same: 0 });
        } else {
            add(lines, &path, &before, &after);
        }
    }
}

/// Which elements went and which came, each as often as it did; their order says nothing.
fn lists(field: &str, before: &[Value], after: &[Value]) -> Option<Line> {
    let mut gone: Vec<&Value> = before.iter().collect();
    let mut new = Vec::new();
    for element in after {
        match gone.iter().position(|known| *known == element) {
            Some(place) => {
                gone.remove(place);
            }
            None => new.push(element),
        }
    }
    let same = (before.len() - gone.len()) as u64;
    let told = |elements: Vec<&Value>| elements.into_iter().map(element).collect();
    let line = Line { field: field.to_owned(), gone: told(gone), new: told(new), same };
    (!line.gone.is_empty() || !line.new.is_empty()).then_some(line)
}

/// An element of a list. A membership begins with the department.
fn element(value: &Value) -> String {
    let mut value = value.clone();
    redact::redact(&mut value);
    let Value::Object(fields) = &value else { return text(&value) };
    let uid = fields.get("uid").map(text);
    let others = fields.iter().filter(|(name, value)| *name != "uid" && !value.is_null());
    let others: Vec<String> = others.map(|(name, value)| format!("{name}: {}", text(value))).collect();
    match uid {
        Some(uid) if others.is_empty() => uid,
        Some(uid) => format!("{uid} ({})", others.join(", ")),
        None => others.join(", "),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        other => {
            let mut other = other.clone();
            redact::redact(&mut other);
            other.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(before: Value, after: Value, expected: &[&str]) {
        let told = |line: &Line| {
            let gone = line.gone.iter().map(|text| format!(" - {text}"));
            let new = line.new.iter().map(|text| format!(" + {text}"));
            let same = (line.same > 0).then(|| format!(" = {}", line.same));
            format!("{}{}", line.field, gone.chain(new).chain(same).collect::<String>())
        };
        let lines = lines(&before, &after);
        assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), expected, "{before} {after}");
    }

    #[test]
    fn values_are_compared_field_by_field() {
        check(json!({"email": "a", "phone": "1"}), json!({"email": "b", "phone": "1"}), &["email - a + b"]);
        check(json!({"email": null}), json!({"email": "b"}), &["email + b"]);
        check(json!({"email": "a"}), json!({"email": null}), &["email - a"]);
        check(json!({"enabled": true}), json!({"enabled": false}), &["enabled - true + false"]);
        check(json!({"nickname": "a"}), json!({"nickname": ""}), &["nickname - a + \"\""]);
        check(Value::Null, json!({"username": "a", "email": null}), &["username + a"]);
        check(json!({"username": "a"}), Value::Null, &["username - a"]);
        check(Value::Null, json!("nonsense"), &[" + nonsense"]);
    }

    #[test]
    fn secrets_are_not_told() {
        check(
            json!({"password": "a", "x": {"apiToken": null}, "list": [{"uid": "1", "secret": 1}]}),
            json!({"password": "b", "x": {"apiToken": "c"}, "list": []}),
            &[
                "list - 1 (secret: [redacted])",
                "password - [redacted] + [redacted]",
                "x.apiToken + [redacted]",
            ],
        );
        check(json!({"x": {"password": "a"}}), json!({"x": 1}), &["x - {\"password\":\"[redacted]\"} + 1"]);
        check(json!({"password": "a"}), json!({"password": "a"}), &[]);
    }

    #[test]
    fn nested_values_are_paths() {
        check(
            json!({"office": {"city": "Rome", "floor": 3}}),
            json!({"office": {"city": "Milan", "floor": 3, "desk": [1]}}),
            &["office.city - Rome + Milan", "office.desk + 1"],
        );
        check(
            json!({"office": {"city": "Rome"}}),
            json!({"office": "Rome"}),
            &["office - {\"city\":\"Rome\"} + Rome"],
        );
    }

    #[test]
    fn lists_are_compared_by_their_elements() {
        let of = |uid: &str, main: bool| json!({"uid": uid, "isMain": main});
        check(
            json!({"departments": [of("1", true), of("2", false)]}),
            json!({"departments": [of("2", false), of("3", true)]}),
            &["departments - 1 (isMain: true) + 3 (isMain: true) = 1"],
        );
        check(json!({"tags": ["a", "a", "b"]}), json!({"tags": ["b", "a"]}), &["tags - a = 2"]);
        check(json!({"tags": ["a", "b"]}), json!({"tags": ["b", "a"]}), &[]);
        check(json!({"tags": []}), Value::Null, &[]);
    }
}
