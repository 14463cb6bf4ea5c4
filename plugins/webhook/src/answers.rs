//! What an answer of the receiver's means for the changes of a delivery. Pure.
//!
//! 2xx: all are done, unless a JSON body names some of them (`results.rs`). A status that may be about one of
//! the changes has the delivery cut until the one stands alone; only what says that no delivery would be taken
//! now stops everything.

use std::time::SystemTime;

use orgsync_http_client::{Answer, Client};
use orgsync_plugin_api::{Effect, PluginError, TargetChange, TargetOutcome};

use crate::results::{self, Outcome, Refused, Reported, Said};

/// What is to be done about an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// One outcome for each change.
    Taken(Vec<TargetOutcome>),
    /// Something in the delivery is refused, or its answer can't be understood: it has to be found.
    Refused(PluginError),
    /// Nothing of it was taken, and nothing else would be.
    Stopped(PluginError),
}

/// Reads an answer; `place` names the receiver in messages.
pub(crate) fn verdict(
    answer: &Answer,
    changes: &[TargetChange],
    (client, place): (&Client, &str),
    now: SystemTime,
) -> Verdict {
    let said = format!("{place} {}", client.describe(answer));
    match answer.status {
        200..=299 => match results::read(answer) {
            Said::Results(results) => outcomes(changes, results, client, place),
            Said::Unclear(reason) => unclear(place, &reason),
        },
        300..=399 => Verdict::Stopped(PluginError::config(format!(
            "{said}, and redirects are not followed: put the address that it points to into `url`"
        ))),
        // It says that it is not about what was sent.
        408 | 425 | 429 | 503 => {
            // A 503 may be a proxy's, after the receiver has begun.
            let effect = if answer.status == 503 { Effect::Unknown } else { Effect::Nothing };
            let error = PluginError::transient(said).with_effect(effect);
            Verdict::Stopped(match answer.retry_after(now) {
                Some(wait) => error.retry_after(wait),
                None => error,
            })
        }
        401 | 407 => Verdict::Stopped(PluginError::config(format!("{said}: {}", HINTS.0))),
        // Whoever fails may have done a part of it.
        500..=599 => Verdict::Refused(PluginError::transient(said)),
        400 | 409 | 413 | 422 => Verdict::Refused(PluginError::invalid(said)),
        403 => Verdict::Refused(PluginError::config(format!("{said}: {}", HINTS.0))),
        404 | 405 | 410 => Verdict::Refused(PluginError::config(format!("{said}: {}", HINTS.1))),
        402..=499 => Verdict::Refused(PluginError::config(said)),
        _ => Verdict::Stopped(PluginError::config(said)),
    }
}

const HINTS: (&str, &str) = (
    "look at `secret` and `headers`, and at what the receiver expects",
    "look at the path and the host in `url`",
);

fn unclear(place: &str, reason: &str) -> Verdict {
    let message = format!("{place} took the delivery, but its answer can't be understood: {reason}");
    Verdict::Refused(PluginError::config(message).with_effect(Effect::Unknown))
}

fn outcomes(changes: &[TargetChange], results: Vec<Reported>, client: &Client, place: &str) -> Verdict {
    let mut outcomes: Vec<TargetOutcome> = changes.iter().map(|change| done(change, None)).collect();
    for result in results {
        let found: Vec<usize> = (0..changes.len()).filter(|at| is_about(&result, &changes[*at])).collect();
        let kinds = |at: &usize| changes[*at].data_type;
        if found.windows(2).any(|two| kinds(&two[0]) != kinds(&two[1])) {
            return unclear(place, "missing field `dataType`");
        }
        if found.is_empty() {
            match &result.outcome {
                // Whatever it answered for may be what failed.
                Outcome::Refused(_) => return strange(&result, client, place),
                // Nothing failed, and those in the delivery are done without being named.
                Outcome::Done(_) | Outcome::BadId(_) => {}
            }
        }
        for at in found {
            // Of two results for one record, a refusal counts.
            if !matches!(outcomes[at], TargetOutcome::Failed(_)) {
                outcomes[at] = outcome(&changes[at], &result.outcome, client, place);
            }
        }
    }
    Verdict::Taken(outcomes)
}

fn is_about(result: &Reported, change: &TargetChange) -> bool {
    result.uid == change.uid && result.data_type.is_none_or(|data_type| data_type == change.data_type)
}

fn strange(result: &Reported, client: &Client, place: &str) -> Verdict {
    let kind = result.data_type.map_or_else(|| "record".to_owned(), |data_type| data_type.to_string());
    let message = format!(
        "{place} answered for the {kind} {}, which was not in the delivery",
        client.mask(&result.uid)
    );
    Verdict::Refused(PluginError::config(message).with_effect(Effect::Unknown))
}

fn outcome(change: &TargetChange, outcome: &Outcome, client: &Client, place: &str) -> TargetOutcome {
    match outcome {
        Outcome::Done(id) => done(change, id.clone()),
        Outcome::Refused(refused) => TargetOutcome::Failed(refusal(refused, client)),
        Outcome::BadId(what) => {
            let message = format!("{place} answered for the {} {} with {what}", change.data_type, change.uid);
            TargetOutcome::Failed(PluginError::invalid(message).with_effect(Effect::Unknown))
        }
    }
}

fn refusal(refused: &Refused, client: &Client) -> PluginError {
    let message = match client.mask(&refused.message) {
        message if message.is_empty() => "the receiver refused it and did not say why".to_owned(),
        message => message,
    };
    // It says so of this one record, and knows.
    let mut error = PluginError::new(refused.class, message).with_effect(Effect::Nothing);
    error.retry_after = refused.retry_after;
    error
}

/// A receiver without ids of its own goes by the uid.
fn done(change: &TargetChange, id: Option<String>) -> TargetOutcome {
    let id = id.or_else(|| change.id.clone());
    TargetOutcome::Done(id.unwrap_or_else(|| change.uid.clone()))
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
