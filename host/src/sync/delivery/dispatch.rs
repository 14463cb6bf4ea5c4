//! The dispatcher: looks which targets have something due, and begins a pass for each that has. It looks
//! when a task has moved, when something was asked of a target, and now and then.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::domain::ids::TargetId;
use crate::domain::target::Target;
use crate::store::{Store, StoreError, commit, deliveries, targets};

use super::super::engine::{Engine, Inner};
use super::courier::{Courier, Passed};
use super::outlet::TargetType;

/// How often is looked without a reason: another daemon may have noted something.
const LOOK: Duration = Duration::from_secs(5);
/// How long tasks may go on noting before their changes are sent: together they are fewer batches.
const GATHER: Duration = Duration::from_millis(50);
/// How long a target rests after a pass that could send nothing of what is due.
const REST: Duration = Duration::from_secs(1);

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
            if let Some(trouble) = target.trouble.as_ref().filter(|trouble| trouble.retry_at > now) {
                wait_until(trouble.retry_at);
                continue;
            }
            match deliveries::next_due(self.store.reader(), target.id).await? {
                None => {}
                Some(due) if due > now => wait_until(due),
                Some(_) if self.delivery.begin(target.id, clock) => {
                    self.begin_pass(target, behind(target, &enabled, &types));
                }
                // It is under way, or rests.
                Some(_) => {}
            }
        }
        if enabled.is_empty() || deliveries::has_leftovers(self.store.reader(), self.store.dialect()).await? {
            purge(&self.store).await?;
        }
        Ok(next)
    }

    fn begin_pass(self: &Arc<Self>, target: &Target, behind: Vec<TargetId>) {
        let (inner, target) = (Arc::clone(self), target.clone());
        self.tracker.spawn(async move {
            let (id, name) = (target.id, target.name.clone());
            let passed = match inner.lease(id).await {
                Ok(true) => Courier::new(&inner, target, behind, inner.closing.child_token()).pass().await,
                Ok(false) => Ok(Passed::Halted),
                Err(failure) => Err(failure),
            };
            let rest = match passed {
                Ok(Passed::All | Passed::InTrouble) => None,
                Ok(Passed::Nothing) => Some(REST),
                Ok(Passed::Halted) => Some(LOOK),
                Err(failure) => {
                    warn!(target_name = name, "target {name}: deliveries wait: {failure}");
                    Some(LOOK)
                }
            };
            inner.delivery.end(id, rest.map(|rest| Instant::now() + rest));
        });
    }

    async fn lease(&self, target: TargetId) -> Result<bool, StoreError> {
        let tx = self.store.begin().await?;
        let leased = targets::lease(&tx, target, &self.owner, self.now()).await?;
        commit(tx, "lease the target").await?;
        Ok(leased)
    }
}

/// The targets that are served before this one: those of the types that its own type comes after.
fn behind(target: &Target, enabled: &[Target], types: &[TargetType]) -> Vec<TargetId> {
    let Some(own) = types.iter().find(|offer| offer.name == target.target_type) else { return Vec::new() };
    let others = enabled.iter().filter(|other| other.id != target.id);
    others.filter(|other| own.after.contains(&other.target_type)).map(|other| other.id).collect()
}

/// Removes what is left of deleted targets, in small steps.
async fn purge(store: &Store) -> Result<(), StoreError> {
    while deliveries::has_leftovers(store.reader(), store.dialect()).await? {
        let (tx, _) = store.begin_long().await?;
        deliveries::purge(&tx, store.dialect()).await?;
        commit(tx, "remove what is left of deleted targets").await?;
    }
    Ok(())
}
