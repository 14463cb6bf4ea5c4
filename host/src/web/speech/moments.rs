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
}

impl Formats {
    fn of(language: Language) -> Option<Self> {
        let locale: icu_locale_core::Locale = language.tag().parse().ok()?;
        let day = FixedCalendarDateTimeFormatter::try_new((&locale).into(), fieldsets::YMD::medium());
        let moment = FixedCalendarDateTimeFormatter::try_new(
            (&locale).into(),
            fieldsets::YMD::medium().with_time_hms(),
        );
        Some(Self { day: day.ok()?, moment: moment.ok()? })
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
    let there = Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone());
    let (hour, minute, second) = (there.hour(), there.minute(), there.second());
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let time = Time::try_new(part(hour), part(minute), part(second), 0).ok();
    let written = formats(language).zip(date(there.date())).zip(time);
    let written =
        written.map(|((formats, date), time)| formats.moment.format(&DateTime { date, time }).to_string());
    let written = written.unwrap_or_else(|| there.strftime("%F %T").to_string());
    if *zone == TimeZone::UTC { format!("{written} UTC") } else { written }
}

fn date(day: civil::Date) -> Option<Date<Gregorian>> {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    Date::try_new_gregorian(day.year().into(), part(day.month()), part(day.day())).ok()
}
