//! What answers look like: every conversion from the domain's and the store's values to JSON.
//! Times are RFC 3339 with milliseconds, in UTC.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::domain::change::{self, Change, Op, identified};
use crate::domain::counts::{Counts, TypeCounts};
use crate::domain::data_type::DataType;
use crate::domain::ids::TaskId;
use crate::domain::record::{self, Record};
use crate::domain::source::Source;
use crate::domain::task::{Progress, Status, Task};
use crate::store::StoreError;
use crate::store::departments::{self, DepartmentRow};
use crate::store::memberships::Membership;
use crate::store::records::Link;
use crate::store::users::{self, UserRow};
use crate::sync::reader::SourceType;

use super::options;
use super::plugins::PluginView;

/// Milliseconds since 1970 as text.
pub(crate) fn time(ms: i64) -> Value {
    Timestamp::from_millisecond(ms).map_or(Value::Null, |time| format!("{time:.3}").into())
}

fn optional_time(ms: Option<i64>) -> Value {
    ms.map_or(Value::Null, time)
}

/// A plugin.
pub(crate) fn plugin(plugin: &PluginView) -> Value {
    json!({
        "name": plugin.name,
        "state": plugin.state,
        "reason": plugin.reason,
        "path": plugin.path,
        "sha256": plugin.sha256,
        "size": plugin.size,
        "manifest": plugin.manifest,
    })
}

/// A source type; the built-in one is no plugin's.
pub(crate) fn source_type(offer: &SourceType) -> Value {
    json!({
        "name": offer.name,
        "plugin": Some(&offer.plugin).filter(|plugin| !plugin.is_empty()),
        "title": offer.title,
        "optionsSchema": offer.options_schema,
        "dataTypes": offer.data_types.iter().map(|data_type| data_type.as_str()).collect::<Vec<_>>(),
    })
}

/// A source, its secrets masked; `schema` is that of its options, where its type is known, `last` its
/// latest task, and `hindrance` why it can't be used now.
pub(crate) fn source(
    source: &Source,
    schema: Option<&Value>,
    last: Option<&Task>,
    hindrance: Option<String>,
) -> Value {
    let last_task = last.map(|task| {
        json!({
            "id": task.id,
            "status": task.status.as_str(),
            "finishedAt": optional_time(task.finished_at),
        })
    });
    json!({
        "name": source.name,
        "type": source.source_type,
        "displayName": source.display_name,
        "enabled": source.enabled,
        "options": options::mask(schema, &source.options),
        "schedule": source.schedule,
        "policy": source.policy,
        "lastTask": last_task,
        "state": {"runnable": hindrance.is_none(), "reason": hindrance},
        "createdAt": time(source.created_at),
        "updatedAt": time(source.updated_at),
    })
}

/// A task; `progress` while it runs, and `now` for the cost until now.
pub(crate) fn task(task: &Task, source: &str, progress: Option<Progress>, now: i64) -> Value {
    let running = match (task.status, task.started_at) {
        (Status::Processing, Some(start)) => (now - start).max(0),
        _ => 0,
    };
    json!({
        "id": task.id,
        "batch": task.batch,
        "source": source,
        "kind": task.kind.as_str(),
        "mode": task.mode.as_str(),
        "dataType": task.data_type.map(DataType::as_str),
        "dryRun": task.dry_run,
        "status": task.status.as_str(),
        "message": task.message,
        "costMs": task.cost_ms + running,
        "attempt": task.attempt,
        "progress": progress.map(|p| json!({"read": p.read, "planned": p.planned, "applied": p.applied})),
        "counts": counts(&task.counts),
        "heldBy": task.held_by,
        "createdAt": time(task.created_at),
        "startedAt": optional_time(task.started_at),
        "finishedAt": optional_time(task.finished_at),
    })
}

/// What a task read and did.
pub(crate) fn counts(counts: &Counts) -> Value {
    let of_type = |counts: &TypeCounts| {
        json!({
            "all": counts.all,
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "disabled": counts.disabled,
            "deleted": counts.deleted,
            "unlinked": counts.unlinked,
            "duplicates": counts.duplicates,
            "failed": counts.failed,
        })
    };
    json!({"user": of_type(&counts.user), "department": of_type(&counts.department)})
}

/// A change.
pub(crate) fn change(change: &Change) -> Value {
    let stored = change.record.as_deref().and_then(|text| Record::from_stored(&change.uid, text));
    let after = match change.op {
        Op::Reject => raw(change).unwrap_or_default(),
        op => {
            let given = stored.map(|record| record.fields);
            change::after(op, given.as_ref(), change.before.as_ref()).map_or(Value::Null, Value::Object)
        }
    };
    json!({
        "id": change.position,
        "dataType": change.data_type.as_str(),
        "uid": change_uid(change),
        "op": change.op.as_str(),
        "cause": change.cause.as_str(),
        "before": change.before,
        "after": after,
        "outcome": change.outcome.map(|outcome| outcome.as_str()),
        "error": change.error,
        "target": change.data_type.target(),
    })
}

