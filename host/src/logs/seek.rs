//! Finds the part of a file in which a span of time lies, by halving, since lines are in the order of time. It gives
//! rather too much than too little where times can't be read.

use std::fs::File;
use std::io;

use jiff::Timestamp;

use super::Span;
use super::daily::read_at;

/// A smaller part is not worth halving.
const SMALL: u64 = 64 << 10;
/// How far to look for a line with a time: what has none for longer is no log.
const WINDOW: usize = 64 << 10;
/// How far to look first.
const GLANCE: usize = 4 << 10;

/// Reads a line's time from its first bytes.
pub(super) type TimeOf = fn(&[u8]) -> Option<Timestamp>;

/// The part of a file of this length that has the span, from the beginning of one line to that of another, or the
/// file's end.
pub(super) fn part(file: &File, length: u64, span: Span, time_of: TimeOf) -> io::Result<(u64, u64)> {
    let floor = match span.from {
        Some(from) => around(file, length, time_of, |time| time < from)?.0,
        None => 0,
    };
    let ceiling = match span.until {
        Some(until) => around(file, length, time_of, |time| time <= until)?.1,
        None => length,
    };
    Ok((floor, ceiling.max(floor)))
}

/// The beginnings of two lines: all lines before the first are `before`, none from the second on is.
fn around(
    file: &File,
    length: u64,
    time_of: TimeOf,
    before: impl Fn(Timestamp) -> bool,
) -> io::Result<(u64, u64)> {
    let (mut low, mut high) = (0, length);
    // Where to look on: `high` is a line's beginning, and that line may begin well after the middle.
    let mut end = length;
    while end > low + SMALL {
        let middle = low + (end - low) / 2;
        match timed(file, middle, time_of)? {
            Some((start, time)) if start < high && before(time) => low = start,
            Some((start, _)) => (high, end) = (high.min(start), middle),
            None => break,
        }
    }
    Ok((low, high))
}

/// The first line with a time that begins after this offset.
fn timed(file: &File, after: u64, time_of: TimeOf) -> io::Result<Option<(u64, Timestamp)>> {
    for size in [GLANCE, WINDOW] {
        let mut window = vec![0; size];
        let read = read_at(file, &mut window, after)?;
        window.truncate(read);
        let newlines = window.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let found = newlines
            .map(|(at, _)| at + 1)
            .find_map(|start| time_of(&window[start..]).map(|time| (after + start as u64, time)));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// Times are seconds, in digits.
    fn seconds(line: &[u8]) -> Option<Timestamp> {
        let digits = str::from_utf8(line.get(..10)?).ok()?;
        Timestamp::from_second(digits.parse().ok()?).ok()
    }

    fn at(second: i64) -> Option<Timestamp> {
        Some(Timestamp::from_second(second).unwrap())
    }

    /// A file with a line for each second, each with so many lines without a time after it.
    fn file(seconds: i64, untimed: usize) -> (File, u64) {
        let mut file = tempfile::tempfile().unwrap();
        let line = |second: i64| format!("{second:010} {}\n{}", "x".repeat(200), "  more\n".repeat(untimed));
        let text: String = (0..seconds).map(line).collect();
        file.write_all(text.as_bytes()).unwrap();
        (file, text.len() as u64)
    }

    fn check(untimed: usize) {
        let (file, length) = file(5_000, untimed);
        let each = length / 5_000;
        for (from, until) in
            [(0, 4_999), (100, 120), (2_500, 2_500), (4_990, 6_000), (4_999, 4_999), (7_000, 8_000)]
        {
            let span = Span { from: at(from), until: at(until) };
            let (floor, ceiling) = part(&file, length, span, seconds).unwrap();
            let (first, last) = (from as u64 * each, ((until as u64 + 1) * each).min(length));
            assert!(floor <= first && ceiling >= last.min(length), "{from}..{until}: {floor}..{ceiling}");
            assert!(floor % each == 0 && ceiling % each == 0, "at lines: {floor}..{ceiling}");
            let wide = (first.min(length) - floor) + (ceiling - last);
            assert!(wide <= 3 * SMALL, "{from}..{until}: {wide} bytes too many");
        }
    }

    #[test]
    fn a_span_is_found_without_much_around_it() {
        check(0);
    }

    #[test]
    fn lines_without_a_time_belong_to_the_one_before() {
        check(3);
    }

    #[test]
    fn what_has_no_times_is_given_whole() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![b'\n'; 300_000]).unwrap();
        let span = Span { from: at(5), until: at(6) };
        assert_eq!(part(&file, 300_000, span, seconds).unwrap(), (0, 300_000));
    }
}
