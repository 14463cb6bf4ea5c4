//! Where an incremental read goes on. Of most servers: since when people changed, by the server's own clock, some
//! minutes early. Of Active Directory: the number of the last change, which counts at one domain controller only.
//! And which departments there were with which leaders, as that is in other entries than those of their people.
//! Pure, but for the clock.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use orgsync_plugin_api::{MAX_CURSOR, PluginError};
use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::settings::Enabled;

pub(crate) const MODIFIED: &str = "modifytimestamp";
/// What a change may need to arrive from another server of the same directory, and what their clocks may differ.
/// An entry that is read twice does no harm.
const OVERLAP: Duration = Duration::from_secs(5 * 60);
/// How servers write times (RFC 4517, 3.3.13), but for a fraction and the `Z`.
const TIME: &str = "%Y%m%d%H%M%S";

/// The cursor, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    position: Position,
    /// A hash of each department that the read found.
    departments: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Position {
    /// What changed at this time or later has not been read.
    Time(String),
    /// What has a higher number than this has not been read.
    Usn { server: String, usn: u64 },
}

/// Where a server stands as a read begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// It tells times.
    Time { began: Instant, here: DateTime },
    /// It numbers its changes.
    Usn { server: String, usn: u64 },
}

/// Watches a read, to know where the next one goes on.
#[derive(Debug)]
pub(crate) struct Progress {
    start: Option<Start>,
    since: Option<Cursor>,
    newest: Option<DateTime>,
    /// Whether somebody does not show when they changed.
    is_hidden: bool,
    departments: BTreeSet<String>,
    /// Departments that somebody leads.
    led: BTreeSet<String>,
}

impl Start {
    /// Of a server that tells times.
    pub(crate) fn now() -> Self {
        Self::Time { began: Instant::now(), here: Timestamp::now().to_zoned(TimeZone::UTC).datetime() }
    }

    /// Of a domain controller, from its root entry and the entry of its settings.
    pub(crate) fn of_domain_controller(root: &Entry, settings: Option<&Entry>) -> Option<Self> {
        let usn = root.texts("highestcommittedusn").next()?.parse().ok()?;
        let mut server = root.texts("dsservicename").next()?;
        // It is another one after the controller was restored from a backup, and counts from an earlier number.
        for byte in settings.and_then(|entry| entry.values("invocationid").first()).into_iter().flatten() {
            server.push_str(&format!("{byte:02x}"));
        }
        Some(Self::Usn { server, usn })
    }
}

impl Progress {
    /// Of a read that goes on from a cursor, or reads all; without a start nobody can go on from it.
    ///
    /// # Errors
    /// Of class `cursorExpired`, if what changed since then can't be told.
    pub(crate) fn begin(start: Option<Start>, cursor: Option<&str>) -> Result<Self, PluginError> {
        let since = cursor.map(|text| Cursor::parse(text, start.as_ref())).transpose()?;
        Ok(Self {
            start,
            since,
            newest: None,
            is_hidden: false,
            departments: BTreeSet::new(),
            led: BTreeSet::new(),
        })
    }

    /// Whether only what changed is read.
    pub(crate) fn is_incremental(&self) -> bool {
        self.since.is_some()
    }

    /// Whether it has to be seen when people changed.
    pub(crate) fn needs_times(&self) -> bool {
        matches!(self.start, Some(Start::Time { .. }))
    }

    /// The filter of those who changed.
    pub(crate) fn filter(&self, filter: &str, enabled: &Enabled) -> String {
        let Some(Cursor { position, .. }) = &self.since else { return filter.to_owned() };
        match (position, enabled) {
            // Whom the server locks by itself shows no later time of change.
            (Position::Time(since), Enabled::PwdAccountLockedTime) => {
                format!("(&{filter}(|(modifyTimestamp>={since})(pwdAccountLockedTime=*)))")
            }
            (Position::Time(since), _) => format!("(&{filter}(modifyTimestamp>={since}))"),
            (Position::Usn { usn, .. }, _) => format!("(&{filter}(uSNChanged>={}))", usn.saturating_add(1)),
        }
    }

    /// Notes a department.
    pub(crate) fn department(&mut self, uid: Option<&str>, leaders: &[String]) {
        let mut leaders: Vec<String> = leaders.iter().map(|leader| leader.to_lowercase()).collect();
        leaders.sort();
        let hash = short_hash(&format!("{}\n{}", uid.unwrap_or_default(), leaders.join("\n")));
        if !leaders.is_empty() {
            self.led.insert(hash.clone());
        }
        self.departments.insert(hash);
    }

    /// To be called when all departments are noted.
    ///
    /// # Errors
    /// Of class `cursorExpired`, if others than those who changed may be in other departments, or lead others, than
    /// before.
    pub(crate) fn check_departments(&self) -> Result<(), PluginError> {
        let Some(Cursor { departments: before, .. }) = &self.since else { return Ok(()) };
        if before.is_subset(&self.departments) && self.led.is_subset(before) {
            return Ok(());
        }
        Err(PluginError::cursor_expired("a department is gone, or is led by others than before"))
    }

