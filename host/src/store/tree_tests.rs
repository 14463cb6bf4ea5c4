//! The order of siblings, its pages, and which of them can be opened.

use super::*;
use crate::store::testing::{DIALECT, Filled};

async fn titles(filled: &Filled, parent: Option<i64>, after: Option<i64>, limit: u64) -> Vec<String> {
    let found = children(filled.reader(), DIALECT, parent.map(LocalId), after.map(LocalId), limit);
    let mark = |branch: &Branch| if branch.has_children { "+" } else { "" };
    let title = |branch: &Branch| format!("{}{}", branch.department.title, mark(branch));
    found.await.unwrap().iter().map(title).collect()
}

#[tokio::test]
async fn siblings_stand_by_sort_then_by_title() {
    let filled = Filled::new().await;
    filled.department(1, "Head office", None, None).await;
    filled.department(2, "b", Some("d1"), None).await;
    filled.department(3, "A", Some("d1"), None).await;
    filled.department(4, "Last by name, first by sort", Some("d1"), Some(-1.5)).await;
    filled.department(5, "a", Some("d1"), Some(2.0)).await;
    filled.department(6, "Below b", Some("d2"), None).await;
    filled.department(7, "Gone", Some("d3"), None).await;
    filled.department(8, "Of a parent that never came", Some("d99"), None).await;
    filled.department(9, "Of one that went", Some("d7"), None).await;
    filled.delete_department(7).await;
    let roots = ["Head office+", "Of a parent that never came", "Of one that went"];
    assert_eq!(titles(&filled, None, None, 10).await, roots);
    let all = ["Last by name, first by sort", "a", "A", "b+"];
    assert_eq!(titles(&filled, Some(1), None, 10).await, all);
    assert_eq!(titles(&filled, Some(1), None, 2).await, all[..2]);
    assert_eq!(titles(&filled, Some(1), Some(5), 2).await, all[2..]);
    assert_eq!(titles(&filled, Some(1), Some(2), 2).await, [""; 0]);
    assert_eq!(titles(&filled, Some(3), None, 10).await, [""; 0]);
    assert_eq!(titles(&filled, Some(2), None, 10).await, ["Below b"]);
}
