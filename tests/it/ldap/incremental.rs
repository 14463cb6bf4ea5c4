//! What changed, by the time at which the server says it was changed.

use serde_json::{Value, json};

use super::{PASSWORD, SOURCE, by_uid, changes, daemon, options, titles};
use crate::support::ldif::{COMPANY, Company, Ldif, company, uuid};
use crate::support::slapd::{OPEN, Slapd};

/// When everybody was changed last, before a test begins.
const LONG_AGO: (&str, &str) = ("modifyTimestamp", "20200101000000Z");

/// Departments, and people who have not been changed for long.
fn settled() -> Company {
    let mut company = company(PASSWORD, 12, 0);
    for number in 0..300 {
        let above = company.departments[number % 12].dn.clone();
        company.person(number, &above, &[LONG_AGO]);
    }
    // Everybody would be read again if the last change had been made just now.
    let above = company.departments[0].dn.clone();
    company.person(300, &above, &[("modifyTimestamp", "20210101000000Z")]);
    company
}

/// The mode of a task that went well, and how many departments and users it read and how many of those it changed.
fn read(task: &Value) -> (&str, [u64; 3]) {
    assert_eq!(task["status"], "success", "{task}");
    let count = |data_type: &str, name: &str| task["counts"][data_type][name].as_u64().unwrap();
    let counts = [count("department", "all"), count("user", "all"), count("user", "updated")];
    (task["mode"].as_str().unwrap(), counts)
}

#[test]
fn who_changed_is_read_and_those_who_are_gone_show_in_a_full_sync() {
    let company = settled();
    let slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({})));
    assert_eq!(read(&changes(&daemon)), ("full", [12, 301, 0]));
    // The one who was changed last is read again.
    assert_eq!(read(&changes(&daemon)), ("incremental", [12, 1, 0]));

    let people = &company.people;
    let mut ldif = Ldif::default();
    ldif.replace(&people[3].dn, "mail", Some("other@example.org"));
    ldif.rename(&people[4].dn, "uid=moved", Some(&company.departments[9].dn));
    ldif.delete(&people[5].dn);
    // Nothing of those below it changes.
    ldif.rename(&company.departments[11].dn, "ou=Renamed", Some(&company.departments[0].dn));
    slapd.modify(&ldif);
    let task = changes(&daemon);
    assert_eq!(read(&task), ("incremental", [12, 3, 2]), "{task}");
    assert_eq!(task["counts"]["department"]["updated"], 1, "{task}");
    let users = by_uid(&daemon, "users");
    assert_eq!(users[&people[3].uid]["email"], "other@example.org");
    assert_eq!(users[&people[4].uid]["username"], "moved");
    let departments = by_uid(&daemon, "departments");
    assert_eq!(users[&people[4].uid]["departments"][0]["id"], departments[&company.departments[9].uid]["id"]);
    assert_eq!(users[&people[11].uid]["departments"][0]["title"], "Renamed");
    assert_eq!(users[&people[5].uid]["enabled"], true, "that somebody is gone is not a change");

    let full = daemon.sync(SOURCE);
    assert_eq!(full["counts"]["user"]["disabled"], 1, "{full}");
    let after = by_uid(&daemon, "users");
    assert!(
        users.iter().all(|(uid, user)| *uid == people[5].uid || after[uid] == *user),
        "the full sync changed others"
    );
}

#[test]
fn what_shows_in_no_change_of_a_person_is_read_all_the_same() {
    let company = settled();
    let slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({"departments": {"bases": [COMPANY], "scope": "subtree"}})));
    assert_eq!(read(&changes(&daemon)).0, "full");
    let mut ldif = Ldif::default();
    ldif.replace(&company.departments[2].dn, "manager", Some(&company.people[2].dn));
    slapd.modify(&ldif);
    let task = changes(&daemon);
    assert_eq!(read(&task), ("full", [12, 301, 1]), "{task}");
    assert!(
        task["message"].as_str().unwrap().contains("a department is gone, or is led by others"),
        "{task}"
    );
    assert_eq!(by_uid(&daemon, "users")[&company.people[2].uid]["departments"][0]["isOwner"], true);
    assert_eq!(read(&changes(&daemon)).0, "incremental");
}

#[test]
fn with_groups_and_without_times_everything_is_read() {
    let company = settled();
    let mut slapd = Slapd::start(&company.ldif, OPEN);
    let with_groups = json!({"groups": {"bases": [COMPANY]}, "allowEmptyBases": true});
    for (more, rules) in
        [(with_groups, String::new()), (json!({}), "access to attrs=modifyTimestamp by * none\n".to_owned())]
    {
        slapd.restart(&format!("{rules}{OPEN}"));
        let daemon = daemon(options(&slapd, more));
        assert_eq!(read(&changes(&daemon)).0, "full");
        let task = changes(&daemon);
        assert_eq!(read(&task).0, "full", "{task}");
        assert!(task["message"].as_str().unwrap().contains("there is no cursor to go on from"), "{task}");
    }
}

#[test]
fn a_container_that_moves_with_its_people_needs_a_full_read() {
    let mut company = settled();
    let departments: Vec<String> = company.departments.iter().map(|member| member.dn.clone()).collect();
    for (number, (name, above)) in [("staff", &departments[1]), ("inner", &departments[2])].iter().enumerate()
    {
        let (dn, uid) = (format!("cn={name},{above}"), uuid(4, number));
        company.ldif.texts(
            &dn,
            &[("objectClass", "organizationalRole"), ("cn", name), ("entryUUID", &uid), LONG_AGO],
        );
        company.person(400 + number, &dn, &[LONG_AGO]);
    }
    let slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({})));
    let title = |number: usize| company.departments[number].name.as_str();
    let place = |number: usize| {
        let user = by_uid(&daemon, "users").remove(&uuid(2, number)).unwrap();
        titles(&user).concat()
    };
    assert_eq!(read(&changes(&daemon)).0, "full");
    assert_eq!((place(400), place(401)), (title(1).to_owned(), title(2).to_owned()));
    assert_eq!(read(&changes(&daemon)).0, "incremental");

    // The department above is renamed: its people are where they were, and so is the container.
    let mut ldif = Ldif::default();
    ldif.rename(&departments[2], "ou=Two", None);
    slapd.modify(&ldif);
    assert_eq!(read(&changes(&daemon)).0, "incremental");
    assert_eq!(place(401), "Two");

    let mut ldif = Ldif::default();
    ldif.rename(&format!("cn=staff,{}", departments[1]), "cn=staff", Some(&departments[5]));
    slapd.modify(&ldif);
    let task = changes(&daemon);
    assert_eq!(read(&task).0, "full", "{task}");
    let message = task["message"].as_str().unwrap();
    assert!(
        message.contains("`cn=staff`, which is no department and has people in it, was moved"),
        "{message}"
    );
    assert_eq!(place(400), title(5));
    assert_eq!(read(&changes(&daemon)).0, "incremental");

    // Another one takes its name and its place.
    let mut ldif = Ldif::default();
    ldif.rename(&format!("cn=staff,{}", departments[5]), "cn=crew", Some(&departments[6]));
    ldif.new_entry(
        &format!("cn=staff,{}", departments[5]),
        &[("objectClass", "organizationalRole"), ("cn", "staff")],
    );
    slapd.modify(&ldif);
    assert_eq!(read(&changes(&daemon)).0, "full");
    assert_eq!(place(400), title(6));
    assert_eq!(read(&changes(&daemon)).0, "incremental");
}
