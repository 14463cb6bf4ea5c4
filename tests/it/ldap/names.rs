//! Attributes by any of their names, with options, and by kinds; and values that are part of an entry's name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{PASSWORD, by_uid, complaint, daemon, options, set, synced};
use crate::support::ldif::{COMPANY, Ldif, company, uuid};
use crate::support::slapd::{OPEN, Slapd, stranger};

const GROUPS: &str = "ou=groups,dc=example,dc=org";

/// A certificate in DER, as base64 has it.
fn certificate() -> String {
    stranger("Somebody").lines().filter(|line| !line.starts_with("-----")).collect()
}

/// The values of an attribute in what `ldapsearch` prints, sorted; those that are no text in base64.
fn printed(slapd: &Slapd, number: usize, attribute: &str) -> Vec<String> {
    let filter = format!("(entryUUID={})", uuid(2, number));
    let printed = slapd.search(PASSWORD, &filter, &[attribute]).unwrap();
    let lines = printed.lines().filter(|line| !line.starts_with("dn:"));
    let value = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        let text = name.ends_with(':').then(|| String::from_utf8(STANDARD.decode(value).unwrap()).ok());
        Some(text.flatten().unwrap_or_else(|| value.to_owned()))
    };
    let mut values: Vec<String> = lines.filter_map(value).collect();
    values.sort();
    values
}

#[test]
fn an_attribute_by_any_of_its_names_is_what_ldapsearch_prints_for_it() {
    let mut company = company(PASSWORD, 3, 6);
    let above = company.departments[1].dn.clone();
    company.person(
        8,
        &above,
        &[
            ("title", "left"),
            ("mobile", "+44 8"),
            ("l", "London"),
            ("cn;lang-de", "Acht"),
            ("employeeNumber", "E8"),
        ],
    );
    let (dn, certificate) = (company.people[6].dn.clone(), certificate());
    let slapd = Slapd::start(&company.ldif, OPEN);
    let mut more = Ldif::default();
    more.add(&dn, "userCertificate;binary", &STANDARD.decode(&certificate).unwrap());
    slapd.modify(&more);
    let names = [
        "localityName",
        "2.5.4.7",
        "OID.2.5.4.4",
        "userCertificate",
        "2.5.4.36",
        "usercertificate;binary",
        "CN;lang-de",
        "name",
        "homeTelephoneNumber",
    ];
    let custom: Vec<Value> = names
        .iter()
        .map(|name| json!({"attribute": name, "field": name.replace(['.', ';'], "_"), "values": "list"}))
        .collect();
    let users = json!({
        "bases": [COMPANY],
        "attributes": {"username": "userid", "nickname": "commonName", "email": "rfc822Mailbox",
                       "phone": "0.9.2342.19200300.100.1.41"},
        "enabledFrom": "attribute", "enabledAttribute": "2.5.4.12", "disabledValues": ["LEFT"],
        "custom": custom,
    });
    let departments = json!({"bases": [COMPANY], "attributes": {"title": "organizationalUnitName"}});
    let daemon = daemon(options(&slapd, json!({"users": users, "departments": departments})));
    assert_eq!(complaint(&daemon), None);
    let task = synced(&daemon);
    assert_eq!(task["counts"]["user"]["created"], 7, "{task}");

    let (rows, departments) = (by_uid(&daemon, "users"), by_uid(&daemon, "departments"));
    for person in &company.people {
        let row = &rows[&person.uid];
        assert_eq!(row["nickname"], person.name, "{row}");
    }
    let row = &rows[&uuid(2, 8)];
    let fields = ["username", "email", "phone", "enabled"].map(|field| row[field].clone());
    assert_eq!(fields, [json!("user8"), json!("user8@example.org"), json!("+44 8"), json!(false)], "{row}");
    assert_eq!(rows[&uuid(2, 5)]["enabled"], true);
    assert_eq!(departments[&uuid(1, 0)]["title"], "company");
    for name in names {
        let found: Vec<String> =
            serde_json::from_value(row["custom"][name.replace(['.', ';'], "_")].clone()).unwrap();
        let name = name.trim_start_matches("OID.");
        assert_eq!(found, printed(&slapd, 8, name), "{name}");
    }
    let custom = &row["custom"];
    assert_eq!(
        (&custom["localityName"], &custom["userCertificate"]),
        (&json!(["London"]), &json!([certificate]))
    );
    assert_eq!(
        custom["name"].as_array().unwrap().len(),
        6,
        "cn, cn;lang-de, sn, givenName, l, title: {custom}"
    );
    // Nobody has one, and the server says so.
    assert_eq!(custom["homeTelephoneNumber"], json!([]));
    assert!(!daemon.log().contains("shows these attributes"), "{}", daemon.log());
}

