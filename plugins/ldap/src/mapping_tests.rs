//! Tests of the mapping: entries as the three kinds of directories give them.

use serde_json::{Value, json};

use super::*;
use crate::entry::testing::entry;
use crate::settings::Settings;

const GUID: [u8; 16] =
    [0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0];

fn settings(options: Value) -> Settings {
    let mut all = json!({"url": "ldap://x"});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    Settings::new(&serde_json::from_value(all).unwrap()).unwrap()
}

fn users(preset: &str, more: Value) -> UserSet {
    let mut users = json!({"bases": ["dc=x"]});
    users.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    settings(json!({"preset": preset, "users": users})).users.unwrap()
}

/// 2026-11-30 12:00:00.
fn now() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

fn nowhere(tree: &Tree) -> Places<'_> {
    Places { tree: None, groups: None, leaders: tree }
}

fn check(entry: &Entry, set: &UserSet, expected: Value) {
    let mapped = user(entry, set, nowhere(&Tree::default()), &Hidden::default(), now());
    assert_eq!(Value::from(mapped.record), expected);
    assert_eq!(mapped.too_large, Vec::<String>::new());
}

#[test]
fn a_user_of_openldap() {
    let ada = entry(
        "uid=ada,ou=people,dc=x",
        &[
            ("entryUUID", &["0f2f1a3c-0000-1000-8000-000000000001"]),
            ("uid", &["ada"]),
            ("cn", &["Ada Lovelace", "Countess"]),
            ("mail", &["ada@x.org", "second@x.org"]),
            ("mobile", &["+44 1"]),
        ],
    );
    check(
        &ada,
        &users("openldap", json!({})),
        json!({
            "uid": "0f2f1a3c-0000-1000-8000-000000000001", "username": "ada", "nickname": "Ada Lovelace",
            "email": "ada@x.org", "phone": "+44 1", "enabled": true,
        }),
    );
}

#[test]
fn a_user_of_active_directory() {
    let mut ada = entry(
        "CN=Ada Lovelace,OU=Staff,DC=x",
        &[
            ("sAMAccountName", &["ada"]),
            ("displayName", &["Ada Lovelace"]),
            ("userAccountControl", &["514"]),
            ("whenCreated", &["20200101000000.0Z"]),
        ],
    );
    ada.attributes.insert("objectguid".into(), vec![GUID.to_vec()]);
    check(
        &ada,
        &users("active-directory", json!({"custom": [{"attribute": "objectGUID", "field": "guid"}]})),
        json!({
            "uid": "12345678-9abc-def0-1234-56789abcdef0", "username": "ada", "nickname": "Ada Lovelace",
            "email": null, "phone": null, "enabled": false, "guid": "12345678-9abc-def0-1234-56789abcdef0",
        }),
    );
}

#[test]
fn a_user_of_389ds() {
    let ada = entry(
        "uid=ada,dc=x",
        &[
            ("nsUniqueId", &["66446001-1dd211b2-8000ab-0"]),
            ("uid", &["ada"]),
            ("nsAccountLock", &["TRUE"]),
            ("telephoneNumber", &["1"]),
        ],
    );
    check(
        &ada,
        &users("389ds", json!({})),
        json!({
            "uid": "66446001-1dd211b2-8000ab-0", "username": "ada", "nickname": null, "email": null,
            "phone": "1", "enabled": false,
        }),
    );
}

