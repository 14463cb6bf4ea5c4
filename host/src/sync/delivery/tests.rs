//! Delivery over a real SQLite file, to targets in memory: one behaviour a test.

use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::data_type::DataType::{Department, User};
use crate::domain::ids::{TargetId, TaskId};
use crate::domain::starter::Starter;
use crate::domain::target::{DeliveryState, Target};
use crate::domain::task::{Kind, Mode, Status, Task};
use crate::store::deliveries::{self, DeliveryFilter, DeliveryRow};
use crate::store::{commit, counters, targets};
use crate::sync::engine::testing::Bench;

use super::outlet::{Cause, Effect, ParcelOp, Refusal};
use super::testing::pass;

fn people(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"uid": format!("u{n}"), "username": format!("u{n}")})).collect()
}

impl Bench {
    /// Adds a target of the type that is called like it, before the first dash.
    pub(crate) async fn add_target(&self, name: &str) -> Target {
        let store = self.engine.store();
        let tx = store.begin().await.unwrap();
        let id = counters::take(&tx, store.dialect(), "targets", 1).await.unwrap();
        let target = Target {
            id: TargetId(id),
            name: name.into(),
            target_type: name.split('-').next().unwrap_or_default().into(),
            display_name: None,
            enabled: true,
            options: json!({}),
            takes: crate::domain::data_type::DataType::ALL.to_vec(),
            trouble: None,
            created_at: 0,
            updated_at: 0,
        };
        targets::insert(&tx, &target).await.unwrap();
        commit(tx, "test").await.unwrap();
        target
    }

    async fn switch(&self, target: &Target, enabled: bool) -> Target {
        let tx = self.engine.store().begin().await.unwrap();
        let target = Target { enabled, ..target.clone() };
        targets::update(&tx, &target).await.unwrap();
        commit(tx, "test").await.unwrap();
        target
    }

    async fn deliveries(&self, target: &Target, state: DeliveryState) -> Vec<DeliveryRow> {
        let filter = DeliveryFilter { target: target.id, state: Some(state), data_type: None, after: None };
        deliveries::list(self.engine.store().reader(), &filter, 10_000).await.unwrap().0
    }

    /// Waits until a target has nothing pending.
    async fn delivered(&self, target: &Target) {
        self.until(async || self.deliveries(target, DeliveryState::Pending).await.is_empty()).await;
    }

