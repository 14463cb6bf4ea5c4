//! The secrets among options, and the witness that looks for them in all that a plugin says. Neither ever shows one:
//! a leak is told by the option's name and the place.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use url::form_urlencoded;

use crate::http::options as schema_check;
use crate::worker::{Listener, Said, Stream};

/// Shorter ones stand in other texts by chance.
const SHORTEST: usize = 5;

/// One secret of the options.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret {
    option: String,
    text: String,
}

/// The secrets of the options that can be looked for.
pub(super) fn of(schema: &Value, options: &Value) -> Vec<Secret> {
    let mut secrets = Vec::new();
    let masked = schema_check::mask(Some(schema), options);
    differing(options, &masked, "", &mut |option, value| texts(value, option, &mut secrets));
    secrets.retain(|secret| secret.text.chars().count() >= SHORTEST);
    secrets
}

/// The options with made-up secrets, and those; none when the options hold no secret. One that is an address stays.
pub(super) fn made_up(schema: &Value, options: &Value) -> (Value, Vec<Secret>) {
    let (mut changed, mut secrets) = (options.clone(), Vec::new());
    let masked = schema_check::mask(Some(schema), options);
    replace(&mut changed, &masked, "", &mut secrets);
    (changed, secrets)
}

fn replace(value: &mut Value, masked: &Value, path: &str, secrets: &mut Vec<Secret>) {
    match (value, masked) {
        (Value::Object(map), Value::Object(masked)) => {
            for (key, value) in map {
                let masked = masked.get(key).unwrap_or(&Value::Null);
                replace(value, masked, &below(path, key), secrets);
            }
        }
        (Value::Array(list), Value::Array(masked)) => {
            for (value, masked) in list.iter_mut().zip(masked) {
                replace(value, masked, path, secrets);
            }
        }
        (Value::String(text), masked) if masked != text && !text.contains("://") => {
            *text = format!("made-up-{:032x}", rand::random::<u128>());
            secrets.push(Secret { option: path.to_owned(), text: text.clone() });
        }
        _ => {}
    }
}

/// Calls with what differs between two values of the same shape, down to where the shapes part.
fn differing(value: &Value, masked: &Value, path: &str, take: &mut dyn FnMut(&str, &Value)) {
    match (value, masked) {
        (Value::Object(map), Value::Object(masked)) => {
            for (key, value) in map {
                differing(value, masked.get(key).unwrap_or(&Value::Null), &below(path, key), take);
            }
        }
        (Value::Array(list), Value::Array(masked)) => {
            list.iter().zip(masked).for_each(|(value, masked)| differing(value, masked, path, take));
        }
        (value, masked) if value != masked => take(path, value),
        _ => {}
    }
}

