//! How members are written: many with one request where that is possible, whole groups where the service knows
//! nothing else; and what is done about refusals. Whoever is in a group already is not added to it once more,
//! and an error about one member is not one about the others.

use std::collections::BTreeMap;

use orgsync_plugin_api::{PluginError, tracing};
use serde_json::{Value, json};

use crate::delivery::Delivery;
use crate::fault::{Fault, Reach};
use crate::features::{Updates, Versions};
use crate::members::{Act, Move};
use crate::operation::{Kind, Method, Operation};
use crate::reading;

/// How often a change is bound to a newer version after the group was changed by somebody else.
const VERSIONS: usize = 3;
/// After so many failures in a row it is not the members.
const MOST_FAILURES: usize = 12;
/// What the group is called with which a service is asked whether it shows members.
const QUESTION: &str = "orgsync-question";
/// How many of them are deleted at once that were left behind.
const MOST_QUESTIONS: usize = 10;

/// What the service told of moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Which have been made.
    All,
    Nothing,
}

/// Moves in one group that are made with one request.
#[derive(Debug)]
struct Chunk {
    group: String,
    moves: Vec<Move>,
}

impl Delivery<'_> {
    /// Makes the moves in these groups.
    pub(crate) fn change_groups(&mut self, by_group: BTreeMap<String, Vec<Move>>) {
        let features = match self.provider.features() {
            Ok(features) => features,
            Err(fault) => return by_group.values().for_each(|moves| self.fail_moves(moves, &fault)),
        };
        let size = match features.updates {
            Updates::Patch => self.rules.member_chunk,
            Updates::Put => usize::MAX,
        };
        let mut chunks = Vec::new();
        for (group, moves) in by_group {
            let parts = moves.chunks(size).map(|part| Chunk { group: group.clone(), moves: part.to_vec() });
            chunks.extend(parts);
        }
        let replies: Vec<Result<(), Fault>> =
            if features.updates == Updates::Patch && features.versions != Versions::Wanted {
                let operations: Vec<Operation> = chunks.iter().map(|chunk| chunk.operation(None)).collect();
                self.provider.write_all(&operations).into_iter().map(|reply| reply.map(drop)).collect()
            } else {
                chunks.iter().map(|chunk| self.change_group(&chunk.group, &chunk.moves)).collect()
            };
        for (chunk, reply) in chunks.into_iter().zip(replies) {
            if let Err(fault) = reply {
                self.settle_members(chunk, fault);
            }
        }
    }

    /// Finds the moves that a chunk is refused for: what is so already is left out, and the rest is halved.
    fn settle_members(&mut self, chunk: Chunk, fault: Fault) {
        let Chunk { group, moves } = chunk;
        let (mut failures, mut looked) = (0, false);
        let mut fault = fault;
        if fault.is_of_version() || fault.is_of_method() {
            match self.change_group(&group, &moves) {
                Ok(()) => return,
                Err(other) => fault = other,
            }
        }
        let mut open = vec![(moves, fault)];
        while let Some((moves, fault)) = open.pop() {
            let is_hopeless = !fault.leaves_open() || failures >= MOST_FAILURES;
            if let Some(fault) = self.stop().or_else(|| is_hopeless.then(|| fault.clone())) {
                self.refuse_moves(&group, &moves, &fault);
                continue;
            }
            let is_one = moves.len() == 1;
            let (left, told) = if is_one || !looked {
                self.not_yet_so(&group, &moves)
            } else {
                (moves.clone(), Told::Nothing)
            };
            looked = true;
            match left.as_slice() {
                [] => {}
                [one] if is_one => {
                    if told == Told::All || !is_so_all_the_same(one, &fault) {
                        self.refuse_moves(&group, &left, &fault);
                    }
                }
                _ => {
                    let size = if left.len() < moves.len() { left.len() } else { left.len().div_ceil(2) };
                    for part in left.chunks(size) {
                        match self.change_group(&group, part) {
                            Ok(()) => failures = 0,
                            Err(fault) => {
                                // What is refused for its content is looked through to the end.
                                failures = if fault.is_of_content() { 1 } else { failures + 1 };
                                open.push((part.to_vec(), fault));
                            }
                        }
                    }
                }
            }
        }
    }

    fn refuse_moves(&mut self, group: &str, moves: &[Move], fault: &Fault) {
        let error = named(group, fault);
        self.fail_moves(moves, &Fault { error, ..fault.clone() });
    }

    /// Those moves that have still to be made, as far as the service tells.
    fn not_yet_so(&mut self, group: &str, moves: &[Move]) -> (Vec<Move>, Told) {
        let members = match self.provider.get(&Kind::Group.path(group)) {
            Ok(there) => reading::references(&there, "members").filter(|members| !members.is_empty()),
            // No group, no members.
            Err(fault) if fault.is(&[404, 410]) => Some(Vec::new()),
            Err(_) => None,
        };
        if let Some(members) = members {
            let is_left = |one: &&Move| members.contains(&one.user) != (one.act == Act::Add);
            return (moves.iter().filter(is_left).cloned().collect(), Told::All);
        }
        // It shows no members; perhaps the user shows their groups. That is asked for one at a time.
        let [one] = moves else { return (moves.to_vec(), Told::Nothing) };
        let groups = match self.provider.get(&Kind::User.path(&one.user)) {
            Ok(there) => reading::references(&there, "groups"),
            // Whoever is gone is in no group.
            Err(fault) if fault.is(&[404, 410]) => Some(Vec::new()),
            Err(_) => None,
        };
        match groups.map(|groups| groups.iter().any(|other| other == group)) {
            Some(is_in) if is_in == (one.act == Act::Add) => (Vec::new(), Told::All),
            _ => (moves.to_vec(), Told::Nothing),
        }
    }

    /// Makes moves in one group with one request, for the version that is there if the service insists on that.
    fn change_group(&mut self, group: &str, moves: &[Move]) -> Result<(), Fault> {
        if let Some(fault) = self.stop() {
            return Err(fault);
        }
        let path = Kind::Group.path(group);
        let mut bound = self.provider.features()?.versions == Versions::Wanted;
        for left in (0..=VERSIONS).rev() {
            let features = self.provider.features()?;
            let result = match features.updates {
                Updates::Put => self.put_group(group, moves, bound || features.versions == Versions::Offered),
                Updates::Patch => {
                    let version = if bound { Some(self.provider.version_of(&path)?) } else { None };
                    self.provider.write(&operation(group, version, moves)).map(drop)
                }
            };
            match result {
                Err(fault) if fault.is_of_version() && left > 0 => {
                    bound = true;
                    if fault.is(&[428]) {
                        self.provider.want_versions();
                    }
                }
                Err(fault) if fault.is_of_method() && features.updates == Updates::Patch && left > 0 => {
                    self.provider.go_without_patch();
                }
                result => return result,
            }
        }
        Ok(())
    }

    /// Sends a whole group, for services that know nothing else.
    fn put_group(&mut self, group: &str, moves: &[Move], bound: bool) -> Result<(), Fault> {
        let path = Kind::Group.path(group);
        let mut resource = match self.provider.get(&path) {
            Ok(resource) => resource,
            // No group, no members.
            Err(fault) if fault.is(&[404]) && moves.iter().all(|one| one.act == Act::Remove) => return Ok(()),
            Err(fault) => return Err(fault),
        };
        self.with_all_members(group, &mut resource)?;
        let Some(members) = moved(&resource["members"], moves) else { return Ok(()) };
        let version = resource["meta"]["version"].as_str().unwrap_or("*").to_owned();
        let ids = reading::references(&json!({"members": members}), "members").unwrap_or_default();
        resource["members"] = members;
        if let Some(resource) = resource.as_object_mut() {
            resource.remove("meta");
        }
        let version = Some(version).filter(|version| bound && version != "*" || self.wants_versions());
        self.provider.write(&Operation { method: Method::Put, path, version, body: resource })?;
        self.memory.set_members(group, ids);
        Ok(())
    }

    fn wants_versions(&mut self) -> bool {
        self.provider.features().is_ok_and(|features| features.versions == Versions::Wanted)
    }

    /// Puts all members into a group that is about to be sent as a whole: whoever is missing would go. If the
    /// group shows none, there are none, unless the service shows none of any group; then only of a group that
    /// was made just now is known who is in it.
    pub(crate) fn with_all_members(&mut self, group: &str, resource: &mut Value) -> Result<(), Fault> {
        if resource["members"].as_array().is_some_and(|members| !members.is_empty()) {
            return Ok(());
        }
        if let Some(members) = self.memory.members(group) {
            if !members.is_empty() {
                resource["members"] = members.iter().map(|id| json!({"value": id})).collect();
            }
            return Ok(());
        }
        if self.shows_members()? {
            return Ok(());
        }
        let message = format!(
            "the service knows no PATCH and does not show who is in the group {group}: sending it would take away \
             all other members; have the service show `members`, or set `departments` to `ignore`"
        );
        Err(Fault::of_change(PluginError::config(message)))
    }

    /// Whether the service shows the members of groups. If none that is there tells, a group is made for the
    /// question, and deleted.
    fn shows_members(&mut self) -> Result<bool, Fault> {
        if let Some(known) = self.provider.shows_members {
            return Ok(known);
        }
        // One that is left would answer for the others, and stay.
        self.remove_questions();
        let shows = |group: &Value| group["members"].as_array().is_some_and(|members| !members.is_empty());
        let groups = self.provider.first(Kind::Group, 100)?;
        let mut answer = groups.iter().any(shows);
        if !answer {
            answer = match self.provider.first(Kind::User, 1)?.first().and_then(|user| user["id"].as_str()) {
                // Without users no group has members.
                None => return Ok(true),
                Some(user) => self.shows_this_member(user)?,
            };
        }
        Ok(*self.provider.shows_members.insert(answer))
    }

    fn shows_this_member(&mut self, user: &str) -> Result<bool, Fault> {
        tracing::info!("asking the service with the group {QUESTION} whether it shows members");
        let resource = json!({
            "schemas": [crate::mapping::GROUP], "displayName": QUESTION, "members": [{"value": user}],
        });
        let reply = match self.provider.write(&Operation::create(Kind::Group, resource)) {
            Ok(reply) => reply,
            Err(fault) => {
                // Its answer may be lost, and the group be there.
                self.remove_questions();
                return Err(fault);
            }
        };
        let Some(id) = reply.id else {
            return Err(Fault::nonsense("the service created a group and did not say its id"));
        };
        let there = self.provider.get(&Kind::Group.path(&id));
        self.remove_group(&id)?;
        Ok(reading::references(&there?, "members").is_some_and(|members| members.iter().any(|id| id == user)))
    }

    /// Deletes the groups that a question has left behind whose answers were lost. What can't be done now is done
    /// when the question is asked again.
    fn remove_questions(&mut self) {
        for _ in 0..MOST_QUESTIONS {
            let Ok(Some(left)) = self.holder(Kind::Group, QUESTION) else { return };
            let id = left["id"].as_str().unwrap_or_default();
            if let Err(fault) = self.remove_group(id) {
                tracing::warn!("failed to delete the group {QUESTION} ({id}): {}", fault.error.message);
                return;
            }
        }
    }

    fn remove_group(&mut self, id: &str) -> Result<(), Fault> {
        let version = match self.wants_versions() {
            true => Some(self.provider.version_of(&Kind::Group.path(id))?),
            false => None,
        };
        self.provider.write(&Operation::delete(Kind::Group, id, version)).map(drop)
    }
}

impl Chunk {
    fn operation(&self, version: Option<String>) -> Operation {
        operation(&self.group, version, &self.moves)
    }
}

fn operation(group: &str, version: Option<String>, moves: &[Move]) -> Operation {
    let of =
        |act: Act| moves.iter().filter(|one| one.act == act).map(|one| one.user.as_str()).collect::<Vec<_>>();
    Operation::members(group, version, &of(Act::Add), &of(Act::Remove))
}

/// Whether a refusal itself says that a move has been made: that nobody is there to be taken away, or that
/// somebody is there already.
fn is_so_all_the_same(one: &Move, fault: &Fault) -> bool {
    match one.act {
        Act::Remove => fault.is_no_target() || fault.is(&[404]),
        Act::Add => fault.is(&[409]),
    }
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
    if fault.reach == Reach::All {
        return error;
    }
    PluginError { message: format!("changing the members of the group {group}: {}", error.message), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

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
