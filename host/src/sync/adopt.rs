//! Users who pass from one record of a source to another: the record under which somebody came is gone, or
//! goes in this very task, and a new one matches the user. Which of them go is known once all is read, so the
//! new ones are decided about then; of the old ones nothing more is done, because their user stays.

use std::collections::HashMap;

use crate::domain::change::{Cause, Change, Op, Outcome};
use crate::domain::data_type::DataType;
use crate::domain::record::Record;
use crate::store::changes;

use super::claim::WriteError;
use super::plan::{Candidate, Leaving};
use super::planner::{Given, Pass, Planner};

/// How many new records are looked at together.
const PAGE: usize = 500;

/// Why a record's going is void.
fn passed_on(uid: &str) -> String {
    format!(
        "not needed: the user passes on to uid {uid} of this source, which takes the place of this record"
    )
}

impl Planner<'_> {
    /// Settles for users what depends on the whole plan: which of them new records adopt, and who may have
    /// which username and e-mail. Returns a note for the task's message.
    pub(crate) async fn settle_users(&mut self) -> Result<Option<String>, WriteError> {
        self.settle_matches().await?;
        let note = self.settle_contests().await?;
        self.let_adopted_stay().await?;
        Ok(note)
    }

    /// Decides about the new records that match a user of another record of the source.
    async fn settle_matches(&mut self) -> Result<(), WriteError> {
        let deferred: Vec<String> = std::mem::take(&mut self.deferred).into_iter().collect();
        for page in deferred.chunks(PAGE) {
            let uids = page.iter().map(String::as_str);
            let (reader, dialect) = (&self.desk.reader(), self.scope.dialect);
            let planned = changes::by_uids(reader, dialect, self.task, DataType::User, uids).await?;
            let waits = |change: &Change| {
                change.outcome == Some(Outcome::Failed)
                    && change.cause == Cause::Given
                    && change.op != Op::Reject
            };
            let record = |change: Change| Record::from_stored(&change.uid, change.record.as_deref()?);
            let mut given: Vec<Given> =
                planned.into_iter().filter(waits).filter_map(record).map(Given::new).collect();
            given.sort_by(|a, b| a.uid().cmp(b.uid()));
            let (planned, _) = self.decide(DataType::User, given, Pass::Last).await?;
            self.write(DataType::User, planned, Vec::new()).await?;
        }
        Ok(())
    }

    /// A full read that does not give the record of a candidate lets it go, also where the policy keeps those
    /// who are absent.
    pub(super) fn look_for_the_absent(&self, candidates: &mut [Candidate]) {
        for candidate in candidates.iter_mut().filter(|_| self.saw_all_users) {
            let seen = self.seen_users().contains(candidate.row.id.0.unsigned_abs());
            if let Some(linked) =
                candidate.linked.as_mut().filter(|linked| linked.leaving == Leaving::No && !seen)
            {
                linked.leaving = Leaving::Absent;
            }
        }
    }

    /// Gives up the changes that would take away the users whom other records adopt.
    async fn let_adopted_stay(&mut self) -> Result<(), WriteError> {
        let moves: Vec<String> = std::mem::take(&mut self.moves).into_iter().collect();
        for page in moves.chunks(PAGE) {
            let uids = page.iter().map(String::as_str);
            let (reader, dialect) = (&self.desk.reader(), self.scope.dialect);
            let adopting = changes::by_uids(reader, dialect, self.task, DataType::User, uids).await?;
            let adopting = adopting.into_iter().filter(|change| change.outcome.is_none());
            let heirs: HashMap<String, String> =
                adopting.filter_map(|change| Some((change.link_move?.uid, change.uid))).collect();
            let uids = heirs.keys().map(String::as_str);
            let going = changes::by_uids(reader, dialect, self.task, DataType::User, uids).await?;
            let mut marks = Vec::new();
            for change in going.into_iter().filter(|change| change.outcome.is_none()) {
                let Some(heir) = heirs.get(&change.uid) else { continue };
                let counts = &mut self.counts.user;
                *counts.of(change.op) -= 1;
                counts.switched_off -= u64::from(change.switches_off());
                marks.push((DataType::User, change.uid, Outcome::Skipped, Some(passed_on(heir))));
            }
            if marks.is_empty() {
                continue;
            }
            let plan = self.desk.begin().await?;
            changes::mark(plan.tx(), dialect, self.task, &marks).await?;
            plan.commit("write the plan").await?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "adopt_tests.rs"]
mod tests;
