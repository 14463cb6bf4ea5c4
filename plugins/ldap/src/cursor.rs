//! Where an incremental read goes on. Of most servers: since when people changed, by the server's own clock, some
//! minutes early. Of Active Directory: the number of the last change, which counts at one domain controller only.
//! And what is in other entries than those of people: which departments there were with which leaders, and where the
//! entries between people and departments stood. Pure, but for the clock.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use orgsync_plugin_api::{MAX_CURSOR, PluginError};
use serde::{Deserialize, Serialize};

use crate::containers::{self, Container};
use crate::entry::Entry;
use crate::expiry::Expiry;
use crate::settings::Enabled;

pub(crate) const MODIFIED: &str = "modifytimestamp";
/// What a change may need to arrive from another server of the same directory, and what their clocks may differ.
/// An entry that is read twice does no harm.
const OVERLAP: Duration = Duration::from_secs(5 * 60);
/// How servers write times (RFC 4517, 3.3.13), but for a fraction and the `Z`.
pub(crate) const TIME: &str = "%Y%m%d%H%M%S";

/// The cursor, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    position: Position,
    /// A hash of each department that the read found.
    departments: BTreeSet<String>,
    /// What stands between people and departments.
    containers: Vec<Container>,
    /// Up to when accounts whose time had come have been read, by the clock here, in seconds since 1970.
    expired: i64,
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
    /// Containers as they were found in this read.
    containers: Vec<Container>,
    /// When the read began.
    now: Timestamp,
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
    pub(crate) fn begin(
        start: Option<Start>,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, PluginError> {
        let since = cursor.map(|text| Cursor::parse(text, start.as_ref())).transpose()?;
        Ok(Self {
            start,
            since,
            newest: None,
            is_hidden: false,
            departments: BTreeSet::new(),
            led: BTreeSet::new(),
            containers: Vec::new(),
            now,
        })
    }

    /// When the read began.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether the next read can go on from this one, as far as is known by now.
    pub(crate) fn is_followed(&self) -> bool {
        self.start.is_some() && !self.is_hidden
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
    pub(crate) fn filter(&self, filter: &str, enabled: &Enabled, expiry: Option<&Expiry>) -> String {
        let Some(Cursor { position, expired, .. }) = &self.since else { return filter.to_owned() };
        let mut which = match position {
            Position::Time(since) => format!("(modifyTimestamp>={since})"),
            Position::Usn { usn, .. } => format!("(uSNChanged>={})", usn.saturating_add(1)),
        };
        // Whom the server locks by itself shows no later time of change.
        let locked = matches!(position, Position::Time(_)) && *enabled == Enabled::PwdAccountLockedTime;
        let locked = locked.then(|| "(pwdAccountLockedTime=*)".to_owned());
        // Nor does an account whose time comes.
        let since = Timestamp::from_second(*expired).unwrap_or(Timestamp::MIN);
        let ended = expiry.map(|expiry| expiry.filter(since, self.now));
        let others: String = locked.into_iter().chain(ended).collect();
        if !others.is_empty() {
            which = format!("(|{which}{others})");
        }
        format!("(&{filter}{which})")
    }

    /// The containers that the read before found.
    pub(crate) fn containers_before(&self) -> &[Container] {
        self.since.as_ref().map(|since| since.containers.as_slice()).unwrap_or_default()
    }

    /// Notes a container that people stand in; one that the server does not show can't be looked for again.
    pub(crate) fn container(&mut self, container: Option<Container>) {
        match container {
            Some(container) if self.containers.len() < containers::MOST => self.containers.push(container),
            _ => self.is_hidden = true,
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
            None => self.is_hidden |= self.needs_times(),
        }
    }

    /// Where the next read goes on, if that can be told.
    pub(crate) fn end(self, took: impl FnOnce(Instant) -> Duration) -> Option<String> {
        if self.is_hidden {
            return None;
        }
        let (mut containers, mut since) = (self.containers, self.since);
        containers.extend(since.iter_mut().flat_map(|since| std::mem::take(&mut since.containers)));
        let position = match (self.start?, since.map(|since| since.position)) {
            (Start::Usn { server, usn }, _) => Position::Usn { server, usn },
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
        let expired = self.now.as_second();
        let cursor = Cursor { position, departments: self.departments, containers, expired };
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
#[path = "cursor_tests.rs"]
mod tests;
