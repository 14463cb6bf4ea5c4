//! A small push, all at once: where one batch is all that a client sends, everything from the start of its
//! task to its end is one transaction. That waits once for the connection that writes, rather than at
//! every step, and a crash leaves nothing half done: until it is committed, nothing of it is there.

use std::time::Duration;

use crate::domain::task::{Event, Mode, Phase, Task};
use crate::metrics;
use crate::store::{commit, idempotency, tasks};

use super::apply;
use super::arriving::Arriving;
use super::claim::Desk;
use super::ending::{Ending, ended, how_it_ends, step, with_notes};
use super::locks;
use super::measure;
use super::planner::Planner;
use super::repeat::{Repeatable, holder_number};
use super::run::{Input, Run};

/// How long a task whose turn has come waits for a body that may be small, before it is said to run.
const GRACE: Duration = Duration::from_millis(20);

/// A push that has arrived as a whole.
pub(super) struct Small {
    arrived: Arriving,
    repeatable: Option<Repeatable>,
}

impl Run {
    /// The push, if that is what this is, and it is small and has arrived; otherwise what has been read of
    /// it stays where it is.
    pub(super) async fn small(&mut self) -> Option<Small> {
        let Input::Body(..) = &self.input else { return None };
        if self.task.mode != Mode::Incremental || self.task.dry_run {
            return None;
        }
        let Input::Body(format, pieces, repeatable) = std::mem::replace(&mut self.input, Input::Planned)
        else {
            return None;
        };
        let mut arriving = self.arriving(format, pieces);
        let small = tokio::time::timeout(GRACE, arriving.is_one_batch()).await;
        if small == Ok(true) {
            return Some(Small { arrived: arriving, repeatable });
        }
        self.input = Input::Arriving(arriving, repeatable);
        None
    }

    /// Starts the task, plans, asks the gates, applies and ends it, in one transaction.
    pub(super) async fn at_once(&mut self, started: Task, small: Small) -> Result<(), Ending> {
        let Small { mut arrived, repeatable } = small;
        // So that its cost is right also if it fails.
        self.task.started_at = started.started_at;
        let scope = self.scope();
        let reading = metrics::reading();
        let tx = self.begin_alone().await?;
        let mut planner = Planner::at(Desk::Within(&tx), scope, &self.task);
        while let Some(batch) = arrived.next().await {
            self.check_count(&planner, &batch)?;
            planner.plan(batch).await?;
        }
        let mut notes: Vec<String> = arrived.end().await?.note().into_iter().collect();
        if planner.counts.department.deleted > 0 {
            planner.plan_orphans().await?;
        }
        planner.refuse_cycles(None).await?;
        notes.extend(planner.settle_users().await?);
        planner.plan_locks().await?;
        notes.extend(planner.count_dangling().await?);
        let counts = planner.counts;
        if let Some(Repeatable { holder, key, fingerprint }) = repeatable
            && let Ok(fingerprint) = fingerprint.await
        {
            let holder = holder_number(holder);
            let place = idempotency::Place { source: self.source.id, holder, key: &key };
            idempotency::seal(&tx, &place, self.task.id, &fingerprint).await?;
        }
        drop(reading);
        let hold = self.hold(&tx, &counts, &[]).await?;
        let mut task = Task { counts, phase: Phase::Apply, watermark: None, ..started };
        let is_held = hold.is_some();
        if let Some(hold) = hold {
            hold.note_present(&mut task.counts);
            task.status = step(&task, Event::Hold)?;
            task.message = Some(with_notes(format!("held: {}", hold.message), &notes));
            task.held_by = Some(hold.gate.to_owned());
        } else {
            let applying = metrics::applying();
            if counts.failed() > 0 {
                task = locks::apply_within(&tx, scope, &task).await?;
            }
            while let Some(advanced) = apply::next_batch_within(&tx, scope, &task).await? {
                task = advanced;
            }
            drop(applying);
            task.status = step(&task, Event::Finish(how_it_ends(&task)))?;
            task.message = Some(with_notes(self.sentence(&tx, &task.counts).await?, &notes));
        }
        let now = self.engine.now();
        let task = ended(task, now);
        if !tasks::write(&tx, &task, &tasks::Fence::of(&self.task), now).await? {
            return Err(Ending::Lost);
        }
        commit(tx, "commit a small push").await?;
        self.task = task;
        self.engine.moved(self.task.id);
        self.say_started();
        self.say_ended(now);
        if !is_held {
            measure::records(&self.task, &Default::default());
        }
        Ok(())
    }
}
