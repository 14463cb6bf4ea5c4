//! Their rows to our records, purely. What a cell says that can't be understood is passed on as it is: the
//! host then refuses that one record and says why, and no other.

use std::collections::{BTreeMap, BTreeSet};

use orgsync_plugin_api::{DataType, Membership};
use serde_json::{Map, Number, Value, json};

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
    columns: BTreeMap<String, String>,
    custom: CustomColumns,
    separator: String,
}

/// A [`Mapping`] applied to the header of a CSV file: the fields that each column becomes.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    mapping: &'a Mapping,
    fields: Vec<Vec<String>>,
}

impl Mapping {
    pub(crate) fn new(data_type: DataType, set: &FileSet) -> Self {
        Self {
            data_type,
            columns: set.columns.clone(),
            custom: set.custom_columns,
            separator: set.list_separator.clone(),
        }
    }

    /// Maps the header of a CSV file.
    ///
    /// # Errors
    /// If it has a column twice, or lacks one that the operator named, or has none for the uid.
    pub(crate) fn header<'a>(&'a self, columns: &[&str]) -> Result<Header<'a>, String> {
        let mut seen = BTreeSet::new();
        if let Some(twice) = columns.iter().find(|column| !seen.insert(**column)) {
            return Err(format!("there are two columns `{twice}`"));
        }
        let listed = || columns.join("`, `");
        if let Some((field, column)) = self.columns.iter().find(|(_, column)| !seen.contains(column.as_str()))
        {
            return Err(format!(
                "there is no column `{column}` for the field `{field}`, only `{}`",
                listed()
            ));
        }
        let fields: Vec<_> = columns.iter().map(|column| self.fields_of(column)).collect();
        if !fields.iter().flatten().any(|field| field == "uid") {
            return Err(format!(
                "there is no column `uid`, and `columns` names no other for it, of `{}`",
                listed()
            ));
        }
        Ok(Header { mapping: self, fields })
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

    /// The fields that a column becomes: those that it was named for, or else the one of its own name, unless
    /// that has another column.
    fn fields_of(&self, column: &str) -> Vec<String> {
        let named: Vec<_> =
            self.columns.iter().filter(|(_, from)| *from == column).map(|(field, _)| field.clone()).collect();
        let standard = match self.data_type {
            DataType::User => USER_FIELDS.as_slice(),
            DataType::Department => DEPARTMENT_FIELDS.as_slice(),
        };
        let kept = standard.contains(&column) || self.custom == CustomColumns::Keep;
        if named.is_empty() && kept && !self.columns.contains_key(column) {
            return vec![column.to_owned()];
        }
        named
    }
}

