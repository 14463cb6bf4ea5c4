//! Batches of writes and holders in, refusals and calls for later changes out.

use serde_json::{Value, json};

use super::*;
use crate::sync::plan::Row;

fn write(op: Op, id: i64, before: Option<&str>, given: Option<&str>) -> Write {
    let fields = |email: &str| -> fields::Fields { json!({"email": email}).as_object().cloned().unwrap() };
    Write {
        op,
        id: LocalId(id),
        row: before.map(|email| Row {
            id: LocalId(id),
            fields: fields(email),
            enabled: true,
            deleted: false,
            created_at: 0,
        }),
        given: given.map(fields).unwrap_or_default(),
        returns: false,
    }
}

fn check(writes: &[Write], holders: &[(&str, i64)], expected: Value) {
    let holders = holders.iter().map(|(value, id)| ((*value).to_owned(), LocalId(*id))).collect();
    let mut found = Conflicts::default();
    let wanted = wanted(writes, MatchKey::Email);
    for (index, reason) in judge(MatchKey::Email, writes, &wanted, &holders, &Whose::default(), &mut found) {
        found.refuse(index, reason);
    }
    let called: Vec<i64> = found.holders.keys().map(|id| id.0).collect();
    assert_eq!(json!([found.refused.into_iter().collect::<Vec<_>>(), called]), expected);
}

#[test]
fn swaps_within_a_batch_are_fine() {
    let writes = [write(Op::Update, 1, Some("a"), Some("b")), write(Op::Update, 2, Some("b"), Some("a"))];
    check(&writes, &[("a", 1), ("b", 2)], json!([[], []]));
    // One half alone: the other is asked for.
    check(&writes[..1], &[("a", 1), ("b", 2)], json!([[], [2]]));
}

#[test]
fn a_deleted_user_gives_its_values_away() {
    let writes = [write(Op::Create, 3, None, Some("a")), write(Op::Delete, 1, Some("a"), None)];
    check(&writes, &[("a", 1)], json!([[], []]));
    let writes = [write(Op::Create, 3, None, Some("a")), write(Op::Disable, 1, Some("a"), None)];
    check(&writes, &[("a", 1)], json!([[[0, "email: a is already used by user 1"]], []]));
}

#[test]
fn of_two_who_want_one_value_its_holder_wins_and_else_the_first() {
    let writes = [write(Op::Create, 3, None, Some("A ")), write(Op::Create, 4, None, Some("a"))];
    check(&writes, &[], json!([[[1, "email: a is given to another record of this task as well"]], []]));
    let writes = [write(Op::Create, 3, None, Some("a")), write(Op::Update, 4, Some("a"), None)];
    check(&writes, &[("a", 4)], json!([[[0, "email: a is already used by user 4"]], []]));
}

#[test]
fn a_holder_outside_the_batch_is_called_for() {
    let writes = [write(Op::Create, 3, None, Some("a"))];
    check(&writes, &[("a", 9)], json!([[], [9]]));
}

#[test]
fn a_refusal_goes_on_to_all_who_waited_for_it() {
    let mut found = Conflicts::default();
    let writes = [
        write(Op::Update, 1, Some("a"), Some("b")),
        write(Op::Update, 2, Some("b"), Some("c")),
        write(Op::Update, 3, Some("c"), Some("d")),
    ];
    let holders = [("b", 2), ("c", 3)].map(|(value, id)| (value.to_owned(), LocalId(id))).into();
    let wanted = wanted(&writes, MatchKey::Email);
    assert_eq!(judge(MatchKey::Email, &writes, &wanted, &holders, &Whose::default(), &mut found), []);
    found.refuse(2, "taken".into());
    let reasons: Vec<&str> = found.refused.values().map(String::as_str).collect();
    assert_eq!(
        reasons,
        ["email: b is already used by user 2", "email: c is already used by user 3", "taken"]
    );
}
