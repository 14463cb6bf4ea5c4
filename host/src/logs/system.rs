//! Reads the system log: its events newest first, by level, text or task, what is new in it, and one event whole.

use std::fs::File;

use super::budget::Budget;
use super::daily::{Daily, Day};
use super::event::{self, Event, Wanted};
use super::lines::{Backward, Forward, Line, Rest, Step, whole_end};
use super::{LONGEST, LogsError, Place, SHOWN, Span, seek};

/// Lines without a beginning are taken for one event up to so many bytes.
const EVENT: usize = 256 << 10;

/// Which events to list.
#[derive(Debug, Clone, Default)]
pub struct SystemQuery {
    /// Those.
    pub wanted: Wanted,
    /// Where to look; a little around it is looked at, too.
    pub span: Span,
    /// Only what stands before this place, which an earlier page gave.
    pub before: Option<Place>,
    /// How many at most.
    pub limit: usize,
}

/// Some events, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemPage {
    /// The events.
    pub events: Vec<Event>,
    /// Where to go on; `None` if there is nothing before. There may be no events and yet a place: then a call's worth
    /// of log had none.
    pub older: Option<Place>,
    /// The end of the log, from which on [`News`] tell what came later.
    pub newest: Place,
}

/// What has been logged since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The events, oldest first.
    pub events: Vec<Event>,
    /// From where to ask the next time.
    pub place: Place,
    /// Whether there is more already.
    pub more: bool,
}

pub(super) fn page(log: &Daily, query: &SystemQuery, mut budget: Budget) -> Result<SystemPage, LogsError> {
    let days = log.days()?;
    let newest = newest(log, &days, &mut budget)?;
    let span = query.span.widened();
    let end = query.before.unwrap_or(newest);
    let mut found = Vec::new();
    let mut days =
        days.iter().rev().filter(|day| query.span.touches(day.date) && day.date <= end.day).peekable();
    while let Some(Day { date, .. }) = days.next().copied() {
        let Some((file, length)) = log.open(date)? else { continue };
        let failed = |source| log.failed(date, source);
        let (floor, ceiling) = seek::part(&file, length, span, event::time).map_err(failed)?;
        let ceiling = if date == end.day { ceiling.min(end.offset) } else { ceiling };
        let mut events = Older::new(&file, floor, ceiling);
        while let Some((line, bytes)) = events.next(&mut budget).map_err(failed)? {
            let place = Place { day: date, offset: line.start };
            if query.wanted.takes(&bytes) {
                let event = Event::read(place, &bytes, line.cut, SHOWN);
                if event.time.is_none_or(|time| span.has(time)) {
                    found.push(event);
                }
            }
            let rest = events.place() > floor || days.peek().is_some();
            if found.len() >= query.limit && rest {
                return Ok(SystemPage { events: found, older: Some(place), newest });
            }
        }
        if events.place() > floor {
            let older = Some(Place { day: date, offset: events.place() });
            return Ok(SystemPage { events: found, older, newest });
        }
    }
    Ok(SystemPage { events: found, older: None, newest })
}

pub(super) fn since(
    log: &Daily,
    place: Place,
    wanted: &Wanted,
    limit: usize,
    mut budget: Budget,
) -> Result<News, LogsError> {
    let days = log.days()?;
    let mut news = News { events: Vec::new(), place, more: false };
    for (at, Day { date, .. }) in days.iter().enumerate().filter(|(_, day)| day.date >= place.day) {
        let Some((file, length)) = log.open(*date)? else { continue };
        // A file that is shorter than it was has been begun anew.
        let start = if *date == place.day && place.offset <= length { place.offset } else { 0 };
        // Once there is the next day's file, nothing is written to this one.
        let rest = if at + 1 == days.len() { Rest::Left } else { Rest::Given };
        let failed = |source| log.failed(*date, source);
        let mut events = Newer::new(Forward::new(&file, start, length, rest).map_err(failed)?);
        while let Some((line, bytes)) = events.next(&mut budget).map_err(failed)? {
            if wanted.takes(&bytes) {
                let place = Place { day: *date, offset: line.start };
                news.events.push(Event::read(place, &bytes, line.cut, SHOWN));
            }
            if news.events.len() >= limit {
                break;
            }
        }
        news.place = Place { day: *date, offset: events.place() };
        if events.spent || news.events.len() >= limit {
            news.more = events.spent || events.place() < length || rest == Rest::Given;
            break;
        }
    }
    Ok(news)
}

