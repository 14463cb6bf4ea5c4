//! Turns batches of records into the rows of a task's plan: sifts out the unchanged in one statement,
//! loads what is stored of the rest, lets `plan` decide, writes the changes. Remembers in a compressed
//! bitmap whom it has seen, so that a full read can tell who is absent.

use std::collections::{BTreeSet, HashMap, HashSet};

use roaring::RoaringTreemap;

use crate::domain::change::{Cause, Change, Op, Outcome, unidentified};
use crate::domain::counts::Counts;
use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::fold;
use crate::domain::ids::{LocalId, TaskId};
use crate::domain::leaving;
use crate::domain::link::{Kept, LinkMove, given_by_hand};
use crate::domain::policy::MatchKey;
use crate::domain::record::Record;
use crate::domain::task::Task;
use crate::store::{Store, StoreError, changes, records, sizes, users};

use super::apply::GIVEN_ANEW;
use super::claim::{Claim, Desk, WriteError};
use super::intake::{Received, ReceivedBatch};
use super::locks;
use super::look_up;
use super::plan::{Decision, Stored, decide};
use super::references::References;
use super::targets::Scope;
use super::wants::{Before, Want, Wants, wants_of};

/// Plans one task.
#[derive(Debug)]
pub(crate) struct Planner<'a> {
    pub(super) desk: Desk<'a>,
    pub(super) scope: Scope,
    pub(super) task: TaskId,
    pub(super) match_key: Option<MatchKey>,
    /// What the plan does so far.
    pub(crate) counts: Counts,
    /// The rows of records seen, by data type.
    pub(super) seen: PerType<RoaringTreemap>,
    /// The rows of records that could not be understood, by data type. They are not absent either.
    pub(super) refused: PerType<RoaringTreemap>,
    /// Records whose uid could not be read, by data type.
    pub(super) unidentified: PerType<u64>,
    /// The departments that records name.
    pub(super) references: References,
    /// Changes written, by data type, those replaced later included.
    written: PerType<u64>,
    /// What the changes of users want to have, and no two may.
    pub(super) wants: Wants,
    /// The users that the plan writes or deletes.
    pub(super) touched: RoaringTreemap,
    /// New records that match a user of another record of this source. Whether they adopt it depends on what
    /// becomes of that one, which is known at the end.
    pub(super) deferred: BTreeSet<String>,
    /// New records that adopt such a user.
    pub(super) moves: BTreeSet<String>,
    /// Whether a full read has given all users, so that those not seen are absent.
    pub(super) saw_all_users: bool,
    /// Whether there were users when that was looked at last.
    has_users: bool,
    pub(super) is_undo: bool,
    pub(super) position: i64,
}

/// One value for each data type.
#[derive(Debug, Default)]
pub(super) struct PerType<T> {
    department: T,
    user: T,
}

impl<T> PerType<T> {
    pub(super) fn of(&mut self, data_type: DataType) -> &mut T {
        match data_type {
            DataType::Department => &mut self.department,
            DataType::User => &mut self.user,
        }
    }
}

impl<'a> Planner<'a> {
    /// A planner with an empty plan, that is written piece by piece.
    pub(crate) fn new(store: Store, scope: Scope, task: &Task) -> Self {
        Self::at(Desk::Apart(store, Claim::of(task)), scope, task)
    }

    /// A planner with an empty plan.
    pub(crate) fn at(desk: Desk<'a>, scope: Scope, task: &Task) -> Self {
        Self {
            desk,
            scope,
            task: task.id,
            match_key: task.match_key,
            counts: Counts::default(),
            seen: PerType::default(),
            refused: PerType::default(),
            unidentified: PerType::default(),
            references: References::default(),
            written: PerType::default(),
            wants: Wants::default(),
            touched: RoaringTreemap::new(),
            deferred: BTreeSet::new(),
            moves: BTreeSet::new(),
            saw_all_users: false,
            has_users: false,
            is_undo: task.undoes.is_some(),
            position: 0,
        }
    }

