//! Against scim2-server, which offers more or less of the protocol.

use std::collections::BTreeMap;

use orgsync_plugin_api::DataType::{Department, User};
use orgsync_plugin_api::{ErrorClass, TargetOutcome};
use serde_json::{Value, json};

use super::{apply, create, delete, department, failure, open, update, user};
use crate::support::events;
use crate::support::scim_server::{Offers, ScimServer, TOKEN};

const ALL: Offers = Offers { patch: true, versions: true, bulk: true };
const VERSIONS: Offers = Offers { bulk: false, ..ALL };
const PLAIN: Offers = Offers { versions: false, ..VERSIONS };
const PUT: Offers = Offers { patch: false, ..VERSIONS };

/// The members of groups by externalId, named by the users' externalIds.
fn members(server: &ScimServer) -> BTreeMap<String, Vec<String>> {
    let users: BTreeMap<String, String> = server
        .all("/Users")
        .into_iter()
        .map(|(uid, user)| (user["id"].as_str().unwrap().to_owned(), uid))
        .collect();
    let name = |id: &str| users.get(id).cloned().unwrap_or_else(|| "nobody".to_owned());
    let groups = server.all("/Groups").into_iter().map(|(uid, group)| {
        let members = group["members"].as_array().cloned().unwrap_or_default();
        let mut members: Vec<String> =
            members.iter().map(|member| name(member["value"].as_str().unwrap())).collect();
        members.sort();
        (uid, members)
    });
    groups.collect()
}

fn expected(groups: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |users: &[&str]| users.iter().copied().map(str::to_owned).collect();
    groups.iter().map(|(group, users)| ((*group).to_owned(), owned(users))).collect()
}

/// Users and departments come, change, go and come back; and every change comes twice.
async fn story(offers: Offers) {
    let server = ScimServer::start(offers);
    let mut worker = open(server.url(), json!({})).await;
    worker.check().await.unwrap();
    let changes = [
        create(Department, "1", &department("Sales")),
        create(Department, "2", &department("Sales, EMEA")),
        create(User, "1", &user("ada", &[("1", None), ("2", None)])),
        create(User, "2", &user("bob", &[("2", None)])),
        create(User, "3", &user("eve", &[])),
    ];
    let ids = apply(&mut worker, &changes).await;
    let users = server.all("/Users");
    assert_eq!(users.len(), 3);
    let ada = &users["1"];
    assert_eq!(ada["id"], ids[2]);
    assert_eq!(
        (&ada["userName"], &ada["displayName"], &ada["active"]),
        (&json!("ada"), &json!("ADA"), &json!(true))
    );
    assert_eq!(ada["name"]["formatted"], "ADA");
    assert_eq!(ada["emails"], json!([{"value": "ada@example.org", "type": "work", "primary": true}]));
    assert_eq!(ada["phoneNumbers"][0]["value"], "+49 30 1234");
    assert_eq!(server.all("/Groups")["2"]["displayName"], "Sales, EMEA");
    assert_eq!(members(&server), expected(&[("1", &["1"]), ("2", &["1", "2"])]));

    // As after a crash, in another process: the answers were lost.
    let mut worker = open(server.url(), json!({})).await;
    assert_eq!(apply(&mut worker, &changes).await, ids);
    assert_eq!(server.all("/Users"), users, "nothing was written");

    let (sales, emea) = (("1", Some(ids[0].as_str())), ("2", Some(ids[1].as_str())));
    let before = [user("ada", &[sales, emea]), user("bob", &[emea]), user("eve", &[])];
    let mut ada = user("ada.l", &[emea]);
    ada["phone"] = Value::Null;
    let mut bob = before[1].clone();
    bob["enabled"] = json!(false);
    let eve = user("eve", &[sales]);
    let changes = [
        update(Department, "1", &ids[0], &department("Sales"), &department("Sales & Service")),
        update(User, "1", &ids[2], &before[0], &ada),
        update(User, "2", &ids[3], &before[1], &bob),
        update(User, "3", &ids[4], &before[2], &eve),
    ];
    for _ in 0..2 {
        let expected_ids: Vec<_> = [0, 2, 3, 4].map(|at: usize| ids[at].clone()).into();
        assert_eq!(apply(&mut worker, &changes).await, expected_ids);
        let users = server.all("/Users");
        assert_eq!(users["1"]["userName"], "ada.l");
        assert_eq!(users["1"]["phoneNumbers"], Value::Null);
        assert_eq!(users["2"]["active"], false);
        assert_eq!(server.all("/Groups")["1"]["displayName"], "Sales & Service");
        assert_eq!(members(&server), expected(&[("1", &["3"]), ("2", &["1", "2"])]));
    }

    let gone = [delete(User, "1", &ids[2], &ada)];
    for _ in 0..2 {
        assert_eq!(apply(&mut worker, &gone).await, [ids[2].clone()]);
        assert_eq!(server.all("/Users")["1"]["active"], false);
        assert_eq!(members(&server), expected(&[("1", &["3"]), ("2", &["2"])]));
    }
    let back = [create(User, "1", &ada)];
    assert_eq!(apply(&mut worker, &back).await, [ids[2].clone()]);
    assert_eq!(server.all("/Users")["1"]["active"], true);
    assert_eq!(members(&server), expected(&[("1", &["3"]), ("2", &["1", "2"])]));

    let mut worker = open(server.url(), json!({"onDelete": "delete"})).await;
    let gone = [
        delete(User, "1", &ids[2], &ada),
        delete(User, "3", &ids[4], &eve),
        delete(Department, "1", &ids[0], &department("Sales & Service")),
    ];
    for _ in 0..2 {
        apply(&mut worker, &gone).await;
        assert_eq!(server.all("/Users").into_keys().collect::<Vec<_>>(), ["2"]);
        assert_eq!(members(&server), expected(&[("2", &["2"])]));
    }
    worker.close().await.unwrap();
}

