//! Users and groups by themselves: found, read, created, changed, deleted; and what is done about the answers
//! that can be dealt with: a resource that is gone, a version that is old, a refusal of what is so already.

use orgsync_plugin_api::{TargetChange, tracing};
use serde_json::Value;

use crate::delivery::Delivery;
use crate::fault::{Fault, Reach};
use crate::features::{Features, Updates, Versions};
use crate::mapping::Attributes;
use crate::operation::{Kind, Method, Operation, Reply};

/// How often a change is tried with what the answer before taught.
const FOLLOW_UPS: usize = 4;

/// One change on its way.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// Its place in the batch.
    pub(crate) at: usize,
    pub(crate) change: &'a TargetChange,
    pub(crate) goal: Goal,
    /// What the service was told last; `None` if that is not known for certain.
    pub(crate) before: Option<Attributes>,
    /// The service's id, as far as it is known.
    pub(crate) id: Option<String>,
    /// The id that the host knows, of a resource that was not seen.
    pub(crate) hidden_id: Option<String>,
    /// The resource as the service has it, if it was read.
    pub(crate) there: Option<Value>,
    /// Whether the resource is this record's for certain: it was made for it, or carries its uid.
    pub(crate) is_certain: bool,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
    /// Whether a write is bound to the version that was read, whatever the service said of versions.
    bound: bool,
    /// Whether it was found out on this change that the service knows no PATCH.
    is_put: bool,
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
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    Write(Operation),
    /// Nothing: it is as it should be.
    Done(String),
}

/// What is known of a resource that is changed.
pub(crate) struct Known<'k> {
    pub(crate) there: Option<&'k Value>,
    pub(crate) before: Option<&'k Attributes>,
    /// Whether the change has to be bound to a version.
    pub(crate) bound: bool,
}

/// What makes a resource have these attributes.
pub(crate) fn change(
    kind: Kind,
    features: Features,
    id: &str,
    attributes: &Attributes,
    known: Known<'_>,
) -> Step {
    let differing = match (known.there, known.before) {
        (Some(there), _) => attributes.beyond(there),
        (None, Some(before)) => attributes.beyond_attributes(before),
        (None, None) => attributes.beyond(&Value::Null),
    };
    if differing.is_empty() {
        return Step::Done(id.to_owned());
    }
    let version = version(features, known.there, known.bound);
    match (features.updates, known.there) {
        (Updates::Patch, _) => Step::Write(Operation::patch(kind, id, version, differing)),
        (Updates::Put, Some(there)) => Step::Write(Operation::put(kind, id, version, there, differing)),
        // Nobody could read it: all that orgsync knows is sent.
        (Updates::Put, None) => {
            Step::Write(Operation::put(kind, id, version, &attributes.resource(), differing))
        }
    }
}

/// The version that a write is bound to; `*` is any, for a service that insists and does not tell.
fn version(features: Features, there: Option<&Value>, bound: bool) -> Option<String> {
    let told = there.and_then(|there| there["meta"]["version"].as_str()).map(str::to_owned);
    match features.versions {
        Versions::Wanted => Some(told.unwrap_or_else(|| "*".to_owned())),
        _ if bound => Some(told.unwrap_or_else(|| "*".to_owned())),
        Versions::Offered => told,
        Versions::None => None,
    }
}

impl<'a> Item<'a> {
    pub(crate) fn new(at: usize, change: &'a TargetChange, goal: Goal, before: Option<Attributes>) -> Self {
        let id = change.id.clone();
        Self {
            at,
            change,
            goal,
            before,
            hidden_id: None,
            is_certain: id.is_some(),
            id,
            there: None,
            is_new: false,
            bound: false,
            is_put: false,
            written: None,
        }
    }

    /// Whether the resource is to be deleted.
    pub(crate) fn is_leaving(&self) -> bool {
        matches!(self.goal, Goal::Absent)
    }

    /// The id under which memberships are changed: of a resource that is written, or is about to be deleted.
    pub(crate) fn member_id(&self) -> Option<&str> {
        let id = self.id.as_deref()?;
        if self.is_leaving() { Some(id) } else { self.written.as_deref() }
    }

    /// Whether the service has the resource that the host knows of, with what it was told before.
    pub(crate) fn is_known(&self) -> bool {
        self.change.before.is_some()
            && self.member_id().is_some_and(|id| self.change.id.as_deref() == Some(id))
    }

