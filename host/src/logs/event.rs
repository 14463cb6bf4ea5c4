//! One event of the system log, as `tracing-subscriber` writes it:
//! `2026-11-21T16:00:27.123456Z  INFO orgsync::sync::queue: task 7 goes on task=7`, where the message may be several
//! lines long. What does not look like that is shown as it is.

use jiff::Timestamp;

use super::Place;
use super::needle::{Needle, find};
use crate::domain::ids::TaskId;

/// How bad it is; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something went wrong.
    Error,
    /// Something may go wrong.
    Warn,
    /// Something happened.
    Info,
    /// For those who look for a mistake.
    Debug,
    /// Everything.
    Trace,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where it begins; what is cut can be read whole by it.
    pub place: Place,
    /// When it was logged; `None` if it does not look like an event.
    pub time: Option<Timestamp>,
    /// How bad it is.
    pub level: Option<Level>,
    /// The part of the program that tells it, or `plugin`.
    pub target: String,
    /// What happened, which may be several lines; of what is no event, all of it.
    pub message: String,
    /// What the message has besides, in the order in which it was written.
    pub fields: Vec<(String, String)>,
    /// Whether there is more of the message.
    pub cut: bool,
}

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Those as bad as this, or worse.
    pub level: Option<Level>,
    /// Those with this text anywhere.
    pub text: Option<Needle>,
    /// Those that name this task.
    pub task: Option<TaskId>,
}

impl Level {
    /// All, the worst first.
    pub const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// The name in URLs and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl std::str::FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|level| level.as_str() == text);
        known.ok_or_else(|| format!("`{text}` is no level: use `error`, `warn`, `info`, `debug` or `trace`"))
    }
}

impl Wanted {
    /// Whether it takes this event, told by its bytes.
    pub(super) fn takes(&self, event: &[u8]) -> bool {
        let bad = |least: Level| head(event).is_some_and(|head| head.level <= least);
        self.level.is_none_or(bad)
            && self.task.is_none_or(|task| names(event, task))
            && self.text.as_ref().is_none_or(|text| text.is_in(event))
    }
}

impl Event {
    /// Reads an event out of its bytes, and keeps so much of its message.
    pub(super) fn read(place: Place, bytes: &[u8], cut: bool, shown: usize) -> Self {
        let (time, level, rest) = match head(bytes) {
            Some(Head { time, level, rest }) => (time.parse().ok(), Some(level), rest),
            None => (None, None, bytes),
        };
        let text = String::from_utf8_lossy(rest);
        let (target, text) = match text.split_once(": ") {
            Some((target, text)) if level.is_some() && is_target(target) => (target, text),
            _ => ("", text.as_ref()),
        };
        let (message, fields) = if level.is_some() && !cut { split(text) } else { (text, Vec::new()) };
        let kept = &message[..message.floor_char_boundary(shown)];
        let cut = cut || kept.len() < message.len();
        Self { place, time, level, target: target.into(), message: kept.into(), fields, cut }
    }
}

/// The beginning of an event.
#[derive(Debug)]
pub(super) struct Head<'a> {
    time: &'a str,
    level: Level,
    rest: &'a [u8],
}

/// The beginning of an event, if this is one: `2026-11-21T16:00:27.123456Z  INFO `.
pub(super) fn head(bytes: &[u8]) -> Option<Head<'_>> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    let date = bytes.get(..SHAPE.len())?;
    // The fraction has up to nine digits.
    let end = SHAPE.len() + bytes[SHAPE.len()..].iter().take(11).position(|byte| *byte == b'Z')?;
    if !date.iter().zip(SHAPE).all(fits) {
        return None;
    }
    let time = str::from_utf8(&bytes[..=end]).ok()?;
    let after = bytes[end + 1..].strip_prefix(b" ")?;
    let level = Level::ALL.into_iter().find(|level| begins_with(after.trim_ascii_start(), *level))?;
    let rest = &after.trim_ascii_start()[level.as_str().len()..];
    Some(Head { time, level, rest: rest.strip_prefix(b" ")? })
}

/// The time at which an event began, if this is the beginning of one.
pub(super) fn time(bytes: &[u8]) -> Option<Timestamp> {
    head(bytes)?.time.parse().ok()
}

fn begins_with(text: &[u8], level: Level) -> bool {
    let name = level.as_str().as_bytes();
    text.get(..name.len()).is_some_and(|start| start.iter().eq(name.to_ascii_uppercase().iter()))
}

/// Whether the event names the task: as `task=7`, `task="task 7"` or in its message as `task 7`.
fn names(event: &[u8], task: TaskId) -> bool {
    let number = task.to_string();
    let mut rest = event;
    while let Some(at) = find(rest, b"task") {
        let before = at.checked_sub(1).is_some_and(|before| rest[before].is_ascii_alphanumeric());
        rest = &rest[at + b"task".len()..];
        let named = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b" "));
        let after = named.and_then(|named| named.strip_prefix(number.as_bytes()));
        if !before && after.is_some_and(|after| !after.first().is_some_and(u8::is_ascii_digit)) {
            return true;
        }
    }
    false
}

/// A path of Rust modules, or what a plugin's events have in its place.
fn is_target(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte))
}

/// Takes the fields off the end of an event's text. They are written after the message, as `name=value`, values that
/// are text between quotes; a message that ends like that can't be told from a field.
fn split(text: &str) -> (&str, Vec<(String, String)>) {
    let (mut message, mut fields) = (text, Vec::new());
    while let Some((rest, name, value)) = last_field(message) {
        message = rest;
        fields.push((name.to_owned(), value));
    }
    fields.reverse();
    (message, fields)
}

fn last_field(text: &str) -> Option<(&str, &str, String)> {
    let (before, value) = match text.strip_suffix('"') {
        Some(inner) => {
            let open = opening_quote(inner)?;
            (&text[..open], unquote(&inner[open + 1..]))
        }
        None => {
            let equals = text.rfind('=').filter(|equals| !text[*equals..].contains(char::is_whitespace))?;
            (&text[..=equals], text[equals + 1..].to_owned())
        }
    };
    let before = before.strip_suffix('=')?;
    let at = before.rfind(' ')?;
    let name = &before[at + 1..];
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_name)).then(|| (&before[..at], name, value))
}

/// Where the text between quotes begins that ends here: at the last quote that is not escaped.
fn opening_quote(inner: &str) -> Option<usize> {
    let escapes = |at: usize| inner[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
    inner.match_indices('"').map(|(at, _)| at).rev().find(|at| escapes(*at) % 2 == 0)
}

/// What `Debug` has escaped, as it was.
fn unquote(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let escaped = if letter == '\\' { letters.next() } else { None };
        match escaped {
            None => plain.push(letter),
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some('0') => plain.push('\0'),
            Some(quoted @ ('"' | '\'' | '\\')) => plain.push(quoted),
            // `\u{301}` and what else there may be, as it stands.
            Some(other) => plain.extend(['\\', other]),
        }
    }
    plain
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
