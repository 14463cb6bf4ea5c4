//! Records that the daemon's own code has written are found again, in either order.

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sync::raw_log::{DIRECTORY, RawLines, RawLog};

const DAY: Date = date(2026, 3, 1);

/// A log that the daemon's own code has written.
struct Bench {
    directory: tempfile::TempDir,
    written: RawLog,
    log: Daily,
}

impl Bench {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let written = RawLog::new(directory.path()).unwrap();
        let log = Daily::new(directory.path().join(DIRECTORY), "");
        Self { directory, written, log }
    }

    /// Has a task write records with these uids.
    fn write(&self, time: &str, task: i64, source: &str, uids: &[&str]) {
        let mut lines = RawLines::new(TaskId(task), Batch(1), source);
        for uid in uids {
            let json = json!({"uid": uid, "password": "geheim"});
            lines.record(DataType::User, json.to_string().as_bytes(), &json);
        }
        self.written.append(time.parse().unwrap(), &mut lines).unwrap();
    }

    fn uids(&self, query: &RawQuery) -> Vec<String> {
        self.all(query, plenty()).0
    }

    /// The uids on all pages one after the other, and the number of calls.
    fn all(&self, query: &RawQuery, budget: Budget) -> (Vec<String>, usize) {
        let (mut query, mut all, mut calls) = (query.clone(), Vec::new(), 0);
        loop {
            let page = page(&self.log, &query, budget).unwrap();
            calls += 1;
            all.extend(page.records.iter().map(uid));
            match page.next {
                Some(place) => assert_ne!(query.from.replace(place), Some(place), "each call gets on"),
                None => return (all, calls),
            }
        }
    }
}

fn uid(record: &RawRecord) -> String {
    let json: serde_json::Value = serde_json::from_str(&record.text).unwrap_or_default();
    json["uid"].as_str().unwrap_or(&record.text).to_owned()
}

fn plenty() -> Budget {
    Budget::of(1 << 30, 4 << 10, LONGEST)
}

fn all() -> RawQuery {
    RawQuery { limit: 1_000, ..RawQuery::default() }
}

fn oldest() -> RawQuery {
    RawQuery { order: Order::OldestFirst, ..all() }
}

#[test]
fn records_are_found_by_day_source_task_and_text() {
    let bench = Bench::new();
    bench.write("2026-02-28T23:59:59Z", 1, "hr", &["a"]);
    bench.write("2026-03-01T00:00:00Z", 2, "hr", &["b", "c"]);
    bench.write("2026-03-01T12:00:00Z", 22, "h\"r", &["d"]);
    let check = |query: RawQuery, expected: &[&str]| assert_eq!(bench.uids(&query), expected, "{query:?}");
    check(all(), &["d", "c", "b", "a"]);
    check(oldest(), &["a", "b", "c", "d"]);
    check(RawQuery { span: Span::day(DAY), ..all() }, &["d", "c", "b"]);
    check(RawQuery { source: Some("hr".into()), ..all() }, &["c", "b", "a"]);
    check(RawQuery { source: Some("h\"r".into()), ..all() }, &["d"]);
    check(RawQuery { source: Some("h".into()), ..all() }, &[]);
    check(RawQuery { task: Some(TaskId(2)), ..oldest() }, &["b", "c"]);
    check(RawQuery { task: Some(TaskId(2)), source: Some("h\"r".into()), ..all() }, &[]);
    check(RawQuery { text: Needle::new("\"C\""), ..all() }, &["c"]);
    check(RawQuery { text: Needle::new("hr"), ..all() }, &[]);
}

