//! One pass to one target: everything that is due now, departments from the root down, then users, then
//! departments that are gone from the leaves up. What is sent is always the newest state. The lease on the
//! target is renewed, and the answers are written, in one transaction for each batch; how the target does as a
//! whole is judged in `health.rs`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DatabaseTransaction;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::domain::backoff;
use crate::domain::data_type::DataType;
use crate::domain::fields;
use crate::domain::ids::{LocalId, TargetId};
use crate::domain::target::{DeliveryState, Target, Trouble};
use crate::metrics;
use crate::store::deliveries::{self, ANYTHING, DeliveryRow, Presence, Wanted};
use crate::store::dialect::Dialect;
use crate::store::{Store, StoreError, commit, departments, targets};

use super::super::engine::Inner;
use super::health::{Health, Phase, Sentence};
use super::order::levels;
use super::outlet::{Answer, Cause, Effect, Outlet, OutletOrder, Parcel, Refusal};
use super::parcel::{self, Known, difference};
use super::settle::{Reply, Sent, not_done, settle};
use super::unique::{Claim, refuse_shared};

/// How many users or departments are sent together at most…
const BATCH: usize = 500;
/// …and how many bytes of records.
const MAX_BYTES: usize = 4 << 20;
/// About how many bytes stand around the records of a change.
const AROUND: usize = 100;

/// Within which those that were sent together to a target in trouble come again, in any order.
const SHUFFLE: Duration = Duration::from_millis(500);

/// What was sent in the place of a record that is gone.
const GONE: &str = "null";

/// How a pass ended.
#[derive(Debug)]
pub(super) enum Passed {
    /// Nothing was due that could be sent.
    Nothing,
    /// Something was sent, and nothing is left that was due.
    All,
    /// The daemon stops, or the target is another daemon's, or is not to be served any more.
    Halted,
    /// The target can't be served now; that is noted.
    InTrouble,
    /// It was not begun, after too many that were interrupted.
    GaveUp,
}

/// Why a pass ends before its end.
#[derive(Debug, thiserror::Error)]
enum Halt {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the target is no longer this daemon's to serve")]
    Lost,
    #[error("the daemon stops")]
    Stopping,
    #[error(transparent)]
    Target(#[from] Refusal),
}

/// A pass under way.
pub(super) struct Courier<'a> {
    engine: &'a Arc<Inner>,
    target: Target,
    /// The targets that are served before this one.
    behind: Vec<TargetId>,
    stop: CancellationToken,
    outlet: Option<Box<dyn Outlet>>,
    /// How many are sent together: fewer after a crash, to find out on which one the plugin crashes…
    batch: usize,
    /// …and never more than this, since that was too slow.
    ceiling: usize,
    health: Health,
    sent: u64,
}

impl<'a> Courier<'a> {
    pub(super) fn new(
        engine: &'a Arc<Inner>,
        target: Target,
        behind: Vec<TargetId>,
        stop: CancellationToken,
    ) -> Self {
        let health = Health::new(target.trouble.as_ref());
        let batch = Health::first_batch(target.trouble.as_ref(), BATCH);
        Self { engine, target, behind, stop, outlet: None, batch, ceiling: BATCH, health, sent: 0 }
    }

    /// Sends what is due.
    pub(super) async fn pass(mut self) -> Result<Passed, StoreError> {
        let done = self.work().await;
        if let Some(outlet) = self.outlet.take()
            && done.is_ok()
            && let Err(refusal) = outlet.close().await
        {
            // Everything has been answered by then.
            warn!(target_name = self.target.name, "target {} ended badly: {refusal}", self.target.name);
        }
        let done = match done {
            Ok(()) => std::mem::replace(&mut self.health, Health::new(None))
                .trouble()
                .map_or(Ok(()), |refusal| Err(Halt::Target(refusal))),
            halted => halted,
        };
        match done {
            Ok(()) if self.sent == 0 => Ok(Passed::Nothing),
            Ok(()) => Ok(Passed::All),
            Err(Halt::Store(failure)) => Err(failure),
            Err(halt @ (Halt::Lost | Halt::Stopping)) => {
                debug!(target_name = self.target.name, "target {}: {halt}", self.target.name);
                Ok(Passed::Halted)
            }
            Err(Halt::Target(refusal)) if refusal.cause == Cause::Stopped && self.stop.is_cancelled() => {
                Ok(Passed::Halted)
            }
            Err(Halt::Target(refusal)) => {
                self.note_trouble(&refusal).await?;
                Ok(Passed::InTrouble)
            }
        }
    }

