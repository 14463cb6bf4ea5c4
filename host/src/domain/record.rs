//! One user or department as a source gave it, brought into normal form: ids as strings, empty
//! usernames, e-mails and phones as null, memberships as a sorted list of objects.
//! A record that can't be understood is an [`Invalid`], which names uid, field and reason.

use serde_json::{Map, Number, Value};

use super::data_type::DataType;
use super::fields::{self, Fields};

/// The longest uid, username, nickname, e-mail, phone or title, in characters.
pub const MAX_TEXT: usize = 255;

/// A record in normal form.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its identity within (source, data type).
    pub uid: String,
    /// The fields that it gives; an absent one leaves the stored value alone, null clears it.
    pub fields: Fields,
    /// Whether the source says that it is gone.
    pub deleted: bool,
}

/// Why a record can't be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{field}: {reason}", uid.as_ref().map(|uid| format!("uid {uid}: ")).unwrap_or_default())]
pub struct Invalid {
    /// The uid, where that much could be read.
    pub uid: Option<String>,
    /// The field at fault; `record` for the record as a whole.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Record {
    /// Reads a record out of a JSON object of the shape in docs/http-api.md.
    pub fn from_json(data_type: DataType, json: Value) -> Result<Self, Invalid> {
        let whole = |reason: String| Invalid { uid: None, field: "record".into(), reason };
        let Value::Object(mut given) = json else {
            return Err(whole(format!("must be a JSON object, is {}", kind(&json))));
        };
        let uid = match given.remove("uid") {
            None => return Err(Invalid { uid: None, field: "uid".into(), reason: "is missing".into() }),
            Some(value) => uid(value).map_err(|reason| Invalid { uid: None, field: "uid".into(), reason })?,
        };
        let at = |(field, reason): (String, String)| Invalid { uid: Some(uid.clone()), field, reason };
        let deleted = match given.remove("isDeleted") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(deleted)) => deleted,
            Some(other) => return Err(at(("isDeleted".into(), wrong_type("true or false", &other)))),
        };
        let fields = match data_type {
            // What is gone is gone: nothing else that a deletion says keeps it from going.
            _ if deleted => Fields::new(),
            DataType::User => user(given).map_err(at)?,
            DataType::Department => department(given, &uid).map_err(at)?,
        };
        Ok(Self { uid, fields, deleted })
    }

    /// The record as text, as plans keep it and hashes are made of: its fields in canonical form, and
    /// `isDeleted` if it is. The uid stands beside it.
    pub fn to_stored(&self) -> String {
        if !self.deleted {
            return fields::canonical(&self.fields);
        }
        let mut fields = self.fields.clone();
        fields.insert("isDeleted".into(), Value::Bool(true));
        fields::canonical(&fields)
    }

    /// The inverse of [`Self::to_stored`]; `None` for a text that it did not make.
    pub fn from_stored(uid: &str, text: &str) -> Option<Self> {
        let mut fields: Fields = serde_json::from_str(text).ok()?;
        let deleted = fields.remove("isDeleted").is_some();
        Some(Self { uid: uid.to_owned(), fields, deleted })
    }

    /// The record as the later of two with the same uid in one task: what it gives is laid over
    /// what the `earlier` one gave, and whether it is deleted is its own word.
    #[must_use]
    pub fn after(self, earlier: Fields) -> Self {
        Self { fields: fields::merge(earlier, self.fields), ..self }
    }
}

/// What brings one field into normal form, or says what is wrong with it.
type Normal = fn(Value) -> Result<Value, String>;

/// A user's fields in normal form.
fn user(given: Map<String, Value>) -> Result<Fields, (String, String)> {
    const STANDARD: [(&str, Normal); 6] = [
        ("username", short_text_or_null),
        ("nickname", short_text),
        ("email", short_text_or_null),
        ("phone", short_text_or_null),
        ("enabled", enabled),
        ("departments", departments),
    ];
    normalise(given, &STANDARD)
}

/// A department's fields in normal form.
fn department(given: Map<String, Value>, own_uid: &str) -> Result<Fields, (String, String)> {
    const STANDARD: [(&str, Normal); 4] =
        [("title", title), ("parentUid", parent_uid), ("sort", sort), ("enabled", enabled)];
    let fields = normalise(given, &STANDARD)?;
    if fields::text(&fields, "parentUid") == Some(own_uid) {
        return Err(("parentUid".into(), "is the department itself".into()));
    }
    Ok(fields)
}

/// Brings the standard fields into normal form, where they stand; custom ones stay as they are.
fn normalise(mut fields: Fields, standard: &[(&str, Normal)]) -> Result<Fields, (String, String)> {
    for (name, normal) in standard {
        if let Some(value) = fields.get_mut(*name) {
            *value = normal(value.take()).map_err(|reason| ((*name).to_owned(), reason))?;
        }
    }
    Ok(fields)
}

