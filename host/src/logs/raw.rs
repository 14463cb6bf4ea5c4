//! Reads the raw-record log: by day, source, task and text, newest first for whoever looks at what just came in, or
//! oldest first for whoever reads a task's records as it got them; and one record whole.

use jiff::Timestamp;

use super::budget::Budget;
use super::daily::{Daily, Day};
use super::lines::{Backward, Forward, Line, Rest, Step, whole_end};
use super::needle::Needle;
use super::{LONGEST, LogsError, Place, SHOWN, Span, seek};
use crate::domain::data_type::DataType;
use crate::domain::ids::{Batch, TaskId};

/// Which raw records to list.
#[derive(Debug, Clone, Default)]
pub struct RawQuery {
    /// When they came: a day, or a task's time from its start to its end; a little around it is looked at, too.
    pub span: Span,
    /// Of this source only.
    pub source: Option<String>,
    /// Of this task only.
    pub task: Option<TaskId>,
    /// With this text anywhere in the record.
    pub text: Option<Needle>,
    /// In which order.
    pub order: Order,
    /// Where an earlier page stopped.
    pub from: Option<Place>,
    /// How many at most.
    pub limit: usize,
}

/// In which order records are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// From the log's end to its beginning.
    #[default]
    NewestFirst,
    /// As they came.
    OldestFirst,
}

/// Some raw records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPage {
    /// In the order that was asked for.
    pub records: Vec<RawRecord>,
    /// Where to go on; `None` if there are no more. There may be no records and yet a place: then a call's worth of
    /// log had none.
    pub next: Option<Place>,
}

/// One raw record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Where its line begins; what is cut can be read whole by it.
    pub place: Place,
    /// What stands before it in its line; `None` for a line that a crash has left half written.
    pub head: Option<RawHead>,
    /// The record as received, but for secrets; without a head, the line as it is.
    pub text: String,
    /// Whether there is more of it.
    pub cut: bool,
}

/// What a line of the log says of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawHead {
    /// When it was written to the log.
    pub time: Timestamp,
    /// The task that it came in.
    pub task: TaskId,
    /// The task's number within its source.
    pub batch: Batch,
    /// The source's name.
    pub source: String,
    /// What it describes.
    pub data_type: DataType,
    /// Whether it is JSON, or a text that should have been.
    pub form: Form,
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// A text that is none.
    Text,
}

pub(super) fn page(log: &Daily, query: &RawQuery, mut budget: Budget) -> Result<RawPage, LogsError> {
    let span = query.span.widened();
    let all = log.days()?;
    let newest = all.last().map(|day| day.date);
    let ahead = |day: &Day| match (query.order, query.from) {
        (_, None) => true,
        (Order::NewestFirst, Some(from)) => day.date <= from.day,
        (Order::OldestFirst, Some(from)) => day.date >= from.day,
    };
    let mut days: Vec<Day> =
        all.into_iter().filter(|day| query.span.touches(day.date) && ahead(day)).collect();
    if query.order == Order::NewestFirst {
        days.reverse();
    }
    let filter = Filter::new(query, span);
    let mut records = Vec::new();
    let mut days = days.into_iter().peekable();
    while let Some(Day { date, .. }) = days.next() {
        let Some((file, length)) = log.open(date)? else { continue };
        let failed = |source| log.failed(date, source);
        let (mut floor, mut ceiling) = seek::part(&file, length, span, time).map_err(failed)?;
        let from = query.from.filter(|from| from.day == date).map(|from| from.offset);
        let mut lines = match query.order {
            Order::NewestFirst => {
                // The line that is being written now is left out.
                let is_last = from.is_none() && Some(date) == newest && ceiling == length;
                let end =
                    if is_last { whole_end(&file, length, &mut budget).map_err(failed)? } else { length };
                ceiling = ceiling.min(from.unwrap_or(end));
                Lines::Backward(Backward::new(&file, floor, ceiling))
            }
            Order::OldestFirst => {
                floor = floor.max(from.unwrap_or(0)).min(length);
                let rest = if Some(date) == newest { Rest::Left } else { Rest::Given };
                Lines::Forward(Forward::new(&file, floor, ceiling, rest).map_err(failed)?)
            }
        };
        loop {
            match lines.next(&mut budget).map_err(failed)? {
                Step::End => break,
                Step::Spent => {
                    let next = Some(Place { day: date, offset: lines.place() });
                    return Ok(RawPage { records, next });
                }
                Step::Line(line) if filter.takes(&line) => {
                    records.push(read(Place { day: date, offset: line.start }, &line.bytes, line.cut, SHOWN));
                }
                Step::Line(_) => {}
            }
            let rest = (floor + 1..ceiling).contains(&lines.place()) || days.peek().is_some();
            if records.len() >= query.limit && rest {
                let next = Some(Place { day: date, offset: lines.place() });
                return Ok(RawPage { records, next });
            }
        }
    }
    Ok(RawPage { records, next: None })
}

