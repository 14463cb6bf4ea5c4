//! Days, sizes and what stands in the way: the files that the raw-record log writes.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::*;
use crate::domain::data_type::DataType;
use crate::domain::ids::{Batch, TaskId};

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn line(text: &str) -> RawLines {
    line_of("api", text)
}

fn line_of(source: &str, text: &str) -> RawLines {
    let mut lines = RawLines::new(TaskId(1), Batch(1), source);
    lines.text(DataType::User, text.as_bytes());
    lines
}

/// What a file has: of each line the time within the day and the text, or the line if it is none.
fn told(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let told = |line: &str| {
        let Ok(value) = serde_json::from_str::<Value>(line) else { return line.to_owned() };
        format!("{} {}", &value["time"].as_str().unwrap()[11..], value["text"].as_str().unwrap())
    };
    text.lines().map(told).collect()
}

#[test]
fn files_are_by_day_private_and_removed_when_old() {
    let directory = tempfile::tempdir().unwrap();
    let log = RawLog::new(directory.path()).unwrap();
    log.append(at("2026-01-01T23:59:59Z"), &mut line("a")).unwrap();
    log.append(at("2026-01-02T00:00:00Z"), &mut line("b")).unwrap();
    log.append(at("2026-01-02T00:00:01Z"), &mut line("c")).unwrap();
    let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
    assert_eq!(told(&file), ["00:00:00.000Z b", "00:00:01.000Z c"]);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&file, "half").unwrap();
    let restarted = RawLog::new(directory.path()).unwrap();
    restarted.append(at("2026-01-02T00:00:02Z"), &mut line("d")).unwrap();
    assert_eq!(told(&file), ["half", "00:00:02.000Z d"]);
    assert_eq!(log.remove_before("2026-01-02".parse().unwrap()).unwrap(), 1);
    assert!(file.exists());
}

#[test]
fn times_never_go_back_even_if_the_clock_does() {
    let directory = tempfile::tempdir().unwrap();
    let log = RawLog::new(directory.path()).unwrap();
    log.append(at("2026-01-02T00:00:00.25Z"), &mut line("a")).unwrap();
    log.append(at("2026-01-01T23:59:59Z"), &mut line("b")).unwrap();
    log.append(at("2026-01-02T00:00:01Z"), &mut line("c")).unwrap();
    let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
    assert_eq!(told(&file), ["00:00:00.250Z a", "00:00:00.250Z b", "00:00:01.000Z c"]);
    assert!(!directory.path().join(DIRECTORY).join("2026-01-01.log").exists());
}

/// A log with bounds, all of them wide but those that are set.
fn bounded(directory: &Path, bounds: RawBounds) -> RawLog {
    RawLog::with_bounds(directory, bounds).unwrap()
}

fn record(task: i64, uid: &str) -> RawLines {
    let mut lines = RawLines::new(TaskId(task), Batch(1), "api");
    let json = serde_json::json!({"uid": uid});
    lines.record(DataType::User, json.to_string().as_bytes(), &json);
    lines
}

fn files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory.join(DIRECTORY)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_logged_already_is_not_logged_again_that_day() {
    let directory = tempfile::tempdir().unwrap();
    let log = bounded(directory.path(), RawBounds { once: true, ..RawBounds::NONE });
    log.append(at("2026-01-02T00:00:00Z"), &mut record(1, "a")).unwrap();
    log.append(at("2026-01-02T00:00:01Z"), &mut record(2, "a")).unwrap();
    log.append(at("2026-01-02T00:00:02Z"), &mut record(2, "b")).unwrap();
    log.append(at("2026-01-03T00:00:00Z"), &mut record(3, "a")).unwrap();
    let lines = |name: &str| {
        std::fs::read_to_string(directory.path().join(DIRECTORY).join(name)).unwrap().lines().count()
    };
    assert_eq!((lines("2026-01-02.log"), lines("2026-01-03.log")), (2, 1));
}