fn texts(value: &Value, option: &str, secrets: &mut Vec<Secret>) {
    match value {
        Value::String(text) => secrets.push(Secret { option: option.to_owned(), text: text.clone() }),
        Value::Array(list) => list.iter().for_each(|item| texts(item, option, secrets)),
        Value::Object(map) => map.values().for_each(|item| texts(item, option, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Hears what a plugin says in all its workers, and reads what it gives.
#[derive(Debug, Default)]
pub(super) struct Witness {
    needles: Vec<Needle>,
    heard: Mutex<Heard>,
}

/// A secret in one of the forms in which it may be written.
struct Needle {
    option: String,
    text: String,
}

/// What has been heard so far.
#[derive(Debug, Default, Clone)]
pub(super) struct Heard {
    /// Lines on standard output.
    pub(super) printed: u64,
    /// Where secrets were, by kind of place.
    pub(super) in_logs: BTreeSet<String>,
    pub(super) in_errors: BTreeSet<String>,
    pub(super) in_records: BTreeSet<String>,
}

impl Witness {
    pub(super) fn of(secrets: &[Secret]) -> Self {
        let needles = secrets.iter().flat_map(|Secret { option, text }| {
            let json = Value::from(text.as_str()).to_string();
            let quoted = json[1..json.len() - 1].to_owned();
            let encoded = form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let forms = BTreeSet::from([text.clone(), quoted, encoded]);
            forms.into_iter().map(|text| Needle { option: option.clone(), text })
        });
        Self { needles: needles.collect(), heard: Mutex::default() }
    }

    /// How many secrets are looked for.
    pub(super) fn secrets(&self) -> usize {
        self.needles.iter().map(|needle| &needle.option).collect::<BTreeSet<_>>().len()
    }

    /// Reads an error's text.
    pub(super) fn error(&self, text: &str) {
        for option in self.found(text) {
            self.lock().in_errors.insert(format!("`{option}` in the error of a call"));
        }
    }

    /// Reads records as JSON Lines.
    pub(super) fn records(&self, lines: &[u8]) {
        if self.needles.is_empty() {
            return;
        }
        for option in self.found(&String::from_utf8_lossy(lines)) {
            self.lock().in_records.insert(format!("`{option}` in a record"));
        }
    }

    pub(super) fn heard(&self) -> Heard {
        self.lock().clone()
    }

    fn found(&self, text: &str) -> BTreeSet<&str> {
        let found = self.needles.iter().filter(|needle| text.contains(&needle.text));
        found.map(|needle| needle.option.as_str()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Witness {
    fn heard(&self, said: Said<'_>) {
        let (text, place) = match said {
            Said::Event(event) => {
                let fields: String =
                    event.fields.iter().map(|(key, value)| format!(" {key}={value}")).collect();
                (format!("{}{fields}", event.message), format!("a log event of {}", event.target))
            }
            Said::Line(Stream::Stdout, line) => {
                self.lock().printed += 1;
                (line.to_owned(), "a line on stdout".to_owned())
            }
            Said::Line(Stream::Stderr, line) => (line.to_owned(), "a line on stderr".to_owned()),
        };
        for option in self.found(&text) {
            self.lock().in_logs.insert(format!("`{option}` in {place}"));
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.option)
    }
}

impl fmt::Debug for Needle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Needle({})", self.option)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({"type": "object", "properties": {
            "url": {"type": "string"},
            "token": {"type": "string", "format": "password"},
            "login": {"type": "object", "properties": {"password": {"type": "string", "writeOnly": true}}},
        }})
    }

    #[test]
    fn secrets_are_what_the_schema_marks() {
        let options =
            json!({"url": "https://acme.example", "token": "a token", "login": {"password": "pa\"ss word"}});
        let found = of(&schema(), &options);
        let names: Vec<&str> = found.iter().map(|secret| secret.option.as_str()).collect();
        assert_eq!(names, ["login.password", "token"]);
        assert!(!format!("{found:?}").contains("pa\"ss"));
        let (changed, secrets) = made_up(&schema(), &options);
        assert_eq!((changed["url"].as_str(), secrets.len()), (Some("https://acme.example"), 2));
        assert!(changed["token"].as_str().unwrap().starts_with("made-up-"));
        assert_ne!(changed["token"], changed["login"]["password"]);
        assert!(of(&schema(), &json!({"token": "1234"})).is_empty(), "too short to be told from other texts");
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        fn check(say: impl FnOnce(&Witness), expected: &str) {
            let options = json!({"token": "a token", "login": {"password": "pa\"ss word"}});
            let witness = Witness::of(&of(&schema(), &options));
            say(&witness);
            let Heard { in_logs, in_errors, in_records, .. } = witness.heard();
            let all: Vec<String> = in_logs.into_iter().chain(in_errors).chain(in_records).collect();
            assert_eq!(all.join(", "), expected);
        }
        check(|w| w.error("bad credentials"), "");
        check(|w| w.error("`a token` was refused"), "`token` in the error of a call");
        check(|w| w.records(b"{\"uid\":\"1\",\"x\":\"pa\\\"ss word\"}\n"), "`login.password` in a record");
        check(
            |w| Listener::heard(w, Said::Line(Stream::Stderr, "GET /?p=pa%22ss+word")),
            "`login.password` in a line on stderr",
        );
    }
}
