//! Records on their way from a thread that reads them to the planner, batch by batch, with what has been
//! read ahead to see whether there is more than one.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::intake::{self, Format, IntakeError, Piece, RawTarget, ReceivedBatch};
use super::left_out::LeftOut;

/// How many batches are read ahead.
const AHEAD: usize = 2;

/// Batches that are being read.
#[derive(Debug)]
pub(crate) struct Arriving {
    ahead: VecDeque<ReceivedBatch>,
    batches: mpsc::Receiver<ReceivedBatch>,
    reading: Reading,
}

#[derive(Debug)]
enum Reading {
    UnderWay(JoinHandle<Result<LeftOut, IntakeError>>),
    Ended(Result<LeftOut, IntakeError>),
}

impl Arriving {
    /// Begins to read, on a thread of its own.
    pub(crate) fn begin(
        format: Format,
        pieces: mpsc::Receiver<Piece>,
        raw: Option<RawTarget>,
        stop: CancellationToken,
    ) -> Self {
        let (out, batches) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || intake::run(format, pieces, raw, out, &stop));
        Self { ahead: VecDeque::new(), batches, reading: Reading::UnderWay(reading) }
    }

    /// The next batch; none at the end, whatever that is.
    pub(crate) async fn next(&mut self) -> Option<ReceivedBatch> {
        match self.ahead.pop_front() {
            Some(batch) => Some(batch),
            None => self.batches.recv().await,
        }
    }

    /// What was left out of the records, if the reading came to its end well.
    pub(crate) async fn end(&mut self) -> Result<LeftOut, IntakeError> {
        self.reading.wait().await;
        match std::mem::replace(&mut self.reading, Reading::Ended(Ok(LeftOut::default()))) {
            Reading::Ended(result) => result,
            Reading::UnderWay(_) => unreachable!("it has been waited for"),
        }
    }

    /// Waits until it is known whether one batch is all there is, and it was read to its end without a
    /// mistake. Nothing is lost if this is given up.
    pub(crate) async fn is_one_batch(&mut self) -> bool {
        while self.ahead.len() < AHEAD {
            match self.batches.recv().await {
                Some(batch) => self.ahead.push_back(batch),
                None => {
                    self.reading.wait().await;
                    return self.ahead.len() == 1 && matches!(self.reading, Reading::Ended(Ok(_)));
                }
            }
        }
        false
    }
}

impl Reading {
    async fn wait(&mut self) {
        if let Self::UnderWay(reading) = self {
            let result = reading.await.unwrap_or_else(|panic| Err(IntakeError::Reader(panic.to_string())));
            *self = Self::Ended(result);
        }
    }
}
