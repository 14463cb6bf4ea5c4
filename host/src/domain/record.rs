//! One user or department as a source gave it, brought into normal form: ids as strings, texts trimmed, empty
//! usernames, e-mails and phones as null, memberships as a sorted list of objects.
//! A record that can't be understood is an [`Invalid`], which names uid, field and reason.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::{Map, Value};

use super::address;
use super::data_type::DataType;
use super::fields::{self, Fields};
use super::json::{Damage, Parsed};
use super::number;
use super::text::{self, Refused};

/// The longest uid, username, nickname, e-mail, phone or title, in characters.
pub const MAX_TEXT: usize = 255;

/// The most departments that a source may give one user.
pub const MAX_MEMBERSHIPS: usize = 10_000;
/// How many levels deep a custom field may be nested: what is much deeper can't be read any more where it is put into
/// other JSON.
pub const MAX_DEPTH: usize = 64;

/// The key under which a source says why it can't give a record, as in the plugin API.
pub const REASON: &str = "$error";

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

/// A record, and what was left out of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// The record.
    pub record: Record,
    /// The e-mail that it gave and that is no address.
    pub no_address: Option<String>,
}

impl Record {
    /// Reads a record out of a JSON object of the shape in docs/http-api.md.
    pub fn from_json(data_type: DataType, json: Value) -> Result<Self, Invalid> {
        Self::understand(data_type, json, &[]).map(|understood| understood.record)
    }

    /// The same for a text that has been parsed, whose damaged fields can't be used.
    pub fn from_parsed(data_type: DataType, parsed: Parsed<'_>) -> Result<Understood, Invalid> {
        Self::understand(data_type, parsed.value, &parsed.damaged)
    }

    fn understand(
        data_type: DataType,
        json: Value,
        damaged: &[(Option<String>, Damage)],
    ) -> Result<Understood, Invalid> {
        let whole = |reason: String| Invalid { uid: None, field: "record".into(), reason };
        let Value::Object(mut given) = json else {
            return Err(whole(format!("must be a JSON object, is {}", kind(&json))));
        };
        let failed = given.remove(REASON).map(|reason| match reason {
            Value::String(reason) => reason,
            other => other.to_string(),
        });
        let no_uid = |reason: String| Invalid { uid: None, field: "uid".into(), reason };
        if let Some((_, damage)) = damaged.iter().find(|(field, _)| field.as_deref() == Some("uid")) {
            return Err(no_uid(damage.to_string()));
        }
        let uid = match given.remove("uid") {
            None if failed.is_some() => return Err(whole(failed.unwrap_or_default())),
            None => return Err(no_uid("is missing".into())),
            Some(value) => uid(value).map_err(no_uid)?,
        };
        if let Some(reason) = failed {
            return Err(Invalid { uid: Some(uid), field: "record".into(), reason });
        }
        let at = |(field, reason): (String, String)| Invalid { uid: Some(uid.clone()), field, reason };
        let deleted = match given.remove("isDeleted") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(deleted)) => deleted,
            Some(other) => return Err(at(("isDeleted".into(), wrong_type("true or false", &other)))),
        };
        if !deleted {
            whole_fields(damaged).map_err(at)?;
        }
        let (fields, no_address) = match data_type {
            // What is gone is gone: nothing else that a deletion says keeps it from going.
            _ if deleted => (Fields::new(), None),
            DataType::User => user(given).map_err(at)?,
            DataType::Department => (department(given, &uid).map_err(at)?, None),
        };
        Ok(Understood { record: Self { uid, fields, deleted }, no_address })
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
/// What says which characters a text may hold, and trims it.
type Rule = fn(&str) -> Result<Cow<'_, str>, Refused>;

/// Refuses fields whose text is damaged.
fn whole_fields(damaged: &[(Option<String>, Damage)]) -> Result<(), (String, String)> {
    match damaged.first() {
        None => Ok(()),
        Some((Some(field), damage)) => Err((field.clone(), damage.to_string())),
        Some((None, damage)) => Err(("record".into(), format!("the name of a field {damage}"))),
    }
}

