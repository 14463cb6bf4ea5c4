//! Undoing over a real SQLite file: one behaviour a test.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::domain::policy::{MatchKey, OnMissing, Policy, RemovalLimit};
use crate::domain::source::Source;
use crate::domain::starter::Starter;
use crate::domain::task::{Kind, Mode, Status};
use crate::store::{commit, sources};
use crate::sync::engine::testing::{Bench, taken};
use crate::sync::engine::{MatchKeys, Push};
use crate::sync::error::SyncError;
use crate::sync::intake::{Format, Piece};
use DataType::{Department, User};

fn people(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"uid": n, "username": format!("u{n}"), "email": format!("u{n}@x.org")})).collect()
}

impl Bench {
    /// Undoes a task and waits until the undo stands still.
    pub(crate) async fn undo(&self, id: TaskId) -> Task {
        let undo = self.engine.undo(id, false, Starter::AdminToken).await.unwrap();
        assert_eq!((undo.kind, undo.undoes), (Kind::Undo, Some(id)));
        self.settled(undo.id).await
    }

    async fn refusal(&self, id: TaskId) -> String {
        self.engine.undo(id, false, Starter::AdminToken).await.unwrap_err().to_string()
    }

    async fn source(&self, name: &str) -> Source {
        sources::by_name(self.engine.store().reader(), name).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_first_sync_is_undone_and_the_next_one_brings_back_the_same_users() {
    let bench = Bench::new().await;
    bench.push("api", Department, &[json!({"uid": "d", "title": "D"})]).await;
    let mut people = people(0..40);
    people[0]["departments"] = json!(["d"]);
    let task = bench.push_full("api", User, &people).await;
    let (before, ids) = (bench.directory().await, bench.user_ids().await);
    let undo = bench.undo(task.id).await;
    // More than the policy lets a sync take away, but a person asked for it.
    assert_eq!(undo.status, Status::Success);
    assert_eq!(undo.message, Some(format!("undid task {}: 40 users removed again", task.id)));
    assert_eq!((undo.counts.user.deleted, undo.counts.user.all), (40, 40));
    assert_eq!(bench.directory().await, json!({"departments": {"D": null}, "users": {}}));
    assert_eq!(bench.present("api", User).await, 0);
    let again = bench.push_full("api", User, &people).await;
    assert_eq!((again.status, again.counts.user.updated), (Status::Success, 40));
    assert_eq!((bench.directory().await, bench.user_ids().await), (before, ids));
}

#[tokio::test]
async fn an_undo_of_an_undo_does_it_again() {
    let bench = Bench::new().await;
    bench.push_full("api", User, &people(0..5)).await;
    let task = bench.push_full("api", User, &people(0..3)).await;
    let after = bench.directory().await;
    let undo = bench.undo(task.id).await;
    assert_eq!(undo.message, Some(format!("undid task {}: 2 users enabled again", task.id)));
    let refused = format!(
        "task {} can't be undone: task {} undoes it already; retry that one if some of it failed",
        task.id, undo.id
    );
    assert_eq!(bench.refusal(task.id).await, refused);
    let redo = bench.undo(undo.id).await;
    assert_eq!(redo.status, Status::Success);
    assert_eq!(bench.directory().await, after);
    // So the task has effect again, and can be undone again.
    let by = tasks::undone_by(bench.engine.store().reader(), [task.id, undo.id, redo.id]).await.unwrap();
    assert_eq!(by, HashMap::from([(undo.id, redo.id)]));
    assert_eq!(bench.undo(task.id).await.status, Status::Success);
    // What the source says is unchanged from before the task.
    assert_eq!(bench.push_full("api", User, &people(0..5)).await.counts.user.unchanged, 5);
}

#[tokio::test]
async fn deleted_people_come_back_with_all_they_had() {
    let bench = Bench::new().await;
    bench
        .push(
            "api",
            Department,
            &[json!({"uid": "a", "title": "A"}), json!({"uid": "b", "title": "B", "parentUid": "a"})],
        )
        .await;
    let ann = json!({"uid": 1, "username": "ann", "email": "a@x.org", "badge": {"no": 7},
        "departments": [{"uid": "a", "isOwner": true, "sort": 3}, {"uid": "b", "isMain": true}]});
    bench.push("api", User, std::slice::from_ref(&ann)).await;
    let (before, ids) = (bench.directory().await, bench.user_ids().await);
    let user = bench.push("api", User, &[json!({"uid": 1, "isDeleted": true})]).await;
    let department = bench.push("api", Department, &[json!({"uid": "a", "isDeleted": true})]).await;
    assert_eq!(
        bench.undo(department.id).await.message.unwrap(),
        format!("undid task {}: 1 department brought back", department.id)
    );
    assert_eq!(
        bench.undo(user.id).await.message.unwrap(),
        format!("undid task {}: 1 user brought back", user.id)
    );
    assert_eq!((bench.directory().await, bench.user_ids().await), (before, ids));
    assert_eq!(bench.push("api", User, &[ann]).await.counts.user.unchanged, 1);
}

#[tokio::test]
async fn a_department_that_is_removed_again_leaves_its_children_at_the_root() {
    let bench = Bench::new().await;
    let task = bench.push("api", Department, &[json!({"uid": "top", "title": "Top"})]).await;
    bench.push("api", Department, &[json!({"uid": "leaf", "title": "Leaf", "parentUid": "top"})]).await;
    let undo = bench.undo(task.id).await;
    let message =
        format!("undid task {}: 1 department removed again, 1 department moved to the root", task.id);
    assert_eq!(undo.message, Some(message));
    assert_eq!(bench.directory().await["departments"], json!({"Leaf": null}));
    bench.undo(undo.id).await;
    assert_eq!(bench.directory().await["departments"], json!({"Leaf": "Top", "Top": null}));
}

#[tokio::test]
async fn a_move_that_would_close_a_circle_by_now_fails() {
    let bench = Bench::new().await;
    let tree = [json!({"uid": "a", "title": "A"}), json!({"uid": "b", "title": "B", "parentUid": "a"})];
    bench.push("api", Department, &tree).await;
    let up = bench.push("api", Department, &[json!({"uid": "b", "parentUid": null})]).await;
    bench.push("api", Department, &[json!({"uid": "a", "parentUid": "b"})]).await;
    let undo = bench.undo(up.id).await;
    assert_eq!(undo.status, Status::Failed, "nothing else was to be done");
    let reason = "uid b: parentUid: a is below this department itself, or would be after this task";
    assert_eq!(bench.failures(&undo).await, [reason]);
    assert_eq!(bench.directory().await["departments"], json!({"A": "B", "B": null}));
}

#[tokio::test]
async fn unique_values_are_swapped_back_across_batches() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..6_000)).await;
    let before = bench.directory().await;
    let ring: Vec<Value> =
        (0..6_000).map(|n| json!({"uid": n, "email": format!("u{}@x.org", (n + 1) % 6_000)})).collect();
    let task = bench.push("api", User, &ring).await;
    let undo = bench.undo(task.id).await;
    assert_eq!((undo.status, undo.counts.user.updated), (Status::Success, 6_000));
    // And where one goes and another takes its values.
    let task = bench
        .push(
            "api",
            User,
            &[json!({"uid": "5", "isDeleted": true}), json!({"uid": "new", "email": "u5@x.org"})],
        )
        .await;
    assert_eq!(bench.undo(task.id).await.status, Status::Success);
    assert_eq!(bench.directory().await, before);
}

