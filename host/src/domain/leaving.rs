//! What of a record gets through even if the rest of it can't be taken: that somebody is gone, or switched
//! off. Whoever is locked out at the source must not stay in because of a display name that is too long.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::record::Record;

/// What a record that could not be understood says about leaving, read out of its `text` whatever its other
/// fields hold.
pub fn of_text(uid: &str, text: &str) -> Option<Record> {
    let keys: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(text).ok()?;
    let says = |name: &str, word: &str| keys.get(name).is_some_and(|value| value.get().trim() == word);
    let deleted = says("isDeleted", "true");
    let fields = match (deleted, says("enabled", "false")) {
        (true, _) => Fields::new(),
        (false, true) => switched_off(),
        (false, false) => return None,
    };
    Some(Record { uid: uid.to_owned(), fields, deleted })
}

/// The same of the fields of a record that was understood and can't be applied. A deletion always can.
pub fn of_fields(uid: &str, fields: &Fields) -> Option<Record> {
    let locks = fields.get("enabled") == Some(&Value::Bool(false));
    locks.then(|| Record { uid: uid.to_owned(), fields: switched_off(), deleted: false })
}

fn switched_off() -> Fields {
    [("enabled".to_owned(), Value::Bool(false))].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_is_read_beside_anything() {
        let check = |text: &str, expected: Option<&str>| {
            let found = of_text("1", text).map(|record| record.to_stored());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check(r#"{"uid":1,"enabled":false,"email":5}"#, Some(r#"{"enabled":false}"#));
        check(r#"{"uid":1,"enabled": false ,"nickname":"\ud83d"}"#, Some(r#"{"enabled":false}"#));
        check(r#"{"uid":1,"enabled":false,"isDeleted":true,"email":5}"#, Some(r#"{"isDeleted":true}"#));
        check(r#"{"uid":1,"enabled":true,"enabled":false}"#, Some(r#"{"enabled":false}"#));
        check(r#"{"uid":1,"enabled":"false","email":5}"#, None);
        check(r#"{"uid":1,"custom":{"enabled":false}}"#, None);
        check(r#"{"uid":1,"isDeleted":"yes"}"#, None);
        check("[1]", None);
    }
}