/// A user's fields in normal form, and the e-mail that is no address.
fn user(given: Map<String, Value>) -> Result<(Fields, Option<String>), (String, String)> {
    const STANDARD: [(&str, Normal); 6] = [
        ("username", key_or_null),
        ("nickname", display),
        ("email", key_or_null),
        ("phone", phone_or_null),
        ("enabled", enabled),
        ("departments", departments),
    ];
    let mut fields = normalise(given, &STANDARD)?;
    let no_address = match fields.get_mut("email") {
        Some(Value::String(email)) if !address::is_address(email) => Some(std::mem::take(email)),
        _ => None,
    };
    if no_address.is_some() {
        // The source says that it knows no address, in words of its own.
        fields.insert("email".into(), Value::Null);
    }
    Ok((fields, no_address))
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
    match fields.iter().find(|(_, value)| is_deeper(value, MAX_DEPTH)) {
        Some((name, _)) => Err((name.clone(), format!("is nested more than {MAX_DEPTH} levels deep"))),
        None => Ok(fields),
    }
}

/// Whether a value is nested more than so many levels deep. The parser bounds how deep this goes.
fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(fields) => levels == 0 || fields.values().any(|value| is_deeper(value, levels - 1)),
        _ => false,
    }
}

fn title(value: Value) -> Result<Value, String> {
    match or_null(display(value)?) {
        Value::Null => Err("must not be empty".to_owned()),
        title => Ok(title),
    }
}

fn parent_uid(value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text::trim(&text).is_empty() => Ok(Value::Null),
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
    let mut memberships: Vec<Membership> = Vec::with_capacity(list.len().min(MAX_MEMBERSHIPS));
    let mut places: HashMap<String, usize> = HashMap::with_capacity(memberships.capacity());
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
        match places.entry(membership.uid.clone()) {
            Entry::Vacant(_) if memberships.len() == MAX_MEMBERSHIPS => {
                return Err(format!(
                    "has more than {MAX_MEMBERSHIPS} departments, as many as a user may have"
                ));
            }
            Entry::Vacant(place) => {
                place.insert(memberships.len());
                memberships.push(membership);
            }
            Entry::Occupied(place) => {
                let known = &mut memberships[*place.get()];
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

/// A uid in its normal form.
pub fn uid(value: Value) -> Result<String, String> {
    let uid = match value {
        Value::String(text) => kept(text, identifier)?,
        Value::Number(number) if is_whole(number.as_str()) => match number.as_str() {
            "-0" => "0".to_owned(),
            digits => digits.to_owned(),
        },
        other => return Err(wrong_type("a string or a whole number", &other)),
    };
    if uid.is_empty() {
        return Err("is empty".into());
    }
    limit(&uid)?;
    Ok(uid)
}

/// Whether a number is written without a fraction and an exponent, however many digits it has.
fn is_whole(number: &str) -> bool {
    number.strip_prefix('-').unwrap_or(number).bytes().all(|byte| byte.is_ascii_digit())
}

fn identifier(text: &str) -> Result<Cow<'_, str>, Refused> {
    text::identifier(text).map(Cow::Borrowed)
}

fn phone(text: &str) -> Result<Cow<'_, str>, Refused> {
    text::phone(text).map(Cow::Borrowed)
}

fn display(value: Value) -> Result<Value, String> {
    short_text(value, text::display)
}

fn key_or_null(value: Value) -> Result<Value, String> {
    short_text(value, identifier).map(or_null)
}

fn phone_or_null(value: Value) -> Result<Value, String> {
    short_text(value, phone).map(or_null)
}

fn short_text(value: Value, rule: Rule) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) => {
            let text = kept(text, rule)?;
            limit(&text)?;
            Ok(Value::String(text))
        }
        other => Err(wrong_type("a string or null", &other)),
    }
}

/// The text as a rule keeps it; most are kept as they are.
fn kept(text: String, rule: Rule) -> Result<String, String> {
    let changed = match rule(&text).map_err(|refused| refused.to_string())? {
        Cow::Borrowed(kept) if kept.len() == text.len() => None,
        changed => Some(changed.into_owned()),
    };
    Ok(changed.unwrap_or(text))
}

fn or_null(value: Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::Null,
        other => other,
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
        Value::Number(given) => {
            number::normal(&given).map(Value::Number).ok_or_else(|| "is too large".to_owned())
        }
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
