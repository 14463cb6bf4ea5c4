//! Small pieces that the query files share: parameters, key lists as JSON, words and JSON out of text columns.

use std::str::FromStr;

use sea_orm::Value;
use serde::de::DeserializeOwned;

use crate::domain::data_type::DataType;

use super::StoreError;

/// The parameters of a statement that is put together.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) values: Vec<Value>,
}

impl Parts {
    /// What stands in the statement for a value.
    pub(super) fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// A JSON array of strings or numbers, for the dialect's key tables.
pub(super) fn json_array<T: serde::Serialize>(keys: impl IntoIterator<Item = T>) -> String {
    let keys: Vec<T> = keys.into_iter().collect();
    serde_json::to_string(&keys).expect("strings and numbers serialise")
}

/// A domain word out of its column.
pub(super) fn word<T: FromStr<Err = String>>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|reason| StoreError::Damaged(format!("column {column}: {reason}")))
}

/// A JSON value out of its column.
pub(super) fn json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|reason| StoreError::Damaged(format!("column {column}: {reason}")))
}

/// JSON text for a column.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("domain values serialise: their keys are strings")
}

/// A data type out of its column.
pub(super) fn data_type(column: &str, code: i16) -> Result<DataType, StoreError> {
    DataType::from_code(code)
        .ok_or_else(|| StoreError::Damaged(format!("column {column}: {code} is no data type")))
}
