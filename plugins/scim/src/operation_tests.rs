//! Requests as they are sent.

use super::*;

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

#[test]
fn a_patch_names_what_differs() {
    let differing = vec![(path("userName"), json!("ada")), (path("name.formatted"), Value::Null)];
    let operation = Operation::patch(Kind::User, "a/b", Some("W/\"1\"".into()), differing);
    assert_eq!((operation.method, operation.path.as_str()), (Method::Patch, "/Users/a%2Fb"));
    let expected = json!([
        {"op": "replace", "path": "userName", "value": "ada"},
        {"op": "remove", "path": "name.formatted"},
    ]);
    assert_eq!(operation.body["Operations"], expected);
}

#[test]
fn members_are_added_together_and_taken_away_one_by_one() {
    let operation = Operation::members("g", None, &["a", "b"], &["c\"", "d"]);
    let expected = json!([
        {"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "b"}]},
        {"op": "remove", "path": "members[value eq \"c\\\"\"]"},
        {"op": "remove", "path": "members[value eq \"d\"]"},
    ]);
    assert_eq!(operation.body["Operations"], expected);
    assert_eq!(operation.path, "/Groups/g");
}

#[test]
fn a_put_keeps_what_is_not_orgsyncs() {
    let there =
        json!({"id": "1", "meta": {"version": "x"}, "userName": "a", "title": "CTO", "displayName": "A"});
    let differing = vec![(path("userName"), json!("b")), (path("displayName"), Value::Null)];
    let operation = Operation::put(Kind::User, "1", None, &there, differing);
    assert_eq!(operation.body, json!({"id": "1", "userName": "b", "title": "CTO"}));
}

#[test]
fn many_go_into_one() {
    let operations = [
        Operation::create(Kind::User, json!({"userName": "ada"})),
        Operation { version: Some("W/\"2\"".into()), ..Operation::delete(Kind::Group, "g", None) },
    ];
    let expected = json!([
        {"method": "POST", "path": "/Users", "bulkId": "0", "data": {"userName": "ada"}},
        {"method": "DELETE", "path": "/Groups/g", "bulkId": "1", "version": "W/\"2\""},
    ]);
    assert_eq!(bulk(&operations)["Operations"], expected);
}

#[test]
fn bulk_requests_are_no_larger_than_they_may_be() {
    let operations: Vec<_> =
        (0..7).map(|n| Operation::create(Kind::User, json!({"userName": "x".repeat(100 * n)}))).collect();
    for (count, bytes) in [(3, 1_000_000), (100, 1500), (2, 1000)] {
        let parts = cut(&operations, BulkLimits { operations: count, bytes });
        let all: Vec<usize> = parts.iter().cloned().flatten().collect();
        assert_eq!(all, (0..7).collect::<Vec<_>>());
        assert!(parts.len() > 1);
        for part in parts {
            let length = bulk(&operations[part.clone()]).to_string().len();
            assert!(part.len() <= count && (length <= bytes || part.len() == 1), "{part:?}: {length}");
        }
    }
    let long = [Operation::create(Kind::User, json!("x".repeat(2000))), operations[0].clone()];
    assert_eq!(cut(&long, BulkLimits { operations: 9, bytes: 1000 }), [0..1, 1..2]);
}

#[test]
fn answers_are_found_by_number_or_by_place() {
    let numbered =
        json!({"Operations": [{"bulkId": "1", "status": "201"}, {"bulkId": "7", "status": "201"}]});
    let found = bulk_answers(&numbered, 2);
    assert_eq!(found[0], None);
    assert_eq!(found[1].and_then(bulk_status), Some(201));
    let placed = json!({"Operations": [{"status": {"code": "204"}}, {"status": 400}]});
    let found: Vec<_> = bulk_answers(&placed, 2).into_iter().flatten().filter_map(bulk_status).collect();
    assert_eq!(found, [204, 400]);
    assert_eq!(bulk_answers(&json!({}), 1), [None]);
}
