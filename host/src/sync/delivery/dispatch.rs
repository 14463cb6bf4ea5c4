//! The dispatcher: looks which targets have something due, and begins a pass for each that has. It looks
//! when a task has moved, when something was asked of a target, and now and then.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::domain::backoff;
use crate::domain::ids::TargetId;
use crate::domain::starter::Starter;
use crate::domain::target::{Target, Trouble};
use crate::domain::task::{Mode, is_last_but_one};
use crate::store::targets::Beginning;
use crate::store::{Store, StoreError, commit, deliveries, targets};

use super::super::engine::{Engine, Inner};
use super::super::error::SyncError;
use super::courier::{Courier, Passed};
use super::outlet::TargetType;

/// How often is looked without a reason: another daemon may have noted something.
const LOOK: Duration = Duration::from_secs(5);
/// How long tasks may go on noting before their changes are sent: together they are fewer batches.
const GATHER: Duration = Duration::from_millis(50);
/// How long a target rests after a pass that could send nothing of what is due.
const REST: Duration = Duration::from_secs(2);

/// What the dispatcher and those who wake it share.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    wake: Notify,
    /// The targets to which a pass is under way, and those that rest until then.
    passing: Mutex<HashSet<TargetId>>,
    resting: Mutex<HashMap<TargetId, Instant>>,
}

impl Delivery {
    /// Has the dispatcher look.
    pub(crate) fn moved(&self) {
        self.wake.notify_one();
    }

    /// The same, and no target rests any more.
    pub(crate) fn asked(&self) {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.moved();
    }

    /// The targets to which a pass is under way.
    pub(crate) fn passing(&self) -> Vec<TargetId> {
        self.passing.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    fn begin(&self, target: TargetId, now: Instant) -> bool {
        let rests = self.resting.lock().unwrap_or_else(PoisonError::into_inner).get(&target).copied();
        rests.is_none_or(|until| until <= now)
            && self.passing.lock().unwrap_or_else(PoisonError::into_inner).insert(target)
    }

    fn end(&self, target: TargetId, rest_until: Option<Instant>) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        match rest_until {
            Some(until) => resting.insert(target, until),
            None => resting.remove(&target),
        };
        drop(resting);
        self.passing.lock().unwrap_or_else(PoisonError::into_inner).remove(&target);
        self.moved();
    }
}

impl Engine {
    /// Begins to deliver, until the engine is drained.
    pub fn deliver(&self) {
        let inner = Arc::clone(&self.inner);
        self.inner.tracker.spawn(async move { inner.dispatch().await });
    }
}

impl Inner {
    async fn dispatch(self: Arc<Self>) {
        let mut moves = self.moves.subscribe();
        while !self.closing.is_cancelled() {
            let next = match self.look().await {
                Ok(next) => next,
                Err(failure) => {
                    warn!("the targets are not looked at: {failure}");
                    Instant::now() + LOOK
                }
            };
            tokio::select! {
                () = self.closing.cancelled() => return,
                () = self.delivery.wake.notified() => {}
                // Also when some were missed.
                _ = moves.recv() => {}
                () = sleep_until(next) => {}
            }
            tokio::select! {
                () = self.closing.cancelled() => return,
                () = tokio::time::sleep(GATHER) => {}
            }
            moves = moves.resubscribe();
        }
    }

    /// Begins every pass that is due. Returns when to look again.
    async fn look(self: &Arc<Self>) -> Result<Instant, StoreError> {
        let (now, clock) = (self.now(), Instant::now());
        let mut next = clock + LOOK;
        let mut wait_until = |at: i64| {
            let wait = Duration::from_millis(u64::try_from(at - now).unwrap_or_default());
            next = next.min(clock + wait);
        };
        let enabled = targets::enabled(self.store.reader()).await?;
        let types = self.plugins.target_types();
        for target in &enabled {
            self.follow_type(target, &types).await?;
            let retry_at = target.trouble.as_ref().and_then(|trouble| trouble.retry_at);
            let retry_at = retry_at.map(|retry_at| backoff::due(retry_at, now));
            if let Some(retry_at) = retry_at.filter(|retry_at| *retry_at > now) {
                wait_until(retry_at);
                continue;
            }
            let next_due = deliveries::next_due(self.store.reader(), target.id).await?;
            if next_due.is_some_and(|due| backoff::due(due, now) != due) {
                self.bring_forward(target, now).await?;
            }
            match next_due.map(|due| backoff::due(due, now)) {
                None => {}
                Some(due) if due > now => wait_until(due),
                Some(_) if self.delivery.begin(target.id, clock) => {
                    self.begin_pass(target, behind(target, &enabled, &types));
                }
                // It is under way, or rests.
                Some(_) => {}
            }
        }
        if deliveries::has_leftovers(self.store.reader(), self.store.dialect()).await? {
            purge_some(&self.store).await?;
            self.delivery.moved();
        }
        Ok(next)
    }