#[test]
fn what_did_not_reach_the_file_does_not_count_as_logged() {
    let directory = tempfile::tempdir().unwrap();
    let log = bounded(directory.path(), RawBounds { once: true, ..RawBounds::NONE });
    let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
    std::fs::create_dir(&file).unwrap();
    log.append(at("2026-01-02T00:00:00Z"), &mut record(1, "a")).unwrap_err();
    std::fs::remove_dir(&file).unwrap();
    log.append(at("2026-01-02T00:00:00Z"), &mut record(1, "a")).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
}

#[test]
fn a_day_has_a_size_and_the_next_day_begins_again() {
    let directory = tempfile::tempdir().unwrap();
    let own = bounded(directory.path(), RawBounds { day_bytes: 500, ..RawBounds::NONE });
    for second in 0..7 {
        // One source may not give all of it.
        let mut line = line_of(&format!("s{second}"), "x");
        own.append(at(&format!("2026-01-02T00:00:0{second}Z")), &mut line).unwrap();
    }
    let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
    let full: Vec<String> = (0..5).map(|second| format!("00:00:0{second}.000Z x")).collect();
    assert_eq!(told(&file), full);
    drop(own);
    let restarted = bounded(directory.path(), RawBounds { day_bytes: 500, ..RawBounds::NONE });
    restarted.append(at("2026-01-02T00:00:09Z"), &mut line("x")).unwrap();
    assert_eq!(told(&file).len(), 5, "a restart makes no more room");
    restarted.append(at("2026-01-03T00:00:00Z"), &mut line("y")).unwrap();
    assert_eq!(files(directory.path()), ["2026-01-02.log", "2026-01-03.log"]);
}

#[test]
fn a_source_fills_a_quarter_of_a_day_and_leaves_the_rest_to_others() {
    let directory = tempfile::tempdir().unwrap();
    let log = bounded(directory.path(), RawBounds { day_bytes: 1_000, ..RawBounds::NONE });
    for second in 0..8 {
        log.append(at(&format!("2026-01-02T00:00:0{second}Z")), &mut line("greedy")).unwrap();
    }
    log.append(at("2026-01-02T00:00:09Z"), &mut line_of("hr", "modest")).unwrap();
    let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
    assert_eq!(told(&file), ["00:00:00.000Z greedy", "00:00:01.000Z greedy", "00:00:09.000Z modest"]);
    log.append(at("2026-01-03T00:00:00Z"), &mut line("again")).unwrap();
    assert_eq!(files(directory.path()), ["2026-01-02.log", "2026-01-03.log"]);
}

#[test]
fn a_day_s_file_that_was_removed_has_unchanged_records_again() {
    let directory = tempfile::tempdir().unwrap();
    let log = bounded(directory.path(), RawBounds { once: true, ..RawBounds::NONE });
    log.append(at("2026-01-02T00:00:00Z"), &mut record(1, "a")).unwrap();
    let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
    std::fs::remove_file(&file).unwrap();
    log.append(at("2026-01-02T00:00:01Z"), &mut record(2, "a")).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
    log.append(at("2026-01-02T00:00:02Z"), &mut record(3, "a")).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1, "and once");
}

#[test]
fn a_clock_that_was_wrong_for_a_while_does_not_decide_about_the_days_to_come() {
    let directory = tempfile::tempdir().unwrap();
    let log = RawLog::new(directory.path()).unwrap();
    log.append(at("2026-01-02T00:00:00Z"), &mut line("a")).unwrap();
    log.append(at("2100-01-02T00:00:00Z"), &mut line("wrong")).unwrap();
    log.append(at("2026-01-02T00:00:01Z"), &mut line("b")).unwrap();
    let own = directory.path().join(DIRECTORY);
    assert_eq!(told(&own.join("2026-01-02.log")), ["00:00:00.000Z a", "00:00:01.000Z b"]);
    log.append(at("2026-01-02T12:00:00Z"), &mut line("c")).unwrap();
    log.append(at("2026-01-02T09:00:00Z"), &mut line("d")).unwrap();
    assert!(
        told(&own.join("2026-01-02.log")).ends_with(&["12:00:00.000Z d".to_owned()]),
        "not within a file"
    );
}

