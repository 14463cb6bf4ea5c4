//! Connections that work, and what is said about those that do not.

use std::net::TcpListener;

use serde_json::{Value, json};
use ureq::http::Method;

use super::{PASSWORD, SOURCE, complaint, daemon, failure, options, set};
use crate::support::daemon::{Client, wait_until};
use crate::support::ldif::{COMPANY, Company, SUFFIX, company};
use crate::support::slapd::{OPEN, Slapd, free_port, stranger};

/// Both a check and a sync fail with all of these words.
fn fails(client: &Client, options: Value, words: &[&str]) {
    set(client, options);
    for message in [complaint(client).unwrap(), failure(client)] {
        for word in words {
            assert!(message.contains(word), "{message}\nlacks {word}");
        }
        assert!(!message.contains(PASSWORD), "{message}");
    }
}

fn works(client: &Client, options: Value) {
    set(client, options);
    assert_eq!(complaint(client), None);
    let task = client.sync(SOURCE);
    assert_eq!(task["status"], "success", "{task}");
}

fn small() -> Company {
    company(PASSWORD, 3, 50)
}

#[test]
fn encrypted_connections_need_the_right_authority_and_name() {
    let slapd = Slapd::start(&small().ldif, OPEN);
    let (file, text) = (slapd.authority_file(), slapd.authority());
    let with = |more: Value| options(&slapd, more);
    let daemon = daemon(with(json!({})));
    works(&daemon, with(json!({})));
    works(&daemon, with(json!({"url": slapd.tls_url(), "caFile": file})));
    works(&daemon, with(json!({"url": slapd.tls_url(), "caPem": text})));
    works(&daemon, with(json!({"startTls": true, "caPem": text})));
    let unknown = [
        "configuration error: ",
        "failed to connect: ",
        "UnknownIssuer",
        "give the CA's in `caFile` or `caPem`",
    ];
    fails(&daemon, with(json!({"url": slapd.tls_url(), "caPem": stranger("Stranger")})), &unknown);
    fails(&daemon, with(json!({"startTls": true, "caPem": stranger("Stranger")})), &unknown);
    let renewed = ["with another key: give its present certificate"];
    fails(&daemon, with(json!({"url": slapd.tls_url(), "caPem": stranger("Authority")})), &renewed);
    let other_name = slapd.tls_url().replace("localhost", "127.0.0.2");
    let listens_there = slapd.tls_url().replace("localhost", "127.0.0.1");
    works(&daemon, with(json!({"url": listens_there, "caPem": text})));
    let unreachable = ["temporary error: ", "Connection refused", "see whether host and port are right"];
    fails(&daemon, with(json!({"url": other_name, "caPem": text})), &unreachable);
    let plain = slapd.url().replace("ldap://", "ldaps://");
    fails(&daemon, with(json!({"url": plain, "caPem": text})), &["failed to connect: ", "TLS"]);
    let crossed = slapd.tls_url().replace("ldaps://", "ldap://");
    fails(
        &daemon,
        with(json!({"url": crossed})),
        &["failed to bind: ", "whether the port is one that wants ldaps://"],
    );
    fails(
        &daemon,
        with(json!({"caFile": "/no/such.pem", "startTls": true})),
        &["`caFile`: /no/such.pem: No such file"],
    );
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let slapd = Slapd::start_as(&small().ldif, OPEN, &["ldap.example.org"]);
    let options = options(&slapd, json!({"url": slapd.tls_url(), "caPem": slapd.authority()}));
    let daemon = daemon(options.clone());
    fails(&daemon, options, &["configuration error: ", "the server's certificate is for another name"]);
}

