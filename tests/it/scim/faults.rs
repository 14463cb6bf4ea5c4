//! Against a fake, for what scim2-server doesn't show: limits, failures, versions that are old, services that
//! offer what they then refuse.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use orgsync_plugin_api::DataType::User;
use orgsync_plugin_api::{ErrorClass, TargetOutcome};
use serde_json::{Value, json};

use super::{apply, create, failure, open, update, user};
use crate::support::receiver::{Receiver, Reply, Request, nobody};

/// A service that says what it can do, finds nobody, and answers all else as the test tells it.
fn fake(config: Value, answer: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Receiver {
    Receiver::start(move |request| match answer(request) {
        Some(reply) => reply,
        None if request.path == "/ServiceProviderConfig" => Reply::json(200, &config),
        None if request.method == "GET" => Reply::json(200, &json!({"totalResults": 0, "Resources": []})),
        None if request.method == "POST" => {
            Reply::json(201, &json!({"id": format!("id-{}", request.json()["externalId"].as_str().unwrap())}))
        }
        None => Reply::status(204),
    })
}

fn creates(count: usize) -> Vec<orgsync_plugin_api::TargetChange> {
    (1..=count).map(|uid| create(User, &uid.to_string(), &user(&format!("u{uid}"), &[]))).collect()
}

fn uid(request: &Request) -> String {
    request.json()["externalId"].as_str().unwrap_or_default().to_owned()
}

fn sent(receiver: &Receiver, method: &str) -> Vec<Request> {
    receiver.take().into_iter().filter(|request| request.method == method).collect()
}

#[tokio::test]
async fn a_short_wait_is_waited_for_and_a_long_one_is_passed_on() {
    let limited = Mutex::new(0);
    let service = fake(json!({}), move |request| {
        let mut limited = limited.lock().unwrap();
        (request.method == "POST" && *limited < 2).then(|| {
            *limited += 1;
            Reply::status(429).with("retry-after", "1")
        })
    });
    let mut worker = open(&service.url(), json!({})).await;
    let start = Instant::now();
    apply(&mut worker, &creates(2)).await;
    assert!(start.elapsed() >= Duration::from_secs(2), "it was to wait twice");

    let service = fake(json!({}), |request| {
        (request.method == "POST" && uid(request) == "2")
            .then(|| Reply::status(429).with("retry-after", "60"))
    });
    let mut worker = open(&service.url(), json!({})).await;
    let outcomes = worker.apply(&creates(4)).await.unwrap();
    assert_eq!(outcomes[0], TargetOutcome::Done("id-1".into()));
    for outcome in &outcomes[1..] {
        let TargetOutcome::Failed(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.class, error.retry_after), (ErrorClass::Transient, Some(60)));
    }
    assert_eq!(sent(&service, "POST").len(), 2, "what comes after it is not tried");
}

#[tokio::test]
async fn a_failure_of_one_is_not_one_of_all_and_a_silent_service_is() {
    let service = fake(json!({}), |request| {
        (request.method == "POST" && uid(request) == "2")
            .then(|| Reply::json(500, &json!({"detail": "t0ken-of-the-scim-service leaked"})))
    });
    let mut worker = open(&service.url(), json!({})).await;
    let outcomes = worker.apply(&creates(3)).await.unwrap();
    let said = "POST /Users: the service answered with 500 (******** leaked)";
    assert_eq!(failure(&outcomes[1]), (ErrorClass::Transient, said));
    assert_eq!(outcomes[2], TargetOutcome::Done("id-3".into()));

    let mut worker = open(&nobody(), json!({})).await;
    for error in [worker.check().await.unwrap_err(), worker.apply(&creates(2)).await.unwrap_err()] {
        assert!(error.is_transient() && error.to_string().contains("can't be reached"), "{error}");
    }
    let page = Receiver::start(|_| Reply::status(200).with("content-type", "text/html"));
    let error = open(&page.url(), json!({})).await.check().await.unwrap_err();
    assert!(!error.is_transient());
    assert!(error.to_string().contains("look whether `url` is the address of a SCIM service"), "{error}");
}

#[tokio::test]
async fn an_old_version_is_read_again_once() {
    let there = |version: &str, title: &str| {
        let meta = json!({"version": version});
        Reply::json(200, &json!({"id": "x", "externalId": "1", "displayName": title, "meta": meta}))
    };
    for (offered, tries) in [(true, 1), (true, 9), (false, 1)] {
        let left = Mutex::new(tries);
        let reads = Mutex::new(0);
        let service = fake(json!({"etag": {"supported": offered}}), move |request| {
            match (request.method.as_str(), request.path.as_str()) {
                ("GET", "/Users/x") => {
                    let mut reads = reads.lock().unwrap();
                    *reads += 1;
                    Some(there(&format!("W/\"{reads}\""), "somebody else's"))
                }
                ("PATCH", _) if *left.lock().unwrap() > 0 => {
                    *left.lock().unwrap() -= 1;
                    Some(Reply::status(if offered { 412 } else { 428 }))
                }
                _ => None,
            }
        });
        let mut worker = open(&service.url(), json!({})).await;
        let change = [update(User, "1", "x", &user("a", &[]), &user("b", &[]))];
        let outcomes = worker.apply(&change).await.unwrap();
        let patches = sent(&service, "PATCH");
        let versions: Vec<_> = patches.iter().map(|request| request.header("if-match")).collect();
        assert_eq!(versions, if offered { ["W/\"1\"", "W/\"2\""] } else { ["", "W/\"1\""] });
        if tries == 1 {
            assert_eq!(outcomes, [TargetOutcome::Done("x".into())]);
        } else {
            assert_eq!(failure(&outcomes[0]).0, ErrorClass::Transient);
        }
    }
}

