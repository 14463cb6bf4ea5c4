//! What an operator fills in. This file stands alone: `build.rs` makes the manifest's schema of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Users and departments out of CSV or JSON Lines files; at least one of the two.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Options {
    /// Where the users are.
    #[schemars(title = "Users")]
    pub users: Option<FileSet>,
    /// Where the departments are.
    #[schemars(title = "Departments")]
    pub departments: Option<FileSet>,
}

/// A file, or a directory of them, and how to read it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileSet {
    /// A file, or a directory in which all *.csv, *.jsonl and *.ndjson files are read in the order of their
    /// names. A relative path starts at the daemon's working directory.
    #[schemars(title = "Path", extend("format" = "path"))]
    pub path: String,
    /// How the files are written; by default their extensions say so.
    #[schemars(title = "Format")]
    pub format: Option<Format>,
    /// What stands between the columns of a CSV file: one character, by default a comma; `\t` is a tab.
    #[schemars(title = "Delimiter")]
    pub delimiter: Option<String>,
    /// Which column a field comes from, such as {"uid": "EmployeeNo"}. A column that is not named here is the
    /// field of the same name, where case, blanks, hyphens and underscores make no difference. The fields of a user
    /// are uid, username, nickname, email, phone, departments, mainDepartment, ownerOf, enabled, isDeleted; those of
    /// a department uid, title, parentUid, sort, enabled, isDeleted; all others are custom.
    #[serde(default)]
    #[schemars(title = "Columns")]
    pub columns: BTreeMap<String, String>,
    /// What stands between the departments in one cell of a CSV file.
    #[serde(default = "semicolon")]
    #[schemars(title = "List separator", length(min = 1))]
    pub list_separator: String,
    /// What becomes of columns that are no field of a user or department and not named in `columns`.
    #[serde(default)]
    #[schemars(title = "Other columns")]
    pub custom_columns: CustomColumns,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values (RFC 4180) with a header line, in UTF-8.
    Csv,
    /// One JSON object a line, in UTF-8.
    Jsonl,
}

/// What becomes of columns that nothing else is said about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CustomColumns {
    /// They become custom fields of their own names.
    #[default]
    Keep,
    /// They are left out.
    Drop,
}

fn semicolon() -> String {
    ";".to_owned()
}
