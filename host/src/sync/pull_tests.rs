//! Incremental reads over a real SQLite file: which cursor a read is given, when it becomes valid, and what takes
//! it away.

use serde_json::{Value, json};

use super::testing::{Bench, Opening};
use super::*;
use crate::domain::policy::Policy;
use crate::domain::task::Status;
use crate::sync::reader::Extent;
use DataType::{Department, User};

fn people(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"uid": n, "username": format!("u{n}")})).collect()
}

fn since(cursor: &str) -> Extent {
    Extent::Since(cursor.to_owned())
}

/// A source with users `u0` to `u29`, that has left the cursor `one`.
async fn after_a_full_read() -> Bench {
    let bench = Bench::new().await;
    bench
        .plugin
        .yields(vec![Ok((Department, vec![json!({"uid": "d", "title": "D"})])), Ok((User, people(0..30)))]);
    bench.plugin.leaves(Some("one"));
    assert_eq!(bench.pull(false).await.status, Status::Success);
    assert_eq!(bench.plugin.asked(), [Extent::Everything]);
    bench
}

/// What the next incremental read is asked for; nothing changes.
async fn next(bench: &Bench) -> Extent {
    bench.plugin.opens(Opening::Works);
    bench.plugin.yields(Vec::new());
    bench.plugin.asked();
    // A dry run leaves all cursors as they are.
    bench.pull_changes(true).await;
    bench.plugin.asked().remove(0)
}

#[tokio::test]
async fn what_changed_is_read_from_the_last_cursor_and_nobody_is_absent() {
    let bench = after_a_full_read().await;
    bench.plugin.yields(vec![Ok((
        User,
        vec![json!({"uid": 1, "nickname": "One"}), json!({"uid": 2, "isDeleted": true})],
    ))]);
    bench.plugin.leaves(Some("two"));
    let dry = bench.pull_changes(true).await;
    assert_eq!((dry.mode, dry.counts.user.updated), (Mode::Incremental, 1));
    let task = bench.pull_changes(false).await;
    assert_eq!((task.mode, task.status), (Mode::Incremental, Status::Success));
    assert_eq!((task.counts.user.updated, task.counts.user.deleted, task.counts.user.disabled), (1, 1, 0));
    assert_eq!(bench.plugin.asked(), [since("one"), since("one")], "a dry run moves no cursor");
    assert_eq!(next(&bench).await, since("two"));
}

#[tokio::test]
async fn without_a_cursor_everything_is_read_and_the_task_says_so() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Ok((User, people(0..3)))]);
    let first = bench.pull_changes(false).await;
    assert_eq!((first.mode, first.message.as_deref()), (Mode::Full, Some("users: 3 created")));
    let second = bench.pull_changes(false).await;
    assert_eq!(second.mode, Mode::Full, "the first left none");
    let message = second.message.unwrap();
    assert!(message.ends_with("everything was read, as there is no cursor to go on from"), "{message}");
    assert_eq!(bench.plugin.asked(), [Extent::Everything, Extent::Everything]);
}

#[tokio::test]
async fn what_a_plugin_notes_about_its_read_is_in_the_message() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Ok((User, people(0..3)))]);
    bench.plugin.notes(&["one was left alone", "and another"]);
    let dry = bench.pull_changes(true).await;
    assert_eq!(
        dry.message.as_deref(),
        Some("dry run, nothing written: users: 3 created; one was left alone; and another")
    );
    let task = bench.pull_changes(false).await;
    assert_eq!(
        (task.status, task.message.as_deref()),
        (Status::Success, Some("users: 3 created; one was left alone; and another"))
    );
    bench.plugin.notes(&[]);
    let again = bench.pull_changes(false).await.message.unwrap();
    assert!(!again.contains("left alone"), "{again}");
}

#[tokio::test]
async fn an_expired_cursor_makes_the_same_task_a_full_one() {
    let bench = after_a_full_read().await;
    let department = Ok((Department, vec![json!({"uid": "d", "title": "D"})]));
    bench.plugin.yields(vec![department, Ok((User, people(1..31)))]);
    bench.plugin.opens(Opening::Expires);
    bench.plugin.leaves(Some("two"));
    let task = bench.pull_changes(false).await;
    assert_eq!((task.mode, task.status), (Mode::Full, Status::Success));
    assert_eq!((task.counts.user.all, task.counts.user.created, task.counts.user.disabled), (30, 1, 1));
    let message = task.message.clone().unwrap();
    assert!(
        message.ends_with("everything was read, as what changed could not be told: too old"),
        "{message}"
    );
    assert_eq!(bench.plugin.asked(), [since("one"), Extent::Everything]);
    assert_eq!(next(&bench).await, since("two"));
}

#[tokio::test]
async fn a_read_that_fails_moves_no_cursor() {
    let bench = after_a_full_read().await;
    bench.plugin.leaves(Some("two"));
    bench.plugin.yields(vec![Ok((User, vec![json!({"uid": 1, "nickname": "One"})])), Err("killed".into())]);
    let failed = bench.pull_changes(false).await;
    assert_eq!(failed.status, Status::Failed);
    assert_eq!(next(&bench).await, since("one"));
    bench.plugin.yields(vec![Ok((User, vec![json!({"uid": 1, "nickname": "One"})]))]);
    bench.engine.retry(failed.id).await.unwrap();
    assert_eq!(bench.settled(failed.id).await.counts.user.updated, 1);
    assert_eq!(bench.plugin.asked(), [since("one")]);
    assert_eq!(next(&bench).await, since("two"));
}

