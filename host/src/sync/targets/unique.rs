//! Who may have a username or an e-mail when several want it: the careful way of writing a batch, taken
//! when the quick one met a unique index. Values may be swapped, also with users whose change comes
//! later in the same plan: that change is called for and written together with this batch.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use sea_orm::ConnectionTrait;

use crate::domain::change::Op;
use crate::domain::fields;
use crate::domain::fold;
use crate::domain::ids::LocalId;
use crate::domain::policy::MatchKey;
use crate::store::{StoreError, users};

use super::super::holder::{self, Holder};
use super::{Scope, Write};

/// The fields that are unique among users who are not deleted.
const UNIQUE: [MatchKey; 2] = [MatchKey::Username, MatchKey::Email];

/// What stands in the way of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Conflicts {
    /// Writes that can't be, by their place in the batch, with the reason.
    pub(crate) refused: BTreeMap<usize, String>,
    /// Users outside the batch who have a wanted value, each with those who want it.
    pub(crate) holders: BTreeMap<LocalId, Vec<(usize, String)>>,
    /// Writes that give a value away, each with who gets it, and why not if the write is refused.
    gifts: HashMap<usize, Vec<(usize, String)>>,
}

impl Conflicts {
    /// Refuses a write, and with it all who would get a value that it or they would have given away.
    pub(crate) fn refuse(&mut self, index: usize, reason: String) {
        let mut waiting = vec![(index, reason)];
        while let Some((index, reason)) = waiting.pop() {
            if let Entry::Vacant(entry) = self.refused.entry(index) {
                entry.insert(reason);
                waiting.extend(self.gifts.remove(&index).into_iter().flatten());
            }
        }
    }
}

/// What is known of those who have wanted values.
#[derive(Debug, Default)]
struct Whose {
    known: HashMap<LocalId, Holder>,
    match_key: Option<MatchKey>,
}

impl Whose {
    fn taken(&self, key: MatchKey, given: &str, holder: LocalId) -> String {
        let explained = self.known.get(&holder).map(|holder| holder.explain(key, self.match_key));
        format!("{key}: {given} is already used by user {holder}{}", explained.unwrap_or_default())
    }
}

/// Finds the conflicts of a batch.
pub(crate) async fn conflicts<C: ConnectionTrait>(
    tx: &C,
    scope: Scope,
    match_key: Option<MatchKey>,
    writes: &[Write],
) -> Result<Conflicts, StoreError> {
    let mut conflicts = Conflicts::default();
    let mut losers = Vec::new();
    for key in UNIQUE {
        let wanted = wanted(writes, key);
        let holders = users::holders(tx, scope.dialect, key, wanted.keys().map(String::as_str)).await?;
        let holders: HashMap<String, LocalId> = holders.into_iter().collect();
        let known = holder::holders(tx, scope, holders.values().copied()).await?;
        let whose = Whose { known, match_key };
        losers.extend(judge(key, writes, &wanted, &holders, &whose, &mut conflicts));
    }
    for (index, reason) in losers {
        conflicts.refuse(index, reason);
    }
    Ok(conflicts)
}

/// Decides who gets each wanted value, and returns who does not. Pure.
fn judge(
    key: MatchKey,
    writes: &[Write],
    wanted: &BTreeMap<String, Vec<usize>>,
    holders: &HashMap<String, LocalId>,
    whose: &Whose,
    conflicts: &mut Conflicts,
) -> Vec<(usize, String)> {
    let mut losers = Vec::new();
    let place: HashMap<LocalId, usize> =
        writes.iter().enumerate().map(|(index, write)| (write.id, index)).collect();
    for (value, wanting) in wanted {
        let holder = holders.get(value).copied();
        let keeps = wanting.iter().copied().find(|index| Some(writes[*index].id) == holder);
        let winner = keeps.unwrap_or(wanting[0]);
        for loser in wanting.iter().copied().filter(|index| *index != winner) {
            let given = given(&writes[loser], key);
            let reason = match keeps {
                Some(_) => whose.taken(key, &given, writes[winner].id),
                None => format!("{key}: {given} is given to another record of this task as well"),
            };
            losers.push((loser, reason));
        }
        let Some(holder) = holder.filter(|_| keeps.is_none()) else { continue };
        let reason = whose.taken(key, &given(&writes[winner], key), holder);
        match place.get(&holder) {
            Some(index) if gives_away(&writes[*index], key, value) => {
                conflicts.gifts.entry(*index).or_default().push((winner, reason));
            }
            Some(_) => losers.push((winner, reason)),
            None => conflicts.holders.entry(holder).or_default().push((winner, reason)),
        }
    }
    losers
}

/// Which writes want which folded value.
fn wanted(writes: &[Write], key: MatchKey) -> BTreeMap<String, Vec<usize>> {
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, write) in writes.iter().enumerate() {
        if let Some(value) = value_after(write, key).filter(|_| write.writes_values()) {
            wanted.entry(value).or_default().push(index);
        }
    }
    wanted
}

fn gives_away(write: &Write, key: MatchKey, value: &str) -> bool {
    match write.op {
        Op::Delete => true,
        Op::Create | Op::Update => value_after(write, key).as_deref() != Some(value),
        Op::Disable | Op::Unlink | Op::Reject => false,
    }
}

fn value_after(write: &Write, key: MatchKey) -> Option<String> {
    fold::key(text_after(write, key))
}

/// The value as it was given.
fn given(write: &Write, key: MatchKey) -> String {
    text_after(write, key).unwrap_or_default().trim().to_owned()
}

fn text_after(write: &Write, key: MatchKey) -> Option<&str> {
    let given = write.given.get(key.as_str());
    let before = || write.row.as_ref().and_then(|row| fields::text(&row.fields, key.as_str()));
    given.map_or_else(before, serde_json::Value::as_str)
}

#[cfg(test)]
#[path = "unique_tests.rs"]
mod tests;