    /// Plans a batch. Its changes are in the database when this returns.
    pub(crate) async fn plan(&mut self, batch: ReceivedBatch) -> Result<(), WriteError> {
        let ReceivedBatch { data_type, records } = batch;
        self.counts.of(data_type).all += records.len() as u64;
        let mut distinct: HashMap<String, Given> = HashMap::with_capacity(records.len());
        let mut rejected: Vec<Received> = Vec::new();
        for received in records {
            match received.record {
                Err(ref invalid) => {
                    let uid = invalid.uid.as_deref();
                    let leaving = uid.and_then(|uid| leaving::of_text(uid, &received.text));
                    if let Some(record) = leaving {
                        let given = Given { is_counted: true, ..Given::new(record) };
                        self.keep_last(data_type, &mut distinct, given);
                    }
                    rejected.push(received);
                }
                Ok(record) => {
                    self.references.note(data_type, &record);
                    let (hash, stored) = (received.hash, received.stored);
                    let given = Given { record, hash, stored, is_counted: false, locked: None };
                    self.keep_last(data_type, &mut distinct, given);
                }
            }
        }
        let sifted = self.sift(data_type, &distinct).await?;
        let unchanged = sifted.unchanged.len();
        let again = sifted.unchanged.intersection_len(self.seen.of(data_type));
        *self.seen.of(data_type) |= sifted.unchanged;
        self.counts.of(data_type).unchanged += unchanged - again;
        self.counts.of(data_type).duplicates += again;
        let mut rest: Vec<Given> = sifted.other.iter().filter_map(|uid| distinct.remove(uid)).collect();
        rest.extend(distinct.into_values().filter(|given| given.is_counted));
        rest.sort_by(|a, b| a.record.uid.cmp(&b.record.uid));
        while let Some(portion) = self.portion(data_type, &mut rest).await? {
            let (planned, void) = self.decide(data_type, portion, Pass::First).await?;
            self.write(data_type, planned, void).await?;
        }
        let rejected = self.reject(data_type, rejected).await?;
        self.write(data_type, rejected, Vec::new()).await
    }

    /// Takes off the first records whose rows can be loaded together; none when there are no more.
    async fn portion(
        &self,
        data_type: DataType,
        rest: &mut Vec<Given>,
    ) -> Result<Option<Vec<Given>>, StoreError> {
        if rest.is_empty() {
            return Ok(None);
        }
        let (reader, dialect) = (&self.desk.reader(), self.scope.dialect);
        let key = (self.scope.source, self.task, data_type);
        let uids = rest.iter().map(Given::uid);
        let stored = sizes::of_records(reader, dialect, key, uids).await?;
        let value = |given: &Given, match_key: MatchKey| {
            fold::key_of(match_key, fields::text(&given.record.fields, match_key.as_str()))
        };
        let match_key = self.match_key.filter(|_| data_type == DataType::User);
        let matched = match match_key {
            Some(key) => {
                let values: Vec<String> = rest.iter().filter_map(|given| value(given, key)).collect();
                sizes::of_holders(reader, dialect, key, values.iter().map(String::as_str)).await?
            }
            None => HashMap::new(),
        };
        let bytes = |given: &Given| {
            let of_match = match match_key {
                Some(key) if !matched.is_empty() => value(given, key).and_then(|value| matched.get(&value)),
                _ => None,
            };
            let of_row = stored.get(given.uid()).copied().unwrap_or_default();
            of_row + of_match.copied().unwrap_or_default() + given.stored.len() as u64
        };
        let after = rest.split_off(sizes::fitting(rest.iter().map(bytes)));
        Ok(Some(std::mem::replace(rest, after)))
    }

