//! One batch: cut into runs of one data type in which every record is there once, each run written, and an
//! outcome for each change in the end.

use std::collections::HashSet;
use std::ops::Range;

use orgsync_plugin_api::{ChangeOp, DataType, Effect, PluginError, TargetChange, TargetOutcome};

use crate::fault::{Fault, Reach};
use crate::mapping::{self, GroupName, Mapping};
use crate::memory::Memory;
use crate::operation::Kind;
use crate::options::{Departments, OnDelete};
use crate::provider::Provider;
use crate::resource::{Goal, Item};

/// What the options say about the changes themselves.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) mapping: Mapping,
    pub(crate) departments: Departments,
    pub(crate) group_name: GroupName,
    pub(crate) on_delete: OnDelete,
    pub(crate) adopt: Adopt,
    pub(crate) member_chunk: usize,
}

/// What becomes of a resource of the same name that nobody keeps yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adopt {
    Yes,
    No,
}

/// A batch on its way.
pub(crate) struct Delivery<'a> {
    pub(crate) provider: &'a mut Provider,
    pub(crate) rules: &'a Rules,
    pub(crate) memory: &'a mut Memory,
    changes: &'a [TargetChange],
    outcomes: Vec<Option<TargetOutcome>>,
    stopped: Option<PluginError>,
    /// Changes of which the service has at least a part, whatever becomes of the rest.
    in_part: HashSet<usize>,
}

impl<'a> Delivery<'a> {
    pub(crate) fn new(
        provider: &'a mut Provider,
        rules: &'a Rules,
        memory: &'a mut Memory,
        changes: &'a [TargetChange],
    ) -> Self {
        memory.learn(changes);
        let outcomes = vec![None; changes.len()];
        Self { provider, rules, memory, changes, outcomes, stopped: None, in_part: HashSet::new() }
    }

