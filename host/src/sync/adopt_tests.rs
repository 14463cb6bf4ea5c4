//! People who come back under another uid, and names that pass on, over a real SQLite file: one behaviour a test.

use serde_json::{Value, json};

use super::*;
use crate::domain::counts::TypeCounts;
use crate::domain::policy::{MatchKey, OnMissing, Policy};
use crate::domain::starter::Starter;
use crate::domain::task::{Mode, Status, Task};
use crate::sync::engine::testing::Bench;
use DataType::User;

fn people(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"uid": n, "username": format!("u{n}"), "email": format!("u{n}@x.org")})).collect()
}

/// The same people under other uids.
fn renumbered(range: std::ops::Range<usize>) -> Vec<Value> {
    range
        .map(|n| json!({"uid": format!("new{n}"), "username": format!("U{n}"), "email": format!("u{n}@x.org")}))
        .collect()
}

impl Bench {
    async fn matched_by(&self, source: &str, key: MatchKey) {
        self.set_policy(source, Policy { match_key: Some(key), ..Policy::default() }).await;
    }

    async fn pulls(&self, people: Vec<Value>) -> Task {
        self.plugin.yields(vec![Ok((User, people))]);
        self.pull(false).await
    }

    /// Pulls in a dry run, and then in earnest, which must come to the same.
    async fn foretold(&self, people: Vec<Value>) -> Task {
        self.plugin.yields(vec![Ok((User, people))]);
        let foretold = self.pull(true).await;
        let done = self.pull(false).await;
        assert_eq!(foretold.counts, done.counts, "{:?}: {:?}", foretold.message, done.message);
        assert_eq!(self.failures(&foretold).await, self.failures(&done).await);
        done
    }
}

#[tokio::test]
async fn renumbered_people_stay_who_they_are() {
    let bench = Bench::new().await;
    bench.matched_by("pulled", MatchKey::Username).await;
    bench.pulls(people(0..60)).await;
    let before = bench.user_ids().await;
    let mut again = people(50..60);
    again.extend(renumbered(0..50));
    let task = bench.foretold(again.clone()).await;
    let expected = TypeCounts { all: 60, updated: 50, unchanged: 10, ..TypeCounts::default() };
    assert_eq!((task.status, task.counts.user), (Status::Success, expected));
    let ids: HashMap<String, i64> =
        bench.user_ids().await.into_iter().map(|(name, id)| (name.trim().to_lowercase(), id)).collect();
    assert_eq!(ids, before);
    assert_eq!(bench.present("pulled", User).await, 60);
    // Nobody comes back for ever.
    assert_eq!(bench.pulls(again).await.counts.user.unchanged, 60);
}

#[tokio::test]
async fn all_people_of_a_source_may_be_renumbered_at_once() {
    let bench = Bench::new().await;
    bench.matched_by("pulled", MatchKey::Email).await;
    bench.pulls(people(0..50)).await;
    let task = bench.foretold(renumbered(0..50)).await;
    let expected = TypeCounts { all: 50, updated: 50, ..TypeCounts::default() };
    assert_eq!((task.status, task.counts.user), (Status::Success, expected));
    assert_eq!(bench.present("pulled", User).await, 50);
    // Taken back, they are as they were.
    let undo = bench.engine.undo(task.id, false, Starter::AdminToken).await.unwrap();
    assert_eq!(bench.settled(undo.id).await.status, Status::Success);
    assert_eq!(bench.pulls(people(0..50)).await.counts.user.unchanged, 50);
}

#[tokio::test]
async fn who_is_missing_already_is_adopted_and_switched_on() {
    let bench = Bench::new().await;
    bench.pulls(people(0..4)).await;
    let ids = bench.user_ids().await;
    let mut without = people(0..3);
    assert_eq!(bench.pulls(without.clone()).await.counts.user.disabled, 1);
    without.extend(renumbered(3..4));
    // Without a match key the message says whose name it is, since when it is missing, and what helps.
    let failed = bench.foretold(without.clone()).await;
    assert_eq!(failed.counts.user.failed, 1);
    let reasons = bench.failures(&failed).await;
    let expected = format!(
        "uid new3: username: U3 is already used by user {} (disabled; uid 3 of this source, missing since ",
        ids["u3"]
    );
    assert!(reasons[0].starts_with(&expected), "{reasons:?}");
    assert!(reasons[0].contains("set matchKey to username in this source's policy"), "{reasons:?}");
    assert!(reasons[0].contains(&format!("/api/v1/users/{}/free", ids["u3"])), "{reasons:?}");
    let message = failed.message.unwrap();
    assert!(
        message.contains("1 record failed because their username is already used by users whom this"),
        "{message}"
    );
    bench.matched_by("pulled", MatchKey::Username).await;
    let task = bench.foretold(without).await;
    assert_eq!((task.status, task.counts.user.updated), (Status::Success, 1));
    let directory = bench.directory().await;
    assert_eq!(directory["users"]["U3"]["enabled"], json!(true), "{directory}");
    assert_eq!(bench.user_ids().await["U3"], ids["u3"]);
}

