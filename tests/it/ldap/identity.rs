//! Entries that can't be taken for one person: two with one uid, and one whose name can't be read.

use serde_json::json;

use super::proxy::Proxy;
use super::{PASSWORD, SOURCE, by_uid, daemon, failures, options, synced};
use crate::support::ldif::{COMPANY, Company, Ldif, company, uuid};
use crate::support::slapd::{OPEN, Slapd};

/// People who are identified by a number that somebody types in.
fn numbered() -> Company {
    let mut company = company(PASSWORD, 2, 0);
    let above = company.departments[1].dn.clone();
    for number in 0..30 {
        let own = format!("E{number}");
        company.person(number, &above, &[("employeeNumber", &own)]);
    }
    company
}

#[test]
fn two_people_with_one_uid_stay_two() {
    let company = numbered();
    let people = &company.people;
    let slapd = Slapd::start(&company.ldif, OPEN);
    let users = json!({"bases": [COMPANY], "attributes": {"uid": "employeeNumber"}});
    let daemon = daemon(options(&slapd, json!({"users": users})));
    synced(&daemon);
    let before = by_uid(&daemon, "users");

    // Two get the number of a third one; somebody leaves.
    let mut ldif = Ldif::default();
    ldif.replace(&people[4].dn, "employeeNumber", Some("E3"));
    ldif.replace(&people[5].dn, "employeeNumber", Some("E3"));
    ldif.replace(&people[6].dn, "mail", Some("new@example.org"));
    ldif.delete(&people[9].dn);
    slapd.modify(&ldif);
    let task = daemon.sync(SOURCE);
    assert_eq!(task["status"], "partial", "{task}");
    let names = [3, 4, 5].map(|number| &people[number].dn);
    let message = task["message"].as_str().unwrap();
    assert!(message.contains("have the uid `E3`"), "{message}");
    let changes = daemon.all(&format!("/api/v1/tasks/{}/changes?outcome=failed", task["id"]));
    assert_eq!(changes.len(), 3, "{changes:?}");
    for text in changes.iter().map(|change| change["error"].as_str().unwrap()).chain([message]) {
        assert!(names.iter().all(|name| text.contains(&format!("`{name}`"))), "{text}");
    }
    // Nobody became another one, and nobody is taken for gone: one of the three had another number before.
    let after = by_uid(&daemon, "users");
    for (uid, row) in &before {
        match uid.as_str() {
            "E6" => assert_eq!(after[uid]["email"], "new@example.org"),
            _ => assert_eq!(after[uid], *row),
        }
    }

    let mut ldif = Ldif::default();
    ldif.replace(&people[4].dn, "employeeNumber", Some("E4"));
    ldif.replace(&people[5].dn, "employeeNumber", Some("E5"));
    slapd.modify(&ldif);
    let task = synced(&daemon);
    assert_eq!(task["counts"]["user"]["disabled"], 1, "{task}");
    assert!(!task["message"].as_str().unwrap().contains("have the uid"), "{task}");
}

#[test]
fn one_person_below_two_bases_is_one() {
    let company = numbered();
    let below = company.departments[1].dn.clone();
    let slapd = Slapd::start(&company.ldif, OPEN);
    let users =
        json!({"bases": [COMPANY, below.to_uppercase()], "attributes": {"uid": "2.16.840.1.113730.3.1.3"}});
    let daemon = daemon(options(&slapd, json!({"users": users})));
    synced(&daemon);
    assert_eq!(by_uid(&daemon, "users").len(), 30);
}

#[test]
fn a_department_and_a_group_with_one_uid_stay_two() {
    const GROUPS: &str = "ou=groups,dc=example,dc=org";
    let mut company = company(PASSWORD, 3, 6);
    let (ldif, people) = (&mut company.ldif, &company.people);
    let above = uuid(3, 0);
    ldif.texts(GROUPS, &[("objectClass", "organizationalUnit"), ("ou", "groups"), ("entryUUID", &above)]);
    let name = company.departments[1].name.clone();
    for (number, name) in ["team", &name].iter().enumerate() {
        let uid = uuid(3, number + 1);
        let group = [
            ("objectClass", "groupOfNames"),
            ("cn", *name),
            ("entryUUID", uid.as_str()),
            ("member", people[2].dn.as_str()),
        ];
        ldif.texts(
            &format!("cn=g{number},{GROUPS}"),
            &[group.as_slice(), &[("cn", format!("g{number}").as_str())]].concat(),
        );
    }
    let slapd = Slapd::start(&company.ldif, OPEN);
    let departments = json!({"bases": [COMPANY], "attributes": {"uid": "ou"}});
    let groups = json!({"bases": [GROUPS], "attributes": {"uid": "description", "title": "cn"}});
    let mut described = Ldif::default();
    described.replace(&format!("cn=g0,{GROUPS}"), "description", Some("team"));
    described.replace(&format!("cn=g1,{GROUPS}"), "description", Some(&name));
    slapd.modify(&described);
    let daemon = daemon(options(&slapd, json!({"departments": departments, "groups": groups})));
    let task = daemon.sync(SOURCE);
    assert_eq!(
        (&task["status"], &task["counts"]["department"]["failed"]),
        (&json!("partial"), &json!(2)),
        "{task}"
    );
    let mut found: Vec<String> = by_uid(&daemon, "departments").into_keys().collect();
    let mut expected: Vec<String> =
        [0, 2].iter().map(|number: &usize| company.departments[*number].name.clone()).collect();
    expected.push("team".to_owned());
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn an_entry_whose_name_is_not_utf8_fails_alone_and_is_named() {
    let mut company = company(PASSWORD, 2, 10);
    let above = company.departments[1].dn.clone();
    company.person(23, &above, &[]);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let mut ldif = Ldif::default();
    ldif.rename(&company.people[10].dn, "uid=JosQQZZ", None);
    slapd.modify(&ldif);
    let proxy = Proxy::changing(slapd.port(), (b"JosQQZZ", b"Jos\xe9\xff-x"));
    let daemon = daemon(options(&slapd, json!({"url": proxy.url(), "pageSize": 3})));
    let task = daemon.sync(SOURCE);
    assert_eq!(
        (&task["status"], &task["counts"]["user"]["failed"]),
        (&json!("partial"), &json!(1)),
        "{task}"
    );
    assert_eq!(task["counts"]["user"]["created"], 10, "{task}");
    let failed = failures(&daemon, &task);
    let error = failed.values().next().unwrap();
    assert!(error.contains(&uuid(2, 23)), "{error}");
    assert!(error.contains(r"the DN `uid=Jos\E9\FF-x,"), "{error}");
    assert!(error.contains("is not UTF-8: rename the entry"), "{error}");
}
