//! Which keys hold secrets, and hiding their values at any depth.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// What stands in a secret's place.
pub const MASK: &str = "[redacted]";

/// Whether a key looks like one that holds a secret: it has `password`, `passwd`, `secret` or
/// `token` in it, in any case.
pub fn is_secret(key: &str) -> bool {
    has_word(key.as_bytes())
}

/// Looks at each byte once: every record of a sync goes through here.
fn has_word(text: &[u8]) -> bool {
    let begins = |rest: &[u8], word: &[u8]| {
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    text.iter().enumerate().any(|(at, byte)| match byte.to_ascii_lowercase() {
        b'p' => begins(&text[at..], b"password") || begins(&text[at..], b"passwd"),
        b's' => begins(&text[at..], b"secret"),
        b't' => begins(&text[at..], b"token"),
        _ => false,
    })
}

/// Whether any object in `value` has a key that looks like a secret's.
pub fn has_secret(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| is_secret(key) || has_secret(value)),
        Value::Array(list) => list.iter().any(has_secret),
        _ => false,
    }
}

/// Whether any object in a JSON text has a key that looks like a secret's, also one that is said twice and whose
/// first value nobody gets to see.
pub fn text_has_secret(text: &[u8]) -> bool {
    let keys = |text| serde_json::from_slice::<Keys>(text);
    may_have_secret(text) && keys(text).is_ok_and(|Keys { secret }| secret)
}

/// Whether a JSON text has such a word anywhere, or may spell it with escapes. If not, nothing that it says has to be
/// looked at more closely.
pub fn may_have_secret(text: &[u8]) -> bool {
    text.contains(&b'\\') || has_word(text)
}

/// What the keys in any JSON say.
struct Keys {
    secret: bool,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

/// Looks at every key.
struct Look;

/// Values that have no keys.
macro_rules! no_keys {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Keys, E> {
            Ok(Keys { secret: false })
        })*
    };
}

impl<'de> Visitor<'de> for Look {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut secret = false;
        while let Some((key, value)) = map.next_entry::<Cow<'_, str>, Keys>()? {
            secret |= is_secret(&key) || value.secret;
        }
        Ok(Keys { secret })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Keys, A::Error> {
        let mut secret = false;
        while let Some(element) = list.next_element::<Keys>()? {
            secret |= element.secret;
        }
        Ok(Keys { secret })
    }

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(Keys { secret: false })
    }

    no_keys! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str }
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

    #[test]
    fn a_key_that_is_said_twice_is_seen() {
        let check = |text: &str, expected| assert_eq!(text_has_secret(text.as_bytes()), expected, "{text}");
        check(r#"{"x":{"password":"a"},"x":[1,null,true,2.5]}"#, true);
        check(r#"[{"x":{"p\u0061ssword":"a"},"x":-1}]"#, true);
        check(r#"{"uid":"password","x":["secret","\u0061"]}"#, false);
        check(r#"{"uid":"1"}"#, false);
    }
}