#[tokio::test]
async fn a_service_that_offers_everything() {
    story(ALL).await;
}

#[tokio::test]
async fn a_service_without_bulk() {
    story(VERSIONS).await;
}

#[tokio::test]
async fn a_service_without_bulk_and_versions() {
    story(PLAIN).await;
}

#[tokio::test]
async fn a_service_without_patch() {
    story(PUT).await;
}

#[tokio::test]
async fn one_bad_record_does_not_stop_the_others() {
    for offers in [ALL, VERSIONS, PUT] {
        let server = ScimServer::start(offers);
        let mut worker = open(server.url(), json!({"attributes": {"title": "custom.title"}})).await;
        let groups = apply(&mut worker, &[create(Department, "1", &department("Sales"))]).await;
        let sales = [("1", Some(groups[0].as_str()))];
        let mut bad = user("bob", &sales);
        bad["custom"]["title"] = json!({"no": "text"});
        let mut nameless = user("x", &sales);
        (nameless["username"], nameless["email"]) = (Value::Null, Value::Null);
        let changes = [
            create(User, "1", &user("ada", &sales)),
            create(User, "2", &bad),
            create(User, "3", &nameless),
            create(User, "4", &user("dan", &[sales[0], ("99", None)])),
            create(User, "5", &user("eve", &sales)),
        ];
        let outcomes = worker.apply(&changes).await.unwrap();
        let done: Vec<_> = outcomes.iter().map(|outcome| matches!(outcome, TargetOutcome::Done(_))).collect();
        assert_eq!(done, [true, false, false, false, true], "{outcomes:?}");
        let (class, message) = failure(&outcomes[1]);
        assert_eq!(class, ErrorClass::Invalid);
        assert!(message.starts_with("POST /Users: the service answered with 400"), "{message}");
        let (class, message) = failure(&outcomes[2]);
        assert_eq!(class, ErrorClass::Invalid);
        assert!(message.starts_with("the user has neither a user name nor"), "{message}");
        let late = (ErrorClass::Transient, "the department 99 is not in the service yet");
        assert_eq!(failure(&outcomes[3]), late);
        assert_eq!(members(&server), expected(&[("1", &["1", "4", "5"])]));

        apply(&mut worker, &[create(Department, "99", &department("Late"))]).await;
        apply(&mut worker, &changes[3..4]).await;
        assert_eq!(members(&server), expected(&[("1", &["1", "4", "5"]), ("99", &["4"])]));
    }
}

