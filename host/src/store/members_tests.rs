//! That members are counted right whichever way they are counted, and owners found.

use super::*;
use crate::domain::link::State;
use crate::store::testing::{DIALECT, Filled};

/// Departments 1 with users 1 to 40, 2 with 1 and 2, 3 with nobody; 4 is known to two sources, which both give user 1.
async fn filled() -> Filled {
    let filled = Filled::new().await;
    let names: Vec<(i64, String)> = (1..=40).map(|n| (n, format!("user{n}"))).collect();
    let users: Vec<(i64, &str)> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    filled.users(1, &users).await;
    for id in 1..=4 {
        filled.department(id, "Dev", None, None).await;
    }
    filled.link(2, DataType::Department, "other", 4, State::Present).await;
    let everybody: Vec<(i64, bool)> = (1..=40).map(|n| (n, n <= 3)).collect();
    filled.members(1, "d1", &everybody).await;
    filled.members(1, "d2", &[(1, false), (2, true)]).await;
    filled.members(1, "d4", &[(1, true), (2, false)]).await;
    filled.members(2, "other", &[(1, true), (3, false)]).await;
    filled
}

async fn count(filled: &Filled) -> Vec<i64> {
    let counts = counts(filled.reader(), DIALECT, (1..=5).map(LocalId)).await.unwrap();
    (1..=5).map(|id| counts.get(&id).copied().unwrap_or_default()).collect()
}

#[tokio::test]
async fn everybody_is_counted_once_and_the_deleted_ones_never() {
    let filled = filled().await;
    assert_eq!(count(&filled).await, [40, 2, 0, 3, 0]);
    // One among many: those who are deleted are taken off.
    filled.delete_users(&[2]).await;
    assert_eq!(count(&filled).await, [39, 1, 0, 2, 0]);
    // Many: members are looked at one by one.
    filled.delete_users(&[3, 4, 5, 6, 7]).await;
    assert_eq!(count(&filled).await, [34, 1, 0, 1, 0]);
}

#[tokio::test]
async fn owners_are_those_who_are_there_and_as_many_as_asked_for() {
    let filled = filled().await;
    filled.delete_users(&[1]).await;
    let found = owners(filled.reader(), DIALECT, (1..=4).map(LocalId), 1).await.unwrap();
    let found: Vec<_> = found.iter().map(|owner| (owner.department_id, owner.user_id)).collect();
    assert_eq!(found, [(1, 2), (2, 2)]);
}

#[test]
fn only_large_counts_are_kept_and_not_for_long() {
    let (counted, begun) = (Counted::default(), Instant::now());
    counted.keep(&HashMap::from([(1, MANY), (2, MANY - 1)]), begun);
    assert_eq!(counted.good(begun), HashMap::from([(1, MANY)]));
    assert_eq!(counted.good(begun + KEPT), HashMap::new());
}