#[test]
fn a_record_tells_whose_it_is_and_no_secrets() {
    let bench = Bench::new();
    bench.write("2026-03-01T00:00:00.25Z", 2, "h\"r", &["b"]);
    let mut lines = RawLines::new(TaskId(3), Batch(4), "api");
    lines.text(DataType::Department, b"{\"no\" json\n");
    bench.written.append("2026-03-01T00:00:01Z".parse().unwrap(), &mut lines).unwrap();
    let page = page(&bench.log, &all(), plenty()).unwrap();
    let head = page.records[1].head.clone().unwrap();
    let expected = RawHead {
        time: "2026-03-01T00:00:00.25Z".parse().unwrap(),
        task: TaskId(2),
        batch: Batch(1),
        source: "h\"r".into(),
        data_type: DataType::User,
        form: Form::Json,
    };
    assert_eq!(head, expected);
    assert_eq!(page.records[1].text, r#"{"password":"[redacted]","uid":"b"}"#);
    let text = &page.records[0];
    assert_eq!((text.text.as_str(), text.cut), ("{\"no\" json\n", false));
    let head = text.head.as_ref().unwrap();
    assert_eq!((head.form, head.data_type, head.batch), (Form::Text, DataType::Department, Batch(4)));
}

#[test]
fn a_broken_line_is_shown_and_is_nobodys() {
    let bench = Bench::new();
    bench.write("2026-03-01T00:00:00Z", 2, "hr", &["a"]);
    let path = bench.directory.path().join(DIRECTORY).join(format!("{DAY}.log"));
    let mut text = std::fs::read(&path).unwrap();
    text.extend_from_slice(b"{\"time\":\"2026-03-01T00:00:00.000Z\",\"task\":2,\"ba\n\n\xff\xfe\n");
    text.extend_from_slice(b"{\"time\":\"x\",\"task\":2,\"batch\":1,\"source\":\"hr\",\"dataType\":\"user\",\"record\":1}\n{\"ti");
    std::fs::write(&path, &text).unwrap();
    let shown = page(&bench.log, &RawQuery { span: Span::default(), ..oldest() }, plenty()).unwrap().records;
    let heads: Vec<bool> = shown.iter().map(|record| record.head.is_some()).collect();
    assert_eq!(heads[..4], [true, false, false, false], "{shown:?}");
    assert_eq!(shown[3].text, "\u{fffd}\u{fffd}");
    let of_task = RawQuery { task: Some(TaskId(2)), ..all() };
    assert_eq!(bench.uids(&of_task), ["a"]);
}

#[test]
fn long_records_are_cut_and_can_be_read_whole() {
    let bench = Bench::new();
    let long = "ü".repeat(SHOWN);
    bench.write("2026-03-01T00:00:00Z", 2, "hr", &["a", &long, "b"]);
    let page = page(&bench.log, &all(), plenty()).unwrap();
    let record = &page.records[1];
    assert!(record.cut && record.text.len() <= SHOWN && record.head.is_some());
    let record = whole(&bench.log, record.place).unwrap().unwrap();
    assert_eq!((uid(&record), record.cut), (long, false));
    let beside = Place { offset: record.place.offset + 1, ..record.place };
    assert_eq!(whole(&bench.log, beside).unwrap(), None);
}

#[test]
fn a_tasks_records_are_found_without_reading_the_rest() {
    let bench = Bench::new();
    let begin: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    let at = |second: i64| begin + SignedDuration::from_secs(second);
    let padding = "x".repeat(1_000);
    for task in 0..5_000 {
        bench.write(&at(task * 10).to_string(), task, "hr", &[&format!("{task}{padding}")]);
    }
    let span = Span { from: Some(at(40_000)), until: Some(at(40_001)) };
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let query = RawQuery { span, task: Some(TaskId(4_000)), order, ..all() };
        let found = page(&bench.log, &query, Budget::of(512 << 10, 16 << 10, LONGEST)).unwrap();
        let uids: Vec<String> = found.records.iter().map(uid).collect();
        assert_eq!((uids, found.next), (vec![format!("4000{padding}")], None));
    }
}

proptest! {
    #[test]
    fn every_record_comes_exactly_once_in_either_order(
        tasks in prop::collection::vec((0_i64..40, 0_usize..3, 0_usize..4), 0..12),
        (chunk, bytes, limit) in (1_usize..300, 1_u64..600, 1_usize..5),
        of in prop::option::of(0_usize..3),
    ) {
        let bench = Bench::new();
        let (mut hour, mut number, mut expected) = (0, 0, Vec::new());
        for (pause, source, records) in tasks {
            hour += pause;
            let uids: Vec<String> = (0..records).map(|at| (number + at).to_string()).collect();
            number += records;
            let time = "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour);
            let names: Vec<&str> = uids.iter().map(String::as_str).collect();
            bench.write(&time.to_string(), 1, ["a", "b", "c"][source], &names);
            if of.is_none_or(|of| of == source) {
                expected.extend(uids);
            }
        }
        let query = RawQuery { source: of.map(|of| ["a", "b", "c"][of].to_owned()), limit, ..oldest() };
        let budget = Budget::of(bytes, chunk, LONGEST);
        prop_assert_eq!(&bench.all(&query, budget).0, &expected);
        expected.reverse();
        prop_assert_eq!(&bench.all(&RawQuery { order: Order::NewestFirst, ..query }, budget).0, &expected);
    }
}
