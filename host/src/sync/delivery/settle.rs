//! What becomes of a delivery once its target has answered, or none was needed. Pure.

use crate::domain::backoff;
use crate::domain::target::DeliveryState;
use crate::store::deliveries::DeliveryRow;

use super::outlet::{Answer, Cause, Refusal};

/// How often the plugin may crash on a record alone before that has failed.
const CRASHES: i32 = 3;

/// What was sent, or found to need no sending.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// The row's generation then: the record has changed since if it is another by now.
    pub(super) generation: i64,
    pub(super) what: What,
    /// The record as it was sent; none if it was a delete.
    pub(super) record: Option<String>,
    pub(super) reply: Reply,
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The record as it is in the directory.
    Latest,
    /// What had been sent before and was not answered, once more: only then is known what the target has.
    InDoubt,
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
    let is_latest = row.generation == sent.generation && sent.what == What::Latest;
    let confirmed_as = match sent.reply {
        Reply::Unneeded => row.remote_id.take(),
        Reply::Answered(Answer::Done(id)) => Some(id),
        Reply::Answered(Answer::Failed(refusal)) => return refused(row, refusal, is_latest, now, chance),
    };
    row.remote_id = confirmed_as.filter(|_| sent.record.is_some());
    row.confirmed = sent.record;
    row.in_doubt = None;
    row.attempts = 0;
    row.error = None;
    if is_latest {
        row.state = DeliveryState::Delivered.as_str().to_owned();
    }
    row
}

/// What is refused for good leaves no doubt: the target does not have it. What may pass does.
fn refused(mut row: DeliveryRow, refusal: Refusal, is_latest: bool, now: i64, chance: f64) -> DeliveryRow {
    row.attempts = row.attempts.saturating_add(1);
    let is_final = match refusal.cause {
        Cause::Record => true,
        Cause::Crash | Cause::Slow => row.attempts >= CRASHES,
        Cause::Transient | Cause::Config | Cause::Stopped => false,
    };
    if !is_final {
        let delay = backoff::delay(row.attempts, refusal.retry_after, chance);
        row.due_at = now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
    } else {
        row.in_doubt = None;
        if is_latest {
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
            in_doubt: Some("{\"a\":0}".into()),
            error: Some("down".into()),
        }
    }

    fn sent(record: Option<&str>, reply: Reply) -> Sent {
        Sent { generation: 5, what: What::Latest, record: record.map(str::to_owned), reply }
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
        let refused = settle(row(6), sent(Some("{}"), failed(Cause::Record)), 1_000, 1.0);
        assert_eq!((refused.state.as_str(), refused.in_doubt), ("pending", None), "it has changed since");
    }

    #[test]
    fn what_is_in_doubt_stays_so_until_it_is_answered() {
        let again = |reply| Sent { what: What::InDoubt, ..sent(Some("{\"a\":0}"), reply) };
        let after = settle(row(5), again(failed(Cause::Transient)), 1_000, 1.0);
        assert_eq!((after.in_doubt.as_deref(), after.state.as_str()), (Some("{\"a\":0}"), "pending"));
        let after = settle(row(5), again(done()), 1_000, 1.0);
        assert_eq!((after.in_doubt, after.state.as_str()), (None, "pending"), "the latest comes next");
        assert_eq!(after.confirmed.as_deref(), Some("{\"a\":0}"));
        let after = settle(row(5), again(failed(Cause::Record)), 1_000, 1.0);
        assert_eq!((after.in_doubt, after.state.as_str()), (None, "pending"));
        assert_eq!(after.confirmed.as_deref(), Some("{}"));
    }

    #[test]
    fn a_record_on_which_the_plugin_crashes_again_and_again_has_failed() {
        let crashed = |attempts| {
            let before = DeliveryRow { attempts, ..row(5) };
            settle(before, sent(Some("{}"), failed(Cause::Crash)), 1_000, 1.0).state
        };
        assert_eq!((crashed(0).as_str(), crashed(2).as_str()), ("pending", "failed"));
    }
}
