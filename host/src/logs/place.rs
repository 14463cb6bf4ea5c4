//! Places in a log that has a file a day, written `2026-11-21:1234`: letters, digits and `-:`, so that they mean the
//! same in a URL; and spans of time.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How far the lines of a file may be out of order, and clocks apart: several threads write the system log.
const SLACK: SignedDuration = SignedDuration::from_secs(2);

/// Where a line begins, or where reading goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Whose file.
    pub day: Date,
    /// The byte in it.
    pub offset: u64,
}

impl Place {
    /// Before everything.
    pub const BEGINNING: Self = Self { day: jiff::civil::date(1, 1, 1), offset: 0 };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.day, self.offset)
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = || {
            let (day, offset) = text.split_once(':')?;
            let place = Self { day: day.parse().ok()?, offset: offset.parse().ok()? };
            // Parsers of dates and numbers take more than one way of writing.
            (place.to_string() == text).then_some(place)
        };
        parts().ok_or_else(|| format!("`{text}` is no place in a log; begin without one"))
    }
}

/// The time from which and until which lines are wanted, both included; none is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The earliest time.
    pub from: Option<Timestamp>,
    /// The latest time.
    pub until: Option<Timestamp>,
}

impl Span {
    /// One day of the log, all of it.
    pub fn day(day: Date) -> Self {
        let begins = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|begin| begin.timestamp());
        let ends = day.tomorrow().ok().and_then(begins).and_then(|end| end.checked_sub(NANOSECOND).ok());
        Self { from: begins(day), until: ends }
    }

    /// The same with some room on both sides, for lines that are out of order within a file.
    pub(super) fn widened(self) -> Self {
        Self {
            from: self.from.and_then(|from| from.checked_sub(SLACK).ok()),
            until: self.until.and_then(|until| until.checked_add(SLACK).ok()),
        }
    }

    /// Whether a time lies in it.
    pub(super) fn has(self, time: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time <= until)
    }

    /// Whether the file of a day may have lines of this span.
    pub(super) fn touches(self, day: Date) -> bool {
        let of = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        self.from.is_none_or(|from| of(from) <= day) && self.until.is_none_or(|until| of(until) >= day)
    }
}

const NANOSECOND: SignedDuration = SignedDuration::from_nanos(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_and_read_in_one_way_only() {
        let place = Place { day: jiff::civil::date(2026, 11, 21), offset: 1_234 };
        assert_eq!(place.to_string(), "2026-11-21:1234");
        assert_eq!("2026-11-21:1234".parse(), Ok(place));
        assert_eq!(Place::BEGINNING.to_string().parse(), Ok(Place::BEGINNING));
        for bad in [
            "",
            ":",
            "2026-11-21",
            "2026-11-21:",
            "20261121:1",
            "2026-11-21:+1",
            "2026-11-21:01",
            "2026-11-21:-1",
            "../../etc/passwd:1",
            "2026-11-31:1",
            "2026-11-21:99999999999999999999",
            "2026-11-21T10:1",
        ] {
            assert!(bad.parse::<Place>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_day_touches_no_other() {
        let day = jiff::civil::date(2026, 2, 28);
        let span = Span::day(day);
        assert!(span.touches(day));
        assert!(!span.touches(day.tomorrow().unwrap()) && !span.touches(day.yesterday().unwrap()));
        let midnight = "2026-03-01T00:00:00Z".parse().unwrap();
        assert!(!span.has(midnight) && span.widened().has(midnight));
        assert!(Span::default().touches(day));
    }
}
