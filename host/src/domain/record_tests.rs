//! Records in, normal forms and refusals out.

use serde_json::{Value, json};

use super::*;

fn normal(data_type: DataType, input: Value) -> Value {
    match Record::from_json(data_type, input) {
        Ok(record) => json!([record.uid, record.fields, record.deleted]),
        Err(invalid) => Value::String(invalid.to_string()),
    }
}

#[test]
fn users_come_into_normal_form() {
    let check = |input: Value, expected: Value| assert_eq!(normal(DataType::User, input), expected);
    check(json!({"uid": "1"}), json!(["1", {}, false]));
    check(json!({"uid": 42, "isDeleted": true}), json!(["42", {}, true]));
    check(
        json!({"uid": "1", "email": " ", "username": "", "phone": null, "nickname": "", "x": {"y": [1]}}),
        json!(["1", {"email": null, "username": null, "phone": null, "nickname": "", "x": {"y": [1]}}, false]),
    );
    check(json!({"uid": "1", "enabled": null}), json!(["1", {"enabled": true}, false]));
}

#[test]
fn memberships_come_into_normal_form() {
    let check = |input: Value, expected: Value| {
        let record = Record::from_json(DataType::User, json!({"uid": "1", "departments": input}));
        assert_eq!(record.unwrap().fields["departments"], expected);
    };
    let entry = |uid: &str, main: bool, owner: bool, sort: Value| membership(uid, main, owner, sort);
    check(json!(null), json!([]));
    check(json!([]), json!([]));
    check(
        json!(["b", 1]),
        json!([entry("1", false, false, json!(null)), entry("b", true, false, json!(null))]),
    );
    check(
        json!(["b", {"uid": "a", "isMain": true, "isOwner": true, "sort": 2.0}, "b"]),
        json!([entry("a", true, true, json!(2)), entry("b", false, false, json!(null))]),
    );
}

#[test]
fn departments_come_into_normal_form() {
    let check = |input: Value, expected: Value| assert_eq!(normal(DataType::Department, input), expected);
    check(
        json!({"uid": 7, "title": "R&D", "parentUid": 3, "sort": 1.5}),
        json!(["7", {"title": "R&D", "parentUid": "3", "sort": 1.5}, false]),
    );
    check(json!({"uid": "7", "parentUid": ""}), json!(["7", {"parentUid": null}, false]));
}

#[test]
fn a_bad_record_says_which_field_and_why() {
    let check = |data_type, input: Value, expected: &str| {
        assert_eq!(normal(data_type, input), Value::String(expected.into()));
    };
    use DataType::{Department, User};
    check(User, json!([]), "record: must be a JSON object, is an array");
    check(User, json!({"username": "x"}), "uid: is missing");
    check(User, json!({"uid": 1.5}), "uid: must be a string or a whole number, is a number");
    check(User, json!({"uid": " "}), "uid: is empty");
    check(User, json!({"uid": "a\u{1}"}), "uid: has a control character in it");
    check(User, json!({"uid": "1", "email": 5}), "uid 1: email: must be a string or null, is a number");
    check(User, json!({"uid": "1", "enabled": "no"}), "uid 1: enabled: must be true or false, is a string");
    check(User, json!({"uid": "1", "isDeleted": 1}), "uid 1: isDeleted: must be true or false, is a number");
    check(User, json!({"uid": "1", "departments": [{}]}), "uid 1: departments: entry 1: uid is missing");
    check(
        User,
        json!({"uid": "1", "departments": [{"uid": "a", "isMain": true}, {"uid": "b", "isMain": true}]}),
        "uid 1: departments: 2 departments are marked isMain, at most one can be",
    );
    let long = "x".repeat(300);
    check(
        User,
        json!({"uid": "1", "nickname": long}),
        "uid 1: nickname: is 300 characters long, 255 at most are kept",
    );
    check(Department, json!({"uid": "1", "title": null}), "uid 1: title: must not be empty");
    check(Department, json!({"uid": 1, "parentUid": "1"}), "uid 1: parentUid: is the department itself");
}

#[test]
fn a_record_that_its_source_cannot_give_fails_with_the_source_s_reason() {
    assert_eq!(REASON, orgsync_plugin_api::REASON);
    let check = |record: Value, uid: Option<&str>, expected: &str| {
        let invalid = Record::from_json(DataType::User, record).unwrap_err();
        assert_eq!((invalid.uid.as_deref(), invalid.to_string().as_str()), (uid, expected));
    };
    check(json!({"uid": "1", "$error": "two have it"}), Some("1"), "uid 1: record: two have it");
    check(json!({"uid": 1, "$error": "why", "enabled": "no"}), Some("1"), "uid 1: record: why");
    check(json!({"$error": "nobody knows"}), None, "record: nobody knows");
    check(json!({"uid": "1", "$error": 7}), Some("1"), "uid 1: record: 7");
    check(json!({"uid": "", "$error": "why"}), None, "uid: is empty");
}

#[test]
fn the_stored_form_gives_the_record_back() {
    for deleted in [false, true] {
        let input = json!({"uid": "1", "email": "a", "departments": ["d"], "isDeleted": deleted});
        let record = Record::from_json(DataType::User, input).unwrap();
        assert_eq!(Record::from_stored("1", &record.to_stored()), Some(record));
    }
}

#[test]
fn a_number_with_many_digits_is_stored_as_it_is() {
    let text = r#"{"uid":"1","x":1.2184903089321803e-19}"#;
    let record = Record::from_json(DataType::User, serde_json::from_str(text).unwrap()).unwrap();
    assert_eq!(Record::from_stored("1", &record.to_stored()), Some(record));
}
