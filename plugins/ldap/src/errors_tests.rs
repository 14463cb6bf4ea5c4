//! Tests of the errors: what they say of each result, and that no password is in them.

use orgsync_plugin_api::ErrorClass;
use serde_json::{Value, json};

use super::*;

fn errors(more: &Value) -> Errors {
    let mut options = json!({"url": "ldap://x"});
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Errors::new(&serde_json::from_value(options).unwrap())
}

fn account() -> Errors {
    errors(&json!({"bindDn": "cn=r,dc=x", "password": "hunter2"}))
}

fn result(rc: u32, text: &str) -> LdapResult {
    LdapResult { rc, matched: String::new(), text: text.into(), refs: vec![], ctrls: vec![] }
}

const READING: Doing<'_> = Doing::Searching { option: "users", base: "dc=x" };

fn check(error: &PluginError, class: ErrorClass, parts: &[&str]) {
    assert_eq!(error.class, class, "{error}");
    for part in parts {
        assert!(error.message.contains(part), "{error}\nlacks {part}");
    }
}

#[test]
fn results_say_what_to_do() {
    let errors = account();
    let check = |doing, rc, parts: &[&str]| {
        check(&errors.result(doing, &result(rc, "")), ErrorClass::Config, parts);
    };
    check(
        READING,
        4,
        &[
            "ldap://x: failed to read users below `dc=x`: sizeLimitExceeded (4); ",
            "`cn=r,dc=x`",
            "raise its size limit",
        ],
    );
    check(READING, 3, &["timeLimitExceeded", "raise its time limit"]);
    check(READING, 11, &["adminLimitExceeded", "nsLookThroughLimit"]);
    check(READING, 50, &["insufficientAccessRights (50); let `cn=r,dc=x` read there"]);
    check(READING, 32, &["noSuchObject", "correct the base"]);
    check(READING, 13, &["use ldaps://, or set `startTls`"]);
    check(Doing::Binding, 49, &["failed to bind: invalidCredentials (49); `bindDn` or `password` is wrong"]);
    check(READING, 99, &["an LDAP error (99)"]);
}

#[test]
fn referrals_name_the_other_server() {
    let mut referral = result(10, "");
    referral.refs = vec!["ldap://other/dc=x".into()];
    let error = account().result(READING, &referral);
    check(&error, ErrorClass::Config, &["refers to ldap://other/dc=x", "not followed", "set `url`"]);
}

#[test]
fn anonymous_clients_are_told_to_log_in() {
    let errors = errors(&json!({}));
    for rc in [1, 48, 53] {
        check(&errors.result(READING, &result(rc, "")), ErrorClass::Config, &["set `bindDn` and `password`"]);
    }
    check(&errors.result(READING, &result(50, "")), ErrorClass::Config, &["let anonymous read there"]);
}

#[test]
fn what_the_server_says_is_passed_on_but_no_password() {
    let errors = account();
    let said = |text: &str| errors.result(Doing::Binding, &result(49, text)).message;
    assert!(said("data 52e, v1db1\0").contains("(49, \"data 52e, v1db1\")"));
    assert!(!said("wrong: hunter2").contains("hunter2"));
    assert!(!format!("{errors:?}").contains("hunter2"));
}

#[test]
fn bases_that_give_nothing_name_the_right_that_may_be_lost() {
    let lost = account().lost("users", "ou=a,dc=x");
    let said =
        "ldap://x: failed to read users below `ou=a,dc=x`: there are none, and the server does not show";
    check(&lost, ErrorClass::Config, &[said, "`cn=r,dc=x`", "lacks the right to read", "`users.bases`"]);
    let empty = account().empty("groups", "ou=a,dc=x");
    let said = "failed to read groups below `ou=a,dc=x`: there are none, although other bases have some; ";
    check(&empty, ErrorClass::Config, &[said, "`cn=r,dc=x` still has the right", "set `allowEmptyBases`"]);
}

#[test]
fn a_broken_connection_may_work_later() {
    let error = account().failure(READING, LdapError::EndOfStream);
    check(&error, ErrorClass::Transient, &["the connection broke", "wants ldaps://"]);
    let refused = LdapError::Io { source: io::Error::from_raw_os_error(111) };
    let error = account().failure(Doing::Connecting, refused);
    check(
        &error,
        ErrorClass::Transient,
        &["failed to connect: Connection refused (os error 111); see whether host and port"],
    );
}

#[test]
fn a_refused_starttls_says_so() {
    let error = LdapError::from(result(2, "unsupported extended operation"));
    let error = account().failure(Doing::Connecting, error);
    let said =
        "the server refused StartTLS: protocolError (2, \"unsupported extended operation\"); enable TLS";
    check(&error, ErrorClass::Config, &[said]);
}

#[test]
fn handshakes_that_fail_are_explained() {
    let check = |error: rustls::Error, part: &str| {
        let error = LdapError::Io { source: io::Error::new(io::ErrorKind::InvalidData, error) };
        check(&account().failure(Doing::Connecting, error), ErrorClass::Config, &[part]);
    };
    check(rustls::CertificateError::UnknownIssuer.into(), "give the CA's in `caFile` or `caPem`");
    check(rustls::CertificateError::BadSignature.into(), "with another key");
    check(rustls::CertificateError::NotValidForName.into(), "for another name");
    check(rustls::InvalidMessage::InvalidContentType.into(), "does not speak TLS");
}