/// The event at a place with all that it says, up to [`LONGEST`] bytes.
pub(super) fn whole(log: &Daily, place: Place) -> Result<Option<Event>, LogsError> {
    let Some(bytes) = log.line_at(place, LONGEST + 1)? else { return Ok(None) };
    let mut lines = bytes[..bytes.len().min(LONGEST)].split_inclusive(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let others: usize = lines.take_while(|line| event::head(line).is_none()).map(<[u8]>::len).sum();
    let event = &bytes[..first.len() + others];
    let cut = event.len() == LONGEST;
    Ok(Some(Event::read(place, event.strip_suffix(b"\n").unwrap_or(event), cut, LONGEST)))
}

/// Where the log ends now. A line that is only half written is after it.
fn newest(log: &Daily, days: &[Day], budget: &mut Budget) -> Result<Place, LogsError> {
    let Some(Day { date, .. }) = days.last().copied() else { return Ok(Place::BEGINNING) };
    let Some((file, length)) = log.open(date)? else { return Ok(Place::BEGINNING) };
    let offset = whole_end(&file, length, budget).map_err(|source| log.failed(date, source))?;
    Ok(Place { day: date, offset })
}

/// The beginning of an event, and all of its bytes.
type Gathered = (Line, Vec<u8>);

/// Gathers lines into events, from a file's end on.
struct Older<'a> {
    lines: Backward<'a>,
    /// Where what has been given begins.
    given: u64,
    moved: bool,
}

impl<'a> Older<'a> {
    fn new(file: &'a File, floor: u64, ceiling: u64) -> Self {
        let lines = Backward::new(file, floor, ceiling);
        Self { given: lines.place(), lines, moved: false }
    }

    fn place(&self) -> u64 {
        self.given
    }

    fn next(&mut self, budget: &mut Budget) -> std::io::Result<Option<Gathered>> {
        let (mut tail, mut size): (Vec<Line>, usize) = (Vec::new(), 0);
        loop {
            match self.lines.next(budget)? {
                Step::Line(line) => {
                    size += line.bytes.len() + 1;
                    let begins = event::head(&line.bytes).is_some() || size > EVENT;
                    tail.push(line);
                    if begins {
                        break;
                    }
                }
                // An event that could not be reached the beginning of is for the next call, unless it is the first one.
                Step::Spent if tail.is_empty() || self.moved => {
                    if tail.is_empty() {
                        self.given = self.lines.place();
                    }
                    return Ok(None);
                }
                Step::End if tail.is_empty() => return Ok(None),
                Step::Spent | Step::End => break,
            }
        }
        (self.given, self.moved) = (self.lines.place(), true);
        tail.reverse();
        Ok(Some(joined(tail)))
    }
}

/// Gathers lines into events, from a place on.
struct Newer<'a> {
    lines: Forward<'a>,
    /// The beginning of the next event, which has been read already.
    next: Option<Line>,
    spent: bool,
    given: u64,
}

impl<'a> Newer<'a> {
    fn new(lines: Forward<'a>) -> Self {
        Self { given: lines.place(), lines, next: None, spent: false }
    }

    fn place(&self) -> u64 {
        self.given
    }

    fn next(&mut self, budget: &mut Budget) -> std::io::Result<Option<Gathered>> {
        let mut event: Vec<Line> = self.next.take().into_iter().collect();
        let mut size = 0;
        loop {
            match self.lines.next(budget)? {
                Step::Line(line) => {
                    size += line.bytes.len() + 1;
                    if !event.is_empty() && (event::head(&line.bytes).is_some() || size > EVENT) {
                        self.given = line.start;
                        self.next = Some(line);
                        break;
                    }
                    event.push(line);
                }
                step => {
                    self.spent = step == Step::Spent;
                    self.given = self.lines.place();
                    break;
                }
            }
        }
        Ok((!event.is_empty()).then(|| joined(event)))
    }
}

/// The lines of an event, the first of which is its beginning, as one.
fn joined(mut lines: Vec<Line>) -> Gathered {
    let cut = lines.iter().any(|line| line.cut);
    let mut bytes = std::mem::take(&mut lines[0].bytes);
    for line in &lines[1..] {
        bytes.push(b'\n');
        bytes.extend_from_slice(&line.bytes);
    }
    let first = lines.swap_remove(0);
    (Line { cut, ..first }, bytes)
}

#[cfg(test)]
#[path = "system_tests.rs"]
mod tests;
