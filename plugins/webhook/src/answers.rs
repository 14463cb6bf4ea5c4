//! What an answer of the receiver's means for the changes of a delivery. Pure.
//!
//! 2xx: all are done, unless a JSON body names some of them: `{"results":[{"dataType":"user","uid":"42",
//! "id":"…"}, {"dataType":"user","uid":"43","error":{"class":"invalid","message":"…"}}]}`.

use std::collections::HashMap;
use std::time::SystemTime;

use orgsync_http_client::{Answer, Client};
use orgsync_plugin_api::{DataType, ErrorClass, PluginError, TargetChange, TargetOutcome};
use serde::Deserialize;

/// What is to be done about an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// One outcome for each change.
    Taken(Vec<TargetOutcome>),
    /// Something in the delivery is refused: it has to be found.
    Refused(PluginError),
    /// Nothing of it was taken, and nothing else would be.
    Stopped(PluginError),
}

#[derive(Debug, Deserialize)]
struct Body {
    #[serde(default)]
    results: Vec<ReportedResult>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportedResult {
    data_type: DataType,
    uid: String,
    id: Option<String>,
    error: Option<ReportedError>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportedError {
    class: ErrorClass,
    #[serde(default)]
    message: String,
    retry_after_seconds: Option<u64>,
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
        200..=299 => match results(answer) {
            Ok(results) => outcomes(changes, results, client, place),
            Err(error) => Verdict::Stopped(PluginError::config(format!(
                "{place} took the delivery, but its answer can't be understood: {error}"
            ))),
        },
        300..=399 => Verdict::Stopped(PluginError::config(format!(
            "{said}, and redirects are not followed: put the address that it points to into `url`"
        ))),
        408 | 425 | 429 | 500..=599 => {
            let error = PluginError::transient(said);
            Verdict::Stopped(match answer.retry_after(now) {
                Some(wait) => error.retry_after(wait),
                None => error,
            })
        }
        400 | 409 | 413 | 422 => Verdict::Refused(PluginError::invalid(said)),
        401 | 403 => Verdict::Stopped(PluginError::config(format!(
            "{said}: look at `secret` and `headers`, and at what the receiver expects"
        ))),
        404 | 405 | 410 => {
            Verdict::Stopped(PluginError::config(format!("{said}: look at the path and the host in `url`")))
        }
        _ => Verdict::Stopped(PluginError::config(said)),
    }
}

fn results(answer: &Answer) -> Result<Vec<ReportedResult>, serde_json::Error> {
    if !answer.is_json() || answer.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Vec::new());
    }
    // A receiver that answers with another value than an object has nothing to say about changes.
    match serde_json::from_slice(&answer.body)? {
        json @ serde_json::Value::Object(_) => serde_json::from_value::<Body>(json).map(|body| body.results),
        _ => Ok(Vec::new()),
    }
}

fn outcomes(changes: &[TargetChange], results: Vec<ReportedResult>, client: &Client, place: &str) -> Verdict {
    let mut reported: HashMap<(DataType, String), ReportedResult> =
        results.into_iter().map(|result| ((result.data_type, result.uid.clone()), result)).collect();
    // The last change of a record is the one that its result is about; those before it went the same way.
    let mut named: HashMap<(DataType, &str), TargetOutcome> = HashMap::new();
    let outcomes = changes.iter().map(|change| {
        let key = (change.data_type, change.uid.as_str());
        if let Some(result) = reported.remove(&(change.data_type, change.uid.clone())) {
            named.insert(key, outcome(change, result, client));
        }
        named.get(&key).cloned().unwrap_or_else(|| done(change, None))
    });
    let outcomes = outcomes.collect();
    match reported.into_values().next() {
        // Whatever it answered for may be what failed.
        Some(result) => Verdict::Stopped(PluginError::config(format!(
            "{place} answered for the {} {}, which was not in the delivery",
            result.data_type,
            client.mask(&result.uid)
        ))),
        None => Verdict::Taken(outcomes),
    }
}

fn outcome(change: &TargetChange, result: ReportedResult, client: &Client) -> TargetOutcome {
    let Some(error) = result.error else { return done(change, result.id) };
    let class = match error.class {
        class @ (ErrorClass::Config | ErrorClass::Transient) => class,
        // A class that only the receiver knows is no reason to try again.
        _ => ErrorClass::Invalid,
    };
    let message = match client.mask(&error.message) {
        message if message.is_empty() => "the receiver refused it and did not say why".to_owned(),
        message => message,
    };
    let retry_after = error.retry_after_seconds;
    let mut error = PluginError::new(class, message);
    error.retry_after = retry_after;
    TargetOutcome::Failed(error)
}

/// A receiver without ids of its own goes by the uid.
fn done(change: &TargetChange, id: Option<String>) -> TargetOutcome {
    let id = id.filter(|id| !id.is_empty()).or_else(|| change.id.clone());
    TargetOutcome::Done(id.unwrap_or_else(|| change.uid.clone()))
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