    async fn until(&self, come: impl AsyncFn() -> bool) {
        let patience = tokio::time::Instant::now() + Duration::from_secs(20);
        while !come().await {
            assert!(tokio::time::Instant::now() < patience, "it does not come to that");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn trouble(&self, target: &Target) -> Option<String> {
        let found = targets::by_id(self.engine.store().reader(), target.id).await.unwrap().unwrap();
        found.trouble.map(|trouble| trouble.message)
    }

    async fn backfill(&self, target: &Target) -> Task {
        let task = self.engine.backfill(target, Starter::AdminToken).await.unwrap();
        self.settled(task.id).await
    }

    /// Notes what it has not confirmed, as when it is enabled.
    async fn fill(&self, target: &Target) -> Task {
        let filling = self.engine.filling().await.unwrap();
        let tx = self.engine.store().begin().await.unwrap();
        let task = filling.note(&tx, target, Mode::Incremental, Starter::AdminToken).await.unwrap();
        commit(tx, "test").await.unwrap();
        filling.begin(task.clone());
        self.settled(task.id).await
    }

    /// Refuses a user from now on, for a cause.
    async fn refuse(&self, username: &str, cause: Cause) {
        let uid = self.user_ids().await[username].to_string();
        let mut state = self.received.lock();
        (state.refuses, state.refuses_for) = (Some(uid), Some(cause));
    }
}

fn refusal(cause: Cause) -> Refusal {
    Refusal { cause, message: "the other side is down".into(), retry_after: None, effect: Effect::Unknown }
}

#[tokio::test]
async fn what_changes_reaches_a_target_in_order_and_only_that() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.engine.deliver();
    let tree =
        [json!({"uid": "dev", "title": "Dev", "parentUid": "all"}), json!({"uid": "all", "title": "All"})];
    bench.push("api", Department, &tree).await;
    let ann = json!({"uid": "u1", "username": "ann", "departments": ["dev"], "floor": 3});
    bench.push("api", User, std::slice::from_ref(&ann)).await;
    bench.delivered(&crm).await;
    let log = bench.received.log("first");
    let place = |what: &str| log.iter().position(|line| line == what).unwrap_or_else(|| panic!("{log:?}"));
    let ids = bench.user_ids().await;
    let (all, dev) = ("create department 1", "create department 2");
    assert_eq!(log.len(), 3, "{log:?}");
    assert!(place(all) < 2 && place(dev) < 2 && place(&format!("create user {}", ids["ann"])) == 2);
    let sent = {
        let state = bench.received.lock();
        let mut parcels = state.parcels.iter().map(|(_, parcel)| parcel);
        let sent = parcels.find(|parcel| parcel.data_type == User).unwrap();
        Value::Object(sent.record.clone().unwrap())
    };
    let department = sent["departments"][0].clone();
    assert_eq!(
        sent,
        json!({
            "username": "ann", "nickname": null, "email": null, "phone": null, "enabled": true,
            "departments": [{"uid": department["uid"], "id": department["id"], "isMain": true,
                             "isOwner": false, "sort": null}],
            "links": [{"source": "api", "uid": "u1"}], "custom": {"floor": 3},
        })
    );
    assert_eq!(department["id"], format!("r{}", department["uid"].as_str().unwrap()), "the target's own id");

    bench.push("api", User, std::slice::from_ref(&ann)).await;
    bench.push("api", User, &[json!({"uid": "u1", "email": "ann@x.org"})]).await;
    bench.delivered(&crm).await;
    bench.push("api", User, &[json!({"uid": "u1", "isDeleted": true})]).await;
    bench.delivered(&crm).await;
    let user = ids["ann"];
    let rest = &bench.received.log("first")[3..];
    assert_eq!(rest, [format!("update user {user}"), format!("delete user {user}")]);
    let state = bench.received.lock();
    let update = &state.parcels[3].1;
    assert_eq!(update.before.as_ref().unwrap()["email"], Value::Null);
    assert_eq!(update.record.as_ref().unwrap()["email"], "ann@x.org");
    assert_eq!(state.parcels[4].1.id, Some(format!("r{user}")));
    assert_eq!(state.has.len(), 2, "the departments");
}

#[tokio::test]
async fn a_department_that_comes_later_is_told_with_its_members() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.engine.deliver();
    bench.push("api", User, &[json!({"uid": "u1", "username": "ann", "departments": ["dev"]})]).await;
    bench.push("api", Department, &[json!({"uid": "low", "title": "Low", "parentUid": "dev"})]).await;
    bench.delivered(&crm).await;
    bench.push("api", Department, &[json!({"uid": "dev", "title": "Dev"})]).await;
    bench.delivered(&crm).await;
    let departments = |bench: &Bench| {
        let state = bench.received.lock();
        let user = state.has.iter().find(|((_, data_type, _), _)| *data_type == User).unwrap().1.clone();
        let low = state.has.values().find(|record| record["title"] == "Low").unwrap().clone();
        (user["departments"].as_array().unwrap().len(), low["parentUid"].clone())
    };
    let (count, parent) = departments(&bench);
    assert_eq!((count, parent.is_string()), (1, true));
    bench.push("api", Department, &[json!({"uid": "dev", "isDeleted": true})]).await;
    bench.delivered(&crm).await;
    assert_eq!(departments(&bench), (0, Value::Null));
}

