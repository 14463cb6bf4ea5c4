//! The ABI stays what it was: what a vendor built with the first release, with other dependencies and another
//! profile, goes on working; and where one side knows more than the other, both say so and get on.

use orgsync::registry::inspect;
use orgsync::worker::{Offer, Worker, WorkerSpec};
use orgsync_plugin_api::message::OfferKind;
use orgsync_plugin_api::{ChangeOp, DataType, ErrorClass, TargetChange, TargetOutcome};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::artifacts;
use crate::support::events;
use crate::support::worker::{read, source, spec, spec_of};

fn golden() -> WorkerSpec {
    spec_of("golden", artifacts::golden())
}

#[tokio::test]
async fn a_plugin_of_the_first_release_works() {
    let inspection = inspect(&artifacts::golden()).unwrap();
    let manifest = &inspection.manifest;
    assert_eq!((manifest.name.as_str(), manifest.vendor.as_str(), inspection.abi), ("golden", "A Vendor", 1));

    let (events, _guard) = events::capture();
    let read = read(&golden(), &source("golden", json!({"people": 2_500}))).await.unwrap();
    assert_eq!((read.departments.len(), read.users.len()), (1, 2_500));
    assert_eq!(read.users[7], json!({"uid": "g7", "nickname": "Person 7", "departments": ["d"]}));
    assert_eq!(read.end.cursor.as_deref(), Some("the end"));
    let logged = |event: &String| event.contains("INFO plugin: reading: Full plugin=\"golden\"");
    assert!(events.all().iter().any(logged), "{:#?}", events.all());

    let offer = Offer { kind: OfferKind::Target, name: "golden".into(), options: json!({"people": 1}) };
    let mut worker = Worker::spawn(&golden(), &offer, CancellationToken::new()).await.unwrap();
    let changes = [(ChangeOp::Create, "1"), (ChangeOp::Delete, "2")]
        .map(|(op, uid)| TargetChange::new(op, DataType::User, uid));
    let outcomes = worker.apply(&changes).await.unwrap();
    assert_eq!(outcomes[0], TargetOutcome::Done("golden-1".into()));
    assert!(matches!(&outcomes[1], TargetOutcome::Failed(error) if error.class == ErrorClass::Invalid));
    worker.close().await.unwrap();
}

#[tokio::test]
async fn its_errors_are_told_as_ever() {
    let check = async |options: Value, expected: &str| {
        let error = read(&golden(), &source("golden", options)).await.unwrap_err().to_string();
        assert_eq!(error, expected);
    };
    check(
        json!({"people": 0}),
        "plugin golden: configuration error: `people` is 0, and nobody is no organisation",
    )
    .await;
    check(
        json!({"peeple": 1}),
        "plugin golden: configuration error: the options are not as the schema says: unknown field `peeple`, \
         expected `people` or `panics` at line 1 column 9",
    )
    .await;
}

#[tokio::test]
async fn a_panic_that_aborts_costs_the_task_alone_and_stands_in_the_log() {
    let (events, _guard) = events::capture();
    let error = read(&golden(), &source("golden", json!({"people": 1, "panics": true}))).await.unwrap_err();
    assert_eq!(error.to_string(), "plugin golden: killed by SIGABRT (aborted)");
    assert!(events.all().iter().any(|event| event.contains("the vendor's bug")), "{:#?}", events.all());
}

#[tokio::test]
async fn an_operation_that_the_plugin_does_not_know_is_refused_and_harms_nothing() {
    // A source knows nothing of what targets are asked, as an old plugin knows nothing of what is new.
    let offer = source("golden", json!({"people": 1}));
    let mut worker = Worker::spawn(&golden(), &offer, CancellationToken::new()).await.unwrap();
    let change = TargetChange::new(ChangeOp::Create, DataType::User, "1");
    let error = worker.apply(&[change]).await.unwrap_err().to_string();
    assert_eq!(error, "plugin golden: not supported: the operation `apply` is unknown here");
    worker.check().await.unwrap();
    worker.close().await.unwrap();
}

#[tokio::test]
async fn a_newer_plugin_gets_on_with_what_there_is_or_says_what_is_missing() {
    let newer = inspect(&artifacts::plugin("newer-api")).unwrap().manifest;
    assert_eq!((newer.version.as_str(), newer.sources.len()), ("9.0.0", 2));
    let found = read(&spec("newer-api"), &source("newer", json!({}))).await.unwrap();
    assert_eq!(found.users, [json!({"uid": "n-1", "nickname": "Newer"})]);

    let error = read(&spec("newer-api"), &source("newest", json!({}))).await.unwrap_err();
    assert_eq!(error.to_string(), "plugin newer-api: not supported: the operation `stream` is unknown here");
    // An error of a class that is not known yet is an error all the same.
    let offer = source("newer", json!({}));
    let mut worker = Worker::spawn(&spec("newer-api"), &offer, CancellationToken::new()).await.unwrap();
    let error = worker.check().await.unwrap_err();
    assert_eq!(error.to_string(), "plugin newer-api: it may be so or otherwise");
    assert!(!error.is_transient());
}
