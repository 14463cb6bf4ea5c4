//! Rows and objects in, records out.

use super::*;

fn mapping(data_type: DataType, set: Value) -> Mapping {
    let mut options = json!({"path": "/x"});
    options.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
    Mapping::new(data_type, &serde_json::from_value(options).unwrap()).unwrap()
}

fn check(data_type: DataType, set: Value, rows: [&str; 2], expected: Value) {
    let mapping = mapping(data_type, set);
    let header = Header::new(&mapping, rows[0].split(',')).unwrap();
    assert_eq!(Value::from(header.record(rows[1].split(',').map(str::trim))), expected);
}

#[test]
fn columns_are_fields_by_name() {
    check(
        DataType::User,
        json!({}),
        ["uid,nickname,email,enabled,isDeleted,badge", "1, Ada ,,yes,,B7"],
        json!({"uid": "1", "nickname": "Ada", "email": null, "enabled": true, "badge": "B7"}),
    );
    check(
        DataType::Department,
        json!({}),
        ["uid,title,parentUid,sort,isDeleted", "d,Sales,,10,no"],
        json!({"uid": "d", "title": "Sales", "parentUid": null, "sort": 10, "isDeleted": false}),
    );
}

#[test]
fn columns_are_renamed_and_dropped() {
    let set = json!({
        "columns": {"uid": "No", "username": "No", "nickname": "Name", "badge": "Badge No"},
        "customColumns": "drop",
    });
    check(
        DataType::User,
        set,
        ["No,Name,nickname,Badge No,Salary,email", "1,Ada,nick,7,100,a@b.c"],
        json!({"uid": "1", "username": "1", "nickname": "Ada", "badge": "7", "email": "a@b.c"}),
    );
}

#[test]
fn departments_become_one_list() {
    let header = "uid,departments,mainDepartment,ownerOf";
    let check = |row, expected: Value| {
        let expected = json!({"uid": "1", "departments": expected});
        check(DataType::User, json!({"listSeparator": "|"}), [header, row], expected);
    };
    check("1,a|b| c ,,", json!(["a", "b", "c"]));
    check(
        "1,a|b,b,a|d",
        json!([{"uid": "a", "isOwner": true}, {"uid": "b", "isMain": true}, {"uid": "d", "isOwner": true}]),
    );
    check("1,,,", json!([]));
    check("1,a|b,b|c|a,", json!(["a", {"uid": "b", "isMain": true}, "c"]));
    check("1,,| a |b,", json!([{"uid": "a", "isMain": true}, "b"]));
}

#[test]
fn what_is_not_understood_is_passed_on() {
    check(DataType::User, json!({}), ["uid,enabled", ",perhaps"], json!({"enabled": "perhaps"}));
    check(DataType::Department, json!({}), ["uid,sort", "d,first"], json!({"uid": "d", "sort": "first"}));
}

#[test]
fn json_keys_are_renamed_and_values_left_alone() {
    let object = json!({"id": 7, "departments": [{"uid": 1}], "floor": null}).as_object().unwrap().clone();
    let renamed = mapping(DataType::User, json!({"columns": {"uid": "id"}})).object(object.clone());
    assert_eq!(Value::from(renamed), json!({"uid": 7, "departments": [{"uid": 1}], "floor": null}));
    assert_eq!(mapping(DataType::User, json!({})).object(object.clone()), object);
}

#[test]
fn numbers_are_read_as_people_write_them() {
    for (cell, sort) in [("01", json!(1)), ("+4", json!(4)), (".5", json!(0.5)), ("1;5", json!("1;5"))] {
        check(
            DataType::Department,
            json!({}),
            ["uid,sort", &format!("d,{cell}")],
            json!({"uid": "d", "sort": sort}),
        );
    }
}

#[test]
fn what_is_not_understood_is_known_by_its_field() {
    let mapping = mapping(DataType::Department, json!({}));
    let header = Header::new(&mapping, ["uid", "title", "sort", "enabled"].into_iter()).unwrap();
    let record = header.record(["d", "D", "1,500", "perhaps"]);
    let told: Vec<_> = header.not_understood(&record).collect();
    assert_eq!(told, ["sort", "enabled"]);
    assert_eq!(header.not_understood(&header.record(["d", "D", "1", ""])).count(), 0);
}

#[test]
fn options_that_make_no_sense() {
    let check = |set: Value, expected: &str| {
        let mut options = json!({"path": "/x"});
        options.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
        let error = Mapping::new(DataType::User, &serde_json::from_value(options).unwrap()).unwrap_err();
        assert_eq!(error.message, expected);
    };
    let separator = "`listSeparator` has to be one or more characters, and no letters, digits and quotes";
    for given in ["", "e", "\"", "0", "; and "] {
        check(json!({"listSeparator": given}), separator);
    }
    check(
        json!({"columns": {"email": "Mail", "E-Mail": "Other"}}),
        "`columns` names two columns for the field `email`",
    );
}
