//! What a vendor implements to write changes into some other system: [`Target`].

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{DataType, PluginError};

/// Somewhere that changes go to. One value lives for one task, in a process of its own, and is called from
/// one thread.
pub trait Target: Sized {
    /// The options an operator fills in; the manifest carries their JSON Schema.
    type Options: DeserializeOwned;

    /// Takes the options. Connecting can wait for [`check`](Self::check) or [`apply`](Self::apply).
    ///
    /// # Errors
    /// Usually of class `config`.
    fn open(options: Self::Options) -> Result<Self, PluginError>;

    /// Tries whether the target can be reached with these options, and writes nothing.
    ///
    /// # Errors
    /// What an operator has to know to mend it.
    fn check(&mut self) -> Result<(), PluginError>;

    /// Applies changes, in their order, and answers one outcome for each, in the same order. The same change
    /// may come again after a crash: applying it twice must be the same as applying it once.
    ///
    /// # Errors
    /// Only if none of the batch could be tried (the system is unreachable, say); a change that fails alone
    /// is a [`TargetOutcome::Failed`].
    fn apply(&mut self, batch: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError>;
}

/// One change for a target to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TargetChange {
    /// What to do.
    pub op: ChangeOp,
    /// What kind of record it is about.
    pub data_type: DataType,
    /// The record's uid in its source.
    pub uid: String,
    /// The target's own id, as it answered when it created the record. Absent for a create.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The whole record as it shall be. Absent for a delete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Map<String, Value>>,
    /// The record as the target last had it. Absent for a create.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Map<String, Value>>,
}

impl TargetChange {
    /// A change with neither id nor record yet: set what the operation needs.
    pub fn new(op: ChangeOp, data_type: DataType, uid: impl Into<String>) -> Self {
        Self { op, data_type, uid: uid.into(), id: None, record: None, before: None }
    }
}

/// What a [`TargetChange`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeOp {
    /// The record is new.
    Create,
    /// The record differs from what the target has.
    Update,
    /// The record is gone.
    Delete,
}

/// What became of one [`TargetChange`]: `{"id":"…"}` or `{"error":{"class":"…","message":"…"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TargetOutcome {
    /// It is done; this is the target's own id of the record, to be given back with later changes.
    #[serde(rename = "id")]
    Done(String),
    /// It failed alone. The class is `config`, `transient` or `invalid`.
    #[serde(rename = "error")]
    Failed(PluginError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_travel_as_id_or_error() {
        fn check(outcome: &TargetOutcome, json: &str) {
            assert_eq!(serde_json::to_string(outcome).unwrap(), json);
            assert_eq!(&serde_json::from_str::<TargetOutcome>(json).unwrap(), outcome);
        }
        check(&TargetOutcome::Done("4".into()), r#"{"id":"4"}"#);
        check(
            &TargetOutcome::Failed(PluginError::invalid("no mail")),
            r#"{"error":{"class":"invalid","message":"no mail"}}"#,
        );
    }

    #[test]
    fn changes_leave_out_what_they_do_not_have() {
        let change = TargetChange::new(ChangeOp::Delete, DataType::User, "7");
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"op":"delete","dataType":"user","uid":"7"}"#);
    }
}