#[tokio::test]
async fn a_held_plan_moves_the_cursor_only_once_it_is_approved() {
    let bench = after_a_full_read().await;
    let gone: Vec<Value> = (0..15).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    bench.plugin.yields(vec![Ok((User, gone.clone()))]);
    bench.plugin.leaves(Some("two"));
    let rejected = bench.pull_changes(false).await;
    assert_eq!((rejected.status, rejected.held_by.as_deref()), (Status::Held, Some("removals")));
    bench.engine.reject(rejected.id).await.unwrap();
    assert_eq!(next(&bench).await, since("one"));

    bench.plugin.yields(vec![Ok((User, gone))]);
    let held = bench.pull_changes(false).await;
    assert_eq!(next(&bench).await, since("one"));
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.settled(held.id).await.status, Status::Success);
    assert_eq!(next(&bench).await, since("two"));
}

#[tokio::test]
async fn an_old_plan_that_is_approved_late_leaves_no_cursor() {
    let bench = after_a_full_read().await;
    let gone: Vec<Value> = (0..15).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    bench.plugin.yields(vec![Ok((User, gone))]);
    bench.plugin.leaves(Some("two"));
    let held = bench.pull_changes(false).await;
    bench.plugin.yields(vec![Ok((User, people(40..41)))]);
    bench.plugin.leaves(Some("three"));
    assert_eq!(bench.pull_changes(false).await.status, Status::Success);
    assert_eq!(next(&bench).await, since("three"));
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.settled(held.id).await.status, Status::Success);
    assert_eq!(next(&bench).await, Extent::Everything, "neither cursor says what is stored now");
}

#[tokio::test]
async fn an_undo_and_other_options_take_the_cursor_away() {
    let bench = after_a_full_read().await;
    bench.plugin.yields(vec![Ok((User, vec![json!({"uid": 1, "nickname": "One"})]))]);
    bench.plugin.leaves(Some("two"));
    let task = bench.pull_changes(false).await;
    bench.engine.undo(task.id, true, Starter::AdminToken).await.unwrap();
    assert_eq!(next(&bench).await, since("two"), "a dry run takes nothing away");
    let undo = bench.engine.undo(task.id, false, Starter::AdminToken).await.unwrap();
    assert_eq!(bench.settled(undo.id).await.status, Status::Success);
    assert_eq!(next(&bench).await, Extent::Everything);

    let bench = after_a_full_read().await;
    bench.set_options("pulled", json!({"more": 1})).await;
    assert_eq!(next(&bench).await, Extent::Everything);
    bench.set_options("pulled", json!({})).await;
    assert_eq!(next(&bench).await, since("one"));
}

#[tokio::test]
async fn a_record_that_failed_is_passed_by_and_can_be_retried() {
    let bench = after_a_full_read().await;
    bench.push("api", User, &[json!({"uid": "x", "username": "taken"})]).await;
    bench
        .plugin
        .yields(vec![Ok((User, vec![json!({"uid": 1, "username": "taken"}), json!({"uid": "new"})]))]);
    bench.plugin.leaves(Some("two"));
    let partial = bench.pull_changes(false).await;
    assert_eq!(partial.status, Status::Partial);
    assert_eq!(next(&bench).await, since("two"));
    bench.push("api", User, &[json!({"uid": "x", "isDeleted": true})]).await;
    bench.engine.retry(partial.id).await.unwrap();
    assert_eq!(bench.settled(partial.id).await.status, Status::Success);
    assert!(bench.directory().await["users"].get("taken").is_some());
    assert_eq!(next(&bench).await, since("two"));
}

#[tokio::test]
async fn a_restart_in_the_midst_of_applying_ends_with_the_cursor_of_its_read() {
    let mut bench = after_a_full_read().await;
    bench.plugin.yields(vec![Ok((User, people(100..20_000)))]);
    bench.plugin.leaves(Some("two"));
    let task = bench.engine.sync("pulled", Mode::Incremental, false, Starter::AdminToken).await.unwrap();
    // Two batches are still to be applied when it is stopped after the first.
    while bench.engine.progress(task.id).is_none_or(|progress| progress.applied == 0) {
        assert!(!bench.task(task.id).await.status.is_final(), "it was stopped too late");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    bench = bench.restart().await;
    assert_eq!(bench.task(task.id).await.status, Status::Processing);
    assert_eq!(next_of_a_dead_run(&bench).await, None, "while it is applied there is none");
    bench.engine.recover().await.unwrap();
    let ended = bench.settled(task.id).await;
    assert_eq!((ended.status, ended.counts.user.created), (Status::Success, 19_900));
    assert_eq!(next(&bench).await, since("two"));
}

/// The valid cursor of the source.
async fn next_of_a_dead_run(bench: &Bench) -> Option<String> {
    let reader = bench.engine.store().reader();
    let source = sources::by_name(reader, "pulled").await.unwrap().unwrap();
    let made_with = bench.engine.plugins().source_types()[0].made_with(&source.options);
    crate::store::cursors::valid(reader, source.id, made_with).await.unwrap()
}

#[tokio::test]
async fn a_full_sync_is_remembered_by_when_it_was_asked_for() {
    let bench = after_a_full_read().await;
    let at = async || {
        let reader = bench.engine.store().reader();
        sources::by_name(reader, "pulled").await.unwrap().unwrap().last_full_at
    };
    let first = at().await;
    assert!(first.is_some());
    bench.pull_changes(false).await;
    bench.pull(true).await;
    assert_eq!(at().await, first, "neither is a full one that was applied");
    bench.set_policy("pulled", Policy::default()).await;
    let second = bench.pull(false).await;
    assert_eq!(at().await, Some(second.created_at));
}
