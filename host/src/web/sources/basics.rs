//! What every source has besides its type's options, as a schema in the reader's language, so that it is drawn and read
//! like those.

use serde_json::{Map, Value, json};

use crate::domain::policy::{MatchKey, OnMissing, Policy};
use crate::domain::source::API;
use crate::http::view;
use crate::web::frame::Frame;

/// The schema of a source of this type, new or changed.
pub(super) fn schema(frame: &Frame, source_type: &str, is_new: bool) -> Value {
    let pulled = source_type != API;
    let text = |title: String, help: String| json!({"type": ["string", "null"], "title": title, "description": help});
    let mut properties = Map::new();
    let mut add = |key: &str, schema: Value| properties.insert(key.to_owned(), schema);
    if is_new {
        add(
            "name",
            json!({
                "type": "string", "title": frame.say("sources-name"), "description": frame.say("sources-name-help"),
            }),
        );
    }
    add("displayName", text(frame.say("sources-display-name"), frame.say("sources-display-name-help")));
    // Afterwards there are buttons for it; a form that was opened before somebody pressed one must not undo that.
    if is_new {
        add(
            "enabled",
            json!({
                "type": "boolean", "default": true, "title": frame.say("sources-enabled-box"),
                "description": frame.say("sources-enabled-help"),
            }),
        );
    }
    if pulled {
        let mut schedule = text(frame.say("sources-schedule"), frame.say("sources-schedule-help"));
        schedule["examples"] = json!(["0 3 * * *"]);
        add("schedule", schedule);
    }
    add("policy", policy(frame, pulled));
    let order: Vec<String> =
        ["name", "displayName", "enabled", "schedule", "policy"].map(str::to_owned).into();
    json!({"type": "object", "properties": properties, "required": ["name"], "x-order": order})
}

fn policy(frame: &Frame, pulled: bool) -> Value {
    let default = Policy::default();
    let on_missing = OnMissing::ALL.iter().map(|way| json!({"const": way, "title": frame.on_missing(way)}));
    let match_keys: Vec<Value> =
        MatchKey::ALL.iter().map(|key| json!({"const": key, "title": frame.match_key(key)})).collect();
    let mut properties = json!({
        "onMissing": {
            "title": frame.say("sources-on-missing"), "description": frame.say("sources-on-missing-help"),
            "default": default.on_missing, "oneOf": on_missing.collect::<Vec<_>>(),
        },
        "matchKey": {
            "title": frame.say("sources-match-key"), "description": frame.say("sources-match-key-help"),
            "anyOf": [{"oneOf": match_keys}, {"type": "null"}],
        },
        "matchKeys": {
            "title": frame.say("sources-match-keys"), "description": frame.say("sources-match-keys-help"),
            "type": "array", "items": {"oneOf": match_keys},
        },
        "removals": {
            "title": frame.say("sources-removals"), "description": frame.say("sources-removals-help"),
            "type": "object", "x-order": ["percent", "count"],
            "properties": {
                "percent": {
                    "type": "number", "title": frame.say("sources-removals-percent"),
                    "description": frame.say("sources-removals-percent-help"),
                    "default": whole(default.removals.percent),
                },
                "count": {
                    "type": "integer", "title": frame.say("sources-removals-count"),
                    "description": frame.say("sources-removals-count-help"), "default": default.removals.count,
                },
            },
        },
        "rawRecords": {
            "title": frame.say("sources-raw-records"), "description": frame.say("sources-raw-records-help"),
            "type": "boolean", "default": default.raw_records,
        },
    });
    if pulled {
        properties["fullEvery"] = json!({
            "title": frame.say("sources-full-every"), "description": frame.say("sources-full-every-help"),
            "type": ["string", "null"], "examples": ["1d"],
        });
    }
    json!({
        "type": "object", "title": frame.say("sources-policy"), "properties": properties,
        "x-order": ["onMissing", "removals", "matchKey", "matchKeys", "fullEvery", "rawRecords"],
    })
}

/// What of it a source has, without what it would have anyway.
pub(super) fn of(source: &view::Source) -> Value {
    let mut all = serde_json::to_value(source).unwrap_or_default();
    let mut kept = Map::new();
    for key in ["displayName", "schedule", "policy"] {
        if let Some(value) = all.get_mut(key) {
            kept.insert(key.to_owned(), value.take());
        }
    }
    let anyway = json!({"policy": Policy::default()});
    without(Value::Object(kept), &anyway)
}

/// What was filled in, as a merge patch: what is empty goes back to the default.
pub(super) fn patch(filled: &Value) -> Value {
    let part = |value: &Value, keys: &[&str]| {
        let given = |key: &&str| ((*key).to_owned(), value.get(*key).cloned().unwrap_or_default());
        keys.iter().map(given).collect::<Map<_, _>>()
    };
    let policy = &filled["policy"];
    let mut rules =
        part(policy, &["onMissing", "matchKey", "matchKeys", "removals", "rawRecords", "fullEvery"]);
    rules["removals"] = Value::Object(part(&policy["removals"], &["percent", "count"]));
    let mut patch = part(filled, &["displayName", "schedule"]);
    patch.insert("policy".into(), Value::Object(rules));
    Value::Object(patch)
}

/// The value without nulls and what is the same in `other`; numbers that are whole are written so.
fn without(value: Value, other: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept =
                map.into_iter().filter(|(key, value)| !value.is_null() && other.get(key) != Some(value));
            let kept = kept.map(|(key, value)| (key.clone(), without(value, &other[&key])));
            Value::Object(kept.collect())
        }
        Value::Number(number) => whole(number.as_f64().unwrap_or_default()).unwrap_or(Value::Number(number)),
        other => other,
    }
}

fn whole(number: f64) -> Option<Value> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && (0.0..MOST).contains(&number)).then(|| Value::from(number as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_goes_back_to_the_default() {
        let filled = json!({"displayName": "HR", "policy": {"onMissing": "keep", "removals": {"count": 5}}});
        let expected = json!({
            "displayName": "HR", "schedule": null,
            "policy": {
                "onMissing": "keep", "matchKey": null, "matchKeys": null, "rawRecords": null, "fullEvery": null,
                "removals": {"percent": null, "count": 5},
            },
        });
        assert_eq!(patch(&filled), expected);
    }
}