    /// Plans failed changes of an earlier attempt anew. Those that can't be understood stay as they are.
    pub(crate) async fn replan(&mut self, failed: Vec<Change>) -> Result<(), WriteError> {
        let mut again: PerType<Vec<Change>> = PerType::default();
        for change in failed.into_iter().filter(|change| change.op != Op::Reject) {
            self.position = self.position.max(change.position + 1);
            again.of(change.data_type).push(change);
        }
        for data_type in DataType::ALL {
            let failed = std::mem::take(again.of(data_type));
            self.counts.of(data_type).failed -= failed.len() as u64;
            let given = self.leave_what_moved(data_type, failed).await?;
            let locked = given.iter().filter(|given| given.locked.is_some()).count();
            self.counts.of(data_type).updated -= locked as u64;
            let mut void: Vec<String> = given.iter().map(|given| given.record.uid.clone()).collect();
            let (planned, _) = self.decide(data_type, given, Pass::First).await?;
            let planned_uids: HashSet<&str> = planned.iter().map(|change| change.uid.as_str()).collect();
            void.retain(|uid| !planned_uids.contains(uid.as_str()));
            self.write(data_type, planned, void).await?;
            // What is written here is not an earlier record of the same read.
            *self.written.of(data_type) = 0;
        }
        Ok(())
    }

    /// Skips failed changes whose records have been given anew since, and returns the others' records.
    async fn leave_what_moved(
        &mut self,
        data_type: DataType,
        failed: Vec<Change>,
    ) -> Result<Vec<Given>, WriteError> {
        let (dialect, source) = (self.scope.dialect, self.scope.source);
        let uids = failed.iter().map(|change| change.uid.as_str());
        let stored = records::by_uids(&self.desk.reader(), dialect, source, data_type, uids).await?;
        let now: HashMap<&str, i64> =
            stored.iter().map(|record| (record.uid.as_str(), record.hash)).collect();
        let (mut given, mut moved) = (Vec::new(), Vec::new());
        for change in failed {
            let text = change.record.as_deref().unwrap_or("{}");
            match Record::from_stored(&change.uid, text) {
                Some(record)
                    if is_as_planned(
                        now.get(change.uid.as_str()).copied(),
                        change.leaves.or(change.base).map(|kept| kept.hash),
                    ) =>
                {
                    given.push(Given { locked: change.leaves, ..Given::new(record) });
                }
                _ => moved.push((data_type, change.uid, Outcome::Skipped, Some(GIVEN_ANEW.to_owned()))),
            }
        }
        if !moved.is_empty() {
            let plan = self.desk.begin().await?;
            changes::mark(plan.tx(), dialect, self.task, &moved).await?;
            plan.commit("write the plan").await?;
        }
        Ok(given)
    }

    /// Of two records with one uid in a batch, the later one is laid over the earlier.
    fn keep_last(&mut self, data_type: DataType, distinct: &mut HashMap<String, Given>, given: Given) {
        let given = match distinct.remove(&given.record.uid) {
            None => given,
            Some(earlier) => {
                let is_counted = earlier.is_counted && given.is_counted;
                self.counts.of(data_type).duplicates += u64::from(!earlier.is_counted && !given.is_counted);
                Given { is_counted, ..given.over(earlier.record) }
            }
        };
        distinct.insert(given.record.uid.clone(), given);
    }

    async fn sift(
        &self,
        data_type: DataType,
        distinct: &HashMap<String, Given>,
    ) -> Result<records::Sifted, StoreError> {
        if distinct.values().all(|given| given.is_counted) {
            return Ok(records::Sifted::default());
        }
        let whole = distinct.values().filter(|given| !given.is_counted);
        let hashes = whole.map(|given| (given.record.uid.as_str(), given.hash));
        let key = (self.scope.source, self.task, data_type);
        records::sift(&self.desk.reader(), self.scope.dialect, key, hashes).await
    }

