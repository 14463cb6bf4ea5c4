//! Records: one user or department as a source gives it. In every optional field, absent, null and a value
//! are three different things: absent leaves alone what is stored, null clears it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Number, Value};

/// A field of a record: left alone, cleared, or set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Field<T> {
    /// The source says nothing about it: what is stored stays.
    #[default]
    Absent,
    /// The source says that there is none: what is stored is cleared.
    Null,
    /// The source's value.
    Value(T),
}

/// A user as a source gives it. Build it with [`User::new`] and the methods named like its fields:
///
/// ```
/// use orgsync_plugin_api::{Membership, User};
/// let user = User::new("e-17")
///     .nickname("Ada")
///     .email(None::<String>) // known to have none: null
///     .department("d-1")
///     .department(Membership::new("d-2").owner(true))
///     .custom("badge", 4711);
/// assert_eq!(
///     serde_json::to_string(&user)?,
///     r#"{"uid":"e-17","nickname":"Ada","email":null,"departments":["d-1",{"uid":"d-2","isOwner":true}],"badge":4711}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Identifies the user within the source, for ever: an employee number rather than a name or an address.
    #[serde(deserialize_with = "uid")]
    pub uid: String,
    /// What the user logs in with.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub username: Field<String>,
    /// What the user is called.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub nickname: Field<String>,
    /// The user's e-mail address.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub email: Field<String>,
    /// The user's telephone number.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub phone: Field<String>,
    /// All departments that the user is a member of; the first is the main one unless one says so. An empty
    /// list ends the memberships that this source gave.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub departments: Field<Vec<Membership>>,
    /// Whether the user may log in.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub enabled: Field<bool>,
    /// Whether the source says that the user is gone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_deleted: bool,
    /// Everything else that the source knows, by the key under which it is stored.
    #[serde(flatten)]
    pub custom: Map<String, Value>,
}

/// A department as a source gives it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Department {
    /// Identifies the department within the source, for ever.
    #[serde(deserialize_with = "uid")]
    pub uid: String,
    /// Its name; required unless it is deleted.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub title: Field<String>,
    /// The uid of the department above it; null at the top.
    #[serde(default, skip_serializing_if = "Field::is_absent", deserialize_with = "uid_field")]
    pub parent_uid: Field<String>,
    /// Its place among its siblings, smallest first.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub sort: Field<Number>,
    /// Whether the source says that it is gone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_deleted: bool,
    /// Everything else that the source knows, by the key under which it is stored.
    #[serde(flatten)]
    pub custom: Map<String, Value>,
}

/// A user's membership in a department: in JSON the department's uid, or an object if it says more.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Membership {
    /// The department's uid in the same source.
    pub uid: String,
    /// Whether it is the user's main department.
    pub is_main: Option<bool>,
    /// Whether the user leads the department.
    pub is_owner: Option<bool>,
    /// The user's place in the department, smallest first.
    pub sort: Option<Number>,
}

impl<T> Field<T> {
    /// Whether the source says nothing about it.
    pub fn is_absent(&self) -> bool {
        matches!(self, Field::Absent)
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Field::Value(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Field::Value(value)
    }
}

/// `None` is null: the source knows that there is no value. For "knows nothing", leave the field out.
impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::Null, Field::Value)
    }
}

impl From<&str> for Field<String> {
    fn from(value: &str) -> Self {
        Field::Value(value.to_owned())
    }
}

impl From<Option<&str>> for Field<String> {
    fn from(value: Option<&str>) -> Self {
        value.map(str::to_owned).into()
    }
}

impl From<i64> for Field<Number> {
    fn from(value: i64) -> Self {
        Field::Value(value.into())
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Into::into)
    }
}

/// Builder methods named like the fields that they set.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty),* $(,)?) => {
        $($(#[$doc])* #[must_use]
        pub fn $name(mut self, value: impl Into<Field<$type>>) -> Self {
            self.$name = value.into();
            self
        })*
    };
}

impl User {
    /// A user about whom nothing is known but the uid.
    pub fn new(uid: impl Into<String>) -> Self {
        Self { uid: uid.into(), ..Self::default() }
    }

    /// A user who is gone.
    pub fn deleted(uid: impl Into<String>) -> Self {
        Self { is_deleted: true, ..Self::new(uid) }
    }

    setters! {
        /// Sets what the user logs in with.
        username: String,
        /// Sets what the user is called.
        nickname: String,
        /// Sets the e-mail address.
        email: String,
        /// Sets the telephone number.
        phone: String,
        /// Sets all memberships at once.
        departments: Vec<Membership>,
        /// Sets whether the user may log in.
        enabled: bool,
    }

    /// Adds a membership; the first one added is the main one unless one says so.
    #[must_use]
    pub fn department(mut self, membership: impl Into<Membership>) -> Self {
        match &mut self.departments {
            Field::Value(memberships) => memberships.push(membership.into()),
            Field::Absent | Field::Null => self.departments = Field::Value(vec![membership.into()]),
        }
        self
    }

    /// Sets a custom field.
    #[must_use]
    pub fn custom(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.custom.insert(key.into(), value.into());
        self
    }
}

impl Department {
    /// A department with its title.
    pub fn new(uid: impl Into<String>, title: impl Into<Field<String>>) -> Self {
        Self { uid: uid.into(), title: title.into(), ..Self::default() }
    }

    /// A department that is gone.
    pub fn deleted(uid: impl Into<String>) -> Self {
        Self { uid: uid.into(), is_deleted: true, ..Self::default() }
    }