fn title(value: Value) -> Result<Value, String> {
    match short_text_or_null(value)? {
        Value::Null => Err("must not be empty".to_owned()),
        title => Ok(title),
    }
}

fn parent_uid(value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        value => uid(value).map(Value::String),
    }
}

/// Memberships in normal form: `[{"isMain","isOwner","sort","uid"}]`, sorted by uid, each uid once,
/// exactly one main unless the list is empty.
fn departments(value: Value) -> Result<Value, String> {
    let list = match value {
        Value::Null => return Ok(Value::Array(Vec::new())),
        Value::Array(list) => list,
        other => return Err(wrong_type("an array of department uids or null", &other)),
    };
    struct Membership {
        uid: String,
        main: bool,
        owner: bool,
        sort: Value,
    }
    let mut memberships: Vec<Membership> = Vec::with_capacity(list.len());
    for (index, entry) in list.into_iter().enumerate() {
        let at = |reason: String| format!("entry {}: {reason}", index + 1);
        let membership = match entry {
            Value::Object(mut entry) => {
                let given = entry.remove("uid").ok_or_else(|| at("uid is missing".into()))?;
                let mut flag = |name: &str| match entry.remove(name) {
                    None | Some(Value::Null) => Ok(false),
                    Some(Value::Bool(flag)) => Ok(flag),
                    Some(other) => Err(at(format!("{name} {}", wrong_type("true or false", &other)))),
                };
                let (main, owner) = (flag("isMain")?, flag("isOwner")?);
                let sort = sort(entry.remove("sort").unwrap_or(Value::Null))
                    .map_err(|reason| at(format!("sort {reason}")))?;
                Membership { uid: uid(given).map_err(at)?, main, owner, sort }
            }
            plain => {
                let uid = uid(plain).map_err(at)?;
                Membership { uid, main: false, owner: false, sort: Value::Null }
            }
        };
        match memberships.iter_mut().find(|known| known.uid == membership.uid) {
            None => memberships.push(membership),
            Some(known) => {
                known.main |= membership.main;
                known.owner |= membership.owner;
            }
        }
    }
    match memberships.iter().filter(|membership| membership.main).count() {
        0 => {
            if let Some(first) = memberships.first_mut() {
                first.main = true;
            }
        }
        1 => {}
        more => return Err(format!("{more} departments are marked isMain, at most one can be")),
    }
    memberships.sort_by(|a, b| a.uid.cmp(&b.uid));
    Ok(memberships.into_iter().map(|m| membership(&m.uid, m.main, m.owner, m.sort)).collect())
}

/// One membership in normal form.
pub fn membership(uid: &str, main: bool, owner: bool, sort: Value) -> Value {
    let mut entry = Map::new();
    entry.insert("uid".into(), Value::String(uid.into()));
    entry.insert("isMain".into(), Value::Bool(main));
    entry.insert("isOwner".into(), Value::Bool(owner));
    entry.insert("sort".into(), sort);
    Value::Object(entry)
}

/// A number in normal form: a whole one as an integer, however it was written.
pub fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within the exact range of f64")]
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn uid(value: Value) -> Result<String, String> {
    let uid = match value {
        Value::String(uid) => uid,
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        other => return Err(wrong_type("a string or a whole number", &other)),
    };
    if uid.trim().is_empty() {
        return Err("is empty".into());
    }
    if uid.chars().any(char::is_control) {
        return Err("has a control character in it".into());
    }
    limit(&uid)?;
    Ok(uid)
}

fn short_text(value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) => {
            if text.contains('\0') {
                return Err("has a NUL character in it".into());
            }
            limit(&text)?;
            Ok(Value::String(text))
        }
        other => Err(wrong_type("a string or null", &other)),
    }
}

fn limit(text: &str) -> Result<(), String> {
    // Bytes bound characters from above, so that nearly every text is judged without counting.
    if text.len() <= MAX_TEXT {
        return Ok(());
    }
    match text.chars().count() {
        count if count > MAX_TEXT => Err(format!("is {count} characters long, {MAX_TEXT} at most are kept")),
        _ => Ok(()),
    }
}

fn short_text_or_null(value: Value) -> Result<Value, String> {
    match short_text(value)? {
        Value::String(text) if text.trim().is_empty() => Ok(Value::Null),
        other => Ok(other),
    }
}

/// Cleared means the default, which is switched on.
fn enabled(value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Bool(true)),
        Value::Bool(enabled) => Ok(Value::Bool(enabled)),
        other => Err(wrong_type("true or false", &other)),
    }
}

fn sort(value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Number(given) => Ok(number(given.as_f64().unwrap_or_default())),
        other => Err(wrong_type("a number or null", &other)),
    }
}

fn wrong_type(wanted: &str, value: &Value) -> String {
    format!("must be {wanted}, is {}", kind(value))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(any(test, fuzzing))]
#[path = "record_fuzz.rs"]
pub mod fuzz;

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
