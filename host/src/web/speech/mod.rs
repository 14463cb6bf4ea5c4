//! What the page says, in the reader's language, number format and time zone. Texts stand in `locales/`, one Fluent
//! catalogue a language; a message that a language hasn't got is said in English.

mod catalogue;
#[cfg(test)]
mod completeness;
mod language;
mod moments;

use std::borrow::Borrow;

use fluent_bundle::FluentValue;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::catalogue::Catalogue;
pub(crate) use self::language::Language;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How one reader is spoken to.
#[derive(Debug, Clone)]
pub(crate) struct Speech {
    pub(crate) language: Language,
    pub(crate) zone: TimeZone,
    /// The moment at which the page is made, in milliseconds since 1970.
    pub(crate) now: i64,
}

impl Speech {
    /// A message.
    pub(crate) fn say(&self, key: &str) -> String {
        self.say_all(key, &[])
    }

    /// A message with something in it.
    pub(crate) fn say_with<'a>(&self, key: &str, name: &str, value: impl Into<FluentValue<'a>>) -> String {
        self.say_all(key, &[(name, value.into())])
    }

    /// A message with several things in it.
    pub(crate) fn say_all(&self, key: &str, given: &[(&str, FluentValue<'_>)]) -> String {
        let said = Catalogue::of(self.language).message(key, given);
        said.or_else(|| Catalogue::of(Language::English).message(key, given))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Whether there is a message with this key.
    pub(crate) fn knows(key: &str) -> bool {
        Catalogue::of(Language::English).message(key, &[]).is_some()
    }

    /// A number with the separators of the language.
    pub(crate) fn number(&self, number: impl Into<FluentValue<'static>>) -> String {
        self.say_with("number", "n", number)
    }

    /// A moment, exactly.
    pub(crate) fn moment(&self, ms: impl Borrow<i64>) -> String {
        moments::moment(self.language, &self.zone, *ms.borrow())
    }

    /// A moment among many others: without its year and zone.
    pub(crate) fn stamp(&self, ms: impl Borrow<i64>) -> String {
        moments::stamp(self.language, &self.zone, *ms.borrow())
    }

    /// A day.
    pub(crate) fn day(&self, day: Date) -> String {
        moments::day(self.language, day)
    }

    /// How long ago a moment was, or is to come; after a month, its day.
    pub(crate) fn ago(&self, ms: impl Borrow<i64>) -> String {
        let ms = *ms.borrow();
        let (past, distance) = (self.now >= ms, (self.now - ms).abs());
        if distance < MINUTE {
            return self.say("time-now");
        }
        if distance >= 30 * DAY {
            return self.day(self.local_day(ms));
        }
        let (unit, ago, ahead) = if distance < HOUR {
            (MINUTE, "time-minutes-ago", "time-in-minutes")
        } else if distance < DAY {
            (HOUR, "time-hours-ago", "time-in-hours")
        } else {
            (DAY, "time-days-ago", "time-in-days")
        };
        let key = if past { ago } else { ahead };
        self.say_with(key, "n", distance / unit)
    }

    /// How long something took or takes, in its two largest units.
    pub(crate) fn duration(&self, ms: impl Borrow<i64>) -> String {
        let ms = *ms.borrow();
        if ms < SECOND {
            return self.say_with("duration-ms", "n", ms);
        }
        if ms < MINUTE {
            let tenths = (ms + 50) / 100;
            return self.say_with("duration-s", "n", tenths as f64 / 10.0);
        }
        let (key, large, small) = if ms < HOUR {
            ("duration-min-s", MINUTE, SECOND)
        } else if ms < DAY {
            ("duration-h-min", HOUR, MINUTE)
        } else {
            ("duration-d-h", DAY, HOUR)
        };
        self.say_all(key, &[("a", (ms / large).into()), ("b", (ms % large / small).into())])
    }

    /// A size in bytes.
    pub(crate) fn bytes(&self, bytes: impl Borrow<u64>) -> String {
        let bytes = *bytes.borrow();
        const KIB: u64 = 1 << 10;
        let (key, unit) = if bytes < KIB {
            return self.say_with("size-b", "n", bytes);
        } else if bytes < KIB * KIB {
            ("size-kib", KIB)
        } else if bytes < KIB * KIB * KIB {
            ("size-mib", KIB * KIB)
        } else {
            ("size-gib", KIB * KIB * KIB)
        };
        self.say_with(key, "n", (bytes as f64 / unit as f64 * 10.0).round() / 10.0)
    }

    /// The day of a moment where the reader is.
    pub(crate) fn local_day(&self, ms: i64) -> Date {
        jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(self.zone.clone()).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speech(language: Language) -> Speech {
        Speech { language, zone: TimeZone::UTC, now: 1_767_225_600_000 }
    }

    #[test]
    fn numbers_are_written_as_the_reader_does() {
        let check = |language: Language, expected: &str| {
            assert_eq!(speech(language).number(1_234_567), expected, "{}", language.tag());
        };
        check(Language::English, "1,234,567");
        check(Language::Chinese, "1,234,567");
        check(Language::Italian, "1.234.567");
        check(Language::Russian, "1\u{a0}234\u{a0}567");
        check(Language::Polish, "1\u{a0}234\u{a0}567");
        check(Language::Turkish, "1.234.567");
        check(Language::Hindi, "12,34,567");
    }

    #[test]
    fn moments_are_written_as_the_reader_does() {
        let check = |language: Language, expected: &str| {
            assert_eq!(speech(language).moment(1_767_225_661_000), expected, "{}", language.tag());
        };
        check(Language::English, "Jan 1, 2026, 12:01:01\u{202f}AM UTC");
        check(Language::Polish, "1 sty 2026, 00:01:01 UTC");
        check(Language::Chinese, "2026年1月1日 00:01:01 UTC");
        let there = Speech { zone: TimeZone::get("Asia/Kolkata").unwrap(), ..speech(Language::Turkish) };
        assert_eq!(there.moment(1_767_225_661_000), "1 Oca 2026 05:31:01");
    }

    #[test]
    fn stamps_have_neither_year_nor_zone() {
        let check = |language: Language, expected: &str| {
            assert_eq!(speech(language).stamp(1_767_225_661_000), expected, "{}", language.tag());
        };
        check(Language::English, "Jan 1, 12:01:01\u{202f}AM");
        check(Language::Polish, "1 sty, 00:01:01");
        check(Language::Chinese, "1月1日 00:01:01");
    }

    #[test]
    fn distances_are_told_in_one_unit() {
        let check = |distance: i64, expected: &str| {
            let english = speech(Language::English);
            assert_eq!(english.ago(english.now - distance), expected, "{distance}");
        };
        check(59_999, "just now");
        check(60_000, "1 minute ago");
        check(-3 * HOUR, "in 3 hours");
        check(2 * DAY, "2 days ago");
        check(40 * DAY, "Nov 22, 2025");
        assert_eq!(speech(Language::Russian).say_with("time-minutes-ago", "n", 22), "22 минуты назад");
    }

    #[test]
    fn durations_are_told_in_two_units() {
        let check = |ms: i64, expected: &str| assert_eq!(speech(Language::English).duration(ms), expected);
        check(7, "7 ms");
        check(1_260, "1.3 s");
        check(125_000, "2 min 5 s");
        check(3 * HOUR + 60_000, "3 h 1 min");
        check(49 * HOUR, "2 d 1 h");
    }
}