    /// Decides about the records that are not plainly unchanged. Returns the changes, and the uids
    /// whose earlier change is void.
    pub(super) async fn decide(
        &mut self,
        data_type: DataType,
        mut rest: Vec<Given>,
        pass: Pass,
    ) -> Result<(Vec<Change>, Vec<String>), StoreError> {
        if rest.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let earlier = match pass {
            Pass::First => self.earlier(data_type, &rest).await?,
            Pass::Last => HashMap::new(),
        };
        for given in &mut rest {
            let Some(change) = earlier.get(&given.record.uid) else { continue };
            let counts = self.counts.of(data_type);
            counts.duplicates += u64::from(!given.is_counted);
            match change.outcome {
                Some(Outcome::Failed) if self.deferred.remove(&given.record.uid) => {}
                Some(Outcome::Failed) => counts.failed -= 1,
                _ => {
                    *counts.of(change.op) -= 1;
                    counts.switched_off -= u64::from(change.switches_off());
                    counts.emptied -= u64::from(change.empties());
                }
            }
            let text = change.record.as_deref().unwrap_or("{}");
            if let Some(before) = Record::from_stored(&given.record.uid, text) {
                *given = Given { is_counted: given.is_counted, ..given.clone().over(before) };
            }
        }
        let batch: Vec<&Record> = rest.iter().map(|given| &given.record).collect();
        let matching = (self.match_key, (pass == Pass::Last).then_some(self.task));
        let found = look_up::found(&self.desk.reader(), self.scope, data_type, matching, &batch).await?;
        let (mut planned, mut void) = (Vec::new(), Vec::new());
        // Nothing is in anybody's way in an empty directory, which is where the largest plans are made.
        self.has_users = self.has_users || users::any(&self.desk.reader(), self.scope.dialect).await?;
        let mut wanted: Vec<(Want, Option<LocalId>)> = Vec::new();
        for (given, mut found) in rest.into_iter().zip(found) {
            let had_change = earlier.contains_key(&given.record.uid);
            // What is counted already is not a record of its own: it may only take somebody away who is there.
            let is_counted = given.is_counted && !had_change;
            let may_leave =
                |stored: &Stored| !stored.row.deleted && (stored.row.enabled || given.record.deleted);
            if is_counted && !found.stored.as_ref().is_some_and(may_leave) {
                continue;
            }
            if let Some(stored) = found.stored.as_ref().filter(|_| !is_counted) {
                let new = self.seen.of(data_type).insert(stored.row.id.0.unsigned_abs());
                if !new && !had_change {
                    self.counts.of(data_type).unchanged -= 1;
                    self.counts.of(data_type).duplicates += 1;
                }
            }
            let is_deferred = pass == Pass::First
                && found.stored.is_none()
                && found.candidates.iter().any(|candidate| candidate.linked.is_some());
            if pass == Pass::Last {
                self.look_for_the_absent(&mut found.candidates);
            }
            let decision = match is_deferred {
                true => Decision::Fail(NOT_YET.to_owned()),
                false => decide(
                    data_type,
                    &given.record,
                    found.stored.as_ref(),
                    (self.match_key, &found.candidates),
                    self.scope.row_bytes,
                ),
            };
            let base = found.stored.as_ref().map(Stored::kept);
            let known = found.stored.as_ref().map(|stored| stored.row.id);
            let local_id = known.or(match found.candidates.as_slice() {
                [candidate] => Some(candidate.row.id),
                _ => None,
            });
            let (op, before, error) = match decision {
                Decision::Unchanged if given.locked.is_some() => {
                    self.counts.of(data_type).updated += 1;
                    (Op::Update, Some(Fields::new()), None)
                }
                Decision::Unchanged => {
                    self.counts.of(data_type).unchanged += u64::from(!is_counted);
                    if had_change {
                        void.push(given.record.uid);
                    }
                    continue;
                }
                Decision::Change { op, before } => {
                    *self.counts.of(data_type).of(op) += 1;
                    (op, before, None)
                }
                Decision::Fail(reason) => {
                    if is_deferred {
                        self.deferred.insert(given.record.uid.clone());
                    } else {
                        self.counts.of(data_type).failed += 1;
                    }
                    self.counts.of(data_type).updated += u64::from(given.locked.is_some());
                    let error = Some(format!("uid {}: {reason}", given.record.uid));
                    match given.locked {
                        Some(_) => (Op::Update, Some(Fields::new()), error),
                        None => (Op::Create, None, error),
                    }
                }
            };
            // An earlier attempt has switched the row off, which stays part of what this change did.
            let before = match (before, given.locked) {
                (Some(before), Some(_)) => Some(fields::merge(before, locks::switched_on())),
                (before, _) => before,
            };
            let change = self.change(data_type, given.record.uid, op, Cause::Given);
            let outcome = error.is_some().then_some(Outcome::Failed);
            let mut change =
                Change { record: Some(given.stored), before, local_id, outcome, error, base, ..change };
            change.leaves = given.locked;
            let switches_off = change.switches_off() && change.leaves.is_none();
            self.counts.of(data_type).switched_off += u64::from(switches_off);
            self.counts.of(data_type).emptied += u64::from(change.empties());
            if data_type == DataType::User && change.outcome.is_none() {
                if let (Op::Update, None, [candidate]) =
                    (change.op, &found.stored, found.candidates.as_slice())
                    && let Some(linked) = &candidate.linked
                {
                    let (uid, kept) = (linked.uid.clone(), linked.kept);
                    change.link_move = Some(LinkMove { uid, kept, restores: false });
                    self.moves.insert(change.uid.clone());
                }
                let row = found.stored.as_ref().map(|stored| &stored.row);
                let row = row.or(found.candidates.first().map(|candidate| &candidate.row));
                let row = row.map(|row| Before { fields: &row.fields, deleted: row.deleted });
                for want in wants_of(&change, &given.record.fields, row, self.match_key) {
                    match self.has_users {
                        true => wanted.push((want.kept(), change.local_id)),
                        false => self.wants.add(want.mark(), false),
                    }
                }
            }
            planned.push(change);
        }
        self.note_wants(wanted).await?;
        Ok((planned, void))
    }

