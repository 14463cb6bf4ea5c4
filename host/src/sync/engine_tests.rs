//! The engine over a real SQLite file: one behaviour a test.

use serde_json::{Value, json};

use super::testing::{Bench, Opening, taken};
use super::*;
use crate::domain::counts::TypeCounts;
use crate::domain::policy::{OnMissing, Policy, RemovalLimit};
use crate::domain::task::Status;
use crate::store::changes;
use DataType::{Department, User};

fn people(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"uid": n, "username": format!("u{n}"), "email": format!("u{n}@x.org")})).collect()
}

#[tokio::test]
async fn a_push_creates_updates_and_leaves_alone() {
    let bench = Bench::new().await;
    let first = bench
        .push(
            "api",
            User,
            &[
                json!({"uid": 1, "username": "ann", "nickname": "Ann", "email": "ann@x.org", "badge": {"no": 7}}),
                json!({"uid": 2, "username": "bob", "phone": "1"}),
            ],
        )
        .await;
    assert_eq!((first.status, first.counts.user.created), (Status::Success, 2));
    let second = bench
        .push(
            "api",
            User,
            &[json!({"uid": 1, "nickname": null, "room": 5}), json!({"uid": "2", "phone": "1"})],
        )
        .await;
    assert_eq!((second.counts.user.updated, second.counts.user.unchanged), (1, 1));
    assert_eq!(
        bench.directory().await["users"],
        json!({
            "ann": {"username": "ann", "email": "ann@x.org", "enabled": true, "departments": [],
                    "badge": {"no": 7}, "room": 5},
            "bob": {"username": "bob", "phone": "1", "enabled": true, "departments": []},
        })
    );
    let third = bench.push("api", User, &[json!({"uid": 1, "badge": null})]).await;
    assert_eq!(third.counts.user.updated, 1);
    assert_eq!(bench.directory().await["users"]["ann"].get("badge"), None);
}

#[tokio::test]
async fn a_bad_record_fails_alone_and_the_task_is_partial() {
    let bench = Bench::new().await;
    let records = [
        json!({"uid": 1, "username": "ann"}),
        json!({"username": "nobody"}),
        json!({"uid": 3, "email": 5}),
        json!("text"),
        json!({"uid": 4, "username": "ANN "}),
        json!({"uid": 5, "username": "eve"}),
    ];
    let task = bench.push("api", User, &records).await;
    assert_eq!(task.status, Status::Partial);
    let expected = TypeCounts { all: 6, created: 2, failed: 4, ..TypeCounts::default() };
    assert_eq!(task.counts.user, expected);
    assert_eq!(
        bench.failures(&task).await,
        [
            "uid: is missing",
            "uid 3: email: must be a string or null, is a number",
            "record: must be a JSON object, is a string",
            "uid 4: username: ANN is given to another record of this task as well (uid 1)",
        ]
    );
    let task = bench.push("api", User, &[json!({"uid": 6, "username": "Eve"})]).await;
    let ids = bench.user_ids().await;
    let expected =
        format!("uid 6: username: Eve is already used by user {} (uid 5 of this source)", ids["eve"]);
    assert_eq!(bench.failures(&task).await, [expected]);
    let reason = format!(
        "the only user failed: username: Eve is already used by user {} (uid 5 of this source) (1)",
        ids["eve"]
    );
    assert_eq!(task.message, Some(format!("{reason}; users: 1 failed")));
    assert_eq!(task.status, Status::Failed);
}

#[tokio::test]
async fn what_is_deleted_keeps_its_id_and_comes_back() {
    let bench = Bench::new().await;
    bench.push("api", Department, &[json!({"uid": "d", "title": "D"})]).await;
    let ann = json!({"uid": 1, "username": "ann", "email": "a@x.org", "departments": ["d"]});
    bench.push("api", User, std::slice::from_ref(&ann)).await;
    let before = (bench.directory().await, bench.user_ids().await);
    let task = bench
        .push("api", User, &[json!({"uid": 1, "isDeleted": true}), json!({"uid": 99, "isDeleted": true})])
        .await;
    assert_eq!((task.counts.user.deleted, task.counts.user.unchanged), (1, 1));
    assert_eq!(bench.directory().await["users"], json!({}));
    let again = bench.push("api", User, &[json!({"uid": 1, "isDeleted": true})]).await;
    assert_eq!(again.counts.user.unchanged, 1);
    // Its values are free while it is away.
    bench.push("api", User, &[json!({"uid": 2, "username": "x", "email": "a@x.org"})]).await;
    let taken = bench.push("api", User, std::slice::from_ref(&ann)).await;
    assert_eq!(taken.counts.user.failed, 1);
    bench.push("api", User, &[json!({"uid": 2, "isDeleted": true})]).await;
    let back = bench.push("api", User, &[ann]).await;
    assert_eq!(back.counts.user.updated, 1);
    assert_eq!(bench.directory().await, before.0);
    assert_eq!(bench.user_ids().await["ann"], before.1["ann"]);
}

