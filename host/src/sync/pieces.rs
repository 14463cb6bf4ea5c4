//! The pieces of what is read, one after the other: whoever takes them in meets no byte order mark, and learns at once of
//! a text that is not UTF-8.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::json;

use super::intake::{IntakeError, Piece};

/// The pieces of what is read, without a byte order mark at the start of a body.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    queue: mpsc::Receiver<Piece>,
    stop: &'a CancellationToken,
    /// The first bytes of a body, until there are enough to tell its encoding.
    opening: Option<Vec<u8>>,
    ended: bool,
}

impl<'a> Pieces<'a> {
    /// What comes out of a queue.
    pub(super) fn new(queue: mpsc::Receiver<Piece>, stop: &'a CancellationToken) -> Self {
        Self { queue, stop, opening: Some(Vec::new()), ended: false }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, IntakeError> {
        while !self.ended {
            let piece = self.receive()?;
            self.ended = piece.is_none();
            let Some(mut opening) = self.opening.take() else { return Ok(piece) };
            match piece {
                Some(Piece::Body(bytes)) => {
                    opening.extend_from_slice(&bytes);
                    if json::is_short(&opening) {
                        self.opening = Some(opening);
                        continue;
                    }
                }
                None => {}
                // What a plugin sends comes in whole lines.
                Some(other) => return Ok(Some(other)),
            }
            return Ok(Some(Piece::Body(Bytes::copy_from_slice(json::opening(&opening)?))));
        }
        Ok(None)
    }

    fn receive(&mut self) -> Result<Option<Piece>, IntakeError> {
        if self.stop.is_cancelled() {
            return Err(IntakeError::Stopped);
        }
        match self.queue.blocking_recv() {
            None if self.stop.is_cancelled() => Err(IntakeError::Stopped),
            None => Err(IntakeError::CutOff),
            Some(Piece::Failed(reason)) => Err(IntakeError::Reader(reason)),
            Some(Piece::Expired(reason)) => Err(IntakeError::Expired(reason)),
            Some(Piece::Broken(reason)) => Err(IntakeError::Broken(reason)),
            Some(Piece::End) => Ok(None),
            Some(piece) => Ok(Some(piece)),
        }
    }
}