#[tokio::test]
async fn whoever_has_the_name_is_taken_over_only_if_nobody_else_keeps_them() {
    for offers in [ALL, VERSIONS, PUT] {
        let server = ScimServer::start(offers);
        let schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
        for theirs in [
            json!({"schemas": schemas, "userName": "Ada", "title": "Countess"}),
            json!({"schemas": schemas, "userName": "bob", "externalId": "hr-7"}),
            json!({"schemas": schemas, "userName": "eve", "externalId": "77", "active": false}),
        ] {
            let made = server.send("POST", "/Users", &theirs);
            assert!(made["id"].is_string(), "{made}");
        }
        let ada = server.all("/Users")["Ada"]["id"].as_str().unwrap().to_owned();
        let changes =
            [("1", "ada"), ("2", "bob"), ("3", "eve")].map(|(uid, name)| create(User, uid, &user(name, &[])));
        let mut careful = open(server.url(), json!({"adopt": false})).await;
        let outcomes = careful.apply(&changes).await.unwrap();
        let check = |outcome: &TargetOutcome, expected: &str| {
            let (class, message) = failure(outcome);
            assert!(class == ErrorClass::Invalid && message.contains(expected), "{class:?} {message}");
        };
        check(&outcomes[0], "rename it there, or allow it to be taken over with `adopt`");
        let mut worker = open(server.url(), json!({})).await;
        let outcomes = worker.apply(&changes).await.unwrap();
        assert_eq!(outcomes[0], TargetOutcome::Done(ada));
        check(&outcomes[1], "(externalId \"hr-7\"): rename one of them");
        check(&outcomes[2], "(externalId 77), who is not active: rename or delete them there");
        let users = server.all("/Users");
        assert_eq!((&users["1"]["userName"], &users["1"]["title"]), (&json!("ada"), &json!("Countess")));
        assert_eq!((users.len(), &users["hr-7"]["displayName"]), (3, &Value::Null));
    }
}

#[tokio::test]
async fn names_that_are_passed_on_arrive() {
    for offers in [ALL, VERSIONS, PUT] {
        let server = ScimServer::start(offers);
        let mut worker = open(server.url(), json!({})).await;
        let names = [("1", "a", "b"), ("2", "b", "c"), ("3", "c", "d")];
        let creates = names.map(|(uid, name, _)| create(User, uid, &user(name, &[])));
        let ids = apply(&mut worker, &creates).await;
        let mut updates = Vec::new();
        for ((uid, name, next), id) in names.iter().zip(&ids) {
            updates.push(update(User, uid, id, &user(name, &[]), &user(next, &[])));
        }
        // The first one's name is free only when the second has given it up.
        let outcomes = worker.apply(&updates[..2]).await.unwrap();
        let (class, message) = failure(&outcomes[1]);
        assert_eq!(class, ErrorClass::Transient, "{message}");
        assert!(message.contains("who has not given it up yet"), "{message}");
        apply(&mut worker, &updates[2..]).await;
        updates.swap(0, 1);
        apply(&mut worker, &updates[..2]).await;
        let users = server.all("/Users");
        assert_eq!(["1", "2", "3"].map(|uid| users[uid]["userName"].clone()), ["b", "c", "d"]);
    }
}

#[tokio::test]
async fn names_that_are_swapped_arrive() {
    for offers in [ALL, VERSIONS, PLAIN, PUT] {
        let server = ScimServer::start(offers);
        let mut worker = open(server.url(), json!({})).await;
        // Two who swap, three in a circle, and one whose new name is somebody else's.
        let names = [("1", "b"), ("2", "a"), ("3", "d"), ("4", "e"), ("5", "c"), ("6", "x")];
        let schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
        server.send("POST", "/Users", &json!({"schemas": schemas, "userName": "x", "externalId": "hr-1"}));
        let old = ["a", "b", "c", "d", "e", "f"];
        let creates: Vec<_> =
            names.iter().zip(old).map(|((uid, _), old)| create(User, uid, &user(old, &[]))).collect();
        let ids = apply(&mut worker, &creates).await;
        let updates: Vec<_> = names
            .iter()
            .zip(old)
            .zip(&ids)
            .map(|(((uid, new), old), id)| update(User, uid, id, &user(old, &[]), &user(new, &[])))
            .collect();
        let outcomes = worker.apply(&updates).await.unwrap();
        let users = server.all("/Users");
        let now = |uid: &str| users[uid]["userName"].as_str().unwrap().to_owned();
        assert_eq!(["1", "2", "3", "4", "5", "6"].map(now), ["b", "a", "d", "e", "c", "f"], "{outcomes:?}");
        for (outcome, id) in outcomes[..5].iter().zip(&ids) {
            assert_eq!(outcome, &TargetOutcome::Done(id.clone()));
        }
        let (class, message) = failure(&outcomes[5]);
        assert!(class == ErrorClass::Invalid && message.contains("(externalId \"hr-1\")"), "{message}");
    }
}