#[tokio::test]
async fn of_records_with_one_uid_the_last_wins_and_each_is_counted() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..1)).await;
    // Unchanged, then changed, then changed again; new, then new again; far enough apart for several batches.
    let mut records =
        vec![json!({"uid": 0, "username": "u0", "email": "u0@x.org"}), json!({"uid": 1, "nickname": "a"})];
    records.extend(people(10..9_000));
    records
        .extend([json!({"uid": 0, "nickname": "b"}), json!({"uid": 1, "nickname": "c", "username": "u1"})]);
    records.extend(people(9_000..14_000));
    records.extend([json!({"uid": 0, "nickname": "d"}), json!({"uid": 1, "nickname": "e"})]);
    let all = records.len() as u64;
    let task = bench.push("api", User, &records).await;
    let expected = TypeCounts { all, created: all - 5, updated: 1, duplicates: 4, ..TypeCounts::default() };
    assert_eq!((task.counts.user, task.status), (expected, Status::Success));
    let (uids, directory) = (["u0", "u1"], bench.directory().await);
    assert_eq!(uids.map(|uid| directory["users"][uid]["nickname"].clone()), [json!("d"), json!("e")]);
}

#[tokio::test]
async fn unique_values_can_be_swapped_within_a_task() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..12_000)).await;
    // A ring over all: everyone gets the next one's e-mail, across all batches.
    let ring: Vec<Value> =
        (0..12_000).map(|n| json!({"uid": n, "email": format!("u{}@x.org", (n + 1) % 12_000)})).collect();
    let task = bench.push("api", User, &ring).await;
    assert_eq!((task.status, task.counts.user.updated), (Status::Success, 12_000));
    // A new one takes the value of one who is deleted in the same task, and of one who changes later.
    let task = bench
        .push(
            "api",
            User,
            &[
                json!({"uid": "00", "username": "new", "email": "u1@x.org"}),
                json!({"uid": "0", "isDeleted": true}),
                json!({"uid": "01", "email": "u2@x.org"}),
                json!({"uid": "1", "email": null}),
            ],
        )
        .await;
    assert_eq!(
        (task.status, task.message.as_deref()),
        (Status::Success, Some("users: 2 created, 1 updated, 1 deleted"))
    );
}

#[tokio::test]
async fn a_failed_half_of_a_swap_fails_the_other_half_only() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..3)).await;
    let task = bench
        .push(
            "api",
            User,
            &[
                json!({"uid": 0, "email": "u1@x.org"}),
                json!({"uid": 1, "email": "u0@x.org", "username": "u2"}),
                json!({"uid": 3, "username": "u3"}),
            ],
        )
        .await;
    assert_eq!((task.counts.user.created, task.counts.user.failed), (1, 2));
    let ids = bench.user_ids().await;
    assert_eq!(
        bench.failures(&task).await,
        [
            format!("uid 0: email: u1@x.org is already used by user {} (uid 1 of this source)", ids["u1"]),
            format!("uid 1: username: u2 is already used by user {} (uid 2 of this source)", ids["u2"]),
        ]
    );
}

#[tokio::test]
async fn departments_and_users_arrive_in_any_order() {
    let bench = Bench::new().await;
    bench.push("api", User, &[json!({"uid": 1, "username": "ann", "departments": ["leaf", "none"]})]).await;
    assert_eq!(bench.directory().await["users"]["ann"]["departments"], json!([]));
    bench.push("api", Department, &[json!({"uid": "leaf", "title": "Leaf", "parentUid": "top"})]).await;
    assert_eq!(bench.directory().await["users"]["ann"]["departments"], json!(["Leaf*"]));
    assert_eq!(bench.directory().await["departments"], json!({"Leaf": null}));
    bench.push("api", Department, &[json!({"uid": "top", "title": "Top"})]).await;
    assert_eq!(bench.directory().await["departments"], json!({"Leaf": "Top", "Top": null}));
}

