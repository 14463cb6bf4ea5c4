//! What follows for a plan once all records are read: who is absent from a full read, whose parent
//! goes away, and which departments would be their own ancestors.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::fields;
use crate::domain::ids::LocalId;
use crate::domain::policy::OnMissing;
use crate::domain::record::Record;
use crate::domain::task::Task;
use crate::store::records::State;
use crate::store::{StoreError, changes, departments, records, sizes, tasks};

use super::claim::WriteError;
use super::look_up;
use super::plan::{Decision, decide_missing};
use super::planner::Planner;

/// How many stored rows are looked at together.
const PAGE: u64 = 5_000;

impl Planner<'_> {
    /// Plans what happens to those whom a full read of a data type no longer gave. Returns a note for
    /// the task's message if that had to be left undone.
    pub(crate) async fn plan_missing(
        &mut self,
        data_type: DataType,
        policy: OnMissing,
    ) -> Result<Option<String>, WriteError> {
        let unidentified = *self.unidentified.of(data_type);
        if unidentified > 0 {
            return Ok(Some(format!(
                "nobody was taken for absent from the {}, because {unidentified} of the records read had no \
                 readable uid",
                data_type.target()
            )));
        }
        self.saw_all_users |= data_type == DataType::User;
        if policy == OnMissing::Keep {
            return Ok(None);
        }
        let missing = policy == OnMissing::Delete;
        let (dialect, source) = (self.scope.dialect, self.scope.source);
        let mut after: Option<String> = None;
        loop {
            let reader = &self.desk.reader();
            let page = (after.as_deref(), PAGE);
            let page = records::standing(reader, dialect, source, data_type, missing, page).await?;
            let Some(last) = page.last() else { return Ok(None) };
            after = Some(last.uid.clone());
            let seen = &*self.seen.of(data_type) | &*self.refused.of(data_type);
            let mut absent: Vec<_> =
                page.into_iter().filter(|record| !seen.contains(record.local_id.0.unsigned_abs())).collect();
            while !absent.is_empty() {
                let ids: Vec<LocalId> = absent.iter().map(|record| record.local_id).collect();
                let count = sizes::fitting_rows(&self.desk.reader(), dialect, data_type, &ids).await?;
                let rest = absent.split_off(count);
                self.plan_absent(data_type, policy, absent).await?;
                absent = rest;
            }
        }
    }

    /// Plans what happens to these records, which are absent.
    async fn plan_absent(
        &mut self,
        data_type: DataType,
        policy: OnMissing,
        absent: Vec<records::StoredRecord>,
    ) -> Result<(), WriteError> {
        let stored = look_up::with_rows(&self.desk.reader(), self.scope, data_type, absent).await?;
        let mut planned = Vec::new();
        for (uid, stored) in stored {
            if let Decision::Change { op, before } = decide_missing(policy, &stored) {
                let what = (data_type, uid, stored.row.id);
                let change = self.consequence(what, op, Cause::Missing, before.unwrap_or_default());
                planned.push(Change { base: Some(stored.kept()), ..change });
            }
        }
        self.write(data_type, planned, Vec::new()).await
    }

    /// Plans that the children of departments which go away move to the root.
    pub(crate) async fn plan_orphans(&mut self) -> Result<(), WriteError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.departments_with(&[Op::Delete], after.as_deref()).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.uid.clone());
            let parents = page.iter().map(|change| change.uid.as_str());
            let (dialect, source) = (self.scope.dialect, self.scope.source);
            let children = departments::children(&self.desk.reader(), dialect, source, parents).await?;
            let uids = children.iter().map(|child| child.uid.as_str());
            let reader = &self.desk.reader();
            let own = changes::by_uids(reader, dialect, self.task, DataType::Department, uids).await?;
            let mut own: HashMap<String, Change> =
                own.into_iter().map(|change| (change.uid.clone(), change)).collect();
            let mut planned = Vec::new();
            for child in children {
                let parent = Value::from(child.parent_uid);
                match own.remove(&child.uid) {
                    None => {
                        let what = (DataType::Department, child.uid, LocalId(child.id));
                        let before = [("parentUid".to_owned(), parent)].into_iter().collect();
                        planned.push(self.consequence(what, Op::Update, Cause::ParentDeleted, before));
                    }
                    Some(mut change) if change.op == Op::Update && change.outcome.is_none() => {
                        let before = change.before.get_or_insert_default();
                        before.entry("parentUid").or_insert(parent);
                        planned.push(change);
                    }
                    Some(_) => {}
                }
            }
            self.write(DataType::Department, planned, Vec::new()).await?;
        }
    }

    /// Fails the planned departments that would be their own ancestors in the tree that the task leaves.
    /// Of a plan that was `held`, what has not been applied is looked at: any parent in it may be new by
    /// now, and what will be skipped changes nothing.
    pub(crate) async fn refuse_cycles(&mut self, held: Option<&Task>) -> Result<(), WriteError> {
        let planned = self.planned_tree(held).await?;
        if planned.placed.is_empty() {
            return Ok(());
        }
        let stored = self.stored_tree(&planned).await?;
        let refused = circles(&stored, planned.placed);
        let mut ops: HashMap<String, Op> = HashMap::new();
        let (dialect, uids) = (self.scope.dialect, refused.iter().map(|(uid, _)| uid.as_str()));
        let reader = &self.desk.reader();
        for change in changes::by_uids(reader, dialect, self.task, DataType::Department, uids).await? {
            ops.insert(change.uid, change.op);
        }
        let mut marks = Vec::new();
        for (uid, parent) in refused {
            let Some(op) = ops.get(&uid) else { continue };
            *self.counts.department.of(*op) -= 1;
            self.counts.department.failed += 1;
            let parent = parent.unwrap_or_else(|| "its parent".to_owned());
            let reason = format!(
                "uid {uid}: parentUid: {parent} is below this department itself, or would be after this task"
            );
            marks.push((DataType::Department, uid, Outcome::Failed, Some(reason)));
        }
        if marks.is_empty() {
            return Ok(());
        }
        let plan = self.desk.begin().await?;
        changes::mark(plan.tx(), dialect, self.task, &marks).await?;
        Ok(plan.commit("write the plan").await?)
    }

    /// What the plan does to the tree.
    async fn planned_tree(&self, held: Option<&Task>) -> Result<PlannedTree, StoreError> {
        const OPS: [Op; 4] = [Op::Create, Op::Update, Op::Delete, Op::Unlink];
        let superseded = match held {
            Some(task) => tasks::later_full(&self.desk.reader(), task, DataType::Department).await?.is_some(),
            None => false,
        };
        let mut planned = PlannedTree::default();
        let mut after: Option<String> = None;
        loop {
            let mut page = self.departments_with(&OPS, after.as_deref()).await?;
            let Some(last) = page.last() else { return Ok(planned) };
            after = Some(last.uid.clone());
            let applied = held.and_then(|task| task.watermark.as_ref());
            page.retain(|change| {
                change.outcome.is_none() && applied.is_none_or(|watermark| change.place() > *watermark)
            });
            if held.is_some() {
                self.leave_out_what_moved(&mut page, superseded).await?;
            }
            for change in page {
                planned.take(change, held.is_some());
            }
        }
    }

    /// Leaves out the changes of a plan that will be skipped when it is applied, because their records
    /// have been given again, or a later task has judged who is absent.
    async fn leave_out_what_moved(&self, page: &mut Vec<Change>, superseded: bool) -> Result<(), StoreError> {
        let (dialect, source) = (self.scope.dialect, self.scope.source);
        let uids = page.iter().map(|change| change.uid.as_str());
        let stored =
            records::by_uids(&self.desk.reader(), dialect, source, DataType::Department, uids).await?;
        let now: HashMap<String, (i64, State)> =
            stored.into_iter().map(|record| (record.uid, (record.hash, record.state))).collect();
        page.retain(|change| {
            let now = now.get(&change.uid).copied();
            let is_as_planned = now.map(|(hash, _)| hash) == change.base.map(|kept| kept.hash);
            match change.cause {
                Cause::Given => is_as_planned,
                Cause::Missing => {
                    is_as_planned && !superseded && now.is_some_and(|(_, state)| state == State::Present)
                }
                _ => true,
            }
        });
        Ok(())
    }

    async fn departments_with(&self, ops: &[Op], after: Option<&str>) -> Result<Vec<Change>, StoreError> {
        changes::page_of(&self.desk.reader(), self.task, DataType::Department, ops, after, PAGE).await
    }

    /// What is stored of the tree and stays as it is, uids as hashes.
    async fn stored_tree(&self, planned: &PlannedTree) -> Result<StoredTree, StoreError> {
        let mut tree = StoredTree::default();
        let mut after = String::new();
        loop {
            let (dialect, source) = (self.scope.dialect, self.scope.source);
            let page =
                departments::edges(&self.desk.reader(), dialect, source, &after, PAGE.cast_signed()).await?;
            let Some(last) = page.last() else { return Ok(tree) };
            after.clone_from(&last.uid);
            for edge in page {
                let uid = fields::hash(&edge.uid);
                let Some(parent) = edge.parent_uid.map(|parent| fields::hash(&parent)) else { continue };
                if edge.is_there && !planned.gone.contains(&uid) {
                    tree.in_effect.insert(uid, parent);
                } else if planned.placed.get(&edge.uid).is_some_and(|place| *place == Place::AsStored) {
                    tree.of_returning.insert(uid, parent);
                }
            }
        }
    }
}

