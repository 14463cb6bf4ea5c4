//! Accounts that end at a time, with attributes as Active Directory and others have them.

use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{PASSWORD, by_uid, changes, daemon, options, set, synced};
use crate::support::daemon::{Client, wait_until};
use crate::support::ldif::{COMPANY, company, uuid};
use crate::support::slapd::{OPEN, Slapd};

/// The attributes of Active Directory that say whether an account may be used, and one with a time as text.
const SCHEMA: &str = "\
attributetype ( 1.3.6.1.4.1.4203.666.1.901 NAME 'userAccountControl' EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.902 NAME 'accountExpires' EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.903 NAME 'validUntil' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.1.904 NAME 'account-with-end' SUP top AUXILIARY MAY ( userAccountControl $ accountExpires $ validUntil $ shadowExpire ) )
";
/// When everybody was changed last, before a test begins.
const LONG_AGO: (&str, &str) = ("modifyTimestamp", "20200101000000Z");
const CLASS: (&str, &str) = ("objectClass", "account-with-end");

/// The time, in seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A time as Active Directory writes it.
fn file_time(seconds: u64) -> String {
    ((seconds + 11_644_473_600) * 10_000_000).to_string()
}

/// Who is enabled, by number.
fn enabled(daemon: &Client, numbers: Range<usize>) -> Vec<bool> {
    let rows = by_uid(daemon, "users");
    numbers.map(|number| rows[&uuid(2, number)]["enabled"].as_bool().unwrap()).collect()
}

#[test]
fn an_account_whose_end_has_passed_is_disabled_and_an_incremental_sync_sees_it_pass() {
    let mut company = company(PASSWORD, 2, 0);
    let above = company.departments[1].dn.clone();
    let ends = now() + 25;
    let soon = file_time(ends);
    for (number, (flags, expires)) in [
        ("512", "9223372036854775807"),
        ("512", "0"),
        ("512", "132223104000000000"),
        ("514", "0"),
        ("66048", soon.as_str()),
    ]
    .into_iter()
    .enumerate()
    {
        let own = [CLASS, LONG_AGO, ("userAccountControl", flags), ("accountExpires", expires)];
        company.person(number, &above, &own);
    }
    company.person(
        5,
        &above,
        &[CLASS, ("userAccountControl", "512"), ("modifyTimestamp", "20210101000000Z")],
    );
    let slapd = Slapd::start(&company.ldif, &format!("{SCHEMA}{OPEN}"));
    let users = json!({
        "bases": [COMPANY], "enabledFrom": "userAccountControl", "expiresAttribute": "accountExpires",
    });
    let daemon = daemon(options(&slapd, json!({"users": users})));
    assert_eq!(changes(&daemon)["mode"], "full");
    let before = enabled(&daemon, 0..6);
    assert_eq!(before[..4], [true, true, false, false]);
    assert!(now() >= ends || before[4], "it ends later");
    assert!(before[5]);

    let mut last = Value::Null;
    wait_until("the account has ended", || {
        last = changes(&daemon);
        assert_eq!((&last["status"], &last["mode"]), (&json!("success"), &json!("incremental")), "{last}");
        !enabled(&daemon, 4..5)[0]
    });
    assert!(now() >= ends, "it was disabled too early");
    assert_eq!(last["counts"]["user"]["all"], 2, "the one whose end came, and the one changed last: {last}");
    assert_eq!(enabled(&daemon, 0..6), [true, true, false, false, false, true]);
}

#[test]
fn ends_are_read_as_text_and_as_days_too() {
    let mut company = company(PASSWORD, 2, 0);
    let above = company.departments[1].dn.clone();
    let today = now() / 86_400;
    let (past, to_come) = ((today - 1).to_string(), (today + 2).to_string());
    for (number, (attribute, value)) in [
        ("validUntil", "20200101000000Z"),
        ("validUntil", "20990101000000Z"),
        ("shadowExpire", past.as_str()),
        ("shadowExpire", to_come.as_str()),
        ("shadowExpire", "-1"),
    ]
    .into_iter()
    .enumerate()
    {
        company.person(number, &above, &[CLASS, LONG_AGO, (attribute, value)]);
    }
    let slapd = Slapd::start(&company.ldif, &format!("{SCHEMA}{OPEN}"));
    let with = |attribute: &str| {
        options(&slapd, json!({"users": {"bases": [COMPANY], "expiresAttribute": attribute}}))
    };
    let daemon = daemon(with("ValidUntil"));
    synced(&daemon);
    assert_eq!(enabled(&daemon, 0..5), [false, true, true, true, true]);
    // By its number, as any attribute.
    set(&daemon, with("1.3.6.1.1.1.1.10"));
    synced(&daemon);
    assert_eq!(enabled(&daemon, 0..5), [true, true, false, true, true]);
}
