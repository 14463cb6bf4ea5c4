//! Whether the schema of a plugin's options can be used: that it compiles, refers to nothing outside of itself,
//! and is of a bounded size. What is found here is the plugin's fault, before anybody fills in its form.

use std::io;
use std::panic::catch_unwind;

use orgsync_plugin_api::manifest::Manifest;
use serde_json::Value;

use crate::worker::display_size;

/// No schema of options has more bytes.
const MAX_SIZE: u64 = 256 << 10;
/// What bounds a length or count.
const BOUNDS: [&str; 8] = [
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];
/// Nothing has as many characters or items.
const MOST_COUNTED: f64 = (1_u64 << 53) as f64;
/// What holds values, in which a word means nothing.
const VALUES: [&str; 4] = ["default", "examples", "enum", "const"];

/// Refuses a manifest with a source or target whose options have a schema that can't be used.
pub(super) fn check_all(manifest: &Manifest) -> Result<(), String> {
    let sources = manifest.sources.iter().map(|offer| ("source", &offer.name, &offer.options));
    let targets = manifest.targets.iter().map(|offer| ("target", &offer.name, &offer.options));
    for (kind, name, options) in sources.chain(targets) {
        check(options).map_err(|reason| {
            format!("the options schema of the {kind} `{name}` can't be used: {reason}; ask the vendor")
        })?;
    }
    Ok(())
}

/// What is wrong with a schema, if something is.
fn check(schema: &Value) -> Result<(), String> {
    let mut size = Size(0);
    // Writing into a counter does not fail.
    let _ = serde_json::to_writer(&mut size, schema);
    let Size(size) = size;
    if size > MAX_SIZE {
        let (size, most) = (display_size(size), display_size(MAX_SIZE));
        return Err(format!("it has {size}, more than any may have ({most})"));
    }
    uncountable(schema)?;
    // What a library makes of schemas that nobody has thought of must not end a scan of all plugins.
    match catch_unwind(|| jsonschema::validator_for(schema).map(drop).map_err(|reason| reason.to_string())) {
        Ok(compiled) => compiled,
        Err(_) => Err("compiling it panicked".into()),
    }
}

/// Refuses bounds of lengths and counts that nothing can have.
fn uncountable(schema: &Value) -> Result<(), String> {
    match schema {
        Value::Array(list) => list.iter().try_for_each(uncountable),
        Value::Object(map) => map.iter().try_for_each(|(word, value)| match value {
            Value::Number(bound) if BOUNDS.contains(&word.as_str()) => {
                let counted =
                    bound.as_f64().is_some_and(|bound| bound < MOST_COUNTED && bound.fract() == 0.0);
                counted
                    .then_some(())
                    .ok_or_else(|| format!("`{word}` is {bound}, which nothing can be counted to"))
            }
            // Values are no schemas.
            _ if VALUES.contains(&word.as_str()) => Ok(()),
            value => uncountable(value),
        }),
        _ => Ok(()),
    }
}

/// Counts bytes.
struct Size(u64);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_that_compiles_can_be_used() {
        let part_of_itself =
            json!({"$defs": {"n": {"properties": {"n": {"$ref": "#/$defs/n"}}}}, "$ref": "#/$defs/n"});
        let ahead =
            json!({"properties": {"a": {"type": "string", "pattern": "^(?!x)[a-z]+$", "minLength": 1}}});
        for schema in [json!({}), json!(true), part_of_itself, ahead] {
            assert_eq!(check(&schema), Ok(()), "{schema}");
        }
    }

    #[test]
    fn the_offer_with_a_bad_schema_is_named() {
        let offer = |name: &str, options: Value| json!({"name": name, "title": "HR", "dataTypes": ["user"], "options": options});
        let manifest = json!({
            "abi": 1, "name": "n", "version": "1.0.0", "vendor": "v", "sources": [offer("good", json!({}))],
            "targets": [offer("bad", json!({"pattern": "("}))],
        });
        let refused = check_all(&serde_json::from_value(manifest).unwrap()).unwrap_err();
        assert!(refused.starts_with("the options schema of the target `bad` can't be used: "), "{refused}");
    }

    #[test]
    fn what_does_not_compile_or_is_elsewhere_or_is_huge_can_not() {
        let of = |option: Value| json!({"type": "object", "properties": {"x": option}});
        for option in [
            json!({"pattern": "("}),
            json!({"pattern": "(((a{1000}){1000}){1000})"}),
            json!({"$ref": "https://example.org/schema.json"}),
            json!({"$ref": "file:///etc/passwd"}),
            json!({"$ref": "#/$defs/nowhere"}),
            json!({"minLength": 1e308}),
            json!({"type": "text"}),
            json!({"description": "x".repeat(300_000)}),
        ] {
            let schema = of(option);
            assert!(check(&schema).is_err(), "{}", &schema.to_string()[..80.min(schema.to_string().len())]);
        }
        let huge = check(&json!({"title": "x".repeat(300_000)}));
        assert_eq!(huge, Err("it has 292.9 KiB, more than any may have (256 KiB)".into()));
    }
}