/// What a plan does to the tree of departments.
#[derive(Debug, Default)]
struct PlannedTree {
    /// The departments that are given a place: new ones, those that move, and those that come back.
    placed: HashMap<String, Place>,
    /// Those that go away, as hashes of their uids. References to them have no effect any more.
    gone: HashSet<i64>,
}

/// Where a plan puts a department.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Root,
    Below(String),
    /// It comes back to where it was.
    AsStored,
}

impl PlannedTree {
    /// Takes a change into account that has neither failed nor been applied. `any` parent that is named
    /// counts as new, or only those that the plan says it changes.
    fn take(&mut self, change: Change, any: bool) {
        if matches!(change.op, Op::Delete | Op::Unlink) {
            self.gone.insert(fields::hash(&change.uid));
            return;
        }
        // That a child moves to the root because its parent goes follows from the parent's going.
        if change.cause == Cause::ParentDeleted {
            return;
        }
        let record = change.record.as_deref().and_then(|text| Record::from_stored(&change.uid, text));
        let given = record.as_ref().and_then(|record| record.fields.get("parentUid"));
        let replaces = |name: &str| change.before.as_ref().is_some_and(|before| before.contains_key(name));
        let returns = replaces("isDeleted");
        let is_new = change.op == Op::Create || change.before.is_none();
        let place = match given {
            Some(parent) if any || is_new || returns || replaces("parentUid") => {
                parent.as_str().map_or(Place::Root, |parent| Place::Below(parent.to_owned()))
            }
            _ if returns => Place::AsStored,
            _ => return,
        };
        self.placed.insert(change.uid, place);
    }
}