    fn step(&self, kind: Kind, features: Features) -> Step {
        let (attributes, id) = match (&self.goal, &self.id) {
            (Goal::Present(attributes), None) => {
                return Step::Write(Operation::create(kind, attributes.resource()));
            }
            (Goal::Absent, Some(id)) => {
                let version = version(features, self.there.as_ref(), self.bound);
                return Step::Write(Operation::delete(kind, id, version));
            }
            (Goal::Absent | Goal::Deactivated(_), None) => {
                return Step::Done(self.change.id.clone().unwrap_or_else(|| self.change.uid.clone()));
            }
            (Goal::Present(attributes) | Goal::Deactivated(attributes), Some(id)) => (attributes, id),
        };
        let known = Known { there: self.there.as_ref(), before: self.before.as_ref(), bound: self.bound };
        change(kind, features, id, attributes, known)
    }

    /// What makes the resource have other attributes than those that it is to have in the end.
    pub(crate) fn change_to(
        &self,
        kind: Kind,
        features: Features,
        id: &str,
        attributes: &Attributes,
    ) -> Step {
        let known = Known { there: self.there.as_ref(), before: None, bound: self.bound };
        change(kind, features, id, attributes, known)
    }

    /// Whether the resource has to be read before it can be changed.
    fn wants_reading(&self, features: Features) -> bool {
        let attributes = match &self.goal {
            Goal::Present(attributes) | Goal::Deactivated(attributes) => attributes,
            Goal::Absent => return self.id.is_some() && features.versions == Versions::Wanted,
        };
        let bound = features.versions != Versions::None && features.bulk.is_none();
        let is_doubtful = self.before.is_none() && matches!(self.goal, Goal::Present(_));
        self.id.is_some()
            && self.there.is_none()
            && (features.updates == Updates::Put || bound || is_doubtful)
            && self.before.as_ref().is_none_or(|before| !attributes.beyond_attributes(before).is_empty())
    }

    pub(crate) fn is_at(&mut self, there: Value) {
        self.id = there["id"].as_str().map(str::to_owned);
        self.there = Some(there);
    }

    pub(crate) fn is_nowhere(&mut self) {
        self.id = None;
        self.there = None;
        self.before = None;
    }

