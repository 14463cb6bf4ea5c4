//! Tests of cursors: which filter the next read has, and when it has to be a full one.

use orgsync_plugin_api::ErrorClass;

use super::*;
use crate::entry::testing::entry;

fn at(here: &str) -> Option<Start> {
    Some(Start::Time { began: Instant::now(), here: time(here).unwrap() })
}

fn usn(server: &str, usn: u64) -> Option<Start> {
    Some(Start::Usn { server: server.into(), usn })
}

fn after(seconds: u64) -> impl FnOnce(Instant) -> Duration {
    move |_| Duration::from_secs(seconds)
}

/// The filter of the read after one of people who changed at these times.
fn next(here: &str, cursor: Option<&str>, took: u64, times: &[&str]) -> Option<String> {
    let mut progress = begin(at(here), cursor).unwrap();
    for time in times {
        progress.user(&entry("uid=a,dc=x", &[(MODIFIED, &[time])]));
    }
    progress.end(after(took))
}

fn begin(start: Option<Start>, cursor: Option<&str>) -> Result<Progress, PluginError> {
    Progress::begin(start, cursor, "2026-01-01T12:00:00Z".parse().unwrap())
}

fn filter(cursor: &str, enabled: &Enabled) -> String {
    begin(at("20260101120000Z"), Some(cursor)).unwrap().filter("(a=b)", enabled, None)
}

#[test]
fn what_changed_since_the_read_began_is_read_again() {
    let check = |took: u64, times: &[&str], expected: &str| {
        let cursor = next("20260101120000Z", None, took, times).unwrap();
        assert_eq!(filter(&cursor, &Enabled::Unknown), format!("(&(a=b)(modifyTimestamp>={expected}))"));
    };
    check(0, &["20251231235959Z", "20260101110000Z"], "20260101105500Z");
    check(60, &["20260101110000.0Z"], "20260101105400Z");
    // The future is not believed.
    check(60, &["20990101000000Z", "20260101110000Z"], "20260101115500Z");
}

#[test]
fn a_read_in_which_nobody_changed_goes_on_from_the_same_time() {
    let here = "20260101120000Z";
    let first = next(here, None, 0, &["20260101110000Z"]).unwrap();
    assert_eq!(next(here, Some(&first), 9, &[]).unwrap(), first);
    assert_eq!(next(here, Some(&first), 9, &["20260101105600Z"]).unwrap(), first, "never back");
    assert_ne!(next(here, Some(&first), 9, &["20260101113000Z"]).unwrap(), first);
    assert_eq!(next(here, None, 0, &[]), None);
}

#[test]
fn who_does_not_show_a_time_leaves_no_cursor() {
    for hidden in ["", "20260101110000", "20260101110000+0100", "yesterday at noon"] {
        assert_eq!(next("20260101120000Z", None, 0, &["20260101110000Z", hidden]), None, "{hidden}");
    }
}

#[test]
fn those_whom_the_server_locks_are_read_always() {
    let cursor = next("20260101120000Z", None, 0, &["20260101110000Z"]).unwrap();
    assert_eq!(
        filter(&cursor, &Enabled::PwdAccountLockedTime),
        "(&(a=b)(|(modifyTimestamp>=20260101105500Z)(pwdAccountLockedTime=*)))"
    );
}

#[test]
fn accounts_whose_time_has_come_since_are_read() {
    let begin =
        |cursor: Option<&str>, now: &str| Progress::begin(usn("s", 5), cursor, now.parse().unwrap()).unwrap();
    let expires = |attribute: &str| Expiry { attribute: attribute.to_owned() };
    let cursor = begin(None, "2026-11-30T11:00:00Z").end(after(0)).unwrap();
    let next = begin(Some(&cursor), "2026-11-30T12:00:00Z");
    let filter =
        |enabled: &Enabled, attribute: &str| next.filter("(a=b)", enabled, Some(&expires(attribute)));
    assert_eq!(
        filter(&Enabled::UserAccountControl, "accountexpires"),
        "(&(a=b)(|(uSNChanged>=6)(&(accountexpires>=134405100000000000)(accountexpires<=134405136010000000))))"
    );
    let cursor = next_at("2026-11-30T12:00:00Z");
    let next = Progress::begin(at("20261130130000Z"), Some(&cursor), "2026-11-30T13:00:00Z".parse().unwrap());
    let filter = next.unwrap().filter("(a=b)", &Enabled::PwdAccountLockedTime, Some(&expires("pwdendtime")));
    assert!(filter.contains(")(pwdAccountLockedTime=*)(&(pwdendtime>=20261130120000Z)"), "{filter}");
}