#[tokio::test]
async fn what_vanished_is_made_anew() {
    for offers in [ALL, VERSIONS, PUT] {
        let server = ScimServer::start(offers);
        let mut worker = open(server.url(), json!({})).await;
        let creates =
            [create(Department, "1", &department("Sales")), create(User, "1", &user("ada", &[("1", None)]))];
        let ids = apply(&mut worker, &creates).await;
        server.send("DELETE", &format!("/Users/{}", ids[1]), &Value::Null);
        let sales = [("1", Some(ids[0].as_str()))];
        let change = [update(User, "1", &ids[1], &user("ada", &sales), &user("ada.l", &sales))];
        let anew = apply(&mut worker, &change).await;
        assert_ne!(anew[0], ids[1]);
        assert_eq!(server.all("/Users")["1"]["id"], anew[0]);
        assert_eq!(members(&server), expected(&[("1", &["1", "nobody"])]));
    }
}

#[tokio::test]
async fn large_groups_are_written_in_chunks() {
    for offers in [ALL, PLAIN] {
        let server = ScimServer::start(offers);
        let mut worker = open(server.url(), json!({"memberChunk": 30})).await;
        let mut creates = vec![create(Department, "1", &department("Everybody"))];
        creates
            .extend((0..200).map(|n| create(User, &n.to_string(), &user(&format!("u{n}"), &[("1", None)]))));
        let ids = apply(&mut worker, &creates).await;
        assert_eq!(members(&server)["1"].len(), 200);
        let everybody = [("1", Some(ids[0].as_str()))];
        let leaves: Vec<_> = (0..150)
            .map(|n: usize| {
                let name = format!("u{n}");
                update(User, &n.to_string(), &ids[n + 1], &user(&name, &everybody), &user(&name, &[]))
            })
            .collect();
        for _ in 0..2 {
            apply(&mut worker, &leaves).await;
            assert_eq!(members(&server)["1"].len(), 50);
        }
    }
}

#[tokio::test]
async fn departments_can_be_left_out_and_attributes_added() {
    let server = ScimServer::start(ALL);
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let attributes = json!({
        "name.givenName": "custom.firstName", "phoneNumbers": "",
        format!("{ENTERPRISE}:employeeNumber"): "uid",
    });
    let options = json!({"departments": "ignore", "attributes": attributes});
    let mut worker = open(server.url(), options).await;
    let changes =
        [create(Department, "1", &department("Sales")), create(User, "7", &user("ada", &[("1", Some("1"))]))];
    let ids = apply(&mut worker, &changes).await;
    assert_eq!(ids[0], "1");
    assert!(server.all("/Groups").is_empty());
    let ada = &server.all("/Users")["7"];
    assert_eq!((&ada["name"]["givenName"], &ada["phoneNumbers"]), (&json!("Ada"), &Value::Null));
    assert_eq!(ada[ENTERPRISE]["employeeNumber"], "7");
    let mut renamed = user("ada", &[]);
    renamed["custom"] = json!({});
    apply(&mut worker, &[update(User, "7", &ids[1], &user("ada", &[]), &renamed)]).await;
    assert_eq!(server.all("/Users")["7"]["name"]["givenName"], Value::Null);
}

#[tokio::test]
async fn a_wrong_token_is_the_operators_to_mend_and_no_secret_is_told() {
    let server = ScimServer::start(ALL);
    let (events, _guard) = events::capture();
    let mut worker = open(server.url(), json!({"token": "wr0ng-token"})).await;
    for error in [
        worker.check().await.unwrap_err(),
        worker.apply(&[create(User, "1", &user("ada", &[]))]).await.unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(!error.is_transient() && text.contains("answered with 401"), "{text}");
        assert!(text.contains("look at `token`") && !text.contains("wr0ng-token"), "{text}");
    }
    let mut worker = open(server.url(), json!({})).await;
    apply(&mut worker, &[create(User, "1", &user("ada", &[]))]).await;
    worker.close().await.unwrap();
    let all = events.all().join("\n");
    assert!(!all.contains(TOKEN) && !all.contains("wr0ng-token"), "{all}");
}
