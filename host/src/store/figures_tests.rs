//! Figures against rows that were counted by hand.

use super::*;
use crate::domain::counts::{Counts, TypeCounts};
use crate::domain::task::Task;
use crate::store::testing::{DIALECT, Filled, task};

#[tokio::test]
async fn whoever_is_deleted_is_neither_enabled_nor_disabled() {
    let filled = Filled::new().await;
    assert_eq!(users(filled.reader(), DIALECT).await.unwrap(), Headcount::default());
    assert_eq!(departments(filled.reader(), DIALECT).await.unwrap(), Headcount::default());
    filled.users(1, &[(1, "ann"), (2, "bob"), (3, "cy"), (4, "dora"), (5, "eve")]).await;
    filled.disable_users(&[2, 3]).await;
    filled.delete_users(&[3, 4]).await;
    let expected = Headcount { enabled: 2, disabled: 1, deleted: 2 };
    assert_eq!(users(filled.reader(), DIALECT).await.unwrap(), expected);
    filled.department(1, "Dev", None, None).await;
    filled.department(2, "Ops", None, None).await;
    filled.delete_department(2).await;
    let expected = Headcount { enabled: 1, disabled: 0, deleted: 1 };
    assert_eq!(departments(filled.reader(), DIALECT).await.unwrap(), expected);
}

#[tokio::test]
async fn a_day_has_what_its_tasks_wrote() {
    let filled = Filled::new().await;
    let user =
        TypeCounts { created: 5, updated: 3, disabled: 1, deleted: 1, failed: 2, ..TypeCounts::default() };
    let department = TypeCounts { created: 1, ..TypeCounts::default() };
    let counts = Counts { user, department };
    // (status, dry run, created at, cost)
    let tasks = [
        (Status::Success, false, 99, 1),
        (Status::Success, false, 100, 10),
        (Status::Partial, false, 150, 30),
        (Status::Success, true, 150, 20),
        (Status::Held, false, 160, 7_000),
        (Status::Failed, false, 199, 9_000),
        (Status::Success, false, 200, 1),
    ];
    for (id, (status, dry_run, created_at, cost_ms)) in (1..).zip(tasks) {
        let task = Task { counts, dry_run, created_at, cost_ms, ..task(id, 1, status) };
        filled.task(&task, Vec::new()).await;
    }
    let found = day(filled.reader(), DIALECT, 100..200).await.unwrap();
    let expected = Day {
        tasks: BTreeMap::from([("failed", 1), ("held", 1), ("partial", 1), ("success", 2)]),
        created: 12,
        updated: 6,
        removed: 4,
        failed: 4,
        median_ms: Some(20),
        longest_ms: Some(30),
    };
    assert_eq!(found, expected);
    assert_eq!(day(filled.reader(), DIALECT, 300..400).await.unwrap(), Day::default());
}
