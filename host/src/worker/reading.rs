//! A read under way: batches come one at a time, one ahead of who asks for them, and the end only if it was a
//! good one.

use bytes::Bytes;
use orgsync_plugin_api::message::BatchHeader;
use orgsync_plugin_api::{DataType, ReadEnd};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::error::WorkerError;
use super::link::Link;
use super::protocol::{Frame, FrameKind};

/// Some records, as the plugin sent them. That they are records is for the reader to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What they are.
    pub data_type: DataType,
    /// The records as JSON Lines, each line ended by a newline.
    pub lines: Bytes,
    /// How many there are.
    pub count: usize,
    /// Where an incremental read can go on, once these records and all before them have been applied.
    pub cursor: Option<String>,
}

/// A read under way. The worker waits while nobody asks for the next batch. Dropping it kills the worker.
#[derive(Debug)]
pub struct Reading {
    items: mpsc::Receiver<Result<Item, WorkerError>>,
    end: Option<ReadEnd>,
    plugin: String,
    pid: u32,
    pump: JoinHandle<()>,
}

#[derive(Debug)]
enum Item {
    Batch(Batch),
    End(ReadEnd),
}

impl Reading {
    pub(super) fn start(link: Link) -> Self {
        let (pid, plugin) = (link.pid(), link.plugin());
        let (sender, items) = mpsc::channel(1);
        let pump = tokio::spawn(pump(link, sender).in_current_span());
        Self { items, end: None, plugin, pid, pump }
    }

    /// The next batch; `None` once the plugin has finished well: it said so, and its worker exited with 0.
    ///
    /// # Errors
    /// Any [`WorkerError`]; the batches before it are then not all there is. After an error there is nothing
    /// more.
    pub async fn next(&mut self) -> Result<Option<Batch>, WorkerError> {
        if self.end.is_some() {
            return Ok(None);
        }
        match self.items.recv().await {
            Some(Ok(Item::Batch(batch))) => Ok(Some(batch)),
            Some(Ok(Item::End(end))) => {
                self.end = Some(end);
                Ok(None)
            }
            Some(Err(error)) => Err(error),
            None => Err(WorkerError::Cancelled { plugin: self.plugin.clone() }),
        }
    }

    /// How the read ended: known once [`next`](Self::next) has returned `None`.
    pub fn end(&self) -> Option<&ReadEnd> {
        self.end.as_ref()
    }

    /// The id of the process and of its process group.
    pub fn pid(&self) -> u32 {
        self.pid
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

/// Receives a frame only when there is room for what it holds, so that a slow reader slows the plugin down.
async fn pump(mut link: Link, items: mpsc::Sender<Result<Item, WorkerError>>) {
    let end = loop {
        let Ok(room) = items.reserve().await else { return };
        match receive(&mut link).await {
            Ok(Item::End(end)) => {
                drop(room);
                break end;
            }
            item => {
                let failed = item.is_err();
                room.send(item);
                if failed {
                    return;
                }
            }
        }
    };
    // The read only counts once the session is dropped and the process gone, both without a fault.
    let result = link.close().await.map(|()| Item::End(end));
    let _ = items.send(result).await;
}

async fn receive(link: &mut Link) -> Result<Item, WorkerError> {
    let frame = link.receive().await?;
    let item = match frame.kind {
        FrameKind::Batch => batch(&frame).map(Item::Batch),
        FrameKind::Reply => serde_json::from_slice(&frame.payload)
            .map(Item::End)
            .map_err(|error| format!("an end of the read that makes no sense: {error}")),
        other => Err(format!("an unexpected frame ({other:?})")),
    };
    match item {
        Ok(item) => Ok(item),
        Err(what) => Err(link.nonsense(what).await),
    }
}

pub(super) fn batch(Frame { payload, .. }: &Frame) -> Result<Batch, String> {
    let end = payload.iter().position(|byte| *byte == b'\n').ok_or("a batch without a header")?;
    let BatchHeader { data_type, count, cursor } = serde_json::from_slice(&payload[..end])
        .map_err(|error| format!("a batch whose header makes no sense: {error}"))?;
    let lines = payload.slice(end + 1..);
    let found = lines.iter().filter(|byte| **byte == b'\n').count();
    if found != count || lines.last().is_some_and(|last| *last != b'\n') {
        return Err(format!("a batch that says {count} records and has {found}"));
    }
    Ok(Batch { data_type, lines, count, cursor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_what_their_header_says() {
        fn check(payload: &'static str, expected: Result<usize, &str>) {
            let frame = Frame { kind: FrameKind::Batch, payload: Bytes::from_static(payload.as_bytes()) };
            assert_eq!(batch(&frame).map(|b| b.count), expected.map_err(str::to_owned));
        }
        check("{\"dataType\":\"user\",\"count\":2}\n{}\n{}\n", Ok(2));
        check("{\"dataType\":\"user\",\"count\":0}\n", Ok(0));
        check("{\"dataType\":\"user\",\"count\":0,\"cursor\":\"7\"}\n", Ok(0));
        check("{\"dataType\":\"user\",\"count\":3}\n{}\n{}\n", Err("a batch that says 3 records and has 2"));
        check("{\"dataType\":\"user\",\"count\":1}\n{}\n{", Err("a batch that says 1 records and has 1"));
        check("{}", Err("a batch without a header"));
    }
}
