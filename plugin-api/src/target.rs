//! What a vendor implements to write changes into some other system: [`Target`].

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{DataType, PluginError};

/// Somewhere that changes go to. One value lives for one delivery, in a process of its own, and is called
/// from one thread.
///
/// What a target can rely on:
///
/// - Every change arrives **at least once**. After a crash the same change may come again, also a create whose
///   first try reached the other system: its answer was lost, so `id` is absent the second time. Look for the
///   record by its `uid` before making it.
/// - If an answer was lost, the newest state comes next, **without `before`**: nobody knows what the other system
///   has. So does everything in a backfill. Then the whole record has to be made so, whatever is there; a delete
///   may come without `id`, of a record that never arrived.
/// - Changes of one record come in order.
/// - Within a run, departments come before users, and deletes of users before deletes of departments. A
///   department of a user may still be unknown to the target, if its own change failed.
/// - A batch has at most 500 changes and less than 8 MiB.
/// - A user who is disabled comes as an update with `"enabled":false`; one who is gone comes as a delete.
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
    /// The class of a [`TargetOutcome::Failed`] decides what the host does next: `transient` is tried again by
    /// itself, later and later, and no earlier than [`PluginError::retry_after`] asks; `config` as well, since
    /// an operator has to change something first; `invalid` means that this record is refused, and is tried again
    /// only when the record changes or somebody asks for it. Other records are not held up by any of them. Say
    /// with [`PluginError::with_effect`] what the other system may have of the change, where the class does not.
    ///
    /// # Errors
    /// Only if none of the batch could be tried (the system is unreachable, say); a change that fails alone
    /// is a [`TargetOutcome::Failed`].
    fn apply(&mut self, batch: &[TargetChange]) -> Result<Vec<TargetOutcome>, PluginError>;
}

/// One change for a target to make. `record` and `before` have one shape for each data type; every key is
/// there, and keys may be added:
///
/// ```json
/// {"op": "update", "dataType": "user", "uid": "42", "id": "2819c223",
///  "record": {"username": "ada", "nickname": "Ada", "email": "ada@acme.example", "phone": null, "enabled": true,
///             "departments": [{"uid": "3", "id": "e9e30dba", "isMain": true, "isOwner": false, "sort": null}],
///             "links": [{"source": "hr", "uid": "e-17"}], "custom": {"building": 4}},
///  "before": {"…": "the same keys"}}
/// {"op": "create", "dataType": "department", "uid": "3",
///  "record": {"title": "Sales", "path": ["Acme", "Sales"], "parentUid": "1", "parentId": "fa1e5ba0", "sort": null, "enabled": true,
///             "links": [{"source": "hr", "uid": "sales"}], "custom": {}}}
/// ```
///
/// `departments[].uid` and `parentUid` are uids like [`uid`](Self::uid); `departments[].id` and `parentId`
/// are what the target itself answered when it made those departments, absent for one that it has not made
/// yet. A `parentUid` of null is the top; `path` has the titles from there down to the department's own, so a
/// department comes as an update, too, when one above it is renamed or moved. `links` say which record of which source leads here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TargetChange {
    /// What to do.
    pub op: ChangeOp,
    /// What kind of record it is about.
    pub data_type: DataType,
    /// The directory's own id of the record, as a decimal number: unique over all sources, never used for
    /// another record, and the same for as long as the record is there.
    pub uid: String,
    /// The target's own id, as it answered last. Absent for a create, and for a delete of what may have arrived
    /// although its answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The whole record as it shall be. Absent for a delete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Map<String, Value>>,
    /// The record as the target last had it. Absent for a create, and wherever that is not known for certain.
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
    /// It is done; this is the target's own id of the record, to be given back with later changes. A target
    /// without ids of its own answers the change's uid.
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
