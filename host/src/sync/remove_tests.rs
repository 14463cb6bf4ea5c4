//! Sources that are deleted, and what becomes of what they gave.

use serde_json::{Value, json};

use super::*;
use crate::domain::data_type::DataType::{self, Department, User};
use crate::domain::policy::MatchKey;
use crate::domain::task::Status;
use crate::store::{commit, records, sources};
use crate::sync::engine::testing::Bench;

async fn deleted(bench: &Bench, name: &str) -> Source {
    let store = bench.engine.store();
    let source = sources::by_name(store.reader(), name).await.unwrap().unwrap();
    let tx = store.begin().await.unwrap();
    sources::delete(&tx, source.id, 1).await.unwrap();
    commit(tx, "test").await.unwrap();
    source
}

async fn company(bench: &Bench) {
    let tree = [json!({"uid": "d", "title": "Dev"}), json!({"uid": "e", "title": "Ext", "parentUid": "d"})];
    bench.push("other", Department, &tree).await;
    let people: Vec<Value> =
        (0..30).map(|n| json!({"uid": n, "username": format!("u{n}"), "departments": ["d"]})).collect();
    bench.push("other", User, &people).await;
}

async fn present(bench: &Bench, source: &Source, data_type: DataType) -> u64 {
    let store = bench.engine.store();
    records::count_present(store.reader(), store.dialect(), source.id, data_type).await.unwrap()
}

#[tokio::test]
async fn what_a_deleted_source_gave_is_taken_away_and_brought_back() {
    for (fate, enabled) in [(Fate::Disable, json!(false)), (Fate::Delete, json!(null))] {
        let bench = Bench::new().await;
        company(&bench).await;
        // One of them is another source's as well.
        let shared = [json!({"uid": "x", "username": "u3"})];
        bench.push_with("api", User, Mode::Incremental, Some(MatchKey::Username), &shared).await;
        let before = bench.directory().await;
        let source = deleted(&bench, "other").await;
        let task = bench.engine.take_away(source.clone(), fate, Starter::AdminToken).await.unwrap();
        let task = bench.settled(task.id).await;
        assert_eq!((task.status, task.counts.user.unlinked), (Status::Success, 1), "{:?}", task.message);
        assert_eq!(task.counts.user.disabled + task.counts.user.deleted, 29);
        assert_eq!(task.counts.department.disabled + task.counts.department.deleted, 2);
        let after = bench.directory().await;
        assert_eq!(after["users"]["u7"]["enabled"], enabled);
        assert_eq!(after["users"]["u3"]["enabled"], json!(true));
        assert_eq!(after["users"]["u3"]["departments"], json!([]), "nobody else gave that");
        assert_eq!(present(&bench, &source, User).await, 0);
        let undo = bench.undo(task.id).await;
        assert_eq!(undo.status, Status::Success, "{:?}", bench.failures(&undo).await);
        assert_eq!(bench.directory().await, before);
    }
}

#[tokio::test]
async fn a_deleted_source_does_not_keep_anybody_from_going() {
    let bench = Bench::new().await;
    company(&bench).await;
    let again: Vec<Value> = (0..30).map(|n| json!({"uid": n, "username": format!("u{n}")})).collect();
    bench.push_with("api", User, Mode::Incremental, Some(MatchKey::Username), &again).await;
    deleted(&bench, "other").await;
    let task = bench.push("api", User, &[json!({"uid": 4, "isDeleted": true})]).await;
    assert_eq!((task.counts.user.deleted, task.counts.user.unlinked), (1, 0));
}
