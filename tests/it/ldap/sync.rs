//! What arrives, what a second sync leaves alone, what changes, and what a read that shows less does not do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::proxy::Proxy;
use super::{PASSWORD, SOURCE, by_uid, daemon, failures, options};
use crate::support::daemon::Client;
use crate::support::ldif::{COMPANY, Company, Ldif, company, escaped, uuid};
use crate::support::slapd::{OPEN, Slapd};

type Rows = BTreeMap<String, Value>;

fn counts(task: &Value, data_type: &str, names: [&str; 4]) -> [u64; 4] {
    names.map(|name| task["counts"][data_type][name].as_u64().unwrap())
}

fn custom() -> Value {
    json!([
        {"attribute": "jpegPhoto", "field": "photo"},
        {"attribute": "postalAddress", "values": "list"},
        {"attribute": "dn", "field": "ldapDn"},
    ])
}

#[test]
fn ten_thousand_people_arrive_stay_and_change() {
    const NAMES: [&str; 4] = ["all", "created", "unchanged", "failed"];
    let mut company = company(PASSWORD, 300, 10_000);
    let odd = company.departments[17].dn.clone();
    company.person(20_001, &odd, &[("mail", "USER1@example.org")]);
    company.person(20_002, &odd, &[("mail", &format!("{}@example.org", "x".repeat(250)))]);
    company.person(20_006, &odd, &[("uid", "user2")]);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({"users": {"bases": [COMPANY], "custom": custom()}})));

    let task = daemon.sync(SOURCE);
    assert_eq!(task["status"], "partial", "{task}");
    assert_eq!(counts(&task, "department", NAMES), [300, 300, 0, 0]);
    assert_eq!(counts(&task, "user", NAMES), [10_003, 10_000, 0, 3]);
    let failed = failures(&daemon, &task);
    assert!(failed[&uuid(2, 20_001)].contains("email"), "{failed:?}");
    assert!(failed[&uuid(2, 20_002)].contains("email: is 262 characters long"), "{failed:?}");
    assert!(failed[&uuid(2, 20_006)].contains("username"), "{failed:?}");

    let users = by_uid(&daemon, "users");
    let departments = by_uid(&daemon, "departments");
    for (number, department) in company.departments.iter().enumerate() {
        let row = &departments[&department.uid];
        assert_eq!(row["title"], department.name, "{row}");
        let parent = number.checked_sub(1).map(|number| &company.departments[number / 6].uid);
        let parent = parent.map_or(Value::Null, |parent| departments[parent]["id"].clone());
        assert_eq!(row["parentId"], parent, "{row}");
    }
    assert_eq!(
        departments.values().filter(|row| row["title"] == "Support").count(),
        30,
        "of one name, and still apart"
    );
    for (number, person) in company.people.iter().enumerate().take(10_000) {
        let row = &users[&person.uid];
        let mail = if number % 100 == 0 { Value::Null } else { json!(format!("user{number}@example.org")) };
        assert_eq!(
            (&row["nickname"], &row["email"], &row["enabled"]),
            (&json!(person.name), &mail, &json!(true))
        );
        assert_eq!(row["username"], format!("user{number}"));
        let department = &company.departments[number % 300];
        assert_eq!(row["departments"].as_array().unwrap().len(), 1, "{row}");
        assert_eq!(row["departments"][0]["id"], departments[&department.uid]["id"], "{row}");
        assert_eq!(row["departments"][0]["isMain"], true, "{row}");
        let (photo, addresses) = match number % 10 {
            0 => (json!("/9j/4HBob3RvAA=="), json!(["Ulica Łódzka 1", "北京市"])),
            _ => (Value::Null, json!([])),
        };
        let given = (&row["custom"]["photo"], &row["custom"]["postalAddress"]);
        assert_eq!(given, (&photo, &addresses), "{row}");
    }

    // What could not be taken goes, so that all that is left has been taken.
    let mut gone = Ldif::default();
    company.people[10_000..10_003].iter().for_each(|person| gone.delete(&person.dn));
    slapd.modify(&gone);
    let task = daemon.sync(SOURCE);
    assert_eq!((&task["status"], &task["heldBy"]), (&json!("success"), &Value::Null), "{task}");
    assert_eq!(counts(&task, "department", NAMES), [300, 0, 300, 0]);
    assert_eq!(counts(&task, "user", NAMES), [10_000, 0, 10_000, 0]);
    assert_eq!(daemon.body(&format!("/api/v1/tasks/{}/changes", task["id"]))["data"], json!([]));
    assert!(by_uid(&daemon, "users") == users, "some user was written");
    assert!(by_uid(&daemon, "departments") == departments, "some department was written");

    slapd.modify(&changes(&company));
    let task = daemon.sync(SOURCE);
    assert_eq!(task["status"], "success", "{task}");
    assert_eq!(counts(&task, "department", ["all", "updated", "disabled", "failed"]), [300, 1, 0, 0]);
    assert_eq!(counts(&task, "user", ["all", "created", "disabled", "failed"]), [9_997, 0, 3, 0]);
    compare(&daemon, &company, &users, &departments);

    // Somebody unlocked comes back.
    let mut unlocked = Ldif::default();
    unlocked.replace(&company.people[4_000].dn, "pwdAccountLockedTime", None);
    slapd.modify(&unlocked);
    assert_eq!(daemon.sync(SOURCE)["status"], "success");
    assert_eq!(by_uid(&daemon, "users")[&company.people[4_000].uid]["enabled"], true);
}

