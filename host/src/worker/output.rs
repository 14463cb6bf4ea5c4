//! What a plugin prints: every line of its stdout and stderr becomes an event of the daemon's log, as do the
//! events that it logs. Neither long lines nor floods of them get through.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use orgsync_plugin_api::message::{LogEvent, LogLevel};
use tokio::io::{AsyncRead, AsyncReadExt};
use tracing::level_filters::LevelFilter;

use crate::domain::one_line::{EVENT, cut, mark, told};
use crate::domain::secrets::Secrets;

use super::spec::WorkerSpec;

/// Longer lines are cut.
const MAX_LINE: usize = 8 << 10;
/// The longest name of a part of a plugin that logs, in bytes.
const TARGET: usize = 256;
/// So many lines a second are kept of each stream, the rest is counted.
const LINES_PER_SECOND: u32 = 200;
/// So many bytes an hour are kept of all that the workers of a plugin say, the rest is counted, so that the log keeps
/// the daemon's own events.
const BYTES_PER_HOUR: u64 = 16 << 20;
const HOUR: Duration = Duration::from_secs(3_600);
/// How many bytes of the log an event takes beside what the plugin wrote, give or take.
const AROUND: usize = 128;
/// What Rust's runtime prints before it aborts for lack of memory, and what C++ prints.
const OUT_OF_MEMORY: [&str; 2] = ["memory allocation of ", "std::bad_alloc"];

/// Hears all that a worker says, before any of it is cut or left out of the log.
pub trait Listener: std::fmt::Debug + Send + Sync {
    /// Called in the midst of the worker's conversation: be quick.
    fn heard(&self, said: Said<'_>);
}

/// Something that a plugin said.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    /// It logged an event.
    Event(&'a LogEvent),
    /// It printed a line, which is cut if it is longer than 8 KiB.
    Line(Stream, &'a str),
}

/// One of the two output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// What Rust's `println!` writes to.
    Stdout,
    /// What panics are told on.
    Stderr,
}

/// Whose output it is.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    plugin: String,
    label: String,
    secrets: Secrets,
    listener: Option<Arc<dyn Listener>>,
    /// Shared by all workers of the plugin.
    budget: Arc<Mutex<Budget>>,
}

impl Origin {
    pub(super) fn of(spec: &WorkerSpec) -> Self {
        let WorkerSpec { plugin, label, secrets, listener, .. } = spec;
        let (secrets, listener) = (secrets.clone(), listener.clone());
        Self { plugin: plugin.clone(), label: label.clone(), secrets, listener, budget: budget_of(plugin) }
    }

    pub(super) fn plugin(&self) -> String {
        self.plugin.clone()
    }

    /// Whether what takes so many bytes is logged. Says when the hour's budget is spent, and afterwards what it cost.
    fn may_say(&self, now: Instant, bytes: usize) -> bool {
        let (verdict, before) = self.budget.lock().unwrap_or_else(PoisonError::into_inner).judge(now, bytes);
        let Self { plugin, label, .. } = self;
        self.tell_left_out(before);
        if verdict == Verdict::First {
            tracing::warn!(
                target: "plugin", plugin, task = label,
                "the workers of plugin {plugin} have logged {BYTES_PER_HOUR} bytes within an hour, which is all that they may: the rest of \
                 the hour is left out and counted"
            );
        }
        verdict == Verdict::Logged
    }

    fn tell_left_out(&self, left_out: u64) {
        let Self { plugin, label, .. } = self;
        if left_out > 0 {
            tracing::warn!(
                target: "plugin", plugin, task = label, left_out,
                "left out {left_out} lines of an hour: it had logged {BYTES_PER_HOUR} bytes"
            );
        }
    }

    /// The secrets that nothing it says may show.
    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    fn heard(&self, said: Said<'_>) {
        if let Some(listener) = &self.listener {
            listener.heard(said);
        }
    }
}

/// The level down to which somebody takes a plugin's events: the daemon's log, or a listener, who takes all.
pub(super) fn wanted_level(spec: &WorkerSpec) -> Option<LogLevel> {
    if spec.listener.is_some() {
        return Some(LogLevel::Trace);
    }
    match LevelFilter::current().into_level()? {
        tracing::Level::ERROR => Some(LogLevel::Error),
        tracing::Level::WARN => Some(LogLevel::Warn),
        tracing::Level::INFO => Some(LogLevel::Info),
        tracing::Level::DEBUG => Some(LogLevel::Debug),
        tracing::Level::TRACE => Some(LogLevel::Trace),
    }
}

