//! What nobody has any more: told from what nobody may see, so that the last one who had it loses it.

use serde_json::{Value, json};

use super::{PASSWORD, by_uid, daemon, options, set, synced, titles};
use crate::support::ldif::{COMPANY, Company, Ldif, company, uuid};
use crate::support::slapd::{OPEN, Slapd};

const GROUPS: &str = "ou=groups,dc=example,dc=org";
const OPERATORS: &str = "cn=operators,ou=groups,dc=example,dc=org";

/// A company of four departments and eight people, with a group that may be empty.
fn with_group(members: &[&str]) -> Company {
    let mut company = company(PASSWORD, 4, 8);
    let (above, group) = (uuid(3, 0), uuid(3, 1));
    company.ldif.texts(
        GROUPS,
        &[("objectClass", "organizationalUnit"), ("ou", "groups"), ("entryUUID", above.as_str())],
    );
    let own = [
        ("objectClass", "posixGroup"),
        ("cn", "operators"),
        ("gidNumber", "100"),
        ("entryUUID", group.as_str()),
    ];
    let members: Vec<_> = members.iter().map(|member| ("memberUid", *member)).collect();
    company.ldif.texts(OPERATORS, &[own.as_slice(), &members].concat());
    company
}

fn groups() -> Value {
    json!({"groups": {"bases": [GROUPS], "filter": "objectClass=posixGroup", "memberAttributes": "memberUid"}})
}

#[test]
fn a_group_that_is_empty_keeps_nobody_from_a_place() {
    let company = with_group(&[]);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, groups()));
    synced(&daemon);
    let name = |number: usize| company.departments[number].name.as_str();
    let users = by_uid(&daemon, "users");
    assert_eq!(titles(&users[&uuid(2, 2)]), [name(2)], "who is new has a department");

    let mut ldif = Ldif::default();
    ldif.rename(&company.people[3].dn, "uid=moved", Some(&company.departments[0].dn));
    slapd.modify(&ldif);
    let message = synced(&daemon)["message"].clone();
    assert_eq!(titles(&by_uid(&daemon, "users")[&uuid(2, 3)]), [name(0)], "who moves is moved");
    assert!(!message.as_str().unwrap().contains("left as"), "{message}");
    // With another kind of members, nobody has that either.
    set(&daemon, options(&slapd, json!({"groups": {"bases": [GROUPS], "filter": "objectClass=posixGroup"}})));
    let mut ldif = Ldif::default();
    ldif.rename(&company.people[4].dn, "uid=moved.too", Some(&company.departments[1].dn));
    slapd.modify(&ldif);
    synced(&daemon);
    assert_eq!(titles(&by_uid(&daemon, "users")[&uuid(2, 4)]), [name(1)]);
}

#[test]
fn the_last_member_leaves() {
    let company = with_group(&["user2"]);
    let mut slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, groups()));
    synced(&daemon);
    let name = |number: usize| company.departments[number].name.as_str();
    let of = |number: usize| {
        let user = by_uid(&daemon, "users").remove(&uuid(2, number)).unwrap();
        titles(&user).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut both = [name(2), "operators"];
    both.sort_unstable();
    assert_eq!(of(2), both);

    // Members that nobody may see are no members who left, and the message says what is left alone.
    slapd.restart(&format!("access to attrs=memberUid by * none\n{OPEN}"));
    let message = synced(&daemon)["message"].as_str().unwrap().to_owned();
    assert_eq!(of(2), both);
    for said in ["members of groups can't be seen", "no entry of groups below", "shows memberuid to"] {
        assert!(message.contains(said), "{message}\nlacks {said}");
    }

    slapd.restart(OPEN);
    let mut ldif = Ldif::default();
    ldif.replace(OPERATORS, "memberUid", None);
    ldif.rename(&company.people[3].dn, "uid=moved", Some(&company.departments[0].dn));
    slapd.modify(&ldif);
    let message = synced(&daemon)["message"].as_str().unwrap().to_owned();
    assert_eq!((of(2), of(3)), (vec![name(2).to_owned()], vec![name(0).to_owned()]));
    assert!(!message.contains("can't be seen"), "{message}");
}

#[test]
fn the_last_one_with_member_of_leaves() {
    let mut company = company(PASSWORD, 2, 4);
    let (above, group) = (uuid(3, 0), uuid(3, 1));
    company.ldif.texts(
        GROUPS,
        &[("objectClass", "organizationalUnit"), ("ou", "groups"), ("entryUUID", above.as_str())],
    );
    let reader = "cn=reader,dc=example,dc=org";
    let team =
        [("objectClass", "groupOfNames"), ("cn", "team"), ("entryUUID", group.as_str()), ("member", reader)];
    company.ldif.texts(&format!("cn=team,{GROUPS}"), &team);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let more = json!({"groups": {"bases": [GROUPS], "membersFrom": "memberOf"}});
    let daemon = daemon(options(&slapd, more));
    for (member, expected) in [(reader, 1), (company.people[2].dn.as_str(), 2), (reader, 1)] {
        let mut ldif = Ldif::default();
        ldif.replace(&format!("cn=team,{GROUPS}"), "member", Some(member));
        slapd.modify(&ldif);
        synced(&daemon);
        let rows = by_uid(&daemon, "users");
        assert_eq!(rows[&uuid(2, 2)]["departments"].as_array().unwrap().len(), expected, "{member}");
    }
}

#[test]
fn the_last_value_of_a_field_is_cleared() {
    let mut company = company(PASSWORD, 2, 4);
    let above = company.departments[1].dn.clone();
    company.person(4, &above, &[("telephoneNumber", "+44 4"), ("l", "London"), ("employeeType", "left")]);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let users = json!({
        "bases": [COMPANY], "custom": [{"attribute": "l"}],
        "enabledFrom": "attribute", "enabledAttribute": "employeeType", "disabledValues": ["left"],
    });
    let daemon = daemon(options(&slapd, json!({"users": users})));
    synced(&daemon);
    let row = || by_uid(&daemon, "users").remove(&uuid(2, 4)).unwrap();
    let fields = |row: &Value| [row["phone"].clone(), row["custom"]["l"].clone(), row["enabled"].clone()];
    assert_eq!(fields(&row()), [json!("+44 4"), json!("London"), json!(false)]);
    let mut ldif = Ldif::default();
    for attribute in ["telephoneNumber", "l", "employeeType"] {
        ldif.replace(&company.people[4].dn, attribute, None);
    }
    slapd.modify(&ldif);
    synced(&daemon);
    assert_eq!(fields(&row()), [Value::Null, Value::Null, json!(true)]);
}
