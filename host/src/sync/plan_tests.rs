//! Records and stored rows in, decisions out.

use serde_json::json;

use super::*;

fn object(value: Value) -> Fields {
    value.as_object().cloned().expect("an object")
}

fn record(fields: Value, deleted: bool) -> Record {
    Record { uid: "u".into(), fields: object(fields), deleted }
}

fn row(id: i64, fields: Value) -> Row {
    Row { id: LocalId(id), fields: object(fields), enabled: true, deleted: false, created_at: 0 }
}

fn stored(fields: Value) -> Stored {
    Stored { hash: 0, state: State::Present, shared: false, row: row(1, fields) }
}

fn user(record: &Record, stored: Option<&Stored>) -> Decision {
    decide(DataType::User, record, stored, (None, &[]), 10_000)
}

fn change(op: Op, before: Value) -> Decision {
    Decision::Change { op, before: Some(object(before)) }
}

#[test]
fn a_known_record_changes_only_what_differs() {
    let known = stored(json!({"email": "a", "phone": "1"}));
    assert_eq!(user(&record(json!({"email": "a"}), false), Some(&known)), Decision::Unchanged);
    assert_eq!(
        user(&record(json!({"email": "b", "phone": "1", "x": 2}), false), Some(&known)),
        change(Op::Update, json!({"email": "a", "x": null}))
    );
    assert_eq!(
        user(&record(json!({"phone": null}), false), Some(&known)),
        change(Op::Update, json!({"phone": "1"}))
    );
}

#[test]
fn deleting_is_once_and_only_for_known_ones() {
    let known = stored(json!({"email": "a"}));
    let gone = record(json!({}), true);
    assert_eq!(user(&gone, None), Decision::Unchanged);
    assert_eq!(user(&gone, Some(&known)), change(Op::Delete, json!({"email": "a"})));
    assert_eq!(user(&gone, Some(&Stored { state: State::Deleted, ..known.clone() })), Decision::Unchanged);
    assert_eq!(
        user(&gone, Some(&Stored { shared: true, ..known })),
        change(Op::Unlink, json!({"email": "a"}))
    );
}

#[test]
fn who_comes_back_is_the_same_row_switched_on() {
    let back = record(json!({"email": "a"}), false);
    let mut known = stored(json!({"email": "a"}));
    known.state = State::Deleted;
    known.row.deleted = true;
    assert_eq!(user(&back, Some(&known)), change(Op::Update, json!({"isDeleted": true})));
    let mut known = stored(json!({"email": "a", "enabled": false}));
    known.state = State::Missing;
    known.row.enabled = false;
    assert_eq!(user(&back, Some(&known)), change(Op::Update, json!({"enabled": false})));
    let disabled = record(json!({"enabled": false}), false);
    assert_eq!(user(&disabled, Some(&known)), change(Op::Update, json!({})));
}

#[test]
fn the_absent_are_treated_as_the_policy_says() {
    let known = stored(json!({"email": "a"}));
    assert_eq!(decide_missing(OnMissing::Keep, &known), Decision::Unchanged);
    assert_eq!(decide_missing(OnMissing::Disable, &known), change(Op::Disable, json!({"enabled": true})));
    assert_eq!(decide_missing(OnMissing::Delete, &known), change(Op::Delete, json!({"email": "a"})));
    let shared = Stored { shared: true, ..known.clone() };
    assert_eq!(decide_missing(OnMissing::Disable, &shared), change(Op::Unlink, json!({"email": "a"})));
    // Those who are missing already are judged again where the policy asks for more than was done.
    let missing = Stored { state: State::Missing, ..known };
    assert_eq!(decide_missing(OnMissing::Disable, &missing), Decision::Unchanged);
    assert_eq!(decide_missing(OnMissing::Delete, &missing), change(Op::Delete, json!({"email": "a"})));
    assert_eq!(
        decide_missing(OnMissing::Delete, &Stored { shared: true, ..missing.clone() }),
        Decision::Unchanged
    );
    let mut gone = missing;
    gone.row.deleted = true;
    assert_eq!(decide_missing(OnMissing::Delete, &gone), Decision::Unchanged);
}

