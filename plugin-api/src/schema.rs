//! The JSON Schema of options, made of the very type that they are read into: without `$ref`s, so that a form can be
//! drawn from it piece by piece, and with the order of its fields as `x-order`, for JSON objects have none.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The names of an object's properties, in the order of the struct's fields.
const ORDER: &str = "x-order";

/// The schema of options of this type.
pub(crate) fn of<O: JsonSchema>() -> Value {
    let settings = || SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut read = settings().into_generator().into_root_schema_for::<O>().to_value();
    // The properties are sorted by then. (The feature of serde_json that leaves them as they are would be on for all
    // that is built along with a plugin, and hosts rely on sorted objects.) But `required` is a list and keeps its
    // order, and of what is written, other than of what is read, every field is required: defaults play no part.
    let written = settings().for_serialize().into_generator().into_root_schema_for::<O>().to_value();
    note_order(&mut read, &written);
    read
}

/// Notes the order in every object of the schema that has properties, unless somebody has given it by hand. Without a
/// counterpart in `written` it stays unknown.
fn note_order(schema: &mut Value, written: &Value) {
    let (Some(schema), Some(written)) = (schema.as_object_mut(), written.as_object()) else {
        return;
    };
    for (word, below) in schema.iter_mut() {
        let Some(written) = written.get(word) else {
            continue;
        };
        match word.as_str() {
            "additionalProperties"
            | "unevaluatedProperties"
            | "items"
            | "contains"
            | "not"
            | "if"
            | "then"
            | "else" => note_order(below, written),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                let pairs =
                    below.as_array_mut().into_iter().flatten().zip(written.as_array().into_iter().flatten());
                pairs.for_each(|(below, written)| note_order(below, written));
            }
            "properties" | "patternProperties" | "$defs" => {
                for (name, below) in below.as_object_mut().into_iter().flatten() {
                    note_order(below, written.get(name).unwrap_or(&Value::Null));
                }
            }
            _ => {} // no schemas: a default or an example looks like anything
        }
    }
    if let Some(order) = order(schema, written) {
        schema.entry(ORDER).or_insert(order);
    }
}

/// Fields that are never written, by `skip_serializing` say, come last.
fn order(schema: &Map<String, Value>, written: &Map<String, Value>) -> Option<Value> {
    let properties = schema.get("properties")?.as_object()?;
    let mut names: Vec<&str> = Vec::with_capacity(properties.len());
    let required = written.get("required")?.as_array()?.iter().filter_map(Value::as_str);
    for name in required.chain(properties.keys().map(String::as_str)) {
        if properties.contains_key(name) && !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names.into())
}

#[cfg(test)]
#[expect(dead_code, reason = "only the schemas are of interest")]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[derive(Default, serde::Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct Server {
        url: String,
        #[serde(default)]
        start_tls: bool,
        bind_dn: Option<String>,
        #[serde(skip_serializing)]
        password: String,
        #[serde(default)]
        base: String,
    }

    fn check<O: JsonSchema>(at: &str, expected: Value) {
        let schema = of::<O>();
        let found = schema.pointer(at).unwrap_or_else(|| panic!("nothing at `{at}` in {schema:#}"));
        assert_eq!(found.get(ORDER), Some(&expected), "{found:#}");
    }

    #[test]
    fn the_order_is_that_of_the_fields() {
        check::<Server>("", json!(["url", "startTls", "bindDn", "base", "password"]));
    }

    #[test]
    fn properties_stay_sorted() {
        let schema = of::<Server>();
        let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["base", "bindDn", "password", "startTls", "url"]);
    }

    #[test]
    fn objects_have_it_wherever_they_are() {
        #[derive(JsonSchema)]
        struct Options {
            properties: Option<Server>,
            list: Vec<Server>,
            #[serde(default)]
            by_name: BTreeMap<String, Server>,
            choice: Choice,
        }
        #[derive(JsonSchema)]
        #[serde(tag = "kind")]
        enum Choice {
            Near { zone: String, area: Option<String> },
            Far(Server),
        }
        let server = || json!(["url", "startTls", "bindDn", "base", "password"]);
        check::<Options>("", json!(["properties", "list", "by_name", "choice"]));
        check::<Options>("/properties/properties", server());
        check::<Options>("/properties/list/items", server());
        check::<Options>("/properties/by_name/additionalProperties", server());
        check::<Options>("/properties/choice/oneOf/0", json!(["kind", "zone", "area"]));
        check::<Options>(
            "/properties/choice/oneOf/1",
            json!(["kind", "url", "startTls", "bindDn", "base", "password"]),
        );
    }

    #[test]
    fn flattened_fields_stand_where_they_are_flattened() {
        #[derive(JsonSchema)]
        struct Options {
            zone: String,
            #[serde(flatten)]
            server: Server,
            area: String,
        }
        check::<Options>("", json!(["zone", "url", "startTls", "bindDn", "base", "area", "password"]));
    }

    #[test]
    fn an_order_given_by_hand_stays() {
        #[derive(JsonSchema)]
        #[schemars(extend("x-order" = ["a", "b"]))]
        struct Options {
            b: String,
            a: String,
        }
        check::<Options>("", json!(["a", "b"]));
    }

    #[test]
    fn defaults_and_examples_are_left_alone() {
        #[derive(JsonSchema)]
        struct Options {
            #[schemars(extend("examples" = [{"type": "object", "properties": {"b": {}, "a": {}}, "required": ["b"]}]))]
            any: Value,
        }
        let examples = &of::<Options>()["properties"]["any"]["examples"];
        assert_eq!(
            *examples,
            json!([{"type": "object", "properties": {"b": {}, "a": {}}, "required": ["b"]}])
        );
    }
}