#[tokio::test]
async fn a_departments_path_is_told_again_when_something_above_it_changes() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.engine.deliver();
    let department = |uid: &str, title: &str, parent: Option<&str>| json!({"uid": uid, "title": title, "parentUid": parent});
    let tree = [
        department("hr", "HR", Some("de")),
        department("de", "Germany", Some("all")),
        department("all", "Acme", None),
        department("cn", "China", None),
    ];
    bench.push("api", Department, &tree).await;
    let path = async |expected: &[&str]| {
        bench.delivered(&crm).await;
        let state = bench.received.lock();
        let hr = state.has.values().find(|record| record["title"] == "HR").unwrap();
        assert_eq!(hr["path"], json!(expected));
    };
    path(&["Acme", "Germany", "HR"]).await;
    bench.push("api", Department, &[json!({"uid": "all", "title": "Group"})]).await;
    path(&["Group", "Germany", "HR"]).await;
    let count = bench.received.log("first").len();
    bench.push("api", Department, &[json!({"uid": "all", "sort": 3})]).await;
    path(&["Group", "Germany", "HR"]).await;
    assert_eq!(bench.received.log("first").len() - count, 1, "the others don't show the order");
    bench.push("api", Department, &[json!({"uid": "de", "parentUid": "cn"})]).await;
    path(&["China", "Germany", "HR"]).await;
    bench.push("api", Department, &[json!({"uid": "cn", "isDeleted": true})]).await;
    path(&["Germany", "HR"]).await;
    bench.push("api", Department, &[department("cn", "PRC", Some("all"))]).await;
    path(&["Group", "PRC", "Germany", "HR"]).await;
}

#[tokio::test]
async fn members_are_told_again_when_a_title_puts_their_departments_in_another_order() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.engine.deliver();
    let departments = [json!({"uid": "a", "title": "New"}), json!({"uid": "b", "title": "Dev"})];
    bench.push("api", Department, &departments).await;
    // The main department that the source names is not there.
    bench.push("api", User, &[json!({"uid": "1", "username": "ann", "departments": ["x", "a", "b"]})]).await;
    let id = |title: &str| {
        let state = bench.received.lock();
        let found = state.has.iter().find(|(_, record)| record["title"] == title);
        found.map(|((_, _, id), _)| id.clone()).unwrap()
    };
    let main = async || {
        bench.delivered(&crm).await;
        let state = bench.received.lock();
        let ann = state.has.values().find(|record| record["username"] == "ann").unwrap();
        let departments = ann["departments"].as_array().unwrap();
        departments.iter().find(|entry| entry["isMain"] == true).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let first = main().await;
    assert_eq!(first, id("Dev"));
    bench.push("api", Department, &[json!({"uid": "a", "title": "Central"})]).await;
    assert_eq!(main().await, id("Central"));
}

#[tokio::test]
async fn a_target_that_is_down_loses_nothing_and_blocks_nobody() {
    let bench = Bench::new().await;
    let (down, up) = (bench.add_target("first").await, bench.add_target("first-up").await);
    bench.received.lock().refusals.extend(std::iter::repeat_n(refusal(Cause::Transient), 1));
    bench.engine.deliver();
    let task = bench.push("api", User, &people(0..3)).await;
    assert_eq!(task.status, Status::Success, "the built-in targets have it");
    // Whichever of the two comes first meets the failure; both have everything in the end.
    bench.delivered(&down).await;
    bench.delivered(&up).await;
    assert_eq!((bench.received.count("first"), bench.received.count("first-up")), (3, 3));
    assert_eq!((bench.trouble(&down).await, bench.trouble(&up).await), (None, None));
}

#[tokio::test]
async fn what_failed_is_shown_and_tried_again_on_request() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.received.lock().refusals.extend(std::iter::repeat_n(
        Refusal { retry_after: Some(Duration::from_secs(600)), ..refusal(Cause::Transient) },
        1,
    ));
    bench.engine.deliver();
    bench.push("api", User, &people(0..3)).await;
    bench.until(async || bench.trouble(&crm).await.is_some()).await;
    assert_eq!(bench.trouble(&crm).await.as_deref(), Some("the other side is down"));
    let pending = bench.deliveries(&crm, DeliveryState::Pending).await;
    assert_eq!(pending.len(), 3);
    assert!(pending.iter().all(|row| row.error.as_deref() == Some("the other side is down")));
    assert_eq!(bench.engine.retry_target(crm.id).await.unwrap(), 3);
    bench.delivered(&crm).await;
    assert_eq!((bench.received.count("first"), bench.trouble(&crm).await), (3, None));
}

