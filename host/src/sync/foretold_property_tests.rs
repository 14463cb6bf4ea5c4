//! Property: when nothing happens in between, a sync does what its dry run said, record by record, whatever
//! has happened before: names that pass on, rings, people who come back under another uid.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::domain::change::{Change, Outcome};
use crate::domain::data_type::DataType::User;
use crate::domain::policy::{MatchKey, OnMissing, Policy, RemovalLimit};
use crate::domain::task::{Mode, Status, Task};
use crate::store::changes::{self, ChangeFilter};
use crate::sync::engine::testing::Bench;

/// One step of a history.
#[derive(Debug, Clone)]
enum Step {
    /// The source is read, in batches.
    Read { full: bool, policy: Policy, batches: Vec<Vec<Value>> },
    /// Another source pushes.
    Push { match_key: Option<MatchKey>, records: Vec<Value> },
}

fn user() -> impl Strategy<Value = Value> {
    // Of so many values, each written in one of two ways.
    let field = |of: u8, ways: [fn(u8) -> String; 2]| {
        prop_oneof![
            2 => Just(None),
            1 => Just(Some(Value::Null)),
            7 => (0..of, 0..2_usize).prop_map(move |(n, way)| Some(json!(ways[way](n)))),
        ]
    };
    let username = field(6, [|n| format!("n{n}"), |n| format!("N{n}")]);
    let email = field(5, [|n| format!("e{n}@x.example"), |n| format!("E{n}@X.EXAMPLE")]);
    let phone = field(3, [|n| format!("+49 30 {n}"), |n| format!("0049-30-{n}")]);
    let fate = prop_oneof![8 => Just(None), 2 => Just(Some("isDeleted")), 1 => Just(Some("enabled"))];
    (0..8_u8, username, email, phone, fate).prop_map(|(uid, username, email, phone, fate)| {
        let mut record = json!({"uid": uid.to_string()});
        for (name, value) in [("username", username), ("email", email), ("phone", phone)] {
            if let Some(value) = value {
                record[name] = value;
            }
        }
        if let Some(fate) = fate {
            record[fate] = json!(fate == "isDeleted");
        }
        record
    })
}

fn key() -> impl Strategy<Value = Option<MatchKey>> {
    prop_oneof![
        2 => Just(None),
        2 => Just(Some(MatchKey::Username)),
        1 => Just(Some(MatchKey::Email)),
        1 => Just(Some(MatchKey::Phone)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let on_missing = prop_oneof![Just(OnMissing::Disable), Just(OnMissing::Delete), Just(OnMissing::Keep)];
    let batches = prop::collection::vec(prop::collection::vec(user(), 1..5), 1..4);
    let read =
        (any::<bool>(), key(), on_missing, batches).prop_map(|(full, match_key, on_missing, batches)| {
            let removals = RemovalLimit { percent: 100.0, count: 1_000 };
            Step::Read {
                full,
                policy: Policy { match_key, on_missing, removals, ..Policy::default() },
                batches,
            }
        });
    let push = (key(), prop::collection::vec(user(), 1..5))
        .prop_map(|(match_key, records)| Step::Push { match_key, records });
    prop_oneof![3 => read, 1 => push]
}

/// What became of every record: its uid, what was done, and why not.
async fn records(bench: &Bench, task: &Task) -> Vec<Value> {
    let (reader, dialect) = (bench.engine.store().reader(), bench.engine.store().dialect());
    let found = changes::list(reader, dialect, task, &ChangeFilter::default(), 1_000).await.unwrap();
    let record = |change: &Change| {
        let went = !matches!(change.outcome, Some(Outcome::Failed | Outcome::Skipped));
        json!([change.uid, change.op, change.before, went, change.error])
    };
    found.iter().map(record).collect()
}

async fn take(bench: &Bench, step: Step) {
    match step {
        Step::Push { match_key, records } => {
            let task = bench.push_with("other", User, Mode::Incremental, match_key, &records).await;
            assert!(
                matches!(task.status, Status::Success | Status::Partial | Status::Failed),
                "{:?}",
                task.message
            );
        }
        Step::Read { full, policy, batches } => {
            bench.set_policy("pulled", policy).await;
            bench.plugin.leaves(Some("here"));
            bench.plugin.yields(batches.into_iter().map(|batch| Ok((User, batch))).collect());
            let [foretold, done] = match full {
                true => [bench.pull(true).await, bench.pull(false).await],
                false => [bench.pull_changes(true).await, bench.pull_changes(false).await],
            };
            assert!(
                matches!(done.status, Status::Success | Status::Partial | Status::Failed),
                "{:?}",
                done.message
            );
            assert_eq!(records(bench, &foretold).await, records(bench, &done).await);
            assert_eq!(foretold.counts, done.counts);
        }
    }
}

#[tokio::test]
async fn who_keeps_a_phone_after_all_is_still_matched_by_it() {
    let bench = Bench::new().await;
    let read = |match_key, records: Value| {
        let batches = vec![records.as_array().cloned().unwrap()];
        Step::Read { full: false, policy: Policy { match_key, ..Policy::default() }, batches }
    };
    take(&bench, read(None, json!([{"uid": "3", "username": "n3", "phone": "+49 30 1"}]))).await;
    // Uid 3 would give its number away, but can't have the username that uid 0 gets.
    let records = json!([
        {"uid": "0", "username": "n4"},
        {"uid": "3", "username": "n4", "phone": "+49 30 2"},
        {"uid": "4", "username": "n5", "phone": "+49-30-1"},
    ]);
    take(&bench, read(Some(MatchKey::Phone), records)).await;
    let users = bench.user_ids().await;
    assert_eq!(users.len(), 2, "{users:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sync_does_what_its_dry_run_said(history in prop::collection::vec(step(), 1..7)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new().await;
            for step in history {
                take(&bench, step).await;
            }
        });
    }
}