/// Logs all lines of a stream until it ends. Sets `out_of_memory` when a line says so.
pub(super) async fn capture(
    mut stream_end: impl AsyncRead + Unpin,
    stream: Stream,
    origin: Origin,
    out_of_memory: Arc<AtomicBool>,
) {
    let mut lines = Lines::new(origin.secrets.clone());
    let mut throttle = Throttle::new(Instant::now());
    let mut chunk = vec![0; 16 << 10];
    loop {
        // A stream that can't be read is as good as ended.
        let read = stream_end.read(&mut chunk).await.unwrap_or(0);
        let complete = if read == 0 { lines.rest() } else { lines.push(&chunk[..read]) };
        for line in complete {
            if stream == Stream::Stderr && OUT_OF_MEMORY.iter().any(|sign| line.contains(sign)) {
                out_of_memory.store(true, Ordering::Relaxed);
            }
            origin.heard(Said::Line(stream, &line));
            throttle.pass(Instant::now(), &origin, line.len(), || log_line(&origin, stream, &line));
        }
        if read == 0 {
            throttle.report(&origin);
            return;
        }
    }
}

/// Logs an event of the plugin's.
pub(super) fn log_event(origin: &Origin, throttle: &mut Throttle, event: &LogEvent) {
    origin.heard(Said::Event(event));
    let Origin { plugin, label, secrets, .. } = origin;
    let LogEvent { level, target, message, fields } = event;
    let (target, message) = (secrets.hide(target), secrets.hide(message));
    let fields =
        if fields.is_empty() { String::new() } else { serde_json::to_string(fields).unwrap_or_default() };
    let fields = (!fields.is_empty()).then(|| told(&secrets.hide(&fields), EVENT).into_owned());
    let (message, target) = (told(&message, EVENT), told(&target, TARGET));
    let target = target.as_ref();
    let bytes = message.len() + target.len() + fields.as_ref().map_or(0, String::len);
    throttle.pass(Instant::now(), origin, bytes, || match level {
        LogLevel::Error => {
            tracing::error!(target: "plugin", plugin, task = label, source = target, fields, "{message}")
        }
        LogLevel::Warn => {
            tracing::warn!(target: "plugin", plugin, task = label, source = target, fields, "{message}")
        }
        LogLevel::Info => {
            tracing::info!(target: "plugin", plugin, task = label, source = target, fields, "{message}")
        }
        LogLevel::Debug => {
            tracing::debug!(target: "plugin", plugin, task = label, source = target, fields, "{message}")
        }
        LogLevel::Trace => {
            tracing::trace!(target: "plugin", plugin, task = label, source = target, fields, "{message}")
        }
    });
}

fn log_line(Origin { plugin, label, secrets, .. }: &Origin, stream: Stream, line: &str) {
    // Masks may be longer than what they stand for.
    let line = cut(secrets.hide(line), MAX_LINE);
    match stream {
        Stream::Stdout => tracing::info!(target: "plugin", plugin, task = label, stream = "stdout", "{line}"),
        Stream::Stderr => tracing::warn!(target: "plugin", plugin, task = label, stream = "stderr", "{line}"),
    }
}

/// Lets through so many events a second and says how many it left out.
#[derive(Debug)]
pub(super) struct Throttle {
    since: Instant,
    passed: u32,
    left_out: u64,
}

impl Throttle {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, passed: 0, left_out: 0 }
    }

    fn pass(&mut self, now: Instant, origin: &Origin, bytes: usize, log: impl FnOnce()) {
        if now.duration_since(self.since) >= Duration::from_secs(1) {
            self.report(origin);
            *self = Self::new(now);
        }
        if self.passed >= LINES_PER_SECOND {
            self.left_out += 1;
        } else if origin.may_say(now, bytes) {
            self.passed += 1;
            log();
        }
    }

    fn report(&mut self, Origin { plugin, label, .. }: &Origin) {
        let left_out = std::mem::take(&mut self.left_out);
        if left_out > 0 {
            tracing::warn!(target: "plugin", plugin, task = label, left_out, "left out {left_out} lines: too many");
        }
    }
}

/// What is left of each plugin's budget; of as many plugins as this process has run.
static BUDGETS: LazyLock<Mutex<HashMap<String, Arc<Mutex<Budget>>>>> = LazyLock::new(Mutex::default);

fn budget_of(plugin: &str) -> Arc<Mutex<Budget>> {
    let mut budgets = BUDGETS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(budgets.entry(plugin.to_owned()).or_default())
}

/// What the workers of a plugin may still say in this hour.
#[derive(Debug, Default)]
struct Budget {
    since: Option<Instant>,
    spent: u64,
    left_out: u64,
}

/// What becomes of something that a plugin says.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Logged,
    /// The first that is left out in this hour.
    First,
    LeftOut,
}

impl Budget {
    /// Judges what takes so many bytes, and says how much was left out in the hour before, if this is the first of
    /// another one.
    fn judge(&mut self, now: Instant, bytes: usize) -> (Verdict, u64) {
        let mut before = 0;
        if self.since.is_none_or(|since| now.duration_since(since) >= HOUR) {
            before = self.left_out;
            *self = Self { since: Some(now), ..Self::default() };
        }
        let bytes = (bytes + AROUND) as u64;
        if self.left_out == 0 && self.spent + bytes <= BYTES_PER_HOUR {
            self.spent += bytes;
            return (Verdict::Logged, before);
        }
        self.left_out += 1;
        (if self.left_out == 1 { Verdict::First } else { Verdict::LeftOut }, before)
    }
}

