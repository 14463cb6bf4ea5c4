//! Property: after some tasks, one more, and its undo, the tables hold what they held before that one;
//! and an undo is undone like any other task.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::*;
use crate::domain::policy::{MatchKey, OnMissing, Policy, RemovalLimit};
use crate::domain::starter::Starter;
use crate::domain::task::{Mode, Status};
use crate::store::dialect::Dialect;
use crate::sync::engine::testing::Bench;
use DataType::{Department, User};

impl Bench {
    /// What the tables hold, without times; rows by id, records by source, data type and uid.
    async fn tables(&self) -> Tables {
        let rows = async |sql: &str| {
            let statement = Statement::from_string(Dialect::Sqlite.backend(), sql);
            let found = self.engine.store().reader().query_all_raw(statement).await.unwrap();
            let row = |row: &sea_orm::QueryResult| {
                (row.try_get::<String>("", "k").unwrap(), row.try_get::<String>("", "v").unwrap())
            };
            found.iter().map(row).collect::<BTreeMap<String, String>>()
        };
        Tables {
            users: rows(
                "SELECT CAST(id AS text) AS k, json_array(username, nickname, email, phone, username_key, \
                 email_key, phone_key, search, enabled, custom, deleted_at IS NULL) AS v FROM users",
            )
            .await,
            departments: rows(
                "SELECT CAST(id AS text) AS k, json_array(title, sort, enabled, source_id, parent_uid, search, \
                 custom, deleted_at IS NULL) AS v FROM departments",
            )
            .await,
            memberships: rows(
                "SELECT user_id || '/' || source_id || '/' || department_uid AS k, \
                 json_array(is_main, is_owner, sort) AS v FROM memberships",
            )
            .await,
            records: rows(
                "SELECT source_id || '/' || data_type || '/' || uid AS k, \
                 json_array(local_id, state, hash) AS v FROM records",
            )
            .await,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Tables {
    users: BTreeMap<String, String>,
    departments: BTreeMap<String, String>,
    memberships: BTreeMap<String, String>,
    records: BTreeMap<String, String>,
}

impl Tables {
    /// The same without what has been made since `earlier`. That must be deleted, with records that keep
    /// the way back to it.
    fn without_what_is_new_since(mut self, earlier: &Self) -> Self {
        let deleted = |row: &str| row.ends_with(",0]");
        self.users.retain(|id, row| earlier.users.contains_key(id) || !deleted(row));
        self.departments.retain(|id, row| earlier.departments.contains_key(id) || !deleted(row));
        let users: Vec<String> = self.users.keys().map(|id| format!("{id}/")).collect();
        self.memberships.retain(|key, _| users.iter().any(|user| key.starts_with(user)));
        self.records.retain(|key, record| {
            let [id, state, _]: [i64; 3] = serde_json::from_str(record).unwrap();
            let rows = if key.contains("/1/") { &self.users } else { &self.departments };
            let led_to = rows.contains_key(&id.to_string());
            assert!(led_to || state == i64::from(State::Deleted.code()), "{key} leads to {id}: {state}");
            led_to
        });
        self
    }
}

/// One push in a history.
#[derive(Debug, Clone)]
struct Given {
    source: &'static str,
    data_type: DataType,
    mode: Mode,
    match_key: Option<MatchKey>,
    records: Vec<Value>,
}

fn text(prefix: &'static str, of: u8) -> impl Strategy<Value = Option<Option<String>>> {
    let value = prop_oneof![1 => Just(None), 4 => (0..of).prop_map(move |n| Some(format!("{prefix}{n}")))];
    prop_oneof![1 => Just(None), 2 => value.prop_map(Some)]
}

fn record(uid: u8, fields: Vec<(&str, Option<Value>)>, deleted: bool) -> Value {
    let mut record = json!({"uid": uid.to_string()});
    for (name, value) in fields {
        if let Some(value) = value {
            record[name] = value;
        }
    }
    if deleted {
        record["isDeleted"] = json!(true);
    }
    record
}

fn user() -> impl Strategy<Value = Value> {
    let enabled = prop_oneof![3 => Just(None), 1 => any::<bool>().prop_map(Some)];
    let departments = proptest::option::of(prop::collection::vec((0..3_u8, any::<bool>()), 0..3));
    (0..4_u8, text("n", 4), text("e", 3), text("r", 3), enabled, departments, prop::bool::weighted(0.2))
        .prop_map(|(uid, username, email, room, enabled, departments, deleted)| {
            let departments = departments.map(|departments| {
                let of = |(uid, owner): &(u8, bool)| json!({"uid": uid.to_string(), "isOwner": owner});
                json!(departments.iter().map(of).collect::<Vec<_>>())
            });
            let fields = vec![
                ("username", username.map(|value| json!(value))),
                ("email", email.map(|value| json!(value.map(|name| format!("{name}@x.example"))))),
                ("room", room.map(|value| json!(value))),
                ("enabled", enabled.map(|value| json!(value))),
                ("departments", departments),
            ];
            record(uid, fields, deleted)
        })
}

fn department() -> impl Strategy<Value = Value> {
    let parent = proptest::option::of(proptest::option::of(0..3_u8));
    (0..3_u8, 0..3_u8, parent, proptest::option::of(0..3), prop::bool::weighted(0.25)).prop_map(
        |(uid, title, parent, sort, deleted)| {
            let parent =
                parent.map(|parent| json!(parent.filter(|parent| *parent != uid).map(|n| n.to_string())));
            let fields = vec![
                ("title", Some(json!(format!("D{title}")))),
                ("parentUid", parent),
                ("sort", sort.map(|sort| json!(sort))),
            ];
            record(uid, fields, deleted)
        },
    )
}

fn given() -> impl Strategy<Value = Given> {
    let records = prop_oneof![
        3 => prop::collection::vec(user(), 0..5).prop_map(|records| (User, records)),
        1 => prop::collection::vec(department(), 0..4).prop_map(|records| (Department, records)),
    ];
    let source = prop_oneof![2 => Just("api"), 1 => Just("other")];
    let mode = prop_oneof![Just(Mode::Full), Just(Mode::Incremental)];
    let key = prop_oneof![
        2 => Just(None), 1 => Just(Some(MatchKey::Email)), 1 => Just(Some(MatchKey::Username))
    ];
    (source, records, mode, key).prop_map(|(source, (data_type, records), mode, match_key)| Given {
        source,
        data_type,
        mode,
        match_key,
        records,
    })
}

async fn give(bench: &Bench, given: &Given) -> Task {
    let Given { source, data_type, mode, match_key, records } = given;
    let task = bench.push_with(source, *data_type, *mode, *match_key, records).await;
    if task.status != Status::Held {
        return task;
    }
    bench.engine.approve(task.id).await.unwrap();
    bench.settled(task.id).await
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn lenient(on_missing: OnMissing) -> Bench {
    let bench = Bench::new().await;
    let removals = RemovalLimit { percent: 100.0, count: 1_000 };
    for source in ["api", "other"] {
        bench.set_policy(source, Policy { on_missing, removals, ..Policy::default() }).await;
    }
    bench
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_an_undo_the_tables_are_as_before_the_task(
        earlier in prop::collection::vec(given(), 0..5),
        last in given(),
        deletes in any::<bool>(),
    ) {
        block_on(async {
            let bench = lenient(if deletes { OnMissing::Delete } else { OnMissing::Disable }).await;
            for given in &earlier {
                give(&bench, given).await;
            }
            let before = bench.tables().await;
            let task = give(&bench, &last).await;
            let after = bench.tables().await;
            if before == after {
                assert!(bench.engine.undo(task.id, false, Starter::AdminToken).await.is_err());
                return;
            }
            let undo = bench.undo(task.id).await;
            assert_eq!(undo.status, Status::Success, "{:?}: {:?}", undo.message, bench.failures(&undo).await);
            assert_eq!(bench.tables().await.without_what_is_new_since(&before), before);
            // There and back again.
            let again = bench.undo(undo.id).await;
            assert_eq!(again.status, Status::Success, "{:?}: {:?}", again.message, bench.failures(&again).await);
            assert_eq!(bench.tables().await, after);
            let back = bench.undo(again.id).await;
            assert_eq!(back.status, Status::Success, "{:?}: {:?}", back.message, bench.failures(&back).await);
            assert_eq!(bench.tables().await.without_what_is_new_since(&before), before);
        });
    }

    #[test]
    fn what_was_undone_is_done_again_by_the_next_sync_that_says_so(
        earlier in prop::collection::vec(given(), 0..4),
        last in given(),
    ) {
        block_on(async {
            let bench = lenient(OnMissing::Disable).await;
            for given in &earlier {
                give(&bench, given).await;
            }
            let task = give(&bench, &last).await;
            let after = bench.tables().await;
            if bench.engine.undo(task.id, false, Starter::AdminToken).await.is_ok() {
                // A record that adopted a user does so again; one that made a user finds it again.
                let redone = give(&bench, &last).await;
                assert_eq!(redone.counts.failed(), task.counts.failed(), "{:?}", redone.message);
                assert_eq!(bench.tables().await, after);
            }
        });
    }

    /// A history that is undone from its end to its beginning, as a stack is.
    #[test]
    fn a_whole_history_is_undone_backwards(history in prop::collection::vec(given(), 1..6)) {
        block_on(async {
            let bench = lenient(OnMissing::Disable).await;
            let mut tasks = Vec::new();
            for given in &history {
                tasks.push(give(&bench, given).await);
            }
            for task in tasks.iter().rev() {
                if let Ok(undo) = bench.engine.undo(task.id, false, Starter::AdminToken).await {
                    let undo = bench.settled(undo.id).await;
                    assert_eq!(undo.status, Status::Success, "{:?}: {:?}", undo.message, bench.failures(&undo).await);
                }
            }
            assert_eq!(bench.directory().await, json!({"departments": {}, "users": {}}));
        });
    }
}
