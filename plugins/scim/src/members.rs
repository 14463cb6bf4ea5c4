//! Who is in which group: what changes about it in a run of users, merged for each group, and sent in chunks.
//! A user's change is done only when their memberships are.

use std::collections::{BTreeMap, HashMap};

use orgsync_plugin_api::PluginError;
use serde_json::{Map, Value, json};

use crate::delivery::Delivery;
use crate::fault::Fault;
use crate::features::{Updates, Versions};
use crate::mapping::{Membership, read_user};
use crate::operation::{Kind, Method, Operation};
use crate::resource::{Goal, Item};

/// A change of one user's place in one group.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Move {
    /// The user's change, by its place in the batch.
    at: usize,
    /// The user's id.
    user: String,
    act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Add,
    Remove,
}

/// Moves in one group that are made with one request.
#[derive(Debug)]
struct Chunk {
    group: String,
    moves: Vec<Move>,
}

impl Delivery<'_> {
    /// Brings the memberships of users up to date who are written, or about to be deleted.
    pub(crate) fn write_members<'i>(&mut self, items: impl Iterator<Item = &'i Item<'i>>) {
        let mut moves: Vec<(Membership, Move)> = Vec::new();
        for item in items.filter(|item| !self.has_failed(item.at)) {
            let Some(user) = item.member_id() else { continue };
            let all = moves_of(item).into_iter();
            moves.extend(all.map(|(place, act)| (place, Move { at: item.at, user: user.to_owned(), act })));
        }
        if let Some(fault) = self.stop() {
            return moves.iter().for_each(|(_, change)| self.fail(change.at, fault.clone()));
        }
        if moves.is_empty() {
            return;
        }
        self.find_groups(&moves);
        let mut by_group: BTreeMap<String, Vec<Move>> = BTreeMap::new();
        for (place, change) in moves {
            match (place.id.or_else(|| self.groups.get(&place.uid).cloned()), change.act) {
                (Some(group), _) => by_group.entry(group).or_default().push(change),
                // No group, no members.
                (None, Act::Remove) => {}
                (None, Act::Add) => {
                    let message = format!("the department {} is not in the service yet", place.uid);
                    self.fail(change.at, Fault::of_change(PluginError::transient(message)));
                }
            }
        }
        if let Some(fault) = self.stop() {
            return by_group.values().for_each(|moves| self.fail_moves(moves, &fault));
        }
        match self.provider.features() {
            Ok(features) if features.updates == Updates::Put => self.put_groups(by_group, features.versions),
            Ok(_) => self.patch_groups(by_group),
            Err(fault) => by_group.values().for_each(|moves| self.fail_moves(moves, &fault)),
        }
    }

    fn fail_moves(&mut self, moves: &[Move], fault: &Fault) {
        for one in moves {
            self.fail(one.at, fault.clone());
        }
    }

    /// Looks for the groups that nobody told the ids of.
    fn find_groups(&mut self, moves: &[(Membership, Move)]) {
        let mut unknown: Vec<&str> = moves
            .iter()
            .filter(|(place, _)| place.id.is_none() && !self.groups.contains_key(&place.uid))
            .map(|(place, _)| place.uid.as_str())
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return;
        }
        match self.provider.find(Kind::Group, &unknown) {
            Ok(found) => {
                let ids = found.into_iter().filter_map(|(uid, groups)| {
                    let id = groups.first()?["id"].as_str()?.to_owned();
                    Some((uid, id))
                });
                self.groups.extend(ids);
            }
            Err(fault) => {
                for (place, change) in moves.iter().filter(|(place, _)| unknown.contains(&place.uid.as_str()))
                {
                    let message =
                        format!("looking for the department {}: {}", place.uid, fault.error.message);
                    let error = PluginError { message, ..fault.error.clone() };
                    self.fail(change.at, Fault { error, ..fault.clone() });
                }
            }
        }
    }

    fn patch_groups(&mut self, by_group: BTreeMap<String, Vec<Move>>) {
        let size = self.rules.member_chunk;
        let chunks: Vec<Chunk> = by_group
            .into_iter()
            .flat_map(|(group, moves)| {
                let chunks: Vec<_> = moves
                    .chunks(size)
                    .map(|moves| Chunk { group: group.clone(), moves: moves.to_vec() })
                    .collect();
                chunks
            })
            .collect();
        let operations: Vec<Operation> = chunks.iter().map(Chunk::operation).collect();
        let replies = self.provider.write_all(&operations);
        for (chunk, reply) in chunks.into_iter().zip(replies) {
            if let Err(fault) = reply {
                self.mend(chunk, fault);
            }
        }
    }

    /// Finds the move that a chunk is refused for. To take somebody away who is not there is no mistake.
    fn mend(&mut self, chunk: Chunk, fault: Fault) {
        match chunk.moves.as_slice() {
            [one] if one.act == Act::Remove && (fault.is_no_target() || fault.is(&[404])) => {}
            [_, _, ..] if fault.is_of_content() => {
                let (first, second) = chunk.moves.split_at(chunk.moves.len() / 2);
                for moves in [first, second] {
                    let half = Chunk { group: chunk.group.clone(), moves: moves.to_vec() };
                    let result = match self.stop() {
                        Some(fault) => Err(fault),
                        None => self.provider.write(&half.operation()),
                    };
                    if let Err(fault) = result {
                        self.mend(half, fault);
                    }
                }
            }
            moves => {
                let error = named(&chunk.group, &fault);
                self.fail_moves(moves, &Fault { error, ..fault });
            }
        }
    }

    /// Writes whole groups, for services that know nothing else.
    fn put_groups(&mut self, by_group: BTreeMap<String, Vec<Move>>, versions: Versions) {
        for (group, moves) in by_group {
            let mut result = match self.stop() {
                Some(fault) => Err(fault),
                None => self.put_group(&group, &moves, versions),
            };
            if result.as_ref().is_err_and(|fault| fault.is(&[412, 428])) {
                result = self.put_group(&group, &moves, Versions::Offered);
            }
            if let Err(fault) = result {
                let error = named(&group, &fault);
                self.fail_moves(&moves, &Fault { error, ..fault });
            }
        }
    }

    fn put_group(&mut self, group: &str, moves: &[Move], versions: Versions) -> Result<(), Fault> {
        let path = Kind::Group.path(group);
        let mut resource = match self.provider.get(&path) {
            Ok(resource) => resource,
            // No group, no members.
            Err(fault) if fault.is(&[404]) && moves.iter().all(|one| one.act == Act::Remove) => return Ok(()),
            Err(fault) => return Err(fault),
        };
        let Some(members) = moved(&resource["members"], moves) else { return Ok(()) };
        let version = resource["meta"]["version"].as_str().map(str::to_owned);
        let version = version.filter(|_| versions == Versions::Offered);
        resource["members"] = members;
        if let Some(resource) = resource.as_object_mut() {
            resource.remove("meta");
        }
        self.provider.write(&Operation { method: Method::Put, path, version, body: resource }).map(drop)
    }
}

