//! The target `webhook` in a worker, against receivers of all kinds.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use orgsync::worker::{Offer, Worker};
use orgsync_plugin_api::message::OfferKind;
use orgsync_plugin_api::{ChangeOp, DataType, ErrorClass, TargetChange, TargetOutcome};
use serde_json::{Value, json};

use crate::support::daemon::Place;
use crate::support::events;
use crate::support::receiver::{Receiver, Reply, Request, nobody, silent};
use crate::support::tls::Authority;
use crate::support::worker::{spec, target};

const SECRET: &str = "a secret of 32 characters, no less";

fn options(url: &str, more: Value) -> Value {
    let mut options = json!({"url": format!("{url}/hooks/s3cret?key=k3y"), "secret": SECRET});
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    options
}

async fn open(url: &str, more: Value) -> Worker {
    target(&spec("webhook"), "webhook", options(url, more)).await
}

fn user(uid: usize) -> TargetChange {
    let mut change = TargetChange::new(ChangeOp::Create, DataType::User, uid.to_string());
    change.record = json!({"username": format!("u{uid}"), "enabled": true}).as_object().cloned();
    change
}

fn users(count: usize) -> Vec<TargetChange> {
    (1..=count).map(user).collect()
}

fn uids(request: &Request) -> Vec<usize> {
    let json = request.json();
    let changes = json["changes"].as_array().unwrap();
    changes.iter().map(|change| change["uid"].as_str().unwrap().parse().unwrap()).collect()
}

fn failure(outcome: &TargetOutcome) -> (ErrorClass, &str) {
    match outcome {
        TargetOutcome::Failed(error) => (error.class, &error.message),
        TargetOutcome::Done(id) => panic!("done: {id}"),
    }
}

#[tokio::test]
async fn changes_arrive_in_order_signed_and_under_an_id() {
    let receiver = Receiver::start(|_| Reply::status(204));
    let headers = json!({"headers": {"Authorization": "Bearer t0ken"}, "batchSize": 2});
    let mut worker = open(&receiver.url(), headers).await;
    let changes = users(5);
    let outcomes = worker.apply(&changes).await.unwrap();
    let expected: Vec<_> = changes.iter().map(|change| TargetOutcome::Done(change.uid.clone())).collect();
    assert_eq!(outcomes, expected);
    let first = receiver.take();
    assert_eq!(first.iter().map(uids).collect::<Vec<_>>(), [vec![1, 2], vec![3, 4], vec![5]]);
    assert_eq!(first[2].json()["changes"][0], serde_json::to_value(&changes[4]).unwrap());
    for request in &first {
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hooks/s3cret?key=k3y"));
        assert_eq!(request.header("authorization"), "Bearer t0ken");
        assert_eq!(request.header("content-type"), "application/json");
        assert_eq!(request.json()["deliveryId"], request.header("idempotency-key"));
        assert!(python_accepts(request, SECRET, 300), "{request:?}");
    }
    assert_ne!(first[0].header("idempotency-key"), first[1].header("idempotency-key"));

    worker.apply(&changes).await.unwrap();
    let again = receiver.take();
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first.header("idempotency-key"), again.header("idempotency-key"));
        assert_eq!(first.body, again.body);
    }
    worker.close().await.unwrap();
}

/// What the documentation tells receivers to do.
#[tokio::test]
async fn the_documented_check_of_a_signature_finds_every_forgery() {
    let receiver = Receiver::start(|_| Reply::status(204));
    let mut worker = open(&receiver.url(), json!({})).await;
    worker.check().await.unwrap();
    let request = receiver.take().remove(0);
    assert_eq!(request.json()["changes"], json!([]));
    assert!(python_accepts(&request, SECRET, 300));
    assert!(!python_accepts(&request, "another secret of 32 characters", 300));
    assert!(!python_accepts(&request, SECRET, -300), "it is too old");
    let changed = |change: &dyn Fn(&mut Request)| {
        let mut request = request.clone();
        change(&mut request);
        !python_accepts(&request, SECRET, 300)
    };
    assert!(changed(&|request| request.body.push(b' ')));
    let sign = |request: &mut Request, value: String| {
        request.headers.insert("x-orgsync-signature".into(), value);
    };
    let signature = request.header("x-orgsync-signature").to_owned();
    let (time, mac) = signature.strip_prefix("t=").unwrap().split_once(',').unwrap();
    let later = time.parse::<u64>().unwrap() + 1;
    assert!(changed(&|request| sign(request, format!("t={later},{mac}"))));
    assert!(changed(&|request| sign(request, String::new())));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(time.parse().unwrap()) < 60);
}