/// People are renamed, moved, locked, given another address, and removed; a department with all that is in it
/// gets another name and place.
fn changes(company: &Company) -> Ldif {
    let (people, departments) = (&company.people, &company.departments);
    let mut ldif = Ldif::default();
    ldif.replace(&people[1_003].dn, "cn", Some("Łucja Nowa, dr"));
    ldif.rename(&people[1_003].dn, "uid=łucja.nowa", None);
    ldif.rename(&people[2_004].dn, "uid=user2004", Some(&departments[250].dn));
    ldif.replace(&people[3_003].dn, "mail", Some("new@example.org"));
    // One takes over what another one had.
    ldif.replace(&people[3_004].dn, "mail", Some("user3003@example.org"));
    ldif.replace(&people[4_000].dn, "pwdAccountLockedTime", Some("000001010000Z"));
    // Locked after wrong passwords, and not by anybody.
    ldif.replace(&people[4_001].dn, "pwdAccountLockedTime", Some("20260101000000Z"));
    people[5_000..5_003].iter().for_each(|person| ldif.delete(&person.dn));
    let name = format!("ou={}", escaped("Новое, название", true));
    ldif.rename(&departments[MOVED].dn, &name, Some(&departments[200].dn));
    ldif
}

/// The department that moves, with others below it.
const MOVED: usize = 3;

/// Compares everybody with how they were before the changes; ids, too, are as before.
fn compare(client: &Client, company: &Company, users: &Rows, departments: &Rows) {
    let (now, departments_now) = (by_uid(client, "users"), by_uid(client, "departments"));
    let (person, unit) =
        (|number: usize| &company.people[number].uid, |number: usize| &company.departments[number].uid);
    let mut expected = departments.clone();
    let moved = expected.get_mut(unit(MOVED)).unwrap();
    moved["title"] = json!("Новое, название");
    moved["parentId"] = departments[unit(200)]["id"].clone();
    for (uid, row) in &departments_now {
        let columns = ["id", "title", "parentId", "enabled"];
        columns.iter().for_each(|column| assert_eq!(row[column], expected[uid][column], "{row}"));
    }

    let mut expected = users.clone();
    let mut set = |number: usize, column: &str, value: Value| {
        expected.get_mut(person(number)).unwrap()[column] = value;
    };
    set(1_003, "username", json!("łucja.nowa"));
    set(1_003, "nickname", json!("Łucja Nowa, dr"));
    set(3_003, "email", json!("new@example.org"));
    set(3_004, "email", json!("user3003@example.org"));
    [4_000, 5_000, 5_001, 5_002].into_iter().for_each(|number| set(number, "enabled", json!(false)));
    let columns = ["id", "username", "nickname", "email", "enabled"];
    for (uid, row) in &now {
        columns.iter().for_each(|column| assert_eq!(row[column], expected[uid][column], "{row}"));
    }
    assert_eq!(now.len(), 10_000);
    let home = &now[person(2_004)]["departments"];
    assert_eq!((home.as_array().unwrap().len(), &home[0]["id"]), (1, &departments[unit(250)]["id"]));
    // Below the department that moved, everybody has another DN and nothing else.
    let below = &now[person(MOVED)];
    assert_eq!(below["departments"][0]["id"], departments[unit(MOVED)]["id"], "{below}");
    assert_ne!(below["custom"]["ldapDn"], users[person(MOVED)]["custom"]["ldapDn"], "{below}");
}

