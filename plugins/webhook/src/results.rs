//! What a receiver says of single changes, in the JSON body of its answer: as generous as it can be without guessing.
//!
//! `{"results":[{"dataType":"user","uid":"42","id":"…"}, {"dataType":"user","uid":"43",
//! "error":{"class":"invalid","message":"…"}}]}`. No body, another value than an object, `results` that is
//! absent or null, and nulls among the results say nothing. Ids and uids may be numbers. What can't be
//! attributed to a change is never taken for a success: the delivery is [`Said::Unclear`].

use orgsync_http_client::Answer;
use orgsync_plugin_api::{DataType, ErrorClass};
use serde_json::{Map, Value};

/// Longer ids are a mistake.
const LONGEST_ID: usize = 4_096;

/// What an answer says of single changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// These results; there may be none.
    Results(Vec<Reported>),
    /// It can't be understood, for this reason.
    Unclear(String),
}

/// What it says of one record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reported {
    /// Absent where the receiver left it out.
    pub(crate) data_type: Option<DataType>,
    pub(crate) uid: String,
    pub(crate) outcome: Outcome,
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// It is done, under this id if the receiver has ids of its own.
    Done(Option<String>),
    /// It is refused.
    Refused(Refused),
    /// It is done, and the id that came with it can't be one.
    BadId(String),
}

/// Why a record is refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refused {
    pub(crate) class: ErrorClass,
    /// Empty if the receiver does not say.
    pub(crate) message: String,
    pub(crate) retry_after: Option<u64>,
}

/// Reads the body of an answer of success.
pub(crate) fn read(answer: &Answer) -> Said {
    if !answer.is_json() || answer.body.iter().all(u8::is_ascii_whitespace) {
        return Said::Results(Vec::new());
    }
    match serde_json::from_slice(&answer.body) {
        Ok(body) => read_body(body),
        Err(error) => Said::Unclear(error.to_string()),
    }
}

fn read_body(body: Value) -> Said {
    // A receiver that answers with another value than an object has nothing to say about changes.
    let Value::Object(mut body) = body else { return Said::Results(Vec::new()) };
    let results = match body.remove("results") {
        None | Some(Value::Null) => return Said::Results(Vec::new()),
        Some(Value::Array(results)) => results,
        Some(other) => {
            return Said::Unclear(format!("invalid type of `results`: {}, not a list", kind(&other)));
        }
    };
    let read = results.into_iter().filter(|result| !result.is_null()).map(read_result);
    match read.collect() {
        Ok(results) => Said::Results(results),
        Err(reason) => Said::Unclear(reason),
    }
}

/// An error means that nobody can tell which record it is about.
fn read_result(result: Value) -> Result<Reported, String> {
    let mut result = match result {
        Value::Object(result) => result,
        other => return Err(format!("a result is {}, not an object", kind(&other))),
    };
    let data_type = match result.remove("dataType") {
        None | Some(Value::Null) => None,
        Some(name) => {
            let read = serde_json::from_value(name.clone());
            Some(read.map_err(|_| {
                format!("a result has the `dataType` {name}, which is neither user nor department")
            })?)
        }
    };
    let uid = match result.remove("uid") {
        Some(Value::String(uid)) => uid,
        Some(Value::Number(uid)) => uid.to_string(),
        None | Some(Value::Null) => return Err("missing field `uid`".into()),
        Some(other) => return Err(format!("a result has {} as its `uid`, not a text", kind(&other))),
    };
    let outcome = match result.remove("error").and_then(read_error) {
        Some(refused) => Outcome::Refused(refused),
        None => read_id(result.remove("id")),
    };
    Ok(Reported { data_type, uid, outcome })
}

fn read_id(id: Option<Value>) -> Outcome {
    let id = match id {
        None | Some(Value::Null) => return Outcome::Done(None),
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) => id.to_string(),
        Some(other) => return Outcome::BadId(format!("{} as its `id`, not a text", kind(&other))),
    };
    match id {
        id if id.is_empty() => Outcome::Done(None),
        id if id.len() > LONGEST_ID => Outcome::BadId(format!("an `id` of more than {LONGEST_ID} bytes")),
        id if id.contains('\0') => Outcome::BadId("an `id` with the character U+0000".into()),
        id => Outcome::Done(Some(id)),
    }
}

/// What stands under `error`: `null` and `false` say that there is none, everything else that there is one.
fn read_error(error: Value) -> Option<Refused> {
    let refused = |message: String| Refused { class: ErrorClass::Invalid, message, retry_after: None };
    Some(match error {
        Value::Null | Value::Bool(false) => return None,
        Value::Bool(true) => refused(String::new()),
        Value::String(message) => refused(message),
        Value::Object(error) => read_error_object(error),
        other => refused(other.to_string()),
    })
}