impl Header<'_> {
    /// The record of a row with as many cells as the header has columns.
    pub(crate) fn record<'r>(&self, row: impl IntoIterator<Item = &'r str>) -> Map<String, Value> {
        let mut cells: BTreeMap<&str, &str> = BTreeMap::new();
        for (fields, cell) in self.fields.iter().zip(row) {
            cells.extend(fields.iter().map(|field| (field.as_str(), cell.trim())));
        }
        let mut record = Map::new();
        if self.mapping.data_type == DataType::User
            && let Some(memberships) = self.memberships(&mut cells)
        {
            record.insert("departments".into(), memberships);
        }
        let values =
            cells.into_iter().filter_map(|(field, cell)| Some((field.to_owned(), self.value(field, cell)?)));
        record.extend(values);
        record
    }

    /// The value of a cell; `None` leaves the field out. An empty cell clears what is stored.
    fn value(&self, field: &str, cell: &str) -> Option<Value> {
        let text = || Value::from(cell);
        let value = match (self.mapping.data_type, field) {
            (_, "uid" | "isDeleted" | "enabled") if cell.is_empty() => return None,
            _ if cell.is_empty() => Value::Null,
            (_, "isDeleted" | "enabled") => boolean(cell).map_or_else(text, Value::from),
            (DataType::Department, "sort") => cell.parse::<Number>().map_or_else(|_| text(), Value::from),
            _ => text(),
        };
        Some(value)
    }

    /// The three columns about departments as one list; `None` if there is none of them.
    fn memberships(&self, cells: &mut BTreeMap<&str, &str>) -> Option<Value> {
        let (all, main, owned) =
            (cells.remove("departments"), cells.remove("mainDepartment"), cells.remove("ownerOf"));
        all.or(main).or(owned)?;
        let list = |cell: Option<&str>| {
            let uids = cell.unwrap_or_default().split(self.mapping.separator.as_str());
            uids.map(str::trim).filter(|uid| !uid.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut memberships: Vec<Membership> = list(all).into_iter().map(Membership::new).collect();
        // A department that only these name is one that the user is in as well.
        let mut mark = |uid: String, how: fn(&mut Membership)| match memberships
            .iter_mut()
            .find(|membership| membership.uid == uid)
        {
            Some(membership) => how(membership),
            None => {
                let mut membership = Membership::new(uid);
                how(&mut membership);
                memberships.push(membership);
            }
        };
        if let Some(main) = main.filter(|uid| !uid.is_empty()) {
            mark(main.to_owned(), |membership| membership.is_main = Some(true));
        }
        for owned in list(owned) {
            mark(owned, |membership| membership.is_owner = Some(true));
        }
        Some(json!(memberships))
    }
}

fn boolean(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(data_type: DataType, set: Value) -> Mapping {
        let mut options = json!({"path": "/x"});
        options.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
        Mapping::new(data_type, &serde_json::from_value(options).unwrap())
    }

    fn check(data_type: DataType, set: Value, rows: [&str; 2], expected: Value) {
        let mapping = mapping(data_type, set);
        let header = mapping.header(&rows[0].split(',').collect::<Vec<_>>()).unwrap();
        assert_eq!(Value::from(header.record(rows[1].split(','))), expected);
    }

    #[test]
    fn columns_are_fields_by_name() {
        check(
            DataType::User,
            json!({}),
            ["uid,nickname,email,enabled,isDeleted,badge", "1, Ada ,,yes,,B7"],
            json!({"uid": "1", "nickname": "Ada", "email": null, "enabled": true, "badge": "B7"}),
        );
        check(
            DataType::Department,
            json!({}),
            ["uid,title,parentUid,sort,isDeleted", "d,Sales,,10,no"],
            json!({"uid": "d", "title": "Sales", "parentUid": null, "sort": 10, "isDeleted": false}),
        );
    }

    #[test]
    fn columns_are_renamed_and_dropped() {
        let set = json!({
            "columns": {"uid": "No", "username": "No", "nickname": "Name", "badge": "Badge No"},
            "customColumns": "drop",
        });
        check(
            DataType::User,
            set,
            ["No,Name,nickname,Badge No,Salary,email", "1,Ada,nick,7,100,a@b.c"],
            json!({"uid": "1", "username": "1", "nickname": "Ada", "badge": "7", "email": "a@b.c"}),
        );
    }

    #[test]
    fn departments_become_one_list() {
        let header = "uid,departments,mainDepartment,ownerOf";
        let check = |row, expected: Value| {
            let expected = json!({"uid": "1", "departments": expected});
            check(DataType::User, json!({"listSeparator": "|"}), [header, row], expected);
        };
        check("1,a|b| c ,,", json!(["a", "b", "c"]));
        check(
            "1,a|b,b,a|d",
            json!([{"uid": "a", "isOwner": true}, {"uid": "b", "isMain": true}, {"uid": "d", "isOwner": true}]),
        );
        check("1,,,", json!([]));
    }

    #[test]
    fn what_is_not_understood_is_passed_on() {
        check(DataType::User, json!({}), ["uid,enabled", ",perhaps"], json!({"enabled": "perhaps"}));
        check(DataType::Department, json!({}), ["uid,sort", "d,first"], json!({"uid": "d", "sort": "first"}));
    }

    #[test]
    fn headers_that_cannot_be_mapped() {
        let check = |set, header: &[&str], expected: &str| {
            assert_eq!(mapping(DataType::User, set).header(header).unwrap_err(), expected);
        };
        check(json!({}), &["uid", "uid"], "there are two columns `uid`");
        check(
            json!({"columns": {"uid": "No"}}),
            &["uid", "name"],
            "there is no column `No` for the field `uid`, only `uid`, `name`",
        );
        check(
            json!({}),
            &["id", "name"],
            "there is no column `uid`, and `columns` names no other for it, of `id`, `name`",
        );
    }

    #[test]
    fn json_keys_are_renamed_and_values_left_alone() {
        let object =
            json!({"id": 7, "departments": [{"uid": 1}], "floor": null}).as_object().unwrap().clone();
        let renamed = mapping(DataType::User, json!({"columns": {"uid": "id"}})).object(object.clone());
        assert_eq!(Value::from(renamed), json!({"uid": 7, "departments": [{"uid": 1}], "floor": null}));
        assert_eq!(mapping(DataType::User, json!({})).object(object.clone()), object);
    }
}
