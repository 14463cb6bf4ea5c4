//! Entries as records. What an entry does not have is null, which clears what is stored, as long as others show
//! that it can be seen; what nobody shows, and what came only in part, is left out and stays as it is. An entry
//! whose uid can't be read becomes a record without one, which fails alone and says so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use orgsync_plugin_api::Membership;
use serde_json::{Map, Number, Value, json};

use crate::dn::Dn;
use crate::entry::Entry;
use crate::groups::{Groups, Unidentified};
use crate::identity::Syntax;
use crate::options::{Encoding, Memberships, Values};
use crate::settings::{CustomField, DN, DepartmentSet, Enabled, UserSet};
use crate::tree::{Place, Tree};
use crate::visible::Hidden;

/// A record, and the custom fields that were left out of it because it would have become too large.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Mapped {
    pub(crate) record: Map<String, Value>,
    pub(crate) too_large: Vec<String>,
}

/// What the custom fields of a record may take together, as JSON: a record over 1 MiB would end the read.
const CUSTOM_BYTES: usize = 900 << 10;

/// The flag ACCOUNTDISABLE ([MS-ADTS] 2.2.16).
const ACCOUNT_DISABLED: i64 = 2;
/// Locked by an administrator (draft-behera-ldap-password-policy, 5.3.3).
const LOCKED_FOR_GOOD: &str = "000001010000Z";

/// Where memberships come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places<'a> {
    /// The departments, if any are read.
    pub(crate) tree: Option<&'a Tree>,
    pub(crate) groups: Option<&'a Groups>,
    /// Who leads what, departments and groups alike.
    pub(crate) leaders: &'a Tree,
}

/// The identity of an entry.
pub(crate) fn uid(entry: &Entry, attributes: &[String]) -> Option<String> {
    entry.first(attributes)
}

/// A user's record, at a time.
pub(crate) fn user(
    entry: &Entry,
    set: &UserSet,
    places: Places<'_>,
    hidden: &Hidden,
    now: Timestamp,
) -> Mapped {
    let mut record = identified(entry, &set.uid);
    for (field, attributes) in &set.fields {
        field_of(&mut record, field, entry.first(attributes).map(Value::from), attributes, hidden);
    }
    let told = set.enabled.attribute().is_none_or(|attribute| !hidden.contains(attribute));
    let enabled = enabled(entry, &set.enabled).filter(|_| told);
    let has_ended = set.expiry.as_ref().is_some_and(|expiry| expiry.has_come(entry, now));
    if let Some(enabled) = if has_ended { Some(false) } else { enabled } {
        record.insert("enabled".into(), enabled.into());
    }
    let username = record.get("username");
    if let Some(memberships) = memberships(entry, username, set.memberships, places, hidden) {
        record.insert("departments".into(), json!(memberships));
    }
    customised(record, entry, &set.custom, hidden)
}

/// A department's record, or that of a group, without its place.
pub(crate) fn department(entry: &Entry, set: &DepartmentSet, hidden: &Hidden) -> Mapped {
    let mut record = identified(entry, &set.uid);
    field_of(&mut record, "title", entry.first(&set.title).map(Value::from), &set.title, hidden);
    if !set.sort.is_empty() {
        let sort = entry.first(&set.sort).map(|text| match text.parse::<Number>() {
            Ok(number) => Value::Number(number),
            // The host refuses it and names it.
            Err(_) => Value::String(text),
        });
        field_of(&mut record, "sort", sort, &set.sort, hidden);
    }
    customised(record, entry, &set.custom, hidden)
}

/// Puts a department under the one above it.
pub(crate) fn put(record: &mut Map<String, Value>, place: Place<'_>) {
    let parent = match place {
        Place::In(parent) => parent.into(),
        Place::Nowhere => Value::Null,
        // It has a parent, but nobody knows which: what is stored stays.
        Place::Unidentified => return,
    };
    record.insert("parentUid".into(), parent);
}

/// Who leads a department.
pub(crate) fn leaders(entry: &Entry, set: &DepartmentSet) -> impl Iterator<Item = String> {
    set.leader.iter().flat_map(|attribute| entry.texts(attribute))
}

/// Sets a field; to null only if the attributes that have no value could have been seen.
fn field_of(
    record: &mut Map<String, Value>,
    field: &str,
    value: Option<Value>,
    attributes: &[String],
    hidden: &Hidden,
) {
    let known = value.is_some() || !attributes.iter().any(|attribute| hidden.contains(attribute));
    if known {
        record.insert(field.to_owned(), value.into());
    }
}

