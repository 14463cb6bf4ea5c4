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
