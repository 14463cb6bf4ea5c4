//! The manifest: a plugin's description of itself, as static JSON in the ELF section [`SECTION`] of its
//! library, so that a host knows what a file offers before it runs a single instruction of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The ELF section that holds the manifest.
pub const SECTION: &str = ".orgsync.manifest";

/// The version of the plugin ABI that this crate speaks. It is frozen; see [`crate::module`].
pub const ABI_VERSION: u32 = 1;

/// A plugin's description of itself.
///
/// ```json
/// {"name":"acme","version":"1.2.0","vendor":"ACME Inc.","abi":1,
///  "sources":[{"name":"acme-hr","title":"ACME HR","options":{"type":"object"},"dataTypes":["department","user"]}],
///  "targets":[]}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The plugin's name, usually its crate's.
    pub name: String,
    /// The plugin's version, usually its crate's.
    pub version: String,
    /// Who made it and answers questions about it.
    pub vendor: String,
    /// The ABI version it was built for.
    pub abi: u32,
    /// The source types it offers.
    #[serde(default)]
    pub sources: Vec<SourceType>,
    /// The target types it offers.
    #[serde(default)]
    pub targets: Vec<TargetType>,
}

/// A source type that a plugin offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceType {
    /// Unique among all installed plugins: lowercase letters, digits and hyphens.
    pub name: String,
    /// What operators see.
    pub title: String,
    /// The JSON Schema (draft 2020-12) of its options; `x-order` beside `properties` has their names in the order in
    /// which to show them.
    pub options: Value,
    /// What it yields.
    pub data_types: Vec<DataType>,
    /// Whether it can read what changed since a cursor.
    #[serde(default, skip_serializing_if = "is_false")]
    pub incremental: bool,
}

/// A target type that a plugin offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetType {
    /// Unique among all installed plugins: lowercase letters, digits and hyphens.
    pub name: String,
    /// What operators see.
    pub title: String,
    /// The JSON Schema (draft 2020-12) of its options; `x-order` beside `properties` has their names in the order in
    /// which to show them.
    pub options: Value,
    /// What it accepts.
    pub data_types: Vec<DataType>,
    /// The targets that must have been served before this one, by name.
    #[serde(default)]
    pub after: Vec<String>,
}

/// What kind of record something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataType {
    /// A department of the organisation.
    Department,
    /// A person.
    User,
}

impl DataType {
    /// Its name as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            DataType::Department => "department",
            DataType::User => "user",
        }
    }
}

impl std::fmt::Display for DataType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Manifest {
    /// Checks what the JSON shape alone can't: names, duplicates, schemas.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub fn validate(&self) -> Result<(), String> {
        if self.name.trim().is_empty() {
            return Err("its name is empty".into());
        }
        if self.sources.is_empty() && self.targets.is_empty() {
            return Err("it offers neither a source nor a target".into());
        }
        let sources = self.sources.iter().map(|s| ("source", &s.name, &s.options, &s.data_types));
        let targets = self.targets.iter().map(|t| ("target", &t.name, &t.options, &t.data_types));
        let mut seen = std::collections::BTreeSet::new();
        for (kind, name, options, data_types) in sources.chain(targets) {
            if !is_type_name(name) {
                return Err(format!(
                    "the {kind} name `{name}` is not made of lowercase letters, digits and hyphens"
                ));
            }
            if !seen.insert((kind, name)) {
                return Err(format!("it offers the {kind} `{name}` twice"));
            }
            if !options.is_object() {
                return Err(format!("the options of the {kind} `{name}` are not a JSON Schema object"));
            }
            if data_types.is_empty() {
                return Err(format!("the {kind} `{name}` has no data types"));
            }
        }
        Ok(())
    }
}

/// What a manifest does not say is as in one of before there was a word for it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_type_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        serde_json::from_value(serde_json::json!({
            "name": "acme", "version": "1.0.0", "vendor": "ACME", "abi": 1, "somethingNew": true,
            "sources": [{"name": "hr", "title": "HR", "options": {}, "dataTypes": ["user"]}],
        }))
        .unwrap()
    }

    #[test]
    fn unknown_keys_and_missing_lists_are_fine() {
        assert!(manifest().targets.is_empty());
        assert!(!manifest().sources[0].incremental);
        assert_eq!(manifest().validate(), Ok(()));
    }

    #[test]
    fn says_what_is_wrong() {
        fn check(change: impl FnOnce(&mut Manifest), expected: &str) {
            let mut manifest = manifest();
            change(&mut manifest);
            assert_eq!(manifest.validate().unwrap_err(), expected);
        }
        check(|m| m.name.clear(), "its name is empty");
        check(|m| m.sources.clear(), "it offers neither a source nor a target");
        check(|m| m.sources.push(m.sources[0].clone()), "it offers the source `hr` twice");
        check(
            |m| m.sources[0].name = "Hr".into(),
            "the source name `Hr` is not made of lowercase letters, digits and hyphens",
        );
        check(
            |m| m.sources[0].options = true.into(),
            "the options of the source `hr` are not a JSON Schema object",
        );
        check(|m| m.sources[0].data_types.clear(), "the source `hr` has no data types");
    }
}
