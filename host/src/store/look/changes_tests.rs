//! What each filter of changes finds, however small the steps are.

use std::time::Duration;

use super::*;
use crate::domain::change::Op;
use crate::domain::data_type::DataType;
use crate::domain::task::Status;
use crate::store::testing::{DIALECT, Filled, change, task};

/// A task that came as far as `u5` of nine users: 2 and 9 failed, 4 was skipped, 6 is a disable.
async fn filled() -> (Filled, Task) {
    let filled = Filled::new().await;
    let watermark = Some(Watermark { data_type: DataType::User, uid: "u5".into() });
    let task = Task { watermark, ..task(1, 1, Status::Failed) };
    let plan = (1..10).map(|n| {
        let op = if n == 6 { Op::Disable } else { Op::Update };
        let outcome = match n {
            2 | 9 => Some(Outcome::Failed),
            4 => Some(Outcome::Skipped),
            _ => None,
        };
        change(&format!("u{n}"), op, outcome)
    });
    filled.task(&task, plan.collect()).await;
    (filled, task)
}

#[tokio::test]
async fn filters_find_the_same_in_small_steps_as_at_once() {
    let (filled, task) = filled().await;
    let op = Some(Op::Disable);
    let cases: [(ChangeFilter, &[u32]); 8] = [
        (ChangeFilter::default(), &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (ChangeFilter { outcome: Some(Outcome::Failed), ..ChangeFilter::default() }, &[2, 9]),
        (ChangeFilter { outcome: Some(Outcome::Skipped), ..ChangeFilter::default() }, &[4]),
        (ChangeFilter { outcome: Some(Outcome::Applied), ..ChangeFilter::default() }, &[1, 3, 5]),
        (ChangeFilter { outcome: Some(Outcome::Pending), ..ChangeFilter::default() }, &[6, 7, 8]),
        (ChangeFilter { op, ..ChangeFilter::default() }, &[6]),
        (ChangeFilter { op, outcome: Some(Outcome::Failed), ..ChangeFilter::default() }, &[]),
        (ChangeFilter { data_type: Some(DataType::Department), op, ..ChangeFilter::default() }, &[]),
    ];
    for (filter, expected) in cases {
        for window in [1, 4, 100] {
            for patience in [Duration::MAX, Duration::ZERO] {
                let found = all(&filled, &task, filter.clone(), Pace { patience, window }).await;
                assert_eq!(found, expected, "{filter:?} {window} {patience:?}");
            }
        }
    }
}

async fn all(filled: &Filled, task: &Task, mut filter: ChangeFilter, pace: Pace) -> Vec<u32> {
    let mut found = Vec::new();
    loop {
        let looked = changes(filled.reader(), DIALECT, task, &filter, 100, pace).await.unwrap();
        found.extend(looked.found.iter().map(|change| change.uid[1..].parse::<u32>().unwrap()));
        match looked.until {
            Some(until) => filter.after = Some(until),
            None => return found,
        }
    }
}

#[tokio::test]
async fn the_outcome_is_spelled_out_and_a_page_ends_where_it_is_full() {
    let (filled, task) = filled().await;
    let filter = ChangeFilter { outcome: Some(Outcome::Pending), ..ChangeFilter::default() };
    let looked = changes(filled.reader(), DIALECT, &task, &filter, 2, Pace::PAGE).await.unwrap();
    let outcomes: Vec<_> = looked.found.iter().map(|change| change.outcome).collect();
    assert_eq!((outcomes, looked.until), (vec![Some(Outcome::Pending); 2], None));
}
