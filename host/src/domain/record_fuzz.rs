//! Records out of any JSON: a normal form is normal already, and its stored form gives it back.

use super::*;

/// The first byte says whether the rest is a user or a department.
pub fn record(data: &[u8]) {
    let [kind, text @ ..] = data else { return };
    let data_type = if kind % 2 == 0 { DataType::Department } else { DataType::User };
    let Ok(json) = serde_json::from_slice::<Value>(text) else { return };
    let record = match Record::from_json(data_type, json) {
        Ok(record) => record,
        Err(invalid) => {
            assert!(!invalid.field.is_empty() && !invalid.reason.is_empty(), "{invalid:?}");
            return;
        }
    };
    assert!(!record.uid.trim().is_empty() && record.uid.chars().count() <= MAX_TEXT, "{:?}", record.uid);

    let stored = record.to_stored();
    let back = Record::from_stored(&record.uid, &stored);
    assert_eq!(back.as_ref(), Some(&record), "the stored form gives the record back");
    assert_eq!(back.map(|back| back.to_stored()), Some(stored), "with the same hash");

    let mut given = record.fields.clone();
    given.insert("uid".into(), Value::String(record.uid.clone()));
    given.insert("isDeleted".into(), Value::Bool(record.deleted));
    let again = Record::from_json(data_type, Value::Object(given));
    assert_eq!(again, Ok(record.clone()), "a normal form is normal already");

    assert!(fields::difference(&record.fields, &record.fields).is_empty());
    assert_eq!(record.clone().after(record.fields.clone()), record, "given twice, it is the same");
}