/// The record at a place with all that it says, up to [`LONGEST`] bytes.
pub(super) fn whole(log: &Daily, place: Place) -> Result<Option<RawRecord>, LogsError> {
    let Some(bytes) = log.line_at(place, LONGEST + 1)? else { return Ok(None) };
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let cut = line.len() > LONGEST || line.len() == bytes.len();
    Ok(Some(read(place, &line[..line.len().min(LONGEST)], cut, LONGEST)))
}

/// The lines of a file, in either order.
enum Lines<'a> {
    Backward(Backward<'a>),
    Forward(Forward<'a>),
}

impl Lines<'_> {
    fn next(&mut self, budget: &mut Budget) -> std::io::Result<Step> {
        match self {
            Self::Backward(lines) => lines.next(budget),
            Self::Forward(lines) => lines.next(budget),
        }
    }

    fn place(&self) -> u64 {
        match self {
            Self::Backward(lines) => lines.place(),
            Self::Forward(lines) => lines.place(),
        }
    }
}

/// Says which lines are wanted, without reading more of them than it takes.
struct Filter<'a> {
    span: Span,
    /// The source's name as the log has it.
    source: Option<String>,
    task: Option<String>,
    text: Option<&'a Needle>,
}

impl<'a> Filter<'a> {
    fn new(query: &'a RawQuery, span: Span) -> Self {
        let source = query.source.as_ref().map(|source| serde_json::Value::from(source.as_str()).to_string());
        Self { span, source, task: query.task.map(|task| task.to_string()), text: query.text.as_ref() }
    }

    fn takes(&self, line: &Line) -> bool {
        let Some((head, record)) = Parts::of(&line.bytes) else {
            // Nobody knows whose it is.
            let text = self.text.is_none_or(|text| text.is_in(&line.bytes));
            return self.source.is_none() && self.task.is_none() && text;
        };
        self.task.as_ref().is_none_or(|task| head.task == task)
            && self.source.as_ref().is_none_or(|source| head.source == source)
            && self.text.is_none_or(|text| text.is_in(record))
            && head.time.parse().is_ok_and(|time| self.span.has(time))
    }
}

/// What stands before the record, as it stands there.
struct Parts<'a> {
    time: &'a str,
    task: &'a str,
    batch: &'a str,
    /// With its quotes.
    source: &'a str,
    data_type: &'a str,
    form: Form,
}

impl<'a> Parts<'a> {
    /// Takes a line apart into these and what follows them.
    fn of(line: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let line = line.strip_prefix(br#"{"time":""#)?;
        let (time, line) = until(line, b'"')?;
        let (task, line) = until(line.strip_prefix(br#","task":"#)?, b',')?;
        let (batch, line) = until(line.strip_prefix(br#""batch":"#)?, b',')?;
        let line = line.strip_prefix(br#""source":"#)?;
        let (source, line) = line.split_at_checked(end_of_text(line)?)?;
        let (data_type, line) = until(line.strip_prefix(br#","dataType":""#)?, b'"')?;
        let (form, record) = match line.strip_prefix(br#","record":"#) {
            Some(record) => (Form::Json, record),
            None => (Form::Text, line.strip_prefix(br#","text":"#)?),
        };
        let source = str::from_utf8(source).ok()?;
        Some((Self { time, task, batch, source, data_type, form }, record))
    }

    fn head(&self) -> Option<RawHead> {
        Some(RawHead {
            time: self.time.parse().ok()?,
            task: TaskId(self.task.parse().ok()?),
            batch: Batch(self.batch.parse().ok()?),
            source: serde_json::from_str(self.source).ok()?,
            data_type: self.data_type.parse().ok()?,
            form: self.form,
        })
    }
}

fn until(line: &[u8], end: u8) -> Option<(&str, &[u8])> {
    let at = line.iter().position(|byte| *byte == end)?;
    Some((str::from_utf8(&line[..at]).ok()?, &line[at + 1..]))
}

/// The length of the JSON text at the line's beginning, with its quotes.
fn end_of_text(line: &[u8]) -> Option<usize> {
    let mut at = 1;
    while *line.get(at)? != b'"' {
        at += if line[at] == b'\\' { 2 } else { 1 };
    }
    Some(at + 1)
}

fn time(line: &[u8]) -> Option<Timestamp> {
    until(line.strip_prefix(br#"{"time":""#)?, b'"')?.0.parse().ok()
}

/// Reads a line, and keeps so much of its record.
fn read(place: Place, line: &[u8], cut: bool, shown: usize) -> RawRecord {
    let parts = Parts::of(line).and_then(|(parts, record)| Some((parts.head()?, record)));
    let (head, record) = match parts {
        Some((head, record)) => (Some(head), record.strip_suffix(b"}").filter(|_| !cut).unwrap_or(record)),
        None => (None, line),
    };
    let is_text = head.as_ref().is_some_and(|head| head.form == Form::Text);
    let text = match serde_json::from_slice::<String>(record) {
        Ok(text) if is_text => text,
        _ => String::from_utf8_lossy(record).into_owned(),
    };
    let kept = &text[..text.floor_char_boundary(shown)];
    RawRecord { place, head, text: kept.to_owned(), cut: cut || kept.len() < text.len() }
}

#[cfg(test)]
#[path = "raw_tests.rs"]
mod tests;
