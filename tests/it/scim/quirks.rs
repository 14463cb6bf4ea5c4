//! Against services that differ from the protocol, and from one another: what is delivered arrives whole, and
//! what can't be is said.

use orgsync::worker::Worker;
use orgsync_plugin_api::DataType::{Department, User};
use orgsync_plugin_api::{ErrorClass, TargetChange, TargetOutcome};
use serde_json::{Value, json};

use super::{apply, create, delete, department, failure, open, update, user};
use crate::support::scim_stand_in::{Fate, Quirks, ScimStandIn, Shelf, Versions};

/// A group `Sales` with users u0, u1…: the group's id, and the users'.
async fn sales(worker: &mut Worker, count: usize) -> (String, Vec<String>) {
    let mut changes = vec![create(Department, "1", &department("Sales"))];
    changes.extend((0..count).map(|n| newcomer(n, None)));
    let mut ids = apply(worker, &changes).await;
    (ids.remove(0), ids)
}

/// The change that brings user `n` into the department 1.
fn newcomer(n: usize, group: Option<&str>) -> TargetChange {
    create(User, &(100 + n).to_string(), &user(&format!("u{n}"), &[("1", group)]))
}

/// The same, of a user whose id is known, and of whom nobody knows what the service has.
fn doubtful(n: usize, id: &str, record: &Value) -> TargetChange {
    let mut change = update(User, &(100 + n).to_string(), id, &json!({}), record);
    change.before = None;
    change
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("u{n}")).collect()
}

#[tokio::test]
async fn no_resource_is_two_records() {
    for unique in [true, false] {
        let quirks =
            Quirks { drops_group_external_ids: true, unique_group_names: unique, ..Quirks::default() };
        let service = ScimStandIn::start(quirks);
        let mut worker = open(&service.url(), json!({})).await;
        let changes =
            [create(Department, "3", &department("HR")), create(Department, "4", &department("hr"))];
        let outcomes = worker.apply(&changes).await.unwrap();
        let TargetOutcome::Done(first) = &outcomes[0] else { panic!("{outcomes:?}") };
        if unique {
            let (class, message) = failure(&outcomes[1]);
            assert_eq!(class, ErrorClass::Invalid);
            let said = format!(
                "the displayName \"hr\" is taken by the group {first} of the service, which is that of \
                 the department 3: rename one of the two, or set `groupName` to `path`"
            );
            assert_eq!(message, said);
            // The one that failed takes nothing along.
            let later = [
                update(Department, "3", first, &department("HR"), &department("People")),
                delete(Department, "4", first, &department("hr")),
            ];
            apply(&mut worker, &later).await;
            assert_eq!(service.groups()[first]["displayName"], "People");
        } else {
            assert_ne!(outcomes[1], outcomes[0]);
            assert_eq!(service.groups().len(), 2);
        }
    }
}

