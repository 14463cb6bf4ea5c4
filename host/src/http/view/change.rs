//! Changes as they are shown: what a task does, or would do, to one record.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::change::{self, Cause, Op, Outcome, identified};
use crate::domain::data_type::DataType;
use crate::domain::fields::Fields;
use crate::domain::record::Record;

/// What a task does, or would do, to one record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    /// Its number within the task, from 0.
    pub(crate) id: i64,
    pub(crate) data_type: DataType,
    /// The record's uid; null where it could not be read.
    #[schema(required)]
    pub(crate) uid: Option<String>,
    pub(crate) op: Op,
    pub(crate) cause: Cause,
    /// The values of the fields that change; null for a create.
    #[schema(required, value_type = Option<Object>)]
    pub(crate) before: Option<Fields>,
    /// The values of the same fields afterwards; null for a delete. Of a `reject`, the record as received.
    pub(crate) after: Value,
    pub(crate) outcome: Outcome,
    /// Why it failed or was skipped.
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// Where it goes: `users` or `departments`.
    pub(crate) target: &'static str,
}

impl From<&change::Change> for Change {
    fn from(change: &change::Change) -> Self {
        let stored = change.record.as_deref().and_then(|text| Record::from_stored(&change.uid, text));
        let after = match change.op {
            Op::Reject => raw(change).unwrap_or_default(),
            op => {
                let given = stored.map(|record| record.fields);
                change::after(op, given.as_ref(), change.before.as_ref()).map_or(Value::Null, Value::Object)
            }
        };
        Self {
            id: change.position,
            data_type: change.data_type,
            uid: uid_of(change),
            op: change.op,
            cause: change.cause,
            before: change.before.clone(),
            after,
            // Whoever lists changes spells out what the watermark says.
            outcome: change.outcome.unwrap_or(Outcome::Pending),
            error: change.error.clone(),
            target: change.data_type.target(),
        }
    }
}

/// The uid of a change's record; of a rejected one, what stands in its place if it can be one.
pub(crate) fn uid_of(change: &change::Change) -> Option<String> {
    if let Some(uid) = identified(&change.uid) {
        return Some(uid.to_owned());
    }
    match raw(change)?.get("uid")? {
        Value::String(uid) => Some(uid.clone()),
        Value::Number(uid) => Some(uid.to_string()),
        _ => None,
    }
}

/// The record as received, of a change that rejects it.
fn raw(change: &change::Change) -> Option<Value> {
    serde_json::from_str(change.record.as_deref()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::change::unidentified;

    #[test]
    fn a_rejected_change_shows_the_record_as_received() {
        let rejected = |record: &str| change::Change {
            data_type: DataType::User,
            uid: unidentified(3),
            position: 3,
            op: Op::Reject,
            cause: Cause::Given,
            record: Some(record.into()),
            before: None,
            local_id: None,
            base: None,
            leaves: None,
            link_move: None,
            outcome: Some(Outcome::Failed),
            error: Some("uid 5: email: must be a string or null, is a number".into()),
        };
        let shown = |record: &str| serde_json::to_value(Change::from(&rejected(record))).unwrap();
        assert_eq!(
            shown(r#"{"uid":5,"email":1}"#),
            json!({
                "id": 3, "dataType": "user", "uid": "5", "op": "reject", "cause": "given", "before": null,
                "after": {"uid": 5, "email": 1}, "outcome": "failed",
                "error": "uid 5: email: must be a string or null, is a number", "target": "users",
            })
        );
        assert_eq!(shown(r#""{nonsense""#)["after"], "{nonsense");
        assert_eq!(uid_of(&rejected("{}")), None);
    }
}