    /// Remembers what changes want to have, each with its own row.
    pub(super) async fn note_wants(
        &mut self,
        wanted: Vec<(Want, Option<LocalId>)>,
    ) -> Result<(), StoreError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let held = self.held(wanted.iter().map(|(want, _)| want).collect()).await?;
        for (want, own) in wanted {
            let mark = want.mark();
            let holders = held.get(&(want.good, want.key)).into_iter().flatten();
            self.wants.add(mark, holders.copied().any(|holder| Some(holder) != own));
        }
        Ok(())
    }

    /// The changes that this task has planned already for these records.
    async fn earlier(
        &mut self,
        data_type: DataType,
        rest: &[Given],
    ) -> Result<HashMap<String, Change>, StoreError> {
        if *self.written.of(data_type) == 0 {
            return Ok(HashMap::new());
        }
        let uids = rest.iter().map(|given| given.record.uid.as_str());
        let found =
            changes::by_uids(&self.desk.reader(), self.scope.dialect, self.task, data_type, uids).await?;
        Ok(found.into_iter().map(|change| (change.uid.clone(), change)).collect())
    }

    /// Puts records that can't be understood into the plan, as failed. Whoever they mean is seen.
    async fn reject(
        &mut self,
        data_type: DataType,
        rejected: Vec<Received>,
    ) -> Result<Vec<Change>, StoreError> {
        if rejected.is_empty() {
            return Ok(Vec::new());
        }
        let (mut changes, mut uids) = (Vec::new(), Vec::new());
        for received in rejected {
            let Err(invalid) = received.record else { continue };
            self.counts.of(data_type).failed += 1;
            match &invalid.uid {
                Some(uid) => uids.push(uid.clone()),
                None => *self.unidentified.of(data_type) += 1,
            }
            let key = unidentified(self.position);
            let change = self.change(data_type, key, Op::Reject, Cause::Given);
            changes.push(Change {
                record: Some(received.text),
                outcome: Some(Outcome::Failed),
                error: Some(invalid.to_string()),
                ..change
            });
        }
        let uids = uids.iter().map(String::as_str);
        let (dialect, source) = (self.scope.dialect, self.scope.source);
        for record in records::by_uids(&self.desk.reader(), dialect, source, data_type, uids).await? {
            self.refused.of(data_type).insert(record.local_id.0.unsigned_abs());
        }
        Ok(changes)
    }

    /// Writes changes into the plan and takes void ones out of it.
    pub(super) async fn write(
        &mut self,
        data_type: DataType,
        planned: Vec<Change>,
        void: Vec<String>,
    ) -> Result<(), WriteError> {
        if planned.is_empty() && void.is_empty() {
            return Ok(());
        }
        *self.written.of(data_type) += planned.len() as u64;
        if data_type == DataType::User {
            let touches =
                |change: &&Change| change.outcome.is_none() && matches!(change.op, Op::Update | Op::Delete);
            let touched = planned.iter().filter(touches).filter_map(|change| change.local_id);
            self.touched.extend(touched.map(|id| id.0.unsigned_abs()));
        }
        let dialect = self.scope.dialect;
        let plan = self.desk.begin().await?;
        if !void.is_empty() {
            let void = void.iter().map(String::as_str);
            changes::remove(plan.tx(), dialect, self.task, data_type, void).await?;
        }
        changes::write(plan.tx(), dialect, self.task, planned).await?;
        Ok(plan.commit("write the plan").await?)
    }

    /// The rows of the users that the read has given.
    pub(super) fn seen_users(&self) -> &RoaringTreemap {
        &self.seen.user
    }

    /// A change with its place in the plan and nothing else yet.
    pub(super) fn change(&mut self, data_type: DataType, uid: String, op: Op, cause: Cause) -> Change {
        let position = self.position;
        self.position += 1;
        Change {
            data_type,
            uid,
            position,
            op,
            cause,
            record: None,
            before: None,
            local_id: None,
            base: None,
            leaves: None,
            link_move: None,
            outcome: None,
            error: None,
        }
    }

    /// A change that no record asks for.
    pub(super) fn consequence(
        &mut self,
        (data_type, uid, local_id): (DataType, String, LocalId),
        op: Op,
        cause: Cause,
        before: Fields,
    ) -> Change {
        *self.counts.of(data_type).of(op) += 1;
        let change = self.change(data_type, uid, op, cause);
        Change { before: Some(before), local_id: Some(local_id), ..change }
    }
}