fn read_error_object(mut error: Map<String, Value>) -> Refused {
    let class = match error.get("class").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
        Some("transient") => ErrorClass::Transient,
        Some("config") => ErrorClass::Config,
        // A class that only the receiver knows is no reason to try again.
        _ => ErrorClass::Invalid,
    };
    let message = match error.remove("message") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(message)) => message,
        Some(other) => other.to_string(),
    };
    let retry_after = error.get("retryAfterSeconds").and_then(seconds);
    Refused { class, message, retry_after }
}

/// Parts of a second count as a whole one; what is no time is none.
fn seconds(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::Number(number) => number.as_u64().map_or_else(|| number.as_f64(), |whole| Some(whole as f64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    // A cast saturates.
    seconds.filter(|seconds: &f64| *seconds >= 0.0).map(|seconds| seconds.ceil() as u64)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(any(test, fuzzing))]
#[path = "results_fuzz.rs"]
pub(crate) mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(result: Value) -> Outcome {
        let mut result = result;
        result["uid"] = json!("1");
        match read_body(json!({"results": [result]})) {
            Said::Results(mut results) => results.remove(0).outcome,
            Said::Unclear(reason) => panic!("{reason}"),
        }
    }

    #[test]
    fn nothing_said_is_nothing_said() {
        for body in [
            json!(null),
            json!([]),
            json!(["results"]),
            json!("ok"),
            json!(true),
            json!(7),
            json!({}),
            json!({"ok": true}),
            json!({"results": null}),
            json!({"results": []}),
            json!({"results": [null, null]}),
        ] {
            assert_eq!(read_body(body.clone()), Said::Results(Vec::new()), "{body}");
        }
    }

    #[test]
    fn ids_are_texts_or_numbers() {
        let done = |id: Option<&str>| Outcome::Done(id.map(str::to_owned));
        assert_eq!(outcome(json!({"id": 7})), done(Some("7")));
        assert_eq!(outcome(json!({"id": -7})), done(Some("-7")));
        assert_eq!(outcome(json!({"id": "7"})), done(Some("7")));
        for none in [json!({}), json!({"id": null}), json!({"id": ""})] {
            assert_eq!(outcome(none), done(None));
        }
        for bad in [json!(true), json!([7]), json!({"value": 7}), json!("a\0b"), json!("x".repeat(5_000))] {
            assert!(matches!(outcome(json!({"id": bad})), Outcome::BadId(_)));
        }
        let Said::Results(results) = read_body(json!({"results": [{"dataType": "user", "uid": 42}]})) else {
            panic!("a number is a uid");
        };
        assert_eq!((results[0].uid.as_str(), results[0].data_type), ("42", Some(DataType::User)));
    }

    #[test]
    fn errors_have_many_forms() {
        let refused = |class, message: &str, retry_after| {
            Outcome::Refused(Refused { class, message: message.to_owned(), retry_after })
        };
        let check = |error: Value, expected: Outcome| assert_eq!(outcome(json!({"error": error})), expected);
        check(json!(null), Outcome::Done(None));
        check(json!(false), Outcome::Done(None));
        check(json!(true), refused(ErrorClass::Invalid, "", None));
        check(json!({}), refused(ErrorClass::Invalid, "", None));
        check(json!("no phone"), refused(ErrorClass::Invalid, "no phone", None));
        check(json!(["no phone"]), refused(ErrorClass::Invalid, "[\"no phone\"]", None));
        check(json!({"class": "throttled", "message": 7}), refused(ErrorClass::Invalid, "7", None));
        check(json!({"class": "panic"}), refused(ErrorClass::Invalid, "", None));
        check(json!({"class": null}), refused(ErrorClass::Invalid, "", None));
        check(
            json!({"class": "Transient", "retryAfterSeconds": 1.2}),
            refused(ErrorClass::Transient, "", Some(2)),
        );
        check(
            json!({"class": "config", "retryAfterSeconds": "60"}),
            refused(ErrorClass::Config, "", Some(60)),
        );
        for wait in [json!(-1), json!("soon"), json!(null), json!([1])] {
            let error = json!({"class": "transient", "retryAfterSeconds": wait});
            check(error, refused(ErrorClass::Transient, "", None));
        }
    }

    #[test]
    fn what_nobody_can_attribute_is_unclear() {
        for (body, expected) in [
            (json!({"results": "all"}), "invalid type of `results`: a text"),
            (json!({"results": {"uid": "1"}}), "invalid type of `results`: an object"),
            (json!({"results": ["1"]}), "a result is a text"),
            (json!({"results": [{}]}), "missing field `uid`"),
            (json!({"results": [{"uid": null}]}), "missing field `uid`"),
            (json!({"results": [{"uid": ["1"]}]}), "a result has a list as its `uid`"),
            (json!({"results": [{"uid": "1", "dataType": "group"}]}), "the `dataType` \"group\""),
        ] {
            let Said::Unclear(reason) = read_body(body) else { panic!("{expected}") };
            assert!(reason.contains(expected), "{reason}");
        }
    }
}
