//! Removes the plans of tasks that ended before their plans were whole: nothing can use them any more, since whoever
//! tries such a task again has everything planned anew. In the background and in small pieces.

use std::sync::PoisonError;

use tracing::{debug, info};

use crate::domain::ids::TaskId;
use crate::store::{StoreError, changes, commit, tasks};

use super::engine::{Engine, Inner};

/// The tasks whose plans are to be removed.
#[derive(Debug, Default)]
pub(crate) struct VoidPlans {
    tasks: Vec<TaskId>,
    /// Whether those that an earlier run of the daemon has left are among them.
    has_earlier: bool,
    is_under_way: bool,
}

impl Inner {
    /// Notes a task whose plan nothing can use any more.
    pub(crate) fn void_plan(&self, task: TaskId) {
        self.void_plans().tasks.push(task);
    }

    fn void_plans(&self) -> std::sync::MutexGuard<'_, VoidPlans> {
        self.void_plans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Begins to remove void plans in the background, unless that is under way.
    pub fn remove_void_plans(&self) {
        let mut plans = self.inner.void_plans();
        if plans.is_under_way || (plans.has_earlier && plans.tasks.is_empty()) || self.is_stopping() {
            return;
        }
        plans.is_under_way = true;
        drop(plans);
        let engine = self.clone();
        self.inner.tracker.spawn(async move {
            if let Err(failure) = engine.remove_all_void_plans().await {
                debug!("plans that nothing can use stay for now: {failure}");
            }
            engine.inner.void_plans().is_under_way = false;
        });
    }

    /// Removes all void plans there are; what is left when the daemon stops is removed after its next start.
    pub(super) async fn remove_all_void_plans(&self) -> Result<(), StoreError> {
        if !self.inner.void_plans().has_earlier {
            let earlier = tasks::with_void_plans(self.inner.store.reader()).await?;
            let mut plans = self.inner.void_plans();
            plans.has_earlier = true;
            let known = std::mem::take(&mut plans.tasks);
            plans.tasks =
                earlier.iter().copied().chain(known.into_iter().filter(|id| !earlier.contains(id))).collect();
        }
        loop {
            let Some(task) = self.inner.void_plans().tasks.last().copied() else { return Ok(()) };
            let removed = self.remove_void_plan(task).await?;
            if self.is_stopping() {
                return Ok(());
            }
            self.inner.void_plans().tasks.retain(|id| *id != task);
            if removed > 0 {
                info!(
                    task = task.0,
                    "removed {removed} planned changes of task {task}, which can't be used any more"
                );
            }
        }
    }

    async fn remove_void_plan(&self, id: TaskId) -> Result<u64, StoreError> {
        let mut removed = 0;
        while !self.is_stopping() {
            let (tx, _) = self.inner.store.begin_long().await?;
            // Somebody may try it again.
            if !tasks::by_id(&tx, id).await?.is_some_and(|task| task.has_void_plan()) {
                break;
            }
            let count = changes::clear_some(&tx, self.inner.store.dialect(), id).await?;
            commit(tx, "remove a void plan").await?;
            removed += count;
            if count == 0 {
                break;
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::data_type::DataType::User;
    use crate::domain::task::Status;
    use crate::sync::engine::testing::Bench;

    /// How many changes of a task's plan there are.
    async fn planned(bench: &Bench, task: TaskId) -> usize {
        changes::pending(bench.engine.store().reader(), task, None, 100_000).await.unwrap().len()
    }

    fn people(count: usize) -> Vec<Value> {
        (0..count).map(|n| json!({"uid": n, "username": format!("user{n}")})).collect()
    }

    #[tokio::test]
    async fn plans_of_reads_that_failed_are_removed_also_those_of_an_earlier_run() {
        let bench = Bench::new().await;
        bench.plugin.yields(vec![Ok((User, people(3_000))), Err("broke".into())]);
        let failed = bench.pull(false).await;
        assert_eq!(failed.status, Status::Failed);
        assert_ne!(planned(&bench, failed.id).await, 0);
        let bench = bench.restart().await;
        let failed_later = bench.pull(false).await;
        assert_ne!(planned(&bench, failed_later.id).await, 0);
        bench.engine.remove_all_void_plans().await.unwrap();
        assert_eq!((planned(&bench, failed.id).await, planned(&bench, failed_later.id).await), (0, 0));

        bench.plugin.yields(vec![Ok((User, people(3)))]);
        bench.engine.retry(failed.id).await.unwrap();
        let done = bench.settled(failed.id).await;
        assert_eq!((done.status, done.counts.user.created), (Status::Success, 3));
    }

    #[tokio::test]
    async fn plans_that_can_still_be_used_stay() {
        let bench = Bench::new().await;
        bench.plugin.yields(vec![Ok((User, people(3)))]);
        let dry = bench.pull(true).await;
        let done = bench.pull(false).await;
        for id in [dry.id, done.id] {
            bench.engine.inner.void_plan(id);
        }
        bench.engine.remove_all_void_plans().await.unwrap();
        assert_eq!((planned(&bench, dry.id).await, planned(&bench, done.id).await), (3, 3));
    }
}
