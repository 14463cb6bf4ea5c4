//! Changes in, steps back out, for whatever is stored by then.

use serde_json::json;

use super::*;

const MARKER: i64 = -1;

fn kept(hash: i64, state: State) -> Kept {
    Kept { hash, state }
}

fn object(value: Value) -> Fields {
    value.as_object().cloned().unwrap()
}

fn change(op: Op, cause: Cause, record: Option<Value>, before: Option<Value>, base: Option<Kept>) -> Change {
    Change {
        data_type: DataType::User,
        uid: "7".into(),
        position: 0,
        op,
        cause,
        record: record.map(|record| record.to_string()),
        before: before.map(object),
        local_id: None,
        base,
        leaves: None,
        link_move: None,
        outcome: None,
        error: None,
    }
}

/// The hash of a change's record.
fn given(record: &Value) -> i64 {
    fields::hash(&record.to_string())
}

fn now(fields: Value, deleted: bool, kept: Option<Kept>) -> Now {
    let fields = object(fields);
    let enabled = fields.get("enabled") != Some(&Value::Bool(false));
    let row = Row { id: LocalId(1), fields, enabled, deleted, created_at: 0 };
    Now { row, kept, shared: false, linked: false, other: None }
}

/// The step back as `[op, given, before, what is kept]`, or why there is none.
fn back(change: &Change, now: &Now) -> Value {
    let footprint = Footprint::of(change).unwrap().inverse();
    match footprint.rest(now, MARKER) {
        Rest::Nothing => json!("nothing"),
        Rest::Refused(refusal) => json!(refusal.message(None)),
        Rest::Step(step) => {
            let leaves = step.leaves.map(|kept| json!([kept.hash, kept.state.code()]));
            json!([step.op, step.given, step.before, leaves])
        }
    }
}

#[test]
fn an_update_is_set_back_where_nothing_else_has_changed_it() {
    let record = json!({"email": "b", "room": 5});
    let update = change(
        Op::Update,
        Cause::Given,
        Some(record.clone()),
        Some(json!({"email": "a", "room": null})),
        Some(kept(11, State::Present)),
    );
    let left = Some(kept(given(&record), State::Present));
    let as_left = now(json!({"email": "b", "room": 5, "phone": "1"}), false, left);
    assert_eq!(
        back(&update, &as_left),
        json!(["update", {"email": "a", "room": null}, {"email": "b", "room": 5}, [11, 1]])
    );
    // Other fields of the record have been given since: the hash of neither is right any more.
    let later = now(json!({"email": "b", "room": 5, "phone": "2"}), false, Some(kept(12, State::Present)));
    assert_eq!(back(&update, &later)[3], json!([MARKER, 1]));
    // One field is as before already.
    let half = now(json!({"email": "b"}), false, left);
    assert_eq!(back(&update, &half), json!(["update", {"email": "a"}, {"email": "b"}, [MARKER, 1]]));
    let all = now(json!({"email": "a"}), false, left);
    assert_eq!(back(&update, &all), json!("nothing"));
    let other = now(json!({"email": "c", "room": 6}), false, left);
    assert_eq!(back(&update, &other), json!("email, room: changed since, and left as it is"));
    let deleted = now(json!({"email": "b", "room": 5}), true, Some(kept(13, State::Deleted)));
    assert_eq!(back(&update, &deleted), json!("has been deleted since, and left as it is"));
}

#[test]
fn what_was_made_goes_again_only_as_it_was_made() {
    let record = json!({"email": "a"});
    let create = change(Op::Create, Cause::Given, Some(record.clone()), None, None);
    let left = Some(kept(given(&record), State::Present));
    let row = json!({
        "username": null, "nickname": null, "email": "a", "phone": null, "enabled": true, "departments": []
    });
    let as_left = now(row.clone(), false, left);
    let gone = json!([given(&record), State::Deleted.code()]);
    assert_eq!(back(&create, &as_left), json!(["delete", {}, row, gone]));
    let shared = Now { shared: true, ..as_left.clone() };
    assert_eq!(back(&create, &shared), json!(["unlink", {}, row, gone]));
    let mut changed = as_left.clone();
    changed.row.fields.insert("badge".into(), json!(7));
    assert_eq!(back(&create, &changed), json!("badge: changed since, and left as it is"));
    let again = Now { kept: Some(kept(5, State::Present)), ..as_left.clone() };
    assert_eq!(back(&create, &again), json!("its record has been given anew since, and left as it is"));
    let missing = Now { kept: left.map(|kept| Kept { state: State::Missing, ..kept }), ..as_left.clone() };
    assert_eq!(back(&create, &missing), json!("has gone missing from the source since, and left as it is"));
    let mut away = as_left;
    away.row.deleted = true;
    assert_eq!(back(&create, &away), json!("nothing"));
}