    async fn work(&mut self) -> Result<(), Halt> {
        loop {
            // Also those that have come since: users are to find their departments there.
            self.departments(Phase::Departments, Presence::There).await?;
            if !self.target.takes.contains(&DataType::User) {
                break;
            }
            self.health.enter(Phase::Users);
            let wanted = self.wanted(DataType::User);
            let limit = i64::try_from(self.batch).unwrap_or(i64::MAX);
            let due = deliveries::due(self.store().reader(), self.dialect(), wanted, limit).await?;
            if due.is_empty() || self.health.gives_up_phase() {
                break;
            }
            self.send(DataType::User, due).await?;
        }
        self.departments(Phase::DeletedDepartments, Presence::Deleted).await
    }

    async fn departments(&mut self, phase: Phase, presence: Presence) -> Result<(), Halt> {
        self.health.enter(phase);
        if !self.target.takes.contains(&DataType::Department) || self.health.gives_up_phase() {
            return Ok(());
        }
        let (reader, dialect) = (self.engine.store.reader(), self.dialect());
        let wanted = self.wanted(DataType::Department);
        let due = deliveries::due_departments(reader, dialect, wanted, presence).await?;
        if due.is_empty() {
            return Ok(());
        }
        let parents = departments::parents(reader, dialect, due.iter().copied()).await?;
        let mut levels = levels(due, &parents);
        if presence == Presence::Deleted {
            levels.reverse();
        }
        // A batch has one level at most: the target's ids of parents are known only once they are answered.
        for mut level in levels {
            while !level.is_empty() && !self.health.gives_up_phase() {
                let most = &level[..level.len().min(self.batch)];
                let place = (self.target.id, DataType::Department);
                let count = deliveries::fitting(self.store().reader(), dialect, place, most).await?;
                let next: Vec<LocalId> = level.drain(..count).collect();
                let wanted = self.wanted(DataType::Department);
                let due = deliveries::due_of(self.store().reader(), dialect, wanted, &next).await?;
                if !due.is_empty() {
                    self.send(DataType::Department, due).await?;
                }
            }
        }
        Ok(())
    }

    /// Sends these, a batch after the other.
    async fn send(&mut self, data_type: DataType, due: Vec<DeliveryRow>) -> Result<(), Halt> {
        let mut due = due;
        while !due.is_empty() && !self.health.gives_up_phase() {
            if self.stop.is_cancelled() {
                return Err(Halt::Stopping);
            }
            let rest = due.split_off(due.len().min(self.batch));
            let untried = self.send_batch(data_type, due).await?;
            due = untried.into_iter().chain(rest).collect();
        }
        Ok(())
    }

    /// Sends a batch. Returns those that have not been tried, because they would make it too large, or
    /// because the plugin crashed, on which of them will be found out with fewer at a time.
    async fn send_batch(
        &mut self,
        data_type: DataType,
        due: Vec<DeliveryRow>,
    ) -> Result<Vec<DeliveryRow>, Halt> {
        let ids: Vec<LocalId> = due.iter().map(|row| LocalId(row.local_id)).collect();
        let place = (self.target.id, data_type);
        let mut records = parcel::records(self.store().reader(), self.dialect(), place, &ids).await?;
        let (mut letters, mut parcels, mut bytes) = (Vec::new(), Vec::new(), 0);
        let (mut unneeded, mut untried) = (Vec::new(), Vec::new());
        for row in due {
            let id = LocalId(row.local_id);
            let latest = records.remove(&id);
            let record = latest.as_ref().map(fields::canonical);
            let confirmed =
                row.confirmed.as_deref().map(|text| parse("deliveries.confirmed", text)).transpose()?;
            let known = Known { id: row.remote_id.clone(), confirmed, in_doubt: row.in_doubt.is_some() };
            match difference((data_type, id), latest, known) {
                None => unneeded.push(Letter { row, record }.replied(Reply::Unneeded)),
                Some(parcel) => {
                    let texts = [&record, &row.confirmed];
                    bytes += AROUND + texts.into_iter().flatten().map(String::len).sum::<usize>();
                    if !letters.is_empty() && bytes > MAX_BYTES {
                        untried.push(row);
                    } else {
                        letters.push(Letter { row, record });
                        parcels.push(parcel);
                    }
                }
            }
        }
        self.note_doubt(data_type, &letters).await?;
        let answers = match self.hand_over(parcels).await {
            Ok(answers) => answers,
            Err(refusal) => {
                self.settle(data_type, unneeded).await?;
                untried.splice(0..0, self.after_refusal(data_type, letters, refusal).await?);
                return Ok(untried);
            }
        };
        let count = letters.len() as u64;
        let stopped = answers.iter().find_map(|answer| match answer {
            Answer::Failed(refusal) if refusal.cause == Cause::Stopped => Some(refusal.clone()),
            _ => None,
        });
        let answered: Vec<_> =
            letters.into_iter().zip(answers).map(|(letter, answer)| self.judge(letter, answer)).collect();
        self.settle(data_type, unneeded.into_iter().chain(answered).collect()).await?;
        self.sent += count;
        self.batch = (self.batch * 2).min(self.ceiling);
        stopped.map_or(Ok(untried), |refusal| Err(Halt::Target(refusal)))
    }