#[tokio::test]
async fn a_deleted_department_leaves_its_children_at_the_root() {
    let bench = Bench::new().await;
    let tree = [
        json!({"uid": "top", "title": "Top"}),
        json!({"uid": "a", "title": "A", "parentUid": "top"}),
        json!({"uid": "b", "title": "B", "parentUid": "top"}),
        json!({"uid": "c", "title": "C", "parentUid": "top"}),
    ];
    bench.push("api", Department, &tree).await;
    let changes = [
        json!({"uid": "top", "isDeleted": true}),
        json!({"uid": "b", "title": "B2"}),
        json!({"uid": "c", "parentUid": "a"}),
    ];
    let task = bench.push("api", Department, &changes).await;
    assert_eq!(task.message.as_deref(), Some("departments: 3 updated, 1 deleted"));
    let plan = changes::list(
        bench.engine.store().reader(),
        bench.engine.store().dialect(),
        &task,
        &changes::ChangeFilter::default(),
        10,
    )
    .await
    .unwrap();
    let plan: Vec<Value> =
        plan.into_iter().map(|change| json!([change.uid, change.op, change.before])).collect();
    assert_eq!(
        json!(plan),
        json!([
            ["a", "update", {"parentUid": "top"}],
            ["b", "update", {"parentUid": "top", "title": "B"}],
            ["c", "update", {"parentUid": "top"}],
            ["top", "delete", {"enabled": true, "parentUid": null, "sort": null, "title": "Top"}],
        ])
    );
    assert_eq!(bench.directory().await["departments"], json!({"A": null, "B2": null, "C": "A"}));
    bench.push("api", Department, &tree[..1]).await;
    assert_eq!(
        bench.directory().await["departments"],
        json!({"A": "Top", "B2": "Top", "C": "A", "Top": null})
    );
}

#[tokio::test]
async fn a_circle_of_departments_is_refused_per_record() {
    let bench = Bench::new().await;
    let task = bench
        .push(
            "api",
            Department,
            &[
                json!({"uid": "a", "title": "A", "parentUid": "b"}),
                json!({"uid": "b", "title": "B", "parentUid": "a"}),
                json!({"uid": "c", "title": "C"}),
                json!({"uid": "d", "title": "D", "parentUid": "c"}),
            ],
        )
        .await;
    assert_eq!(
        (task.status, task.counts.department.created, task.counts.department.failed),
        (Status::Partial, 2, 2)
    );
    let task = bench.push("api", Department, &[json!({"uid": "c", "parentUid": "d", "title": "C2"})]).await;
    let reason = "uid c: parentUid: d is below this department itself, or would be after this task";
    assert_eq!(bench.failures(&task).await, [reason]);
    assert_eq!(bench.directory().await["departments"], json!({"C": null, "D": "C"}));
}

#[tokio::test]
async fn memberships_belong_to_the_source_that_gave_them() {
    let bench = Bench::new().await;
    for source in ["api", "other"] {
        bench.push(source, Department, &[json!({"uid": "d", "title": format!("D {source}")})]).await;
    }
    let ann = json!({"uid": 1, "username": "ann", "departments": ["d"]});
    bench.push("api", User, &[ann]).await;
    let adopted = json!({"uid": "x", "username": "Ann", "departments": ["d"]});
    let key = Some(MatchKey::Username);
    let task = bench.push_with("other", User, Mode::Incremental, key, &[adopted]).await;
    assert_eq!(task.counts.user.updated, 1);
    let of = |directory: Value, name: &str| directory["users"][name]["departments"].clone();
    assert_eq!(of(bench.directory().await, "Ann"), json!(["D api*", "D other*"]));
    bench.push("other", User, &[json!({"uid": "x", "nickname": "A"})]).await;
    assert_eq!(of(bench.directory().await, "Ann"), json!(["D api*", "D other*"]), "absent leaves alone");
    bench.push("other", User, &[json!({"uid": "x", "departments": []})]).await;
    assert_eq!(of(bench.directory().await, "Ann"), json!(["D api*"]));
    // One of two sources lets go: the user stays; then the other: the user goes.
    let task = bench.push("other", User, &[json!({"uid": "x", "isDeleted": true})]).await;
    assert_eq!((task.counts.user.unlinked, task.counts.user.deleted), (1, 0));
    let task = bench.push("api", User, &[json!({"uid": 1, "isDeleted": true})]).await;
    assert_eq!((task.counts.user.unlinked, task.counts.user.deleted), (0, 1));
    assert_eq!(bench.directory().await["users"], json!({}));
}

#[tokio::test]
async fn what_a_source_wrote_is_compared_again_after_it_has_let_go() {
    let bench = Bench::new().await;
    let ann = [json!({"uid": 1, "username": "ann", "email": "ann@x.example", "nickname": "Ann"})];
    let nickname = async || bench.directory().await["users"]["ann"]["nickname"].clone();
    bench.push("api", User, &ann).await;
    let other = json!({"uid": "x", "email": "ann@x.example", "nickname": "Changed"});
    bench.push_with("other", User, Mode::Incremental, Some(MatchKey::Email), &[other]).await;
    let task = bench.push("api", User, &ann).await;
    assert_eq!(
        (task.counts.user.unchanged, nickname().await),
        (1, json!("Changed")),
        "what was written last"
    );

    let task = bench.push("other", User, &[json!({"uid": "x", "isDeleted": true})]).await;
    assert_eq!(task.counts.user.unlinked, 1);
    let task = bench.push_full("api", User, &ann).await;
    assert_eq!((task.counts.user.updated, nickname().await), (1, json!("Ann")));
    let task = bench.push("api", User, &ann).await;
    assert_eq!((task.counts.user.updated, task.counts.user.unchanged), (0, 1));
}