#[test]
fn who_cannot_log_in_or_be_reached_is_told_why() {
    let mut slapd = Slapd::start(&small().ldif, OPEN);
    let with = |slapd: &Slapd, more: Value| options(slapd, more);
    let daemon = daemon(with(&slapd, json!({})));
    let wrong = json!({"password": "not-the-password"});
    let refused =
        ["configuration error: ", "failed to bind: invalidCredentials (49); `bindDn` or `password` is wrong"];
    fails(&daemon, with(&slapd, wrong), &refused);
    fails(&daemon, with(&slapd, json!({"bindDn": format!("cn=nobody,{SUFFIX}")})), &refused);
    let nobody_there = format!("ldap://127.0.0.1:{}", free_port());
    fails(
        &daemon,
        with(&slapd, json!({"url": nobody_there})),
        &["temporary error: ", "Connection refused (os error 111)"],
    );
    fails(
        &daemon,
        with(&slapd, json!({"url": "ldap://no-such-host.invalid"})),
        &["see whether the host name is right"],
    );
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("ldap://{}", silent.local_addr().unwrap());
    let patience = json!({"url": silent, "operationTimeout": 1});
    fails(&daemon, with(&slapd, patience), &["failed to bind: no answer within 1 seconds"]);

    let anonymous = json!({"bindDn": null, "password": null});
    fails(
        &daemon,
        with(&slapd, anonymous.clone()),
        &["insufficientAccessRights (50); let anonymous read there"],
    );
    slapd.restart("access to * by * read\nlimits anonymous size=unlimited\n");
    works(&daemon, with(&slapd, anonymous.clone()));
    slapd.restart("disallow bind_anon\naccess to * by * read\n");
    fails(
        &daemon,
        with(&slapd, anonymous),
        &["the server may not let anonymous clients in: set `bindDn` and `password`"],
    );
    slapd.restart("security ssf=128\naccess to * by * read\n");
    fails(&daemon, with(&slapd, json!({})), &["confidentialityRequired", "use ldaps://, or set `startTls`"]);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let slapd = Slapd::start(&small().ldif, OPEN);
    let daemon = daemon(options(&slapd, json!({})));
    let with = |more: Value| options(&slapd, more);
    fails(&daemon, with(json!({"password": null})), &["`bindDn` is set, but `password` is not"]);
    fails(&daemon, with(json!({"bindDn": null})), &["`password` is set, but `bindDn` is not"]);
    fails(
        &daemon,
        with(json!({"users": null, "departments": null})),
        &["none of `users`, `departments` and `groups`"],
    );
    set(
        &daemon,
        with(json!({"preset": "active-directory", "users": {"bases": [COMPANY], "filter": "uid=*"}})),
    );
    let message = complaint(&daemon).unwrap();
    assert!(message.contains("the attribute `objectguid`, which is to identify departments"), "{message}");
    let unknown = json!({"options": with(json!({"pagesize": 5}))});
    let refused = daemon.send_json(Method::PATCH, &format!("/api/v1/sources/{SOURCE}"), &unknown).expect(422);
    assert!(refused.to_string().contains("pagesize"), "{refused}");
}

#[test]
fn limits_and_missing_bases_are_errors_and_not_fewer_people() {
    let mut company = small();
    let elsewhere = [
        ("objectClass", "referral"),
        ("objectClass", "extensibleObject"),
        ("ref", "ldap://other.example.org/ou=else,dc=example,dc=org"),
        ("ou", "else"),
    ];
    company.ldif.texts(&format!("ou=else,{COMPANY}"), &elsewhere);
    let limited = |limits: &str| OPEN.replace("limits users size=unlimited time=unlimited", limits);
    let mut slapd = Slapd::start(&company.ldif, OPEN);
    let with = |slapd: &Slapd, more: Value| options(slapd, more);
    let daemon = daemon(with(&slapd, json!({})));
    works(&daemon, with(&slapd, json!({"pageSize": 7})));
    assert!(daemon.log().contains("1 references to other servers below"), "{}", daemon.log());

    let base = |base: &str| json!({"users": {"bases": [base]}});
    fails(
        &daemon,
        with(&slapd, base("ou=nowhere,dc=example,dc=org")),
        &["`ou=nowhere,dc=example,dc=org`: noSuchObject (32); ", "correct the base"],
    );
    let referred = base(&format!("ou=else,{COMPANY}"));
    fails(
        &daemon,
        with(&slapd, referred),
        &["referral (10)", "it refers to ldap://other.example.org/", "referrals are not followed: set `url`"],
    );

    set(&daemon, with(&slapd, json!({"pageSize": 10})));
    for (limits, words) in [
        // As many entries in all pages together.
        (
            "limits users size.prtotal=20",
            "sizeLimitExceeded (4); the server gives `cn=reader,dc=example,dc=org` no more entries than this",
        ),
        // The server's own default for pages and searches alike.
        ("sizelimit 20", "sizeLimitExceeded (4); "),
        // No paging at all, and more entries than one answer may have.
        ("limits users size.soft=20 size.hard=20 size.prtotal=disabled", " (4"),
    ] {
        slapd.restart(&limited(limits));
        assert_eq!(complaint(&daemon), None, "looking at the bases is allowed");
        let message = failure(&daemon);
        assert!(
            message.contains("failed to read users below") && message.contains(words),
            "{limits}: {message}"
        );
    }
    // No paging, but all fits into one answer.
    slapd.restart(&limited("limits users size.soft=100 size.hard=100 size.prtotal=disabled"));
    let task = daemon.sync(SOURCE);
    assert_eq!(
        (&task["status"], &task["counts"]["user"]["unchanged"]),
        (&json!("success"), &json!(50)),
        "{task}"
    );
}

#[test]
fn a_sync_that_waits_for_the_server_can_be_cancelled() {
    let slapd = Slapd::start(&small().ldif, OPEN);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = options(
        &slapd,
        json!({"url": format!("ldap://{}", silent.local_addr().unwrap()), "operationTimeout": 3600}),
    );
    let daemon = daemon(options);
    let task = daemon.start_sync(SOURCE);
    let _connected = silent.accept().unwrap();
    daemon.post(&format!("/api/v1/tasks/{task}/cancel"), &json!({}));
    let task = daemon.settled(task);
    assert_eq!(task["status"], "cancelled", "{task}");
    wait_until("the worker is gone", || daemon.children().is_empty());
}