    /// What an answer means for its record; the target as a whole is judged by it, too.
    fn judge(&mut self, letter: Letter, answer: Answer) -> (LocalId, Sent) {
        match answer {
            Answer::Done(id) => {
                self.health.answered();
                letter.replied(Reply::Done(id))
            }
            Answer::Failed(refusal) => match Health::of_record(&refusal) {
                Sentence::Fails => {
                    self.health.answered();
                    letter.replied(Reply::Fails(refusal))
                }
                Sentence::Waits => {
                    self.health.not_taken(letter.row.attempts, &refusal);
                    letter.replied(Reply::Waits(refusal))
                }
            },
        }
    }

    /// Notes, before it is sent, what the target may have if its answer never comes, and renews the lease.
    async fn note_doubt(&self, data_type: DataType, letters: &[Letter]) -> Result<(), Halt> {
        let (target, dialect, now) = (self.target.id, self.dialect(), self.engine.now());
        if letters.is_empty() {
            return Ok(());
        }
        let (tx, _) = self.store().begin_long().await?;
        if !targets::lease(&tx, &self.target, &self.engine.owner, now).await? {
            return Err(Halt::Lost);
        }
        let ids = letters.iter().map(|letter| LocalId(letter.row.local_id));
        let mut stored = deliveries::by_ids(&tx, dialect, (target, data_type), ids).await?;
        let noted = letters.iter().filter_map(|letter| {
            let row = stored.remove(&LocalId(letter.row.local_id))?;
            let sent = letter.record.clone().unwrap_or_else(|| GONE.to_owned());
            // Whatever it is that is sent, it may have that.
            let in_doubt = row.in_doubt.filter(|doubt| doubt == ANYTHING).or(Some(sent));
            Some(DeliveryRow { in_doubt, ..row })
        });
        let noted: Vec<DeliveryRow> = noted.collect();
        deliveries::write(&tx, dialect, noted).await?;
        Ok(commit(tx, "note what is sent").await?)
    }

    async fn hand_over(&mut self, parcels: Vec<Parcel>) -> Result<Vec<Answer>, Refusal> {
        if parcels.is_empty() {
            return Ok(Vec::new());
        }
        let outlet = match &mut self.outlet {
            Some(outlet) => outlet,
            none => {
                let order = OutletOrder {
                    target_type: self.target.target_type.clone(),
                    options: self.target.options.clone(),
                    label: format!("target {}", self.target.name),
                    stop: self.stop.clone(),
                };
                let opened = self.engine.plugins.open_target(order).await;
                // Nothing has been sent by then.
                none.insert(opened.map_err(|refusal| Refusal { effect: Effect::Nothing, ..refusal })?)
            }
        };
        outlet.apply(parcels).await
    }

