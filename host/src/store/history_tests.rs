//! That all changes of a row are found, over several sources and in steps of any length, the latest first.

use super::*;
use crate::domain::change::{Op, Outcome};
use crate::domain::ids::LocalId;
use crate::domain::link::State;
use crate::domain::task::{Status, Watermark};
use crate::store::records;
use crate::store::testing::{DIALECT, Filled, change, task};

#[tokio::test]
async fn what_touched_a_user_is_found_over_all_its_sources() {
    let filled = Filled::new().await;
    filled.users(1, &[(1, "ann"), (2, "bob")]).await;
    filled.link(2, DataType::User, "x", 1, State::Present).await;
    // (task, source, uid)
    for (id, source, uid) in
        [(1, 1, "u1"), (2, 2, "x"), (3, 1, "u2"), (4, 1, "u1"), (5, 2, "u1"), (6, 1, "u2"), (7, 2, "x")]
    {
        let watermark = (id != 7).then(|| Watermark { data_type: DataType::User, uid: "z".into() });
        let task = Task { watermark, ..task(id, source, Status::Success) };
        filled.task(&task, vec![change(uid, Op::Update, None)]).await;
    }
    let links = records::links(filled.reader(), DIALECT, DataType::User, [LocalId(1)]).await.unwrap();
    assert_eq!(links.len(), 2);
    for most in 1..=5 {
        let (mut found, mut before, mut rounds) = (Vec::new(), None, 0);
        loop {
            let looked =
                of_row(filled.reader(), DIALECT, DataType::User, &links, before, most).await.unwrap();
            found.extend(looked.found.into_iter().map(|(task, change)| (task.id.0, change.outcome)));
            (before, rounds) = (looked.until, rounds + 1);
            if before.is_none() {
                break;
            }
            assert!(rounds < 10, "it comes to its end");
        }
        let applied = Some(Outcome::Applied);
        // What task 7 plans has not been made.
        let expected = [(4, applied), (2, applied), (1, applied)];
        assert_eq!(found, expected, "{most} at once");
    }
}

#[tokio::test]
async fn only_what_was_made_counts() {
    let filled = Filled::new().await;
    filled.users(1, &[(1, "ann")]).await;
    let end = Some(Watermark { data_type: DataType::User, uid: "z".into() });
    let applied = |id| Task { watermark: end.clone(), ..task(id, 1, Status::Success) };
    filled.task(&applied(1), vec![change("u1", Op::Create, None)]).await;
    let dry = Task { dry_run: true, ..applied(2) };
    filled.task(&dry, vec![change("u1", Op::Update, None)]).await;
    for (id, status) in [(3, Status::Held), (4, Status::Cancelled)] {
        filled.task(&task(id, 1, status), vec![change("u1", Op::Delete, None)]).await;
    }
    for (id, outcome) in [(5, Outcome::Failed), (6, Outcome::Skipped)] {
        filled.task(&applied(id), vec![change("u1", Op::Create, Some(outcome))]).await;
    }
    let links = records::links(filled.reader(), DIALECT, DataType::User, [LocalId(1)]).await.unwrap();
    let looked = of_row(filled.reader(), DIALECT, DataType::User, &links, None, 100).await.unwrap();
    let found: Vec<i64> = looked.found.iter().map(|(task, _)| task.id.0).collect();
    assert_eq!(found, [1]);
}
