//! The tree of departments: it is judged as the task leaves it, whatever the steps to it.

use serde_json::{Value, json};

use super::testing::Bench;
use super::*;
use crate::domain::policy::{OnMissing, Policy, RemovalLimit};
use crate::domain::task::Status;
use DataType::Department;

/// A department below another; `""` is the root.
fn below(uid: &str, parent: &str) -> Value {
    let parent = if parent.is_empty() { Value::Null } else { json!(parent) };
    json!({"uid": uid, "title": uid, "parentUid": parent})
}

/// Pushes what stands first, then in one task what moves, and looks at the tree.
async fn check(first: &[(&str, &str)], then: &[Value], failed: u64, expected: Value) {
    let bench = Bench::new().await;
    let first: Vec<Value> = first.iter().map(|(uid, parent)| below(uid, parent)).collect();
    bench.push("api", Department, &first).await;
    let before = bench.directory().await;
    let task = bench.push("api", Department, then).await;
    assert_eq!(task.counts.department.failed, failed, "{then:?}: {:?}", bench.failures(&task).await);
    assert_eq!(bench.directory().await["departments"], expected, "{then:?}");
    if failed == 0 {
        let undo = bench.undo(task.id).await;
        assert_eq!(undo.status, Status::Success, "{then:?}: {:?}", bench.failures(&undo).await);
        assert_eq!(bench.directory().await, before, "{then:?}");
    }
}

#[tokio::test]
async fn parent_and_child_change_places_in_any_order() {
    let first = [("A", ""), ("B", "A")];
    let (up, down) = (json!({"uid": "B", "parentUid": null}), json!({"uid": "A", "parentUid": "B"}));
    check(&first, &[down.clone(), up.clone()], 0, json!({"A": "B", "B": null})).await;
    check(&first, &[up, down], 0, json!({"A": "B", "B": null})).await;
}

#[tokio::test]
async fn three_levels_are_turned_round_at_once() {
    let first = [("A", ""), ("B", "A"), ("C", "B")];
    let turned = [below("A", "B"), below("B", "C"), below("C", "")];
    check(&first, &turned, 0, json!({"A": "B", "B": "C", "C": null})).await;
    let middle = [below("C", "A"), below("A", "B"), below("B", "")];
    check(&first, &middle, 0, json!({"A": "B", "B": null, "C": "A"})).await;
    // One that goes nowhere: the two on the circle fail, the third moves.
    let circle = [below("A", "C"), below("C", "B"), below("B", "A")];
    check(&first, &circle, 1, json!({"A": null, "B": "A", "C": "B"})).await;
}

#[tokio::test]
async fn a_parent_that_goes_in_the_same_task_closes_no_circle() {
    let first = [("A", ""), ("B", "A"), ("C", "B")];
    let gone = [below("A", "B"), json!({"uid": "B", "isDeleted": true})];
    check(&first, &gone, 0, json!({"A": null, "C": null})).await;
    let between = [below("A", "C"), json!({"uid": "B", "isDeleted": true})];
    check(&first, &between, 0, json!({"A": "C", "C": null})).await;
}

#[tokio::test]
async fn a_parent_that_is_made_in_the_same_task_may_take_the_place_of_another() {
    let first = [("A", ""), ("B", "A")];
    let made = [below("A", "N"), below("N", "B"), below("B", "")];
    check(&first, &made, 0, json!({"A": "N", "B": null, "N": "B"})).await;
    let circle = [below("A", "N"), below("N", "B")];
    check(&first, &circle, 2, json!({"A": null, "B": "A"})).await;
}

#[tokio::test]
async fn a_parent_that_was_not_known_closes_a_circle_when_it_comes() {
    check(&[("A", "ghost")], &[below("ghost", "A")], 1, json!({"A": null})).await;
    check(&[("A", "ghost")], &[below("ghost", "A"), below("A", "")], 0, json!({"A": null, "ghost": "A"}))
        .await;
}

#[tokio::test]
async fn one_that_comes_back_below_what_is_below_it_by_now_is_refused() {
    let bench = Bench::new().await;
    bench.push("api", Department, &[below("A", ""), below("B", "A")]).await;
    bench.push("api", Department, &[json!({"uid": "B", "isDeleted": true})]).await;
    let moved = bench.push("api", Department, &[json!({"uid": "A", "parentUid": "B"})]).await;
    assert_eq!(moved.counts.department.failed, 0);
    let back = bench.push("api", Department, &[json!({"uid": "B", "title": "B"})]).await;
    assert_eq!(back.counts.department.failed, 1);
    let back = bench.push("api", Department, &[below("B", "")]).await;
    assert_eq!(back.status, Status::Success);
    assert_eq!(bench.directory().await["departments"], json!({"A": "B", "B": null}));
}

#[tokio::test]
async fn moves_that_are_planned_in_different_batches_are_judged_together() {
    let bench = Bench::new().await;
    let filler = |n: usize| json!({"uid": format!("F{n}"), "title": format!("F{n}"), "parentUid": null});
    bench.push("api", Department, &[below("A", ""), below("Z", "A")]).await;
    let mut records = vec![below("A", "Z")];
    records.extend((0..5_000).map(filler));
    records.push(below("Z", ""));
    let task = bench.push("api", Department, &records).await;
    assert_eq!(task.status, Status::Success, "{:?}", bench.failures(&task).await);
    let tree = bench.directory().await["departments"].clone();
    assert_eq!((&tree["A"], &tree["Z"]), (&json!("Z"), &json!(null)));
}

#[tokio::test]
async fn who_is_absent_from_a_full_read_stands_in_nobodys_way() {
    let bench = Bench::new().await;
    bench.set_policy("api", Policy { on_missing: OnMissing::Delete, ..Policy::default() }).await;
    bench.push_full("api", Department, &[below("A", ""), below("B", "A")]).await;
    let task = bench.push_full("api", Department, &[below("A", "B")]).await;
    assert_eq!((task.status, task.counts.department.deleted), (Status::Success, 1));
    assert_eq!(bench.directory().await["departments"], json!({"A": null}));
}

#[tokio::test]
async fn a_held_swap_is_judged_by_what_it_will_still_do() {
    for given_meanwhile in [false, true] {
        let bench = Bench::new().await;
        let removals = RemovalLimit { percent: 0.0, count: 0 };
        bench.set_policy("api", Policy { removals, ..Policy::default() }).await;
        bench.push("api", Department, &[below("A", ""), below("B", "A"), below("X", "")]).await;
        let plan = [below("A", "B"), below("B", ""), json!({"uid": "X", "isDeleted": true})];
        let held = bench.push("api", Department, &plan).await;
        assert_eq!(held.status, Status::Held);
        if given_meanwhile {
            // So the plan's own word on B is skipped, and B stays below A.
            bench.push("api", Department, &[json!({"uid": "B", "title": "B2"})]).await;
        }
        bench.engine.approve(held.id).await.unwrap();
        let done = bench.settled(held.id).await;
        let expected = match given_meanwhile {
            false => (0, json!({"A": "B", "B": null})),
            true => (1, json!({"A": null, "B2": "A"})),
        };
        let tree = bench.directory().await["departments"].clone();
        assert_eq!((done.counts.department.failed, tree), expected);
    }
}
