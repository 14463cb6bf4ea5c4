//! Their rows to our records, purely. What a cell says that can't be understood is passed on as it is: the
//! host then refuses that one record and says why, and no other.

use std::collections::BTreeMap;

use orgsync_plugin_api::{DataType, Membership, PluginError};
use serde_json::{Map, Value, json};

use crate::header::{Column, Header, fold};
use crate::number::number;
use crate::options::{CustomColumns, FileSet};

const USER_FIELDS: [&str; 10] = [
    "uid",
    "username",
    "nickname",
    "email",
    "phone",
    "departments",
    "mainDepartment",
    "ownerOf",
    "enabled",
    "isDeleted",
];
const DEPARTMENT_FIELDS: [&str; 6] = ["uid", "title", "parentUid", "sort", "enabled", "isDeleted"];

/// Which fields the columns of one set of files become.
#[derive(Debug)]
pub(crate) struct Mapping {
    data_type: DataType,
    /// Field → column.
    pub(crate) columns: BTreeMap<String, String>,
    pub(crate) custom: CustomColumns,
    separator: String,
}

/// What a column becomes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: String,
    kind: Kind,
}

/// How the cells of a field are read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// An empty cell says nothing.
    Uid,
    /// An empty cell clears what is stored, as in all that follow unless they say otherwise.
    Text,
    /// An empty cell says nothing.
    Boolean,
    Number,
    Departments(Listing),
}

/// What a list of departments says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Listing {
    All,
    Main,
    Owned,
}

impl Mapping {
    /// Takes the options.
    ///
    /// # Errors
    /// If they make no sense.
    pub(crate) fn new(data_type: DataType, set: &FileSet) -> Result<Self, PluginError> {
        let separator = set.list_separator.clone();
        if separator.is_empty() || separator.contains(|c: char| c.is_alphanumeric() || c == '"' || c == '\0')
        {
            let message =
                "`listSeparator` has to be one or more characters, and no letters, digits and quotes";
            return Err(PluginError::config(message));
        }
        let mut mapping = Self { data_type, columns: BTreeMap::new(), custom: set.custom_columns, separator };
        for (field, column) in &set.columns {
            let name = mapping.standard(field).unwrap_or(field).to_owned();
            if mapping.columns.insert(name.clone(), column.clone()).is_some() {
                let message = format!("`columns` names two columns for the field `{name}`");
                return Err(PluginError::config(message));
            }
        }
        Ok(mapping)
    }

    /// Renames the keys of a JSON object; its values stay as they are.
    pub(crate) fn object(&self, object: Map<String, Value>) -> Map<String, Value> {
        if self.columns.is_empty() && self.custom == CustomColumns::Keep {
            return object;
        }
        let rename = |(key, value): (String, Value)| {
            self.fields_of(&key).into_iter().map(move |field| (field, value.clone()))
        };
        object.into_iter().flat_map(rename).collect()
    }

    /// The fields that a key becomes: those that it was named for, or else the one of its own name, unless that
    /// has another key.
    fn fields_of(&self, key: &str) -> Vec<String> {
        let named: Vec<_> =
            self.columns.iter().filter(|(_, from)| *from == key).map(|(field, _)| field.clone()).collect();
        let kept = self.is_standard(key) || self.custom == CustomColumns::Keep;
        if named.is_empty() && kept && !self.columns.contains_key(key) {
            return vec![key.to_owned()];
        }
        named
    }

    /// The field that a column becomes which `columns` does not name; `None` if it is dropped.
    pub(crate) fn unnamed(&self, column: &str) -> Option<Field> {
        let field = match self.standard(column) {
            Some(field) => field,
            None if self.custom == CustomColumns::Keep => column,
            None => return None,
        };
        (!self.columns.contains_key(field)).then(|| self.field(field))
    }

    /// A field by its exact name.
    pub(crate) fn field(&self, name: &str) -> Field {
        let kind = match (self.data_type, name) {
            (_, "uid") => Kind::Uid,
            (_, "enabled" | "isDeleted") => Kind::Boolean,
            (DataType::Department, "sort") => Kind::Number,
            (DataType::User, "departments") => Kind::Departments(Listing::All),
            (DataType::User, "mainDepartment") => Kind::Departments(Listing::Main),
            (DataType::User, "ownerOf") => Kind::Departments(Listing::Owned),
            _ => Kind::Text,
        };
        Field { name: name.to_owned(), kind }
    }

