//! What a gate counts as taken away, and how a task ends in which nothing but failures came of the users.

use serde_json::{Value, json};

use super::testing::Bench;
use super::*;
use crate::domain::policy::{OnMissing, Policy};
use crate::domain::task::Status;
use DataType::{Department, User};

fn people(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"uid": n, "username": format!("u{n}"), "departments": ["d"]})).collect()
}

/// A source with 60 people, all of whom another source has as well.
async fn shared() -> Bench {
    let bench = Bench::new().await;
    bench.push("api", Department, &[json!({"uid": "d", "title": "D"})]).await;
    bench.push_full("api", User, &people(0..60)).await;
    bench.push_with("other", User, Mode::Full, Some(MatchKey::Username), &people(0..60)).await;
    bench
}

#[tokio::test]
async fn letting_go_of_many_is_held_though_their_rows_stay() {
    let bench = shared().await;
    let held = bench.push_full("api", User, &people(0..30)).await;
    assert_eq!((held.status, held.counts.user.unlinked), (Status::Held, 30), "{:?}", held.message);
    assert!(held.message.unwrap().contains("would unlink 30 of the source's 60 users"));
    let deletes: Vec<Value> = (0..30).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    assert_eq!(bench.push("api", User, &deletes).await.status, Status::Held);
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.settled(held.id).await.status, Status::Success);
    bench.set_policy("other", Policy { on_missing: OnMissing::Keep, ..Policy::default() }).await;
    assert_eq!(
        bench.push_full("other", User, &people(0..1)).await.status,
        Status::Success,
        "kept is not taken"
    );
}

#[tokio::test]
async fn taking_many_out_of_all_departments_is_held() {
    let bench = shared().await;
    let emptied = |range: std::ops::Range<usize>| -> Vec<Value> {
        range.map(|n| json!({"uid": n, "username": format!("u{n}"), "departments": []})).collect()
    };
    let few = bench.push("api", User, &emptied(0..10)).await;
    assert_eq!((few.status, few.counts.user.emptied), (Status::Success, 10));
    let held = bench.push("api", User, &emptied(10..50)).await;
    assert_eq!(held.status, Status::Held);
    assert!(held.message.unwrap().contains("would take 40 out of all their departments"));
}

#[tokio::test]
async fn a_sync_in_which_every_user_failed_has_failed_and_says_why() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..40)).await;
    bench
        .plugin
        .yields(vec![Ok((Department, vec![json!({"uid": "d", "title": "D"})])), Ok((User, people(0..40)))]);
    let task = bench.pull(false).await;
    assert_eq!((task.status, task.counts.department.created), (Status::Failed, 1));
    let message = task.message.clone().unwrap();
    assert!(message.starts_with("all 40 users failed: "), "{message}");
    assert!(message.contains("(40)") && message.contains("departments: 1 created"), "{message}");
    assert_eq!(bench.directory().await["departments"], json!({"D": null}));
    // It can be tried again, and what it did can be taken back.
    bench.engine.retry(task.id).await.unwrap();
    assert_eq!(bench.settled(task.id).await.status, Status::Failed);
    let undo = bench.undo(task.id).await;
    assert_eq!(undo.status, Status::Success, "{:?}", undo.message);
    assert_eq!(bench.directory().await["departments"], json!({}));
    let gone: Vec<Value> = (0..40).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    let held = bench.push("api", User, &gone).await;
    bench.engine.approve(held.id).await.unwrap();
    bench.settled(held.id).await;
    let again = bench.pull(false).await;
    assert_eq!((again.status, again.counts.user.created), (Status::Success, 40));
}

#[tokio::test]
async fn what_others_say_is_one_line_of_bounded_length_in_messages() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Err(format!("first\nsecond \u{1b}[31m{}", "x".repeat(1 << 20)))]);
    let message = bench.pull(false).await.message.unwrap();
    assert!(message.starts_with("first\\nsecond \\u{1b}[31mxxx"), "{}", &message[..40]);
    assert!(message.len() < 5_000 && message.ends_with(" bytes cut]"), "{}", message.len());

    bench.plugin.yields(vec![Ok((User, vec![json!({"uid": "1", "$error": "a\nb".repeat(10_000)})]))]);
    let failed = bench.pull(false).await;
    let why = bench.failures(&failed).await;
    assert!(why[0].starts_with("uid 1: record: a\\nba\\nb"), "{}", &why[0][..40]);
    for text in [&why[0], &failed.message.unwrap()] {
        assert!(text.len() < 5_000 && !text.contains('\n'), "{}", text.len());
    }
}

#[tokio::test]
async fn a_task_with_more_records_than_a_task_may_have_fails_and_writes_nothing() {
    let bench = Bench::with_limits(Limits { task_records: 3, ..Limits::default() }).await;
    bench.plugin.yields(vec![Ok((User, people(0..2))), Ok((User, people(2..4)))]);
    for failed in [
        bench.pull(false).await,
        bench.push("api", User, &people(0..4)).await,
        bench.push_full("api", User, &people(0..4)).await,
    ] {
        assert_eq!((failed.status, failed.counts.user.created), (Status::Failed, 0));
        let message = failed.message.unwrap();
        assert!(message.starts_with("there are more than 3 records, "), "{message}");
    }
    assert_eq!(bench.directory().await["users"], json!({}));
    assert_eq!(bench.push("api", User, &people(0..3)).await.status, Status::Success);
}

#[tokio::test]
async fn what_a_row_may_hold_is_judged_again_when_a_plan_is_applied() {
    let bench = Bench::with_limits(Limits { row_bytes: 1_000, ..Limits::default() }).await;
    bench.push_full("api", User, &people(0..60)).await;
    let with = |name: &str| {
        let mut record = people(0..1).remove(0);
        record[name] = json!("x".repeat(600));
        record
    };
    let held = bench.push_full("api", User, &[with("photo"), people(1..2).remove(0)]).await;
    assert_eq!((held.status, held.counts.failed()), (Status::Held, 0), "{:?}", held.message);
    bench.push_with("other", User, Mode::Incremental, Some(MatchKey::Username), &[with("scan")]).await;
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!(done.status, Status::Partial, "{:?}", done.message);
    let why = bench.failures(&done).await;
    assert!(why[0].starts_with("uid 0: record: the fields of the user would have 12"), "{why:?}");
}