    /// Writes the batch. An error means that nothing of it was done.
    pub(crate) fn run(mut self) -> Result<Vec<TargetOutcome>, PluginError> {
        for part in runs(self.changes) {
            if self.is_stopped() {
                break;
            }
            self.write_run(part);
        }
        if let Some(error) = &self.stopped
            && !self.outcomes.iter().any(|outcome| matches!(outcome, Some(TargetOutcome::Done(_))))
        {
            return Err(match self.in_part.is_empty() {
                true => error.clone(),
                false => error.clone().with_effect(Effect::Unknown),
            });
        }
        let left = || match &self.stopped {
            Some(error) => TargetOutcome::Failed(error.clone()),
            None => TargetOutcome::Failed(PluginError::transient("the change was not dealt with")),
        };
        let outcomes = self.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(left));
        // A user is there although their memberships are refused.
        let told = outcomes.enumerate().map(|(at, outcome)| match outcome {
            TargetOutcome::Failed(error) if self.in_part.contains(&at) => {
                TargetOutcome::Failed(error.with_effect(Effect::Unknown))
            }
            outcome => outcome,
        });
        Ok(told.collect())
    }

    fn write_run(&mut self, part: Range<usize>) {
        let changes = self.changes;
        let kind = Kind::of(changes[part.start].data_type);
        if kind == Kind::Group && self.rules.departments == Departments::Ignore {
            for at in part {
                let change = &changes[at];
                self.outcomes[at] =
                    Some(TargetOutcome::Done(change.id.clone().unwrap_or_else(|| change.uid.clone())));
            }
            return;
        }
        let mut items = Vec::with_capacity(part.len());
        for at in part {
            match item(at, &changes[at], self.rules) {
                Ok(item) => items.push(item),
                Err(error) => self.fail(at, Fault::of_change(error)),
            }
        }
        self.claim_known(kind, &mut items);
        let with_members = kind == Kind::User && self.rules.departments == Departments::Groups;
        if with_members {
            // First: not every service takes whoever is deleted out of their groups.
            self.write_members(items.iter().filter(|item| item.is_leaving()));
        }
        self.write(kind, &mut items);
        if with_members {
            self.write_members(items.iter().filter(|item| !item.is_leaving()));
        }
        if kind == Kind::Group {
            self.remember(&items);
        }
        for item in &items {
            let is_found = item.change.id.is_none() && item.id.is_some();
            if item.written.is_some() || is_found {
                self.in_part.insert(item.at);
            }
            if let Some(id) = &item.written {
                self.outcomes[item.at].get_or_insert(TargetOutcome::Done(id.clone()));
            }
        }
    }

    /// Groups that may be another department's are not remembered: their members wait until the host has said
    /// whose they are.
    fn remember(&mut self, items: &[Item<'_>]) {
        for item in items {
            if let (Goal::Present(_), Some(id), true) = (&item.goal, &item.written, item.is_certain) {
                self.memory.remember_group(&item.change.uid, id);
            }
        }
    }

    /// A change is not done, and perhaps nothing else is.
    pub(crate) fn fail(&mut self, at: usize, fault: Fault) {
        if fault.reach == Reach::All {
            self.stopped.get_or_insert_with(|| fault.error.clone());
        }
        self.outcomes[at].get_or_insert(TargetOutcome::Failed(fault.error));
    }

    pub(crate) fn has_failed(&self, at: usize) -> bool {
        self.outcomes[at].is_some()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Why nothing more is tried, once that is so.
    pub(crate) fn stop(&self) -> Option<Fault> {
        self.stopped.clone().map(Fault::unreached)
    }
}

/// What a change asks for.
fn item<'a>(at: usize, change: &'a TargetChange, rules: &Rules) -> Result<Item<'a>, PluginError> {
    let goal = match (change.op, change.data_type) {
        (ChangeOp::Delete, DataType::User) if rules.on_delete == OnDelete::Deactivate => {
            Goal::Deactivated(mapping::deactivated())
        }
        (ChangeOp::Delete, _) => Goal::Absent,
        (_, DataType::User) => {
            let user = mapping::read_user(mapping::record(change)?)?;
            Goal::Present(rules.mapping.user(&change.uid, &user)?)
        }
        (_, DataType::Department) => {
            Goal::Present(rules.group_name.group(&change.uid, mapping::record(change)?)?)
        }
    };
    // What was there before is of use only if it can be understood.
    let before =
        change.before.as_ref().filter(|_| change.id.is_some()).and_then(|before| match change.data_type {
            DataType::User => rules.mapping.user(&change.uid, &mapping::read_user(before).ok()?).ok(),
            DataType::Department => rules.group_name.group(&change.uid, before).ok(),
        });
    Ok(Item::new(at, change, goal, before))
}

/// The longest runs of changes of one data type in which no record comes twice.
fn runs(changes: &[TargetChange]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut seen = HashSet::new();
    for (at, change) in changes.iter().enumerate() {
        if at > start && (change.data_type != changes[start].data_type || seen.contains(change.uid.as_str()))
        {
            runs.push(start..at);
            start = at;
            seen.clear();
        }
        seen.insert(change.uid.as_str());
    }
    if start < changes.len() {
        runs.push(start..changes.len());
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_of_one_type_and_without_repetition() {
        let check = |changes: &[(DataType, &str)], expected: &[(usize, usize)]| {
            let changes: Vec<_> =
                changes.iter().map(|(kind, uid)| TargetChange::new(ChangeOp::Create, *kind, *uid)).collect();
            let runs: Vec<_> = runs(&changes).into_iter().map(|run| (run.start, run.end)).collect();
            assert_eq!(runs, expected);
        };
        use DataType::{Department, User};
        check(&[], &[]);
        check(&[(User, "1"), (User, "2")], &[(0, 2)]);
        check(&[(Department, "1"), (User, "1"), (User, "2"), (User, "1")], &[(0, 1), (1, 3), (3, 4)]);
        check(&[(User, "1"), (User, "1"), (User, "2")], &[(0, 1), (1, 3)]);
    }
}