#[test]
fn a_match_adopts_one_and_only_one() {
    let new = record(json!({"email": "a", "nickname": "A"}), false);
    let check = |candidates: &[Candidate], expected: Decision| {
        assert_eq!(decide(DataType::User, &new, None, (Some(MatchKey::Email), candidates), 10_000), expected);
    };
    let free = |id| Candidate { row: row(id, json!({"email": "a"})), linked: None, taken_by: None };
    let linked = |leaving| {
        let kept = Kept { hash: 0, state: State::Present };
        Candidate { linked: Some(Linked { uid: "x".into(), kept, leaving }), ..free(1) }
    };
    check(&[], Decision::Change { op: Op::Create, before: None });
    check(&[free(1)], change(Op::Update, json!({"nickname": null})));
    check(&[free(1), free(2)], Decision::Fail("email: matches 2 users (1, 2), it must match one".into()));
    check(
        &[linked(Leaving::No)],
        Decision::Fail("email: matches user 1, which is already linked to uid x of this source".into()),
    );
    check(&[linked(Leaving::Given)], change(Op::Update, json!({"nickname": null})));
    let taken = Candidate { taken_by: Some("y".into()), ..linked(Leaving::Gone) };
    check(
        &[taken],
        Decision::Fail("email: matches user 1, which is already linked to uid y of this source".into()),
    );
    // Switched off for being absent, and back under another uid.
    let mut missing = linked(Leaving::Gone);
    missing.row.enabled = false;
    missing.linked.as_mut().unwrap().kept.state = State::Missing;
    check(&[missing], change(Op::Update, json!({"nickname": null, "enabled": false})));
}

#[test]
fn a_new_department_needs_a_title() {
    let untitled = record(json!({"sort": 1}), false);
    assert_eq!(
        decide(DataType::Department, &untitled, None, (None, &[]), 10_000),
        Decision::Fail("title: is missing, and the department is not known yet".into())
    );
    let known = stored(json!({"title": "A", "sort": 2}));
    assert_eq!(
        decide(DataType::Department, &untitled, Some(&known), (None, &[]), 10_000),
        change(Op::Update, json!({"sort": 2}))
    );
}

#[test]
fn what_a_row_holds_is_bounded_for_the_fields_that_come_together() {
    let judge = |given: Value, stored: Option<&Stored>, most: u64| {
        decide(DataType::User, &record(given, false), stored, (None, &[]), most)
    };
    let photo = |bytes: usize| json!({"photo": "x".repeat(bytes)});
    // The name, four characters around it, and the quotes of the text.
    assert_eq!(judge(photo(89), None, 100), Decision::Change { op: Op::Create, before: None });
    let reason = "record: the fields of the user would have 101 bytes, and 100 are allowed (storage.max_row_bytes); give \
                  less, or clear fields that are stored by giving null for them";
    assert_eq!(judge(photo(90), None, 100), Decision::Fail(reason.into()));

    let known = stored(json!({"photo": "x".repeat(50), "departments": ["x".repeat(500)]}));
    let Decision::Fail(reason) = judge(json!({"note": "y".repeat(50)}), Some(&known), 100) else {
        panic!("both fit one by one, and not together");
    };
    assert!(reason.contains("would have 121 bytes"), "{reason}");
    let both = json!({"note": "y".repeat(50), "photo": null});
    assert!(matches!(judge(both, Some(&known), 100), Decision::Change { op: Op::Update, .. }));

    let large = stored(json!({"photo": "x".repeat(500), "nickname": "A"}));
    let changed = |given: Value| matches!(judge(given, Some(&large), 100), Decision::Change { .. });
    assert!(changed(json!({"nickname": "B"})), "what is larger already may change");
    assert!(changed(photo(400)), "and become smaller");
    assert!(!changed(json!({"nickname": "BB"})), "but not larger");
    let gone = record(json!({}), true);
    assert!(matches!(
        decide(DataType::User, &gone, Some(&large), (None, &[]), 100),
        Decision::Change { op: Op::Delete, .. }
    ));
}