/// The groups that a user comes into and leaves.
fn moves_of(item: &Item<'_>) -> Vec<(Membership, Act)> {
    let departments = |record: Option<&Map<String, Value>>| {
        record.and_then(|record| read_user(record).ok()).map(|user| user.departments).unwrap_or_default()
    };
    let after = match item.goal {
        Goal::Present(_) => departments(item.change.record.as_ref()),
        Goal::Deactivated(_) | Goal::Absent => Vec::new(),
    };
    // Whoever was created or found just now may not be in any of them.
    let before = if item.is_known() { departments(item.change.before.as_ref()) } else { Vec::new() };
    differences(before, after)
}

impl Chunk {
    fn operation(&self) -> Operation {
        let of = |act: Act| {
            self.moves.iter().filter(|one| one.act == act).map(|one| one.user.as_str()).collect::<Vec<_>>()
        };
        Operation::members(&self.group, &of(Act::Add), &of(Act::Remove))
    }
}

/// What is to be done to get from some memberships to others.
fn differences(before: Vec<Membership>, after: Vec<Membership>) -> Vec<(Membership, Act)> {
    let is_in = |places: &[Membership], uid: &str| places.iter().any(|place| place.uid == uid);
    let added =
        after.iter().filter(|place| !is_in(&before, &place.uid)).map(|place| (place.clone(), Act::Add));
    let removed = before.iter().filter(|place| !is_in(&after, &place.uid));
    // By uid, so that a department that is named twice counts once.
    let all: HashMap<String, (Membership, Act)> = added
        .chain(removed.map(|place| (place.clone(), Act::Remove)))
        .map(|(place, act)| (place.uid.clone(), (place, act)))
        .collect();
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by(|(one, _), (other, _)| one.uid.cmp(&other.uid));
    all
}

/// A group's members after some moves; `None` if that changes nothing.
fn moved(members: &Value, moves: &[Move]) -> Option<Value> {
    let before = members.as_array().cloned().unwrap_or_default();
    let mut after = before.clone();
    for one in moves {
        match one.act {
            Act::Remove => after.retain(|member| member["value"] != json!(one.user)),
            Act::Add if after.iter().any(|member| member["value"] == json!(one.user)) => {}
            Act::Add => after.push(json!({"value": one.user})),
        }
    }
    (after != before).then_some(Value::Array(after))
}

fn named(group: &str, fault: &Fault) -> PluginError {
    let error = fault.error.clone();
    if fault.is(&[404]) {
        return PluginError::config(format!(
            "the group {group} is gone from the service, or the user is: fill the target anew ({})",
            error.message
        ));
    }
    PluginError { message: format!("changing the members of the group {group}: {}", error.message), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(uids: &[&str]) -> Vec<Membership> {
        uids.iter().map(|uid| Membership { uid: (*uid).to_owned(), id: None }).collect()
    }

    #[test]
    fn only_what_differs_is_moved() {
        let check = |before: &[&str], after: &[&str], expected: &[(&str, Act)]| {
            let moves = differences(places(before), places(after));
            let moves: Vec<_> = moves.iter().map(|(place, act)| (place.uid.as_str(), *act)).collect();
            assert_eq!(moves, expected);
        };
        check(&["1", "2"], &["2", "1"], &[]);
        check(&["1", "2"], &["2", "3", "3"], &[("1", Act::Remove), ("3", Act::Add)]);
        check(&[], &["1"], &[("1", Act::Add)]);
        check(&["1"], &[], &[("1", Act::Remove)]);
    }

    #[test]
    fn members_of_others_stay() {
        let change = |user: &str, act: Act| Move { at: 0, user: user.to_owned(), act };
        let members = json!([{"value": "a", "display": "A"}, {"value": "b"}]);
        let moves = [change("b", Act::Remove), change("c", Act::Add), change("a", Act::Add)];
        let expected = json!([{"value": "a", "display": "A"}, {"value": "c"}]);
        assert_eq!(moved(&members, &moves), Some(expected));
        assert_eq!(moved(&members, &[change("a", Act::Add), change("z", Act::Remove)]), None);
        assert_eq!(moved(&Value::Null, &[change("z", Act::Remove)]), None);
    }
}
