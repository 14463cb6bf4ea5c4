//! Answers of any receiver: whatever it writes, each change has one outcome or the delivery is cut, what is
//! refused is never taken for done, and nothing of the answer can stop the target.

use std::time::{Duration, SystemTime};

use orgsync_http_client::{Client, Settings, http};
use orgsync_plugin_api::{ChangeOp, DataType, TargetChange, TargetOutcome};
use serde_json::Value;

use super::{Said, read};
use crate::answers::{Verdict, verdict};
use orgsync_http_client::Answer;

/// The first byte says how many changes there are, the rest is the body.
pub fn results(data: &[u8]) {
    let [count, body @ ..] = data else { return };
    let changes: Vec<TargetChange> = (0..=usize::from(count % 4)).map(change).collect();
    let kind = http::HeaderValue::from_static("application/json");
    let headers = [(http::header::CONTENT_TYPE, kind)].into_iter().collect();
    let answer = Answer { status: 200, headers, body: body.to_vec() };
    let verdict = CLIENT
        .with(|client| verdict(&answer, &changes, (client, "https://hr.example"), SystemTime::UNIX_EPOCH));
    let json: Option<Value> = serde_json::from_slice(body).ok();
    match verdict {
        Verdict::Taken(outcomes) => {
            assert_eq!(outcomes.len(), changes.len(), "one outcome for each change");
            for outcome in &outcomes {
                match outcome {
                    TargetOutcome::Done(id) => assert!(!id.is_empty() && !id.contains('\0'), "{id:?}"),
                    TargetOutcome::Failed(error) => {
                        assert!(!error.message.is_empty() && !error.message.contains('\n'), "{error}");
                    }
                }
            }
            let is_blank = body.iter().all(u8::is_ascii_whitespace);
            assert!(json.is_some() || is_blank, "what can't be read confirms nothing");
            // Somebody is refused for every result with an error that is one.
            let refused = outcomes.iter().any(|outcome| matches!(outcome, TargetOutcome::Failed(_)));
            assert!(refused || !json.as_ref().is_some_and(refuses), "a refusal is taken for done");
        }
        Verdict::Refused(error) => {
            assert!(matches!(read(&answer), Said::Unclear(_) | Said::Results(_)));
            assert!(
                !error.message.is_empty() && json.is_none_or(|json| json["results"].is_null().eq(&false))
            );
        }
        Verdict::Stopped(error) => panic!("an answer stops the target: {error}"),
    }
}

thread_local! {
    static CLIENT: Client = {
        let settings = Settings {
            ca_file: None,
            ca_pem: Some(include_str!("../tests/authority.pem")),
            connect_timeout: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            longest_answer: 1,
        };
        Client::new(&settings, []).expect("the authority is one")
    };
}

/// Two users and two departments, with the same uids.
fn change(number: usize) -> TargetChange {
    let data_type = if number.is_multiple_of(2) { DataType::User } else { DataType::Department };
    TargetChange::new(ChangeOp::Update, data_type, (1 + number / 2).to_string())
}

fn refuses(body: &Value) -> bool {
    let results = body["results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has_error = |result: &Value| !matches!(result["error"], Value::Null | Value::Bool(false));
    results.iter().any(has_error)
}

#[test]
fn kept_answers_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/webhook_answers");
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        results(&std::fs::read(entry.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "there is nothing in {folder}");
}
