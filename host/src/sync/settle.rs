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
use crate::store::{StoreError, changes, departments, records};

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
            let seen = self.seen.of(data_type);
            let absent: Vec<_> =
                page.into_iter().filter(|record| !seen.contains(record.local_id.0.unsigned_abs())).collect();
            let stored = look_up::with_rows(&self.desk.reader(), self.scope, data_type, absent).await?;
            let mut planned = Vec::new();
            for (uid, stored) in stored {
                if let Decision::Change { op, before } = decide_missing(policy, &stored) {
                    let what = (data_type, uid, stored.row.id);
                    let change = self.consequence(what, op, Cause::Missing, before.unwrap_or_default());
                    planned.push(Change { base: Some(stored.kept()), ..change });
                }
            }
            self.write(data_type, planned, Vec::new()).await?;
        }
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

    /// Fails the planned departments whose new parent would make a circle. Of a plan that was
    /// `held`, what has not been applied is looked at, and any parent in it may be new by now.
    pub(crate) async fn refuse_cycles(&mut self, held: Option<&Task>) -> Result<(), WriteError> {
        let mut moved: HashMap<String, String> = HashMap::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.departments_with(&[Op::Create, Op::Update, Op::Delete], after.as_deref()).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.uid.clone());
            let applied = held.and_then(|task| task.watermark.as_ref());
            let pending = |change: &&Change| {
                change.outcome.is_none() && applied.is_none_or(|watermark| change.place() > *watermark)
            };
            for change in page.iter().filter(pending) {
                let record = change.record.as_deref().and_then(|text| Record::from_stored(&change.uid, text));
                let Some(record) = record else { continue };
                let parent = fields::text(&record.fields, "parentUid");
                let moves = held.is_some()
                    || change.before.as_ref().is_none_or(|before| before.contains_key("parentUid"));
                if let Some(parent) = parent.filter(|_| moves) {
                    moved.insert(change.uid.clone(), parent.to_owned());
                }
            }
        }
        if moved.is_empty() {
            return Ok(());
        }
        let stored = self.stored_tree().await?;
        let refused = circles(&stored, moved);
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

    async fn departments_with(&self, ops: &[Op], after: Option<&str>) -> Result<Vec<Change>, StoreError> {
        changes::page_of(&self.desk.reader(), self.task, DataType::Department, ops, after, PAGE).await
    }

    /// The tree as stored, uids as hashes: a department's parent, for all that have one.
    async fn stored_tree(&self) -> Result<HashMap<i64, i64>, StoreError> {
        let mut tree = HashMap::new();
        let mut after = String::new();
        loop {
            let (dialect, source) = (self.scope.dialect, self.scope.source);
            let page =
                departments::edges(&self.desk.reader(), dialect, source, &after, PAGE.cast_signed()).await?;
            let Some(last) = page.last() else { return Ok(tree) };
            after.clone_from(&last.uid);
            for edge in page {
                if let Some(parent) = edge.parent_uid {
                    tree.insert(fields::hash(&edge.uid), fields::hash(&parent));
                }
            }
        }
    }
}

/// Which of the `moved` departments (uid → new parent) would be their own ancestors, given the parents
/// that are `stored`. A refused one keeps its stored parent, which may close another circle, so the
/// search goes on until none is left. The result is sorted.
fn circles(stored: &HashMap<i64, i64>, mut moved: HashMap<String, String>) -> Vec<(String, String)> {
    let mut refused: Vec<(String, String)> = Vec::new();
    loop {
        let mut tree = stored.clone();
        for (uid, parent) in &moved {
            tree.insert(fields::hash(uid), fields::hash(parent));
        }
        let on_circle = on_circle(&tree);
        let found: Vec<String> =
            moved.keys().filter(|uid| on_circle.contains(&fields::hash(uid))).cloned().collect();
        if found.is_empty() {
            refused.sort();
            return refused;
        }
        for uid in found {
            refused.extend(moved.remove_entry(&uid));
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
        let stored = stored.iter().map(|(uid, parent)| (fields::hash(uid), fields::hash(parent))).collect();
        let moved = moved.iter().map(|(uid, parent)| ((*uid).to_owned(), (*parent).to_owned())).collect();
        let refused: Vec<String> = circles(&stored, moved).into_iter().map(|(uid, _)| uid).collect();
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
    fn a_refusal_that_closes_another_circle_is_followed() {
        // a stays below b because its own move is refused, so b can't go below a either.
        check(&[("a", "b")], &[("a", "c"), ("c", "a"), ("b", "a")], &["a", "b", "c"]);
    }
}