/// What is stored of a tree: a department's parent, for all that have one.
#[derive(Debug, Default)]
struct StoredTree {
    /// Of those that are there, before and after the task.
    in_effect: HashMap<i64, i64>,
    /// Of those that come back to where they were.
    of_returning: HashMap<i64, i64>,
}

/// Which of the `placed` departments would be their own ancestors, given what is stored, with the parents
/// that they would have; none for one that comes back to where it was. A refused one stays where it is,
/// which may close another circle, so the search goes on until none is left. The result is sorted.
fn circles(stored: &StoredTree, mut placed: HashMap<String, Place>) -> Vec<(String, Option<String>)> {
    let mut refused: Vec<(String, Option<String>)> = Vec::new();
    loop {
        let mut tree = stored.in_effect.clone();
        for (uid, place) in &placed {
            let uid = fields::hash(uid);
            let parent = match place {
                Place::Root => None,
                Place::Below(parent) => Some(fields::hash(parent)),
                Place::AsStored => stored.of_returning.get(&uid).copied(),
            };
            match parent {
                Some(parent) => tree.insert(uid, parent),
                None => tree.remove(&uid),
            };
        }
        let on_circle = on_circle(&tree);
        let found: Vec<String> =
            placed.keys().filter(|uid| on_circle.contains(&fields::hash(uid))).cloned().collect();
        if found.is_empty() {
            refused.sort();
            return refused;
        }
        for uid in found {
            let parent = match placed.remove(&uid) {
                Some(Place::Below(parent)) => Some(parent),
                _ => None,
            };
            refused.push((uid, parent));
        }
    }
}

