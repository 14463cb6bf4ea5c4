//! Which keys hold secrets, and hiding their values at any depth.

use serde_json::Value;

/// What stands in a secret's place.
pub const MASK: &str = "[redacted]";

/// Whether a key looks like one that holds a secret: it has `password`, `passwd`, `secret` or
/// `token` in it, in any case.
pub fn is_secret(key: &str) -> bool {
    const WORDS: [&[u8]; 4] = [b"password", b"passwd", b"secret", b"token"];
    let key = key.as_bytes();
    WORDS.iter().any(|word| key.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)))
}

/// Whether any object in `value` has a key that looks like a secret's.
pub fn has_secret(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| is_secret(key) || has_secret(value)),
        Value::Array(list) => list.iter().any(has_secret),
        _ => false,
    }
}

/// Replaces the values of all keys that look like secrets' by [`MASK`]; null stays null.
pub fn redact(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if is_secret(key) && !value.is_null() {
                    *value = Value::String(MASK.into());
                } else {
                    redact(value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(redact),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn hides_secrets_at_any_depth() {
        let mut value = json!({
            "uid": "1", "userPassword": "a", "x": [{"API_TOKEN": {"deep": 1}}, {"clientSecret": null}], "tok": "b",
        });
        assert!(has_secret(&value));
        redact(&mut value);
        assert_eq!(
            value,
            json!({
                "uid": "1", "userPassword": MASK, "x": [{"API_TOKEN": MASK}, {"clientSecret": null}], "tok": "b",
            }),
        );
        assert!(!has_secret(&json!({"uid": "password", "x": ["secret"]})));
    }
}