#[tokio::test]
async fn a_match_key_adopts_one_user_and_an_absent_one_nobody() {
    let bench = Bench::new().await;
    let existing = [
        json!({"uid": 1, "username": "ann", "phone": "1"}),
        json!({"uid": 2, "username": "bob", "phone": "2"}),
        json!({"uid": 3, "username": "cat", "phone": "2"}),
        json!({"uid": 4, "username": "dan"}),
    ];
    bench.push("api", User, &existing).await;
    let ids = bench.user_ids().await;
    let records = [
        json!({"uid": "a", "phone": "1", "nickname": "Ann"}),
        json!({"uid": "b", "phone": "2"}),
        json!({"uid": "c", "phone": " ", "username": "new"}),
        json!({"uid": "d", "username": "new2"}),
        json!({"uid": "e", "phone": "1"}),
    ];
    let task = bench.push_with("other", User, Mode::Incremental, Some(MatchKey::Phone), &records).await;
    assert_eq!(
        bench.failures(&task).await,
        [
            format!("uid b: phone: matches 2 users ({}, {}), it must match one", ids["bob"], ids["cat"]),
            format!(
                "uid e: phone: matches user {}, which is already linked to uid a of this source",
                ids["ann"]
            ),
        ]
    );
    assert_eq!((task.counts.user.updated, task.counts.user.created), (1, 2));
    assert_eq!(bench.directory().await["users"]["ann"]["nickname"], json!("Ann"));
}

#[tokio::test]
async fn a_full_read_takes_away_the_absent_as_the_policy_says() {
    let bench = Bench::new().await;
    bench.push_full("api", User, &people(0..30)).await;
    let task = bench.push_full("api", User, &people(0..25)).await;
    assert_eq!((task.status, task.counts.user.disabled), (Status::Success, 5));
    assert_eq!(bench.directory().await["users"]["u29"]["enabled"], json!(false));
    let again = bench.push_full("api", User, &people(0..25)).await;
    assert_eq!(again.message.as_deref(), Some("users: 25 unchanged"));
    let back = bench.push_full("api", User, &people(0..30)).await;
    assert_eq!((back.counts.user.updated, back.counts.user.unchanged), (5, 25));
    assert_eq!(bench.directory().await["users"]["u29"]["enabled"], json!(true));
    bench.set_policy("api", Policy { on_missing: OnMissing::Keep, ..Policy::default() }).await;
    assert_eq!(
        bench.push_full("api", User, &people(0..25)).await.message.as_deref(),
        Some("users: 25 unchanged")
    );
    bench.set_policy("api", Policy { on_missing: OnMissing::Delete, ..Policy::default() }).await;
    assert_eq!(bench.push_full("api", User, &people(0..25)).await.counts.user.deleted, 5);
    assert_eq!(bench.directory().await["users"].as_object().unwrap().len(), 25);
}

#[tokio::test]
async fn a_bad_record_in_a_full_read_is_not_absent() {
    let bench = Bench::new().await;
    bench.push_full("api", User, &people(0..3)).await;
    let mut records = people(0..2);
    records.push(json!({"uid": 2, "email": 7}));
    let task = bench.push_full("api", User, &records).await;
    assert_eq!((task.counts.user.disabled, task.counts.user.failed), (0, 1));
    records.pop();
    records.push(json!({"email": "who@x.org"}));
    let task = bench.push_full("api", User, &records).await;
    assert_eq!((task.counts.user.disabled, task.counts.user.failed), (0, 1));
    assert!(
        task.message
            .unwrap()
            .contains("nobody was taken for absent from the users, because 1 of the records")
    );
}

#[tokio::test]
async fn a_plan_that_takes_away_too_many_is_held_until_approved_or_rejected() {
    let bench = Bench::new().await;
    bench.push_full("api", User, &people(0..100)).await;
    let held = bench.push_full("api", User, &people(0..70)).await;
    assert_eq!((held.status, held.held_by.as_deref()), (Status::Held, Some("removals")));
    assert_eq!(bench.directory().await["users"]["u99"]["enabled"], json!(true));
    // Held means this source's task, not its pushes, and not the others.
    assert_eq!(bench.push("api", User, &people(100..101)).await.status, Status::Success);
    let rejected = bench.engine.reject(held.id).await.unwrap();
    assert_eq!(rejected.status, Status::Cancelled);
    assert!(bench.engine.approve(held.id).await.is_err());
    let held = bench.push_full("api", User, &people(0..70)).await;
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!((done.status, done.counts.user.disabled), (Status::Success, 31));
    assert_eq!(bench.directory().await["users"]["u99"]["enabled"], json!(false));
    // Deletes that are asked for count as well.
    let deletes: Vec<Value> = (0..40).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    assert_eq!(bench.push("api", User, &deletes).await.status, Status::Held);
}

