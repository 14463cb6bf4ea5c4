//! One pass to one target: everything that is due now, departments from the root down, then users, then
//! departments that are gone from the leaves up. The lease on the target is renewed, and the answers are
//! written, in one transaction for each batch.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::domain::backoff;
use crate::domain::data_type::DataType;
use crate::domain::fields::{self, Fields};
use crate::domain::ids::{LocalId, TargetId};
use crate::domain::target::{DeliveryState, Target, Trouble};
use crate::metrics;
use crate::store::deliveries::{self, DeliveryRow, Presence, Wanted};
use crate::store::dialect::Dialect;
use crate::store::{Store, StoreError, commit, departments, targets};

use super::super::engine::Inner;
use super::order::parents_first;
use super::outlet::{Answer, Cause, Outlet, OutletOrder, Parcel, Refusal};
use super::parcel::{self, difference};
use super::settle::{Reply, Sent, settle};

/// How many users or departments are sent together at most…
const BATCH: usize = 500;
/// …and how many bytes of records.
const MAX_BYTES: usize = 4 << 20;

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
    /// How many are sent together: fewer after a crash, to find out on which one the plugin crashes.
    batch: usize,
    sent: u64,
}

impl<'a> Courier<'a> {
    pub(super) fn new(
        engine: &'a Arc<Inner>,
        target: Target,
        behind: Vec<TargetId>,
        stop: CancellationToken,
    ) -> Self {
        Self { engine, target, behind, stop, outlet: None, batch: BATCH, sent: 0 }
    }

    /// Sends what is due.
    pub(super) async fn pass(mut self) -> Result<Passed, StoreError> {
        let mut done = self.work().await;
        if let Some(outlet) = self.outlet.take()
            && done.is_ok()
            && let Err(refusal) = outlet.close().await
        {
            done = Err(Halt::Target(refusal));
        }
        match done {
            Ok(()) if self.sent == 0 => Ok(Passed::Nothing),
            Ok(()) => Ok(Passed::All),
            Err(Halt::Store(failure)) => Err(failure),
            Err(halt @ (Halt::Lost | Halt::Stopping)) => {
                debug!(target_name = self.target.name, "target {}: {halt}", self.target.name);
                Ok(Passed::Halted)
            }
            Err(Halt::Target(refusal)) if refusal.cause == Cause::Stopped => Ok(Passed::Halted),
            Err(Halt::Target(refusal)) => {
                self.note_trouble(&refusal).await?;
                Ok(Passed::InTrouble)
            }
        }
    }

    async fn work(&mut self) -> Result<(), Halt> {
        self.departments(Presence::There).await?;
        loop {
            let wanted = self.wanted(DataType::User);
            let (reader, dialect) = (self.store().reader(), self.dialect());
            let limit = i64::try_from(self.batch).unwrap_or(i64::MAX);
            let due = deliveries::due(reader, dialect, wanted, limit).await?;
            if due.is_empty() {
                break;
            }
            self.send(DataType::User, due).await?;
        }
        self.departments(Presence::Deleted).await
    }

    async fn departments(&mut self, presence: Presence) -> Result<(), Halt> {
        let (reader, dialect) = (self.engine.store.reader(), self.dialect());
        let wanted = self.wanted(DataType::Department);
        let due = deliveries::due_departments(reader, dialect, wanted, presence).await?;
        if due.is_empty() {
            return Ok(());
        }
        let parents = departments::parents(reader, dialect, due.iter().copied()).await?;
        let mut left = parents_first(due, &parents);
        if presence == Presence::There {
            left.reverse();
        }
        // From here on, the next ones stand at the end.
        while !left.is_empty() {
            let next = left.split_off(left.len().saturating_sub(self.batch));
            let wanted = self.wanted(DataType::Department);
            let mut due = deliveries::due_of(self.store().reader(), dialect, wanted, &next).await?;
            let place: HashMap<i64, usize> =
                next.iter().rev().enumerate().map(|(place, id)| (id.0, place)).collect();
            due.sort_by_key(|row| place.get(&row.local_id).copied());
            if !due.is_empty() {
                self.send(DataType::Department, due).await?;
            }
        }
        Ok(())
    }