#[tokio::test]
async fn one_that_is_refused_fails_alone_and_a_retry_of_its_task_sends_only_it() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", User, &people(0..1)).await;
    let refused = bench.user_ids().await["u0"].to_string();
    bench.received.lock().refuses = Some(refused.clone());
    bench.engine.deliver();
    let task =
        bench.push("api", User, &[&people(1..4)[..], &[json!({"uid": "u0", "email": "a@x"})]].concat()).await;
    bench.delivered(&crm).await;
    let failed = bench.deliveries(&crm, DeliveryState::Failed).await;
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].error.as_deref(), failed[0].task_id), (Some("no such thing"), task.id.0));
    assert_eq!(bench.received.count("first"), 3);
    bench.received.lock().refuses = None;
    let again = bench.engine.retry(task.id).await.unwrap();
    assert_eq!((again.status, again.attempt), (Status::Success, 1), "the task itself has done its work");
    bench.delivered(&crm).await;
    let log = bench.received.log("first");
    assert_eq!((log.len(), log.last()), (4, Some(&format!("create user {refused}"))));
    let nothing = bench.engine.retry(task.id).await.unwrap_err().to_string();
    assert!(nothing.contains("can't be retried"), "{nothing}");
}

#[tokio::test]
async fn one_on_which_the_plugin_crashes_fails_alone() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", User, &people(0..40)).await;
    let poison = bench.user_ids().await["u17"].to_string();
    bench.received.lock().crashes_on = Some(poison.clone());
    bench.engine.deliver();
    bench.delivered(&crm).await;
    let failed = bench.deliveries(&crm, DeliveryState::Failed).await;
    assert_eq!(failed.iter().map(|row| row.local_id.to_string()).collect::<Vec<_>>(), [poison]);
    assert_eq!(failed[0].error.as_deref(), Some("plugin scripted: killed by SIGSEGV"));
    assert_eq!(bench.received.count("first"), 39);
}

#[tokio::test]
async fn a_new_target_is_filled_and_one_that_was_away_catches_up() {
    let bench = Bench::new().await;
    bench.push("api", Department, &[json!({"uid": "dev", "title": "Dev"})]).await;
    bench.push("api", User, &people(0..30)).await;
    bench.engine.deliver();
    let crm = bench.add_target("first").await;
    let task = bench.backfill(&crm).await;
    assert_eq!((task.status, task.kind), (Status::Success, Kind::Backfill));
    assert_eq!(task.message.as_deref(), Some("30 users and 1 departments are noted for target first"));
    bench.delivered(&crm).await;
    assert_eq!((bench.received.count("first"), bench.received.log("first").len()), (31, 31));

    bench.fill(&crm).await;
    bench.delivered(&crm).await;
    assert_eq!(bench.received.log("first").len(), 31, "it has everything already");

    let away = bench.switch(&crm, false).await;
    bench
        .push("api", User, &[json!({"uid": "u3", "isDeleted": true}), json!({"uid": "u4", "email": "e@x"})])
        .await;
    assert_eq!(bench.deliveries(&crm, DeliveryState::Pending).await.len(), 0);
    let refused = bench.engine.backfill(&away, Starter::AdminToken).await.unwrap_err().to_string();
    assert_eq!(refused, "target `first` is disabled; enable it first");
    let back = bench.switch(&crm, true).await;
    bench.fill(&back).await;
    bench.delivered(&crm).await;
    let mut log = bench.received.log("first").split_off(31);
    log.sort();
    let ids = bench.user_ids().await;
    assert_eq!(log, [format!("delete user {}", ids["u3"]), format!("update user {}", ids["u4"])]);
    let undo = bench.engine.undo(task.id, false, Starter::AdminToken).await.unwrap_err().to_string();
    assert!(undo.contains("it changed nothing"), "{undo}");
}

