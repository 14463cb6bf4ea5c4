//! When an account ends: an attribute with a time at which nobody writes to the entry, so an incremental read has to
//! ask for those whose time has come since the one before. Three forms of times are known by the attribute's name.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::cursor::TIME;
use crate::entry::Entry;

pub(crate) const ACCOUNT_EXPIRES: &str = "accountexpires";
const SHADOW_EXPIRE: &str = "shadowexpire";

/// The attribute that says when an account ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// In lowercase.
    pub(crate) attribute: String,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In steps of 100 ns since 1601; 0 and the largest number mean never ([MS-ADA1], accountExpires).
    FileTime,
    /// In days since 1970 (RFC 2307); 0 and less mean never.
    Days,
    /// As text, such as `20261130120000Z` (RFC 4517, 3.3.13).
    Text,
}

/// Steps of a file time in a second.
const STEPS: i64 = 10_000_000;
/// From 1601 to 1970, in seconds.
const SINCE_1601: i64 = 11_644_473_600;
const DAY: i64 = 86_400;

impl Expiry {
    /// Whether an account's time has come.
    pub(crate) fn has_come(&self, entry: &Entry, now: Timestamp) -> bool {
        entry
            .texts(&self.attribute)
            .next()
            .and_then(|text| self.form().read(&text))
            .is_some_and(|end| end <= now)
    }

    /// A filter of those whose time has come since another time; it may match more.
    pub(crate) fn filter(&self, since: Timestamp, now: Timestamp) -> String {
        let attribute = &self.attribute;
        // With clocks that were set back there may be nothing in between.
        let since = since.min(now);
        let between = |from: String, to: String| format!("(&({attribute}>={from})({attribute}<={to}))");
        match self.form() {
            Form::FileTime => {
                let number = |time: Timestamp| ((time.as_second() + SINCE_1601) * STEPS).max(1).to_string();
                // Up to the end of the second.
                between(number(since), number(now + SignedDuration::from_secs(1)))
            }
            // No order is defined for it.
            Form::Days => format!("({attribute}=*)"),
            Form::Text => {
                let text =
                    |time: Timestamp| format!("{}Z", time.to_zoned(TimeZone::UTC).datetime().strftime(TIME));
                between(text(since), text(now))
            }
        }
    }

    fn form(&self) -> Form {
        match self.attribute.as_str() {
            ACCOUNT_EXPIRES => Form::FileTime,
            SHADOW_EXPIRE => Form::Days,
            _ => Form::Text,
        }
    }
}

impl Form {
    /// The time that a value means; `None` for never, and for what is no time.
    fn read(self, text: &str) -> Option<Timestamp> {
        let number = || text.parse::<i64>().ok().filter(|number| *number > 0);
        match self {
            Form::FileTime => {
                let steps = number().filter(|steps| *steps != i64::MAX)?;
                Timestamp::from_second(steps / STEPS - SINCE_1601).ok()
            }
            Form::Days => Timestamp::from_second(number()?.checked_mul(DAY)?).ok(),
            Form::Text => generalized(text),
        }
    }
}

/// A generalized time: minutes, seconds and a fraction may be missing; `Z`, or a difference to it, may not.
fn generalized(text: &str) -> Option<Timestamp> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if !matches!(digits, 10 | 12 | 14) {
        return None;
    }
    let (time, zone) = text.split_at(digits);
    let zone = zone.trim_start_matches(['.', ',']).trim_start_matches(|c: char| c.is_ascii_digit());
    let time = jiff::civil::DateTime::strptime(TIME, format!("{time:0<14}")).ok()?;
    let offset = match (zone, zone.split_at_checked(1)) {
        ("Z", _) => Offset::UTC,
        (_, Some((sign @ ("+" | "-"), rest))) if matches!(rest.len(), 2 | 4) => {
            let part = |at: usize| rest.get(at..at + 2).map_or(Some(0), |digits| digits.parse::<i32>().ok());
            let seconds = part(0)? * 3_600 + part(2)? * 60;
            Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()?
        }
        _ => return None,
    };
    offset.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::testing::entry;

    fn expiry(attribute: &str) -> Expiry {
        Expiry { attribute: attribute.to_owned() }
    }

    /// 2026-11-30 12:00:00.
    fn noon() -> Timestamp {
        "2026-11-30T12:00:00Z".parse().unwrap()
    }

    fn check(attribute: &str, value: &str, expected: bool) {
        let entry = entry("dc=x", &[(attribute, &[value])]);
        assert_eq!(expiry(attribute).has_come(&entry, noon()), expected, "{attribute} {value}");
    }

    #[test]
    fn file_times_count_from_1601_and_two_mean_never() {
        let at = |time: Timestamp| ((time.as_second() + 11_644_473_600) * 10_000_000).to_string();
        let second = SignedDuration::from_secs(1);
        check("accountexpires", &at(noon() - second), true);
        check("accountexpires", &at(noon()), true);
        check("accountexpires", &at(noon() + second), false);
        check("accountexpires", "132223104000000000", true); // 2020-01-01
        check("accountexpires", "157766880000000000", false); // 2100-12-11
        check("accountexpires", "1", true);
        for never in ["0", "9223372036854775807", "-1", "", "soon", "99999999999999999999"] {
            check("accountexpires", never, false);
        }
        assert!(!expiry("accountexpires").has_come(&entry("dc=x", &[]), noon()));
    }

    #[test]
    fn days_count_from_1970() {
        let today = noon().as_second() / DAY;
        check("shadowexpire", &(today - 1).to_string(), true);
        check("shadowexpire", &today.to_string(), true);
        check("shadowexpire", &(today + 1).to_string(), false);
        for never in ["0", "-1", "99999999999999"] {
            check("shadowexpire", never, false);
        }
    }

    #[test]
    fn texts_are_generalized_times() {
        for come in
            ["20261130120000Z", "20261130115959.999Z", "2026113012Z", "202611301200Z", "20261130130000+0100"]
        {
            check("pwdendtime", come, true);
        }
        for to_come in ["20261130120001Z", "20261130120000-0100", "20991231235959Z", "202611301230Z"] {
            check("krbprincipalexpiration", to_come, false);
        }
        for nonsense in
            ["20261130120000", "yesterday", "2026", "20261399000000Z", "20200101000000+1", "20200101000000x"]
        {
            check("pwdendtime", nonsense, false);
        }
    }

    #[test]
    fn those_whose_time_came_in_between_are_asked_for() {
        let (since, now) = ("2026-11-30T11:00:00Z".parse().unwrap(), noon());
        let check = |attribute: &str, since: Timestamp, expected: &str| {
            assert_eq!(expiry(attribute).filter(since, now), expected);
        };
        check(
            "accountexpires",
            since,
            "(&(accountexpires>=134405100000000000)(accountexpires<=134405136010000000))",
        );
        check("pwdendtime", since, "(&(pwdendtime>=20261130110000Z)(pwdendtime<=20261130120000Z))");
        check("shadowexpire", since, "(shadowexpire=*)");
        // A clock that was set back.
        check(
            "pwdendtime",
            "2030-01-01T00:00:00Z".parse().unwrap(),
            "(&(pwdendtime>=20261130120000Z)(pwdendtime<=20261130120000Z))",
        );
    }
}