/// Cuts a stream into lines of bounded length, and no line within a secret: the part that is left could not be found
/// any more, and would be logged.
#[derive(Debug)]
struct Lines {
    line: Vec<u8>,
    dropped: usize,
    secrets: Secrets,
}

impl Lines {
    fn new(secrets: Secrets) -> Self {
        Self { line: Vec::new(), dropped: 0, secrets }
    }

    fn push(&mut self, chunk: &[u8]) -> Vec<String> {
        let mut complete = Vec::new();
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            let kept = text.len().min(MAX_LINE - self.line.len());
            self.line.extend(&text[..kept]);
            self.dropped += text.len() - kept;
            if piece.ends_with(b"\n") {
                complete.push(self.take());
            }
        }
        complete
    }

    fn rest(&mut self) -> Vec<String> {
        if self.line.is_empty() { Vec::new() } else { vec![self.take()] }
    }

    fn take(&mut self) -> String {
        let (mut bytes, mut dropped) = (std::mem::take(&mut self.line), std::mem::take(&mut self.dropped));
        if dropped > 0 {
            let whole = self.secrets.without_begun(&bytes);
            dropped += bytes.len() - whole;
            bytes.truncate(whole);
        }
        let mut line = String::from_utf8_lossy(&bytes).trim_end_matches('\r').to_owned();
        if dropped > 0 {
            line.push_str(&mark(dropped));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_whole_and_cut() {
        let mut lines = Lines::new(Secrets::default());
        assert_eq!(lines.push(b"one\ntw"), ["one"]);
        assert_eq!(lines.push(b"o\r\n\n"), ["two", ""]);
        assert!(lines.push(&[b'x'; MAX_LINE]).is_empty());
        let cut = lines.push(b"yyy\nrest").remove(0);
        assert!(cut.ends_with("x […3 bytes cut]"), "{cut}");
        assert_eq!(lines.rest(), ["rest"]);
        assert!(lines.rest().is_empty());
    }

    #[test]
    fn no_line_is_cut_within_a_secret() {
        let schema = serde_json::json!({"properties": {"token": {"format": "password"}, "pin": {"format": "password"}}});
        let options = serde_json::json!({"token": "t0ken-s3cret-ü-value", "pin": "97531"});
        let secrets = Secrets::of(&schema, &options);
        let mut lines = Lines::new(secrets.clone());
        for secret in ["t0ken-s3cret-ü-value", "97531"] {
            for kept in 0..=secret.len() {
                let long = "x".repeat(MAX_LINE - kept);
                let line = lines.push(format!("{long}{secret} and more\n").as_bytes()).remove(0);
                let shown = secrets.hide(&line);
                let rest = shown.trim_start_matches('x');
                let is_whole = rest.starts_with(" […") || rest.starts_with("******** […");
                assert!(is_whole && rest.ends_with(" bytes cut]"), "{kept}: {rest}");
            }
        }
        let secret = "t0ken-s3cret-ü-value";
        let whole = format!("{}{secret}\n", "x".repeat(MAX_LINE - secret.len()));
        assert!(
            secrets.hide(&lines.push(whole.as_bytes())[0]).ends_with("x********"),
            "what is not cut stays"
        );
    }

    #[test]
    fn a_flood_is_counted_instead() {
        let origin = Origin {
            plugin: "p".into(),
            label: "l".into(),
            secrets: Secrets::default(),
            listener: None,
            budget: Arc::default(),
        };
        let start = Instant::now();
        let mut throttle = Throttle::new(start);
        let mut logged = 0;
        for _ in 0..1_000 {
            throttle.pass(start, &origin, 1, || logged += 1);
        }
        assert_eq!((logged, throttle.left_out), (200, 800));
        throttle.pass(start + Duration::from_secs(1), &origin, 1, || logged += 1);
        assert_eq!((logged, throttle.left_out), (201, 0));
    }

    #[test]
    fn the_workers_of_a_plugin_have_a_budget_of_bytes_an_hour() {
        let (one, other) = (budget_of("budget-test"), budget_of("budget-test"));
        assert!(Arc::ptr_eq(&one, &other), "a worker that is started again gets no other");
        assert!(!Arc::ptr_eq(&one, &budget_of("budget-test-2")));
        let mut budget = Budget::default();
        let start = Instant::now();
        let large = 8 << 10;
        let all = usize::try_from(BYTES_PER_HOUR).unwrap() / (large + AROUND);
        for second in 0..all {
            let now = start + Duration::from_secs(second as u64 % 3_600);
            assert_eq!(budget.judge(now, large), (Verdict::Logged, 0), "{second}");
        }
        assert_eq!(budget.judge(start, large), (Verdict::First, 0));
        assert_eq!(
            budget.judge(start, 1),
            (Verdict::LeftOut, 0),
            "small ones do not come through between large ones"
        );
        assert_eq!(budget.judge(start + HOUR, large), (Verdict::Logged, 2), "the next hour tells of it");
        assert_eq!(budget.judge(start + HOUR, large), (Verdict::Logged, 0));
    }
}
