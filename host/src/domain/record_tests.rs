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
    check(User, json!({"uid": "a\u{1}b"}), "uid: has a control character U+0001 in it, after \"a\"");
    check(User, json!({"uid": 1e3}), "uid: must be a string or a whole number, is a number");
    check(
        User,
        json!({"uid": "1", "username": "fre\u{200b}d"}),
        "uid 1: username: has an invisible character U+200B in it, after \"fre\"",
    );
    check(
        User,
        json!({"uid": "1", "email": "a@x.example\r\nBcc: b@x.example"}),
        "uid 1: email: has a line break U+000D in it, after \"a@x.example\"",
    );
    check(
        User,
        json!({"uid": "1", "departments": ["d\u{ad}"]}),
        "uid 1: departments: entry 1: has an invisible character U+00AD in it, after \"d\"",
    );
    check(
        Department,
        json!({"uid": "1", "parentUid": "\u{202e}p"}),
        "uid 1: parentUid: has an invisible character U+202E in it, at its start",
    );
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
        let input = json!({"uid": "1", "email": "a@b", "departments": ["d"], "isDeleted": deleted});
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

#[test]
fn texts_are_trimmed_and_display_names_are_one_line() {
    let user = json!({
        "uid": " 1\u{feff}", "username": "fred ", "email": " fred@x.example\n", "phone": "\t+49 30 1 ",
        "nickname": " Fred\tF. ", "departments": [" d ", {"uid": "d\n", "isOwner": true}], "note": " as given ",
    });
    assert_eq!(
        normal(DataType::User, user),
        json!(["1", {
            "username": "fred", "email": "fred@x.example", "phone": "+49 30 1", "nickname": "Fred F.",
            "departments": [membership("d", true, true, Value::Null)], "note": " as given ",
        }, false])
    );
    let department = json!({"uid": "2 ", "title": " R&D\r\nLab", "parentUid": " 1 "});
    let expected = json!(["2", {"title": "R&D Lab", "parentUid": "1"}, false]);
    assert_eq!(normal(DataType::Department, department), expected);
    assert_eq!(
        normal(DataType::Department, json!({"uid": "2", "parentUid": " "})),
        json!(["2", {"parentUid": null}, false])
    );
}

#[test]
fn an_email_that_is_no_address_is_left_out_and_told() {
    let check = |email: &str, kept: Value, told: Option<&str>| {
        let text = json!({"uid": "1", "email": email}).to_string();
        let understood =
            Record::from_parsed(DataType::User, crate::domain::json::parse(text.as_bytes()).unwrap());
        let understood = understood.unwrap();
        assert_eq!((&understood.record.fields["email"], understood.no_address.as_deref()), (&kept, told));
    };
    check(" ann@x.example ", json!("ann@x.example"), None);
    check(" ", json!(null), None);
    check("n/a", json!(null), Some("n/a"));
    check("unknown@", json!(null), Some("unknown@"));
}

/// The record as a text gives it.
fn read(text: &[u8]) -> Value {
    match Record::from_parsed(DataType::User, crate::domain::json::parse(text).unwrap()) {
        Ok(Understood { record, .. }) => json!([record.uid, record.to_stored()]),
        Err(invalid) => json!(invalid.to_string()),
    }
}

#[test]
fn numbers_stay_as_they_were_given() {
    let digits = "1.10,1e400,-0,0.1000000000000000055,89490200001234567890,1E+2,18446744073709551616";
    let text = format!(r#"{{"uid":89490200001234567890,"x":[{digits}],"iccid":89490200001234567890}}"#);
    // Exponents alone are written in one way.
    let digits = digits.replace("1e400", "1e+400").replace("1E+2", "1e+2");
    let stored = format!(r#"{{"iccid":89490200001234567890,"x":[{digits}]}}"#);
    assert_eq!(read(text.as_bytes()), json!(["89490200001234567890", stored]));
    let back = Record::from_stored("1", &stored).unwrap();
    assert_eq!(back.to_stored(), stored);
    assert_eq!(read(br#"{"uid":-0}"#), json!(["0", "{}"]));
    let sort = |sort: &str| {
        let json = serde_json::from_str(&format!(r#"{{"uid":"1","sort":{sort}}}"#)).unwrap();
        Record::from_json(DataType::Department, json)
            .map(|record| record.to_stored())
            .map_err(|bad| bad.reason)
    };
    assert_eq!(sort("9223372036854775807"), Ok(r#"{"sort":9223372036854775807}"#.into()));
    assert_eq!(sort("20e-1"), Ok(r#"{"sort":2}"#.into()));
    assert_eq!(sort("1e400"), Err("is too large".into()));
}

#[test]
fn a_damaged_text_fails_its_record_by_uid_and_field() {
    let check = |text: &[u8], expected: &str| assert_eq!(read(text), json!(expected));
    let half = "has half a surrogate pair in it (\\ud83d)";
    check(br#"{"uid":"1","nickname":"Ann \ud83d"}"#, &format!("uid 1: nickname: {half}"));
    check(br#"{"nickname":"\ud83d","uid":7}"#, &format!("uid 7: nickname: {half}"));
    check(br#"{"uid":"1","x":{"deep":["\ud83d"]}}"#, &format!("uid 1: x: {half}"));
    check(br#"{"uid":"1","departments":["\ud83d"]}"#, &format!("uid 1: departments: {half}"));
    check(br#"{"uid":"1","x\ud83d":1}"#, &format!("uid 1: record: the name of a field {half}"));
    check(br#"{"uid":"\ud83d"}"#, &format!("uid: {half}"));
    check(
        b"{\"uid\":\"1\",\"nickname\":\"M\xfcller\"}",
        "uid 1: nickname: has a byte in it that is not UTF-8 (0xFC)",
    );
    // Whoever is gone goes all the same.
    assert_eq!(
        read(br#"{"uid":"1","nickname":"\ud83d","isDeleted":true}"#),
        json!(["1", r#"{"isDeleted":true}"#])
    );
}

#[test]
fn memberships_are_bounded_and_each_is_looked_at_once() {
    let many = |count: usize| -> Vec<Value> { (0..count).map(|n| json!(format!("d{n}"))).collect() };
    let read = |list: Vec<Value>| Record::from_json(DataType::User, json!({"uid": "1", "departments": list}));
    let memberships = |record: Record| record.fields["departments"].as_array().unwrap().len();
    assert_eq!(read(many(MAX_MEMBERSHIPS)).map(memberships), Ok(MAX_MEMBERSHIPS));
    let repeated = [many(MAX_MEMBERSHIPS), many(MAX_MEMBERSHIPS)].concat();
    assert_eq!(read(repeated).map(memberships), Ok(MAX_MEMBERSHIPS), "the same ones again are no more");
    let refused = read(many(200_000)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "uid 1: departments: has more than 10000 departments, as many as a user may have"
    );
}

#[test]
fn what_is_nested_too_deeply_fails_alone() {
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let read = |levels: usize| normal(DataType::User, json!({"uid": "1", "x": nested(levels)}));
    assert!(read(MAX_DEPTH).is_array());
    assert_eq!(read(MAX_DEPTH + 1), json!("uid 1: x: is nested more than 64 levels deep"));
    assert_eq!(
        normal(DataType::Department, json!({"uid": "1", "x": {"y": nested(MAX_DEPTH)}})),
        json!("uid 1: x: is nested more than 64 levels deep")
    );
    assert!(normal(DataType::User, json!({"uid": "1", "isDeleted": true, "x": nested(100)})).is_array());
}
