//! Who is gone or locked at the source is so here, whatever else their records hold.

use serde_json::{Value, json};

use crate::domain::data_type::DataType::{Department, User};
use crate::domain::policy::{OnMissing, Policy, RemovalLimit};
use crate::domain::task::{Status, Task};
use crate::sync::engine::testing::Bench;

async fn enabled(bench: &Bench, name: &str) -> Value {
    bench.directory().await["users"][name]["enabled"].clone()
}

/// What the change of a uid says: outcome, before and error.
async fn told(bench: &Bench, task: &Task) -> Vec<String> {
    bench.failures(task).await
}

async fn with_ann() -> Bench {
    let bench = Bench::new().await;
    let people = [
        json!({"uid": 1, "username": "ann", "email": "ann@x.org", "nickname": "Ann"}),
        json!({"uid": 2, "username": "bob"}),
    ];
    bench.push("api", User, &people).await;
    bench
}

#[tokio::test]
async fn any_bad_field_lets_leaving_and_locking_through() {
    let long = "x".repeat(256);
    let bad = [
        ("nickname", json!(long)),
        ("username", json!("bob")),
        ("email", json!(5)),
        ("phone", json!([])),
        ("departments", json!("dev")),
        ("departments", json!([{"isMain": true}])),
    ];
    for (name, value) in bad {
        let bench = with_ann().await;
        let mut record = json!({"uid": 1, "enabled": false});
        record[name] = value.clone();
        let task = bench.push("api", User, &[record.clone()]).await;
        assert_eq!((task.counts.user.all, task.counts.user.failed), (1, 1), "{name}: {value}");
        assert_eq!(told(&bench, &task).await.len(), 1);
        let expected = json!({"username": "ann", "email": "ann@x.org", "nickname": "Ann", "enabled": false,
                              "departments": []});
        assert_eq!(bench.directory().await["users"]["ann"], expected, "{name}: {value}");
        assert_eq!(task.counts.user.updated, 1);
        // What the source gave before is looked at, too.
        let back =
            json!({"uid": 1, "username": "ann", "email": "ann@x.org", "nickname": "Ann", "enabled": true});
        bench.push("api", User, &[back]).await;
        assert_eq!(enabled(&bench, "ann").await, json!(true), "{name}");
        record["enabled"] = json!(null);
        record["isDeleted"] = json!(true);
        let task = bench.push("api", User, &[record]).await;
        assert_eq!((task.status, task.counts.user.deleted), (Status::Success, 1), "{name}: {value}");
        assert_eq!(bench.directory().await["users"]["ann"], json!(null), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_lock_is_undone_and_retried_with_its_task() {
    let bench = with_ann().await;
    let before = bench.directory().await;
    let record = json!({"uid": 1, "username": "bob", "nickname": "A", "enabled": false});
    let task = bench.push("api", User, &[record, json!({"uid": 3, "username": "cy"})]).await;
    assert_eq!((task.status, task.counts.user.updated, task.counts.user.failed), (Status::Partial, 1, 1));
    let reasons = told(&bench, &task).await;
    assert!(reasons[0].contains("username: bob is already used"), "{reasons:?}");
    assert!(reasons[0].ends_with("only `enabled: false` is applied"), "{reasons:?}");
    let undo = bench.undo(task.id).await;
    assert_eq!(undo.status, Status::Success, "{:?}", told(&bench, &undo).await);
    assert_eq!(bench.directory().await, before);

    let record = json!({"uid": 1, "username": "bob", "nickname": "B", "enabled": false});
    let task = bench.push("api", User, &[record, json!({"uid": 4, "username": "dan"})]).await;
    bench.push("api", User, &[json!({"uid": 2, "username": "free"})]).await;
    bench.engine.retry(task.id).await.unwrap();
    let done = bench.settled(task.id).await;
    assert_eq!((done.status, done.counts.user.updated), (Status::Success, 1), "{:?}", done.message);
    assert_eq!(bench.directory().await["users"]["bob"]["nickname"], "B");
    let undo = bench.undo(task.id).await;
    assert_eq!(undo.status, Status::Success, "{:?}", told(&bench, &undo).await);
    assert_eq!(enabled(&bench, "ann").await, json!(true));
}

#[tokio::test]
async fn a_department_on_a_circle_is_switched_off() {
    let bench = Bench::new().await;
    let tree = [json!({"uid": "a", "title": "A"}), json!({"uid": "b", "title": "B", "parentUid": "a"})];
    bench.push("api", Department, &tree).await;
    let task =
        bench.push("api", Department, &[json!({"uid": "a", "parentUid": "b", "enabled": false})]).await;
    assert_eq!((task.counts.department.failed, task.counts.department.updated), (1, 1));
    let task = bench.push("api", Department, &[json!({"uid": "a", "enabled": true})]).await;
    assert_eq!(task.counts.department.updated, 1, "it had been switched off");
    let task = bench.push("api", Department, &[json!({"uid": "b", "title": 5, "enabled": false})]).await;
    assert_eq!((task.counts.department.failed, task.counts.department.updated), (1, 1));
}

#[tokio::test]
async fn the_last_word_of_a_task_counts_and_strangers_are_not_made() {
    let bench = with_ann().await;
    let lock = json!({"uid": 1, "enabled": false, "email": 5});
    let open = json!({"uid": 1, "enabled": true, "nickname": "A"});
    let task = bench.push("api", User, &[lock.clone(), open.clone()]).await;
    assert_eq!((task.counts.user.all, task.counts.user.failed, task.counts.user.updated), (2, 1, 1));
    assert_eq!(enabled(&bench, "ann").await, json!(true));
    bench.push("api", User, &[open, lock.clone()]).await;
    assert_eq!(enabled(&bench, "ann").await, json!(false));
    let gone = json!({"uid": 1, "isDeleted": true});
    let both = bench.push("api", User, &[gone, lock.clone()]).await;
    assert_eq!((both.counts.user.deleted, both.counts.user.failed), (1, 1), "a lock brings nobody back");
    bench.push("api", User, &[json!({"uid": 1, "enabled": false})]).await;
    let again = bench.push("api", User, &[lock]).await;
    assert_eq!((again.counts.user.failed, again.counts.user.updated, again.counts.user.unchanged), (1, 0, 0));
    let stranger = bench.push("api", User, &[json!({"uid": 9, "enabled": false, "email": 5})]).await;
    assert_eq!((stranger.counts.user.failed, stranger.counts.user.created), (1, 0));
    bench.push("api", User, &[json!({"uid": 2, "isDeleted": true})]).await;
    let gone = bench.push("api", User, &[json!({"uid": 2, "enabled": false, "email": 5})]).await;
    assert_eq!((gone.counts.user.failed, gone.counts.user.updated), (1, 0));
}

#[tokio::test]
async fn too_many_locks_are_held_and_shown_by_a_dry_run() {
    let bench = Bench::new().await;
    let people = |enabled: bool, name: fn(usize) -> Value| -> Vec<Value> {
        (0..30).map(|n| json!({"uid": n, "username": name(n), "enabled": enabled})).collect()
    };
    let policy =
        Policy { on_missing: OnMissing::Keep, removals: RemovalLimit::default(), ..Policy::default() };
    bench.set_policy("pulled", policy).await;
    bench.plugin.yields(vec![Ok((User, people(true, |n| json!(format!("u{n}")))))]);
    bench.pull(false).await;
    bench.plugin.yields(vec![Ok((User, people(false, |_| json!(5))))]);
    let dry = bench.pull(true).await;
    assert!(dry.message.unwrap().contains("would be held"));
    let held = bench.pull(false).await;
    assert_eq!((held.status, held.counts.user.updated), (Status::Held, 30));
    bench.engine.approve(held.id).await.unwrap();
    bench.settled(held.id).await;
    assert_eq!(enabled(&bench, "u7").await, json!(false));
}