#[tokio::test]
async fn an_approved_plan_does_not_touch_what_has_been_decided_since() {
    let bench = Bench::new().await;
    bench.push_full("api", User, &people(0..100)).await;
    let held = bench.push_full("api", User, &people(0..70)).await;
    let back = bench.push_full("api", User, &people(0..100)).await;
    assert_eq!(back.status, Status::Success);
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!((done.status, done.counts.user.disabled), (Status::Success, 0));
    assert_eq!(bench.directory().await["users"]["u99"]["enabled"], json!(true));
}

#[tokio::test]
async fn an_empty_failed_or_unfinished_read_takes_nobody_away() {
    let bench = Bench::new().await;
    bench
        .set_policy(
            "pulled",
            Policy { removals: RemovalLimit { percent: 100.0, count: 1_000 }, ..Policy::default() },
        )
        .await;
    let all = || Ok((User, people(0..5)));
    let department = || Ok((Department, vec![json!({"uid": "d", "title": "D"})]));
    bench.plugin.yields(vec![department(), all()]);
    assert_eq!(bench.pull(false).await.status, Status::Success);
    let before = bench.directory().await;
    bench.plugin.yields(vec![department()]);
    let empty = bench.pull(false).await;
    assert_eq!((empty.status, empty.held_by.as_deref()), (Status::Held, Some("empty-read")));
    bench.plugin.yields(vec![Ok((User, people(0..1))), Err("plugin scripted: broke".into())]);
    let failed = bench.pull(false).await;
    assert_eq!((failed.status, failed.message.as_deref()), (Status::Failed, Some("plugin scripted: broke")));
    let (sender, receiver) = mpsc::channel(4);
    sender.send(Piece::Body("{\"uid\":0}\n".into())).await.unwrap();
    drop(sender);
    let format = Format::Lines(User);
    let push = Push {
        data_type: User,
        mode: Mode::Full,
        match_key: None,
        match_keys: MatchKeys::All,
        format,
        pieces: receiver,
        wait: true,
        repeatable: None,
        by: Starter::AdminToken,
    };
    let Executed { task: cut, fault } = taken(bench.engine.push("api", push).await.unwrap());
    assert_eq!(fault, Some(Fault::Records));
    assert_eq!(
        (cut.status, cut.message.as_deref()),
        (Status::Failed, Some("the records were cut off before their end"))
    );
    assert_eq!(bench.directory().await, before);
}

#[tokio::test]
async fn a_dry_run_shows_its_plan_and_writes_nothing() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Ok((User, people(0..5)))]);
    let dry = bench.pull(true).await;
    assert_eq!((dry.status, dry.counts.user.created), (Status::Success, 5));
    assert_eq!(dry.message.as_deref(), Some("dry run, nothing written: users: 5 created"));
    assert_eq!(bench.directory().await["users"], json!({}));
    assert_eq!(bench.pull(false).await.counts.user.created, 5);
}

#[tokio::test]
async fn retrying_a_partial_task_works_on_what_failed_only() {
    let bench = Bench::new().await;
    bench.push("other", User, &[json!({"uid": 1, "username": "u3"})]).await;
    let mut records = people(0..5);
    records.push(json!({"username": "no uid"}));
    let task = bench.push("api", User, &records).await;
    assert_eq!((task.counts.user.created, task.counts.user.failed), (4, 2));
    bench.push("other", User, &[json!({"uid": 1, "username": "free"})]).await;
    bench.engine.retry(task.id).await.unwrap();
    let retried = bench.settled(task.id).await;
    assert_eq!((retried.status, retried.attempt), (Status::Partial, 2));
    assert_eq!((retried.counts.user.created, retried.counts.user.failed, retried.counts.user.all), (5, 1, 6));
    assert_eq!(bench.failures(&retried).await, ["uid: is missing"]);
    assert_eq!(bench.present("api", User).await, 5);
    let success = bench.push("api", User, &people(0..5)).await;
    assert!(bench.engine.retry(success.id).await.is_err());
}

#[tokio::test]
async fn retrying_a_failed_pull_reads_anew() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Ok((User, people(0..5))), Err("broke".into())]);
    let failed = bench.pull(false).await;
    bench.plugin.yields(vec![Ok((User, people(0..5)))]);
    bench.engine.retry(failed.id).await.unwrap();
    let done = bench.settled(failed.id).await;
    assert_eq!((done.status, done.attempt, done.counts.user.created), (Status::Success, 2, 5));
}

