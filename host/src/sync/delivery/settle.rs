//! What becomes of a delivery once its target has answered, or none was needed. Pure.

use crate::domain::backoff;
use crate::domain::target::DeliveryState;
use crate::store::deliveries::{ANYTHING, DeliveryRow};

use super::outlet::{Effect, Refusal};

/// What was sent, or found to need no sending.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// The row's generation then: the record has changed since if it is another by now.
    pub(super) generation: i64,
    /// The record as it was sent; none if it was a delete.
    pub(super) record: Option<String>,
    /// What was in doubt before it was sent.
    pub(super) in_doubt: Option<String>,
    pub(super) reply: Reply,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// The target has this already, under the id that is known.
    Unneeded,
    /// It is done; this is the target's own id.
    Done(String),
    /// It is not, as of now: it is tried again, later and later.
    Waits(Refusal),
    /// It is refused for good, until the record changes.
    Fails(Refusal),
}

/// The row as it is now, after what was sent has been answered.
pub(super) fn settle(now_stored: DeliveryRow, sent: Sent, now: i64, chance: f64) -> DeliveryRow {
    let mut row = now_stored;
    let is_latest = row.generation == sent.generation;
    let confirmed_as = match sent.reply {
        Reply::Unneeded => row.remote_id.take(),
        Reply::Done(id) => Some(id),
        Reply::Waits(ref refusal) | Reply::Fails(ref refusal) => {
            let fails = matches!(sent.reply, Reply::Fails(_));
            let mut row = not_done(row, &sent, refusal.effect);
            // Otherwise the directory has moved on: what was refused is not sent again, and the newer state waits
            // for nothing.
            if is_latest {
                refused(&mut row, refusal, fails, now, chance);
            }
            return row;
        }
    };
    row.remote_id = confirmed_as.filter(|_| sent.record.is_some());
    row.confirmed = sent.record;
    row.in_doubt = row.in_doubt.filter(|doubt| doubt == ANYTHING && !is_latest);
    row.attempts = 0;
    row.error = None;
    if is_latest {
        row.state = DeliveryState::Delivered.as_str().to_owned();
    }
    row
}

/// The row after what was sent was not done: the target has what it had before, unless nobody knows.
pub(super) fn not_done(now_stored: DeliveryRow, sent: &Sent, effect: Effect) -> DeliveryRow {
    let mut row = now_stored;
    // Somebody may have called everything in question meanwhile.
    let is_ours = row.in_doubt.as_deref() != Some(ANYTHING);
    if effect == Effect::Nothing && is_ours {
        row.in_doubt = sent.in_doubt.clone();
    }
    row
}

fn refused(row: &mut DeliveryRow, refusal: &Refusal, fails: bool, now: i64, chance: f64) {
    row.attempts = row.attempts.saturating_add(1);
    if fails {
        row.state = DeliveryState::Failed.as_str().to_owned();
    } else {
        let delay = backoff::delay(row.attempts, refusal.retry_after, chance);
        row.due_at = now.saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
    }
    row.error = Some(refusal.message.clone());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::outlet::Cause;
    use super::*;

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
        Sent { generation: 5, record: record.map(str::to_owned), in_doubt: None, reply }
    }

    fn done() -> Reply {
        Reply::Done("r-7".into())
    }

    fn refusal(effect: Effect) -> Refusal {
        let retry_after = Some(Duration::from_secs(60));
        Refusal { cause: Cause::Transient, message: "no".into(), retry_after, effect }
    }

    #[test]
    fn what_is_confirmed_is_delivered_unless_it_has_changed_since() {
        let after = settle(row(5), sent(Some("{\"a\":1}"), done()), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.remote_id.as_deref()), ("delivered", Some("r-7")));
        assert_eq!((after.confirmed.as_deref(), after.attempts, after.error), (Some("{\"a\":1}"), 0, None));
        assert_eq!(after.in_doubt, None);
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
        let after = settle(row(5), sent(Some("{}"), Reply::Waits(refusal(Effect::Unknown))), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.attempts, after.due_at), ("pending", 3, 61_000));
        assert_eq!((after.remote_id.as_deref(), after.error.as_deref()), (Some("old"), Some("no")));
        let after = settle(row(5), sent(Some("{}"), Reply::Fails(refusal(Effect::Nothing))), 1_000, 1.0);
        assert_eq!((after.state.as_str(), after.error.as_deref()), ("failed", Some("no")));
    }

    #[test]
    fn what_was_refused_does_not_hold_up_what_came_since() {
        for reply in [Reply::Waits(refusal(Effect::Nothing)), Reply::Fails(refusal(Effect::Nothing))] {
            let after = settle(row(6), sent(Some("{}"), reply), 1_000, 1.0);
            assert_eq!((after.state.as_str(), after.in_doubt), ("pending", None), "it has changed since");
            assert_eq!((after.attempts, after.due_at), (2, 100), "and is sent when it was to be");
        }
    }

    #[test]
    fn only_a_lost_answer_leaves_a_doubt() {
        let reply = |effect| sent(Some("{\"a\":0}"), Reply::Waits(refusal(effect)));
        let after = settle(row(5), reply(Effect::Nothing), 1_000, 1.0);
        assert_eq!(after.in_doubt, None, "it has what it had");
        let after = settle(row(5), reply(Effect::Unknown), 1_000, 1.0);
        assert_eq!(after.in_doubt.as_deref(), Some("{\"a\":0}"));
        // A refusal says nothing of what was lost before.
        let earlier = Sent { in_doubt: Some("null".into()), ..reply(Effect::Nothing) };
        let after = settle(row(5), earlier, 1_000, 1.0);
        assert_eq!((after.in_doubt.as_deref(), after.confirmed.as_deref()), (Some("null"), Some("{}")));
    }

    #[test]
    fn a_backfill_that_came_meanwhile_is_not_forgotten() {
        let asked = |generation| DeliveryRow { in_doubt: Some(ANYTHING.into()), ..row(generation) };
        for reply in [done(), Reply::Waits(refusal(Effect::Nothing))] {
            let after = settle(asked(6), sent(Some("{}"), reply), 1_000, 1.0);
            assert_eq!(after.in_doubt.as_deref(), Some(ANYTHING));
        }
    }
}
