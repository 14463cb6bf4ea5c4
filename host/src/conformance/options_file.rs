//! What a plugin is tested with, as a vendor writes it: TOML (or JSON, by the file's extension) with the options of its
//! offers in `[sources.NAME]` and `[targets.NAME]`, and what its workers may reach in `[sandbox]`, as in plugins.toml.
//! Options hold secrets, so that nothing here shows them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use orgsync_plugin_api::Manifest;
use orgsync_plugin_api::message::OfferKind;
use serde::Deserialize;
use serde_json::Value;

use crate::registry::SandboxTable;
use crate::worker::Sandbox;

/// Options by offer, and the sandbox of them all.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionsFile {
    #[serde(default)]
    sources: BTreeMap<String, Value>,
    #[serde(default)]
    targets: BTreeMap<String, Value>,
    #[serde(default)]
    sandbox: SandboxTable,
}

/// Why an options file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OptionsFileError {
    /// It can't be read.
    #[error("failed to read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is neither.
    #[error("{}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, on one line.
        reason: String,
    },
    /// It names what the plugin doesn't have.
    #[error("the options file has options for the {} `{name}`, which the plugin does not offer (it offers {offered})", kind.as_str())]
    NotOffered {
        /// Source or target.
        kind: OfferKind,
        /// The name in the file.
        name: String,
        /// What there is.
        offered: String,
    },
}

impl OptionsFile {
    /// Reads the file.
    ///
    /// # Errors
    /// If it can't be read, or has anything else in it.
    pub fn read(path: &Path) -> Result<Self, OptionsFileError> {
        let text = fs::read_to_string(path)
            .map_err(|source| OptionsFileError::Unreadable { path: path.to_owned(), source })?;
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let parsed = if is_json {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            // Its display repeats the line, which may hold a secret.
            toml::from_str(&text).map_err(|error: toml::de::Error| {
                let line = error.span().map(|span| text[..span.start].lines().count().max(1));
                let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
                format!("{line}{}", error.message())
            })
        };
        parsed.map_err(|reason| OptionsFileError::Malformed { path: path.to_owned(), reason })
    }

    /// The options of an offer, if there are any.
    pub fn of(&self, kind: OfferKind, name: &str) -> Option<&Value> {
        match kind {
            OfferKind::Source => self.sources.get(name),
            OfferKind::Target => self.targets.get(name),
        }
    }

    /// What the plugin's workers may reach. As in options, relative paths start at the working directory.
    pub fn sandbox(&self) -> Sandbox {
        self.sandbox.clone().resolve(Path::new(""))
    }

    /// Makes sure that everything in it is about something that the plugin offers.
    ///
    /// # Errors
    /// [`OptionsFileError::NotOffered`]
    pub fn fits(&self, manifest: &Manifest) -> Result<(), OptionsFileError> {
        let sources: Vec<&str> = manifest.sources.iter().map(|offer| offer.name.as_str()).collect();
        let targets: Vec<&str> = manifest.targets.iter().map(|offer| offer.name.as_str()).collect();
        let named = [
            (OfferKind::Source, self.sources.keys(), &sources),
            (OfferKind::Target, self.targets.keys(), &targets),
        ];
        for (kind, mut names, offered) in named {
            if let Some(name) = names.find(|name| !offered.contains(&name.as_str())) {
                let offered = match offered.as_slice() {
                    [] => format!("no {}", kind.as_str()),
                    some => some.join(", "),
                };
                return Err(OptionsFileError::NotOffered { kind, name: name.clone(), offered });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for OptionsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptionsFile")
            .field("sources", &self.sources.keys())
            .field("targets", &self.targets.keys())
            .field("sandbox", &self.sandbox)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<OptionsFile, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        OptionsFile::read(&path).map_err(|error| error.to_string().replace(path.to_str().unwrap(), name))
    }

    #[test]
    fn toml_and_json_say_the_same() {
        for (name, text) in [
            ("o.toml", "[sources.hr]\nbaseUrl = \"https://x\"\n"),
            ("o.json", r#"{"sources": {"hr": {"baseUrl": "https://x"}}}"#),
        ] {
            let file = read(name, text).unwrap();
            assert_eq!(file.of(OfferKind::Source, "hr").unwrap()["baseUrl"], "https://x");
            assert_eq!(file.of(OfferKind::Target, "hr"), None);
            assert!(!format!("{file:?}").contains("https"), "options may be secrets");
        }
    }

    #[test]
    fn mistakes_are_told_without_what_is_in_the_file() {
        let error = read("o.toml", "[sources.hr]\ntoken = \"s3cret\n").unwrap_err();
        assert!(error.starts_with("o.toml: line 2: ") && !error.contains("s3cret"), "{error}");
        let error = read("o.toml", "[source.hr]\n").unwrap_err();
        assert!(error.contains("unknown field `source`"), "{error}");
    }

    #[test]
    fn the_sandbox_is_as_in_plugins_toml() {
        let check = |name: &str, text: &str, expected: &Sandbox| {
            assert_eq!(read(name, text).unwrap().sandbox(), *expected, "{text}");
        };
        let expected = Sandbox {
            write: vec![std::env::current_dir().unwrap().join("target/outbox")],
            connect: Some(vec![443]),
            ..Sandbox::default()
        };
        check("o.toml", "[sandbox]\nwrite = [\"target/outbox\"]\nconnect = [443]\n", &expected);
        check("o.json", r#"{"sandbox": {"write": ["target/outbox"], "connect": [443]}}"#, &expected);
        check("o.toml", "", &Sandbox::default());
        let error = read("o.toml", "[sandbox]\nwrites = [\"/srv\"]\n").unwrap_err();
        assert!(error.starts_with("o.toml: line 1: unknown field `writes`"), "{error}");
    }

    #[test]
    fn options_for_nothing_are_refused() {
        let manifest: Manifest = serde_json::from_value(serde_json::json!({
            "name": "acme", "version": "1.0.0", "vendor": "ACME", "abi": 1,
            "sources": [{"name": "hr", "title": "HR", "options": {}, "dataTypes": ["user"]}],
        }))
        .unwrap();
        let fits = |text: &str| {
            read("o.toml", text).unwrap().fits(&manifest).map_err(|error| error.to_string()).err()
        };
        assert_eq!(fits("[sources.hr]\n"), None);
        let error =
            "the options file has options for the source `h`, which the plugin does not offer (it offers hr)";
        assert_eq!(fits("[sources.h]\n").as_deref(), Some(error));
        assert!(fits("[targets.hr]\n").unwrap().ends_with("(it offers no target)"));
    }
}