#[tokio::test]
async fn one_sync_at_a_time_and_pushes_in_the_order_of_arrival() {
    let bench = Bench::new().await;
    let (sender, receiver) = mpsc::channel(4);
    let push = |pieces| {
        let format = Format::Lines(User);
        Push {
            data_type: User,
            mode: Mode::Incremental,
            match_key: None,
            match_keys: MatchKeys::All,
            format,
            pieces,
            wait: true,
            repeatable: None,
            by: Starter::AdminToken,
        }
    };
    let (engine, first) = (bench.engine.clone(), push(receiver));
    let first = tokio::spawn(async move { engine.push("api", first).await });
    sender.send(Piece::Body("{\"uid\":1,\"username\":\"first\"}\n".into())).await.unwrap();
    let (quick, receiver) = mpsc::channel(4);
    quick.send(Piece::Body("{\"uid\":1,\"username\":\"second\"}\n".into())).await.unwrap();
    quick.send(Piece::End).await.unwrap();
    let (engine, second) = (bench.engine.clone(), push(receiver));
    while bench.unfinished().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn(async move { engine.push("api", second).await });
    while bench.unfinished().await.len() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(!second.is_finished());
    sender.send(Piece::End).await.unwrap();
    assert_eq!(taken(first.await.unwrap().unwrap()).task.counts.user.created, 1);
    assert_eq!(taken(second.await.unwrap().unwrap()).task.counts.user.updated, 1);
    assert!(bench.directory().await["users"]["second"].is_object());
}

#[tokio::test]
async fn a_task_left_by_a_stopped_daemon_goes_on() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Ok((User, people(0..12_000)))]);
    let task = bench.engine.sync("pulled", Mode::Full, false, Starter::AdminToken).await.unwrap();
    let (sender, receiver) = mpsc::channel(4);
    let format = Format::Lines(User);
    let push = Push {
        data_type: User,
        mode: Mode::Full,
        match_key: None,
        match_keys: MatchKeys::All,
        format,
        pieces: receiver,
        wait: true,
        repeatable: None,
        by: Starter::AdminToken,
    };
    let engine = bench.engine.clone();
    let cut = tokio::spawn(async move { engine.push("api", push).await });
    while bench.engine.progress(task.id).is_some_and(|progress| progress.read == 0) {
        tokio::task::yield_now().await;
    }
    let bench = bench.restart().await;
    drop(sender);
    let cut = taken(cut.await.unwrap().unwrap()).task;
    bench.engine.recover().await.unwrap();
    let done = bench.settled(task.id).await;
    assert_eq!((done.status, done.counts.user.created), (Status::Success, 12_000));
    assert_eq!(bench.present("pulled", User).await, 12_000);
    let cut = bench.settled(cut.id).await;
    assert_eq!(cut.status, Status::Failed);
    assert!(cut.message.unwrap().contains("push them again"));
    assert!(bench.unfinished().await.is_empty());
}

