//! Moments as the reader writes them: in their language's format and their time zone.

use icu_calendar::Gregorian;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets;
use icu_datetime::input::{Date, DateTime, Time};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
use std::sync::LazyLock;

use super::language::Language;

/// The formats of all languages, in the order of [`Language::ALL`].
static FORMATS: LazyLock<Vec<Option<Formats>>> = LazyLock::new(|| Language::ALL.map(Formats::of).into());

struct Formats {
    day: FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>,
    moment: FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMDT>,
    stamp: FixedCalendarDateTimeFormatter<Gregorian, fieldsets::MDT>,
}

impl Formats {
    fn of(language: Language) -> Option<Self> {
        let locale: icu_locale_core::Locale = language.tag().parse().ok()?;
        let day = FixedCalendarDateTimeFormatter::try_new((&locale).into(), fieldsets::YMD::medium());
        let moment = FixedCalendarDateTimeFormatter::try_new(
            (&locale).into(),
            fieldsets::YMD::medium().with_time_hms(),
        );
        let stamp = FixedCalendarDateTimeFormatter::try_new(
            (&locale).into(),
            fieldsets::MD::medium().with_time_hms(),
        );
        Some(Self { day: day.ok()?, moment: moment.ok()?, stamp: stamp.ok()? })
    }
}

fn formats(language: Language) -> Option<&'static Formats> {
    let place = Language::ALL.iter().position(|known| *known == language)?;
    FORMATS[place].as_ref()
}

/// A day.
pub(super) fn day(language: Language, day: civil::Date) -> String {
    let written =
        formats(language).zip(date(day)).map(|(formats, date)| formats.day.format(&date).to_string());
    // What ICU can't write is still a date.
    written.unwrap_or_else(|| day.to_string())
}

/// A moment to the second, in a time zone, which is named unless it is the reader's own.
pub(super) fn moment(language: Language, zone: &TimeZone, ms: i64) -> String {
    let there = there(zone, ms);
    let written = formats(language).zip(date_time(there.datetime()));
    let written = written.map(|(formats, moment)| formats.moment.format(&moment).to_string());
    let written = written.unwrap_or_else(|| there.strftime("%F %T").to_string());
    if *zone == TimeZone::UTC { format!("{written} UTC") } else { written }
}

/// A moment to the second without its year and zone, for many of them below each other.
pub(super) fn stamp(language: Language, zone: &TimeZone, ms: i64) -> String {
    let there = there(zone, ms);
    let written = formats(language).zip(date_time(there.datetime()));
    let written = written.map(|(formats, moment)| formats.stamp.format(&moment).to_string());
    written.unwrap_or_else(|| there.strftime("%m-%d %T").to_string())
}

fn there(zone: &TimeZone, ms: i64) -> jiff::Zoned {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone())
}

fn date_time(moment: civil::DateTime) -> Option<DateTime<Gregorian>> {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let time = Time::try_new(part(moment.hour()), part(moment.minute()), part(moment.second()), 0).ok()?;
    Some(DateTime { date: date(moment.date())?, time })
}

fn date(day: civil::Date) -> Option<Date<Gregorian>> {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    Date::try_new_gregorian(day.year().into(), part(day.month()), part(day.day())).ok()
}
