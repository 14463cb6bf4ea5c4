//! A record → the attributes that orgsync keeps in the service; pure. Of an attribute that is mapped orgsync
//! owns all of it: other e-mail addresses of a user, say, go. Others are left alone.

use orgsync_plugin_api::{PluginError, TargetChange};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::operation::Kind;
use crate::options::{GroupNames, Options};
use crate::path::Path;

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Attributes that are not for operators to map.
const RESERVED: [&str; 8] =
    ["id", "externalId", "meta", "schemas", "active", "groups", "members", "password"];

/// What is sent of a user unless the options say otherwise.
const USUAL: [(&str, Field); 5] = [
    ("userName", Field::Login),
    ("displayName", Field::Nickname),
    ("name.formatted", Field::Nickname),
    ("emails", Field::Email),
    ("phoneNumbers", Field::Phone),
];

/// Where users' attributes come from.
#[derive(Debug, Clone)]
pub(crate) struct Mapping(Vec<(Path, Field)>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    /// The user name, or else the e-mail address.
    Login,
    Uid,
    Username,
    Nickname,
    Email,
    Phone,
    Custom(String),
}

/// The attributes of one resource that orgsync keeps; null is one that is to have no value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attributes {
    schema: &'static str,
    values: Vec<(Path, Value)>,
}

/// A user's record, as far as it is used.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    username: Option<String>,
    nickname: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    pub(crate) departments: Vec<Membership>,
    #[serde(default)]
    custom: Map<String, Value>,
}

/// That a user is in a department.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Membership {
    pub(crate) uid: String,
    /// The group, if there is one already.
    pub(crate) id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Department {
    title: Option<String>,
    /// The titles from the top down to this department's.
    path: Option<Vec<String>>,
}

impl Mapping {
    /// The usual attributes, with what the options change about them.
    pub(crate) fn new(options: &Options) -> Result<Self, PluginError> {
        let mut all = USUAL.map(|(path, field)| (known(path), field)).to_vec();
        for (text, field) in &options.attributes {
            let wrong = |what: &str| PluginError::config(format!("`attributes`: {text:?} {what}"));
            let path = Path::parse(text).map_err(|what| wrong(&what))?;
            if path
                .core_attribute()
                .is_some_and(|name| RESERVED.iter().any(|own| own.eq_ignore_ascii_case(name)))
            {
                return Err(wrong("is an attribute that the plugin or the service writes by itself"));
            }
            all.retain(|(other, _)| *other != path);
            if !field.trim().is_empty() {
                let field = Field::parse(field.trim()).ok_or_else(|| {
                    wrong("is made of no field: there are uid, username, nickname, email, phone and custom.NAME")
                })?;
                all.push((path, field));
            }
        }
        if !all.iter().any(|(path, _)| *path == known("userName")) {
            return Err(PluginError::config("`attributes`: every user of a service has a `userName`"));
        }
        Ok(Self(all))
    }

    /// What a user is to be in the service.
    pub(crate) fn user(&self, uid: &str, user: &User) -> Result<Attributes, PluginError> {
        let mut values = vec![(known("externalId"), json!(uid)), (known("active"), json!(user.enabled))];
        for (path, field) in &self.0 {
            values.push((path.clone(), shape(path, field.of(uid, user))));
        }
        let attributes = Attributes { schema: USER, values };
        if attributes.name().is_none_or(|name| name.trim().is_empty()) {
            let message =
                "the user has neither a user name nor an e-mail address, of which userName could be made";
            return Err(PluginError::invalid(message));
        }
        Ok(attributes)
    }
}

/// What groups are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupName {
    Title,
    /// The titles from the top down, with this between them.
    Path(String),
}

impl GroupName {
    /// As the options say.
    pub(crate) fn new(options: &Options) -> Self {
        match options.group_name {
            GroupNames::Title => Self::Title,
            GroupNames::Path => Self::Path(options.group_separator.clone()),
        }
    }

    /// What a department is to be in the service, without its members.
    pub(crate) fn group(&self, uid: &str, record: &Map<String, Value>) -> Result<Attributes, PluginError> {
        let department: Department = read(record)?;
        let title = department.title.filter(|title| !title.trim().is_empty());
        let title = title.ok_or_else(|| PluginError::invalid("the department has no title"))?;
        let name = match self {
            Self::Title => title,
            Self::Path(separator) => {
                let path = department.path.filter(|path| !path.is_empty()).ok_or_else(|| {
                    PluginError::config(
                        "`groupName` is `path`, and this orgsync does not tell paths: use `title`",
                    )
                })?;
                path.join(separator)
            }
        };
        let values = vec![(known("externalId"), json!(uid)), (known("displayName"), json!(name))];
        Ok(Attributes { schema: GROUP, values })
    }
}

