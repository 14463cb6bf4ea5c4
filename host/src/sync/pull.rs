//! A pull's reading: from where on, everything after all where the plugin can't tell what changed, and what becomes
//! of the cursor that it leaves. A cursor is valid only as long as it says what is stored: it becomes so in the
//! transaction that ends its task well, and whoever begins to write takes all others away.

use sea_orm::DatabaseTransaction;
use tokio::sync::{mpsc, oneshot};

use crate::domain::data_type::DataType;
use crate::domain::task::{Kind, Mode, Task};
use crate::store::{StoreError, commit, cursors, sources};

use super::claim::Claim;
use super::ending::Ending;
use super::intake::{Format, Piece};
use super::planner::Planner;
use super::reader::{End, Extent, Read, ReadOrder, Reader, SourceType};
use super::run::{Input, Run};

/// How many batches of a plugin wait to be parsed.
const PIECES: usize = 8;

/// Where the next incremental read can go on.
#[derive(Debug)]
pub(crate) struct LeftOff {
    cursor: String,
    made_with: i64,
}

impl Run {
    /// Plans what the plugin reads. Returns the data types of which that is all there is.
    pub(super) async fn plan_pull(
        &mut self,
        planner: &mut Planner<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<DataType>, Ending> {
        let extent = self.extent(notes).await?;
        match self.plan_extent(planner, extent).await {
            Err(Ending::Expired(reason)) if self.task.mode == Mode::Incremental => {
                notes.push(format!("everything was read, as what changed could not be told: {reason}"));
                self.clear_plan().await?;
                let tx = Claim::of(&self.task).begin(&self.engine.store).await?;
                self.write_within(tx, Task { mode: Mode::Full, ..self.task.clone() }).await?;
                *planner = Planner::new(self.engine.store.clone(), self.scope(), &self.task);
                notes.extend(self.plan_extent(planner, Extent::Everything).await?);
            }
            planned => notes.extend(planned?),
        }
        Ok(self.complete_types(&Input::Plugin))
    }

    /// What the source is made of, if that can be used now.
    pub(super) fn offer(&self) -> Option<SourceType> {
        let offered = self.engine.plugins.source_types();
        offered.into_iter().find(|offer| offer.name == self.source.source_type)
    }

    /// How much is read. The task is a full one from then on if an incremental one has nowhere to begin.
    async fn extent(&mut self, notes: &mut Vec<String>) -> Result<Extent, Ending> {
        if self.task.mode == Mode::Full {
            return Ok(Extent::Everything);
        }
        if let Some(offer) = self.offer().filter(|offer| offer.incremental) {
            let made_with = offer.made_with(&self.source.options);
            let reader = self.engine.store.reader();
            if let Some(cursor) = cursors::valid(reader, self.source.id, made_with).await? {
                return Ok(Extent::Since(cursor));
            }
            // At the first time that goes without saying.
            if self.source.last_full_at.is_some() {
                notes.push("everything was read, as there is no cursor to go on from".to_owned());
            }
        }
        self.write(Task { mode: Mode::Full, ..self.task.clone() }).await?;
        Ok(Extent::Everything)
    }

    /// Plans one read. Returns what the plugin says about it.
    async fn plan_extent(
        &mut self,
        planner: &mut Planner<'_>,
        extent: Extent,
    ) -> Result<Vec<String>, Ending> {
        self.left = None;
        let made_with = self.offer().map(|offer| offer.made_with(&self.source.options));
        let order = ReadOrder {
            source_type: self.source.source_type.clone(),
            options: self.source.options.clone(),
            extent,
            label: format!("task {}", self.task.id),
            stop: self.stop.clone(),
        };
        let opened = self.engine.plugins.read(order).await;
        let reader = opened.map_err(|failure| Ending::Failed(failure.to_string()))?;
        let (pieces, queue) = mpsc::channel(PIECES);
        let (leaves, left) = oneshot::channel();
        tokio::spawn(forward(reader, pieces, leaves));
        let arriving = self.arriving(Format::Plugin, queue);
        let left_out = self.plan_all(planner, arriving).await?;
        let End { cursor, mut notes } = left.await.unwrap_or_default();
        notes.extend(left_out);
        self.left = cursor.zip(made_with).map(|(cursor, made_with)| LeftOff { cursor, made_with });
        Ok(notes)
    }

    /// Keeps the cursor that the read left for when the plan is applied.
    pub(super) async fn leave_cursor(&self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        let Some(LeftOff { cursor, made_with }) = &self.left else { return Ok(()) };
        let (source, task) = (self.source.id, self.task.id);
        let left = cursors::Left { source, task, made_with: *made_with, cursor };
        cursors::leave(tx, &left, self.task.started_at.unwrap_or(self.task.created_at)).await
    }

    /// To be called before a plan is written that was read or approved earlier.
    pub(super) async fn take_over_the_cursor(&self) -> Result<(), Ending> {
        let tx = Claim::of(&self.task).begin(&self.engine.store).await?;
        self.take_other_cursors_away(&tx).await?;
        Ok(commit(tx, "take away cursors").await?)
    }

    /// From now on no other cursor says what is stored, whatever becomes of this plan.
    pub(super) async fn take_other_cursors_away(&self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        match self.task.kind {
            Kind::Pull | Kind::Undo => cursors::take_away_others(tx, self.source.id, self.task.id).await,
            // What clients push to has none.
            Kind::Push | Kind::Disable | Kind::Delete | Kind::Backfill => Ok(()),
        }
    }

    /// The plan is applied, and so is all that its cursor covers. Records that failed are passed by: they stay in
    /// the plan, and a retry takes them from there.
    pub(super) async fn settle_cursor(&self, tx: &DatabaseTransaction) -> Result<(), StoreError> {
        if self.task.kind != Kind::Pull {
            return Ok(());
        }
        cursors::make_valid(tx, self.source.id, self.task.id).await?;
        match self.task.mode {
            Mode::Full => sources::note_full(tx, self.source.id, self.task.created_at).await,
            Mode::Incremental => Ok(()),
        }
    }
}

/// Hands on what a plugin reads, and at its good end the last cursor that came and the plugin's notes.
async fn forward(mut reader: Box<dyn Reader>, pieces: mpsc::Sender<Piece>, leaves: oneshot::Sender<End>) {
    let mut latest = None;
    let last = loop {
        match reader.next().await {
            Ok(Read::Batch(data_type, lines, cursor)) => {
                latest = cursor.or(latest);
                if pieces.send(Piece::Lines(data_type, lines)).await.is_err() {
                    return;
                }
            }
            Ok(Read::End(End { cursor, notes })) => {
                // Nobody may be waiting any more.
                let _ = leaves.send(End { cursor: cursor.or(latest), notes });
                break Piece::End;
            }
            Ok(Read::Expired(reason)) => break Piece::Expired(reason),
            Err(failure) => break Piece::Failed(failure.to_string()),
        }
    };
    let _ = pieces.send(last).await;
}