#[tokio::test]
async fn what_has_changed_since_fails_alone_and_can_be_retried() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..4)).await;
    let renamed: Vec<Value> =
        (0..4).map(|n| json!({"uid": n, "nickname": "x", "email": format!("x{n}@x.org")})).collect();
    let task = bench.push("api", User, &renamed).await;
    let later =
        bench.push("api", User, &[json!({"uid": 1, "nickname": "y"}), json!({"uid": 2, "phone": "2"})]).await;
    let gone = bench.push("api", User, &[json!({"uid": 3, "isDeleted": true})]).await;
    let undo = bench.undo(task.id).await;
    assert_eq!(undo.message, Some(format!("undid task {}: 2 users set back, 2 users failed", task.id)));
    let last = |later: &Task| {
        format!("and left as it is; task {} was the last of this source to change the record", later.id)
    };
    assert_eq!(
        bench.failures(&undo).await,
        [
            format!("uid 1: nickname: changed since, {}", last(&later)),
            format!("uid 3: has been deleted since, {}", last(&gone)),
        ]
    );
    let users = bench.directory().await["users"].clone();
    assert_eq!(
        users["u1"],
        json!({"username": "u1", "email": "x1@x.org", "nickname": "y", "enabled": true, "departments": []})
    );
    // The other field of one whose e-mail was set back stays, and its source is listened to again.
    assert_eq!((&users["u2"]["email"], &users["u2"]["phone"]), (&json!("u2@x.org"), &json!("2")));
    assert_eq!(bench.push("api", User, &[json!({"uid": 2, "phone": "2"})]).await.counts.user.unchanged, 1);
    let refused = bench.engine.retry(undo.id).await.unwrap();
    assert_eq!(bench.settled(refused.id).await.counts.user.failed, 2, "as long as nothing is done about it");
    bench.undo(gone.id).await;
    let message = format!("undid task {}: 2 users set back", later.id);
    assert_eq!(bench.undo(later.id).await.message, Some(message));
    bench.engine.retry(undo.id).await.unwrap();
    let retried = bench.settled(undo.id).await;
    assert_eq!(
        (retried.status, retried.attempt),
        (Status::Success, 3),
        "{:?}",
        bench.failures(&retried).await
    );
    assert_eq!(retried.message, Some(format!("undid task {}: 4 users set back", task.id)));
    assert_eq!(bench.directory().await["users"]["u3"]["email"], "u3@x.org");
}