#[tokio::test]
async fn raw_records_are_logged_unless_the_source_says_no() {
    let bench = Bench::new().await;
    bench.push("api", User, &[json!({"uid": 1, "userPassword": "geheim"})]).await;
    let log = bench.raw_log();
    assert!(
        log.contains(r#""source":"api","dataType":"user","record":{"uid":1,"userPassword":"[redacted]"}"#),
        "{log}"
    );
    assert!(!log.contains("geheim"));
    bench.set_policy("api", Policy { raw_records: false, ..Policy::default() }).await;
    bench.push("api", User, &[json!({"uid": "unlogged"})]).await;
    assert!(!bench.raw_log().contains("unlogged"));
}

#[tokio::test]
async fn a_panic_fails_its_task_and_the_next_one_runs() {
    let bench = Bench::new().await;
    bench.plugin.yields(vec![Ok((User, people(0..3)))]);
    bench.plugin.opens(Opening::Panics);
    let task = bench.pull(false).await;
    let expected = "broke off because of a mistake in orgsync, which the log shows: a mistake in the host";
    assert_eq!((task.status, task.message.as_deref()), (Status::Failed, Some(expected)));
    assert!(task.finished_at.is_some());
    bench.plugin.opens(Opening::Works);
    let again = bench.engine.retry(task.id).await.unwrap();
    let task = bench.settled(again.id).await;
    assert_eq!((task.status, task.counts.user.created), (Status::Success, 3));
    bench.engine.drain(Duration::from_secs(10)).await;
    assert_eq!(bench.engine.progress(task.id), None, "what has ended is not running");
}

#[tokio::test]
async fn a_later_full_read_decides_about_its_own_data_type_only() {
    let bench = Bench::new().await;
    let departments: Vec<Value> = (0..30).map(|n| json!({"uid": n, "title": format!("D{n}")})).collect();
    bench.push_full("api", Department, &departments).await;
    let held = bench.push_full("api", Department, &departments[..3]).await;
    assert_eq!(held.status, Status::Held);
    bench.push_full("api", User, &people(0..3)).await;
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!((done.status, done.counts.department.disabled), (Status::Success, 27));
}

#[tokio::test]
async fn a_circle_that_closed_while_a_plan_was_held_is_refused() {
    let bench = Bench::new().await;
    let mut departments: Vec<Value> = (0..30).map(|n| json!({"uid": n, "title": format!("D{n}")})).collect();
    bench.push_full("api", Department, &departments).await;
    departments[0]["parentUid"] = json!("1");
    let held = bench.push_full("api", Department, &departments[..3]).await;
    assert_eq!(held.status, Status::Held);
    bench.push("api", Department, &[json!({"uid": "1", "parentUid": "0"})]).await;
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!((done.status, done.counts.department.failed), (Status::Partial, 1));
    let tree = bench.directory().await["departments"].clone();
    assert_eq!((&tree["D0"], &tree["D1"]), (&json!(null), &json!("D0")));
}

#[tokio::test]
async fn retrying_an_approved_task_is_not_held_for_what_it_has_done() {
    let bench = Bench::new().await;
    bench.push("other", User, &[json!({"uid": 1, "username": "new"})]).await;
    bench.push_full("api", User, &people(0..100)).await;
    let mut records = people(0..60);
    records.push(json!({"uid": 200, "username": "new"}));
    let held = bench.push_full("api", User, &records).await;
    bench.engine.approve(held.id).await.unwrap();
    assert_eq!(bench.settled(held.id).await.status, Status::Partial);
    bench.push("other", User, &[json!({"uid": 1, "username": "free"})]).await;
    bench.engine.retry(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!((done.status, done.counts.user.disabled, done.counts.user.created), (Status::Success, 40, 1));
}

#[tokio::test]
async fn stopping_while_a_source_is_opened_is_no_failure() {
    let bench = Bench::new().await;
    bench.plugin.opens(Opening::Hangs);
    let started = async |bench: &Bench| {
        let id = bench.engine.sync("pulled", Mode::Full, false, Starter::AdminToken).await.unwrap().id;
        let reader = bench.engine.store().reader();
        while tasks::by_id(reader, id).await.unwrap().unwrap().status == Status::Init {
            tokio::task::yield_now().await;
        }
        id
    };
    let cancelled = started(&bench).await;
    bench.engine.cancel(cancelled).await.unwrap();
    assert_eq!(bench.settled(cancelled).await.status, Status::Cancelled);

    let interrupted = started(&bench).await;
    let bench = bench.restart().await;
    bench.plugin.opens(Opening::Works);
    bench.plugin.yields(vec![Ok((User, people(0..3)))]);
    bench.engine.recover().await.unwrap();
    let task = bench.settled(interrupted).await;
    assert_eq!((task.status, task.counts.user.created), (Status::Success, 3));
}

#[tokio::test]
async fn a_user_has_one_record_of_each_source() {
    let bench = Bench::new().await;
    let email = Some(MatchKey::Email);
    bench.push_full("api", User, &[people(0..1).remove(0), json!({"uid": "b", "username": "b"})]).await;
    let again = json!({"uid": "new", "email": "u0@x.org"});
    let task = bench.push_with("api", User, Mode::Incremental, email, std::slice::from_ref(&again)).await;
    let id = bench.user_ids().await["u0"];
    let reason =
        format!("uid new: email: matches user {id}, which is already linked to uid 0 of this source");
    assert_eq!(bench.failures(&task).await, [reason]);
    // Once that record is missing, the new one takes its place.
    bench.push_full("api", User, &[json!({"uid": "b", "username": "b"})]).await;
    let task = bench.push_with("api", User, Mode::Incremental, email, &[again]).await;
    assert_eq!((task.status, task.counts.user.updated), (Status::Success, 1));
    assert_eq!(bench.user_ids().await["u0"], id);
}

#[tokio::test]
async fn what_was_given_anew_is_not_overwritten_by_an_older_plan() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..50)).await;
    let mut records: Vec<Value> = (0..40).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    records.push(json!({"uid": 49, "nickname": "stale"}));
    let held = bench.push("api", User, &records).await;
    bench
        .push("api", User, &[json!({"uid": 49, "nickname": "fresh"}), json!({"uid": 1, "nickname": "x"})])
        .await;
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!((done.counts.user.deleted, done.counts.user.updated), (39, 0));
    let users = bench.directory().await["users"].clone();
    assert_eq!((&users["u49"]["nickname"], &users["u1"]["nickname"]), (&json!("fresh"), &json!("x")));
    // The same for a retry of what failed.
    bench.push("other", User, &[json!({"uid": 1, "username": "taken"})]).await;
    let failed = bench.push("api", User, &[json!({"uid": 49, "username": "taken"})]).await;
    bench.push("api", User, &[json!({"uid": 49, "nickname": "fresher"})]).await;
    bench.push("other", User, &[json!({"uid": 1, "username": "free"})]).await;
    bench.engine.retry(failed.id).await.unwrap();
    assert_eq!(bench.settled(failed.id).await.status, Status::Success);
    assert_eq!(bench.directory().await["users"]["u49"]["nickname"], json!("fresher"));
}

