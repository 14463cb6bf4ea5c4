//! Whatever a service answers: nothing of it may make the plugin panic, and what it is brought into stays as it
//! is when it is read again.

use serde_json::Value;

use super::*;
use crate::features::Features;
use crate::operation::{bulk_answers, bulk_status};

/// An answer of a service, taken for each thing that a service may be asked for.
pub fn answer(bytes: &[u8]) {
    let Ok(given) = serde_json::from_slice::<Value>(bytes) else { return };
    let read = resource(given.clone());
    assert_eq!(resource(read.clone()), read);
    for attribute in ["members", "groups"] {
        for id in references(&read, attribute).unwrap_or_default() {
            assert!(!id.is_empty());
        }
    }
    if let Some(page) = page(given.clone()) {
        let count = page.resources.len();
        let once = once_each(page.resources);
        assert!(once.len() <= count);
        assert_eq!(once_each(once.clone()), once);
    }
    let _ = Features::read(&given);
    for answer in bulk_answers(&given, 3).into_iter().flatten() {
        let _ = bulk_status(answer);
    }
}

#[cfg(test)]
#[test]
fn kept_answers_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/scim_answer");
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        answer(&std::fs::read(path).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "there is nothing in {folder}");
}
