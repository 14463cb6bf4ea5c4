//! The order in which departments are sent: parents before those below them, or the other way round.

use std::collections::{BTreeMap, HashMap};

use crate::domain::ids::LocalId;

/// The departments level by level, so that each stands behind its parent, if that is among them; `parents` says
/// who that is. Departments on one level keep their order. What stands in a circle counts as far down.
pub(super) fn levels(ids: Vec<LocalId>, parents: &HashMap<i64, i64>) -> Vec<Vec<LocalId>> {
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
    let mut levels: BTreeMap<usize, Vec<LocalId>> = BTreeMap::new();
    for id in ids {
        levels.entry(depths.get(&id.0).copied().unwrap_or_default()).or_default().push(id);
    }
    levels.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_before_their_children() {
        fn check(ids: &[i64], parents: &[(i64, i64)], expected: &[&[i64]]) {
            let ids = ids.iter().copied().map(LocalId).collect();
            let levels = levels(ids, &parents.iter().copied().collect());
            let levels: Vec<Vec<i64>> =
                levels.iter().map(|level| level.iter().map(|id| id.0).collect()).collect();
            assert_eq!(levels, expected);
        }
        check(&[1, 2, 3], &[], &[&[1, 2, 3]]);
        check(&[1, 2, 3], &[(1, 2), (2, 3)], &[&[3], &[2], &[1]]);
        // The parent of 4 is not among them.
        check(&[4, 1, 2, 3], &[(1, 2), (3, 2)], &[&[4, 2], &[1, 3]]);
        let circle = levels(vec![LocalId(5), LocalId(6)], &HashMap::from([(5, 6), (6, 5)]));
        assert_eq!(circle.iter().map(Vec::len).sum::<usize>(), 2, "nobody is lost in a circle");
    }
}