/// A resource that carries a record's uid; everything else of it is left alone.
pub(crate) fn marked(kind: Kind, uid: &str) -> Attributes {
    let schema = match kind {
        Kind::User => USER,
        Kind::Group => GROUP,
    };
    Attributes { schema, values: vec![(known("externalId"), json!(uid))] }
}

/// A user who may not log in any more; everything else of them is left alone.
pub(crate) fn deactivated() -> Attributes {
    Attributes { schema: USER, values: vec![(known("active"), json!(false))] }
}

/// A user of whom only the name is to be another one.
pub(crate) fn named(name: &str) -> Attributes {
    Attributes { schema: USER, values: vec![(known("userName"), json!(name))] }
}

/// A user's record.
pub(crate) fn read_user(record: &Map<String, Value>) -> Result<User, PluginError> {
    read(record)
}

/// The record that a change brings.
pub(crate) fn record(change: &TargetChange) -> Result<&Map<String, Value>, PluginError> {
    change.record.as_ref().ok_or_else(|| PluginError::invalid("the change comes without a record"))
}

fn read<T: serde::de::DeserializeOwned>(record: &Map<String, Value>) -> Result<T, PluginError> {
    serde_json::from_value(Value::Object(record.clone()))
        .map_err(|error| PluginError::invalid(format!("the record makes no sense: {error}")))
}

impl Attributes {
    /// By which the service tells resources apart: `userName` or `displayName`.
    pub(crate) fn name(&self) -> Option<&str> {
        self.get(if self.schema == USER { "userName" } else { "displayName" })?.as_str()
    }

    fn get(&self, attribute: &str) -> Option<&Value> {
        let path = known(attribute);
        self.values.iter().find(|(other, _)| *other == path).map(|(_, value)| value)
    }

    /// What of it differs from what is there.
    pub(crate) fn beyond(&self, there: &Value) -> Vec<(Path, Value)> {
        let differs = |(path, value): &&(Path, Value)| !covers(path.get(there), value);
        self.values.iter().filter(differs).cloned().collect()
    }

    /// What of it differs from other attributes.
    pub(crate) fn beyond_attributes(&self, there: &Attributes) -> Vec<(Path, Value)> {
        self.beyond(&there.resource())
    }

    /// A resource of nothing else.
    pub(crate) fn resource(&self) -> Value {
        let mut resource = Map::new();
        resource.insert("schemas".into(), json!([self.schema]));
        for (path, value) in &self.values {
            if !value.is_null() {
                path.set(&mut resource, value.clone());
            }
        }
        Value::Object(resource)
    }
}

impl Field {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "uid" => Self::Uid,
            "username" => Self::Username,
            "nickname" => Self::Nickname,
            "email" => Self::Email,
            "phone" => Self::Phone,
            other => Self::Custom(other.strip_prefix("custom.").filter(|name| !name.is_empty())?.to_owned()),
        })
    }

    fn of(&self, uid: &str, user: &User) -> Value {
        let text =
            |text: &Option<String>| text.as_ref().filter(|text| !text.is_empty()).map(|text| json!(text));
        let value = match self {
            Self::Login => text(&user.username).or_else(|| text(&user.email)),
            Self::Uid => Some(json!(uid)),
            Self::Username => text(&user.username),
            Self::Nickname => text(&user.nickname),
            Self::Email => text(&user.email),
            Self::Phone => text(&user.phone),
            Self::Custom(name) => user.custom.get(name).cloned(),
        };
        value.unwrap_or_default()
    }
}

/// Addresses and numbers come in lists, with what they are for.
fn shape(path: &Path, value: Value) -> Value {
    match (path.to_string().as_str(), &value) {
        ("emails", Value::String(_)) => json!([{"value": value, "type": "work", "primary": true}]),
        ("phoneNumbers", Value::String(_)) => json!([{"value": value, "type": "work"}]),
        _ => value,
    }
}

/// Whether what is there has all that is wanted. Services add to values: a `display` to an e-mail address, say.
fn covers(there: &Value, wanted: &Value) -> bool {
    match (there, wanted) {
        (Value::Object(there), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| covers(there.get(key).unwrap_or(&Value::Null), value))
        }
        (Value::Array(there), Value::Array(wanted)) => {
            there.len() == wanted.len()
                && there.iter().zip(wanted).all(|(there, wanted)| covers(there, wanted))
        }
        (Value::Array(there), Value::Null) => there.is_empty(),
        (Value::String(there), Value::Null) => there.is_empty(),
        // Some services make texts of numbers and booleans, and the other way round.
        (Value::String(text), other @ (Value::Bool(_) | Value::Number(_)))
        | (other @ (Value::Bool(_) | Value::Number(_)), Value::String(text)) => {
            text.eq_ignore_ascii_case(&other.to_string())
        }
        (there, wanted) => there == wanted,
    }
}

fn known(path: &str) -> Path {
    Path::parse(path).expect("the paths in this file are paths")
}

fn yes() -> bool {
    true
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