#[test]
fn what_was_taken_away_comes_back_with_its_link() {
    let row = json!({"email": "a", "enabled": true, "departments": [{"uid": "d"}]});
    let base = kept(3, State::Present);
    let delete = change(Op::Delete, Cause::Missing, None, Some(row.clone()), Some(base));
    let gone = kept(3, State::Deleted);
    assert_eq!(
        back(&delete, &now(row.clone(), true, Some(gone))),
        json!(["update", {}, {"isDeleted": true}, [3, 1]])
    );
    assert_eq!(back(&delete, &now(row.clone(), false, Some(base))), json!("nothing"));

    let disable = change(Op::Disable, Cause::Missing, None, Some(json!({"enabled": true})), Some(base));
    let missing = Some(kept(3, State::Missing));
    assert_eq!(
        back(&disable, &now(json!({"enabled": false}), false, missing)),
        json!(["update", {"enabled": true}, {"enabled": false}, [3, 1]])
    );

    let unlink = change(Op::Unlink, Cause::Missing, None, Some(row.clone()), Some(base));
    let let_go = json!({"email": "a", "enabled": true, "departments": []});
    assert_eq!(
        back(&unlink, &now(let_go, false, missing)),
        json!(["update", {"departments": [{"uid": "d"}]}, {"departments": []}, [3, 1]])
    );
}

#[test]
fn an_adopted_user_is_let_go_unless_it_would_belong_to_nobody() {
    let record = json!({"email": "a", "room": 1});
    let adopt = change(Op::Update, Cause::Given, Some(record.clone()), Some(json!({"room": null})), None);
    let left = Some(kept(given(&record), State::Present));
    let alone = now(json!({"email": "a", "room": 1}), false, left);
    assert_eq!(
        back(&adopt, &alone),
        json!("no other source gives this user any more; undone, it would belong to none")
    );
    let linked = Now { linked: true, ..alone };
    assert_eq!(back(&adopt, &linked), json!(["update", {"room": null}, {"room": 1}, null]));
}

#[test]
fn what_was_brought_back_goes_again_with_its_former_values() {
    let record = json!({"room": null});
    let before = json!({"room": "r", "isDeleted": true});
    let base = kept(3, State::Deleted);
    let revive = change(Op::Update, Cause::Given, Some(record.clone()), Some(before), Some(base));
    let left = Some(kept(given(&record), State::Present));
    let row = now(json!({"email": "a"}), false, left);
    assert_eq!(back(&revive, &row), json!(["delete", {"room": "r"}, {"email": "a"}, [3, 3]]));
}

#[test]
fn a_planned_step_is_what_it_was_planned_from() {
    let record = json!({"room": null});
    let before = json!({"room": "r", "isDeleted": true});
    let base = kept(3, State::Deleted);
    let revive = change(Op::Update, Cause::Given, Some(record.clone()), Some(before), Some(base));
    let create = change(Op::Create, Cause::Given, Some(json!({"email": "a"})), None, None);
    let row = json!({
        "username": null, "nickname": null, "email": "a", "phone": null, "enabled": true, "departments": []
    });
    let update = change(
        Op::Update,
        Cause::Given,
        Some(json!({"email": "a"})),
        Some(json!({"email": null})),
        Some(base),
    );
    for (done, row) in [(revive, json!({"email": "a"})), (create, row.clone()), (update, row)] {
        let hash = given(&serde_json::from_str(done.record.as_deref().unwrap()).unwrap());
        let now = now(row, false, Some(kept(hash, State::Present)));
        let footprint = Footprint::of(&done).unwrap().inverse();
        let Rest::Step(step) = footprint.rest(&now, MARKER) else { panic!("{footprint:?}") };
        let cause = Cause::of_undoing(done.op).unwrap();
        let bare = change(Op::Reject, cause, None, None, None);
        let planned = step.clone().into_change(bare.clone(), None);
        assert_eq!(Footprint::planned(&planned).rest(&now, MARKER), Rest::Step(step));
        // The same for one that could not be done and is tried again.
        let wanted = footprint.as_wanted().into_change(bare, None);
        assert_eq!(Footprint::planned(&wanted).rest(&now, MARKER), footprint.rest(&now, MARKER));
    }
}

#[test]
fn a_move_to_the_root_wrote_nothing_to_be_undone() {
    let orphan = change(Op::Update, Cause::ParentDeleted, None, Some(json!({"parentUid": "p"})), None);
    assert_eq!(Footprint::of(&orphan), None);
    let record = json!({"title": "B"});
    let renamed = change(
        Op::Update,
        Cause::Given,
        Some(record.clone()),
        Some(json!({"parentUid": "p", "title": "A"})),
        Some(kept(3, State::Present)),
    );
    let left = Some(kept(given(&record), State::Present));
    let row = now(json!({"title": "B", "parentUid": "p"}), false, left);
    assert_eq!(back(&renamed, &row), json!(["update", {"title": "A"}, {"title": "B"}, [3, 1]]));
}