#[tokio::test]
async fn one_target_is_served_after_another() {
    let bench = Bench::new().await;
    let (first, second) = (bench.add_target("first").await, bench.add_target("second").await);
    let later = Refusal { retry_after: Some(Duration::from_secs(600)), ..refusal(Cause::Transient) };
    bench.received.lock().refusals.push_back(later);
    bench.engine.deliver();
    bench.push("api", User, &people(0..3)).await;
    bench.until(async || bench.trouble(&first).await.is_some()).await;
    // The second one waits although nothing is wrong with it.
    assert_eq!(bench.deliveries(&second, DeliveryState::Pending).await.len(), 3);
    bench.engine.retry_target(first.id).await.unwrap();
    bench.delivered(&first).await;
    bench.delivered(&second).await;
    let state = bench.received.lock();
    let names: Vec<&str> = state.parcels.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["first", "first", "first", "second", "second", "second"]);
}

#[tokio::test]
async fn of_two_daemons_one_delivers_until_it_is_gone() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    let other = bench.beside("other", &bench.plugin).await;
    bench.engine.deliver();
    other.deliver();
    bench.push("api", User, &people(0..50)).await;
    bench.delivered(&crm).await;
    assert_eq!(bench.received.log("first").len(), 50, "each once");
    let count = deliveries::of_tasks(bench.engine.store().reader(), [TaskId(1)]).await.unwrap();
    assert_eq!(
        count.iter().map(|tally| (tally.state.as_str(), tally.n)).collect::<Vec<_>>(),
        [("delivered", 50)]
    );
}

#[tokio::test]
async fn deliveries_of_a_deleted_target_go() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", User, &people(0..20)).await;
    let tx = bench.engine.store().begin().await.unwrap();
    targets::delete(&tx, crm.id, 1).await.unwrap();
    commit(tx, "test").await.unwrap();
    bench.engine.deliver();
    bench.delivered(&crm).await;
    assert_eq!(bench.received.count("first"), 0);
}

#[tokio::test]
async fn after_a_lost_answer_the_newest_state_is_sent_and_nothing_else() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.engine.deliver();
    bench.push("api", User, &[json!({"uid": "u1", "username": "ann", "email": "a@x"})]).await;
    bench.delivered(&crm).await;
    bench.received.lock().takes_without_answer = true;
    bench.push("api", User, &[json!({"uid": "u1", "email": "b@x"})]).await;
    bench.until(async || bench.trouble(&crm).await.is_some()).await;
    // What the target has by now is not what it has confirmed; the directory goes back to that.
    bench.push("api", User, &[json!({"uid": "u1", "email": "a@x"})]).await;
    bench.push("api", User, &[json!({"uid": "u2", "username": "eve"})]).await;
    bench.engine.retry_target(crm.id).await.unwrap();
    bench.until(async || bench.received.count("first") == 2).await;
    // Eve is there, and nobody has told; she leaves.
    bench.push("api", User, &[json!({"uid": "u2", "isDeleted": true})]).await;
    bench.received.lock().takes_without_answer = false;
    bench.engine.retry_target(crm.id).await.unwrap();
    bench.delivered(&crm).await;
    let state = bench.received.lock();
    let emails: Vec<&Value> = state.has.values().map(|record| &record["email"]).collect();
    assert_eq!(emails, [&json!("a@x")]);
    let last: Vec<_> = state.parcels.iter().rev().take(2).map(|(_, parcel)| parcel).collect();
    let mut ops: Vec<ParcelOp> = last.iter().map(|parcel| parcel.op).collect();
    ops.sort_by_key(|op| format!("{op:?}"));
    assert_eq!(ops, [ParcelOp::Delete, ParcelOp::Update], "no state from between");
    assert!(last.iter().all(|parcel| parcel.before.is_none()), "nobody knows what it had");
}

