//! References to departments that a task's records make, and those of them that lead nowhere once it is applied.
//! That is no failure, since the department may come later; but nobody should have to wonder where a membership
//! went. Each department is asked for once, however many records name it.

use std::collections::HashMap;

use crate::domain::change::Op;
use crate::domain::data_type::DataType;
use crate::domain::fields;
use crate::domain::record::Record;
use crate::store::records::State;
use crate::store::{StoreError, changes, dangling, records};

use super::planner::{PerType, Planner};

/// How many departments are asked for at once.
const PAGE: usize = 5_000;
/// How many a message names.
const NAMED: usize = 3;

/// How often records name each department: users as theirs, departments as their parent.
#[derive(Debug, Default)]
pub(super) struct References(PerType<HashMap<String, u64>>);

impl References {
    /// Notes what a record names.
    pub(super) fn note(&mut self, data_type: DataType, record: &Record) {
        let named = self.0.of(data_type);
        let mut add = |uid: &str| match named.get_mut(uid) {
            Some(count) => *count += 1,
            None => {
                named.insert(uid.to_owned(), 1);
            }
        };
        match data_type {
            DataType::Department => fields::text(&record.fields, "parentUid").into_iter().for_each(add),
            DataType::User => {
                let departments = record.fields.get("departments").and_then(|given| given.as_array());
                departments
                    .into_iter()
                    .flatten()
                    .filter_map(|entry| entry["uid"].as_str())
                    .for_each(&mut add);
            }
        }
    }
}

impl Planner<'_> {
    /// Counts the references of the records read that lead nowhere once the plan is applied, and tells of them.
    pub(crate) async fn count_dangling(&mut self) -> Result<Option<String>, StoreError> {
        let mut told = Vec::new();
        for data_type in [DataType::User, DataType::Department] {
            let named = std::mem::take(self.references.0.of(data_type));
            let mut nowhere: Vec<(String, u64)> = Vec::new();
            let mut uids: Vec<&String> = named.keys().collect();
            uids.sort();
            for page in uids.chunks(PAGE) {
                let there = self.there(page).await?;
                let missing = page.iter().filter(|uid| !there.get(uid.as_str()).copied().unwrap_or(false));
                nowhere.extend(missing.map(|uid| ((*uid).clone(), named[*uid])));
            }
            let count = nowhere.iter().map(|(_, count)| count).sum();
            self.counts.of(data_type).dangling = count;
            if count > 0 {
                nowhere.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                told.push(self.sentence(data_type, &nowhere).await?);
            }
        }
        Ok((!told.is_empty()).then(|| told.join("; ")))
    }

    /// Which of these departments are there once the plan is applied, as far as anything is known of them.
    async fn there(&self, uids: &[&String]) -> Result<HashMap<String, bool>, StoreError> {
        let (reader, dialect, source) = (&self.desk.reader(), self.scope.dialect, self.scope.source);
        let keys = || uids.iter().map(|uid| uid.as_str());
        let stored = records::by_uids(reader, dialect, source, DataType::Department, keys()).await?;
        let mut there: HashMap<String, bool> =
            stored.into_iter().map(|record| (record.uid, record.state != State::Deleted)).collect();
        if self.counts.department.changes() == 0 {
            return Ok(there);
        }
        let planned = changes::by_uids(reader, dialect, self.task, DataType::Department, keys()).await?;
        for change in planned.into_iter().filter(|change| change.outcome.is_none()) {
            there.insert(change.uid, !matches!(change.op, Op::Delete | Op::Unlink));
        }
        Ok(there)
    }

    async fn sentence(&self, data_type: DataType, nowhere: &[(String, u64)]) -> Result<String, StoreError> {
        let first = || nowhere.iter().take(NAMED).map(|(uid, _)| uid.as_str());
        let (reader, dialect, source) = (&self.desk.reader(), self.scope.dialect, self.scope.source);
        let others = dangling::elsewhere(reader, dialect, source, first()).await?;
        let named = first().map(|uid| match others.get(uid) {
            Some(names) => {
                format!("{uid} (which source {} gives; a source can name only its own)", names.join(", "))
            }
            None => uid.to_owned(),
        });
        let mut named: Vec<String> = named.collect();
        if nowhere.len() > NAMED {
            named.push(format!("{} more", nowhere.len() - NAMED));
        }
        let count: u64 = nowhere.iter().map(|(_, count)| count).sum();
        let what = match (data_type, count) {
            (DataType::User, 1) => "1 membership names a department that is not there",
            (DataType::User, _) => "memberships name departments that are not there",
            (DataType::Department, 1) => "1 department is below one that is not there",
            (DataType::Department, _) => "departments are below some that are not there",
        };
        let count = if count == 1 { String::new() } else { format!("{count} ") };
        Ok(format!("{count}{what}: {}", named.join(", ")))
    }
}

#[cfg(test)]
#[path = "references_tests.rs"]
mod tests;