#[tokio::test]
async fn one_push_deletes_and_comes_back() {
    for (key, field) in
        [(MatchKey::Username, "username"), (MatchKey::Email, "email"), (MatchKey::Phone, "phone")]
    {
        for reversed in [false, true] {
            let bench = Bench::new().await;
            bench.matched_by("api", key).await;
            bench.push("api", User, &[json!({"uid": "1", field: "x1@x.org", "nickname": "Ann"})]).await;
            let before = bench.directory().await;
            let mut records =
                vec![json!({"uid": "1", "isDeleted": true}), json!({"uid": "2", field: "X1@x.org"})];
            if reversed {
                records.reverse();
            }
            let task = bench.push("api", User, &records).await;
            assert_eq!(
                (task.status, task.counts.user.updated),
                (Status::Success, 1),
                "{key} {:?}",
                task.message
            );
            assert_eq!((task.counts.user.deleted, task.counts.user.created), (0, 0));
            let after = bench.directory().await;
            let nickname = |directory: &Value| {
                directory["users"]
                    .as_object()
                    .unwrap()
                    .values()
                    .map(|user| user["nickname"].clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(nickname(&before), nickname(&after));
            // The old record is forgotten: nothing that is said of it changes anything.
            let again = bench.push("api", User, &[json!({"uid": "1", "isDeleted": true})]).await;
            assert_eq!(again.counts.user.unchanged, 1);
            assert_eq!(bench.directory().await, after);
        }
    }
}

#[tokio::test]
async fn two_new_records_that_match_one_who_goes_are_told_apart() {
    let bench = Bench::new().await;
    bench.matched_by("api", MatchKey::Email).await;
    bench.push("api", User, &people(0..1)).await;
    let records = [
        json!({"uid": "b", "email": "u0@x.org", "nickname": "B"}),
        json!({"uid": "0", "isDeleted": true}),
        json!({"uid": "a", "email": "U0@x.org", "nickname": "A"}),
    ];
    let task = bench.push("api", User, &records).await;
    assert_eq!((task.counts.user.updated, task.counts.user.failed), (1, 1));
    let id = bench.user_ids().await["u0"];
    let reason = format!("uid b: email: matches user {id}, which is already linked to uid a of this source");
    assert_eq!(bench.failures(&task).await, [reason]);
    assert_eq!(bench.directory().await["users"]["u0"]["nickname"], "A");
}

#[tokio::test]
async fn a_match_key_whose_value_passes_on_matches_the_state_that_the_task_leaves() {
    let bench = Bench::new().await;
    bench.matched_by("api", MatchKey::Username).await;
    bench.push("api", User, &people(1..3)).await;
    // User 1 gives the name away that the new one has; nobody is adopted.
    let task = bench
        .push("api", User, &[json!({"uid": "0", "username": "u1"}), json!({"uid": "1", "username": "other"})])
        .await;
    assert_eq!((task.status, task.counts.user.created, task.counts.user.updated), (Status::Success, 1, 1));
    // User 2 takes a name that a new one wants as well: it is there first.
    let task = bench
        .push(
            "api",
            User,
            &[json!({"uid": "2", "username": "same"}), json!({"uid": "3", "username": "Same"})],
        )
        .await;
    assert_eq!((task.counts.user.updated, task.counts.user.failed), (1, 1));
    assert_eq!(
        bench.failures(&task).await,
        ["uid 3: username: Same is given to another record of this task as well (uid 2)"]
    );
}

#[tokio::test]
async fn by_phone_the_order_of_arrival_does_not_matter() {
    let reasons = async |records: &[Value]| {
        let bench = Bench::new().await;
        bench.matched_by("api", MatchKey::Phone).await;
        let task = bench.push("api", User, records).await;
        (task.counts.user.created, bench.failures(&task).await)
    };
    let records = [json!({"uid": "a", "phone": "1"}), json!({"uid": "b", "phone": "1"})];
    let reversed = [records[1].clone(), records[0].clone()];
    let expected = "uid b: phone: 1 is given to another record of this task as well (uid a)";
    assert_eq!(reasons(&records).await, (1, vec![expected.to_owned()]));
    assert_eq!(reasons(&reversed).await, (1, vec![expected.to_owned()]));
}

#[tokio::test]
async fn those_missing_already_are_deleted_once_the_policy_says_so() {
    let bench = Bench::new().await;
    bench.pulls(people(0..5)).await;
    assert_eq!(bench.pulls(people(0..3)).await.counts.user.disabled, 2);
    bench.set_policy("pulled", Policy { on_missing: OnMissing::Delete, ..Policy::default() }).await;
    let task = bench.foretold(people(0..3)).await;
    assert_eq!((task.counts.user.deleted, task.counts.user.unchanged), (2, 3));
    // Once is enough.
    let again = bench.foretold(people(0..3)).await;
    assert_eq!(again.counts.user, TypeCounts { all: 3, unchanged: 3, ..TypeCounts::default() });
    // Their names are free, also for one who comes in the task that deletes.
    let task = bench.foretold(renumbered(3..5).into_iter().chain(people(0..3)).collect()).await;
    assert_eq!((task.status, task.counts.user.created), (Status::Success, 2));
}

#[tokio::test]
async fn the_missing_are_let_go_of_in_the_task_in_which_they_come_back() {
    let bench = Bench::new().await;
    bench.pulls(people(0..4)).await;
    bench.pulls(people(0..3)).await;
    bench.set_policy("pulled", Policy { on_missing: OnMissing::Delete, ..Policy::default() }).await;
    let task = bench.foretold(renumbered(3..4).into_iter().chain(people(0..3)).collect()).await;
    assert_eq!((task.status, task.counts.user.created, task.counts.user.deleted), (Status::Success, 1, 1));
    // With a match key, they are adopted instead.
    let key = Some(MatchKey::Email);
    let policy = Policy { on_missing: OnMissing::Delete, match_key: key, ..Policy::default() };
    bench.set_policy("pulled", policy).await;
    let id = bench.user_ids().await["u2"];
    let again = people(2..3).into_iter().map(|mut user| {
        user["uid"] = json!("other");
        user
    });
    let task = bench.foretold(renumbered(3..4).into_iter().chain(people(0..2)).chain(again).collect()).await;
    assert_eq!((task.status, task.counts.user.updated, task.counts.user.deleted), (Status::Success, 1, 0));
    assert_eq!(bench.user_ids().await["u2"], id);
}

#[tokio::test]
async fn who_keeps_the_absent_lets_another_record_take_their_place() {
    let bench = Bench::new().await;
    let policy =
        Policy { on_missing: OnMissing::Keep, match_key: Some(MatchKey::Username), ..Policy::default() };
    bench.set_policy("pulled", policy).await;
    bench.pulls(people(0..3)).await;
    let task = bench.foretold(people(0..2).into_iter().chain(renumbered(2..3)).collect()).await;
    assert_eq!((task.status, task.counts.user.updated), (Status::Success, 1));
}

#[tokio::test]
async fn a_user_of_another_source_as_well_passes_on() {
    let bench = Bench::new().await;
    bench.matched_by("api", MatchKey::Username).await;
    bench.matched_by("other", MatchKey::Username).await;
    bench.push("api", User, &people(0..1)).await;
    bench.push("other", User, &[json!({"uid": "o", "username": "u0", "room": 5})]).await;
    let id = bench.user_ids().await["u0"];
    // Let go of first, and come back later.
    let task = bench.push("api", User, &[json!({"uid": "0", "isDeleted": true})]).await;
    assert_eq!(task.counts.user.unlinked, 1);
    let task = bench.push("api", User, &[json!({"uid": "n", "username": "u0"})]).await;
    assert_eq!((task.status, task.counts.user.updated), (Status::Success, 1));
    let both = [json!({"uid": "n", "isDeleted": true}), json!({"uid": "m", "username": "u0"})];
    let task = bench.push("api", User, &both).await;
    assert_eq!((task.counts.user.updated, task.counts.user.unlinked), (1, 0));
    assert_eq!(bench.user_ids().await["u0"], id);
}

#[tokio::test]
async fn a_record_that_is_back_keeps_its_user() {
    let bench = Bench::new().await;
    bench.matched_by("pulled", MatchKey::Email).await;
    bench.pulls(people(0..2)).await;
    bench.pulls(people(0..1)).await;
    // Both the old record and a new one: the old one is back.
    let task = bench
        .foretold(vec![
            json!({"uid": "new", "email": "u1@x.org"}),
            json!({"uid": "0", "username": "u0", "email": "u0@x.org"}),
            json!({"uid": "1", "username": "u1", "email": "u1@x.org"}),
        ])
        .await;
    assert_eq!(
        (task.counts.user.updated, task.counts.user.failed),
        (1, 1),
        "{:?}",
        bench.failures(&task).await
    );
}

#[tokio::test]
async fn a_held_adoption_that_can_not_be_takes_away_after_all() {
    let bench = Bench::new().await;
    let policy = Policy { match_key: Some(MatchKey::Username), ..Policy::default() };
    bench.set_policy("api", policy).await;
    bench.push("api", User, &people(0..40)).await;
    let mut records: Vec<Value> = (0..30).map(|n| json!({"uid": n, "isDeleted": true})).collect();
    records.push(json!({"uid": "new", "username": "u0", "email": "wanted@x.org"}));
    let held = bench.push_with("api", User, Mode::Incremental, None, &records).await;
    assert_eq!((held.status, held.counts.user.deleted), (Status::Held, 29));
    bench.push("other", User, &[json!({"uid": "o", "username": "o", "email": "wanted@x.org"})]).await;
    bench.engine.approve(held.id).await.unwrap();
    let done = bench.settled(held.id).await;
    assert_eq!(
        (done.counts.user.deleted, done.counts.user.failed),
        (30, 1),
        "{:?}",
        bench.failures(&done).await
    );
    assert_eq!(bench.directory().await["users"].get("u0"), None);
}