/// The uid of a change's record; of a rejected one, what stands in its place if it can be one.
pub(crate) fn change_uid(change: &Change) -> Option<String> {
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
fn raw(change: &Change) -> Option<Value> {
    serde_json::from_str(change.record.as_deref()?).ok()
}

/// What is looked up beside users or departments, for all of a page at once.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The names of all sources, deleted ones too.
    pub(crate) sources: HashMap<i64, String>,
    /// The records that lead to the rows.
    pub(crate) links: Vec<Link>,
    /// Users' departments, the main one of each user first.
    pub(crate) memberships: Vec<Membership>,
    /// Departments' parents.
    pub(crate) parents: HashMap<i64, i64>,
    /// Departments' numbers of members.
    pub(crate) members: HashMap<i64, i64>,
}

impl Beside {
    fn links(&self, id: i64) -> Vec<Value> {
        let links = self.links.iter().filter(|link| link.local_id == id);
        let link = |link: &Link| {
            let source = self.sources.get(&link.source_id);
            json!({"source": source, "uid": link.uid, "present": link.is_present()})
        };
        links.map(link).collect()
    }
}

/// A user.
pub(crate) fn user(row: &UserRow, beside: &Beside) -> Result<Value, StoreError> {
    let mut departments: Vec<Value> = Vec::new();
    let mut main = None;
    for entry in beside.memberships.iter().filter(|entry| entry.user_id == row.id) {
        // Two sources may each name a main department, or the same one: the first counts.
        if departments.iter().any(|known| known["id"] == entry.department_id) {
            continue;
        }
        let is_main = entry.is_main && main.is_none();
        if is_main {
            main = Some(entry.department_id);
        }
        departments.push(json!({
            "id": entry.department_id,
            "title": entry.title,
            "isMain": is_main,
            "isOwner": entry.is_owner,
            "sort": entry.sort.map(record::number),
        }));
    }
    Ok(json!({
        "id": row.id,
        "username": row.username,
        "nickname": row.nickname,
        "email": row.email,
        "phone": row.phone,
        "enabled": row.enabled,
        "mainDepartmentId": main,
        "departments": departments,
        "custom": custom(users::to_fields(row)?, &["username", "nickname", "email", "phone", "enabled"]),
        "links": beside.links(row.id),
        "createdAt": time(row.created_at),
        "updatedAt": time(row.updated_at),
        "deletedAt": optional_time(row.deleted_at),
    }))
}

/// A department.
pub(crate) fn department(row: &DepartmentRow, beside: &Beside) -> Result<Value, StoreError> {
    Ok(json!({
        "id": row.id,
        "title": row.title,
        "parentId": beside.parents.get(&row.id),
        "sort": row.sort.map(record::number),
        "enabled": row.enabled,
        "memberCount": beside.members.get(&row.id).copied().unwrap_or_default(),
        "custom": custom(departments::to_fields(row)?, &["title", "parentUid", "sort", "enabled"]),
        "links": beside.links(row.id),
        "createdAt": time(row.created_at),
        "updatedAt": time(row.updated_at),
        "deletedAt": optional_time(row.deleted_at),
    }))
}

fn custom(mut fields: Map<String, Value>, standard: &[&str]) -> Map<String, Value> {
    fields.retain(|name, _| !standard.contains(&name.as_str()));
    fields
}

/// What tells a client where its task is.
pub(crate) fn accepted(task: &Task) -> Value {
    json!({"taskId": task.id, "batch": task.batch, "status": task.status.as_str()})
}

/// The path of a task.
pub(crate) fn task_path(id: TaskId) -> String {
    format!("/api/v1/tasks/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{Cause, Outcome, unidentified};

    #[test]
    fn times_have_milliseconds_and_are_utc() {
        assert_eq!(time(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(time(1_767_225_600_042), "2026-01-01T00:00:00.042Z");
        assert_eq!(optional_time(None), Value::Null);
    }

    #[test]
    fn a_rejected_change_shows_the_record_as_received() {
        let rejected = |record: &str| Change {
            data_type: DataType::User,
            uid: unidentified(3),
            position: 3,
            op: Op::Reject,
            cause: Cause::Given,
            record: Some(record.into()),
            before: None,
            local_id: None,
            base: None,
            outcome: Some(Outcome::Failed),
            error: Some("uid 5: email: must be a string or null, is a number".into()),
        };
        assert_eq!(
            change(&rejected(r#"{"uid":5,"email":1}"#)),
            json!({
                "id": 3, "dataType": "user", "uid": "5", "op": "reject", "cause": "given", "before": null,
                "after": {"uid": 5, "email": 1}, "outcome": "failed",
                "error": "uid 5: email: must be a string or null, is a number", "target": "users",
            })
        );
        assert_eq!(change(&rejected(r#""{nonsense""#))["after"], "{nonsense");
        assert_eq!(change_uid(&rejected("{}")), None);
    }
}
