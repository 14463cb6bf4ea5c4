//! Answers of all kinds, and what becomes of the changes.

use std::time::Duration;

use orgsync_http_client::{Settings, http};
use orgsync_plugin_api::ChangeOp;
use serde_json::{Value, json};

use super::*;

const PLACE: &str = "https://hr.example";

fn client() -> Client {
    let settings = Settings {
        ca_file: None,
        ca_pem: Some(include_str!("../tests/authority.pem")),
        connect_timeout: Duration::from_secs(1),
        timeout: Duration::from_secs(1),
        longest_answer: 1,
    };
    Client::new(&settings, ["hunter2"]).unwrap()
}

fn changes() -> Vec<TargetChange> {
    let mut update = TargetChange::new(ChangeOp::Update, DataType::User, "2");
    update.id = Some("old".into());
    vec![
        TargetChange::new(ChangeOp::Create, DataType::Department, "1"),
        TargetChange::new(ChangeOp::Create, DataType::User, "1"),
        update,
    ]
}

fn judge(status: u16, headers: &[(&'static str, &str)], body: &str) -> Verdict {
    let headers = headers.iter().map(|(name, value)| {
        (http::HeaderName::from_static(name), http::HeaderValue::from_str(value).unwrap())
    });
    let answer = Answer { status, headers: headers.collect(), body: body.into() };
    verdict(&answer, &changes(), (&client(), PLACE), SystemTime::UNIX_EPOCH)
}

fn judge_json(body: &Value) -> Verdict {
    judge(200, &[("content-type", "application/json")], &body.to_string())
}

fn ids(ids: [&str; 3]) -> Verdict {
    Verdict::Taken(ids.map(|id| TargetOutcome::Done(id.to_owned())).into())
}

#[test]
fn a_good_status_is_enough() {
    let all = ids(["1", "1", "old"]);
    assert_eq!(judge(204, &[], ""), all);
    assert_eq!(judge(200, &[("content-type", "text/html")], "<p>{ok"), all);
    for body in [json!({}), json!({"ok": true}), json!(null), json!([]), json!({"results": []})] {
        assert_eq!(judge_json(&body), all, "{body}");
    }
    assert_eq!(judge(200, &[("content-type", "application/json")], " "), all);
}

#[test]
fn a_body_may_tell_changes_apart() {
    let verdict = judge_json(&json!({"results": [
        {"dataType": "user", "uid": "1", "id": "a"},
        {"dataType": "user", "uid": "2", "error": {"class": "transient", "message": "busy\nhunter2",
                                                   "retryAfterSeconds": 9}},
        {"dataType": "department", "uid": "1", "error": {"class": "of-the-future"}},
    ]}));
    let busy = PluginError::transient("busy ********").retry_after(Duration::from_secs(9));
    assert_eq!(
        verdict,
        Verdict::Taken(vec![
            TargetOutcome::Failed(PluginError::invalid("the receiver refused it and did not say why")),
            TargetOutcome::Done("a".into()),
            TargetOutcome::Failed(busy),
        ])
    );
}

#[test]
fn an_answer_that_makes_no_sense_confirms_nothing() {
    let check = |body: &Value, expected: &str| match judge_json(body) {
        Verdict::Stopped(error) => {
            assert_eq!(error.class, ErrorClass::Config);
            assert!(error.message.contains(expected), "{error}");
        }
        other => panic!("{other:?}"),
    };
    check(&json!({"results": [{"uid": "1"}]}), "can't be understood: missing field `dataType`");
    check(&json!({"results": "all"}), "can't be understood: invalid type");
    check(
        &json!({"results": [{"dataType": "user", "uid": "9", "error": {"class": "invalid"}}]}),
        "https://hr.example answered for the user 9, which was not in the delivery",
    );
    let broken = judge(200, &[("content-type", "application/json")], "{\"results\":");
    assert!(matches!(broken, Verdict::Stopped(error) if error.message.contains("can't be understood")));
}

#[test]
fn statuses_have_classes() {
    let stopped = |status: u16, class: ErrorClass| {
        let verdict = judge(status, &[], "");
        assert!(matches!(&verdict, Verdict::Stopped(error) if error.class == class), "{status}: {verdict:?}");
    };
    for status in [301, 307, 401, 402, 403, 404, 405, 410, 415, 418] {
        stopped(status, ErrorClass::Config);
    }
    for status in [408, 425, 429, 500, 502, 503, 504] {
        stopped(status, ErrorClass::Transient);
    }
    for status in [400, 409, 413, 422] {
        let verdict = judge(status, &[("content-type", "application/json")], r#"{"detail":"no"}"#);
        let said = format!("https://hr.example answered with {status} (no)");
        assert_eq!(verdict, Verdict::Refused(PluginError::invalid(said)));
    }
}

#[test]
fn a_receiver_says_when_to_come_back() {
    let waits = |value: &str| match judge(429, &[("retry-after", value)], "") {
        Verdict::Stopped(error) => error.retry_after,
        other => panic!("{other:?}"),
    };
    assert_eq!(waits("7"), Some(7));
    assert_eq!(waits("Thu, 01 Jan 1970 00:01:00 GMT"), Some(60));
    assert_eq!(waits("later"), None);
}
