//! Records out of any JSON: a normal form is normal already, and its stored form gives it back.

use super::*;
use crate::domain::json;

/// The first byte says whether the rest is a user or a department.
pub fn record(data: &[u8]) {
    let [kind, text @ ..] = data else { return };
    let data_type = if kind % 2 == 0 { DataType::Department } else { DataType::User };
    let Ok(parsed) = json::parse(text) else { return };
    if !parsed.damaged.is_empty() {
        let strict = serde_json::from_slice::<Value>(text);
        assert!(strict.is_err(), "what is JSON is not damaged");
        let taken = Record::from_parsed(data_type, parsed).ok();
        assert!(taken.is_none_or(|taken| taken.record.deleted), "a damaged record fails, unless it goes");
        return;
    }
    let record = match Record::from_parsed(data_type, parsed) {
        Ok(understood) => understood.record,
        Err(invalid) => {
            assert!(!invalid.field.is_empty() && !invalid.reason.is_empty(), "{invalid:?}");
            return;
        }
    };
    assert_eq!(
        text::identifier(&record.uid),
        Ok(&*record.uid),
        "a uid is trimmed, and nothing in it is invisible"
    );
    for field in ["username", "email", "parentUid"] {
        let kept = fields::text(&record.fields, field).unwrap_or_default();
        assert_eq!(text::identifier(kept), Ok(kept), "{field}");
    }
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
