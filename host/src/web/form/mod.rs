//! Forms made from JSON Schemas: a schema and a value become fields, and the fields that come back become a value. What
//! is drawn and sent back unchanged is the same value, absent keys included, so that looking at options never changes
//! them. Secrets are never drawn: an empty field keeps the stored one.
//!
//! A field is named by the JSON Pointer of what it stands for (`options/users/bases`), as problems name what is wrong.

mod draw;
mod field;
mod read;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::http::problem::FieldError;

pub(super) use self::draw::draw;
pub(super) use self::field::Field;
pub(super) use self::read::read;

/// Names the fields whose emptiness means an empty value rather than none.
const EMPTY: &str = "_empty";
/// Names the fields whose emptiness means null.
const NULL: &str = "_null";
/// Names the secrets of which there is a stored one.
const STORED: &str = "_stored";
/// Names the secrets that are to be forgotten.
const FORGET: &str = "_forget";
/// Names the items of lists that are there.
const ITEM: &str = "_item";
/// A button: names the list to which an item is to be added.
pub(super) const ADD: &str = "_add";
/// A button: names the item that is to be taken away.
pub(super) const REMOVE: &str = "_remove";

/// What a form holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Filled {
    pub(super) value: Value,
    pub(super) errors: Vec<FieldError>,
    /// What was typed where JSON is wanted and is none, by the field's name.
    broken: BTreeMap<String, String>,
    /// The secrets of which there is a stored one.
    stored: BTreeSet<String>,
}

impl Filled {
    /// What is stored, or nothing at all.
    pub(super) fn of(value: Value) -> Self {
        Self { value, ..Self::default() }
    }
}

/// One more key on the way to a value (RFC 6901).
fn below(name: &str, key: &str) -> String {
    let key = key.replace('~', "~0").replace('/', "~1");
    if name.is_empty() { key } else { format!("{name}/{key}") }
}