#[tokio::test]
async fn a_value_that_somebody_else_has_by_now_fails_that_record_only() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..2)).await;
    let gone = [json!({"uid": 0, "isDeleted": true}), json!({"uid": 1, "isDeleted": true})];
    let task = bench.push("api", User, &gone).await;
    let taker = bench.push("other", User, &[json!({"uid": "t", "username": "t", "email": "U0@x.org"})]).await;
    let undo = bench.undo(task.id).await;
    let id = bench.user_ids().await["t"];
    assert_eq!(
        bench.failures(&undo).await,
        [format!("uid 0: email: u0@x.org is already used by user {id} (uid t of source other)")]
    );
    assert_eq!(bench.directory().await["users"]["u1"]["email"], "u1@x.org");
    bench.undo(taker.id).await;
    bench.engine.retry(undo.id).await.unwrap();
    assert_eq!(bench.settled(undo.id).await.status, Status::Success);
    assert_eq!(bench.directory().await["users"]["u0"]["email"], "u0@x.org");
}

#[tokio::test]
async fn a_user_of_two_sources_is_let_go_rather_than_taken_from_the_other() {
    let bench = Bench::new().await;
    let key = Some(MatchKey::Username);
    let made = bench.push("api", User, &[json!({"uid": 1, "username": "ann"})]).await;
    let adopted = bench
        .push_with(
            "other",
            User,
            Mode::Incremental,
            key,
            &[json!({"uid": "x", "username": "ann", "phone": "5"})],
        )
        .await;
    let before = bench.directory().await;
    // Back to before it was adopted: the link is gone, and without a match key the record is another user.
    assert_eq!(
        bench.undo(adopted.id).await.message,
        Some(format!("undid task {}: 1 user set back", adopted.id))
    );
    assert_eq!(bench.directory().await["users"]["ann"].get("phone"), None);
    assert_eq!(
        bench.push("other", User, &[json!({"uid": "x", "nickname": "Other"})]).await.counts.user.created,
        1
    );
    bench.push("other", User, &[json!({"uid": "x", "isDeleted": true})]).await;
    let again = [json!({"uid": "y", "username": "ann", "phone": "5"})];
    let adopted = bench.push_with("other", User, Mode::Incremental, key, &again).await;
    // The phone has come since, so who made the user is not believed to know all of it.
    let undo = bench.undo(made.id).await;
    assert_eq!(bench.failures(&undo).await, ["uid 1: phone: changed since, and left as it is"]);
    bench.push("other", User, &[json!({"uid": "y", "phone": null})]).await;
    bench.engine.retry(undo.id).await.unwrap();
    let undo = bench.settled(undo.id).await;
    assert_eq!(undo.message, Some(format!("undid task {}: 1 user let go again", made.id)));
    assert!(bench.directory().await["users"]["ann"].is_object());
    // Now the other source is the only one, so its adoption can't be undone.
    let left = bench.undo(adopted.id).await;
    let reason = "uid y: no other source gives this user any more; undone, it would belong to none";
    assert_eq!(bench.failures(&left).await, [reason]);
    bench.undo(undo.id).await;
    bench.push("other", User, &[json!({"uid": "y", "phone": "5"})]).await;
    assert_eq!(bench.directory().await, before);
}