/// The cursor of a read at a time.
fn next_at(now: &str) -> String {
    let mut progress = Progress::begin(at("20261130120000Z"), None, now.parse().unwrap()).unwrap();
    progress.user(&entry("uid=a,dc=x", &[(MODIFIED, &["20261130110000Z"])]));
    progress.end(after(0)).unwrap()
}

#[test]
fn containers_are_kept_from_read_to_read() {
    let container = |path: &str| Container { within: None, path: path.to_owned(), id: None };
    let mut first = begin(usn("s", 1), None).unwrap();
    first.container(Some(container("cn=a")));
    assert!(first.is_followed());
    // Where changes are numbered, nobody is asked for times.
    first.user(&entry("cn=a,dc=x", &[]));
    let cursor = first.end(after(0)).unwrap();
    let mut second = begin(usn("s", 2), Some(&cursor)).unwrap();
    assert_eq!(second.containers_before(), [container("cn=a")]);
    second.container(Some(container("cn=b")));
    let cursor = second.end(after(0)).unwrap();
    let mut third = begin(usn("s", 3), Some(&cursor)).unwrap();
    assert_eq!(third.containers_before(), [container("cn=b"), container("cn=a")]);
    third.container(None);
    assert_eq!((third.is_followed(), third.end(after(0))), (false, None));
}

#[test]
fn a_domain_controller_numbers_its_changes() {
    let root = entry("", &[("highestCommittedUSN", &["1700"]), ("dsServiceName", &["cn=NTDS,dc=x"])]);
    let settings = entry("cn=NTDS,dc=x", &[("invocationId", &["\u{1}A"])]);
    let start = Start::of_domain_controller(&root, Some(&settings));
    assert_eq!(start, usn("cn=NTDS,dc=x0141", 1_700));
    assert_eq!(Start::of_domain_controller(&entry("", &[]), None), None);

    let cursor = begin(start, None).unwrap().end(after(0)).unwrap();
    let expired = |start: Option<Start>| {
        let error = begin(start, Some(&cursor)).unwrap_err();
        assert_eq!(error.class, ErrorClass::CursorExpired);
        error.message
    };
    assert!(expired(usn("cn=NTDS,dc=x0142", 9_999)).contains("another domain controller"));
    assert!(expired(usn("cn=NTDS,dc=x0141", 1_699)).contains("numbers its changes anew"));
    assert!(expired(at("20260101120000Z")).contains("another kind of server"));
    let later = begin(usn("cn=NTDS,dc=x0141", 1_800), Some(&cursor)).unwrap();
    assert_eq!(later.filter("(a=b)", &Enabled::UserAccountControl, None), "(&(a=b)(uSNChanged>=1701))");
    assert!(later.end(after(0)).unwrap().contains("1800"));
}

#[test]
fn departments_that_go_or_get_other_leaders_need_a_full_read() {
    let read = |cursor: Option<&str>, departments: &[(&str, &[&str])]| {
        let mut progress = begin(usn("s", 1), cursor).unwrap();
        for (uid, leaders) in departments {
            let leaders: Vec<String> = leaders.iter().map(|leader| (*leader).to_owned()).collect();
            progress.department(Some(uid), &leaders);
        }
        progress.check_departments().map(|()| progress.end(after(0)).unwrap())
    };
    let cursor = read(None, &[("a", &["cn=1", "cn=2"]), ("b", &[])]).unwrap();
    let check = |departments: &[(&str, &[&str])]| read(Some(&cursor), departments).is_ok();
    assert!(check(&[("b", &[]), ("a", &["CN=2", "cn=1"])]));
    assert!(check(&[("b", &[]), ("a", &["cn=2", "cn=1"]), ("new", &[])]));
    assert!(!check(&[("b", &[]), ("a", &["cn=2", "cn=1"]), ("new", &["cn=3"])]));
    assert!(!check(&[("a", &["cn=2", "cn=1"])]));
    assert!(!check(&[("b", &[]), ("a", &["cn=2"])]));
}
