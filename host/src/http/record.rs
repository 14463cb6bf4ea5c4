//! What records look like to those who push them: the description alone. Reading them is
//! `domain/record.rs`'s, which takes whatever comes and lets a bad record fail by itself.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaType};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A user as a source gives them. An absent key leaves the stored value alone, null clears it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"uid": "1", "username": "ann", "email": "ann@example.org", "departments": ["dev"]}))]
pub(crate) struct UserRecord {
    uid: Uid,
    /// Unique among all users, without regard to case.
    #[schema(max_length = 255)]
    username: Option<String>,
    #[schema(max_length = 255)]
    nickname: Option<String>,
    /// Unique among all users, without regard to case.
    #[schema(max_length = 255)]
    email: Option<String>,
    #[schema(max_length = 255)]
    phone: Option<String>,
    /// Null means true.
    enabled: Option<bool>,
    /// The first is the main one unless one says `isMain`; `[]` clears those that this source gave.
    departments: Option<Vec<MembershipRecord>>,
    /// True: the user leaves the lists.
    is_deleted: Option<bool>,
    /// Fields beyond these; any JSON.
    #[serde(flatten)]
    custom: HashMap<String, Value>,
}

/// A department as a source gives it. An absent key leaves the stored value alone, null clears it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"uid": "dev", "title": "Development", "parentUid": "head-office"}))]
pub(crate) struct DepartmentRecord {
    uid: Uid,
    /// Required in the first record of a department.
    #[schema(min_length = 1, max_length = 255)]
    #[serde(default)]
    title: String,
    /// The uid of the department above it; null for none.
    parent_uid: Option<Uid>,
    /// Its place among its siblings.
    sort: Option<f64>,
    /// Null means true.
    enabled: Option<bool>,
    /// True: the department leaves the lists.
    is_deleted: Option<bool>,
    /// Fields beyond these; any JSON.
    #[serde(flatten)]
    custom: HashMap<String, Value>,
}

/// An identity within its source and data type. A number is read as its decimal string: `7` and `"7"` are
/// one uid. At most 255 characters, not blank, without characters that nobody can see.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
enum Uid {
    Text(String),
    Number(i64),
}

/// A user's department: its uid alone, or with what the user is there.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
enum MembershipRecord {
    Uid(Uid),
    Membership(MembershipObject),
}

/// A user's department, with what the user is there.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MembershipObject {
    uid: Uid,
    /// One of a user's departments at most may be.
    is_main: Option<bool>,
    /// Whether the user leads it.
    is_owner: Option<bool>,
    /// The user's place within it.
    sort: Option<f64>,
}

/// A user or a department, as the push says.
#[derive(Debug)]
pub(crate) struct PushedRecord;

impl PartialSchema for PushedRecord {
    fn schema() -> RefOr<Schema> {
        // Whoever sends something else learns of it in the answer, and the push is taken all the same.
        let anything = ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .description(Some("Anything else fails by itself: the answer names it, and why."));
        let either = AnyOfBuilder::new()
            .item(Ref::from_schema_name(UserRecord::name()))
            .item(Ref::from_schema_name(DepartmentRecord::name()))
            .item(anything)
            .description(Some("A user or a department, whichever the push says that it brings."));
        either.into()
    }
}

impl ToSchema for PushedRecord {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((UserRecord::name().into(), UserRecord::schema()));
        schemas.push((DepartmentRecord::name().into(), DepartmentRecord::schema()));
        UserRecord::schemas(schemas);
        DepartmentRecord::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::data_type::DataType;
    use crate::domain::record::Record;

    fn described<T: ToSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()
    }

    #[test]
    fn every_key_that_is_described_means_something() {
        let check = |data_type: DataType, schema: Value| {
            let keys = schema["properties"].as_object().unwrap().keys();
            for key in keys.filter(|key| *key != "uid") {
                // No key but a custom field's may be an object.
                let bad = Record::from_json(data_type, json!({"uid": "1", key.as_str(): {}})).unwrap_err();
                assert_eq!(bad.field, *key, "{data_type}");
            }
            let example = Record::from_json(data_type, schema["example"].clone()).unwrap();
            assert!(example.fields.len() > 1);
        };
        check(DataType::User, described::<UserRecord>());
        check(DataType::Department, described::<DepartmentRecord>());
    }
}
