//! What services answer, brought into one form; pure. Ids are texts, `active` is a boolean, and a list has each
//! resource once, whatever a service makes of that.

use std::collections::HashSet;

use serde_json::{Value, json};

/// A page of a list.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Page {
    pub(crate) resources: Vec<Value>,
    /// How many the whole list has, if the service says so.
    pub(crate) total: Option<usize>,
}

/// A resource as the rest of the plugin expects it.
pub(crate) fn resource(mut given: Value) -> Value {
    let Some(fields) = given.as_object_mut() else { return given };
    for name in ["id", "externalId", "userName", "displayName"] {
        if let Some(value) = fields.get_mut(name)
            && let Some(text) = text(value)
        {
            *value = Value::String(text);
        }
    }
    if let Some(active) = fields.get_mut("active")
        && let Some(is_active) = boolean(active)
    {
        *active = Value::Bool(is_active);
    }
    for name in ["members", "groups"] {
        let entries = fields.get_mut(name).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            *entry = reference(entry.take());
        }
    }
    given
}

/// A member, or a group of a user: an object with a `value`, or nothing but that.
fn reference(mut given: Value) -> Value {
    if let Some(id) = text(&given) {
        return json!({"value": id});
    }
    if let Some(value) = given.get_mut("value")
        && let Some(id) = text(value)
    {
        *value = Value::String(id);
    }
    given
}

/// A page of resources; `None` if the answer is no list.
pub(crate) fn page(mut answer: Value) -> Option<Page> {
    let total = answer.get("totalResults").and_then(count);
    match answer.get_mut("Resources").map(Value::take) {
        Some(Value::Array(resources)) => {
            Some(Page { resources: resources.into_iter().map(resource).collect(), total })
        }
        // Nothing was found; a service that found something would say what.
        Some(Value::Null) | None if total == Some(0) => Some(Page { resources: Vec::new(), total }),
        Some(Value::Null) if total.is_none() => Some(Page::default()),
        _ => None,
    }
}

/// The resources without those that are there twice. One without an id stays.
pub(crate) fn once_each(resources: Vec<Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    let is_new = |resource: &Value| match resource["id"].as_str() {
        Some(id) => seen.insert(id.to_owned()),
        None => true,
    };
    resources.into_iter().filter(is_new).collect()
}

/// The ids of a group's members, or of a user's groups; `None` if the resource does not show them.
pub(crate) fn references(resource: &Value, attribute: &str) -> Option<Vec<String>> {
    let entries = resource[attribute].as_array()?;
    Some(entries.iter().filter_map(|entry| text(&entry["value"])).collect())
}

/// A text, or a whole number as one; nothing else is an id.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => {
            let digits = number.to_string();
            digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-').then_some(digits)
        }
        _ => None,
    }
}

/// A boolean, also in words or as a number.
pub(crate) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::Number(number) => match number.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// How many, also as a text.
pub(crate) fn count(value: &Value) -> Option<usize> {
    text(value)?.parse().ok()
}

#[cfg(any(test, fuzzing))]
#[path = "reading_fuzz.rs"]
pub(crate) mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_has_texts_for_ids_and_a_boolean_for_active() {
        let given = json!({
            "id": 7, "externalId": 42, "userName": 1234, "active": "True",
            "members": [{"value": 3}, "4", {"value": "5"}], "groups": null,
        });
        let expected = json!({
            "id": "7", "externalId": "42", "userName": "1234", "active": true,
            "members": [{"value": "3"}, {"value": "4"}, {"value": "5"}], "groups": null,
        });
        assert_eq!(resource(given), expected);
        let odd = json!({"id": 7.5, "active": "maybe", "externalId": null});
        assert_eq!(resource(odd.clone()), odd);
        assert_eq!(resource(json!("text")), json!("text"));
    }

    #[test]
    fn a_list_may_say_little() {
        let read = |answer: Value| page(answer).map(|page| (page.resources.len(), page.total));
        assert_eq!(read(json!({"totalResults": "2", "Resources": [{}, {}]})), Some((2, Some(2))));
        assert_eq!(read(json!({"Resources": [{}]})), Some((1, None)));
        assert_eq!(read(json!({"totalResults": 0})), Some((0, Some(0))));
        assert_eq!(read(json!({"totalResults": 0, "Resources": null})), Some((0, Some(0))));
        assert_eq!(read(json!({"Resources": null})), Some((0, None)));
        for no_list in [json!({}), json!([]), json!({"totalResults": 3}), json!({"id": "7"}), json!(null)] {
            assert_eq!(read(no_list.clone()), None, "{no_list}");
        }
    }

    #[test]
    fn what_is_listed_twice_is_there_once() {
        let list = vec![json!({"id": "1", "n": 1}), json!({"id": "1"}), json!({"id": "2"}), json!({})];
        assert_eq!(once_each(list), [json!({"id": "1", "n": 1}), json!({"id": "2"}), json!({})]);
    }
}