    setters! {
        /// Sets the uid of the department above; `None` puts it at the top.
        parent_uid: String,
        /// Sets the place among the siblings.
        sort: Number,
    }

    /// Sets a custom field.
    #[must_use]
    pub fn custom(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.custom.insert(key.into(), value.into());
        self
    }
}

impl Membership {
    /// Membership in a department, about which nothing more is known.
    pub fn new(uid: impl Into<String>) -> Self {
        Self { uid: uid.into(), ..Self::default() }
    }

    /// Says whether this is the user's main department.
    #[must_use]
    pub fn main(mut self, is_main: bool) -> Self {
        self.is_main = Some(is_main);
        self
    }

    /// Says whether the user leads the department.
    #[must_use]
    pub fn owner(mut self, is_owner: bool) -> Self {
        self.is_owner = Some(is_owner);
        self
    }

    /// Sets the user's place in the department.
    #[must_use]
    pub fn sort(mut self, sort: impl Into<Number>) -> Self {
        self.sort = Some(sort.into());
        self
    }
}

impl From<&str> for Membership {
    fn from(uid: &str) -> Self {
        Self::new(uid)
    }
}

impl From<String> for Membership {
    fn from(uid: String) -> Self {
        Self::new(uid)
    }
}

/// The JSON object of a membership that says more than the uid.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MembershipObject {
    #[serde(deserialize_with = "uid")]
    uid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_main: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_owner: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sort: Option<Number>,
}

impl Serialize for Membership {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Membership { uid, is_main, is_owner, sort } = self.clone();
        if is_main.is_none() && is_owner.is_none() && sort.is_none() {
            return uid.serialize(serializer);
        }
        MembershipObject { uid, is_main, is_owner, sort }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Membership {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if !value.is_object() {
            return decimal(value).map(Membership::new);
        }
        let MembershipObject { uid, is_main, is_owner, sort } =
            serde_json::from_value(value).map_err(de::Error::custom)?;
        Ok(Membership { uid, is_main, is_owner, sort })
    }
}

fn uid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    decimal(Value::deserialize(deserializer)?)
}

fn uid_field<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(Field::Null),
        value => decimal(value).map(Field::Value),
    }
}

/// Uids are strings; a whole number is read as its decimal string.
fn decimal<E: de::Error>(value: Value) -> Result<String, E> {
    match value {
        Value::String(uid) => Ok(uid),
        Value::Number(number) if is_whole(&number.to_string()) => Ok(number.to_string()),
        other => Err(E::custom(format!("a uid is a string or a whole number, not {other}"))),
    }
}

/// Whether a number is written without a fraction and an exponent, however many digits it has.
fn is_whole(number: &str) -> bool {
    number.strip_prefix('-').unwrap_or(number).bytes().all(|byte| byte.is_ascii_digit())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_user(user: User, json: &str) {
        assert_eq!(serde_json::to_string(&user).unwrap(), json);
        assert_eq!(serde_json::from_str::<User>(json).unwrap(), user);
    }

    #[test]
    fn absent_null_and_value_differ() {
        check_user(User::new("1"), r#"{"uid":"1"}"#);
        check_user(User::new("1").email(Field::Null), r#"{"uid":"1","email":null}"#);
        check_user(User::new("1").email("a@b.c"), r#"{"uid":"1","email":"a@b.c"}"#);
        check_user(User::new("1").departments(vec![]), r#"{"uid":"1","departments":[]}"#);
        check_user(User::new("1").departments(Field::Null), r#"{"uid":"1","departments":null}"#);
    }

    #[test]
    fn users_say_what_else_they_know() {
        check_user(User::deleted("1"), r#"{"uid":"1","isDeleted":true}"#);
        check_user(User::new("1").enabled(false), r#"{"uid":"1","enabled":false}"#);
        check_user(
            User::new("1").department("a").department(Membership::new("b").main(true).owner(false).sort(3)),
            r#"{"uid":"1","departments":["a",{"uid":"b","isMain":true,"isOwner":false,"sort":3}]}"#,
        );
        check_user(
            User::new("1").custom("floor", 3).custom("tags", vec!["x"]),
            r#"{"uid":"1","floor":3,"tags":["x"]}"#,
        );
    }

    #[test]
    fn departments() {
        let department = Department::new("d", "Sales").parent_uid(None::<String>).sort(10);
        let json = r#"{"uid":"d","title":"Sales","parentUid":null,"sort":10}"#;
        assert_eq!(serde_json::to_string(&department).unwrap(), json);
        assert_eq!(serde_json::from_str::<Department>(json).unwrap(), department);
        assert_eq!(
            serde_json::to_string(&Department::deleted("d")).unwrap(),
            r#"{"uid":"d","isDeleted":true}"#
        );
    }

    #[test]
    fn numbers_are_read_as_uids() {
        let user: User = serde_json::from_str(r#"{"uid":17,"departments":[1,{"uid":2}]}"#).unwrap();
        assert_eq!(user, User::new("17").department("1").department("2"));
        let department: Department = serde_json::from_str(r#"{"uid":2,"title":"T","parentUid":1}"#).unwrap();
        assert_eq!(department, Department::new("2", "T").parent_uid("1"));
        let user: User = serde_json::from_str(r#"{"uid":89490200001234567890,"x":1.10}"#).unwrap();
        assert_eq!(serde_json::to_string(&user).unwrap(), r#"{"uid":"89490200001234567890","x":1.10}"#);
        let error = serde_json::from_str::<User>(r#"{"uid":1.5}"#).unwrap_err().to_string();
        assert!(error.starts_with("a uid is a string or a whole number, not 1.5"), "{error}");
    }
}