    /// The resource is hidden, and has this id.
    pub(crate) fn is_unseen(&mut self, id: String) {
        self.is_nowhere();
        self.id = Some(id);
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
        for item in items.iter_mut() {
            if self.has_failed(item.at) || item.written.is_some() {
                continue;
            }
            match self.next_step(kind, item) {
                Ok(Step::Write(operation)) => {
                    operations.push(operation);
                    writing.push(item);
                }
                Ok(Step::Done(id)) => item.written = Some(id),
                Err(fault) => self.fail(item.at, fault),
            }
        }
        if let Some(fault) = self.stop() {
            return writing.into_iter().for_each(|item| self.fail(item.at, fault.clone()));
        }
        let replies = self.provider.write_all(&operations);
        // First what went well: then it is known whose the resources are that are in the way of the others.
        let (mut refused, mut contested) = (Vec::new(), Vec::new());
        for (item, reply) in writing.into_iter().zip(replies) {
            match reply {
                Ok(reply) => {
                    let result = self.accept(kind, item, reply);
                    self.conclude(item, result);
                }
                Err(fault) => refused.push((item, fault)),
            }
        }
        for (item, fault) in refused {
            match self.settle(kind, item, Err(fault)) {
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
        let is_unknown = |item: &Item<'_>| item.id.is_none() && item.written.is_none();
        let unknown: Vec<&str> =
            items.iter().filter(|item| is_unknown(item)).map(|item| item.change.uid.as_str()).collect();
        if unknown.is_empty() {
            return;
        }
        let found = self.provider.find(kind, &unknown);
        for item in items.iter_mut().filter(|item| is_unknown(item)) {
            match &found {
                Ok(found) => {
                    let resources = found.get(&item.change.uid).map(Vec::as_slice).unwrap_or_default();
                    if let Err(fault) = self.take_one(kind, item, resources) {
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
                item.there = Some(there);
                Ok(())
            }
            Ok(_) => {
                Err(Fault::nonsense(format!("{}: the service gave a resource without an id", kind.path(id))))
            }
            Err(fault) if fault.is(&[404, 410]) => self.find_again(kind, item),
            Err(fault) => Err(fault),
        }
    }

    fn find_again(&mut self, kind: Kind, item: &mut Item<'_>) -> Result<(), Fault> {
        item.hidden_id = item.id.clone();
        item.is_nowhere();
        if item.is_leaving() {
            return Ok(());
        }
        let mut found = self.provider.find(kind, &[&item.change.uid])?;
        self.take_one(kind, item, &found.remove(&item.change.uid).unwrap_or_default())?;
        if item.id.is_none()
            && let Goal::Present(_) = item.goal
        {
            let (word, uid) = (kind.word(), &item.change.uid);
            tracing::warn!(uid, "the {word} was gone from the service and is created again");
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
                Ok(reply) => return self.accept(kind, item, reply),
                Err(fault) => fault,
            };
            if left == 0 || fault.reach == Reach::All {
                return Err(fault);
            }
            left -= 1;
            self.remedy(kind, item, fault)?;
            result = match self.next_step(kind, item)? {
                Step::Done(id) => return Ok(id),
                Step::Write(operation) => self.provider.write(&operation),
            };
        }
    }

    /// What is to be done now; where a whole group is sent, with all its members.
    fn next_step(&mut self, kind: Kind, item: &Item<'_>) -> Result<Step, Fault> {
        let features = self.provider.features()?;
        let mut step = item.step(kind, features);
        if let (Step::Write(operation), Some(id)) = (&mut step, &item.id) {
            self.complete(kind, id, operation)?;
        }
        Ok(step)
    }

    /// Fills in what a write of a whole group has to have.
    pub(crate) fn complete(&mut self, kind: Kind, id: &str, operation: &mut Operation) -> Result<(), Fault> {
        if kind == Kind::Group && operation.method == Method::Put {
            self.with_all_members(id, &mut operation.body)?;
        }
        Ok(())
    }

    pub(crate) fn once_more(&mut self, kind: Kind, item: &mut Item<'_>) -> Result<String, Fault> {
        match self.next_step(kind, item)? {
            Step::Done(id) => Ok(id),
            Step::Write(operation) => {
                let result = self.provider.write(&operation);
                self.settle(kind, item, result)
            }
        }
    }

    /// Learns from a write that was done.
    fn accept(&mut self, kind: Kind, item: &mut Item<'_>, reply: Reply) -> Result<String, Fault> {
        if let Some(id) = &item.id {
            if item.is_leaving() {
                self.memory.release(kind, id, &item.change.uid);
            }
            return Ok(id.clone());
        }
        let Some(id) = reply.id else {
            let message = format!("the service created a {} and did not say its id", kind.word());
            return Err(Fault::nonsense(message));
        };
        if let Some(old) = &item.hidden_id {
            self.memory.release(kind, old, &item.change.uid);
        }
        self.take(kind, item, serde_json::json!({"id": id}))?;
        item.there = None;
        (item.is_new, item.is_certain) = (true, true);
        if kind == Kind::Group {
            self.memory.made_group(&id);
        }
        Ok(id)
    }

    /// Learns what a refusal was about, so that the next step is another one; or gives it back.
    fn remedy(&mut self, kind: Kind, item: &mut Item<'_>, fault: Fault) -> Result<(), Fault> {
        let Some(id) = item.id.clone() else { return self.find_refused(kind, item, fault) };
        if fault.is(&[404, 410]) && item.is_leaving() {
            self.memory.release(kind, &id, &item.change.uid);
            item.is_nowhere();
            return Ok(());
        }
        if fault.is_of_version() && !item.bound {
            item.bound = true;
            if fault.is(&[428]) {
                self.provider.want_versions();
            }
            return self.read(kind, item);
        }
        if fault.is_of_method() && !item.is_put && !item.is_leaving() {
            item.is_put = true;
            self.provider.go_without_patch();
            return self.read(kind, item);
        }
        if !fault.leaves_open() {
            return Err(fault);
        }
        // Perhaps it is as it should be, or is gone.
        match self.read(kind, item) {
            Ok(()) if item.id.as_ref() != Some(&id) => Ok(()),
            Ok(()) => match self.next_step(kind, item)? {
                Step::Done(_) => Ok(()),
                Step::Write(_) => Err(fault),
            },
            Err(unread) if unread.refusal.is_none() && unread.reach == Reach::This => Err(unread),
            Err(_) => Err(fault),
        }
    }
}