    /// Notes somebody who was read.
    pub(crate) fn user(&mut self, entry: &Entry) {
        match entry.texts(MODIFIED).next().as_deref().and_then(time) {
            Some(time) => self.newest = self.newest.max(Some(time)),
            None => self.is_hidden = true,
        }
    }

    /// Where the next read goes on, if that can be told.
    pub(crate) fn end(self, took: impl FnOnce(Instant) -> Duration) -> Option<String> {
        let position = match (self.start?, self.since.map(|since| since.position)) {
            (Start::Usn { server, usn }, _) => Position::Usn { server, usn },
            (Start::Time { .. }, _) if self.is_hidden => return None,
            (Start::Time { began, here }, since) => {
                let before = match since {
                    Some(Position::Time(since)) => time(&since),
                    _ => None,
                };
                // The newest change was made before the read ended, so the read began no earlier than this. Those
                // who bear a time in the future must not lead past changes that are still to come.
                let began = self.newest.map(|newest| earlier(newest, took(began)).min(here));
                let since = began.map(|began| earlier(began, OVERLAP)).max(before)?;
                Position::Time(format!("{}Z", since.strftime(TIME)))
            }
        };
        let cursor = Cursor { position, departments: self.departments };
        serde_json::to_string(&cursor).ok().filter(|cursor| cursor.len() <= MAX_CURSOR)
    }
}

impl Cursor {
    fn parse(text: &str, start: Option<&Start>) -> Result<Self, PluginError> {
        let expired = |why: &str| Err(PluginError::cursor_expired(why));
        let Ok(cursor) = serde_json::from_str::<Self>(text) else {
            return expired("its cursor is of another version of the plugin");
        };
        match (&cursor.position, start) {
            (Position::Time(since), Some(Start::Time { .. })) if time(since).is_some() => Ok(cursor),
            (Position::Usn { server, .. }, Some(Start::Usn { server: now, .. })) if server != now => {
                expired("another domain controller answers, which numbers its changes otherwise")
            }
            (Position::Usn { usn, .. }, Some(Start::Usn { usn: now, .. })) if usn > now => {
                expired("the domain controller numbers its changes anew")
            }
            (Position::Usn { .. }, Some(Start::Usn { .. })) => Ok(cursor),
            _ => expired("its cursor is of another kind of server"),
        }
    }
}

fn time(text: &str) -> Option<DateTime> {
    let (digits, rest) = text.split_at_checked(14)?;
    let is_utc = rest == "Z" || (rest.starts_with(['.', ',']) && rest.ends_with('Z'));
    DateTime::strptime(TIME, digits).ok().filter(|_| is_utc)
}

fn earlier(time: DateTime, by: Duration) -> DateTime {
    time.saturating_sub(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX))
}

/// Enough to tell departments apart; two alike only make a change of one of them unseen until the next full read.
fn short_hash(text: &str) -> String {
    // FNV-1a, which is the same in every version.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
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
        let mut progress = Progress::begin(at(here), cursor).unwrap();
        for time in times {
            progress.user(&entry("uid=a,dc=x", &[(MODIFIED, &[time])]));
        }
        progress.end(after(took))
    }

    fn filter(cursor: &str, enabled: &Enabled) -> String {
        Progress::begin(at("20260101120000Z"), Some(cursor)).unwrap().filter("(a=b)", enabled)
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
    fn a_domain_controller_numbers_its_changes() {
        let root = entry("", &[("highestCommittedUSN", &["1700"]), ("dsServiceName", &["cn=NTDS,dc=x"])]);
        let settings = entry("cn=NTDS,dc=x", &[("invocationId", &["\u{1}A"])]);
        let start = Start::of_domain_controller(&root, Some(&settings));
        assert_eq!(start, usn("cn=NTDS,dc=x0141", 1_700));
        assert_eq!(Start::of_domain_controller(&entry("", &[]), None), None);

        let cursor = Progress::begin(start, None).unwrap().end(after(0)).unwrap();
        let expired = |start: Option<Start>| {
            let error = Progress::begin(start, Some(&cursor)).unwrap_err();
            assert_eq!(error.class, ErrorClass::CursorExpired);
            error.message
        };
        assert!(expired(usn("cn=NTDS,dc=x0142", 9_999)).contains("another domain controller"));
        assert!(expired(usn("cn=NTDS,dc=x0141", 1_699)).contains("numbers its changes anew"));
        assert!(expired(at("20260101120000Z")).contains("another kind of server"));
        let later = Progress::begin(usn("cn=NTDS,dc=x0141", 1_800), Some(&cursor)).unwrap();
        assert_eq!(later.filter("(a=b)", &Enabled::UserAccountControl), "(&(a=b)(uSNChanged>=1701))");
        assert!(later.end(after(0)).unwrap().contains("1800"));
    }

    #[test]
    fn departments_that_go_or_get_other_leaders_need_a_full_read() {
        let read = |cursor: Option<&str>, departments: &[(&str, &[&str])]| {
            let mut progress = Progress::begin(usn("s", 1), cursor).unwrap();
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
}