    /// What to do when a whole batch was refused: if it may be because of one of them, they are tried with
    /// fewer at a time, and the one that is refused alone bears it. Otherwise they wait.
    async fn after_refusal(
        &mut self,
        data_type: DataType,
        letters: Vec<Letter>,
        refusal: Refusal,
    ) -> Result<Vec<DeliveryRow>, Halt> {
        let is_about_records = match refusal.cause {
            Cause::Record | Cause::Crash | Cause::Slow => self.outlet.is_some(),
            Cause::Transient | Cause::Config | Cause::Stopped => false,
        };
        if matches!(refusal.cause, Cause::Crash | Cause::Slow) {
            self.outlet = None;
        }
        if !is_about_records {
            self.take_back(data_type, letters, &refusal).await?;
            if refusal.cause == Cause::Stopped {
                return Err(Halt::Target(refusal));
            }
            // The rest of the phase waits, and the next one tells whether it is the target.
            self.health.not_reached(&refusal);
            self.sent += 1;
            return Ok(Vec::new());
        }
        if letters.len() > 1 {
            self.batch = letters.len().div_ceil(2);
            if refusal.cause == Cause::Slow {
                self.ceiling = self.batch;
            }
            return Ok(letters.into_iter().map(|letter| letter.again(refusal.effect)).collect());
        }
        let failed =
            letters.into_iter().map(|letter| match self.health.of_batch(letter.row.attempts, &refusal) {
                Sentence::Fails => letter.replied(Reply::Fails(refusal.clone())),
                Sentence::Waits => letter.replied(Reply::Waits(refusal.clone())),
            });
        let failed: Vec<_> = failed.collect();
        self.settle(data_type, failed).await?;
        self.sent += 1;
        self.health.crashed();
        if self.health.always_crashes() { Err(Halt::Target(refusal)) } else { Ok(Vec::new()) }
    }

    /// Writes what came of these, under the lease.
    async fn settle(&mut self, data_type: DataType, sent: Vec<(LocalId, Sent)>) -> Result<(), Halt> {
        if sent.is_empty() {
            return Ok(());
        }
        let (target, dialect, now) = (self.target.id, self.dialect(), self.engine.now());
        let (tx, _) = self.store().begin_long().await?;
        if !targets::lease(&tx, &self.target, &self.engine.owner, now).await? {
            return Err(Halt::Lost);
        }
        let ids = sent.iter().map(|(id, _)| *id);
        let mut stored = deliveries::by_ids(&tx, dialect, (target, data_type), ids).await?;
        let sent = self.refuse_shared(&tx, data_type, sent, &stored).await?;
        let works = sent.iter().any(|(_, sent)| matches!(sent.reply, Reply::Done(_) | Reply::Fails(_)));
        let (mut named, mut renamed) = (Vec::new(), Vec::new());
        let settled = sent.into_iter().filter_map(|(id, sent)| {
            let before = stored.remove(&id)?;
            let known = before.remote_id.clone();
            let row = settle(before, sent, now, rand::random());
            if row.remote_id.is_some() && row.remote_id != known {
                named.push(id);
                renamed.extend(known.map(|_| id));
            }
            Some(row)
        });
        let rows: Vec<DeliveryRow> = settled.collect();
        let count = |state: DeliveryState| rows.iter().filter(|row| row.state == state.as_str()).count();
        let (delivered, failed) = (count(DeliveryState::Delivered), count(DeliveryState::Failed));
        for row in rows.iter().filter(|row| row.state == DeliveryState::Failed.as_str()) {
            let reason = row.error.as_deref().unwrap_or_default();
            warn!(
                target_name = self.target.name,
                task = row.task_id,
                "target {}: {data_type} {} failed: {reason}",
                self.target.name,
                row.local_id
            );
        }
        deliveries::write(&tx, dialect, rows).await?;
        for (departments, replaced) in [(named, false), (renamed, true)] {
            if data_type == DataType::Department && !departments.is_empty() {
                deliveries::show_again(&tx, dialect, target, &departments, (replaced, now)).await?;
            }
        }
        targets::came_further(&tx, target, &self.engine.owner).await?;
        if works && self.target.trouble.take().is_some() {
            targets::note_trouble(&tx, target, None).await?;
            info!(target_name = self.target.name, "target {} takes changes again", self.target.name);
        }
        commit(tx, "write the deliveries").await?;
        for (state, count) in [(DeliveryState::Delivered, delivered), (DeliveryState::Failed, failed)] {
            metrics::deliveries(&self.target.target_type, state.as_str(), count as u64);
        }
        self.engine.delivery.moved();
        Ok(())
    }

