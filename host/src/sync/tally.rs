//! Counts records where the planner would take them: read, parsed, in normal form and hashed as those of a task are,
//! but not logged. For `cargo xtask bench isolation`.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::arriving::Arriving;
use super::intake::{Format, IntakeError, Piece};

/// How many records came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that can be planned.
    pub understood: u64,
    /// Those that can't.
    pub refused: u64,
}

/// Takes everything in. Needs a tokio runtime, on a thread of which it blocks.
///
/// # Errors
/// Any [`IntakeError`] but those of the log.
pub async fn tally(format: Format, pieces: mpsc::Receiver<Piece>) -> Result<Tally, IntakeError> {
    let mut arriving = Arriving::begin(format, pieces, None, CancellationToken::new());
    let mut tally = Tally::default();
    while let Some(batch) = arriving.next().await {
        for received in batch.records {
            match received.record {
                Ok(_) => tally.understood += 1,
                Err(_) => tally.refused += 1,
            }
        }
    }
    arriving.end().await?;
    Ok(tally)
}
