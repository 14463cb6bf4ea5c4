//! Filling a target from what is already there: a task that notes the whole directory for it. One of mode
//! `full`, which somebody asked for, has everything sent again; one of mode `incremental`, of a target that is
//! enabled again, what the target has not confirmed.

use crate::domain::data_type::DataType;
use crate::domain::ids::{LocalId, TargetId};
use crate::domain::task::{Event, Mode, Status, Task, Watermark};
use crate::store::deliveries::{self, Fill};
use crate::store::{targets, tasks};

use super::super::claim::Claim;
use super::super::ending::{Ending, step};
use super::super::run::Run;

/// How many users or departments are noted in one transaction.
const PAGE: i64 = 10_000;

impl Run {
    /// Notes all users and departments for the target, page by page, and ends the task.
    pub(crate) async fn backfill(&mut self) -> Result<(), Ending> {
        let gone = || Ending::Failed("its target is gone".to_owned());
        let id = self.task.target_id.ok_or_else(gone)?;
        let target = targets::by_id(self.engine.store.reader(), id).await?.ok_or_else(gone)?;
        for data_type in DataType::ALL {
            let is_behind =
                self.task.watermark.as_ref().is_some_and(|watermark| watermark.data_type > data_type);
            if target.takes.contains(&data_type) && !is_behind {
                while self.note_page(id, data_type).await? {
                    if self.stop.is_cancelled() {
                        return Err(Ending::Stopped);
                    }
                    self.engine.check_space().await?;
                }
            }
        }
        let mut done = self.task.clone();
        done.status = step(&done, Event::Finish(Status::Success))?;
        let (users, departments) = (done.counts.user.all, done.counts.department.all);
        done.message =
            Some(format!("{users} users and {departments} departments are noted for target {}", target.name));
        self.write_ended(done).await?;
        self.engine.delivery.asked();
        Ok(())
    }

    /// Notes the next page. Returns whether there was one.
    async fn note_page(&mut self, target: TargetId, data_type: DataType) -> Result<bool, Ending> {
        let watermark = self.task.watermark.as_ref().filter(|watermark| watermark.data_type == data_type);
        let after = watermark.and_then(|watermark| watermark.uid.parse().ok()).unwrap_or_default();
        let (now, dialect) = (self.engine.now(), self.engine.store.dialect());
        let tx = Claim::of(&self.task).begin_long(&self.engine.store).await?;
        if !targets::by_id(&tx, target).await?.is_some_and(|target| target.enabled) {
            return Err(Ending::Failed("its target has been disabled or deleted".to_owned()));
        }
        let place = (target, data_type);
        let fill = match self.task.mode {
            Mode::Full => Fill::Everything,
            Mode::Incremental => Fill::Missing,
        };
        let at = (self.task.id, now);
        let noted = deliveries::note_next(&tx, dialect, place, LocalId(after), PAGE, fill, at).await?;
        let Some((last, count)) = noted else { return Ok(false) };
        let mut task =
            Task { watermark: Some(Watermark { data_type, uid: last.to_string() }), ..self.task.clone() };
        let counts = task.counts.of(data_type);
        counts.all += count;
        counts.unchanged += count;
        if !tasks::write(&tx, &task, &tasks::Fence::of(&self.task), now).await? {
            return Err(Ending::Lost);
        }
        crate::store::commit(tx, "note the directory for the target").await?;
        self.task = task;
        self.engine.moved(self.task.id);
        Ok(true)
    }
}