#[tokio::test]
async fn bulk_that_is_offered_and_refused_is_done_without() {
    let config = json!({"bulk": {"supported": true, "maxOperations": 100, "maxPayloadSize": 1_000_000}});
    let service = fake(config.clone(), |request| (request.path == "/Bulk").then(|| Reply::status(501)));
    let mut worker = open(&service.url(), json!({})).await;
    for _ in 0..2 {
        assert_eq!(apply(&mut worker, &creates(3)).await, ["id-1", "id-2", "id-3"]);
    }
    let paths: Vec<_> = sent(&service, "POST").into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/Bulk", "/Users", "/Users", "/Users", "/Users", "/Users", "/Users"]);

    // An answer that leaves some out confirms only the others.
    let service = fake(config.clone(), |request| {
        (request.path == "/Bulk").then(|| {
            let answers = json!([{"bulkId": "1", "status": "201", "location": "https://x/Users/made"}]);
            Reply::json(200, &json!({"Operations": answers}))
        })
    });
    let mut worker = open(&service.url(), json!({})).await;
    let outcomes = worker.apply(&creates(3)).await.unwrap();
    assert_eq!(outcomes[1], TargetOutcome::Done("made".into()));
    assert_eq!(failure(&outcomes[0]).0, ErrorClass::Transient);

    let service = fake(config, |_| None);
    apply(&mut open(&service.url(), json!({"bulk": "never"})).await, &creates(2)).await;
    assert!(service.take().iter().all(|request| request.path != "/Bulk"));
}

#[tokio::test]
async fn services_that_know_no_or_are_asked_for_one_at_a_time() {
    let service = fake(json!({}), |request| {
        request.path.contains("%20or%20").then(|| Reply::json(400, &json!({"scimType": "invalidFilter"})))
    });
    let mut worker = open(&service.url(), json!({})).await;
    apply(&mut worker, &creates(3)).await;
    let searches = sent(&service, "GET").into_iter().filter(|request| request.path.contains("filter="));
    assert_eq!(searches.count(), 4);

    let service = fake(json!({}), |request| {
        request.path.contains("filter=").then(|| Reply::json(400, &json!({"scimType": "invalidFilter"})))
    });
    let mut worker = open(&service.url(), json!({})).await;
    let outcomes = worker.apply(&creates(2)).await.unwrap();
    let (class, message) = failure(&outcomes[0]);
    assert_eq!(class, ErrorClass::Config);
    assert!(message.ends_with("the service has to find users and groups by externalId"), "{message}");
    assert!(sent(&service, "POST").is_empty(), "nobody is made who may be there");
}

/// Pages that are shorter than was asked for; and a service that gives others than were asked for.
#[tokio::test]
async fn every_page_of_a_search_is_read() {
    let service = fake(json!({}), |request| {
        let (_, start) = request.path.split_once("startIndex=")?;
        let start: usize = start.split('&').next()?.parse().ok()?;
        let externals = ["somebody", "2", "1"];
        let found: Vec<Value> = externals
            .get(start - 1)
            .map(|uid| json!({"id": format!("old-{uid}"), "externalId": uid}))
            .into_iter()
            .collect();
        Some(Reply::json(200, &json!({"totalResults": 3, "startIndex": start, "Resources": found})))
    });
    let mut worker = open(&service.url(), json!({})).await;
    assert_eq!(apply(&mut worker, &creates(3)).await, ["old-1", "old-2", "id-3"]);
}

#[tokio::test]
async fn a_member_who_is_refused_is_refused_alone() {
    let service = fake(json!({}), |request| {
        let body = (request.method == "PATCH").then(|| request.json())?;
        let text = body.to_string();
        text.contains("id-3").then(|| Reply::json(400, &json!({"detail": "no such member"})))
    });
    let changes: Vec<_> = (1..=9)
        .map(|uid| create(User, &uid.to_string(), &user(&format!("u{uid}"), &[("1", Some("g"))])))
        .collect();
    let mut worker = open(&service.url(), json!({})).await;
    let outcomes = worker.apply(&changes).await.unwrap();
    for (uid, outcome) in (1..).zip(&outcomes) {
        if uid == 3 {
            let expected = "changing the members of the group g: PATCH /Groups/g: the service answered with 400 \
                            (no such member)";
            assert_eq!(failure(outcome), (ErrorClass::Invalid, expected));
        } else {
            assert_eq!(outcome, &TargetOutcome::Done(format!("id-{uid}")));
        }
    }
}