#[tokio::test]
async fn what_was_refused_is_not_sent_again_once_the_directory_has_moved_on() {
    for cause in [Cause::Transient, Cause::Config, Cause::Record] {
        let bench = Bench::new().await;
        let crm = bench.add_target("first").await;
        bench.push("api", User, &[json!({"uid": "u1", "username": "ann", "phone": "BAD"})]).await;
        bench.push("api", User, &[json!({"uid": "u2", "username": "eve", "phone": "BAD"})]).await;
        bench.refuse("ann", cause).await;
        pass(&bench.engine, crm.id).await;
        bench.refuse("eve", cause).await;
        // Eve was taken by then, Ann was not; now it is the other way round.
        bench.push("api", User, &[json!({"uid": "u2", "nickname": "Evie"})]).await;
        bench.push("api", User, &[json!({"uid": "u1", "phone": "+49 30 1", "enabled": false})]).await;
        pass(&bench.engine, crm.id).await;
        bench.push("api", User, &[json!({"uid": "u2", "isDeleted": true})]).await;
        bench.received.lock().refuses = None;
        pass(&bench.engine, crm.id).await;
        let state = bench.received.lock();
        let ids: Vec<_> = state.parcels.iter().map(|(_, parcel)| parcel).collect();
        assert_eq!(ids.len(), 3, "{cause:?}: {ids:?}");
        let ann = ids[1].record.as_ref().unwrap();
        assert_eq!((ids[1].op, &ann["enabled"]), (ParcelOp::Create, &json!(false)), "{cause:?}");
        assert_eq!(ids[2].op, ParcelOp::Delete, "{cause:?}");
        assert_eq!(ids[2].before.as_ref().unwrap()["nickname"], Value::Null, "as it was taken");
        assert_eq!(state.has.len(), 1);
    }
}

#[tokio::test]
async fn what_never_arrived_is_not_deleted() {
    for cause in [Cause::Transient, Cause::Config, Cause::Record] {
        let bench = Bench::new().await;
        let crm = bench.add_target("first").await;
        bench.push("api", User, &people(0..2)).await;
        bench.refuse("u0", cause).await;
        pass(&bench.engine, crm.id).await;
        bench.received.lock().refuses = None;
        bench.push("api", User, &[json!({"uid": "u0", "isDeleted": true})]).await;
        pass(&bench.engine, crm.id).await;
        assert_eq!(bench.received.log("first").len(), 1, "{cause:?}");
        assert_eq!(bench.deliveries(&crm, DeliveryState::Pending).await.len(), 0);
    }
}

#[tokio::test]
async fn to_a_target_that_was_never_reached_only_the_newest_state_goes() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    let unreached = Refusal { effect: Effect::Nothing, ..refusal(Cause::Transient) };
    bench.received.lock().refusals.extend(std::iter::repeat_n(unreached, 4));
    let steps = [
        json!({"uid": "u1", "username": "ann"}),
        json!({"uid": "u1", "enabled": false}),
        json!({"uid": "u2", "username": "eve"}),
        json!({"uid": "u2", "isDeleted": true}),
    ];
    for step in steps {
        bench.push("api", User, &[step]).await;
        bench.later(600);
        assert!(pass(&bench.engine, crm.id).await);
    }
    bench.later(600);
    pass(&bench.engine, crm.id).await;
    let state = bench.received.lock();
    let parcels: Vec<_> = state.parcels.iter().map(|(_, parcel)| parcel).collect();
    assert_eq!(parcels.len(), 1, "{parcels:?}");
    assert_eq!(
        (parcels[0].op, &parcels[0].record.as_ref().unwrap()["enabled"]),
        (ParcelOp::Create, &json!(false))
    );
}

#[tokio::test]
async fn one_that_is_refused_again_and_again_holds_up_nobody() {
    for cause in [Cause::Transient, Cause::Config, Cause::Record] {
        let bench = Bench::new().await;
        let crm = bench.add_target("first").await;
        bench.push("api", Department, &[json!({"uid": "all", "title": "All"})]).await;
        bench.received.lock().refuses = Some("1".into());
        bench.received.lock().refuses_for = Some(cause);
        for round in 0..5 {
            bench.push("api", User, &people(10 * round..10 * round + 3)).await;
            bench.later(600);
            pass(&bench.engine, crm.id).await;
            // The user with the id 1 is refused, too.
            assert_eq!(bench.received.count("first"), 3 * (round + 1) - 1, "{cause:?}");
            assert_eq!(bench.trouble(&crm).await, None);
        }
    }
}