#[test]
fn accounts_are_enabled_and_disabled() {
    let check = |options: Value, attributes: &[(&str, &[&str])], expected: Option<bool>| {
        let set = users("openldap", options);
        assert_eq!(enabled(&entry("dc=x", attributes), &set.enabled), expected, "{attributes:?}");
    };
    let by = |how: &str| json!({"enabledFrom": how});
    check(by("userAccountControl"), &[("userAccountControl", &["512"])], Some(true));
    check(by("userAccountControl"), &[("userAccountControl", &["66050"])], Some(false));
    check(by("userAccountControl"), &[], None);
    check(by("nsAccountLock"), &[("nsAccountLock", &["true"])], Some(false));
    check(by("nsAccountLock"), &[("nsAccountLock", &["false"])], Some(true));
    check(by("nsAccountLock"), &[], Some(true));
    check(by("pwdAccountLockedTime"), &[("pwdAccountLockedTime", &["000001010000Z"])], Some(false));
    check(by("pwdAccountLockedTime"), &[("pwdAccountLockedTime", &["20260101120000Z"])], Some(true));
    check(by("preset"), &[], Some(true));
    check(by("none"), &[("nsAccountLock", &["true"])], None);
    let own =
        json!({"enabledFrom": "attribute", "enabledAttribute": "employeeType", "disabledValues": ["Left"]});
    check(own.clone(), &[("employeeType", &["LEFT"])], Some(false));
    check(own.clone(), &[("employeeType", &["staff"])], Some(true));
    check(own, &[], Some(true));
}

#[test]
fn who_has_passed_the_end_of_the_account_is_disabled_whatever_else_is_said() {
    let check = |set: &UserSet, attributes: &[(&str, &[&str])], expected: Option<bool>| {
        let mut set = set.clone();
        set.fields.clear();
        let entry = entry("cn=a,dc=x", attributes);
        let record = user(&entry, &set, nowhere(&Tree::default()), &Hidden::default(), now()).record;
        assert_eq!(record.get("enabled"), expected.map(Value::from).as_ref(), "{attributes:?}");
    };
    let flags = |flags: &'static [&'static str]| ("userAccountControl", flags);
    let (past, to_come, never): (&[&str], &[&str], &[&str]) =
        (&["132223104000000000"], &["157766880000000000"], &["9223372036854775807"]);
    let set = users("active-directory", json!({}));
    check(&set, &[flags(&["512"]), ("accountExpires", past)], Some(false));
    check(&set, &[flags(&["512"]), ("accountExpires", to_come)], Some(true));
    check(&set, &[flags(&["512"]), ("accountExpires", never)], Some(true));
    check(&set, &[flags(&["512"]), ("accountExpires", &["0"])], Some(true));
    check(&set, &[flags(&["514"]), ("accountExpires", never)], Some(false));
    check(&set, &[flags(&["66048"])], Some(true));
    check(&set, &[("accountExpires", past)], Some(false));
    check(&set, &[("accountExpires", to_come)], None);
    let without = users("active-directory", json!({"expiresAttribute": ""}));
    check(&without, &[flags(&["512"]), ("accountExpires", past)], Some(true));
    let policy = users("openldap", json!({"expiresAttribute": "pwdEndTime"}));
    check(&policy, &[("pwdEndTime", &["20200101000000Z"])], Some(false));
    check(&policy, &[("pwdEndTime", &["20990101000000Z"])], Some(true));
    check(&policy, &[], Some(true));
    let shadow = users("389ds", json!({"expiresAttribute": "shadowExpire"}));
    check(&shadow, &[("shadowExpire", &["1"])], Some(false));
    check(&shadow, &[("shadowExpire", &["-1"])], Some(true));
    // Another way to tell who is disabled says nothing about the end, unless somebody asks for that.
    let own =
        json!({"enabledFrom": "attribute", "enabledAttribute": "employeeType", "disabledValues": ["left"]});
    check(&users("active-directory", own), &[("accountExpires", past)], Some(true));
}

#[test]
fn custom_fields_keep_lists_and_bytes() {
    let custom = json!({"custom": [
        {"attribute": "title"},
        {"attribute": "otherTelephone", "field": "phones"},
        {"attribute": "l", "values": "list"},
        {"attribute": "st", "values": "list"},
        {"attribute": "ou", "values": "first"},
        {"attribute": "jpegPhoto", "field": "photo"},
        {"attribute": "description", "encoding": "base64"},
        {"attribute": "o"},
        {"attribute": "dn", "field": "ldapDn"},
    ]});
    let mut ada = entry(
        "uid=ada,dc=x",
        &[
            ("entryUUID", &["1"]),
            ("title", &["Countess"]),
            ("otherTelephone", &["3", "1", "2"]),
            ("l", &["London"]),
            ("ou", &["z", "a"]),
            ("description", &["text"]),
        ],
    );
    ada.attributes.insert("jpegphoto".into(), vec![b"\xff\xd8\xff".to_vec()]);
    let mut set = users("openldap", custom);
    set.fields.clear();
    check(
        &ada,
        &set,
        json!({
            "uid": "1", "enabled": true, "title": "Countess", "phones": ["1", "2", "3"], "l": ["London"],
            "st": [], "ou": "z", "photo": "/9j/", "description": "dGV4dA==", "o": null,
            "ldapDn": "uid=ada,dc=x",
        }),
    );
}

