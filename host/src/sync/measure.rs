//! What the engine tells the metrics of a task that ends.

use std::time::Duration;

use crate::domain::counts::{Counts, TypeCounts};
use crate::domain::data_type::DataType;
use crate::domain::task::Task;
use crate::metrics;

/// An execution has ended, or is held, after so long.
pub(super) fn ended(task: &Task, source_type: &str, took_ms: i64) {
    let took = Duration::from_millis(u64::try_from(took_ms).unwrap_or(0));
    metrics::task_ended(source_type, task.kind.as_str(), task.status.as_str(), took);
}

/// What became of the records of a task, except those that were counted after an earlier attempt.
pub(super) fn records(task: &Task, earlier: &Counts) {
    for data_type in DataType::ALL {
        let (now, before) = (task.counts.get(data_type), earlier.get(data_type));
        for ((outcome, now), (_, before)) in outcomes(now).into_iter().zip(outcomes(before)) {
            if now > before {
                metrics::records(data_type.as_str(), outcome, now - before);
            }
        }
    }
}

fn outcomes(counts: &TypeCounts) -> [(&'static str, u64); 8] {
    [
        ("created", counts.created),
        ("updated", counts.updated),
        ("unchanged", counts.unchanged),
        ("disabled", counts.disabled),
        ("deleted", counts.deleted),
        ("unlinked", counts.unlinked),
        ("duplicate", counts.duplicates),
        ("failed", counts.failed),
    ]
}
