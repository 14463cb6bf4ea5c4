//! What each filter finds, however small the steps are, and how far an impatient look says it came.

use std::time::Duration;

use super::*;
use crate::domain::link::State;
use crate::store::testing::{DIALECT, Filled};

const HASTY: Pace = Pace { patience: Duration::ZERO, window: 2 };

/// Users 1 to 9 of source 1, of whom source 2 gives 8 and 9, too; 3 and 4 are deleted; 1, 4, 8 and 9 are in
/// department 1.
async fn filled() -> Filled {
    let filled = Filled::new().await;
    let names = ["ann", "bob", "cy", "dora", "eve", "fay", "gus", "hal", "ann2"];
    let users: Vec<(i64, &str)> = (1..).zip(names).collect();
    filled.users(1, &users).await;
    for (uid, id) in [("x8", 8), ("y8", 8), ("x9", 9)] {
        filled.link(2, DataType::User, uid, id, State::Present).await;
    }
    filled.link(2, DataType::User, "x5", 5, State::Deleted).await;
    filled.department(1, "Dev", None, None).await;
    filled.members(1, "d1", &[(1, true), (4, false), (8, false), (9, false)]).await;
    filled.delete_users(&[3, 4]).await;
    filled
}

async fn look(filled: &Filled, filter: &UserFilter, limit: u64, pace: Pace) -> (Vec<i64>, Option<i64>) {
    let looked = users(filled.reader(), DIALECT, filter, limit, pace).await.unwrap();
    (looked.found.iter().map(|row| row.id).collect(), looked.until.map(|id| id.0))
}

fn filters() -> Vec<(UserFilter, Vec<i64>)> {
    let search = |text: &str| Some(text.to_owned());
    let department = Some(LocalId(1));
    let source = Some(SourceId(2));
    let all = UserFilter::default;
    vec![
        (all(), vec![1, 2, 5, 6, 7, 8, 9]),
        (UserFilter { deleted: true, ..all() }, vec![3, 4]),
        (UserFilter { search: search("ANN"), ..all() }, vec![1, 9]),
        (UserFilter { search: search("%"), ..all() }, vec![]),
        (UserFilter { search: search("y@"), ..all() }, vec![6]),
        (UserFilter { search: search("y@"), deleted: true, ..all() }, vec![3]),
        (UserFilter { department, ..all() }, vec![1, 8, 9]),
        (UserFilter { department, deleted: true, ..all() }, vec![4]),
        (UserFilter { department, source, ..all() }, vec![8, 9]),
        (UserFilter { department, search: search("ann"), source, ..all() }, vec![9]),
        (UserFilter { department: Some(LocalId(7)), ..all() }, vec![]),
        (UserFilter { source, ..all() }, vec![8, 9]),
        (UserFilter { source, search: search("hal"), ..all() }, vec![8]),
        (UserFilter { source: Some(SourceId(3)), ..all() }, vec![]),
    ]
}

#[tokio::test]
async fn filters_find_the_same_in_small_steps_as_at_once() {
    let filled = filled().await;
    for (filter, expected) in filters() {
        for window in [1, 2, 100] {
            let pace = Pace { window, ..Pace::TO_THE_END };
            assert_eq!(look(&filled, &filter, 100, pace).await, (expected.clone(), None), "{filter:?}");
        }
        let few = look(&filled, &filter, 1, Pace::TO_THE_END).await;
        assert_eq!(few, (expected.iter().copied().take(1).collect(), None), "{filter:?}");
    }
}

#[tokio::test]
async fn whoever_goes_on_from_where_an_impatient_look_stopped_finds_everybody() {
    let filled = filled().await;
    for (mut filter, expected) in filters() {
        let (mut all, mut looks) = (Vec::new(), 0);
        loop {
            let (found, until) = look(&filled, &filter, 100, HASTY).await;
            all.extend(found);
            looks += 1;
            match until {
                Some(id) => filter.after = Some(LocalId(id)),
                None => break,
            }
        }
        assert_eq!(all, expected, "{filter:?}");
        let is_short = filter.source.is_some();
        assert_eq!(looks, if is_short { 1 } else { 5 }, "{filter:?}");
    }
}

#[tokio::test]
async fn a_full_page_is_not_one_that_was_cut_short() {
    let filled = filled().await;
    assert_eq!(look(&filled, &UserFilter::default(), 2, HASTY).await, (vec![1, 2], None));
    assert_eq!(look(&filled, &UserFilter::default(), 3, HASTY).await, (vec![1, 2], Some(2)));
}

#[tokio::test]
async fn a_source_that_gave_much_is_walked_by_the_ids_of_users() {
    let filled = filled().await;
    let walk = Walk::Given(SourceId(2));
    let filter = UserFilter::default();
    let ids = walk.between(filled.reader(), DIALECT, &filter, (0, 9), 10).await.unwrap();
    assert_eq!(ids, [8, 9]);
    let ids = walk.between(filled.reader(), DIALECT, &filter, (8, 9), 10).await.unwrap();
    assert_eq!(ids, [9]);
    let walk = Walk::Members(vec![(1, "d1".into())]);
    let filter = UserFilter { source: Some(SourceId(2)), ..UserFilter::default() };
    let ids = walk.between(filled.reader(), DIALECT, &filter, (0, 9), 10).await.unwrap();
    assert_eq!(ids, [8, 9]);
}

#[test]
fn steps_become_longer_while_they_are_quick_and_shorter_when_they_are_not() {
    let mut pace = Pace { window: 100, ..Pace::PAGE };
    let mut after = |milliseconds| {
        pace.adapt(Duration::from_millis(milliseconds));
        pace.window
    };
    assert_eq!([after(1), after(8), after(40), after(40)], [200, 200, 100, 50]);
}