#[test]
fn a_check_refuses_an_attribute_that_the_schema_does_not_have() {
    let slapd = Slapd::start(&company(PASSWORD, 2, 4).ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({})));
    for (users, option, attribute) in [
        (json!({"attributes": {"username": "login"}}), "users.attributes.username", "login"),
        (
            json!({"attributes": {"nickname": "displayName, fullName"}}),
            "users.attributes.nickname",
            "fullName",
        ),
        (json!({"custom": [{"attribute": "roomNumbr"}]}), "users.custom", "roomNumbr"),
        (json!({"custom": [{"attribute": "1.2.3.4.5"}]}), "users.custom", "1.2.3.4.5"),
        (
            json!({"enabledFrom": "attribute", "enabledAttribute": "status", "disabledValues": ["x"]}),
            "users.enabledAttribute",
            "status",
        ),
        (json!({"expiresAttribute": "validUntil"}), "users.expiresAttribute", "validUntil"),
    ] {
        let mut all = users;
        all["bases"] = json!([COMPANY]);
        set(&daemon, options(&slapd, json!({"users": all})));
        let message = complaint(&daemon).unwrap();
        let said = format!("`{option}`: the server's schema has no attribute `{attribute}`");
        assert!(message.contains(&said), "{message}\nlacks {said}");
    }
    // A sync leaves alone what would come from there, and says so without blaming anyone's rights.
    let users = json!({"bases": [COMPANY], "custom": [{"attribute": "roomNumbr"}]});
    set(&daemon, options(&slapd, json!({"users": users})));
    let message = synced(&daemon)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("the server's schema has no attribute roomnumbr"), "{message}");
    assert!(!daemon.log().contains("let the account read them"), "{}", daemon.log());
    let departments = json!({"bases": [COMPANY], "attributes": {"leader": "boss"}});
    set(&daemon, options(&slapd, json!({"departments": departments})));
    assert!(complaint(&daemon).unwrap().contains("`departments.attributes.leader`"));
}

#[test]
fn names_work_where_the_schema_is_not_shown() {
    let rules = format!("access to dn.base=\"cn=Subschema\" by * none\n{OPEN}");
    let slapd = Slapd::start(&company(PASSWORD, 2, 4).ldif, &rules);
    let users = json!({"bases": [COMPANY], "attributes": {"username": "userid", "nickname": "2.5.4.3"}});
    let daemon = daemon(options(&slapd, json!({"users": users})));
    assert_eq!(complaint(&daemon), None);
    synced(&daemon);
    assert_eq!(by_uid(&daemon, "users")[&uuid(2, 3)]["username"], "user3");
}

#[test]
fn a_rename_that_keeps_the_old_value_is_a_rename() {
    let mut company = company(PASSWORD, 4, 8);
    let (above, team) = (uuid(3, 0), uuid(3, 1));
    let person = company.people[2].dn.clone();
    company.ldif.texts(
        GROUPS,
        &[("objectClass", "organizationalUnit"), ("ou", "groups"), ("entryUUID", above.as_str())],
    );
    let group = [
        ("objectClass", "groupOfNames"),
        ("cn", "team"),
        ("entryUUID", team.as_str()),
        ("member", person.as_str()),
    ];
    company.ldif.texts(&format!("cn=team,{GROUPS}"), &group);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({"groups": {"bases": [GROUPS]}})));
    synced(&daemon);

    let people = &company.people;
    let mut ldif = Ldif::default();
    ldif.rename_and_keep(&people[3].dn, "uid=Renamed", None);
    ldif.rename_and_keep(&people[7].dn, r"cn=Ada\2C  Countess \+1", None);
    ldif.rename_and_keep(&people[1].dn, "uid=both+cn=Both Names", None);
    // The value that becomes the name was there before, in other case.
    ldif.add(&people[4].dn, "uid", b"Second.Name");
    ldif.rename_and_keep(&people[4].dn, "uid=second.NAME", None);
    ldif.rename_and_keep(&format!("cn=team,{GROUPS}"), "cn=crew", None);
    ldif.rename_and_keep(&company.departments[3].dn, "ou=Łódź \\3D new", None);
    slapd.modify(&ldif);
    synced(&daemon);
    let (users, departments) = (by_uid(&daemon, "users"), by_uid(&daemon, "departments"));
    let user = |number: usize, field: &str| users[&uuid(2, number)][field].as_str().unwrap().to_owned();
    assert_eq!(user(3, "username"), "Renamed");
    assert_eq!(user(7, "nickname"), "Ada,  Countess +1");
    assert_eq!((user(1, "username"), user(1, "nickname")), ("both".to_owned(), "Both Names".to_owned()));
    assert_eq!(user(4, "username").to_lowercase(), "second.name");
    assert_eq!(departments[&team]["title"], "crew");
    assert_eq!(departments[&uuid(1, 3)]["title"], "Łódź = new");
    assert_eq!(users[&uuid(2, 2)]["departments"].as_array().unwrap().len(), 2, "still in the group");
}
