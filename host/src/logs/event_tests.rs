//! What a real subscriber writes is read back as events, and what is no event is shown as it is.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::*;

/// What a real subscriber writes.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The one event that `log` logs, with the text that came of it.
fn logged(log: impl FnOnce()) -> (Event, Vec<u8>) {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    tracing::subscriber::with_default(subscriber.finish(), log);
    let bytes = written.0.lock().unwrap().clone();
    let bytes = bytes.strip_suffix(b"\n").unwrap().to_vec();
    (Event::read(Place::BEGINNING, &bytes, false, 1_000), bytes)
}

fn fields(line: &Event) -> Vec<(&str, &str)> {
    line.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn what_the_daemon_logs_is_read_back() {
    let (line, bytes) = logged(|| tracing::info!(task = 7, source = "hr \"x\" = y", "task {} goes on", 7));
    assert_eq!((line.level, line.target.as_str()), (Some(Level::Info), module_path!()));
    assert_eq!(line.message, "task 7 goes on");
    assert_eq!(fields(&line), [("task", "7"), ("source", "hr \"x\" = y")]);
    let age = Timestamp::now().duration_since(line.time.unwrap());
    assert!((0..3_600).contains(&age.as_secs()), "{age}");
    assert_eq!(time(&bytes), line.time);
    assert!(!line.cut);
}

#[test]
fn messages_of_several_lines_keep_them_and_their_fields() {
    let (line, _) =
        logged(|| tracing::error!(request = "a-1", ms = 3, "failed:\n  because\n  it=had \"to\""));
    assert_eq!(line.level, Some(Level::Error));
    assert_eq!(line.message, "failed:\n  because\n  it=had \"to\"");
    assert_eq!(fields(&line), [("request", "a-1"), ("ms", "3")]);
}

#[test]
fn what_plugins_log_is_read_back() {
    let said = Some("{\"a\":\"x \\\\ y\"}".to_owned());
    let (line, bytes) = logged(|| {
        tracing::warn!(target: "plugin", plugin = "ldap", task = "task 7", fields = said, "{}", "slow: 3 s");
    });
    assert_eq!(
        (line.level, line.target.as_str(), line.message.as_str()),
        (Some(Level::Warn), "plugin", "slow: 3 s")
    );
    assert_eq!(
        fields(&line),
        [("plugin", "ldap"), ("task", "task 7"), ("fields", said.as_deref().unwrap_or(""))]
    );
    assert!(names(&bytes, TaskId(7)) && !names(&bytes, TaskId(70)));
}

#[test]
fn every_level_is_read_back() {
    let check = |level: Level, log: fn()| assert_eq!(logged(log).0.level, Some(level));
    check(Level::Error, || tracing::error!("x"));
    check(Level::Warn, || tracing::warn!("x"));
    check(Level::Info, || tracing::info!("x"));
    check(Level::Debug, || tracing::debug!("x"));
    check(Level::Trace, || tracing::trace!("x"));
    assert!(Level::ALL.into_iter().all(|level| level.as_str().parse() == Ok(level)));
    assert!("all".parse::<Level>().is_err());
}

#[test]
fn what_is_no_event_is_shown_as_it_is() {
    for text in [
        "",
        "Z",
        "   at src/main.rs:7",
        "2026-11-21",
        "2026-11-21T16:00:27.123456Z",
        "2026-11-21T16:00:27Z INFO",
        "2026-11-21T16:00:27Z INFORMED x: y",
        "2026-11-21T16:00:27.1234567890123Z  INFO x: y",
        "9026-aa-21T16:00:27Z  INFO x: y",
    ] {
        let line = Event::read(Place::BEGINNING, text.as_bytes(), false, 1_000);
        let seen = (line.time, line.level, line.message.as_str(), line.fields.len());
        assert_eq!(seen, (None, None, text, 0));
    }
    let line = Event::read(Place::BEGINNING, b"a\xffb", false, 1_000);
    assert_eq!(line.message, "a\u{fffd}b");
}

#[test]
fn a_message_without_a_target_is_kept_whole() {
    let line = Event::read(
        Place::BEGINNING,
        b"2026-11-21T16:00:27Z  INFO sync{task=1}: orgsync::x: done",
        false,
        99,
    );
    assert_eq!((line.target.as_str(), line.message.as_str()), ("", "sync{task=1}: orgsync::x: done"));
}

#[test]
fn long_messages_are_cut_between_letters() {
    let text = format!("2026-11-21T16:00:27Z  INFO x: {} task=7", "ü".repeat(10));
    let line = Event::read(Place::BEGINNING, text.as_bytes(), false, 5);
    assert_eq!((line.message.as_str(), line.cut), ("üü", true));
    assert_eq!(fields(&line), [("task", "7")]);
}

#[test]
fn events_are_taken_by_level_task_and_text() {
    let event = "2026-11-21T16:00:27Z  WARN orgsync::sync: Schedule of Hr: left out, task 12 still runs source=\"Hr\"";
    let check = |level: Option<Level>, task: Option<i64>, text: &str, expected: bool| {
        let wanted = Wanted { level, task: task.map(TaskId), text: Needle::new(text) };
        assert_eq!(wanted.takes(event.as_bytes()), expected, "{wanted:?}");
    };
    check(None, None, "", true);
    check(Some(Level::Warn), Some(12), "SCHEDULE of hr", true);
    check(Some(Level::Info), None, "", true);
    check(Some(Level::Error), None, "", false);
    check(None, Some(1), "", false);
    check(None, Some(2), "", false);
    check(None, None, "scheduled", false);
    let rest = Wanted { level: Some(Level::Trace), ..Wanted::default() };
    assert!(!rest.takes(b"half a line"), "nobody knows how bad it is");
    assert!(Wanted::default().takes(b"half a line"));
    assert!(!names(b"multitask 7", TaskId(7)) && !names(b"task=77 task 17", TaskId(7)));
    assert!(names(b"task 8 waits for task 7", TaskId(7)) && names(b"Task 7", TaskId(7)));
}
