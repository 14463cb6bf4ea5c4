//! Groups as departments, groups in groups, and who leads what.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{PASSWORD, by_uid, daemon, options, set, synced};
use crate::support::daemon::Client;
use crate::support::ldif::{COMPANY, Ldif, SUFFIX, company, uuid};
use crate::support::slapd::{OPEN, Slapd};

const GROUPS: &str = "ou=groups,dc=example,dc=org";

/// The departments of somebody: title → (main, leads).
fn memberships(client: &Client, number: usize) -> BTreeMap<String, (bool, bool)> {
    let users = by_uid(client, "users");
    let departments = users[&uuid(2, number)]["departments"].as_array().unwrap().clone();
    let flag = |entry: &Value, name: &str| entry[name].as_bool().unwrap();
    let title = |entry: &Value| entry["title"].as_str().unwrap().to_owned();
    departments.iter().map(|entry| (title(entry), (flag(entry, "isMain"), flag(entry, "isOwner")))).collect()
}

fn check(client: &Client, number: usize, expected: &[(&str, bool, bool)]) {
    let expected: BTreeMap<_, _> =
        expected.iter().map(|(title, main, leads)| ((*title).to_owned(), (*main, *leads))).collect();
    assert_eq!(memberships(client, number), expected, "person {number}");
}

fn group(ldif: &mut Ldif, number: usize, name: &str, attributes: &[(&str, &str)]) {
    let uid = uuid(3, number);
    let own = [("objectClass", "groupOfNames"), ("cn", name), ("entryUUID", uid.as_str())];
    ldif.texts(&format!("cn={name},{GROUPS}"), &[own.as_slice(), attributes].concat());
}

#[test]
fn groups_nest_and_leaders_lead() {
    let mut company = company(PASSWORD, 4, 8);
    let people: Vec<String> = company.people.iter().map(|person| person.dn.clone()).collect();
    let (ldif, person) = (&mut company.ldif, |number: usize| people[number].as_str());
    ldif.texts(
        GROUPS,
        &[("objectClass", "organizationalUnit"), ("ou", "groups"), ("entryUUID", &uuid(3, 0))],
    );
    let within = |name: &str| format!("CN={},  {}", name.to_uppercase(), GROUPS.to_uppercase());
    // Everybody in `inner` is in `middle` and `outer`, which is in `inner` again.
    group(ldif, 1, "outer", &[("member", &within("middle")), ("member", person(1)), ("owner", person(1))]);
    group(ldif, 2, "middle", &[("member", &within("inner")), ("owner", person(7))]);
    group(ldif, 3, "inner", &[("member", person(2)), ("member", &within("outer"))]);
    group(ldif, 4, "alone", &[("member", person(2))]);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let mut led = Ldif::default();
    led.replace(&company.departments[1].dn, "manager", Some(person(5)));
    led.replace(&company.departments[2].dn, "owner", Some(&person(5).to_uppercase().replace(",OU", ", ou")));
    slapd.modify(&led);

    let daemon = daemon(options(&slapd, json!({"groups": {"bases": [GROUPS]}})));
    synced(&daemon);
    let names: Vec<&str> = company.departments.iter().map(|department| department.name.as_str()).collect();
    let all = [("inner", false, false), ("middle", false, false), ("outer", false, false)];
    check(&daemon, 0, &[(names[0], true, false)]);
    check(&daemon, 1, &[&all[..2], &[(names[1], true, false), ("outer", false, true)]].concat());
    check(&daemon, 2, &[&all[..], &[(names[2], true, false), ("alone", false, false)]].concat());
    // Leads the department that it is in, and another one.
    check(&daemon, 5, &[(names[1], true, true), (names[2], false, true)]);
    check(&daemon, 7, &[(names[3], true, false), ("middle", false, true)]);
    let departments = by_uid(&daemon, "departments");
    assert_eq!(departments[&uuid(3, 1)]["parentId"], Value::Null, "no department lies above the groups");

    set(&daemon, options(&slapd, json!({"groups": {"bases": [GROUPS], "nested": false}})));
    synced(&daemon);
    check(&daemon, 2, &[(names[2], true, false), ("inner", false, false), ("alone", false, false)]);

    let groups = json!({"bases": [GROUPS], "membersFrom": "memberOf"});
    set(&daemon, options(&slapd, json!({"groups": groups, "memberships": "groups"})));
    // The overlay that keeps memberOf was not there when the groups were loaded: it sees what is done now.
    let mut again = Ldif::default();
    for (name, member) in [("inner", person(2)), ("alone", person(3)), ("middle", &within("inner"))] {
        again.replace(&format!("cn={name},{GROUPS}"), "member", Some(member));
    }
    slapd.modify(&again);
    synced(&daemon);
    check(&daemon, 2, &[("inner", true, false), ("middle", false, false)]);
    check(&daemon, 3, &[("alone", true, false)]);
    check(&daemon, 4, &[]);
}

#[test]
fn groups_alone_are_departments_and_posix_groups_name_users() {
    let mut company = company(PASSWORD, 1, 4);
    let ldif = &mut company.ldif;
    ldif.texts(
        GROUPS,
        &[("objectClass", "organizationalUnit"), ("ou", "groups"), ("entryUUID", &uuid(3, 0))],
    );
    let uid = uuid(3, 1);
    let attributes = [
        ("objectClass", "posixGroup"),
        ("cn", "operators"),
        ("gidNumber", "100"),
        ("memberUid", "USER1"),
        ("memberUid", "user3"),
        ("entryUUID", &uid),
    ];
    ldif.texts(&format!("cn=operators,{GROUPS}"), &attributes);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let groups =
        json!({"bases": [SUFFIX], "filter": "objectClass=posixGroup", "memberAttributes": "memberUid"});
    let daemon = daemon(options(&slapd, json!({"groups": groups, "departments": null})));
    synced(&daemon);
    check(&daemon, 0, &[]);
    check(&daemon, 1, &[("operators", true, false)]);
    check(&daemon, 3, &[("operators", true, false)]);
    assert_eq!(by_uid(&daemon, "departments").keys().collect::<Vec<_>>(), [&uid]);
}

#[test]
fn only_users_can_be_read() {
    let company = company(PASSWORD, 3, 5);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let below = &company.departments[1].dn;
    let daemon = daemon(options(
        &slapd,
        json!({"departments": null, "users": {"bases": [below, COMPANY], "scope": "one"}}),
    ));
    synced(&daemon);
    // Those in the two departments themselves, and none in that below.
    let found: Vec<String> = by_uid(&daemon, "users").into_keys().collect();
    assert_eq!(found, [0, 1, 3, 4].map(|number| uuid(2, number)));
    assert_eq!(daemon.all("/api/v1/departments?"), Vec::<Value>::new());
}
