//! Resources that are there already: found by `externalId`, or by their name, and taken over if they are
//! nobody's. No resource is ever taken for two records.

use orgsync_plugin_api::{PluginError, tracing};
use serde_json::Value;

use crate::delivery::{Adopt, Delivery};
use crate::fault::Fault;
use crate::mapping;
use crate::names::taken;
use crate::operation::Kind;
use crate::resource::{Goal, Item, Known, Step, change};

impl Delivery<'_> {
    /// Sees to it that the ids that the host knows belong to one record each. A record whose id is another's has
    /// nothing of its own in the service: there is nothing to delete, and nothing else is done.
    pub(crate) fn claim_known(&mut self, kind: Kind, items: &mut [Item<'_>]) {
        for item in items {
            let Some(id) = item.id.clone() else { continue };
            if let Err(other) = self.memory.claim(kind, &id, &item.change.uid) {
                match item.goal {
                    Goal::Present(_) => {
                        item.is_nowhere();
                        self.fail(item.at, shared(kind, &id, &other));
                    }
                    Goal::Deactivated(_) | Goal::Absent => {
                        item.written = Some(id);
                        item.is_nowhere();
                    }
                }
            }
        }
    }

    /// Takes a resource for a record.
    pub(crate) fn take(&mut self, kind: Kind, item: &mut Item<'_>, there: Value) -> Result<(), Fault> {
        let id = there["id"].as_str().unwrap_or_default();
        match self.memory.claim(kind, id, &item.change.uid) {
            Ok(()) => {
                item.is_at(there);
                Ok(())
            }
            Err(other) => Err(shared(kind, id, &other)),
        }
    }

    /// Takes over what was found by externalId.
    pub(crate) fn take_one(&mut self, kind: Kind, item: &mut Item<'_>, found: &[Value]) -> Result<(), Fault> {
        match found {
            [] => Ok(()),
            [one] if one["id"].is_string() => {
                self.take(kind, item, one.clone())?;
                item.is_certain = true;
                Ok(())
            }
            [_] => Err(Fault::nonsense(format!("the service gave a {} without an id", kind.word()))),
            many => {
                let ids: Vec<&str> = many.iter().filter_map(|one| one["id"].as_str()).collect();
                Err(Fault::of_change(PluginError::invalid(format!(
                    "the service has {} {}s with the externalId {} ({}): delete all but one",
                    many.len(),
                    kind.word(),
                    item.change.uid,
                    ids.join(", ")
                ))))
            }
        }
    }

    /// What is done when a create is refused: perhaps the resource is there, from a try whose answer was lost, or
    /// from before orgsync.
    pub(crate) fn find_refused(
        &mut self,
        kind: Kind,
        item: &mut Item<'_>,
        fault: Fault,
    ) -> Result<(), Fault> {
        let Goal::Present(attributes) = &item.goal else { return Err(fault) };
        let name = attributes.name().unwrap_or_default().to_owned();
        let Ok(mut found) = self.provider.find(kind, &[&item.change.uid]) else { return Err(fault) };
        if let Some(found) = found.remove(&item.change.uid) {
            return self.take_one(kind, item, &found);
        }
        if !fault.is_conflict() {
            return Err(fault);
        }
        match self.holder(kind, &name) {
            Ok(Some(holder)) => self.take_over(kind, item, &name, holder, fault),
            // The service may hide it from lists, and still know it by its id.
            Ok(None) => match item.hidden_id.take() {
                Some(id) => {
                    item.is_unseen(id);
                    Ok(())
                }
                None => Err(unseen(kind, &name, fault)),
            },
            Err(_) => Err(fault),
        }
    }

    /// Takes over a resource of the same name, if it is nobody's. It is marked first: a resource that does not
    /// keep the mark could be any record's.
    fn take_over(
        &mut self,
        kind: Kind,
        item: &mut Item<'_>,
        name: &str,
        holder: Value,
        fault: Fault,
    ) -> Result<(), Fault> {
        let uid = item.change.uid.clone();
        let id = holder["id"].as_str().unwrap_or_default().to_owned();
        let owner = self.memory.owner(kind, &id).filter(|owner| *owner != uid).map(str::to_owned);
        let theirs = holder["externalId"].as_str().unwrap_or_default();
        if owner.is_none() && theirs == uid {
            item.is_certain = true;
            return self.take(kind, item, holder);
        }
        if owner.is_some() || !theirs.is_empty() || self.rules.adopt == Adopt::No {
            return Err(taken(kind, name, &holder, owner.as_deref(), fault));
        }
        let there = self.mark(kind, &id, &uid)?;
        item.is_certain = there["externalId"].as_str() == Some(&uid);
        if item.is_certain {
            tracing::info!(uid, id, "took over the {} of the same name", kind.word());
            return self.take(kind, item, there);
        }
        // Nothing is changed about it, so it does no harm if it turns out to be another department's: the host
        // knows.
        let Goal::Present(attributes) = &item.goal else { return Err(fault) };
        if kind == Kind::Group && attributes.beyond(&with_mark(&there, &uid)).is_empty() {
            return self.take(kind, item, with_mark(&there, &uid));
        }
        let (word, attribute) = (kind.word(), kind.name());
        let message = format!(
            "the {attribute} {name:?} is taken by the {word} {id} of the service, which does not keep an \
             externalId: so nobody knows whose it is; rename it there, or delete it"
        );
        Err(Fault { error: PluginError::invalid(message), ..fault })
    }

    /// Writes a record's uid to a resource that has none, and reads what has become of it.
    fn mark(&mut self, kind: Kind, id: &str, uid: &str) -> Result<Value, Fault> {
        let path = kind.path(id);
        let there = self.provider.get(&path)?;
        let features = self.provider.features()?;
        let attributes = mapping::marked(kind, uid);
        // Some services want the version, and say so only when it is missing.
        for bound in [false, true] {
            let known = Known { there: Some(&there), before: None, bound };
            let Step::Write(mut operation) = change(kind, features, id, &attributes, known) else { break };
            self.complete(kind, id, &mut operation)?;
            match self.provider.write(&operation) {
                Ok(_) => break,
                Err(fault) if fault.is_of_version() && !bound => {}
                Err(fault) => return Err(fault),
            }
        }
        self.provider.get(&path)
    }
}

fn with_mark(there: &Value, uid: &str) -> Value {
    let mut there = there.clone();
    there["externalId"] = Value::String(uid.to_owned());
    there
}

/// A resource that two records would have.
fn shared(kind: Kind, id: &str, other: &str) -> Fault {
    let (word, record) = (kind.word(), kind.record());
    Fault::of_change(PluginError::invalid(format!(
        "the {word} {id} of the service is that of the {record} {other}, and no {word} is two {record}s': delete \
         the wrong externalId there, or rename one of the two"
    )))
}

/// A name is taken by what the service does not show.
fn unseen(kind: Kind, name: &str, fault: Fault) -> Fault {
    let (attribute, word) = (kind.name(), kind.word());
    let error = PluginError::invalid(format!(
        "the {attribute} {name:?} is taken by a {word} that the service does not show, perhaps one that is not \
         active: activate, rename or delete it there, and try again ({})",
        fault.error.message
    ));
    Fault { error, ..fault }
}
