//! Walking a value along with the JSON Schemas that apply to it: which those are for a property, for an item,
//! and behind references and combinations. Whoever walks asks at each step what the schemas say.

use serde_json::{Map, Value};

/// How many references and combinations of schemas are followed for one value.
const MAX_HOPS: usize = 32;

/// The schemas themselves and those of the document `root` that they refer to or combine.
pub fn expand<'a>(root: &'a Value, schemas: &[&'a Value]) -> Vec<&'a Value> {
    let mut all: Vec<&Value> = schemas.to_vec();
    let mut next = 0;
    while let Some(schema) = all.get(next).copied() {
        next += 1;
        if all.len() > MAX_HOPS {
            break;
        }
        let reference = schema.get("$ref").and_then(Value::as_str);
        all.extend(reference.and_then(|to| root.pointer(to.strip_prefix('#')?)));
        for word in ["allOf", "anyOf", "oneOf"] {
            all.extend(schema.get(word).and_then(Value::as_array).into_iter().flatten());
        }
        all.extend(["then", "else"].iter().filter_map(|word| schema.get(*word)));
    }
    all
}

/// What the schemas of an object say about its property `key`.
pub fn of_property<'a>(schemas: &[&'a Value], key: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    for schema in schemas {
        if let Some(named) = schema.get("properties").and_then(|properties| properties.get(key)) {
            found.push(named);
            continue;
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        found.extend(patterns.into_iter().flat_map(Map::values));
        found.extend(schema.get("additionalProperties").filter(|rest| rest.is_object()));
    }
    found
}

/// What the schemas of a list say about its item at `index`.
pub fn of_item<'a>(schemas: &[&'a Value], index: usize) -> Vec<&'a Value> {
    let of = |schema: &&'a Value| {
        let placed = schema.get("prefixItems").and_then(|items| items.get(index));
        placed.or_else(|| schema.get("items"))
    };
    schemas.iter().filter_map(of).collect()
}
