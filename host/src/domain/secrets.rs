//! The secrets among a plugin's options: which of them are some, and taking them out of what the plugin says. A schema
//! marks a secret by `format: password` or `writeOnly`, and an address of which only the host may be seen by
//! `x-secret-path`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::{redact, schema};

/// What stands in a secret's place.
pub const MASK: &str = "********";
/// Shorter secrets are left where they are said: half of a text would go with them.
const SHORTEST: usize = 4;

/// Whether a value is a secret: its schemas decide; about a value that they say nothing of, its name does.
pub fn is_secret(schemas: &[&Value], key: Option<&str>) -> bool {
    if schemas.is_empty() {
        return key.is_some_and(redact::is_secret);
    }
    schemas.iter().any(|schema| schema["format"] == "password" || schema["writeOnly"] == true)
}

/// Whether a value is an address of which only scheme, host and port may be seen.
pub fn has_secret_path(schemas: &[&Value]) -> bool {
    schemas.iter().any(|schema| schema["x-secret-path"] == true)
}

/// An address with [`MASK`] in the place of its path and query; a text that is no address is masked as a whole.
pub fn mask_path(address: &str) -> String {
    if address.is_empty() {
        return String::new();
    }
    let Ok(url) = Url::parse(address) else { return MASK.to_owned() };
    match origin(address) {
        None => MASK.to_owned(),
        Some(origin) if path(&url).is_empty() => origin,
        Some(origin) => format!("{origin}/{MASK}"),
    }
}

/// Where an address leads: scheme, host and port, as it says them.
pub fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let host = url.host_str()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}

/// Path, query and fragment, if there is anything in them.
fn path(url: &Url) -> &str {
    let path = &url[url::Position::BeforePath..];
    if path == "/" { "" } else { path }
}

/// The secrets in some options.
#[derive(Clone, Default)]
pub struct Secrets {
    /// Longer ones first, so that none is left that another one is a part of.
    texts: Arc<[String]>,
}

impl Secrets {
    /// Those in options of this schema.
    pub fn of(root: &Value, options: &Value) -> Self {
        let mut texts = Vec::new();
        collect(root, &[root], None, options, &mut texts);
        texts.retain(|text| text.trim().len() >= SHORTEST);
        // Errors often quote what they are about.
        let quoted = texts.iter().map(|text| Value::from(text.as_str()).to_string());
        let quoted: Vec<String> = quoted.map(|text| text[1..text.len() - 1].to_owned()).collect();
        let trimmed: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
        texts.extend(quoted.into_iter().chain(trimmed));
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts.dedup();
        Self { texts: texts.into() }
    }

    /// A text with [`MASK`] wherever it says a secret.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in self.texts.iter().filter(|secret| text.contains(secret.as_str())) {
            shown = Cow::Owned(shown.replace(secret, MASK));
        }
        shown
    }

    /// How many bytes of a text that is cut off at its end are left without a secret that begins in it and ends in what
    /// is cut off.
    pub fn without_begun(&self, cut: &[u8]) -> usize {
        let mut kept = cut.len();
        // What is left may end within another secret, if two overlap.
        while let Some(begun) = self.begun(&cut[..kept]) {
            kept -= begun;
        }
        kept
    }

    /// The length of the longest end of a text that is the beginning of a secret, and not all of it.
    fn begun(&self, text: &[u8]) -> Option<usize> {
        let of = |secret: &String| {
            let longest = (secret.len() - 1).min(text.len());
            (1..=longest).rev().find(|length| text.ends_with(&secret.as_bytes()[..*length]))
        };
        self.texts.iter().filter_map(of).max()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.texts.len())
    }
}

fn collect<'a>(
    root: &'a Value,
    schemas: &[&'a Value],
    key: Option<&str>,
    value: &Value,
    found: &mut Vec<String>,
) {
    let schemas = schema::expand(root, schemas);
    if is_secret(&schemas, key) {
        return texts_in(value, found);
    }
    match value {
        Value::String(text) if has_secret_path(&schemas) => {
            found.extend(Url::parse(text).ok().map(|url| path(&url).to_owned()));
        }
        Value::Object(map) => {
            for (key, value) in map {
                collect(root, &schema::of_property(&schemas, key), Some(key), value, found);
            }
        }
        Value::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                collect(root, &schema::of_item(&schemas, index), None, item, found);
            }
        }
        _ => {}
    }
}

fn texts_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|item| texts_in(item, found)),
        Value::Object(map) => map.values().for_each(|value| texts_in(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_plugin_says_has_no_secret_of_its_options() {
        let schema = json!({"properties": {
            "url": {"type": "string", "x-secret-path": true},
            "password": {"type": "string", "format": "password"},
            "pin": {"type": "string", "writeOnly": true},
            "headers": {"additionalProperties": {"format": "password"}},
            "user": {"type": "string"},
        }});
        let options = json!({
            "url": "https://hr.example/hooks/k3y?t=1", "password": "s3cr\"et", "pin": "12", "user": "ann",
            "headers": {"a": "s3cr", "b": "long-header-value"},
        });
        let secrets = Secrets::of(&schema, &options);
        let check = |said: &str, expected: &str| assert_eq!(secrets.hide(said), expected);
        check("ann may not use 12", "ann may not use 12");
        check("no s3cr\"et here", "no ******** here");
        check(r#"{"given":"s3cr\"et"}"#, r#"{"given":"********"}"#);
        check("s3cr and long-header-value", "******** and ********");
        check("POST https://hr.example/hooks/k3y?t=1: 404", "POST https://hr.example********: 404");
        assert_eq!(format!("{secrets:?}").matches("s3cr").count(), 0);
    }

    #[test]
    fn a_text_that_is_cut_off_ends_before_a_secret_that_begins_in_it() {
        let schema = json!({"properties": {"a": {"format": "password"}, "b": {"format": "password"}}});
        let secrets = Secrets::of(&schema, &json!({"a": "abcabd", "b": "xyabca"}));
        let check = |cut: &str, left: &str| assert_eq!(&cut[..secrets.without_begun(cut.as_bytes())], left);
        check("", "");
        check("no such", "no such");
        check("say ab", "say ");
        check("say abcab", "say ");
        check("say abcabd", "say abcabd");
        check("abcab", "");
        check("say xyabca", "say ");
        check("say xyabcab", "say ");
        assert_eq!(Secrets::default().without_begun(b"abc"), 3);
    }

    #[test]
    fn of_an_address_the_host_is_shown() {
        let check = |address: &str, expected: &str| assert_eq!(mask_path(address), expected, "{address}");
        check("https://hr.example", "https://hr.example");
        check("https://hr.example/", "https://hr.example");
        check("https://hr.example:8443/a/b?c#d", "https://hr.example:8443/********");
        check("https://hr.example?c", "https://hr.example/********");
        check("https://ann:pw@hr.example/", "https://hr.example");
        check("http://[::1]:80/x", "http://[::1]/********");
        check("hr.example/x", MASK);
        check("", "");
    }
}
