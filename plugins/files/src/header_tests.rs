//! Headers in, fields and notes out.

use orgsync_plugin_api::DataType;
use serde_json::{Value, json};

use super::*;

fn mapping(data_type: DataType, set: Value) -> Mapping {
    let mut options = json!({"path": "/x"});
    options.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
    Mapping::new(data_type, &serde_json::from_value(options).unwrap()).unwrap()
}

/// The fields of each column, joined by `+`; `-` for one that is dropped, `?` for one without a name.
#[track_caller]
fn maps(set: Value, names: &[&str], expected: &[&str]) {
    let mapping = mapping(DataType::User, set);
    let header = Header::new(&mapping, names.iter().copied()).unwrap();
    let told = header.columns.iter().map(|column| match column {
        Column::Fields(fields) => {
            fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join("+")
        }
        Column::Dropped => "-".to_owned(),
        Column::Unnamed => "?".to_owned(),
    });
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[track_caller]
fn refuses(set: Value, names: &[&str], expected: &str) {
    let mapping = mapping(DataType::User, set);
    assert_eq!(Header::new(&mapping, names.iter().copied()).unwrap_err(), expected);
}

#[test]
fn known_names_are_known_however_they_are_written() {
    maps(
        json!({}),
        &[
            "UID",
            "Username",
            "Nick Name",
            "E-mail",
            "PHONE",
            "Departments",
            "main_department",
            "Owner-Of",
            "Enabled",
            "is deleted",
        ],
        &[
            "uid",
            "username",
            "nickname",
            "email",
            "phone",
            "departments",
            "mainDepartment",
            "ownerOf",
            "enabled",
            "isDeleted",
        ],
    );
    maps(
        json!({}),
        &["Uid", "User\nName", "Email", "Cost  Centre"],
        &["uid", "username", "email", "Cost Centre"],
    );
    maps(
        json!({"columns": {"uid": "employee no", "E-Mail": "Work Mail"}}),
        &["Employee-No", "work_mail"],
        &["uid", "email"],
    );
    maps(json!({"columns": {"email": "mail"}}), &["uid", "mail", "Mail"], &["uid", "email", "Mail"]);
    maps(
        json!({"columns": {"email": "email", "private": "E-mail"}}),
        &["uid", "email", "E-mail"],
        &["uid", "email", "private"],
    );
    maps(json!({"columns": {"email": "Mail"}}), &["uid", "Mail", "E-mail"], &["uid", "email", "-"]);
    maps(json!({"columns": {"uid": "No", "username": "No"}}), &["No"], &["uid+username"]);
}

#[test]
fn columns_without_a_name() {
    maps(json!({}), &["uid", "", "username", "", ""], &["uid", "?", "username", "?", "?"]);
    let drop = json!({"customColumns": "drop"});
    maps(drop.clone(), &["uid", "Salary", "Salary", "", ""], &["uid", "-", "-", "-", "-"]);

    let fits = |set: &Value, names: &[&str], row: &[&str]| {
        let mapping = mapping(DataType::User, set.clone());
        Header::new(&mapping, names.iter().copied()).unwrap().fits(row.iter().copied())
    };
    let names = ["uid", "username", "", ""];
    for row in [&["1", "a"][..], &["1", "a", ""], &["1", "a", "", "", "", ""], &["", "a"]] {
        assert_eq!(fits(&json!({}), &names, row), Ok(()), "{row:?}");
        assert_eq!(fits(&drop, &names, row), Ok(()), "{row:?}");
    }
    assert_eq!(fits(&drop, &names, &["1", "a", "", "x"]), Ok(()));
    let unnamed = "there is something in column 4, which has no name: name it, or drop it by `customColumns`";
    assert_eq!(fits(&json!({}), &names, &["1", "a", "", "x"]), Err(unnamed.to_owned()));
    assert_eq!(fits(&drop, &names, &["1"]), Err("the row has 1 cells and the header 4".to_owned()));
    assert_eq!(
        fits(&drop, &names, &["1", "", "", "", "x"]),
        Err("the row has 5 cells and the header 4".to_owned())
    );
}

#[test]
fn headers_that_cannot_be_mapped() {
    refuses(json!({}), &["uid", "uid"], "there are two columns `uid`");
    refuses(json!({}), &["uid", "badge", "badge"], "there are two columns `badge`");
    refuses(json!({"columns": {"uid": "No"}}), &["No", "No"], "there are two columns `No`");
    refuses(
        json!({}),
        &["uid", "Email", "E-mail"],
        "the columns `Email` and `E-mail` both become the field `email`: say in `columns` which it is",
    );
    refuses(
        json!({"columns": {"uid": "No"}}),
        &["uid", "name"],
        "there is no column `No` for the field `uid`: the header has `uid`, `name`",
    );
    refuses(
        json!({}),
        &["id", "name"],
        "there is no column `uid`, and `columns` names no other for it: the header has `id`, `name`",
    );
    refuses(
        json!({}),
        &["uid;name"],
        "there is no column `uid`, and `columns` names no other for it: the header is one column; if `;` stands \
         between the columns, set `delimiter`",
    );
}

#[test]
fn notes_say_what_becomes_of_each_column() {
    let notes = |set: Value, names: &[&str]| {
        let mapping = mapping(DataType::User, set);
        let header = Header::new(&mapping, names.iter().copied()).unwrap();
        [vec![header.summary()], header.warnings()].concat()
    };
    assert_eq!(notes(json!({}), &["uid", "username", ""]), ["fields: uid, username"]);
    assert_eq!(
        notes(json!({"columns": {"badge": "Badge No"}}), &["uid", "E-mail", "Badge No", "title", "usrname"]),
        [
            "fields: uid, email (column `E-mail`); custom fields: badge (column `Badge No`), title, usrname",
            "the column `usrname` becomes a custom field: if it is meant as `username`, say so in `columns`",
        ]
    );
    assert_eq!(
        notes(json!({"customColumns": "drop"}), &["uid", "Salary", "mail"]),
        [
            "fields: uid; dropped columns: Salary, mail",
            "the column `mail` is dropped: if it is meant as `email`, say so in `columns`",
        ]
    );
}

#[test]
fn a_header_that_is_none_is_not_told() {
    let token = "024e9afabc3c54bc746c828cc664cdaf743ef55e0507c526724ac3c417ff48cf";
    let none = "there is no column `uid`, and `columns` names no other for it: the header";
    refuses(json!({}), &[token], &format!("{none} is one column"));
    refuses(json!({}), &["hunter"], &format!("{none} is one column"));
    refuses(json!({}), &["name", token, "a=b"], &format!("{none} has `name`, number 2, number 3"));
    refuses(json!({}), &["uid", token, token], "the columns number 2 and number 3 have the same name");
    refuses(
        json!({"columns": {"badge": "No"}}),
        &["uid", "root:x:0"],
        "there is no column `No` for the field `badge`: the header has `uid`, number 2",
    );
    let mapping = mapping(DataType::User, json!({}));
    let header = Header::new(&mapping, ["uid", "usr:name", token].into_iter()).unwrap();
    assert_eq!(header.summary(), "fields: uid; custom fields: column number 2, column number 3");
    let warning =
        "the column number 2 becomes a custom field: if it is meant as `username`, say so in `columns`";
    assert_eq!(header.warnings(), [warning]);
}
