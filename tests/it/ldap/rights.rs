//! Rights that the account loses without an error of the server's: nobody goes, and nothing is cleared.

use serde_json::{Value, json};

use super::{PASSWORD, by_uid, complaint, daemon, failure, options, set, synced};
use crate::support::daemon::Daemon;
use crate::support::ldif::{COMPANY, Company, Ldif, SUFFIX, company, suffix, uuid};
use crate::support::slapd::{OPEN, Slapd};

const EMPLOYEES: &str = "ou=employees,dc=example,dc=org";
const CONTRACTORS: &str = "ou=contractors,dc=example,dc=org";
const GROUPS: &str = "ou=groups,dc=example,dc=org";

/// All users and departments, with the time at which each was last written.
fn everybody(daemon: &Daemon) -> (impl PartialEq + use<>, impl PartialEq + use<>) {
    (by_uid(daemon, "users"), by_uid(daemon, "departments"))
}

#[test]
fn a_base_that_gives_nothing_any_more_fails_the_sync_and_touches_nobody() {
    let mut company = Company { ldif: suffix(PASSWORD), ..Company::default() };
    for (number, (name, base)) in [("employees", EMPLOYEES), ("contractors", CONTRACTORS)].iter().enumerate()
    {
        let uid = uuid(1, number);
        let unit = [("objectClass", "organizationalUnit"), ("ou", *name), ("entryUUID", uid.as_str())];
        company.ldif.texts(base, &unit);
    }
    (0..200).for_each(|number| company.person(number, EMPLOYEES, &[]));
    // Few enough for the gates to let them go.
    (200..208).for_each(|number| company.person(number, CONTRACTORS, &[]));
    let mut slapd = Slapd::start(&company.ldif, OPEN);
    let bases = json!({"bases": [EMPLOYEES, CONTRACTORS]});
    let both = |more: Value| {
        let mut all = options(&slapd, json!({"users": bases, "departments": null}));
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let (strict, lenient) = (both(json!({})), both(json!({"allowEmptyBases": true})));
    let daemon = daemon(strict.clone());
    synced(&daemon);
    let before = everybody(&daemon);

    slapd.restart(&format!("access to dn.children=\"{CONTRACTORS}\" by * none\n{OPEN}"));
    for message in [failure(&daemon), complaint(&daemon).unwrap()] {
        let said =
            format!("failed to read users below `{CONTRACTORS}`: there are none, although other bases");
        assert!(message.contains(&said), "{message}");
        assert!(message.contains(&format!("`cn=reader,{SUFFIX}` still has the right to list")), "{message}");
    }
    assert!(everybody(&daemon) == before, "somebody was touched");
    // Not even that is allowed where the base itself can't be seen.
    slapd.restart(&format!("access to dn.subtree=\"{CONTRACTORS}\" by * none\n{OPEN}"));
    set(&daemon, lenient);
    let message = failure(&daemon);
    assert!(message.contains(&format!("`{CONTRACTORS}`: noSuchObject (32); ")), "{message}");
    assert!(everybody(&daemon) == before, "somebody was touched");

    slapd.restart(&format!("access to dn.children=\"{CONTRACTORS}\" by * none\n{OPEN}"));
    assert_eq!(complaint(&daemon), None);
    let task = synced(&daemon);
    assert_eq!(task["counts"]["user"]["disabled"], 8, "who says that it is right is believed: {task}");
    // Everybody is back once the right is.
    set(&daemon, strict);
    slapd.restart(OPEN);
    synced(&daemon);
    assert!(by_uid(&daemon, "users").values().all(|row| row["enabled"] == true));
}

#[test]
fn attributes_that_nobody_shows_any_more_clear_nothing() {
    let mut company = company(PASSWORD, 3, 12);
    company.person(12, &company.departments[1].dn.clone(), &[("telephoneNumber", "+44 12"), ("l", "London")]);
    company.person(13, &company.departments[1].dn.clone(), &[("mobile", "+44 13")]);
    let (ldif, people) = (&mut company.ldif, &company.people);
    let (above, group) = (uuid(3, 0), uuid(3, 1));
    ldif.texts(
        GROUPS,
        &[("objectClass", "organizationalUnit"), ("ou", "groups"), ("entryUUID", above.as_str())],
    );
    let team = [("objectClass", "groupOfNames"), ("cn", "team"), ("entryUUID", group.as_str())];
    let members = [("member", people[2].dn.as_str()), ("member", people[5].dn.as_str())];
    ldif.texts(&format!("cn=team,{GROUPS}"), &[team.as_slice(), &members].concat());
    let mut slapd = Slapd::start(&company.ldif, OPEN);
    let users = json!({"bases": [COMPANY], "custom": [{"attribute": "l"}]});
    let daemon = daemon(options(&slapd, json!({"users": users, "groups": {"bases": [GROUPS]}})));
    synced(&daemon);
    let before = everybody(&daemon);
    let rows = by_uid(&daemon, "users");
    assert_eq!(rows[&uuid(2, 5)]["email"], "user5@example.org");
    assert_eq!(rows[&uuid(2, 5)]["departments"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&rows[&uuid(2, 12)]["phone"], &rows[&uuid(2, 12)]["custom"]["l"]),
        (&json!("+44 12"), &json!("London"))
    );

    let hidden = "access to attrs=mail,uid,telephoneNumber,l,member by * none\n";
    slapd.restart(&format!("{hidden}{OPEN}"));
    let task = synced(&daemon);
    assert_eq!(task["counts"]["user"]["failed"], 0, "{task}");
    assert!(everybody(&daemon) == before, "something was cleared");
    let account = format!("cn=reader,{SUFFIX}");
    for (option, base, attributes) in [
        ("users", COMPANY, "displayname, l, mail, telephonenumber, uid"),
        ("groups", GROUPS, "member, uniquemember"),
    ] {
        let said =
            format!("no entry of {option} below {base} shows these attributes to `{account}`: {attributes}.");
        assert!(daemon.log().contains(&said), "lacks {said}\n{}", daemon.log());
    }

    // What is seen again counts again, also that somebody has lost it.
    slapd.restart(OPEN);
    let mut gone = Ldif::default();
    gone.replace(&company.people[5].dn, "mail", None);
    gone.replace(&format!("cn=team,{GROUPS}"), "member", Some(&company.people[2].dn));
    slapd.modify(&gone);
    synced(&daemon);
    let rows = by_uid(&daemon, "users");
    assert_eq!(rows[&uuid(2, 5)]["email"], Value::Null);
    assert_eq!(rows[&uuid(2, 5)]["departments"].as_array().unwrap().len(), 1);
    assert_eq!(rows[&uuid(2, 2)]["departments"].as_array().unwrap().len(), 2);
}