    /// Makes due what was put off before the clock was set back.
    async fn bring_forward(&self, target: &Target, now: i64) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        let count = deliveries::bring_forward(&tx, target.id, now).await?;
        commit(tx, "bring deliveries forward").await?;
        let name = target.name.as_str();
        warn!(
            target_name = name,
            "target {name}: {count} deliveries are due now, as the clock has been set back"
        );
        Ok(())
    }

    /// A new version of a plugin may accept other data types. What is accepted from now on is noted from now on, and
    /// a backfill notes what is there already.
    async fn follow_type(self: &Arc<Self>, target: &Target, types: &[TargetType]) -> Result<(), StoreError> {
        let Some(offer) = types.iter().find(|offer| offer.name == target.target_type) else { return Ok(()) };
        let takes_more = offer.data_types.iter().any(|data_type| !target.takes.contains(data_type));
        let takes_less = target.takes.iter().any(|data_type| !offer.data_types.contains(data_type));
        if !takes_more && !takes_less {
            return Ok(());
        }
        let engine = Engine { inner: Arc::clone(self) };
        let changed = Target { takes: offer.data_types.clone(), ..target.clone() };
        if !takes_more {
            let tx = self.store.begin().await?;
            targets::set_takes(&tx, target.id, &changed.takes).await?;
            return commit(tx, "write the target").await;
        }
        let written = async {
            let filling = engine.filling().await?;
            let tx = self.store.begin().await?;
            targets::set_takes(&tx, target.id, &changed.takes).await?;
            let task = filling.note(&tx, &changed, Mode::Incremental, Starter::Daemon).await?;
            commit(tx, "write the target").await?;
            filling.begin(task);
            Ok::<(), SyncError>(())
        };
        if let Err(reason) = written.await {
            warn!(target_name = target.name, "target {} is not filled yet: {reason}", target.name);
        }
        Ok(())
    }

    fn begin_pass(self: &Arc<Self>, target: &Target, behind: Vec<TargetId>) {
        let (inner, target) = (Arc::clone(self), target.clone());
        self.tracker.spawn(async move {
            let (id, name) = (target.id, target.name.clone());
            let passed = match inner.begin(&target).await {
                Ok(Begun::Yes(_alone)) => {
                    let courier = Courier::new(&inner, target, behind, inner.closing.child_token());
                    let passed = courier.pass().await;
                    if let Err(failure) = inner.note_end(id).await {
                        warn!(target_name = name, "target {name}: the end of a pass is not noted: {failure}");
                    }
                    passed
                }
                Ok(Begun::No) => Ok(Passed::Halted),
                Ok(Begun::GaveUp) => Ok(Passed::GaveUp),
                Err(failure) => Err(failure),
            };
            let rest = match passed {
                Ok(Passed::All | Passed::InTrouble) => None,
                Ok(Passed::Nothing) => Some(REST),
                // Somebody may have it retried, also through another daemon.
                Ok(Passed::Halted | Passed::GaveUp) => Some(LOOK),
                Err(failure) => {
                    warn!(target_name = name, "target {name}: deliveries wait: {failure}");
                    Some(LOOK)
                }
            };
            inner.delivery.end(id, rest.map(|rest| Instant::now() + rest));
        });
    }

    /// Takes the lease and notes that a pass begins. After as many interruptions as make a task run alone, the pass
    /// does so, too, and waits until it can.
    async fn begin(&self, target: &Target) -> Result<Begun, StoreError> {
        let interruptions = targets::interruptions(self.store.reader(), target.id, &self.owner).await?;
        let alone = match is_last_but_one(interruptions) {
            true => tokio::select! {
                alone = Arc::clone(&self.suspects).lock_owned() => Some(alone),
                () = self.closing.cancelled() => return Ok(Begun::No),
            },
            false => None,
        };
        let tx = self.store.begin().await?;
        match targets::begin_pass(&tx, target, &self.owner, self.now()).await? {
            Beginning::Begins => commit(tx, "lease the target").await.map(|()| Begun::Yes(alone)),
            Beginning::NotOurs => Ok(Begun::No),
            Beginning::GivesUp(reason) => {
                drop(tx);
                self.note_given_up(target, reason).await?;
                Ok(Begun::GaveUp)
            }
        }
    }

    async fn note_given_up(&self, target: &Target, reason: String) -> Result<(), StoreError> {
        if target.trouble.as_ref().is_some_and(|known| known.message == reason) {
            return Ok(());
        }
        let name = target.name.as_str();
        warn!(target_name = name, "target {name} gets no changes until it is retried: {reason}");
        let failures = target.trouble.as_ref().map_or(0, |trouble| trouble.failures).saturating_add(1);
        let tx = self.store.begin().await?;
        let trouble = Trouble { message: reason, failures, retry_at: None };
        targets::note_trouble(&tx, target.id, Some(&trouble)).await?;
        commit(tx, "note what is wrong with the target").await
    }

    async fn note_end(&self, target: TargetId) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        targets::end_passes(&tx, [target], &self.owner).await?;
        commit(tx, "note the end of a pass").await
    }
}

/// Whether a pass has begun.
enum Begun {
    /// It has; alone among what was interrupted as often, if it was.
    Yes(Option<OwnedMutexGuard<()>>),
    /// Not now.
    No,
    /// Not before somebody has the target retried.
    GaveUp,
}

/// The targets that are served before this one: those of the types that its own type comes after.
fn behind(target: &Target, enabled: &[Target], types: &[TargetType]) -> Vec<TargetId> {
    let Some(own) = types.iter().find(|offer| offer.name == target.target_type) else { return Vec::new() };
    let others = enabled.iter().filter(|other| other.id != target.id);
    others.filter(|other| own.after.contains(&other.target_type)).map(|other| other.id).collect()
}

/// Removes some of what is left of deleted targets.
async fn purge_some(store: &Store) -> Result<(), StoreError> {
    let (tx, _) = store.begin_long().await?;
    deliveries::purge(&tx, store.dialect()).await?;
    commit(tx, "remove what is left of deleted targets").await
}
