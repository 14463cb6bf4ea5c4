//! Users whom no source gives any more, over a real SQLite file.

use serde_json::{Value, json};

use super::*;
use crate::domain::task::Status;
use crate::sync::engine::testing::Bench;
use DataType::User;

fn people(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"uid": n, "username": format!("u{n}"), "email": format!("u{n}@x.org")})).collect()
}

impl Bench {
    /// Has `pulled` give these people.
    async fn gives(&self, people: Vec<Value>) -> Task {
        self.plugin.yields(vec![Ok((User, people))]);
        self.pull(false).await
    }

    async fn free(&self, id: i64) -> Result<Task, String> {
        let freed = self.engine.free_user(LocalId(id), Starter::AdminToken).await;
        match freed {
            Ok(task) => Ok(self.settled(task.id).await),
            Err(refusal) => Err(refusal.to_string()),
        }
    }

    async fn adopt(&self, id: i64, source: &str, uid: &str) -> Result<(), String> {
        let adopted = self.engine.adopt_user(LocalId(id), source, uid).await;
        adopted.map_err(|refusal| refusal.to_string())
    }
}

#[tokio::test]
async fn a_user_who_is_missing_is_freed_by_a_task_that_can_be_undone() {
    let bench = Bench::new().await;
    bench.gives(people(0..3)).await;
    bench.gives(people(0..2)).await;
    let ids = bench.user_ids().await;
    let refused = format!(
        "user {} is still given by pulled; delete it there, or adopt it once it is missing there",
        ids["u0"]
    );
    assert_eq!(bench.free(ids["u0"]).await.unwrap_err(), refused);
    assert_eq!(bench.free(99).await.unwrap_err(), "there is no user 99");
    let task = bench.free(ids["u2"]).await.unwrap();
    assert_eq!((task.status, task.counts.user.deleted), (Status::Success, 1));
    assert!(bench.free(ids["u2"]).await.unwrap_err().ends_with("are free already"));
    let undo = bench.engine.undo(task.id, false, Starter::AdminToken).await.unwrap();
    assert_eq!(bench.settled(undo.id).await.status, Status::Success);
    assert_eq!(bench.directory().await["users"]["u2"]["enabled"], json!(false));
    bench.free(ids["u2"]).await.unwrap();
    let back = people(2..3).into_iter().map(|mut user| {
        user["uid"] = json!("new");
        user
    });
    let task = bench.gives(people(0..2).into_iter().chain(back).collect()).await;
    assert_eq!((task.status, task.counts.user.created), (Status::Success, 1));
}

#[tokio::test]
async fn a_user_given_to_another_record_is_who_that_is_from_then_on() {
    let bench = Bench::new().await;
    bench.gives(people(0..3)).await;
    bench.gives(people(0..2)).await;
    let ids = bench.user_ids().await;
    let back = json!({"uid": "new", "username": "u2", "email": "u2@x.org"});
    let all: Vec<Value> = people(0..2).into_iter().chain([back]).collect();
    let failed = bench.gives(all.clone()).await;
    assert_eq!(failed.counts.user.failed, 1);
    assert_eq!(
        bench.adopt(ids["u1"], "pulled", "new").await.unwrap_err(),
        format!(
            "user {} is still given by pulled; delete it there, or adopt it once it is missing there",
            ids["u1"]
        )
    );
    assert_eq!(
        bench.adopt(ids["u2"], "pulled", "1").await.unwrap_err(),
        format!("uid 1 of source `pulled` is user {} already", ids["u1"])
    );
    bench.adopt(ids["u2"], "pulled", "new").await.unwrap();
    // Saying it again changes nothing.
    bench.adopt(ids["u2"], "pulled", "new").await.unwrap();
    let task = bench.engine.retry(failed.id).await.unwrap();
    let task = bench.settled(task.id).await;
    assert_eq!(
        (task.status, task.counts.user.updated),
        (Status::Success, 1),
        "{:?}",
        bench.failures(&task).await
    );
    assert_eq!(bench.directory().await["users"]["u2"]["enabled"], json!(true));
    assert_eq!(bench.user_ids().await, ids);
    assert_eq!(bench.gives(all).await.counts.user.unchanged, 3);
}

#[tokio::test]
async fn a_user_of_another_source_can_be_given_to_a_record() {
    let bench = Bench::new().await;
    bench.push("api", User, &people(0..1)).await;
    let id = bench.user_ids().await["u0"];
    bench.adopt(id, "other", "o").await.unwrap();
    let task = bench.push("other", User, &[json!({"uid": "o", "username": "u0", "room": 5})]).await;
    assert_eq!((task.status, task.counts.user.updated), (Status::Success, 1));
    assert_eq!(bench.directory().await["users"]["u0"]["room"], 5);
}