/// Runs the function of docs/targets/webhook.md on a request.
fn python_accepts(request: &Request, secret: &str, tolerance: i64) -> bool {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/targets/webhook.md");
    let document = fs::read_to_string(document).unwrap();
    let (_, rest) = document.split_once("```python\n").expect("the document has an example in Python");
    let (example, _) = rest.split_once("```").unwrap();
    let program = format!(
        "{example}\nimport sys\nbody = sys.stdin.buffer.read()\n\
         print(is_genuine(sys.argv[1], sys.argv[2], body, int(sys.argv[3])))\n"
    );
    let mut python = Command::new("python3");
    python.args(["-c", &program, secret, request.header("x-orgsync-signature"), &tolerance.to_string()]);
    let mut python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut python.stdin.take().unwrap(), &request.body).unwrap();
    let output = python.wait_with_output().unwrap();
    match String::from_utf8(output.stdout).unwrap().trim() {
        "True" => true,
        "False" => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_receiver_answers_for_single_changes() {
    let receiver = Receiver::start(|_| {
        let results = json!({"results": [
            {"dataType": "user", "uid": "1", "id": "their-1"},
            {"dataType": "user", "uid": "2", "error": {"class": "invalid", "message": "no phone"}},
        ]});
        Reply::json(200, &results)
    });
    let mut worker = open(&receiver.url(), json!({})).await;
    let outcomes = worker.apply(&users(3)).await.unwrap();
    assert_eq!(outcomes[0], TargetOutcome::Done("their-1".into()));
    assert_eq!(failure(&outcomes[1]), (ErrorClass::Invalid, "no phone"));
    assert_eq!(outcomes[2], TargetOutcome::Done("3".into()));
}

#[tokio::test]
async fn whoever_is_refused_is_refused_alone() {
    let receiver = Receiver::start(|request| {
        if uids(request).iter().any(|uid| [3, 11].contains(uid)) {
            Reply::json(422, &json!({"message": "no such thing"}))
        } else {
            Reply::status(200)
        }
    });
    let mut worker = open(&receiver.url(), json!({})).await;
    let outcomes = worker.apply(&users(16)).await.unwrap();
    for (uid, outcome) in (1..).zip(&outcomes) {
        if [3, 11].contains(&uid) {
            let said = format!("{} answered with 422 (no such thing)", receiver.url());
            assert_eq!(failure(outcome), (ErrorClass::Invalid, said.as_str()));
        } else {
            assert_eq!(outcome, &TargetOutcome::Done(uid.to_string()));
        }
    }
    let requests = receiver.take();
    let taken = requests.iter().map(uids).filter(|uids| !uids.contains(&3) && !uids.contains(&11));
    let expected: Vec<usize> = (1..=16).filter(|uid| ![3, 11].contains(uid)).collect();
    assert_eq!(taken.flatten().collect::<Vec<_>>(), expected, "each once, and in their order");
}

/// Whatever the status, or where there is no answer at all, and whatever the others are.
#[tokio::test]
async fn one_that_is_not_taken_never_holds_up_others() {
    for status in [403, 404, 418, 500, 502, 504] {
        let receiver = Receiver::start(move |request| match uids(request).contains(&5) {
            true => Reply::status(status),
            false => Reply::status(204),
        });
        let mut worker = open(&receiver.url(), json!({})).await;
        let outcomes = worker.apply(&users(12)).await.unwrap();
        for (uid, outcome) in (1..).zip(&outcomes) {
            match uid {
                5 => assert!(failure(outcome).1.contains(&status.to_string()), "{outcome:?}"),
                _ => assert_eq!(outcome, &TargetOutcome::Done(uid.to_string()), "{status}"),
            }
        }
    }
}

/// A body that can't be understood costs its own record a clear error, and no other one anything.
#[tokio::test]
async fn an_answer_that_makes_no_sense_is_about_its_record_alone() {
    let bodies = [
        ("{\"results\":", "can't be understood"),
        ("{\"results\":\"all\"}", "invalid type of `results`: a text"),
        ("{\"results\":[{\"id\":\"a\"}]}", "missing field `uid`"),
        ("{\"results\":[{\"uid\":\"x\",\"error\":\"no\"}]}", "answered for the record x"),
        ("{\"results\":[{\"uid\":\"3\",\"id\":{}}]}", "an object as its `id`"),
    ];
    for (body, expected) in bodies {
        let receiver = Receiver::start(move |request| match uids(request).contains(&3) {
            true => Reply::text("application/json", body),
            false => Reply::json(200, &json!({"results": null})),
        });
        let mut worker = open(&receiver.url(), json!({})).await;
        let outcomes = worker.apply(&users(6)).await.unwrap();
        for (uid, outcome) in (1..).zip(&outcomes) {
            match uid {
                3 => assert!(failure(outcome).1.contains(expected), "{outcome:?}"),
                _ => assert_eq!(outcome, &TargetOutcome::Done(uid.to_string()), "{body}"),
            }
        }
    }
}

#[tokio::test]
async fn a_limit_stops_the_batch_and_says_when_to_come_back() {
    let receiver = Receiver::start(|request| match uids(request)[0] {
        1 => Reply::status(200),
        _ => Reply::status(429).with("retry-after", "17"),
    });
    let mut worker = open(&receiver.url(), json!({"batchSize": 2})).await;
    let outcomes = worker.apply(&users(6)).await.unwrap();
    assert_eq!(outcomes[1], TargetOutcome::Done("2".into()));
    for outcome in &outcomes[2..] {
        let TargetOutcome::Failed(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.class, error.retry_after), (ErrorClass::Transient, Some(17)));
    }
    assert_eq!(receiver.take().len(), 2, "what comes after it is not tried");
    let error = worker.apply(&users(6)[2..]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn receivers_that_are_not_there_are_tried_later_and_wrong_ones_are_not() {
    let check = async |url: &str, more: Value, is_transient: bool, expected: &str| {
        let mut worker = open(url, more).await;
        for error in [worker.check().await.unwrap_err(), worker.apply(&users(2)).await.unwrap_err()] {
            assert_eq!(error.is_transient(), is_transient, "{error}");
            let error = error.to_string();
            assert!(error.contains(&format!("{url} {expected}")), "{error}");
            assert!(
                !error.contains("s3cret") && !error.contains("k3y") && !error.contains(SECRET),
                "{error}"
            );
        }
    };
    check(&nobody(), json!({}), true, "can't be reached: ").await;
    let (_listener, url) = silent();
    let start = Instant::now();
    // Nobody knows what it took, which is told of each change.
    let mut worker = open(&url, json!({"timeout": 1})).await;
    let checked = worker.check().await.unwrap_err();
    assert!(checked.is_transient() && checked.to_string().contains("took too long"), "{checked}");
    for outcome in worker.apply(&users(2)).await.unwrap() {
        let (class, message) = failure(&outcome);
        assert!(class == ErrorClass::Transient && message.contains("took too long"), "{message}");
    }
    assert!(start.elapsed() < Duration::from_secs(10));
    for (status, is_transient) in [(503, true), (401, false)] {
        let receiver = Receiver::start(move |_| Reply::json(status, &json!({"error": SECRET})));
        let expected = format!("answered with {status} (********)");
        check(&receiver.url(), json!({}), is_transient, &expected).await;
    }
    // These may be about a single change, so each is tried alone, and told of by itself.
    for (status, is_transient) in [(500, true), (404, false), (410, false)] {
        let receiver = Receiver::start(move |_| Reply::json(status, &json!({"error": SECRET})));
        let expected = format!("{} answered with {status} (********)", receiver.url());
        let mut worker = open(&receiver.url(), json!({})).await;
        let checked = worker.check().await.unwrap_err();
        assert_eq!(checked.is_transient(), is_transient, "{checked}");
        assert!(checked.to_string().contains(&expected), "{checked}");
        for outcome in worker.apply(&users(2)).await.unwrap() {
            let (class, message) = failure(&outcome);
            assert_eq!(class == ErrorClass::Transient, is_transient, "{message}");
            assert!(message.starts_with(&expected) && !message.contains(SECRET), "{message}");
        }
    }
    let elsewhere = Receiver::start(|_| Reply::status(200));
    let location = elsewhere.url();
    let receiver = Receiver::start(move |_| Reply::status(307).with("location", location.clone()));
    check(&receiver.url(), json!({}), false, "answered with 307, and redirects are not followed").await;
    assert!(elsewhere.seen().is_empty());
    let receiver = Receiver::start(|_| Reply::json(200, &json!({"pad": "x".repeat(2 << 20)})));
    let mut worker = open(&receiver.url(), json!({})).await;
    let error = worker.check().await.unwrap_err().to_string();
    assert!(error.contains(" is longer than 1024 KiB"), "{error}");
}

#[tokio::test]
async fn only_the_authority_that_is_named_is_trusted() {
    let (place, stranger) = (Place::new(&[]), Place::new(&[]));
    let authority = Authority::of(&place);
    Authority::of(&stranger);
    let receiver = Receiver::start_tls(&authority.issue(), |_| Reply::status(204));
    let trusting = |place: &Place| json!({"caFile": place.path("ca.pem")});
    open(&receiver.url(), trusting(&place)).await.check().await.unwrap();
    let text = fs::read_to_string(place.path("ca.pem")).unwrap();
    open(&receiver.url(), json!({"caPem": text})).await.check().await.unwrap();
    let error = open(&receiver.url(), trusting(&stranger)).await.check().await.unwrap_err();
    assert!(!error.is_transient());
    let expected = format!("the certificate of {} is not trusted: ", receiver.url());
    assert!(error.to_string().contains(&expected), "{error}");
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let (events, _guard) = events::capture();
    let receiver = Receiver::start(|_| Reply::status(200));
    let more = json!({"headers": {"x-api-key": "an api key"}});
    let mut worker = open(&receiver.url(), more).await;
    worker.apply(&users(3)).await.unwrap();
    worker.close().await.unwrap();
    let all = events.all().join("\n");
    assert!(all.contains("delivered"), "{all}");
    for secret in [SECRET, "an api key", "s3cret", "k3y"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[tokio::test]
async fn bad_options_are_named() {
    let offer = |more: Value| Offer {
        kind: OfferKind::Target,
        name: "webhook".into(),
        options: options("https://x.example", more),
    };
    let check = async |more: Value, expected: &str| {
        let error = Worker::spawn(&spec("webhook"), &offer(more), Default::default()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("plugin webhook: configuration error: {expected}"));
    };
    check(
        json!({"secret": "short"}),
        "`secret` has fewer than 16 characters; make one with `openssl rand -hex 32`",
    )
    .await;
    check(
        json!({"url": "http://x.example/"}),
        "`url` is not encrypted: use https://, or allow it with `allowHttp`",
    )
    .await;
    check(
        json!({"caFile": "/no/such.pem"}),
        "`caFile`: /no/such.pem: No such file or directory (os error 2)",
    )
    .await;
}
