//! Who is to come into which group, and who is to leave one: what changes about it in a run of users, by group.
//! A user's change is done only when their memberships are.

use std::collections::{BTreeMap, HashMap};

use orgsync_plugin_api::{PluginError, tracing};
use serde_json::{Map, Value};

use crate::delivery::Delivery;
use crate::fault::{Fault, Reach};
use crate::mapping::{Membership, read_user};
use crate::operation::{Kind, quote};
use crate::reading;
use crate::resource::{Goal, Item};

/// A user in more groups than this is taken for a search that does not filter.
const MOST_GROUPS: usize = 50;

/// A change of one user's place in one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    /// The user's change, by its place in the batch.
    pub(crate) at: usize,
    /// The user's id.
    pub(crate) user: String,
    pub(crate) act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Add,
    Remove,
}

impl Delivery<'_> {
    /// Brings the memberships of users up to date who are written, or about to be deleted.
    pub(crate) fn write_members<'i>(&mut self, items: impl Iterator<Item = &'i Item<'i>>) {
        let mut moves: Vec<(Membership, Move)> = Vec::new();
        for item in items {
            if self.has_failed(item.at) {
                continue;
            }
            let Some(user) = item.member_id() else { continue };
            // Of a user who is known, or was created just now, nothing has to be asked: there may be nothing to do.
            let needs_answers = !item.is_known() && !item.is_new;
            if let Some(fault) = self.stop().filter(|_| needs_answers) {
                self.fail(item.at, fault.of_part());
                continue;
            }
            match self.moves_of(item, user) {
                Ok(all) => {
                    let all = all.into_iter();
                    moves.extend(
                        all.map(|(place, act)| (place, Move { at: item.at, user: user.to_owned(), act })),
                    );
                }
                Err(fault) => self.fail(item.at, fault.of_part()),
            }
        }
        if moves.is_empty() {
            return;
        }
        self.find_groups(&moves);
        let mut by_group: BTreeMap<String, Vec<Move>> = BTreeMap::new();
        for (place, change) in moves {
            match (place.id.or_else(|| self.memory.group(&place.uid).map(str::to_owned)), change.act) {
                (Some(group), _) => by_group.entry(group).or_default().push(change),
                // No group, no members.
                (None, Act::Remove) => {}
                (None, Act::Add) => {
                    let message = format!("the department {} is not in the service yet", place.uid);
                    self.fail(change.at, Fault::of_change(PluginError::transient(message)));
                }
            }
        }
        match self.stop() {
            Some(fault) => by_group.values().for_each(|moves| self.fail_moves(moves, &fault)),
            None => self.change_groups(by_group),
        }
    }

    pub(crate) fn fail_moves(&mut self, moves: &[Move], fault: &Fault) {
        for one in moves {
            self.fail(one.at, fault.clone().of_part());
        }
    }

    /// The groups that a user comes into and leaves.
    fn moves_of(&mut self, item: &Item<'_>, user: &str) -> Result<Vec<(Membership, Act)>, Fault> {
        let after = match item.goal {
            Goal::Present(_) => departments(item.change.record.as_ref()),
            Goal::Deactivated(_) | Goal::Absent => Vec::new(),
        };
        if item.is_known() {
            return Ok(differences(&departments(item.change.before.as_ref()), &after));
        }
        let mut moves = differences(&[], &after);
        if !item.is_new {
            // Nobody knows which groups they are in.
            for group in self.groups_of(item, user)? {
                let is_wanted = after.iter().any(|place| {
                    place.id.as_deref() == Some(&group) || self.memory.group(&place.uid) == Some(&group)
                });
                if !is_wanted && self.is_ours(&group)? {
                    moves.push((Membership { uid: String::new(), id: Some(group) }, Act::Remove));
                }
            }
        }
        Ok(moves)
    }

    /// The groups that a user is in, as far as the service tells.
    fn groups_of(&mut self, item: &Item<'_>, user: &str) -> Result<Vec<String>, Fault> {
        let shown = match item.there.as_ref().and_then(|there| reading::references(there, "groups")) {
            Some(groups) => Some(groups),
            None => match self.provider.get(&Kind::User.path(user)) {
                Ok(there) => reading::references(&there, "groups"),
                Err(fault) if fault.is(&[404, 410]) => return Ok(Vec::new()),
                Err(fault) if fault.refusal.is_some() && fault.reach == Reach::This => None,
                Err(fault) => return Err(fault),
            },
        };
        if let Some(groups) = shown.filter(|groups| !groups.is_empty()) {
            return Ok(groups);
        }
        match self.provider.search(Kind::Group, &format!("members.value eq {}", quote(user))) {
            Ok(groups) if groups.len() <= MOST_GROUPS => {
                let id = |group: Value| Some(group["id"].as_str()?.to_owned());
                Ok(groups.into_iter().filter_map(id).collect())
            }
            Err(fault) if fault.reach == Reach::All => Err(fault),
            _ => {
                tracing::debug!(user, "the service does not tell which groups a user is in");
                Ok(Vec::new())
            }
        }
    }

    /// Whether a group is a department's: others are none of orgsync's business.
    fn is_ours(&mut self, group: &str) -> Result<bool, Fault> {
        if self.memory.owner(Kind::Group, group).is_some() {
            return Ok(true);
        }
        if let Some(known) = self.memory.ours.get(group) {
            return Ok(*known);
        }
        let path = format!("{}?excludedAttributes=members", Kind::Group.path(group));
        let is_ours = match self.provider.get(&path) {
            Ok(there) => {
                let uid = there["externalId"].as_str().unwrap_or_default();
                !uid.is_empty() && uid.bytes().all(|byte| byte.is_ascii_digit())
            }
            Err(fault) if fault.reach == Reach::All => return Err(fault),
            Err(_) => false,
        };
        self.memory.ours.insert(group.to_owned(), is_ours);
        Ok(is_ours)
    }

    /// Looks for the groups that nobody told the ids of.
    fn find_groups(&mut self, moves: &[(Membership, Move)]) {
        let mut unknown: Vec<&str> = moves
            .iter()
            .filter(|(place, _)| place.id.is_none() && self.memory.group(&place.uid).is_none())
            .map(|(place, _)| place.uid.as_str())
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return;
        }
        match self.provider.find(Kind::Group, &unknown) {
            Ok(found) => {
                for (uid, groups) in found {
                    let ids: Vec<&str> = groups.iter().filter_map(|group| group["id"].as_str()).collect();
                    if let [id] = ids.as_slice()
                        && self.memory.claim(Kind::Group, id, &uid).is_ok()
                    {
                        self.memory.remember_group(&uid, id);
                    }
                }
            }
            Err(fault) => {
                for (place, change) in moves.iter().filter(|(place, _)| unknown.contains(&place.uid.as_str()))
                {
                    let message =
                        format!("looking for the department {}: {}", place.uid, fault.error.message);
                    let error = PluginError { message, ..fault.error.clone() };
                    self.fail(change.at, Fault { error, ..fault.clone() }.of_part());
                }
            }
        }
    }
}