    pub(crate) fn is_standard(&self, field: &str) -> bool {
        self.standard_fields().contains(&field)
    }

    /// The standard fields whose names are nearly this one.
    pub(crate) fn near(&self, name: &str) -> impl Iterator<Item = &'static str> {
        let folded = fold(name);
        self.standard_fields().iter().copied().filter(move |field| {
            let longest = field.len().max(folded.chars().count());
            distance(&folded, &fold(field)) <= longest / 3
        })
    }

    /// The standard field that a name means, however it is written.
    fn standard(&self, name: &str) -> Option<&'static str> {
        let folded = fold(name);
        self.standard_fields().iter().copied().find(|field| fold(field) == folded)
    }

    fn standard_fields(&self) -> &'static [&'static str] {
        match self.data_type {
            DataType::User => &USER_FIELDS,
            DataType::Department => &DEPARTMENT_FIELDS,
        }
    }
}

impl Header<'_> {
    /// The record of a row that [fits](Self::fits).
    pub(crate) fn record<'r>(&self, row: impl IntoIterator<Item = &'r str>) -> Map<String, Value> {
        let mut record = Map::new();
        let mut lists: [Option<&str>; 3] = [None; 3];
        for (column, cell) in self.columns.iter().zip(row) {
            let Column::Fields(fields) = column else { continue };
            for Field { name, kind } in fields {
                if let Kind::Departments(listing) = kind {
                    lists[*listing as usize] = Some(cell);
                } else if let Some(value) = value(*kind, cell) {
                    record.insert(name.clone(), value);
                }
            }
        }
        if lists.iter().any(Option::is_some) {
            record.insert("departments".into(), json!(memberships(lists, &self.mapping.separator)));
        }
        record
    }

    /// The fields of a record whose cells were not understood.
    pub(crate) fn not_understood<'r>(
        &'r self,
        record: &'r Map<String, Value>,
    ) -> impl Iterator<Item = &'r str> {
        let typed = self.fields().filter(|(_, field)| matches!(field.kind, Kind::Boolean | Kind::Number));
        let is_text = |name: &&str| record.get(*name).is_some_and(Value::is_string);
        typed.map(|(_, field)| field.name.as_str()).filter(is_text)
    }
}

/// The value of a cell; `None` leaves the field out.
fn value(kind: Kind, cell: &str) -> Option<Value> {
    let text = || Value::from(cell);
    match kind {
        Kind::Uid | Kind::Boolean if cell.is_empty() => None,
        _ if cell.is_empty() => Some(Value::Null),
        Kind::Boolean => Some(boolean(cell).map_or_else(text, Value::from)),
        Kind::Number => Some(number(cell).map_or_else(text, Value::Number)),
        Kind::Uid | Kind::Text | Kind::Departments(_) => Some(text()),
    }
}

/// The columns about departments as one list. A department that only `mainDepartment` or `ownerOf` names is
/// one that the user is in as well; of several in `mainDepartment`, the first is the main one.
fn memberships([all, main, owned]: [Option<&str>; 3], separator: &str) -> Vec<Membership> {
    fn of<'m>(memberships: &'m mut Vec<Membership>, uid: &str) -> &'m mut Membership {
        let at = memberships.iter().position(|membership| membership.uid == uid).unwrap_or_else(|| {
            memberships.push(Membership::new(uid));
            memberships.len() - 1
        });
        &mut memberships[at]
    }
    let list = |cell: Option<&'_ str>| -> Vec<String> {
        let uids = cell.unwrap_or_default().split(separator).map(str::trim);
        uids.filter(|uid| !uid.is_empty()).map(str::to_owned).collect()
    };
    let mut memberships = Vec::new();
    for uid in list(all) {
        of(&mut memberships, &uid);
    }
    for (at, uid) in list(main).iter().enumerate() {
        let membership = of(&mut memberships, uid);
        if at == 0 {
            membership.is_main = Some(true);
        }
    }
    for uid in list(owned) {
        of(&mut memberships, &uid).is_owner = Some(true);
    }
    memberships
}

fn boolean(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// How many characters have to be added, removed or replaced to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut costs: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut costs[0], row + 1);
        for (column, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = costs[column + 1];
            costs[column + 1] = replaced.min(diagonal + 1).min(costs[column] + 1);
        }
    }
    costs[other.len()]
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
