//! The paths in a source's or target's options: what its schema marks with `"format": "path"`. An operator typed
//! them, so a worker may read them without their being listed anywhere else. A default that stands in the schema
//! is not among them: the plugin's vendor chose it, and nobody was asked.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::domain::schema;

/// The options with their paths made absolute, since a worker has another working directory than the daemon,
/// and those paths. Relative ones count from `directory`.
pub(super) fn resolve(schema: &Value, options: &Value, directory: &Path) -> (Value, Vec<PathBuf>) {
    let mut found = Vec::new();
    let resolved = Walk { root: schema, directory }.value(&[schema], options, &mut found);
    (resolved, found)
}

#[derive(Clone, Copy)]
struct Walk<'a> {
    root: &'a Value,
    directory: &'a Path,
}

impl<'a> Walk<'a> {
    fn value(self, schemas: &[&'a Value], value: &Value, found: &mut Vec<PathBuf>) -> Value {
        let schemas = schema::expand(self.root, schemas);
        match value {
            Value::String(text) if !text.trim().is_empty() && is_path(&schemas) => {
                let path = self.directory.join(text);
                let text = path.to_str().map_or_else(|| text.clone(), str::to_owned);
                found.push(path);
                Value::String(text)
            }
            Value::Object(map) => {
                let properties = map.iter().map(|(key, value)| {
                    (key.clone(), self.value(&schema::of_property(&schemas, key), value, found))
                });
                Value::Object(properties.collect())
            }
            Value::Array(list) => {
                let items = list.iter().enumerate();
                items
                    .map(|(index, item)| self.value(&schema::of_item(&schemas, index), item, found))
                    .collect()
            }
            other => other.clone(),
        }
    }
}

fn is_path(schemas: &[&Value]) -> bool {
    schemas.iter().any(|schema| schema["format"] == "path")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marked_options_are_made_absolute_and_granted() {
        let schema = json!({
            "type": "object",
            "properties": {
                "users": {"type": ["object", "null"], "properties": {
                    "path": {"type": "string", "format": "path"},
                    "delimiter": {"type": "string"},
                }},
                "more": {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/file"}, {"type": "null"}]}},
                "usual": {"type": "string", "format": "path", "default": "/var/lib/acme"},
            },
            "$defs": {"file": {"type": "string", "format": "path"}},
        });
        let check = |options: Value, expected: Value, granted: &[&str]| {
            let (resolved, found) = resolve(&schema, &options, Path::new("/srv"));
            assert_eq!(resolved, expected);
            assert_eq!(found, granted.iter().map(PathBuf::from).collect::<Vec<_>>());
        };
        check(
            json!({"users": {"path": "hr/users.csv", "delimiter": "/"}, "more": ["/a", null, "b"]}),
            json!({"users": {"path": "/srv/hr/users.csv", "delimiter": "/"}, "more": ["/a", null, "/srv/b"]}),
            &["/a", "/srv/b", "/srv/hr/users.csv"],
        );
        // What nobody typed is not granted; an empty text is no path, and no more is what is not text.
        check(json!({}), json!({}), &[]);
        check(json!({"usual": " ", "users": {"path": 7}}), json!({"usual": " ", "users": {"path": 7}}), &[]);
    }
}
