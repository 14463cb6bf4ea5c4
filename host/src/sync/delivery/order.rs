//! The order in which departments are sent: parents before those below them, or the other way round.

use std::collections::HashMap;

use crate::domain::ids::LocalId;

/// Sorts departments so that each stands after its parent, if that is among them; `parents` says who that
/// is. Departments on one level keep their order. What stands in a circle counts as far down.
pub(super) fn parents_first(mut ids: Vec<LocalId>, parents: &HashMap<i64, i64>) -> Vec<LocalId> {
    let mut depths: HashMap<i64, usize> = HashMap::with_capacity(ids.len());
    for id in &ids {
        let (mut path, mut at) = (Vec::new(), id.0);
        let base = loop {
            if let Some(depth) = depths.get(&at) {
                break depth + 1;
            }
            path.push(at);
            match parents.get(&at) {
                Some(parent) if path.len() <= parents.len() => at = *parent,
                _ => break 0,
            }
        };
        for (above, id) in path.into_iter().rev().enumerate() {
            depths.entry(id).or_insert(base + above);
        }
    }
    ids.sort_by_key(|id| depths.get(&id.0).copied().unwrap_or_default());
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_before_their_children() {
        fn check(ids: &[i64], parents: &[(i64, i64)], expected: &[i64]) {
            let ids = ids.iter().copied().map(LocalId).collect();
            let sorted = parents_first(ids, &parents.iter().copied().collect());
            assert_eq!(sorted.iter().map(|id| id.0).collect::<Vec<_>>(), expected);
        }
        check(&[1, 2, 3], &[], &[1, 2, 3]);
        check(&[1, 2, 3], &[(1, 2), (2, 3)], &[3, 2, 1]);
        check(&[4, 1, 2, 3], &[(4, 9), (1, 2), (3, 2)], &[2, 4, 1, 3]);
        let circle = parents_first(vec![LocalId(5), LocalId(6)], &HashMap::from([(5, 6), (6, 5)]));
        assert_eq!(circle.len(), 2, "nobody is lost in a circle");
    }
}
