//! Users and groups by themselves: found, read, created, changed, deleted; and what is done about the answers
//! that can be mended: a name that is taken, a resource that is gone, a version that is old.

use orgsync_plugin_api::{PluginError, TargetChange, tracing};
use serde_json::Value;

use crate::delivery::{Adopt, Delivery};
use crate::fault::{Fault, Reach};
use crate::features::{Features, Updates, Versions};
use crate::mapping::Attributes;
use crate::names::taken;
use crate::operation::{Kind, Operation, Reply};

/// How often a change is tried with what the answer before taught.
const FOLLOW_UPS: usize = 3;

/// One change on its way.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// Its place in the batch.
    pub(crate) at: usize,
    pub(crate) change: &'a TargetChange,
    pub(crate) goal: Goal,
    /// What the service was told last.
    pub(crate) before: Option<Attributes>,
    /// The service's id, as far as it is known.
    pub(crate) id: Option<String>,
    /// The resource as the service has it, if it was read.
    pub(crate) there: Option<Value>,
    /// Whether a write is bound to the version that was read, whatever the service said of versions.
    bound: bool,
    /// The id, once the service is as the change wants it.
    pub(crate) written: Option<String>,
}

/// What a change asks for.
#[derive(Debug)]
pub(crate) enum Goal {
    /// The resource has these attributes.
    Present(Attributes),
    /// If the resource is there, it has these attributes.
    Deactivated(Attributes),
    /// The resource is not there.
    Absent,
}

/// What is to be done next.
pub(crate) enum Step {
    Write(Operation),
    /// Nothing: it is as it should be.
    Done(String),
}

impl<'a> Item<'a> {
    pub(crate) fn new(at: usize, change: &'a TargetChange, goal: Goal, before: Option<Attributes>) -> Self {
        let id = change.id.clone();
        Self { at, change, goal, before, id, there: None, bound: false, written: None }
    }

    /// Whether the resource is to be deleted.
    pub(crate) fn is_leaving(&self) -> bool {
        matches!(self.goal, Goal::Absent)
    }

    /// The id under which memberships are changed: of a resource that is written, or is about to be deleted.
    pub(crate) fn member_id(&self) -> Option<&str> {
        if self.is_leaving() { self.change.id.as_deref() } else { self.written.as_deref() }
    }

    /// Whether the service still has the resource that the host knows of, with what it was told before.
    pub(crate) fn is_known(&self) -> bool {
        self.member_id().is_some_and(|id| self.change.id.as_deref() == Some(id))
    }

    fn step(&self, kind: Kind, features: Features) -> Step {
        let (attributes, id) = match (&self.goal, &self.id) {
            (Goal::Present(attributes), None) => {
                return Step::Write(Operation::create(kind, attributes.resource()));
            }
            (Goal::Absent, Some(id)) => return Step::Write(Operation::delete(kind, id)),
            (Goal::Absent | Goal::Deactivated(_), None) => {
                return Step::Done(self.change.id.clone().unwrap_or_else(|| self.change.uid.clone()));
            }
            (Goal::Present(attributes) | Goal::Deactivated(attributes), Some(id)) => (attributes, id),
        };
        self.change_to(kind, features, id, attributes, self.before.as_ref())
    }

    /// What makes a resource have these attributes.
    pub(crate) fn change_to(
        &self,
        kind: Kind,
        features: Features,
        id: &str,
        attributes: &Attributes,
        before: Option<&Attributes>,
    ) -> Step {
        let differing = match (&self.there, before) {
            (Some(there), _) => attributes.beyond(there),
            (None, Some(before)) => attributes.beyond_attributes(before),
            (None, None) => attributes.beyond(&Value::Null),
        };
        if differing.is_empty() {
            return Step::Done(id.to_owned());
        }
        let version = self.there.as_ref().and_then(|there| there["meta"]["version"].as_str());
        let version = version.filter(|_| self.bound || features.versions == Versions::Offered);
        let version = version.map(str::to_owned);
        match (features.updates, &self.there) {
            (Updates::Put, Some(there)) => Step::Write(Operation::put(kind, id, version, there, differing)),
            _ => Step::Write(Operation::patch(kind, id, version, differing)),
        }
    }