/// A record with its uid, or with the DN that tells which one has none.
fn identified(entry: &Entry, attributes: &[String]) -> Map<String, Value> {
    let mut record = Map::new();
    match uid(entry, attributes) {
        Some(uid) => record.insert("uid".into(), uid.into()),
        None => record.insert(DN.into(), entry.dn.as_str().into()),
    };
    record
}

/// Whether the account may be used; `None` if nothing is known.
fn enabled(entry: &Entry, how: &Enabled) -> Option<bool> {
    let first = |attribute: &str| entry.texts(attribute).next();
    match how {
        Enabled::Unknown => None,
        Enabled::UserAccountControl => {
            // Every account has it: who does not show it may not be looked at.
            let flags: i64 = first("useraccountcontrol")?.parse().ok()?;
            Some(flags & ACCOUNT_DISABLED == 0)
        }
        Enabled::NsAccountLock => {
            Some(!first("nsaccountlock").is_some_and(|locked| locked.eq_ignore_ascii_case("true")))
        }
        Enabled::PwdAccountLockedTime => {
            Some(first("pwdaccountlockedtime").is_none_or(|since| since != LOCKED_FOR_GOOD))
        }
        Enabled::Attribute(name, disabled) => {
            Some(!entry.texts(name).any(|value| disabled.contains(&value.to_lowercase())))
        }
    }
}

/// The departments of a user, the main one first; `None` if nothing is known.
fn memberships(
    entry: &Entry,
    username: Option<&Value>,
    which: Memberships,
    places: Places<'_>,
    hidden: &Hidden,
) -> Option<Vec<Membership>> {
    let dn = Dn::parse(&entry.dn).ok();
    let tree = places.tree.filter(|_| which != Memberships::Groups);
    let groups = places.groups.filter(|_| which != Memberships::Position);
    if tree.is_none() && groups.is_none() {
        return None;
    }
    let mut memberships = Vec::new();
    match tree.map(|tree| tree.above(dn.as_ref())) {
        Some(Place::In(uid)) => memberships.push(Membership::new(uid)),
        Some(Place::Unidentified) => return None,
        Some(Place::Nowhere) | None => {}
    }
    match groups.map(|groups| groups.of(entry, dn.as_ref(), username, hidden)) {
        Some(Ok(uids)) => memberships.extend(uids.into_iter().map(Membership::new)),
        Some(Err(Unidentified)) => return None,
        None => {}
    }
    for led in places.leaders.led_by(dn.as_ref()).ok()? {
        match memberships.iter_mut().find(|membership| membership.uid == *led) {
            Some(membership) => membership.is_owner = Some(true),
            // Who leads a department is in it, wherever the entry stands.
            None => memberships.push(Membership::new(led).owner(true)),
        }
    }
    Some(memberships)
}

fn customised(
    mut record: Map<String, Value>,
    entry: &Entry,
    custom: &[CustomField],
    hidden: &Hidden,
) -> Mapped {
    let (mut too_large, mut left) = (Vec::new(), CUSTOM_BYTES);
    for field in custom {
        // The first of several values is there, however few of them came.
        let part = field.values != Values::First && entry.is_cut(&field.attribute);
        if part || hidden.contains(&field.attribute) {
            continue;
        }
        let value = custom_value(entry, field);
        let size = value.to_string().len();
        match left.checked_sub(size) {
            Some(rest) => {
                left = rest;
                record.insert(field.field.clone(), value);
            }
            None => too_large.push(field.field.clone()),
        }
    }
    Mapped { record, too_large }
}

fn custom_value(entry: &Entry, field: &CustomField) -> Value {
    if field.attribute == DN {
        return entry.dn.as_str().into();
    }
    let syntax = Syntax::of(&field.attribute);
    let text = |value: &Vec<u8>| {
        let text = syntax.text(value).filter(|_| field.encoding == Encoding::Auto);
        text.unwrap_or_else(|| STANDARD.encode(value))
    };
    let mut values: Vec<String> = entry.values(&field.attribute).iter().map(text).collect();
    if field.values == Values::First {
        values.truncate(1);
    }
    // The order of values means nothing and may change from one answer to the next.
    values.sort();
    match (field.values, values.as_slice()) {
        (Values::List, _) => json!(values),
        (_, []) => Value::Null,
        (_, [one]) => json!(one),
        _ => json!(values),
    }
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
