//! The target `scim` in a worker, against scim2-server; and against a fake for what that doesn't show.

mod faults;
mod provisioning;
mod quirks;

use orgsync::worker::Worker;
use orgsync_plugin_api::{ChangeOp, DataType, ErrorClass, TargetChange, TargetOutcome};
use serde_json::{Value, json};

use crate::support::scim_server::TOKEN;
use crate::support::worker::{spec, target};

/// The target, opened with the token.
async fn open(url: &str, more: Value) -> Worker {
    let mut options = json!({"url": url, "token": TOKEN});
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    target(&spec("scim"), "scim", options).await
}

/// A user's record in some departments: each is a uid, with the group's id where that is known.
fn user(username: &str, departments: &[(&str, Option<&str>)]) -> Value {
    let departments = departments.iter().map(|(uid, id)| {
        let mut department = json!({"uid": uid, "isMain": false, "isOwner": false, "sort": null});
        if let Some(id) = id {
            department["id"] = json!(id);
        }
        department
    });
    json!({
        "username": username, "nickname": username.to_uppercase(), "email": format!("{username}@example.org"),
        "phone": "+49 30 1234", "enabled": true, "departments": departments.collect::<Vec<_>>(),
        "links": [], "custom": {"firstName": "Ada"},
    })
}

fn department(title: &str) -> Value {
    json!({"title": title, "parentUid": null, "sort": null, "enabled": true, "links": [], "custom": {}})
}

fn create(data_type: DataType, uid: &str, record: &Value) -> TargetChange {
    let mut change = TargetChange::new(ChangeOp::Create, data_type, uid);
    change.record = record.as_object().cloned();
    change
}

fn update(data_type: DataType, uid: &str, id: &str, before: &Value, record: &Value) -> TargetChange {
    let mut change = TargetChange::new(ChangeOp::Update, data_type, uid);
    change.id = Some(id.to_owned());
    change.record = record.as_object().cloned();
    change.before = before.as_object().cloned();
    change
}

fn delete(data_type: DataType, uid: &str, id: &str, before: &Value) -> TargetChange {
    let mut change = TargetChange::new(ChangeOp::Delete, data_type, uid);
    change.id = Some(id.to_owned());
    change.before = before.as_object().cloned();
    change
}

/// Applies changes that all go well, and gives the ids.
async fn apply(worker: &mut Worker, changes: &[TargetChange]) -> Vec<String> {
    let outcomes = worker.apply(changes).await.unwrap();
    let ids = outcomes.into_iter().zip(changes).map(|(outcome, change)| match outcome {
        TargetOutcome::Done(id) => id,
        TargetOutcome::Failed(error) => panic!("{} {}: {error}", change.data_type, change.uid),
    });
    ids.collect()
}

fn failure(outcome: &TargetOutcome) -> (ErrorClass, &str) {
    match outcome {
        TargetOutcome::Failed(error) => (error.class, &error.message),
        TargetOutcome::Done(id) => panic!("done: {id}"),
    }
}