#[tokio::test]
async fn what_is_found_by_a_wrong_mark_is_not_taken_from_its_record() {
    let service = ScimStandIn::start(Quirks::default());
    let mut worker = open(&service.url(), json!({})).await;
    let ids = apply(&mut worker, &[create(User, "1", &user("ada", &[]))]).await;
    service.change(Shelf::Users, &ids[0], |ada| ada["externalId"] = json!("2"));
    let changes = [
        update(User, "1", &ids[0], &user("ada", &[]), &user("ada.l", &[])),
        create(User, "2", &user("bob", &[])),
    ];
    let outcomes = worker.apply(&changes).await.unwrap();
    assert_eq!(outcomes[0], TargetOutcome::Done(ids[0].clone()));
    let (class, message) = failure(&outcomes[1]);
    assert!(class == ErrorClass::Invalid && message.contains("is that of the user 1"), "{message}");
    assert_eq!(service.users()[&ids[0]]["userName"], "ada.l");
    // The same id for two records, as an older orgsync may have left it.
    let twice = ["1", "2"].map(|uid| update(User, uid, "7", &user("a", &[]), &user(uid, &[])));
    let service = ScimStandIn::start(Quirks::default());
    let outcomes = open(&service.url(), json!({})).await.apply(&twice).await.unwrap();
    assert!(
        failure(&outcomes[1]).1.contains("the user 7 of the service is that of the user 1"),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn a_group_that_keeps_no_mark_is_taken_over_only_as_it_is() {
    let quirks = Quirks { drops_group_external_ids: true, unique_group_names: true, ..Quirks::default() };
    let service = ScimStandIn::start(quirks);
    let theirs = service.insert(Shelf::Groups, json!({"displayName": "Sales"}));
    let mut worker = open(&service.url(), json!({})).await;
    let ids = apply(&mut worker, &[create(Department, "1", &department("Sales"))]).await;
    assert_eq!(ids, [theirs]);
    // Whether that is right the host knows; until it says so, nobody becomes a member.
    let outcomes = worker.apply(&[newcomer(0, None)]).await.unwrap();
    assert_eq!(failure(&outcomes[0]).1, "the department 1 is not in the service yet");
    let outcomes = worker.apply(&[create(Department, "2", &department("SALES"))]).await.unwrap();
    assert!(failure(&outcomes[0]).1.contains("which is that of the department 1"), "{outcomes:?}");
}

#[tokio::test]
async fn a_service_without_patch_loses_no_member() {
    for (claims, hides) in [(false, false), (true, false), (false, true), (true, true)] {
        let quirks =
            Quirks { no_patch: true, claims_patch: claims, hides_members: hides, ..Quirks::default() };
        let service = ScimStandIn::start(quirks);
        let (group, _) = sales(&mut open(&service.url(), json!({})).await, 3).await;
        assert_eq!(service.members(&group), names(3), "claims {claims}, hides {hides}");
        let mut worker = open(&service.url(), json!({})).await;
        let renamed = update(Department, "1", &group, &department("Sales"), &department("Sales & Service"));
        let mut late = newcomer(9, Some(&group));
        late.uid = "109".to_owned();
        let outcomes = worker.apply(&[renamed, late]).await.unwrap();
        if hides {
            for outcome in &outcomes {
                let (class, message) = failure(outcome);
                assert_eq!(class, ErrorClass::Config);
                assert!(message.contains("does not show who is in the group"), "{message}");
            }
            assert_eq!(service.members(&group), names(3));
        } else {
            assert!(outcomes.iter().all(|outcome| matches!(outcome, TargetOutcome::Done(_))), "{outcomes:?}");
            assert_eq!(service.members(&group), ["u0", "u1", "u2", "u9"]);
            assert_eq!(service.groups()[&group]["displayName"], "Sales & Service");
        }
        assert_eq!(service.groups().len(), 1, "nothing is left of the question");
    }
}

#[tokio::test]
async fn the_first_member_ever_comes_without_patch() {
    let service = ScimStandIn::start(Quirks { no_patch: true, ..Quirks::default() });
    let ids =
        apply(&mut open(&service.url(), json!({})).await, &[create(Department, "1", &department("Sales"))])
            .await;
    apply(&mut open(&service.url(), json!({})).await, &[newcomer(0, Some(&ids[0]))]).await;
    assert_eq!(service.members(&ids[0]), ["u0"]);
    assert_eq!(service.groups().len(), 1);
}

#[tokio::test]
async fn a_question_whose_answers_are_lost_leaves_nothing_behind() {
    let service = ScimStandIn::start(Quirks { no_patch: true, ..Quirks::default() });
    let ids =
        apply(&mut open(&service.url(), json!({})).await, &[create(Department, "1", &department("Sales"))])
            .await;
    // The group of the question is made, and neither that is heard of nor is it deleted.
    service.decide(|request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match request.method.as_str() {
            "POST" if body["displayName"] == "orgsync-question" => Fate::AnswerLost,
            "DELETE" => Fate::Unheard,
            _ => Fate::Answered,
        }
    });
    let newcomer = newcomer(0, Some(&ids[0]));
    let outcomes = open(&service.url(), json!({})).await.apply(std::slice::from_ref(&newcomer)).await;
    assert!(
        outcomes.is_err() || matches!(outcomes.as_deref(), Ok([TargetOutcome::Failed(_)])),
        "{outcomes:?}"
    );
    assert_eq!(service.groups().len(), 2);
    service.decide(|_| Fate::Answered);
    apply(&mut open(&service.url(), json!({})).await, &[newcomer]).await;
    assert_eq!((service.members(&ids[0]), service.groups().len()), (names(1), 1));
}

#[tokio::test]
async fn a_group_that_was_removed_comes_back_whole() {
    for no_patch in [false, true] {
        let service = ScimStandIn::start(Quirks { no_patch, ..Quirks::default() });
        let (old, users) = sales(&mut open(&service.url(), json!({})).await, 3).await;
        service.remove(Shelf::Groups, &old);
        let mut worker = open(&service.url(), json!({})).await;
        let renamed = update(Department, "1", &old, &department("Sales"), &department("Service"));
        let new = apply(&mut worker, &[renamed]).await.remove(0);
        assert_ne!(new, old);
        // As the host does when an id has changed: the members' records show another one.
        let changes: Vec<TargetChange> = (0..)
            .zip(&users)
            .map(|(n, id)| {
                let record = |group: &str| user(&format!("u{n}"), &[("1", Some(group))]);
                update(User, &(100 + n).to_string(), id, &record(&old), &record(&new))
            })
            .collect();
        apply(&mut worker, &changes).await;
        assert_eq!(service.members(&new), names(3));
    }
}

#[tokio::test]
async fn everything_is_made_so_when_nobody_knows_what_is_there() {
    for hides_groups_of_users in [false, true] {
        let service = ScimStandIn::start(Quirks { hides_groups_of_users, ..Quirks::default() });
        let mut worker = open(&service.url(), json!({})).await;
        let (group, users) = sales(&mut worker, 2).await;
        let other = apply(&mut worker, &[create(Department, "2", &department("Service"))]).await.remove(0);
        let theirs = service.insert(
            Shelf::Groups,
            json!({"displayName": "Choir", "members": [{"value": users[0]}, {"value": users[1]}]}),
        );
        service.change(Shelf::Users, &users[0], |user| user["displayName"] = json!("somebody else"));
        // One moves, the other is gone; of both nobody knows what arrived.
        let mut moved = user("u0", &[("2", Some(&other))]);
        moved["phone"] = Value::Null;
        let mut gone = delete(User, "101", &users[1], &json!({}));
        gone.before = None;
        let mut worker = open(&service.url(), json!({})).await;
        for _ in 0..2 {
            apply(&mut worker, &[doubtful(0, &users[0], &moved), gone.clone()]).await;
            assert_eq!((service.members(&group), service.members(&other)), (vec![], vec!["u0".to_owned()]));
            assert_eq!(service.members(&theirs), ["u0", "u1"], "what is not orgsync's stays");
            let now = &service.users()[&users[0]];
            assert_eq!((&now["displayName"], &now["phoneNumbers"]), (&json!("U0"), &Value::Null));
            assert_eq!(service.users()[&users[1]]["active"], false);
        }
    }
}

#[tokio::test]
async fn what_is_so_already_is_delivered() {
    for status in [400, 409, 500] {
        for (hides_members, no_patch) in [(false, false), (true, false), (false, true)] {
            let quirks = Quirks {
                present_member: Some(status),
                absent_member: Some(status),
                absent_resource: Some(status),
                hides_members,
                no_patch,
                ..Quirks::default()
            };
            let service = ScimStandIn::start(quirks);
            let (group, users) = sales(&mut open(&service.url(), json!({})).await, 3).await;
            let mut worker = open(&service.url(), json!({})).await;
            let place = [("1", Some(group.as_str()))];
            let in_it = |n: usize| user(&format!("u{n}"), &place);
            let mut changes: Vec<_> = (0..3).map(|n| doubtful(n, &users[n], &in_it(n))).collect();
            changes.push(newcomer(3, Some(&group)));
            apply(&mut worker, &changes).await;
            let leaves = [0, 1].map(|n: usize| {
                update(User, &(100 + n).to_string(), &users[n], &in_it(n), &user(&format!("u{n}"), &[]))
            });
            for _ in 0..2 {
                apply(&mut worker, &leaves).await;
                assert_eq!(service.members(&group), ["u2", "u3"], "{status} {hides_members} {no_patch}");
            }
            let mut worker = open(&service.url(), json!({"onDelete": "delete"})).await;
            for _ in 0..2 {
                apply(&mut worker, &[delete(User, "102", &users[2], &in_it(2))]).await;
            }
        }
    }
}

#[tokio::test]
async fn a_bad_member_fails_alone() {
    for status in [400, 409, 500] {
        let service = ScimStandIn::start(Quirks::default());
        let mut worker = open(&service.url(), json!({})).await;
        let (group, users) = sales(&mut worker, 9).await;
        service.change(Shelf::Groups, &group, |group| group["members"] = json!([]));
        service.quirks(|quirks| quirks.refused_values = vec![(users[4].clone(), status)]);
        let changes: Vec<_> =
            (0..9).map(|n| doubtful(n, &users[n], &user(&format!("u{n}"), &[("1", Some(&group))]))).collect();
        let outcomes = worker.apply(&changes).await.unwrap();
        for (n, outcome) in outcomes.iter().enumerate() {
            assert_eq!(matches!(outcome, TargetOutcome::Failed(_)), n == 4, "{n}: {outcome:?}");
        }
        assert_eq!(service.members(&group).len(), 8);
    }
}

#[tokio::test]
async fn what_was_done_although_it_was_refused_or_nobody_heard_is_delivered() {
    for fate in [Fate::Denied(500), Fate::Denied(409), Fate::Denied(400), Fate::AnswerLost, Fate::Unheard] {
        for method in ["POST", "PATCH", "DELETE"] {
            let service = ScimStandIn::start(Quirks::default());
            let mut worker = open(&service.url(), json!({"onDelete": "delete"})).await;
            let ids = apply(&mut worker, &[create(User, "1", &user("ada", &[]))]).await;
            let change = match method {
                "POST" => create(User, "2", &user("bob", &[])),
                "PATCH" => update(User, "1", &ids[0], &user("ada", &[]), &user("ada.l", &[])),
                _ => delete(User, "1", &ids[0], &user("ada", &[])),
            };
            service.once(fate, move |request| request.method == method);
            let outcomes = worker.apply(std::slice::from_ref(&change)).await;
            if fate == Fate::Unheard {
                assert!(outcomes.is_err() || failure(&outcomes.unwrap()[0]).0 == ErrorClass::Transient);
                apply(&mut worker, &[change]).await;
            } else {
                assert!(matches!(&outcomes.unwrap()[0], TargetOutcome::Done(_)), "{fate:?} {method}");
            }
            let names: Vec<_> = service.users().values().map(|user| user["userName"].clone()).collect();
            let expected = match method {
                "POST" => json!(["ada", "bob"]),
                "PATCH" => json!(["ada.l"]),
                _ => json!([]),
            };
            assert_eq!(json!(names), expected, "{fate:?} {method}");
        }
    }
}

#[tokio::test]
async fn other_forms_of_ids_booleans_and_lists_are_understood() {
    let plain = Quirks::default;
    let services = [
        Quirks { numeric_ids: true, ..plain() },
        Quirks { numeric_ids: true, no_patch: true, ..plain() },
        Quirks { text_booleans: true, text_totals: true, null_lists: true, ..plain() },
        Quirks { lists_twice: true, ..plain() },
        Quirks { lists_twice: true, numeric_ids: true, text_totals: true, ..plain() },
    ];
    for quirks in services {
        let service = ScimStandIn::start(quirks.clone());
        let (group, users) = sales(&mut open(&service.url(), json!({})).await, 3).await;
        assert_eq!(group, "1");
        service.take_requests();
        // As after a crash: everything is found, and nothing is made again.
        let mut worker = open(&service.url(), json!({})).await;
        assert_eq!(sales(&mut worker, 3).await, (group.clone(), users.clone()));
        let made = service.take_writes().iter().filter(|request| request.method == "POST").count();
        assert_eq!((made, service.users().len()), (0, 3), "{quirks:?}");
        let before = user("u0", &[("1", Some(&group))]);
        let mut after = user("u0", &[]);
        after["enabled"] = json!(false);
        apply(&mut worker, &[update(User, "100", &users[0], &before, &after)]).await;
        assert_eq!(service.users()[&users[0]]["active"], false, "{quirks:?}");
        assert_eq!(service.members(&group), ["u1", "u2"]);
        service.take_requests();
        apply(&mut worker, &[doubtful(0, &users[0], &after)]).await;
        assert!(service.take_writes().is_empty(), "it is so already: {quirks:?}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_say_what_it_can_is_in_trouble_as_a_whole() {
    for (status, class) in [
        (400, Some(ErrorClass::Config)),
        (409, Some(ErrorClass::Config)),
        (500, Some(ErrorClass::Transient)),
        (502, Some(ErrorClass::Transient)),
        (404, None),
        (501, None),
    ] {
        let service = ScimStandIn::start(Quirks { config_status: Some(status), ..Quirks::default() });
        let mut worker = open(&service.url(), json!({})).await;
        let applied = worker.apply(&[newcomer(0, None), newcomer(1, None)]).await;
        match class {
            Some(class) => {
                let error = applied.unwrap_err();
                assert_eq!(error.is_transient(), class == ErrorClass::Transient, "{status}: {error}");
                assert!(error.to_string().contains("GET /ServiceProviderConfig"), "{error}");
                assert!(service.users().is_empty());
            }
            None => assert_eq!((applied.unwrap().len(), service.users().len()), (2, 2), "{status}"),
        }
    }
}

#[tokio::test]
async fn versions_are_sent_where_a_service_insists() {
    for (versions, version_in_header) in
        [(Versions::Wanted, false), (Versions::Wanted, true), (Versions::Offered, true)]
    {
        for no_patch in [false, true] {
            let quirks = Quirks { versions, version_in_header, no_patch, ..Quirks::default() };
            let service = ScimStandIn::start(quirks);
            let mut worker = open(&service.url(), json!({"onDelete": "delete"})).await;
            let (group, users) = sales(&mut worker, 3).await;
            assert_eq!(service.members(&group), names(3));
            let place = [("1", Some(group.as_str()))];
            let changes = [
                update(Department, "1", &group, &department("Sales"), &department("Service")),
                update(User, "100", &users[0], &user("u0", &place), &user("u", &place)),
                update(User, "101", &users[1], &user("u1", &place), &user("u1", &[])),
                delete(User, "102", &users[2], &user("u2", &place)),
                delete(Department, "1", &group, &department("Service")),
            ];
            apply(&mut open(&service.url(), json!({"onDelete": "delete"})).await, &changes[..4]).await;
            assert_eq!(service.members(&group), ["u"]);
            apply(&mut worker, &changes[4..]).await;
            assert!(service.groups().is_empty());
        }
    }
}

#[tokio::test]
async fn users_whom_the_service_hides_are_reached_by_their_ids() {
    for no_patch in [false, true] {
        let service = ScimStandIn::start(Quirks { hides_inactive: true, no_patch, ..Quirks::default() });
        let mut worker = open(&service.url(), json!({})).await;
        let ids = apply(&mut worker, &[create(User, "1", &user("ada", &[]))]).await;
        apply(&mut worker, &[delete(User, "1", &ids[0], &user("ada", &[]))]).await;
        // Whoever knows no id can't do anything, and is told what to do.
        let outcomes = worker.apply(&[create(User, "1", &user("ada", &[]))]).await.unwrap();
        let (class, message) = failure(&outcomes[0]);
        assert_eq!(class, ErrorClass::Invalid);
        assert!(message.contains("taken by a user that the service does not show"), "{message}");
        let mut back = create(User, "1", &user("ada", &[]));
        back.id = Some(ids[0].clone());
        assert_eq!(apply(&mut worker, &[back]).await, ids);
        assert_eq!(service.users()[&ids[0]]["active"], true);
    }
}

#[tokio::test]
async fn one_refused_value_holds_nobody_up() {
    for status in [400, 403, 404, 409, 429, 500, 502, 503] {
        let quirks = Quirks { refused_values: vec![("BAD".into(), status)], ..Quirks::default() };
        let service = ScimStandIn::start(quirks);
        let mut worker = open(&service.url(), json!({})).await;
        let mut bad = user("u0", &[]);
        bad["phone"] = json!("BAD");
        let changes = [
            create(User, "100", &bad),
            create(User, "101", &user("u1", &[])),
            create(User, "102", &user("u2", &[])),
        ];
        let outcomes = worker.apply(&changes).await.unwrap();
        let done: Vec<_> = outcomes.iter().map(|outcome| matches!(outcome, TargetOutcome::Done(_))).collect();
        assert_eq!(done, [false, true, true], "{status}: {outcomes:?}");
        let ids = apply(&mut worker, &[create(User, "100", &user("u0", &[]))]).await;
        let outcomes =
            worker.apply(&[update(User, "100", &ids[0], &user("u0", &[]), &bad), changes[1].clone()]).await;
        let outcomes = outcomes.unwrap();
        assert!(matches!(outcomes[0], TargetOutcome::Failed(_)), "{status}");
        assert!(matches!(outcomes[1], TargetOutcome::Done(_)), "{status}: {outcomes:?}");
        assert_eq!(service.users().len(), 3, "{status}: nobody is made twice");
    }
}

#[tokio::test]
async fn groups_are_named_by_their_path() {
    let service = ScimStandIn::start(Quirks { unique_group_names: true, ..Quirks::default() });
    let named = |title: &str, above: &[&str]| {
        let mut record = department(title);
        let path: Vec<&str> = above.iter().copied().chain([title]).collect();
        record["path"] = json!(path);
        record
    };
    let options = json!({"groupName": "path", "groupSeparator": " / "});
    let mut worker = open(&service.url(), options).await;
    let changes = [
        create(Department, "3", &named("HR", &["Company", "China"])),
        create(Department, "4", &named("HR", &["Company", "Germany"])),
    ];
    let ids = apply(&mut worker, &changes).await;
    let name = |id: &str| service.groups()[id]["displayName"].as_str().unwrap().to_owned();
    assert_eq!(
        (name(&ids[0]).as_str(), name(&ids[1]).as_str()),
        ("Company / China / HR", "Company / Germany / HR")
    );
    let before = named("HR", &["Company", "China"]);
    let renamed = update(Department, "3", &ids[0], &before, &named("HR", &["Group", "China"]));
    apply(&mut worker, &[renamed]).await;
    assert_eq!(name(&ids[0]), "Group / China / HR");
    let outcomes = worker.apply(&[create(Department, "5", &department("HR"))]).await.unwrap();
    assert_eq!(failure(&outcomes[0]).0, ErrorClass::Config);
}
