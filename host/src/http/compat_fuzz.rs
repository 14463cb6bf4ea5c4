//! Orders out of the bodies of compatible pushes: their records are a part of the body and can be read, and
//! each that fails is told as it was given.

use super::*;
use crate::domain::change::{Cause, Op};

/// Any body.
pub fn push_body(data: &[u8]) {
    let body = match text(Bytes::copy_from_slice(data)) {
        Ok(body) => body,
        Err(problem) => return assert_eq!(problem.status, StatusCode::BAD_REQUEST),
    };
    let order = match parse(&body) {
        Ok(order) => order,
        Err(problem) => {
            assert_eq!(problem.status, StatusCode::BAD_REQUEST);
            assert!(!problem.detail.is_empty());
            return;
        }
    };
    assert!(!order.source.is_empty());
    assert!(order.records.starts_with(b"[") && order.records.ends_with(b"]"), "{order:?}");
    assert!(body.as_ptr_range().contains(&order.records.as_ptr()), "the records are not copied");
    every_failure_is_told_as_given(&order, &body);
}

fn every_failure_is_told_as_given(order: &Order, body: &Bytes) {
    let elements: Vec<&RawValue> = serde_json::from_slice(&order.records).expect("an array of JSON");
    let mut last: HashMap<String, Value> = HashMap::new();
    for element in elements {
        // What is valid for the array may be too deep by itself.
        let Ok(parsed) = json::parse(element.get().as_bytes()) else { continue };
        let json = parsed.value.clone();
        // One that can't be understood fails by itself, and keeps its text.
        if let Ok(understood) = Record::from_parsed(order.data_type, parsed) {
            last.insert(understood.record.uid, json);
        }
    }
    let changes: Vec<Change> = last.keys().map(|uid| failed(order.data_type, uid)).collect();
    for (change, told) in changes.iter().zip(as_given(&changes, body)) {
        let told = serde_json::to_value(told).expect("an answer is JSON");
        assert_eq!(told["record"], last[&change.uid], "of uid {}", change.uid);
    }
}

/// A record that could be understood and then failed.
pub(super) fn failed(data_type: DataType, uid: &str) -> Change {
    Change {
        data_type,
        uid: uid.to_owned(),
        position: 0,
        op: Op::Create,
        cause: Cause::Given,
        record: None,
        before: None,
        local_id: None,
        base: None,
        leaves: None,
        link_move: None,
        outcome: None,
        error: Some("it failed".to_owned()),
    }
}