#[test]
fn what_is_too_large_is_left_out_and_named() {
    let custom = json!({"custom": [{"attribute": "jpegPhoto"}, {"attribute": "title"}]});
    let mut ada = entry("uid=ada,dc=x", &[("entryUUID", &["1"]), ("title", &["Countess"])]);
    ada.attributes.insert("jpegphoto".into(), vec![vec![0xff; 1 << 20]]);
    let mapped = user(&ada, &users("openldap", custom), nowhere(&Tree::default()), &Hidden::default(), now());
    assert_eq!(mapped.too_large, ["jpegPhoto"]);
    assert_eq!((mapped.record.get("jpegPhoto"), &mapped.record["title"]), (None, &json!("Countess")));
}

#[test]
fn who_shows_no_uid_is_told_by_the_dn() {
    let mut set = users("openldap", json!({}));
    set.fields.clear();
    check(&entry("uid=ada,dc=x", &[]), &set, json!({"dn": "uid=ada,dc=x", "enabled": true}));
}

#[test]
fn departments_have_titles_places_and_leaders() {
    let settings = settings(json!({"departments": {
        "bases": ["dc=x"], "attributes": {"sort": "departmentNumber"},
        "custom": [{"attribute": "l"}],
    }}));
    let set = settings.departments.unwrap();
    let sales = entry(
        "ou=Sales,dc=x",
        &[
            ("entryUUID", &["s"]),
            ("ou", &["Sales"]),
            ("departmentNumber", &["7"]),
            ("manager", &["uid=a,dc=x"]),
            ("owner", &["uid=b,dc=x"]),
        ],
    );
    let check = |place: Place<'_>, expected: Value| {
        let mut record = department(&sales, &set, &Hidden::default()).record;
        put(&mut record, place);
        assert_eq!(Value::from(record), expected);
    };
    check(Place::In("c"), json!({"uid": "s", "title": "Sales", "sort": 7, "l": null, "parentUid": "c"}));
    check(Place::Nowhere, json!({"uid": "s", "title": "Sales", "sort": 7, "l": null, "parentUid": null}));
    check(Place::Unidentified, json!({"uid": "s", "title": "Sales", "sort": 7, "l": null}));
    assert_eq!(leaders(&sales, &set).collect::<Vec<_>>(), ["uid=a,dc=x", "uid=b,dc=x"]);
    let odd = entry("ou=Odd,dc=x", &[("entryUUID", &["o"]), ("departmentNumber", &["last"])]);
    let record = department(&odd, &set, &Hidden::default()).record;
    assert_eq!(Value::from(record), json!({"uid": "o", "title": null, "sort": "last", "l": null}));
}

