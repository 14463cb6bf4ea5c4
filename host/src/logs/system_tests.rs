//! Pages of events, the live tail over midnight, and single events read whole.

use std::io::Write as _;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::domain::ids::TaskId;
use crate::logs::event::Level;
use crate::logs::needle::Needle;

const FIRST: Date = date(2026, 2, 28);
const SECOND: Date = date(2026, 3, 1);

/// A log directory.
struct Bench {
    directory: tempfile::TempDir,
    log: Daily,
}

impl Bench {
    fn new(days: &[(Date, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = Daily::new(directory.path().to_owned(), "orgsync.");
        let bench = Self { directory, log };
        for (day, text) in days {
            bench.append(*day, text);
        }
        bench
    }

    fn append(&self, day: Date, text: &str) {
        let path = self.directory.path().join(format!("orgsync.{day}.log"));
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn page(&self, query: &SystemQuery) -> SystemPage {
        page(&self.log, query, plenty()).unwrap()
    }

    /// All pages one after the other; the number of calls, too.
    fn all(&self, query: &SystemQuery, budget: Budget) -> (Vec<String>, usize) {
        let (mut query, mut all, mut calls) = (query.clone(), Vec::new(), 0);
        loop {
            let page = page(&self.log, &query, budget).unwrap();
            calls += 1;
            all.extend(messages(&page.events));
            match page.older {
                Some(place) => assert_ne!(query.before.replace(place), Some(place), "each call gets on"),
                None => return (all, calls),
            }
        }
    }

    fn since(&self, place: Place, limit: usize) -> News {
        since(&self.log, place, &Wanted::default(), limit, plenty()).unwrap()
    }
}

fn plenty() -> Budget {
    Budget::of(1 << 30, 4 << 10, LONGEST)
}

fn messages(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.message.clone()).collect()
}

fn all() -> SystemQuery {
    SystemQuery { limit: 1_000, ..SystemQuery::default() }
}

fn event(level: &str, message: &str) -> String {
    format!("2026-03-01T00:00:00.123456Z {level:>5} orgsync::x: {message}\n")
}

#[test]
fn events_come_newest_first_over_all_days() {
    let bench = Bench::new(&[
        (FIRST, &(event("INFO", "one") + &event("ERROR", "a mistake:\n  at line 3\n\n  because"))),
        (SECOND, &(event("WARN", "task 7 waits task=7") + &event("DEBUG", "four"))),
    ]);
    let page = bench.page(&all());
    assert_eq!(
        messages(&page.events),
        ["four", "task 7 waits", "a mistake:\n  at line 3\n\n  because", "one"]
    );
    assert_eq!(page.older, None);
    let check = |wanted: Wanted, expected: &[&str]| {
        assert_eq!(messages(&bench.page(&SystemQuery { wanted, ..all() }).events), expected);
    };
    let level = |level| Wanted { level: Some(level), ..Wanted::default() };
    check(level(Level::Warn), &["task 7 waits", "a mistake:\n  at line 3\n\n  because"]);
    check(
        Wanted { text: Needle::new("LINE 3"), ..Wanted::default() },
        &["a mistake:\n  at line 3\n\n  because"],
    );
    check(Wanted { task: Some(TaskId(7)), ..Wanted::default() }, &["task 7 waits"]);
    check(Wanted { task: Some(TaskId(7)), ..level(Level::Error) }, &[]);
    let whole_day = bench.page(&SystemQuery { before: Some(Place { day: SECOND, offset: 0 }), ..all() });
    assert_eq!(whole_day.events.len(), 2);
}

#[test]
fn a_missing_or_empty_directory_has_no_events() {
    let bench = Bench::new(&[]);
    let empty = SystemPage { events: Vec::new(), older: None, newest: Place::BEGINNING };
    assert_eq!(bench.page(&all()), empty);
    let missing = Daily::new("/nowhere/at/all".into(), "orgsync.");
    assert_eq!(page(&missing, &all(), plenty()).unwrap(), empty);
    bench.append(FIRST, &event("INFO", "the first one"));
    let news = bench.since(empty.newest, 10);
    assert_eq!(messages(&news.events), ["the first one"]);
}

#[test]
fn pages_go_on_where_the_one_before_stopped() {
    let text: String = (0..25).map(|number| event("INFO", &format!("{number}"))).collect();
    let bench = Bench::new(&[(FIRST, &text), (SECOND, &text)]);
    let (lines, calls) = bench.all(&SystemQuery { limit: 10, ..all() }, plenty());
    let once: Vec<String> = (0..25).rev().map(|number| number.to_string()).collect();
    assert_eq!(lines, [once.clone(), once].concat());
    assert_eq!(calls, 5, "the last page knows that it is the last");
}

#[test]
fn a_call_that_finds_nothing_ends_all_the_same() {
    let text: String = (0..2_000).map(|number| event("INFO", &format!("{number}"))).collect();
    let bench = Bench::new(&[(FIRST, &text)]);
    let wanted = Wanted { text: Needle::new("x: 7\0"), ..Wanted::default() };
    let query = SystemQuery { wanted, ..all() };
    let found = page(&bench.log, &query, Budget::of(10_000, 1_000, LONGEST)).unwrap();
    assert!(found.events.is_empty() && found.older.is_some(), "{:?}", found.older);
    let (none, calls) = bench.all(&query, Budget::of(10_000, 1_000, LONGEST));
    assert!(none.is_empty());
    assert!((text.len() / 10_000..=text.len() / 8_000).contains(&calls), "{calls} calls");
}

#[test]
fn a_live_tail_gets_everything_once_over_midnight() {
    let bench = Bench::new(&[(FIRST, &event("INFO", "old"))]);
    let place = bench.page(&all()).newest;
    assert_eq!(bench.since(place, 10), News { events: Vec::new(), place, more: false });
    bench.append(FIRST, &event("INFO", "last\nof the day"));
    bench.append(FIRST, "2026-03-01T00:00:00Z  INFO x: half");
    let news = bench.since(place, 10);
    assert_eq!((messages(&news.events), news.more), (vec!["last\nof the day".into()], false));
    assert_eq!(bench.page(&all()).newest, news.place, "what is half written is not there yet");
    bench.append(FIRST, " and half\n");
    bench.append(SECOND, &(event("INFO", "a") + &event("INFO", "b") + &event("INFO", "c")));
    let some = bench.since(news.place, 2);
    assert_eq!((messages(&some.events), some.more), (vec!["half and half".into(), "a".into()], true));
    let rest = bench.since(some.place, 10);
    assert_eq!((messages(&rest.events), rest.more), (vec!["b".into(), "c".into()], false));
    // What was asked for is gone, and a later day there.
    std::fs::remove_file(bench.directory.path().join(format!("orgsync.{FIRST}.log"))).unwrap();
    assert_eq!(messages(&bench.since(news.place, 10).events), ["a", "b", "c"]);
    // A file that has been begun anew is read from its beginning.
    std::fs::write(bench.directory.path().join(format!("orgsync.{SECOND}.log")), event("INFO", "new"))
        .unwrap();
    assert_eq!(messages(&bench.since(rest.place, 10).events), ["new"]);
}

#[test]
fn a_half_line_of_an_earlier_day_is_shown() {
    let bench =
        Bench::new(&[(FIRST, "2026-02-28T23:59:59Z  INFO x: cra"), (SECOND, &event("INFO", "up again"))]);
    assert_eq!(messages(&bench.page(&all()).events), ["up again", "cra"]);
}

#[test]
fn events_can_be_read_whole() {
    let long = format!("{}\nand more", "x".repeat(2 * SHOWN));
    let bench = Bench::new(&[(FIRST, &(event("INFO", "a") + &event("WARN", &long) + &event("INFO", "b")))]);
    let page = bench.page(&all());
    let cut = &page.events[1];
    assert_eq!((cut.message.len(), cut.cut), (SHOWN, true));
    let line = whole(&bench.log, cut.place).unwrap().unwrap();
    assert_eq!((line.message.as_str(), line.cut, line.level), (long.as_str(), false, Some(Level::Warn)));
    let beside = Place { offset: cut.place.offset + 1, ..cut.place };
    assert_eq!(whole(&bench.log, beside).unwrap(), None);
    assert_eq!(whole(&bench.log, Place { offset: 1 << 40, ..cut.place }).unwrap(), None);
    assert_eq!(whole(&bench.log, Place { day: SECOND, offset: 0 }).unwrap(), None);
}

#[test]
fn a_span_is_found_without_reading_the_rest() {
    let begin: Timestamp = "2026-02-28T10:00:00Z".parse().unwrap();
    let at = |second: i64| begin + SignedDuration::from_secs(second);
    let line =
        |second: i64| format!("{:.6}  INFO orgsync::x: second {second} {}\n", at(second), "x".repeat(300));
    let text: String = (0..20_000).map(line).collect();
    let bench = Bench::new(&[(FIRST, &text)]);
    let span = Span { from: Some(at(9_000)), until: Some(at(9_002)) };
    let query = SystemQuery { span, ..all() };
    let found = page(&bench.log, &query, Budget::of(512 << 10, 16 << 10, LONGEST)).unwrap();
    let seconds: Vec<&str> =
        found.events.iter().map(|line| line.message.split(' ').nth(1).unwrap()).collect();
    assert_eq!(seconds, ["9004", "9003", "9002", "9001", "9000", "8999", "8998"], "with a little around it");
    assert_eq!(found.older, None);
    let other_day = Span::day(SECOND.tomorrow().unwrap());
    assert_eq!(bench.page(&SystemQuery { span: other_day, ..all() }).events, []);
}

proptest! {
    /// Events, lines that are none, and bytes that are no text; whatever the chunks, pages and budgets.
    #[test]
    fn every_event_comes_exactly_once(
        days in prop::collection::vec(prop::collection::vec((any::<bool>(), 0_usize..60), 0..12), 1..4),
        (chunk, bytes, limit) in (1_usize..200, 1_u64..400, 1_usize..5),
    ) {
        let bench = Bench::new(&[]);
        let (mut written, mut number, mut day) = (Vec::new(), 0, FIRST);
        for lines in &days {
            let mut text = String::new();
            for (begins, length) in lines {
                number += 1;
                let line = format!("{number} {}", "x".repeat(*length));
                written.push(line.clone());
                text += &if *begins { event("INFO", &line) } else { line + "\n" };
            }
            bench.append(day, &text);
            day = day.tomorrow().unwrap();
        }
        let each = |events: Vec<String>| -> Vec<String> {
            events.iter().flat_map(|event| event.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
        };
        let (mut pages, _) = bench.all(&SystemQuery { limit, ..all() }, Budget::of(bytes, chunk, LONGEST));
        pages.reverse();
        prop_assert_eq!(each(pages), written.clone());
        let (mut place, mut news) = (Place::BEGINNING, Vec::new());
        loop {
            let budget = Budget::of(bytes, chunk, LONGEST);
            let told = since(&bench.log, place, &Wanted::default(), limit, budget).unwrap();
            news.extend(messages(&told.events));
            if !told.more {
                break;
            }
            prop_assert_ne!(told.place, place);
            place = told.place;
        }
        prop_assert_eq!(each(news), written);
    }
}
