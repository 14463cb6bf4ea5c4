//! Names that only one may have: who has one, and how users of a batch pass theirs on, or swap them.

use std::collections::HashMap;

use orgsync_plugin_api::{PluginError, tracing};
use serde_json::Value;

use crate::delivery::Delivery;
use crate::fault::Fault;
use crate::mapping;
use crate::operation::{Kind, quote};
use crate::resource::{Goal, Item, Step};

/// A change that waits for a name, and what the service said.
type Waiting<'w, 'i> = (&'w mut Item<'i>, Fault);

impl Delivery<'_> {
    /// Tries changes again whose names were taken, for others in the batch may have given them up by now. Where
    /// users wait for one another in a circle, one of them steps aside, under a name of their own.
    pub(crate) fn pass_names_on<'i>(&mut self, kind: Kind, mut waiting: Vec<Waiting<'_, 'i>>) {
        let mut aside = Vec::new();
        while !waiting.is_empty() {
            let count = waiting.len();
            waiting = self.try_again(kind, waiting);
            if waiting.len() < count {
                continue;
            }
            let Some(at) = self.one_of_a_circle(kind, &waiting, &aside) else { break };
            aside.push(waiting[at].0.at);
            let item = &mut waiting[at].0;
            let name = format!("orgsync-aside-{}", item.change.uid);
            if let Err(fault) = self.rename(kind, item, &name) {
                tracing::info!(uid = item.change.uid, "could not step aside: {}", fault.error.message);
                break;
            }
        }
        for (item, fault) in waiting {
            let fault = self.explained(kind, item, fault);
            if let Some(name) = item.before.as_ref().and_then(|before| before.name()).map(str::to_owned)
                && aside.contains(&item.at)
                && let Err(fault) = self.rename(kind, item, &name)
            {
                tracing::warn!(
                    uid = item.change.uid,
                    "could not take the old name back: {}",
                    fault.error.message
                );
            }
            self.conclude(item, Err(fault));
        }
    }

    /// Gives those that still wait.
    fn try_again<'w, 'i>(&mut self, kind: Kind, waiting: Vec<Waiting<'w, 'i>>) -> Vec<Waiting<'w, 'i>> {
        let mut left = Vec::new();
        for (item, _) in waiting {
            let result = match self.stop() {
                Some(fault) => Err(fault),
                None => self.once_more(kind, item),
            };
            match result {
                Err(fault) if fault.is_conflict() => left.push((item, fault)),
                result => self.conclude(item, result),
            }
        }
        left
    }

    /// The place of a user who waits for somebody who, perhaps by way of others, waits for them.
    fn one_of_a_circle(&mut self, kind: Kind, waiting: &[Waiting<'_, '_>], aside: &[usize]) -> Option<usize> {
        if kind != Kind::User || waiting.len() < 2 || self.is_stopped() {
            return None;
        }
        let mut holders = HashMap::new();
        for (item, _) in waiting {
            let (Some(id), Goal::Present(attributes)) = (&item.id, &item.goal) else { continue };
            if let Ok(Some(holder)) = self.holder(kind, attributes.name().unwrap_or_default()) {
                holders.insert(id.clone(), holder["id"].as_str().unwrap_or_default().to_owned());
            }
        }
        waiting.iter().position(|(item, _)| {
            !aside.contains(&item.at) && item.id.as_deref().is_some_and(|id| is_in_a_circle(id, &holders))
        })
    }

    fn rename(&mut self, kind: Kind, item: &mut Item<'_>, name: &str) -> Result<(), Fault> {
        let Some(id) = item.id.clone() else { return Ok(()) };
        let features = self.provider.features()?;
        if let Step::Write(operation) = item.change_to(kind, features, &id, &mapping::named(name)) {
            self.provider.write(&operation)?;
        }
        // What was read is not as it was any more.
        if item.there.take().is_some() { self.read(kind, item) } else { Ok(()) }
    }

    /// Who has a name.
    pub(crate) fn holder(&mut self, kind: Kind, name: &str) -> Result<Option<Value>, Fault> {
        let found = self.provider.search(kind, &format!("{} eq {}", kind.name(), quote(name)))?;
        let folded = name.to_lowercase();
        let has_it = |resource: &Value| {
            resource["id"].is_string()
                && resource[kind.name()].as_str().is_some_and(|name| name.to_lowercase() == folded)
        };
        Ok(found.into_iter().find(has_it))
    }

    /// A conflict, with who has the name.
    fn explained(&mut self, kind: Kind, item: &Item<'_>, fault: Fault) -> Fault {
        let Goal::Present(attributes) = &item.goal else { return fault };
        let name = attributes.name().unwrap_or_default();
        match self.holder(kind, name) {
            Ok(Some(holder)) if fault.is_conflict() && holder["id"].as_str() != item.id.as_deref() => {
                let owner = self.memory.owner(kind, holder["id"].as_str().unwrap_or_default());
                taken(kind, name, &holder, owner.filter(|owner| *owner != item.change.uid), fault)
            }
            _ => fault,
        }
    }
}

/// Whether the way from one to whom they wait for leads back to them.
fn is_in_a_circle(start: &str, holders: &HashMap<String, String>) -> bool {
    let next = |id: &str| holders.get(id).map(String::as_str);
    let mut at = next(start);
    for _ in 0..holders.len() {
        match at {
            Some(id) if id == start => return true,
            Some(id) => at = next(id),
            None => return false,
        }
    }
    false
}

/// A name is somebody else's: `owner`'s, as far as orgsync knows. If that is a user whom orgsync keeps, they are
/// about to give it up: names are unique in the directory. A group's are not.
pub(crate) fn taken(kind: Kind, name: &str, holder: &Value, owner: Option<&str>, fault: Fault) -> Fault {
    let id = holder["id"].as_str().unwrap_or_default();
    let theirs = holder["externalId"].as_str().unwrap_or_default();
    let said = format!("the {} {name:?} is taken by the {} {id} of the service", kind.name(), kind.word());
    let is_number = !theirs.is_empty() && theirs.bytes().all(|byte| byte.is_ascii_digit());
    let owner = owner.or(Some(theirs).filter(|_| is_number));
    let error = match (kind, owner) {
        (Kind::Group, Some(owner)) => PluginError::invalid(format!(
            "{said}, which is that of the department {owner}: rename one of the two, or set `groupName` to `path`"
        )),
        (Kind::User, Some(owner)) if holder["active"] == false => PluginError::invalid(format!(
            "{said} (externalId {owner}), who is not active: rename or delete them there"
        )),
        (Kind::User, Some(owner)) => {
            PluginError::transient(format!("{said} (externalId {owner}), who has not given it up yet"))
        }
        (_, None) if theirs.is_empty() => PluginError::invalid(format!(
            "{said}: rename it there, or allow it to be taken over with `adopt`"
        )),
        (_, None) => PluginError::invalid(format!("{said} (externalId {theirs:?}): rename one of them")),
    };
    Fault { error, ..fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_told_from_chains() {
        let check = |holders: &[(&str, &str)], start: &str, expected: bool| {
            let holders =
                holders.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect();
            assert_eq!(is_in_a_circle(start, &holders), expected, "{holders:?} {start}");
        };
        check(&[("a", "b"), ("b", "a")], "a", true);
        check(&[("a", "b"), ("b", "c"), ("c", "a")], "c", true);
        check(&[("a", "b"), ("b", "x")], "a", false);
        check(&[("a", "b"), ("b", "c"), ("c", "b")], "a", false);
        check(&[], "a", false);
    }
}