#[test]
fn memberships_come_from_place_groups_and_leading() {
    let all = settings(json!({"groups": {"bases": ["ou=g,dc=x"]}}));
    let group_set = all.groups.unwrap();
    let mut groups = Groups::new(&group_set);
    for (name, member) in [("g1", "uid=ada,ou=s,dc=x"), ("g2", "cn=g1,ou=g,dc=x")] {
        let group = entry(&format!("cn={name},ou=g,dc=x"), &[("member", &[member])]);
        groups.insert(
            &group,
            &Dn::parse(&group.dn).unwrap(),
            Some(name.to_owned()),
            &group_set,
            &Hidden::default(),
        );
    }
    groups.link();
    let mut tree = Tree::default();
    tree.insert(&Dn::parse("ou=s,dc=x").unwrap(), Some("s".into()));
    tree.insert(&Dn::parse("ou=hidden,dc=x").unwrap(), None);
    for led in ["s", "other"] {
        tree.lead_all(["uid=ada,ou=s,dc=x".to_owned()].into_iter(), Some(led));
    }
    tree.lead_all(["uid=eve,dc=x".to_owned()].into_iter(), None);
    let places = Places { tree: Some(&tree), groups: Some(&groups), leaders: &tree };
    let check = |dn: &str, which: Memberships, places: Places<'_>, expected: Option<Value>| {
        let found = memberships(&entry(dn, &[]), None, which, places, &Hidden::default());
        let found = found.map(|list| json!(list));
        assert_eq!(found, expected, "{dn} {which:?}");
    };
    let leads = |uid: &str| json!({"uid": uid, "isOwner": true});
    let ada = "UID=Ada, OU=S, DC=x";
    check(ada, Memberships::All, places, Some(json!([leads("s"), "g1", "g2", leads("other")])));
    check(ada, Memberships::Position, places, Some(json!([leads("s"), leads("other")])));
    check(ada, Memberships::Groups, places, Some(json!(["g1", "g2", leads("s"), leads("other")])));
    check("uid=bob,dc=x", Memberships::All, places, Some(json!([])));
    check("uid=bob,ou=hidden,dc=x", Memberships::All, places, None);
    // She leads a department whose uid is hidden: what she had stays.
    check("uid=eve,dc=x", Memberships::All, places, None);
    check(ada, Memberships::All, nowhere(&tree), None);
}

#[test]
fn what_nobody_shows_is_left_out_and_never_null() {
    let check = |hidden: &[&str], options: Value, attributes: &[(&str, &[&str])], expected: Value| {
        let entry = entry("uid=ada,dc=x", &[&[("entryUUID", ["1"].as_slice())], attributes].concat());
        let set = users("openldap", options);
        let mapped = user(&entry, &set, nowhere(&Tree::default()), &Hidden::of(hidden), now());
        assert_eq!(Value::from(mapped.record), expected, "{hidden:?}");
    };
    let cn: (&str, &[&str]) = ("cn", &["Ada"]);
    let mobile: (&str, &[&str]) = ("mobile", &["1"]);
    check(
        &[],
        json!({"custom": [{"attribute": "title"}]}),
        &[],
        json!({"uid": "1", "username": null, "nickname": null, "email": null, "phone": null, "enabled": true,
               "title": null}),
    );
    check(
        &["uid", "displayname", "mail", "telephonenumber", "title"],
        json!({"custom": [{"attribute": "title"}, {"attribute": "l"}]}),
        &[cn],
        json!({"uid": "1", "nickname": "Ada", "enabled": true, "l": null}),
    );
    // What another attribute of the field has counts.
    check(
        &["uid", "displayname", "mail", "telephonenumber"],
        json!({}),
        &[cn, mobile],
        json!({"uid": "1", "nickname": "Ada", "phone": "1", "enabled": true}),
    );
    check(
        &["uid", "displayname", "cn", "mail", "mobile", "employeetype"],
        json!({"enabledFrom": "attribute", "enabledAttribute": "employeeType", "disabledValues": ["left"]}),
        &[],
        json!({"uid": "1"}),
    );
    let settings = settings(json!({"departments": {"bases": ["dc=x"], "attributes": {"sort": "l"}}}));
    let sales = entry("ou=Sales,dc=x", &[("entryUUID", &["s"])]);
    let record = department(&sales, &settings.departments.unwrap(), &Hidden::of(&["ou", "l"])).record;
    assert_eq!(Value::from(record), json!({"uid": "s"}));
}

#[test]
fn what_came_only_in_part_is_left_out() {
    let custom = json!({"custom": [
        {"attribute": "l"}, {"attribute": "l", "field": "first", "values": "first"}, {"attribute": "o"},
    ]});
    let mut set = users("openldap", custom);
    set.fields.clear();
    let ada = entry("uid=ada,dc=x", &[("entryUUID", &["1"]), ("l;range=0-0", &["London"])]);
    check(&ada, &set, json!({"uid": "1", "enabled": true, "first": "London", "o": null}));
}