#[test]
fn an_old_file_that_can_not_be_removed_fails_nothing_and_keeps_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = bounded(directory.path(), RawBounds { all_bytes: 350, ..RawBounds::NONE });
    log.remove = |path| match path.ends_with("2026-01-01.log") {
        true => Err(ErrorKind::PermissionDenied.into()),
        false => std::fs::remove_file(path),
    };
    for day in 1..=5 {
        log.append(at(&format!("2026-01-0{day}T00:00:00Z")), &mut line("x")).unwrap();
    }
    assert_eq!(files(directory.path()), ["2026-01-01.log", "2026-01-04.log", "2026-01-05.log"]);
    assert_eq!(log.remove_before("2026-01-05".parse().unwrap()).unwrap(), 1);
    assert_eq!(files(directory.path()), ["2026-01-01.log", "2026-01-05.log"]);
}

#[test]
fn the_oldest_days_go_when_all_together_are_too_large_and_never_the_current_one() {
    let directory = tempfile::tempdir().unwrap();
    let log = bounded(directory.path(), RawBounds { all_bytes: 350, ..RawBounds::NONE });
    for day in 1..=4 {
        log.append(at(&format!("2026-01-0{day}T00:00:00Z")), &mut line("x")).unwrap();
    }
    assert_eq!(files(directory.path()), ["2026-01-02.log", "2026-01-03.log", "2026-01-04.log"]);
    for second in 1..=9 {
        log.append(at(&format!("2026-01-04T00:00:0{second}Z")), &mut line("x")).unwrap();
    }
    assert_eq!(files(directory.path()), ["2026-01-04.log"]);
    assert_eq!(told(&directory.path().join(DIRECTORY).join("2026-01-04.log")).len(), 10);
}

#[test]
fn too_little_space_is_an_error_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let log = bounded(directory.path(), RawBounds { min_free: u64::MAX, ..RawBounds::NONE });
    let error = log.append(at("2026-01-02T00:00:00Z"), &mut line("x")).unwrap_err();
    assert!(error.to_string().contains("free some space on it"), "{error}");
    assert_eq!(files(directory.path()), Vec::<String>::new());
}

#[test]
fn a_directory_that_was_removed_is_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let log = RawLog::new(directory.path()).unwrap();
    log.append(at("2026-01-02T00:00:00Z"), &mut line("a")).unwrap();
    let own = directory.path().join(DIRECTORY);
    std::fs::remove_dir_all(&own).unwrap();
    log.append(at("2026-01-02T00:00:01Z"), &mut line("b")).unwrap();
    assert_eq!(told(&own.join("2026-01-02.log")), ["00:00:01.000Z b"]);
    assert_eq!(std::fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o700);
    std::fs::remove_dir_all(&own).unwrap();
    assert_eq!(log.remove_before("2026-01-02".parse().unwrap()).unwrap(), 0);
    std::fs::write(&own, "").unwrap();
    let error = log.append(at("2026-01-02T00:00:02Z"), &mut line("c")).unwrap_err().to_string();
    assert!(error.contains("is no directory; move it away"), "{error}");
}

#[test]
fn a_link_or_pipe_in_the_place_of_the_days_file_is_refused_and_named() {
    let directory = tempfile::tempdir().unwrap();
    let log = RawLog::new(directory.path()).unwrap();
    let file = directory.path().join(DIRECTORY).join("2026-01-02.log");
    let elsewhere = directory.path().join("elsewhere");
    std::fs::write(&elsewhere, "kept").unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    let error = log.append(at("2026-01-02T00:00:00Z"), &mut line("a")).unwrap_err().to_string();
    assert!(error.contains("is a link or no file; move it away"), "{error}");
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "kept");
    std::fs::remove_file(&file).unwrap();
    nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let error = log.append(at("2026-01-02T00:00:00Z"), &mut line("a")).unwrap_err().to_string();
    assert!(error.contains("is a link or no file; move it away"), "{error}");
    std::fs::remove_file(&file).unwrap();
    log.append(at("2026-01-02T00:00:00Z"), &mut line("b")).unwrap();
    // Replaced while it is open.
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    log.append(at("2026-01-02T00:00:01Z"), &mut line("c")).unwrap_err();
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "kept");
}