#[tokio::test]
async fn a_target_that_takes_nothing_is_in_trouble_and_comes_out_of_it() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", User, &people(0..40)).await;
    bench.received.lock().refuses_all_for = Some(Cause::Transient);
    pass(&bench.engine, crm.id).await;
    assert_eq!(bench.trouble(&crm).await.as_deref(), Some("no such thing"));
    assert_eq!(bench.deliveries(&crm, DeliveryState::Pending).await.len(), 40, "nobody has failed");
    bench.later(600);
    let before = bench.received.lock().batches;
    pass(&bench.engine, crm.id).await;
    assert_eq!(bench.received.lock().batches - before, 1, "a few are enough to tell");
    bench.received.lock().refuses_all_for = None;
    for _ in 0..3 {
        bench.later(600);
        pass(&bench.engine, crm.id).await;
    }
    assert_eq!((bench.received.count("first"), bench.trouble(&crm).await), (40, None));
}

#[tokio::test]
async fn what_was_put_off_before_the_clock_was_set_back_is_due_at_once() {
    const DAY: i64 = 24 * 60 * 60;
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", User, &people(0..40)).await;
    bench.later(DAY);
    bench.received.lock().refuses_all_for = Some(Cause::Transient);
    pass(&bench.engine, crm.id).await;
    assert!(bench.trouble(&crm).await.is_some());
    bench.received.lock().refuses_all_for = None;
    bench.later(-DAY);
    assert!(!pass(&bench.engine, crm.id).await, "the time that it was put off until is a day away");
    bench.engine.deliver();
    bench.delivered(&crm).await;
    assert_eq!((bench.received.count("first"), bench.trouble(&crm).await), (40, None));
}

#[tokio::test]
async fn a_target_that_refuses_every_batch_as_a_whole_fails_nobody() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", User, &people(0..10)).await;
    bench.received.lock().refusals.extend(std::iter::repeat_n(refusal(Cause::Record), 200));
    for _ in 0..8 {
        pass(&bench.engine, crm.id).await;
        assert!(bench.trouble(&crm).await.is_some());
        assert_eq!(bench.deliveries(&crm, DeliveryState::Pending).await.len(), 10);
        bench.later(600);
    }
    bench.received.lock().refusals.clear();
    for _ in 0..3 {
        pass(&bench.engine, crm.id).await;
        bench.later(600);
    }
    assert_eq!((bench.received.count("first"), bench.trouble(&crm).await), (10, None));
}

#[tokio::test]
async fn a_backfill_brings_everything_back() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", Department, &[json!({"uid": "dev", "title": "Dev"})]).await;
    bench.push("api", User, &[json!({"uid": "u1", "username": "ann", "departments": ["dev"]})]).await;
    pass(&bench.engine, crm.id).await;
    let whole = bench.received.lock().has.clone();
    bench.received.lock().has.clear();
    bench.backfill(&crm).await;
    pass(&bench.engine, crm.id).await;
    let state = bench.received.lock();
    assert_eq!(state.has, whole);
    let again = state.parcels.iter().skip(2).map(|(_, parcel)| parcel);
    assert!(again.clone().all(|parcel| parcel.before.is_none() && parcel.id.is_some()), "all of it");
    assert_eq!(again.count(), 2);
}

#[tokio::test]
async fn members_come_again_when_the_target_has_another_department_in_place_of_one() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", Department, &[json!({"uid": "dev", "title": "Dev"})]).await;
    bench.push("api", User, &[json!({"uid": "u1", "username": "ann", "departments": ["dev"]})]).await;
    pass(&bench.engine, crm.id).await;
    let department = bench.received.lock().parcels[0].1.uid.clone();
    // Somebody has deleted it there, so the target makes another one.
    bench.received.lock().answers_with.insert(department.clone(), "another".into());
    bench.push("api", Department, &[json!({"uid": "dev", "title": "Development"})]).await;
    pass(&bench.engine, crm.id).await;
    let state = bench.received.lock();
    let (_, last) = state.parcels.last().unwrap();
    assert_eq!((last.data_type, last.before.is_none()), (User, true), "all of it: {last:?}");
    assert_eq!(last.record.as_ref().unwrap()["departments"][0]["id"], "another");
}