    /// Sends these, a batch after the other.
    async fn send(&mut self, data_type: DataType, due: Vec<DeliveryRow>) -> Result<(), Halt> {
        let mut due = due;
        while !due.is_empty() {
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
        let (mut letters, mut unneeded, mut untried, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for row in due {
            let id = LocalId(row.local_id);
            let wanted = records.remove(&id);
            let text = wanted.as_ref().map(fields::canonical);
            let had = row.confirmed.as_deref().map(confirmed).transpose()?;
            let sent = |reply| Sent { generation: row.generation, record: text.clone(), reply };
            match difference((data_type, id), row.remote_id.clone(), wanted, had) {
                None => unneeded.push((id, sent(Reply::Unneeded))),
                Some(parcel) => {
                    bytes += parcel::size(&parcel);
                    if !letters.is_empty() && bytes > MAX_BYTES {
                        untried.push(row);
                    } else {
                        letters.push((row.clone(), parcel, row.generation, text));
                    }
                }
            }
        }
        let parcels = letters.iter().map(|(_, parcel, ..)| parcel.clone()).collect();
        let answers = match self.hand_over(parcels).await {
            Ok(answers) => answers,
            Err(refusal) => {
                self.settle(data_type, unneeded).await?;
                let rows: Vec<DeliveryRow> = letters.into_iter().map(|(row, ..)| row).collect();
                untried.splice(0..0, self.after_refusal(data_type, rows, refusal).await?);
                return Ok(untried);
            }
        };
        let count = letters.len() as u64;
        let answered = letters.into_iter().zip(answers).map(|((row, _, generation, record), answer)| {
            (LocalId(row.local_id), Sent { generation, record, reply: Reply::Answered(answer) })
        });
        self.settle(data_type, unneeded.into_iter().chain(answered).collect()).await?;
        self.sent += count;
        self.batch = (self.batch * 2).min(BATCH);
        Ok(untried)
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
                none.insert(self.engine.plugins.open_target(order).await?)
            }
        };
        outlet.apply(parcels).await
    }

    /// What to do when a whole batch was refused: if it may be because of one of them, they are tried
    /// with fewer at a time, and the one that is refused alone has failed. Otherwise the target waits.
    async fn after_refusal(
        &mut self,
        data_type: DataType,
        rows: Vec<DeliveryRow>,
        refusal: Refusal,
    ) -> Result<Vec<DeliveryRow>, Halt> {
        let is_about_records = match refusal.cause {
            Cause::Record | Cause::Crash => self.outlet.is_some(),
            Cause::Transient | Cause::Config | Cause::Stopped => false,
        };
        if refusal.cause == Cause::Crash {
            self.outlet = None;
        }
        if !is_about_records {
            if refusal.cause != Cause::Stopped {
                self.note_error(data_type, rows, &refusal).await?;
            }
            return Err(Halt::Target(refusal));
        }
        if rows.len() > 1 {
            self.batch = rows.len().div_ceil(2);
            return Ok(rows);
        }
        let failed = rows.into_iter().map(|row| {
            let reply = Reply::Answered(Answer::Failed(refusal.clone()));
            (LocalId(row.local_id), Sent { generation: row.generation, record: row.confirmed, reply })
        });
        self.settle(data_type, failed.collect()).await?;
        self.sent += 1;
        Ok(Vec::new())
    }

    /// Writes what came of these, under the lease.
    async fn settle(&mut self, data_type: DataType, sent: Vec<(LocalId, Sent)>) -> Result<(), Halt> {
        if sent.is_empty() {
            return Ok(());
        }
        let (target, dialect, now) = (self.target.id, self.dialect(), self.engine.now());
        let (tx, _) = self.store().begin_long().await?;
        if !targets::lease(&tx, target, &self.engine.owner, now).await? {
            return Err(Halt::Lost);
        }
        let ids = sent.iter().map(|(id, _)| *id);
        let mut stored = deliveries::by_ids(&tx, dialect, (target, data_type), ids).await?;
        let rows: Vec<DeliveryRow> = sent
            .into_iter()
            .filter_map(|(id, sent)| Some(settle(stored.remove(&id)?, sent, now, rand::random())))
            .collect();
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
        if self.target.trouble.take().is_some() {
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

    /// Leaves the error with the deliveries of which nothing could be tried.
    async fn note_error(
        &self,
        data_type: DataType,
        rows: Vec<DeliveryRow>,
        refusal: &Refusal,
    ) -> Result<(), StoreError> {
        let (target, dialect) = (self.target.id, self.dialect());
        let tx = self.store().begin().await?;
        let ids = rows.iter().map(|row| LocalId(row.local_id));
        let stored = deliveries::by_ids(&tx, dialect, (target, data_type), ids).await?;
        let noted = stored.into_values().map(|row| DeliveryRow {
            attempts: row.attempts.saturating_add(1),
            error: Some(refusal.message.clone()),
            ..row
        });
        deliveries::write(&tx, dialect, noted).await?;
        commit(tx, "write the deliveries").await
    }

    async fn note_trouble(&self, refusal: &Refusal) -> Result<(), StoreError> {
        let failures = self.target.trouble.as_ref().map_or(0, |trouble| trouble.failures).saturating_add(1);
        let delay = backoff::delay(failures, refusal.retry_after, rand::random());
        let now = self.engine.now();
        let retry_at = now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
        let trouble = Trouble { message: refusal.message.clone(), failures, retry_at };
        let name = &self.target.name;
        // Said once, not at every try.
        if self.target.trouble.as_ref().is_none_or(|known| known.message != trouble.message) {
            warn!(target_name = name, "target {name} takes no changes, and is tried again: {refusal}");
        }
        let tx = self.store().begin().await?;
        targets::note_trouble(&tx, self.target.id, Some(&trouble)).await?;
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

fn confirmed(text: &str) -> Result<Fields, StoreError> {
    serde_json::from_str(text)
        .map_err(|reason| StoreError::Damaged(format!("column deliveries.confirmed: {reason}")))
}
