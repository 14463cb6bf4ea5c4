//! The two data types, in the order in which they are applied: departments before users.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a record describes, in the order of applying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DataType {
    /// A department of the organisation's tree.
    Department,
    /// A person.
    User,
}

impl DataType {
    /// Both, in the order of applying.
    pub const ALL: [Self; 2] = [Self::Department, Self::User];

    /// The name used in records, URLs and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::User => "user",
        }
    }

    /// The built-in target that takes it; also the plural in messages.
    pub fn target(self) -> &'static str {
        match self {
            Self::Department => "departments",
            Self::User => "users",
        }
    }

    /// The number kept in the database.
    pub fn code(self) -> i16 {
        match self {
            Self::Department => 0,
            Self::User => 1,
        }
    }

    /// The inverse of [`Self::code`]; `None` for a number that no version has written.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|data_type| data_type.code() == code)
    }
}

impl std::fmt::Display for DataType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for DataType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|data_type| data_type.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no data type: use `user` or `department`"))
    }
}
