//! Filters as operators write them: whatever `ldapsearch` finds by one is what a sync reads.

use serde_json::json;

use super::{PASSWORD, complaint, daemon, failure, options, set};
use crate::support::ldif::{COMPANY, company};
use crate::support::slapd::{OPEN, Slapd};

#[test]
fn filters_find_what_ldapsearch_finds() {
    let mut company = company(PASSWORD, 2, 12);
    let above = company.departments[1].dn.clone();
    company.person(20, &above, &[("title", "Head (acting)"), ("l", "New  York")]);
    company.person(21, &above, &[("title", "a*b\\c"), ("l", " ")]);
    let slapd = Slapd::start(&company.ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({})));
    for filter in [
        "(& (objectClass=inetOrgPerson) (uid=user1*) )",
        "(&\n  (objectClass=inetOrgPerson)\n  (|\n    (uid=user3)\n\t(uid=user4)\n  )\n)",
        "(&(objectClass=inetOrgPerson)(!(uid=user5)))",
        "( & ( objectClass=inetOrgPerson)(! (uid=user6)))",
        r"(&(objectClass=inetOrgPerson)(title=Head \28acting\29))",
        r"(&(objectClass=inetOrgPerson)(title=Head \(acting\)))",
        r"(title=a\2ab\5cc)",
        r"(title=a\*b\\c)",
        "(&(objectClass=inetOrgPerson)(l=New York))",
        "(&(objectClass=inetOrgPerson)(l= New York ))",
        "(&(objectClass=inetOrgPerson)(l=*  york))",
        "(&(objectClass=inetOrgPerson)(ou:dn:=company))",
        "(&(objectClass=inetOrgPerson)(uid:caseExactMatch:=user7))",
        "uid=user8",
        "(&(uid>=user8)(objectClass=inetOrgPerson))",
        "(&(objectClass=inetOrgPerson)(uid~=user9))",
        "(&(objectClass=inetOrgPerson)(cn;lang-de=x))",
        "(&(objectClass=inetOrgPerson)(|))",
    ] {
        let found =
            slapd.search(PASSWORD, filter, &["1.1"]).unwrap_or_else(|error| panic!("{filter}: {error}"));
        let expected = found.lines().filter(|line| line.starts_with("dn:")).count();
        let users = json!({"bases": [COMPANY], "filter": filter});
        set(&daemon, options(&slapd, json!({"users": users, "departments": null})));
        let order = json!({"mode": "full", "dryRun": true});
        let started = daemon.post("/api/v1/sources/directory/sync", &order).expect(202);
        let task = daemon.settled(started["taskId"].as_i64().unwrap());
        assert_eq!(task["counts"]["user"]["all"], expected, "{filter}: {task}");
    }
    // What ldapsearch refuses for a blank around it is read all the same.
    for (filter, expected) in
        [("(uid=user1) \n", 1), ("  uid=user8", 1), ("(&(uid=user1*)(!(uid=user1) ))", 2)]
    {
        let users = json!({"bases": [COMPANY], "filter": filter});
        set(&daemon, options(&slapd, json!({"users": users, "departments": null})));
        let order = json!({"mode": "full", "dryRun": true});
        let started = daemon.post("/api/v1/sources/directory/sync", &order).expect(202);
        let task = daemon.settled(started["taskId"].as_i64().unwrap());
        assert_eq!(task["counts"]["user"]["all"], expected, "{filter}: {task}");
    }
    for (filter, said) in [
        ("(&(uid=a)\n (cn=b)", "character 1: this `(` is never closed"),
        ("(uid = a)", "character 2: there is a blank between the attribute `uid` and `=`"),
        ("(title=Head (acting))", "character 13: `(` stands in a value, where it is written as \\28"),
        ("(uid=a))", "character 8: `)` comes after the end of the filter"),
    ] {
        assert!(slapd.search(PASSWORD, filter, &["1.1"]).is_err(), "{filter}");
        let users = json!({"bases": [COMPANY], "filter": filter});
        set(&daemon, options(&slapd, json!({"users": users, "departments": null})));
        for message in [complaint(&daemon).unwrap(), failure(&daemon)] {
            assert!(message.contains("`users.filter`") && message.contains(said), "{filter}: {message}");
        }
    }
}