    /// Whether the resource has to be read before it can be changed.
    fn wants_reading(&self, features: Features) -> bool {
        let (Goal::Present(attributes) | Goal::Deactivated(attributes)) = &self.goal else { return false };
        let bound = features.versions == Versions::Offered && features.bulk.is_none();
        self.id.is_some()
            && self.there.is_none()
            && (features.updates == Updates::Put || bound)
            && self.before.as_ref().is_none_or(|before| !attributes.beyond_attributes(before).is_empty())
    }

    pub(crate) fn is_at(&mut self, there: Value) {
        self.id = there["id"].as_str().map(str::to_owned);
        self.there = Some(there);
    }

    fn is_nowhere(&mut self) {
        self.id = None;
        self.there = None;
    }
}

impl Delivery<'_> {
    /// Writes resources. Those that are written say so; the others have failed, or nothing is done any more.
    pub(crate) fn write(&mut self, kind: Kind, items: &mut [Item<'_>]) {
        let features = match self.provider.features() {
            Ok(features) => features,
            Err(fault) => {
                return self.fail_all(items, &Fault { reach: Reach::All, ..fault });
            }
        };
        self.find_unknown(kind, items);
        self.read_where_needed(kind, items, features);
        let (mut operations, mut writing) = (Vec::new(), Vec::new());
        for item in items.iter_mut().filter(|item| !self.has_failed(item.at)) {
            match item.step(kind, features) {
                Step::Write(operation) => {
                    operations.push(operation);
                    writing.push(item);
                }
                Step::Done(id) => item.written = Some(id),
            }
        }
        if let Some(fault) = self.stop() {
            return writing.into_iter().for_each(|item| self.fail(item.at, fault.clone()));
        }
        let replies = self.provider.write_all(&operations);
        let mut contested = Vec::new();
        for (item, reply) in writing.into_iter().zip(replies) {
            match self.settle(kind, item, reply) {
                Err(fault) if fault.is_conflict() => contested.push((item, fault)),
                result => self.conclude(item, result),
            }
        }
        self.pass_names_on(kind, contested);
    }

    pub(crate) fn conclude(&mut self, item: &mut Item<'_>, result: Result<String, Fault>) {
        match result {
            Ok(id) => item.written = Some(id),
            Err(fault) => self.fail(item.at, fault),
        }
    }

    fn fail_all(&mut self, items: &[Item<'_>], fault: &Fault) {
        for item in items {
            self.fail(item.at, fault.clone());
        }
    }

    /// Looks for those of which the service's id is not known: they may be there from a try whose answer was
    /// lost, or from before orgsync.
    fn find_unknown(&mut self, kind: Kind, items: &mut [Item<'_>]) {
        let unknown: Vec<&str> =
            items.iter().filter(|item| item.id.is_none()).map(|item| item.change.uid.as_str()).collect();
        if unknown.is_empty() {
            return;
        }
        let found = self.provider.find(kind, &unknown);
        for item in items.iter_mut().filter(|item| item.id.is_none()) {
            match &found {
                Ok(found) => {
                    let resources = found.get(&item.change.uid).map(Vec::as_slice).unwrap_or_default();
                    if let Err(fault) = take_one(kind, item, resources) {
                        self.fail(item.at, fault);
                    }
                }
                Err(fault) => self.fail(item.at, fault.clone()),
            }
        }
    }

    fn read_where_needed(&mut self, kind: Kind, items: &mut [Item<'_>], features: Features) {
        for item in items.iter_mut().filter(|item| item.wants_reading(features)) {
            if self.is_stopped() {
                return;
            }
            if !self.has_failed(item.at)
                && let Err(fault) = self.read(kind, item)
            {
                self.fail(item.at, fault);
            }
        }
    }

    /// Reads a resource; one that is gone is looked for elsewhere.
    pub(crate) fn read(&mut self, kind: Kind, item: &mut Item<'_>) -> Result<(), Fault> {
        let Some(id) = &item.id else { return Ok(()) };
        let without = match self.provider.features()?.updates {
            Updates::Patch if kind == Kind::Group => "?excludedAttributes=members",
            _ => "",
        };
        match self.provider.get(&format!("{}{without}", kind.path(id))) {
            Ok(there) if there["id"].is_string() => {
                item.is_at(there);
                Ok(())
            }
            Ok(_) => {
                Err(Fault::nonsense(format!("{}: the service gave a resource without an id", kind.path(id))))
            }
            Err(fault) if fault.is(&[404]) => self.find_again(kind, item),
            Err(fault) => Err(fault),
        }
    }

    fn find_again(&mut self, kind: Kind, item: &mut Item<'_>) -> Result<(), Fault> {
        item.is_nowhere();
        let found = self.provider.find(kind, &[&item.change.uid])?;
        take_one(kind, item, found.get(&item.change.uid).map(Vec::as_slice).unwrap_or_default())?;
        if item.id.is_none()
            && let Goal::Present(_) = item.goal
        {
            let (word, uid) = (kind.word(), &item.change.uid);
            tracing::warn!(
                uid,
                "the {word} was gone from the service and is created anew, without memberships"
            );
        }
        Ok(())
    }

    /// Does what an answer calls for, until the item is written or no answer helps any further.
    fn settle(
        &mut self,
        kind: Kind,
        item: &mut Item<'_>,
        mut result: Result<Reply, Fault>,
    ) -> Result<String, Fault> {
        let mut left = FOLLOW_UPS;
        loop {
            let fault = match result {
                Ok(reply) => return id_of(kind, item, reply),
                Err(fault) => fault,
            };
            if left == 0 || fault.reach == Reach::All {
                return Err(fault);
            }
            left -= 1;
            self.remedy(kind, item, fault)?;
            let features = self.provider.features()?;
            result = match item.step(kind, features) {
                Step::Done(id) => return Ok(id),
                Step::Write(operation) => self.provider.write(&operation),
            };
        }
    }

    pub(crate) fn once_more(&mut self, kind: Kind, item: &mut Item<'_>) -> Result<String, Fault> {
        let features = self.provider.features()?;
        match item.step(kind, features) {
            Step::Done(id) => Ok(id),
            Step::Write(operation) => {
                let result = self.provider.write(&operation);
                self.settle(kind, item, result)
            }
        }
    }

    /// Learns what a refusal was about, so that the next step is another one; or gives it back.
    fn remedy(&mut self, kind: Kind, item: &mut Item<'_>, fault: Fault) -> Result<(), Fault> {
        match (&item.goal, item.id.is_some()) {
            (Goal::Absent, true) if fault.is(&[404, 410]) => {
                item.is_nowhere();
                Ok(())
            }
            (Goal::Present(_) | Goal::Deactivated(_), true) if fault.is(&[404, 410]) => {
                self.find_again(kind, item)
            }
            (Goal::Present(_) | Goal::Deactivated(_), true) if fault.is(&[412, 428]) && !item.bound => {
                item.bound = true;
                self.read(kind, item)
            }
            (Goal::Present(attributes), false) if fault.is_conflict() => {
                let name = attributes.name().unwrap_or_default().to_owned();
                let Some(holder) = self.holder(kind, &name)? else { return Err(fault) };
                let theirs = holder["externalId"].as_str().unwrap_or_default();
                if theirs == item.change.uid || (theirs.is_empty() && self.rules.adopt == Adopt::Yes) {
                    let uid = &item.change.uid;
                    tracing::info!(
                        uid,
                        id = holder["id"].as_str(),
                        "took over the {} of the same name",
                        kind.word()
                    );
                    item.is_at(holder);
                    return Ok(());
                }
                Err(taken(kind, &name, &holder, fault))
            }
            _ => Err(fault),
        }
    }
}

/// Takes over what was found by externalId.
fn take_one(kind: Kind, item: &mut Item<'_>, found: &[Value]) -> Result<(), Fault> {
    match found {
        [] => Ok(()),
        [one] if one["id"].is_string() => {
            item.is_at(one.clone());
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

fn id_of(kind: Kind, item: &Item<'_>, reply: Reply) -> Result<String, Fault> {
    item.id.clone().or(reply.id).ok_or_else(|| {
        Fault::nonsense(format!("the service created a {} and did not say its id", kind.word()))
    })
}
