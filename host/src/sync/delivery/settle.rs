//! What becomes of a delivery once its target has answered, or none was needed. Pure.

use crate::domain::backoff;
use crate::domain::target::DeliveryState;
use crate::store::deliveries::DeliveryRow;

use super::outlet::{Answer, Cause, Refusal};

/// What was sent, or found to need no sending.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// The row's generation then: the record has changed since if it is another by now.
    pub(super) generation: i64,
    /// The record as it was sent; none if it was a delete.
    pub(super) record: Option<String>,
    pub(super) reply: Reply,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// The target has this already, under the id that is known.
    Unneeded,
    Answered(Answer),
}

/// The row as it is now, after what was sent has been answered.
pub(super) fn settle(now_stored: DeliveryRow, sent: Sent, now: i64, chance: f64) -> DeliveryRow {
    let mut row = now_stored;
    let is_latest = row.generation == sent.generation;
    let confirmed_as = match sent.reply {
        Reply::Unneeded => row.remote_id.take(),
        Reply::Answered(Answer::Done(id)) => Some(id),
        Reply::Answered(Answer::Failed(refusal)) => return refused(row, refusal, is_latest, now, chance),
    };
    row.remote_id = confirmed_as.filter(|_| sent.record.is_some());
    row.confirmed = sent.record;
    row.attempts = 0;
    row.error = None;
    if is_latest {
        row.state = DeliveryState::Delivered.as_str().to_owned();
    }
    row
}

/// A refusal of what has changed since says nothing: the new state is pending anyway.
fn refused(mut row: DeliveryRow, refusal: Refusal, is_latest: bool, now: i64, chance: f64) -> DeliveryRow {
    if !is_latest {
        return row;
    }
    row.attempts = row.attempts.saturating_add(1);
    match refusal.cause {
        Cause::Transient | Cause::Stopped => {
            let delay = backoff::delay(row.attempts, refusal.retry_after, chance);
            row.due_at = now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
        }
        Cause::Config | Cause::Record | Cause::Crash => {
            row.state = DeliveryState::Failed.as_str().to_owned();
        }
    }
    row.error = Some(refusal.message);
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn row(generation: i64) -> DeliveryRow {
        DeliveryRow {
            target_id: 1,
            data_type: 1,
            local_id: 7,
            state: "pending".into(),
            task_id: 3,
            generation,
            attempts: 2,
            due_at: 100,
            remote_id: Some("old".into()),
            confirmed: Some("{}".into()),
            error: Some("down".into()),
        }
    }

    fn sent(record: Option<&str>, reply: Reply) -> Sent {
        Sent { generation: 5, record: record.map(str::to_owned), reply }
    }

    fn done() -> Reply {
        Reply::Answered(Answer::Done("r-7".into()))
    }

    fn failed(cause: Cause) -> Reply {
        let refusal = Refusal { cause, message: "no".into(), retry_after: Some(Duration::from_secs(60)) };
        Reply::Answered(Answer::Failed(refusal))
    }

    #[test]
    fn what_is_confirmed_is_delivered_unless_it_has_changed_since() {
        let after = settle(row(5), sent(Some("{\"a\":1}"), done()), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.remote_id.as_deref()), ("delivered", Some("r-7")));
        assert_eq!((after.confirmed.as_deref(), after.attempts, after.error), (Some("{\"a\":1}"), 0, None));
        let after = settle(row(6), sent(Some("{\"a\":1}"), done()), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.remote_id.as_deref()), ("pending", Some("r-7")));
        assert_eq!(after.confirmed.as_deref(), Some("{\"a\":1}"), "it has that, and is to have more");
    }

    #[test]
    fn a_confirmed_delete_leaves_nothing() {
        let after = settle(row(5), sent(None, done()), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.remote_id, after.confirmed), ("delivered", None, None));
    }

    #[test]
    fn what_needs_no_sending_keeps_its_id() {
        let after = settle(row(5), sent(Some("{}"), Reply::Unneeded), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.remote_id.as_deref()), ("delivered", Some("old")));
    }

    #[test]
    fn refusals_wait_or_fail_and_forget_nothing() {
        let after = settle(row(5), sent(Some("{}"), failed(Cause::Transient)), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.attempts, after.due_at), ("pending", 3, 61_000));
        assert_eq!((after.remote_id.as_deref(), after.error.as_deref()), (Some("old"), Some("no")));
        let after = settle(row(5), sent(Some("{}"), failed(Cause::Record)), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.error.as_deref()), ("failed", Some("no")));
        assert_eq!(settle(row(6), sent(Some("{}"), failed(Cause::Record)), 1_000, 1.0), row(6));
    }
}