    /// No remote id belongs to two records: whoever is answered with somebody else's is refused.
    async fn refuse_shared(
        &self,
        tx: &DatabaseTransaction,
        data_type: DataType,
        sent: Vec<(LocalId, Sent)>,
        stored: &HashMap<LocalId, DeliveryRow>,
    ) -> Result<Vec<(LocalId, Sent)>, StoreError> {
        let claims: Vec<Claim> = sent.iter().filter_map(|(id, sent)| Claim::of(*id, sent, stored)).collect();
        if claims.is_empty() {
            return Ok(sent);
        }
        let ids = claims.iter().map(|claim| claim.remote_id.clone());
        let owners = deliveries::owners(tx, self.dialect(), (self.target.id, data_type), ids).await?;
        Ok(refuse_shared(data_type, sent, &claims, owners))
    }

    /// Of these nothing was done: the target waits, and they come in any order then, so that one that spoils
    /// every batch does not always come first. One that was alone waits longer than the target.
    async fn take_back(
        &self,
        data_type: DataType,
        letters: Vec<Letter>,
        refusal: &Refusal,
    ) -> Result<(), StoreError> {
        let (target, dialect, now) = (self.target.id, self.dialect(), self.engine.now());
        let tx = self.store().begin().await?;
        if !targets::lease(&tx, &self.target, &self.engine.owner, now).await? {
            return Ok(());
        }
        let is_alone = letters.len() == 1;
        let ids = letters.iter().map(|letter| LocalId(letter.row.local_id));
        let mut stored = deliveries::by_ids(&tx, dialect, (target, data_type), ids).await?;
        let stops = refusal.cause == Cause::Stopped;
        let noted = letters.into_iter().filter_map(|letter| {
            let (id, sent) = letter.replied(Reply::Waits(refusal.clone()));
            let row = not_done(stored.remove(&id)?, &sent, refusal.effect);
            if stops || row.generation != sent.generation {
                return Some(row);
            }
            let attempts = row.attempts.saturating_add(1);
            let wait = match is_alone {
                true => backoff::delay(attempts.saturating_add(1), refusal.retry_after, rand::random()),
                false => SHUFFLE.mul_f64(rand::random()),
            };
            let due_at = now.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
            Some(DeliveryRow { attempts, due_at, error: Some(refusal.message.clone()), ..row })
        });
        let noted: Vec<DeliveryRow> = noted.collect();
        deliveries::write(&tx, dialect, noted).await?;
        commit(tx, "write the deliveries").await
    }

    async fn note_trouble(&self, refusal: &Refusal) -> Result<(), StoreError> {
        let failures = self.target.trouble.as_ref().map_or(0, |trouble| trouble.failures).saturating_add(1);
        let delay = backoff::delay(failures, refusal.retry_after, rand::random());
        let now = self.engine.now();
        let retry_at = now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
        let trouble = Trouble { message: refusal.message.clone(), failures, retry_at: Some(retry_at) };
        let name = &self.target.name;
        // Said once, not at every try.
        if self.target.trouble.as_ref().is_none_or(|known| known.message != trouble.message) {
            warn!(target_name = name, "target {name} takes no changes, and is tried again: {refusal}");
        }
        let tx = self.store().begin().await?;
        // One that has been changed meanwhile may be out of trouble.
        if targets::lease(&tx, &self.target, &self.engine.owner, now).await? {
            targets::note_trouble(&tx, self.target.id, Some(&trouble)).await?;
        }
        commit(tx, "note what is wrong with the target").await
    }

    fn wanted(&self, data_type: DataType) -> Wanted<'_> {
        Wanted { target: self.target.id, data_type, now: self.engine.now(), behind: &self.behind }
    }

    fn store(&self) -> &'a Store {
        &self.engine.store
    }

    fn dialect(&self) -> Dialect {
        self.engine.store.dialect()
    }
}

/// One delivery on its way.
struct Letter {
    row: DeliveryRow,
    /// The record as it is sent; none if it is a delete.
    record: Option<String>,
}

impl Letter {
    fn replied(self, reply: Reply) -> (LocalId, Sent) {
        let Self { row, record } = self;
        let sent = Sent { generation: row.generation, record, in_doubt: row.in_doubt, reply };
        (LocalId(row.local_id), sent)
    }

    /// The row to be sent once more, after a batch with it was refused.
    fn again(self, effect: Effect) -> DeliveryRow {
        let Self { row, record } = self;
        match effect {
            Effect::Nothing => row,
            Effect::Unknown => {
                let in_doubt = row.in_doubt.or_else(|| record.or_else(|| Some(GONE.to_owned())));
                DeliveryRow { in_doubt, ..row }
            }
        }
    }
}

fn parse<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|reason| StoreError::Damaged(format!("column {column}: {reason}")))
}
