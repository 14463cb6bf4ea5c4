//! Answers of all kinds, and what becomes of the changes.

use std::time::Duration;

use orgsync_http_client::{Settings, http};
use orgsync_plugin_api::{ChangeOp, DataType, ErrorClass};
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
    let busy = busy.with_effect(Effect::Nothing);
    assert_eq!(
        verdict,
        Verdict::Taken(vec![
            TargetOutcome::Failed(
                PluginError::invalid("the receiver refused it and did not say why")
                    .with_effect(Effect::Nothing)
            ),
            TargetOutcome::Done("a".into()),
            TargetOutcome::Failed(busy),
        ])
    );
}

#[test]
fn an_answer_that_makes_no_sense_confirms_nothing() {
    let refused = |verdict: Verdict, expected: &str| match verdict {
        // It is cut until it is about one change alone: no other one is stopped by it.
        Verdict::Refused(error) => {
            assert_eq!((error.class, error.effect()), (ErrorClass::Config, Effect::Unknown));
            assert!(error.message.contains(expected), "{error}");
        }
        other => panic!("{other:?}"),
    };
    let check = |body: &Value, expected: &str| refused(judge_json(body), expected);
    check(&json!({"results": [{"uid": "1"}]}), "can't be understood: missing field `dataType`");
    check(&json!({"results": "all"}), "can't be understood: invalid type");
    check(&json!({"results": [{"dataType": "user"}]}), "can't be understood: missing field `uid`");
    check(
        &json!({"results": [{"dataType": "user", "uid": "9", "error": {"class": "invalid"}}]}),
        "https://hr.example answered for the user 9, which was not in the delivery",
    );
    let broken = judge(200, &[("content-type", "application/json")], "{\"results\":");
    refused(broken, "can't be understood");
}

#[test]
fn what_can_be_attributed_is_about_its_record_alone() {
    // Only one record has this uid, so its data type need not be said.
    assert_eq!(judge_json(&json!({"results": [{"uid": 2, "id": 7}]})), ids(["1", "1", "7"]));
    // Nothing is refused by what it says of others.
    assert_eq!(judge_json(&json!({"results": [null, {"uid": "9", "id": "x"}]})), ids(["1", "1", "old"]));
    let bad = judge_json(&json!({"results": [{"dataType": "user", "uid": "1", "id": {"value": "a"}}]}));
    let Verdict::Taken(outcomes) = bad else { panic!("{bad:?}") };
    let TargetOutcome::Failed(error) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!(
        error.message,
        "https://hr.example answered for the user 1 with an object as its `id`, not a text"
    );
    assert_eq!(error.effect(), Effect::Unknown, "it has the record");
    assert_eq!((&outcomes[0], &outcomes[2]), (&done(&changes()[0], None), &done(&changes()[2], None)));
}

#[test]
fn of_two_results_for_one_record_a_refusal_counts() {
    let (good, bad) = (
        json!({"dataType": "user", "uid": "1", "id": "a"}),
        json!({"dataType": "user", "uid": "1", "error": "no phone"}),
    );
    for results in [[&good, &bad], [&bad, &good]] {
        let Verdict::Taken(outcomes) = judge_json(&json!({"results": results})) else { panic!("taken") };
        assert_eq!(
            outcomes[1],
            TargetOutcome::Failed(PluginError::invalid("no phone").with_effect(Effect::Nothing))
        );
    }
    assert_eq!(
        judge_json(&json!({"results": [good, {"dataType": "user", "uid": "1", "id": "b"}]})),
        ids(["1", "b", "old"])
    );
}

#[test]
fn statuses_have_classes() {
    let check = |status: u16, stops: bool, class: ErrorClass, effect: Effect| {
        let verdict = judge(status, &[], "");
        let (Verdict::Stopped(error) | Verdict::Refused(error)) = &verdict else { panic!("{verdict:?}") };
        assert_eq!(matches!(verdict, Verdict::Stopped(_)), stops, "{status}: {verdict:?}");
        assert_eq!((error.class, error.effect()), (class, effect), "{status}");
    };
    for status in [301, 307, 401, 407] {
        check(status, true, ErrorClass::Config, Effect::Nothing);
    }
    // These may be about a single change.
    for status in [402, 403, 404, 405, 410, 415, 418, 451] {
        check(status, false, ErrorClass::Config, Effect::Nothing);
    }
    for status in [408, 425, 429] {
        check(status, true, ErrorClass::Transient, Effect::Nothing);
    }
    check(503, true, ErrorClass::Transient, Effect::Unknown);
    for status in [500, 501, 502, 504, 599] {
        check(status, false, ErrorClass::Transient, Effect::Unknown);
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