fn departments(record: Option<&Map<String, Value>>) -> Vec<Membership> {
    record.and_then(|record| read_user(record).ok()).map(|user| user.departments).unwrap_or_default()
}

/// What is to be done to get from some memberships to others. A group that was replaced by another is one to
/// come into.
fn differences(before: &[Membership], after: &[Membership]) -> Vec<(Membership, Act)> {
    let is_same = |one: &Membership, other: &Membership| {
        one.uid == other.uid && (one.id == other.id || one.id.is_none() || other.id.is_none())
    };
    let added = after.iter().filter(|place| !before.iter().any(|other| is_same(other, place)));
    let removed = before.iter().filter(|place| !after.iter().any(|other| other.uid == place.uid));
    // By uid, so that a department that is named twice counts once.
    let all: HashMap<String, (Membership, Act)> = added
        .map(|place| (place, Act::Add))
        .chain(removed.map(|place| (place, Act::Remove)))
        .map(|(place, act)| (place.uid.clone(), (place.clone(), act)))
        .collect();
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by(|(one, _), (other, _)| one.uid.cmp(&other.uid));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(places: &[(&str, Option<&str>)]) -> Vec<Membership> {
        let place = |(uid, id): &(&str, Option<&str>)| Membership {
            uid: (*uid).to_owned(),
            id: id.map(str::to_owned),
        };
        places.iter().map(place).collect()
    }

    #[test]
    fn only_what_differs_is_moved() {
        let check = |before: &[&str], after: &[&str], expected: &[(&str, Act)]| {
            let all = |uids: &[&str]| places(&uids.iter().map(|uid| (*uid, None)).collect::<Vec<_>>());
            let moves = differences(&all(before), &all(after));
            let moves: Vec<_> = moves.iter().map(|(place, act)| (place.uid.as_str(), *act)).collect();
            assert_eq!(moves, expected);
        };
        check(&["1", "2"], &["2", "1"], &[]);
        check(&["1", "2"], &["2", "3", "3"], &[("1", Act::Remove), ("3", Act::Add)]);
        check(&[], &["1"], &[("1", Act::Add)]);
        check(&["1"], &[], &[("1", Act::Remove)]);
    }

    #[test]
    fn a_group_that_was_replaced_is_come_into() {
        let moves = |before: Option<&str>, after: Option<&str>| {
            differences(&places(&[("1", before)]), &places(&[("1", after)]))
        };
        assert_eq!(moves(Some("old"), Some("new")).len(), 1);
        assert!(moves(Some("g"), Some("g")).is_empty());
        assert!(moves(None, Some("g")).is_empty());
    }
}
