//! The target: keeps a JSON file for each user and department in a directory. What is here is whole; replace what `put`
//! and `remove` do by calls of your system.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use orgsync_plugin_api::{ChangeOp, DataType, PluginError, Target, TargetChange, TargetOutcome};
use serde_json::{Map, Value};

use crate::target_options::Options;

/// The opened target.
pub struct Outbox(PathBuf);

impl Target for Outbox {
    type Options = Options;

    fn open(options: Options) -> Result<Self, PluginError> {
        if options.directory.trim().is_empty() {
            return Err(PluginError::config(
                "directory is empty: set it to the path of the directory",
            ));
        }
        Ok(Self(options.directory.into()))
    }

    fn check(&mut self) -> Result<(), PluginError> {
        match fs::metadata(&self.0) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(PluginError::config(format!(
                "{} is no directory",
                self.0.display()
            ))),
            Err(error) => Err(PluginError::config(format!(
                "{}: {error}",
                self.0.display()
            ))),
        }
    }

    fn apply(&mut self, batch: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError> {
        // If the system can't be reached at all, say so once instead of for every change.
        self.check()?;
        let outcome = |change| {
            self.apply_one(change)
                .map_or_else(TargetOutcome::Failed, TargetOutcome::Done)
        };
        Ok(batch.iter().map(outcome).collect())
    }
}

impl Outbox {
    /// Applies one change; gives this system's own id. The same change may come again after a crash, also a create: so
    /// the id follows from the uid, and what is there already is written over.
    fn apply_one(&self, change: &TargetChange) -> Result<String, PluginError> {
        let id = format!("{}-{}", change.data_type, change.uid);
        let path = self.0.join(format!("{id}.json"));
        match (change.op, &change.record) {
            (ChangeOp::Delete, _) => remove(&path)?,
            (_, Some(record)) => put(&path, acceptable(change.data_type, record)?)?,
            (_, None) => return Err(PluginError::invalid("the change has no record")),
        }
        Ok(id)
    }
}

/// Refuses what this system can't take; it fails that record alone.
fn acceptable(
    data_type: DataType,
    record: &Map<String, Value>,
) -> Result<&Map<String, Value>, PluginError> {
    let missing = match data_type {
        DataType::User => record
            .get("username")
            .is_none_or(Value::is_null)
            .then_some("username"),
        DataType::Department => record
            .get("title")
            .is_none_or(Value::is_null)
            .then_some("title"),
    };
    match missing {
        Some(field) => Err(PluginError::invalid(format!(
            "the {data_type} has no {field}"
        ))),
        None => Ok(record),
    }
}

/// Writes beside the file and renames, so that nobody sees half of it.
fn put(path: &Path, record: &Map<String, Value>) -> Result<(), PluginError> {
    let failed =
        |error: std::io::Error| PluginError::transient(format!("{}: {error}", path.display()));
    let text = serde_json::to_vec(record).map_err(PluginError::invalid)?;
    let passing = path.with_extension("new");
    fs::write(&passing, text)
        .and_then(|()| fs::rename(&passing, path))
        .map_err(failed)
}

fn remove(path: &Path) -> Result<(), PluginError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(PluginError::transient(format!(
            "{}: {error}",
            path.display()
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// An outbox in a directory of its own, for this run of the tests.
    fn outbox(name: &str) -> Outbox {
        let directory = std::env::temp_dir().join(format!("outbox-{}-{name}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        Outbox(directory)
    }

    fn change(op: ChangeOp, uid: &str, record: Value) -> TargetChange {
        let mut change = TargetChange::new(op, DataType::User, uid);
        change.record = record.as_object().cloned();
        change
    }

    #[test]
    fn a_user_is_written_and_removed() {
        let mut outbox = outbox("written-and-removed");
        let create = [change(ChangeOp::Create, "7", json!({"username": "ada"}))];
        let done = vec![TargetOutcome::Done("user-7".into())];
        assert_eq!(outbox.apply(&create).unwrap(), done);
        assert_eq!(outbox.apply(&create).unwrap(), done);
        let path = outbox.0.join("user-7.json");
        assert_eq!(fs::read_to_string(&path).unwrap(), r#"{"username":"ada"}"#);
        assert_eq!(
            outbox
                .apply(&[change(ChangeOp::Delete, "7", json!(null))])
                .unwrap(),
            done
        );
        assert!(!path.exists());
    }

    #[test]
    fn a_user_without_a_username_fails_alone() {
        let mut outbox = outbox("fails-alone");
        let bad = change(ChangeOp::Create, "8", json!({"username": null}));
        let good = change(ChangeOp::Create, "9", json!({"username": "ada"}));
        let outcomes = outbox.apply(&[bad, good]).unwrap();
        assert_eq!(
            outcomes[0],
            TargetOutcome::Failed(PluginError::invalid("the user has no username"))
        );
        assert_eq!(outcomes[1], TargetOutcome::Done("user-9".into()));
    }
}
