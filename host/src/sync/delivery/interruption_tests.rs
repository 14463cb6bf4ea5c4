//! Passes to targets that the daemon does not survive.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde_json::json;
use tokio::sync::Notify;

use crate::domain::data_type::DataType;
use crate::domain::ids::TargetId;
use crate::domain::lease::Owner;
use crate::domain::target::{DeliveryState, Trouble};
use crate::store::deliveries::{self, DeliveryFilter};
use crate::store::{commit, targets};
use crate::sync::engine::Engine;
use crate::sync::engine::testing::{Bench, Offers, Scripted};

use super::outlet::{Answer, Outlet, OutletOrder, Parcel, Refusal};
use super::testing::Received;

/// A target that takes departments, and is still busy with the first users when the daemon ends.
struct Endless(Arc<Notify>);

#[async_trait::async_trait]
impl Outlet for Endless {
    async fn apply(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Answer>, Refusal> {
        if parcels.iter().any(|parcel| parcel.data_type == DataType::User) {
            self.0.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(parcels.into_iter().map(|parcel| Answer::Done(format!("r{}", parcel.uid))).collect())
    }

    async fn close(self: Box<Self>) -> Result<(), Refusal> {
        Ok(())
    }
}

/// A daemon that comes after all others, and does not get to the end of a pass; and what tells when it is in the midst
/// of one.
async fn another(bench: &Bench, installation: &str) -> (Engine, Arc<Notify>) {
    let plugin = Scripted::default();
    let busy = Arc::new(Notify::new());
    let told = Arc::clone(&busy);
    let open = move |_: &OutletOrder| Ok(Box::new(Endless(Arc::clone(&told))) as Box<dyn Outlet>);
    plugin.offers(Offers { types: Received::types(), open: Arc::new(open) });
    write(bench, "UPDATE targets SET lease_until = 1").await;
    (bench.beside(installation, &plugin).await, busy)
}

async fn write(bench: &Bench, sql: &str) {
    let tx = bench.engine.store().begin().await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    commit(tx, "test").await.unwrap();
}

async fn interruptions(bench: &Bench, target: TargetId) -> i32 {
    targets::interruptions(bench.engine.store().reader(), target, &Owner::new("nobody", "1")).await.unwrap()
}

/// Waits until a target counts as interrupted so often, should the daemon end now.
async fn until(bench: &Bench, target: TargetId, expected: i32) {
    while interruptions(bench, target).await != expected {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn trouble(bench: &Bench, target: TargetId) -> Option<Trouble> {
    targets::by_id(bench.engine.store().reader(), target).await.unwrap().unwrap().trouble
}

async fn pending(bench: &Bench, target: TargetId) -> usize {
    let filter = DeliveryFilter { target, state: Some(DeliveryState::Pending), data_type: None, after: None };
    deliveries::list(bench.engine.store().reader(), &filter, 10).await.unwrap().0.len()
}

#[tokio::test]
async fn deliveries_that_the_daemon_does_not_survive_wait_to_be_retried() {
    let bench = Bench::new().await;
    let target = bench.add_target("first").await.id;
    bench.push("api", DataType::User, &[json!({"uid": "a", "username": "ann"})]).await;
    for (installation, begun) in [("one", 1), ("two", 2)] {
        let (engine, busy) = another(&bench, installation).await;
        engine.deliver();
        busy.notified().await;
        assert_eq!(interruptions(&bench, target).await, begun);
    }

    // Now it takes turns with what was interrupted as often.
    let (third, busy) = another(&bench, "three").await;
    let suspect = third.inner.suspects.lock().await;
    third.deliver();
    tokio::time::timeout(Duration::from_millis(300), until(&bench, target, 3)).await.unwrap_err();
    drop(suspect);
    busy.notified().await;
    assert_eq!(interruptions(&bench, target).await, 3);

    write(&bench, "UPDATE targets SET lease_until = 1").await;
    let works = bench.beside("four", &Scripted::default()).await;
    works.deliver();
    let noted = loop {
        if let Some(trouble) = trouble(&bench, target).await {
            break trouble;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    assert!(noted.message.starts_with("interrupted 3 times, perhaps for lack of memory: "), "{noted:?}");
    assert!(noted.message.ends_with("then retry the target"), "{noted:?}");
    assert_eq!((pending(&bench, target).await, interruptions(&bench, target).await), (1, 3));

    works.retry_target(target).await.unwrap();
    while pending(&bench, target).await > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(trouble(&bench, target).await, None);
    until(&bench, target, 0).await;
}

#[tokio::test]
async fn who_gets_further_or_stops_in_order_is_interrupted_the_first_time() {
    let bench = Bench::new().await;
    let target = bench.add_target("first").await.id;
    bench.push("api", DataType::Department, &[json!({"uid": "d", "title": "R&D"})]).await;
    bench.push("api", DataType::User, &[json!({"uid": "a", "username": "ann"})]).await;
    write(&bench, "UPDATE targets SET begun = 2, owner = 'gone.1'").await;
    let (engine, busy) = another(&bench, "one").await;
    engine.deliver();
    busy.notified().await;
    assert_eq!(interruptions(&bench, target).await, 1);
    assert_eq!(pending(&bench, target).await, 1, "the department is there");
    engine.excuse_running().await.unwrap();
    assert_eq!(interruptions(&bench, target).await, 0);
}
