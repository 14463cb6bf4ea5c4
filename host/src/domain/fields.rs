//! A record's fields as a sorted JSON object, and the arithmetic on them: merge, difference, hash.
//! One shape serves users and departments, standard and custom fields alike: `null` means cleared,
//! an absent key means «left alone».

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Field name → value, sorted by name. Standard fields are in their normal form (see `record`).
pub type Fields = Map<String, Value>;

/// The fields of `wanted` that differ from `stored`, with the stored value (`null` if there is none).
/// Empty when applying `wanted` would change nothing.
pub fn difference(stored: &Fields, wanted: &Fields) -> Fields {
    wanted
        .iter()
        .filter_map(|(name, value)| {
            let current = stored.get(name).unwrap_or(&Value::Null);
            (current != value).then(|| (name.clone(), current.clone()))
        })
        .collect()
}

/// Lays `later` over `earlier`, field by field, as two pushes one after the other would.
pub fn merge(mut earlier: Fields, later: Fields) -> Fields {
    earlier.extend(later);
    earlier
}

/// The fields as text: sorted keys, no white space. Equal fields give equal text.
pub fn canonical(fields: &Fields) -> String {
    serde_json::to_string(fields).expect("JSON values serialise: their keys are strings")
}

/// How many bytes a field has as text, with its name.
pub fn size(name: &str, value: &Value) -> u64 {
    /// Quotes, colon and comma.
    const AROUND: u64 = 4;
    if value.is_null() {
        return 0;
    }
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).expect("JSON values serialise, and counting does not fail");
    name.len() as u64 + AROUND + counted.0
}

/// Counts what is written.
struct Counted(u64);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The content hash of a canonical text: the first eight bytes of its SHA-256, as the database keeps it.
pub fn hash(canonical: &str) -> i64 {
    let digest = Sha256::digest(canonical.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes)
}

/// A text field's value, if it is one.
pub fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(map) => map,
            other => panic!("not an object: {other}"),
        }
    }

    #[test]
    fn difference_names_only_what_would_change() {
        let check = |stored: Value, wanted: Value, expected: Value| {
            assert_eq!(difference(&fields(stored), &fields(wanted)), fields(expected));
        };
        check(json!({"a": 1, "b": 2}), json!({"a": 1}), json!({}));
        check(json!({"a": 1}), json!({"a": 2, "b": 3}), json!({"a": 1, "b": null}));
        check(json!({"a": 1}), json!({"a": null}), json!({"a": 1}));
        check(json!({}), json!({"a": null}), json!({}));
    }

    #[test]
    fn the_size_of_fields_is_that_of_their_text() {
        let given = fields(json!({"a": "x\ny", "b": {"c": [1, 2.50, null]}, "d": true}));
        let sum: u64 = given.iter().map(|(name, value)| size(name, value)).sum();
        // The braces take the place of the last comma.
        assert_eq!(sum + 1, canonical(&given).len() as u64);
        assert_eq!(size("a", &Value::Null), 0, "what is cleared takes no room");
    }

    #[test]
    fn equal_fields_have_one_text_whatever_their_order() {
        let one: Fields = serde_json::from_str(r#"{"b":{"y":1,"x":2},"a":[1]}"#).unwrap();
        let two: Fields = serde_json::from_str(r#"{ "a":[1], "b":{"x":2,"y":1} }"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":[1],"b":{"x":2,"y":1}}"#);
        assert_eq!(canonical(&one), canonical(&two));
        assert_eq!(hash(&canonical(&one)), hash(&canonical(&two)));
        assert_ne!(hash("{}"), hash("{ }"));
    }
}