/// Whether what is kept of a record is what its change was planned from. A user that was given to it by hand
/// meanwhile is the reason to try again.
fn is_as_planned(now: Option<i64>, planned: Option<i64>) -> bool {
    now == planned || (planned.is_none() && now == Some(given_by_hand()))
}

/// What is known when records are decided about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// What is stored.
    First,
    /// The whole plan, too.
    Last,
}

/// Why a record has no other change yet; nobody sees that unless the task ends here.
const NOT_YET: &str = "the task ended before it was known which user this record is";

/// A record that was understood, with its stored form and the hash of that.
#[derive(Debug, Clone)]
pub(super) struct Given {
    record: Record,
    hash: i64,
    stored: String,
    /// Whether it is what a record that failed says about leaving; that one is counted as failed.
    is_counted: bool,
    /// What an earlier attempt left of the record when it switched the row off, although the rest failed.
    locked: Option<Kept>,
}

impl Given {
    pub(super) fn uid(&self) -> &str {
        &self.record.uid
    }

    pub(super) fn new(record: Record) -> Self {
        let stored = record.to_stored();
        Self { hash: fields::hash(&stored), record, stored, is_counted: false, locked: None }
    }

    /// Laid over an earlier record of the same task. That somebody is switched off does not bring back whom the
    /// earlier one says is gone.
    fn over(self, earlier: Record) -> Self {
        if self.is_counted && earlier.deleted {
            return Self::new(earlier);
        }
        Self::new(self.record.after(earlier.fields))
    }
}