#[tokio::test]
async fn no_remote_id_belongs_to_two_records() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.push("api", User, &people(0..2)).await;
    let ids = bench.user_ids().await;
    for username in ["u0", "u1"] {
        bench.received.lock().answers_with.insert(ids[username].to_string(), "same".into());
    }
    pass(&bench.engine, crm.id).await;
    let failed = bench.deliveries(&crm, DeliveryState::Failed).await;
    assert_eq!(failed.len(), 1);
    let error = failed[0].error.clone().unwrap();
    assert!(error.contains("answered with the id \"same\", under which it has the user"), "{error}");
    let delivered = bench.deliveries(&crm, DeliveryState::Delivered).await;
    assert_eq!((delivered.len(), delivered[0].remote_id.as_deref()), (1, Some("same")));
    // Once the first is gone, the id is free.
    let first = delivered[0].local_id;
    let name = ids.iter().find(|(_, id)| **id == first).unwrap().0.clone();
    bench.push("api", User, &[json!({"uid": name, "isDeleted": true})]).await;
    bench.engine.retry_target(crm.id).await.unwrap();
    pass(&bench.engine, crm.id).await;
    bench.engine.retry_target(crm.id).await.unwrap();
    pass(&bench.engine, crm.id).await;
    assert_eq!(bench.deliveries(&crm, DeliveryState::Failed).await.len(), 0);
}

#[tokio::test]
async fn a_tree_arrives_with_the_ids_that_the_target_gave_its_parents() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    let tree: Vec<Value> = (0..30)
        .map(|n| json!({"uid": n, "title": format!("D{n}"), "parentUid": (n > 0).then_some(n / 2)}))
        .collect();
    bench.push("api", Department, &tree).await;
    bench.received.lock().refuses = Some("1".into());
    bench.engine.deliver();
    bench.delivered(&crm).await;
    let orphans = |bench: &Bench| {
        let state = bench.received.lock();
        state
            .has
            .values()
            .filter(|record| record["parentUid"] != Value::Null && record.get("parentId").is_none())
            .count()
    };
    let of_the_refused = orphans(&bench);
    assert!((1..=2).contains(&of_the_refused), "{of_the_refused} have no parent there");
    bench.received.lock().refuses = None;
    bench.engine.retry_target(crm.id).await.unwrap();
    bench.until(async || orphans(&bench) == 0).await;
    assert_eq!(bench.received.count("first"), 30);
}

#[tokio::test]
async fn undoing_a_department_is_told_with_its_members() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.engine.deliver();
    let task = bench.push("api", Department, &[json!({"uid": "dev", "title": "Dev"})]).await;
    bench.push("api", User, &[json!({"uid": "u1", "username": "ann", "departments": ["dev"]})]).await;
    bench.delivered(&crm).await;
    let undo = bench.engine.undo(task.id, false, Starter::AdminToken).await.unwrap();
    assert_eq!(bench.settled(undo.id).await.status, Status::Success);
    bench.delivered(&crm).await;
    let state = bench.received.lock();
    let records: Vec<&Value> = state.has.values().collect();
    assert_eq!((records.len(), &records[0]["departments"]), (1, &json!([])));
}

#[tokio::test]
async fn a_plugin_that_always_crashes_leaves_everything_pending() {
    let bench = Bench::new().await;
    let crm = bench.add_target("first").await;
    bench.received.lock().crashes = true;
    bench.engine.deliver();
    bench.push("api", User, &people(0..50)).await;
    bench.until(async || bench.trouble(&crm).await.is_some()).await;
    assert_eq!(bench.deliveries(&crm, DeliveryState::Failed).await.len(), 0);
    bench.received.lock().crashes = false;
    bench.engine.retry_target(crm.id).await.unwrap();
    bench.delivered(&crm).await;
    assert_eq!(bench.received.count("first"), 50);
}