#[tokio::test]
async fn what_can_not_be_undone_says_why() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Ok((User, people(0..3)))]);
    let dry = bench.pull(true).await;
    let expected = format!("task {} can't be undone: it was a dry run, which wrote nothing", dry.id);
    assert_eq!(bench.refusal(dry.id).await, expected);
    let first = bench.pull(false).await;
    let same = bench.pull(false).await;
    assert_eq!(bench.refusal(same.id).await, format!("task {} can't be undone: it changed nothing", same.id));
    bench.plugin.yields(vec![Err("broke".into())]);
    let failed = bench.pull(false).await;
    let expected = format!(
        "task {}: a task that is failed can't be undone: only success and partial ones can",
        failed.id
    );
    assert_eq!(bench.refusal(failed.id).await, expected);
    assert!(matches!(
        bench.engine.undo(TaskId(99), false, Starter::AdminToken).await,
        Err(SyncError::NoTask(_))
    ));
    let store = bench.engine.store();
    let tx = store.begin().await.unwrap();
    changes::clear_some(&tx, store.dialect(), same.id).await.unwrap();
    sources::delete(&tx, first.source_id, 1).await.unwrap();
    commit(tx, "test").await.unwrap();
    assert_eq!(bench.directory().await["users"].as_object().unwrap().len(), 3);
    assert_eq!(bench.undo(first.id).await.status, Status::Success, "also of a source that is deleted");
    assert_eq!(bench.directory().await["users"], json!({}));

    let task = bench.push("api", User, &people(5..6)).await;
    let tx = store.begin().await.unwrap();
    changes::clear_some(&tx, store.dialect(), task.id).await.unwrap();
    commit(tx, "test").await.unwrap();
    let expected = format!("task {} can't be undone: its changes are not kept any more", task.id);
    assert_eq!(bench.refusal(task.id).await, expected);
}

#[tokio::test]
async fn an_undone_task_is_not_retried() {
    let bench = Bench::new().await;
    let partial =
        bench.push("api", User, &[json!({"uid": 1, "username": "ann"}), json!({"uid": 2, "email": 5})]).await;
    assert_eq!(partial.status, Status::Partial);
    let undo = bench.undo(partial.id).await;
    assert_eq!(undo.message, Some(format!("undid task {}: 1 user removed again", partial.id)));
    let refused = bench.engine.retry(partial.id).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("task {} can't be retried: task {} undoes it", partial.id, undo.id)
    );
}

#[tokio::test]
async fn a_disabled_source_can_be_undone() {
    let bench = Bench::new().await;
    let task = bench.push("api", User, &people(0..3)).await;
    let mut source = bench.source("api").await;
    source.enabled = false;
    let tx = bench.engine.store().begin().await.unwrap();
    sources::update(&tx, &source).await.unwrap();
    commit(tx, "test").await.unwrap();
    assert_eq!(bench.undo(task.id).await.status, Status::Success);
    assert_eq!(bench.directory().await["users"], json!({}));
}

#[tokio::test]
async fn an_undo_can_be_looked_at_first() {
    let bench = Bench::new().await;
    let task = bench.push("api", User, &people(0..3)).await;
    let before = bench.directory().await;
    let dry = bench.engine.undo(task.id, true, Starter::AdminToken).await.unwrap();
    let dry = bench.settled(dry.id).await;
    let message = format!("dry run, nothing written: would undo task {}: 3 users removed again", task.id);
    assert_eq!((dry.status, dry.message), (Status::Success, Some(message)));
    assert_eq!(bench.directory().await, before);
    assert_eq!(bench.undo(task.id).await.counts.user.deleted, 3);
}