/// The nodes that are their own ancestors.
fn on_circle(tree: &HashMap<i64, i64>) -> HashSet<i64> {
    let mut circle = HashSet::new();
    let mut done: HashSet<i64> = HashSet::with_capacity(tree.len());
    for start in tree.keys() {
        let mut path: Vec<i64> = Vec::new();
        let mut on_path: HashMap<i64, usize> = HashMap::new();
        let mut node = *start;
        while !done.contains(&node) {
            if let Some(entered) = on_path.get(&node) {
                circle.extend(&path[*entered..]);
                break;
            }
            on_path.insert(node, path.len());
            path.push(node);
            match tree.get(&node) {
                Some(parent) => node = *parent,
                None => break,
            }
        }
        done.extend(path);
    }
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stored: &[(&str, &str)], moved: &[(&str, &str)], expected: &[&str]) {
        let in_effect =
            stored.iter().map(|(uid, parent)| (fields::hash(uid), fields::hash(parent))).collect();
        let stored = StoredTree { in_effect, of_returning: HashMap::new() };
        let place = |parent: &str| match parent {
            "" => Place::Root,
            parent => Place::Below(parent.to_owned()),
        };
        let placed = moved.iter().map(|(uid, parent)| ((*uid).to_owned(), place(parent))).collect();
        let refused: Vec<String> = circles(&stored, placed).into_iter().map(|(uid, _)| uid).collect();
        assert_eq!(refused, expected);
    }

    #[test]
    fn only_those_on_a_circle_are_refused() {
        check(&[], &[("a", "b"), ("b", "c")], &[]);
        check(&[], &[("a", "b"), ("b", "a"), ("c", "a")], &["a", "b"]);
        check(&[("b", "a")], &[("a", "b")], &["a"]);
        check(&[("b", "a"), ("c", "b")], &[("a", "c"), ("d", "c")], &["a"]);
        check(&[("a", "b")], &[("b", "c")], &[]);
    }

    #[test]
    fn what_leaves_its_place_in_the_same_task_stands_in_nobodys_way() {
        check(&[("b", "a")], &[("a", "b"), ("b", "")], &[]);
        check(&[("b", "a"), ("c", "b")], &[("c", ""), ("b", "c"), ("a", "b")], &[]);
        check(&[("b", "a"), ("c", "b")], &[("a", "c"), ("b", "")], &[]);
        check(&[("b", "a"), ("c", "b")], &[("a", "c"), ("c", "b")], &["a", "c"]);
    }

    #[test]
    fn a_refusal_that_closes_another_circle_is_followed() {
        // a stays below b because its own move is refused, so b can't go below a either.
        check(&[("a", "b")], &[("a", "c"), ("c", "a"), ("b", "a")], &["a", "b", "c"]);
    }
}