#[test]
fn a_read_that_shows_less_touches_nobody() {
    let mut company = company(PASSWORD, 30, 2_000);
    let above = company.departments[0].dn.clone();
    for number in 2_000..2_300 {
        company.person(number, &above, &[("employeeType", "shown")]);
    }
    let mut slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({})));
    assert_eq!(daemon.sync(SOURCE)["status"], "success");
    let before = (by_uid(&daemon, "users"), by_uid(&daemon, "departments"));
    let mut held = |shown: &str, gate: &str, message: &str| {
        let base = format!("access to dn.base=\"{COMPANY}\" by users read\n");
        let rules = format!("{base}{shown}access to dn.children=\"{COMPANY}\" by * none\n{OPEN}");
        slapd.restart(&rules);
        let checked = daemon.post(&format!("/api/v1/sources/{SOURCE}/check"), &json!({})).expect(200);
        assert_eq!(checked, json!({"ok": true}));
        let task = daemon.sync(SOURCE);
        assert_eq!((&task["status"], &task["heldBy"]), (&json!("held"), &json!(gate)), "{task}");
        assert!(task["message"].as_str().unwrap().contains(message), "{task}");
        let after = (by_uid(&daemon, "users"), by_uid(&daemon, "departments"));
        assert!(before == after, "somebody was touched");
        daemon.post(&format!("/api/v1/tasks/{}/reject", task["id"]), &json!({})).expect(200);
    };
    held("", "empty-read", "the source gave no users at all, it has 2300 now");
    let shown = "access to filter=(|(employeeType=shown)(objectClass=organizationalUnit)) by users read\n";
    held(shown, "removals", "would disable 2000 of the source's 2300 users");
}

#[test]
fn a_connection_that_breaks_between_pages_is_an_error() {
    let company = company(PASSWORD, 10, 2_000);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let proxy = Proxy::start(slapd.port());
    let options = options(&slapd, json!({"url": proxy.url(), "pageSize": 100}));
    let daemon = daemon(options);
    assert_eq!(daemon.sync(SOURCE)["status"], "success");
    let before = by_uid(&daemon, "users");
    let whole = proxy.passed();
    for part in [whole / 4, whole / 2, whole * 3 / 4] {
        proxy.cut_after(part);
        let task = daemon.sync(SOURCE);
        let message = task["message"].as_str().unwrap();
        assert_eq!(task["status"], "failed", "{task}");
        assert!(
            message.contains("the connection broke before the answer was complete; sync again"),
            "{message}"
        );
        assert!(by_uid(&daemon, "users") == before, "somebody was touched");
    }
}

#[test]
fn who_shows_no_uid_fails_alone_and_nobody_goes() {
    let company = company(PASSWORD, 3, 20);
    let mut slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({})));
    assert_eq!(daemon.sync(SOURCE)["status"], "success");
    let before = by_uid(&daemon, "users");
    let mut gone = Ldif::default();
    gone.delete(&company.people[9].dn);
    slapd.modify(&gone);
    let hidden = [&company.people[4].dn, &company.departments[1].dn];
    let rules = hidden
        .map(|dn| format!("access to dn.base=\"{}\" attrs=entryUUID by * none\n", dn.replace('"', "\\\"")));
    slapd.restart(&format!("{}{OPEN}", rules.concat()));
    let task = daemon.sync(SOURCE);
    assert_eq!(task["status"], "partial", "{task}");
    assert_eq!(task["counts"]["user"]["failed"], 1, "{task}");
    assert_eq!(task["counts"]["department"]["failed"], 1, "{task}");
    let failed = failures(&daemon, &task);
    assert!(failed.values().all(|error| error == "uid: is missing"), "{failed:?}");
    assert!(daemon.log().contains("the server does not show its uid attribute"), "{}", daemon.log());
    assert!(by_uid(&daemon, "users") == before, "memberships and those who are gone stay as they were");
}