#[tokio::test]
async fn an_undo_waits_for_its_turn() {
    let bench = Bench::new().await;
    let task = bench.push("api", User, &people(0..3)).await;
    let (sender, receiver) = mpsc::channel(4);
    let push = Push {
        data_type: User,
        mode: Mode::Incremental,
        match_key: None,
        match_keys: MatchKeys::All,
        format: Format::Lines(User),
        pieces: receiver,
        wait: true,
        repeatable: None,
        by: Starter::AdminToken,
    };
    let engine = bench.engine.clone();
    let open = tokio::spawn(async move { engine.push("api", push).await });
    while bench.unfinished().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let undo = bench.engine.undo(task.id, false, Starter::AdminToken).await.unwrap();
    assert_eq!(undo.status, Status::Init);
    let refused = bench.refusal(task.id).await;
    assert!(refused.contains(&format!("task {} undoes it already", undo.id)), "{refused}");
    sender.send(Piece::Body(Bytes::from("{\"uid\":1,\"nickname\":\"later\"}\n"))).await.unwrap();
    sender.send(Piece::End).await.unwrap();
    assert_eq!(taken(open.await.unwrap().unwrap()).task.counts.user.updated, 1);
    let undo = bench.settled(undo.id).await;
    assert_eq!(undo.message, Some(format!("undid task {}: 2 users removed again, 1 user failed", task.id)));
}

#[tokio::test]
async fn an_undo_left_by_a_stopped_daemon_goes_on() {
    let bench = Bench::new().await;
    let removals = RemovalLimit { percent: 100.0, count: 100_000 };
    bench.set_policy("api", Policy { on_missing: OnMissing::Delete, removals, ..Policy::default() }).await;
    bench.push_full("api", User, &people(0..6_000)).await;
    let before = bench.directory().await;
    let task = bench.push_full("api", User, &people(3_000..12_000)).await;
    assert_eq!((task.counts.user.deleted, task.counts.user.created), (3_000, 6_000));
    let undo = bench.engine.undo(task.id, false, Starter::AdminToken).await.unwrap();
    while bench.engine.progress(undo.id).is_some_and(|progress| progress.applied == 0) {
        tokio::task::yield_now().await;
    }
    let bench = bench.restart().await;
    let left = tasks::by_id(bench.engine.store().reader(), undo.id).await.unwrap().unwrap();
    assert_eq!(left.status, Status::Processing, "it was stopped in the middle");
    assert!(left.watermark.is_some());
    bench.engine.recover().await.unwrap();
    let done = bench.settled(undo.id).await;
    assert_eq!(
        (done.status, done.counts.user.deleted, done.counts.user.updated),
        (Status::Success, 6_000, 3_000)
    );
    assert_eq!(bench.directory().await, before);
    assert_eq!(bench.present("api", User).await, 6_000);
    bench.engine.drain(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn what_was_so_already_when_its_turn_came_is_not_the_tasks_to_undo() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..50)).await;
    let mut records: Vec<Value> = (0..40).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    records.push(json!({"uid": 49, "nickname": "n"}));
    let held = bench.push("api", User, &records).await;
    let same = [json!({"uid": "x", "username": "u49", "nickname": "n"})];
    bench.push_with("other", User, Mode::Incremental, Some(MatchKey::Username), &same).await;
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!((done.status, done.counts.user.updated), (Status::Success, 0));
    let undo = bench.undo(held.id).await;
    assert_eq!(undo.message, Some(format!("undid task {}: 40 users brought back", held.id)));
    assert_eq!(bench.directory().await["users"]["u49"]["nickname"], "n");
}

#[tokio::test]
async fn a_row_that_is_not_as_its_source_says_is_looked_at_by_the_next_sync() {
    let bench = Bench::new().await;
    let give = async |email: &str, nickname: &str| {
        let ann = json!({"uid": 1, "username": "ann", "email": email, "nickname": nickname});
        bench.push("api", User, &[ann]).await
    };
    give("a@x.org", "A").await;
    let task = give("b@x.org", "A").await;
    give("b@x.org", "B").await;
    assert_eq!(bench.undo(task.id).await.status, Status::Success);
    let ann = bench.directory().await["users"]["ann"].clone();
    assert_eq!((&ann["email"], &ann["nickname"]), (&json!("a@x.org"), &json!("B")));
    // Neither of what the source gave before and after is what the row is now.
    assert_eq!(give("b@x.org", "B").await.counts.user.updated, 1);
    assert_eq!(bench.directory().await["users"]["ann"]["email"], "b@x.org");
}
