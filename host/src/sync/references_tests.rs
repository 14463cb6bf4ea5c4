//! References to departments that are not there are counted, told, and resolve by themselves.

use serde_json::json;

use crate::domain::data_type::DataType::{Department, User};
use crate::domain::task::Status;
use crate::sync::engine::testing::Bench;

#[tokio::test]
async fn what_leads_nowhere_is_counted_and_told() {
    let bench = Bench::new().await;
    bench.push("other", Department, &[json!({"uid": "x", "title": "Elsewhere"})]).await;
    bench.push("api", Department, &[json!({"uid": "dev", "title": "Dev"})]).await;
    let people = [
        json!({"uid": 1, "username": "ann", "departments": ["dev", "ghost"]}),
        json!({"uid": 2, "username": "bob", "departments": ["ghost", "x"]}),
        json!({"uid": 3, "username": "cy"}),
    ];
    let task = bench.push("api", User, &people).await;
    assert_eq!((task.status, task.counts.user.dangling), (Status::Success, 3));
    assert_eq!(
        task.message.as_deref(),
        Some(
            "users: 3 created; 3 memberships name departments that are not there: ghost, x (which source other \
             gives; a source can name only its own)"
        )
    );
    // Said again by the same records, though nothing changes.
    let again = bench.push("api", User, &people).await;
    assert_eq!((again.counts.user.unchanged, again.counts.user.dangling), (3, 3));
    bench.push("api", Department, &[json!({"uid": "ghost", "title": "Ghost"})]).await;
    let again = bench.push("api", User, &people[..1]).await;
    assert_eq!(again.counts.user.dangling, 0);
    assert_eq!(bench.directory().await["users"]["ann"]["departments"], json!(["Dev*", "Ghost"]));
    bench.push("api", Department, &[json!({"uid": "ghost", "isDeleted": true})]).await;
    assert_eq!(bench.push("api", User, &people[..1]).await.counts.user.dangling, 1);
}

#[tokio::test]
async fn parents_and_what_the_task_itself_brings_count_as_well() {
    let bench = Bench::new().await;
    let tree = [
        json!({"uid": "a", "title": "A", "parentUid": "b"}),
        json!({"uid": "b", "title": "B"}),
        json!({"uid": "c", "title": "C", "parentUid": "nowhere"}),
    ];
    let task = bench.push("api", Department, &tree).await;
    assert_eq!(task.counts.department.dangling, 1);
    let message = task.message.unwrap();
    assert!(message.ends_with("1 department is below one that is not there: nowhere"), "{message}");
    bench.plugin.yields(vec![
        Ok((User, vec![json!({"uid": 1, "username": "ann", "departments": ["d", "e"]})])),
        Ok((Department, vec![json!({"uid": "d", "title": "D"})])),
    ]);
    let dry = bench.pull(true).await;
    assert_eq!(dry.counts.user.dangling, 1);
    let task = bench.pull(false).await;
    assert_eq!(task.counts.user.dangling, 1);
    assert!(task.message.unwrap().ends_with("1 membership names a department that is not there: e"));
}