#[tokio::test]
async fn a_retry_that_a_crash_interrupts_before_its_turn_is_not_lost() {
    let bench = Bench::new().await;
    bench.push("other", User, &[json!({"uid": 1, "username": "u3"})]).await;
    let task = bench.push("api", User, &people(0..5)).await;
    bench.push("other", User, &[json!({"uid": 1, "username": "free"})]).await;
    let (sender, receiver) = mpsc::channel(4);
    let format = Format::Lines(User);
    let open = Push {
        data_type: User,
        mode: Mode::Incremental,
        match_key: None,
        match_keys: MatchKeys::All,
        format,
        pieces: receiver,
        wait: true,
        repeatable: None,
        by: Starter::AdminToken,
    };
    let engine = bench.engine.clone();
    let open = tokio::spawn(async move { engine.push("api", open).await });
    while bench.unfinished().await.is_empty() {
        tokio::task::yield_now().await;
    }
    bench.engine.retry(task.id).await.unwrap();
    let bench = {
        let stopping = bench.restart();
        drop(sender);
        stopping.await
    };
    open.await.unwrap().unwrap();
    bench.engine.recover().await.unwrap();
    let done = bench.settled(task.id).await;
    assert_eq!((done.status, done.attempt, done.counts.user.created), (Status::Success, 2, 5));
}

#[tokio::test]
async fn switching_too_many_off_is_held_however_it_is_asked_for() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..41)).await;
    let off: Vec<Value> = (0..40).map(|n| json!({"uid": n, "enabled": false})).collect();
    let held = bench.push("api", User, &off).await;
    assert_eq!((held.status, held.held_by.as_deref()), (Status::Held, Some("removals")));
}

#[tokio::test]
async fn refusals_in_a_long_chain_are_found_at_once() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..3_000)).await;
    bench.push("other", User, &[json!({"uid": 1, "username": "outsider"})]).await;
    let mut chain: Vec<Value> =
        (0..2_999).map(|n| json!({"uid": n, "username": format!("u{}", n + 1)})).collect();
    chain.push(json!({"uid": 2_999, "username": "outsider"}));
    let task = bench.push("api", User, &chain).await;
    assert_eq!((task.counts.user.failed, task.counts.user.updated), (3_000, 0));
}

#[tokio::test]
async fn a_task_stops_wherever_it_is_when_the_disk_has_too_little_room_and_is_tried_again_after_that() {
    let bench = Bench::new().await;
    bench.set_policy("api", Policy { raw_records: false, ..Policy::default() }).await;
    let records: Vec<Value> = (0..12_000).map(|n| json!({"uid": n, "username": format!("u{n}")})).collect();
    let find_room = |times: Option<u32>| *bench.engine.inner.space.times.lock().unwrap() = times;
    let (mut in_read, mut midway) = (0, None);
    for times in 1..100 {
        find_room(Some(times));
        let task = bench.push("api", User, &records).await;
        if task.status == Status::Success {
            break;
        }
        let message = task.message.as_deref().unwrap_or_default();
        assert!(
            message.contains("that are kept free") && message.contains("try the task again"),
            "{message}"
        );
        match task.watermark {
            None => in_read += 1,
            Some(_) => midway = Some(task.id),
        }
    }
    assert!(in_read > 4, "it is asked at the start and before each batch that is planned: {in_read}");
    let midway = midway.expect("it is asked before each batch that is applied");
    find_room(Some(0));
    let refused = bench.engine.retry(midway).await.unwrap_err();
    assert!(matches!(refused, SyncError::NoSpace(_)), "{refused}");
    let refused = bench.engine.undo(midway, false, Starter::AdminToken).await.unwrap_err();
    assert!(matches!(refused, SyncError::NoSpace(_)), "{refused}");
    find_room(None);
    bench.engine.retry(midway).await.unwrap();
    assert_eq!(bench.settled(midway).await.status, Status::Success);
}
