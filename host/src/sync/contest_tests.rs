//! Contestants and what the plan takes from users in, refusals out.

use super::*;

const USERNAME: Good = Good::Value(MatchKey::Username);
const EMAIL: Good = Good::Value(MatchKey::Email);

fn contestant(uid: &str, op: Op, wants: &[(Good, &str, Option<i64>)]) -> Contestant {
    let want = |(good, key, holder): &(Good, &str, Option<i64>)| {
        let want = Want { good: *good, key: (*key).to_owned(), given: (*key).to_owned() };
        (want, holder.map(LocalId))
    };
    Contestant {
        uid: uid.into(),
        op,
        switches_off: false,
        adopts: false,
        wants: wants.iter().map(want).collect(),
        waits: Vec::new(),
    }
}

fn check(contestants: &[Contestant], freed: &[(i64, Good, Option<usize>)], expected: &[(usize, Why)]) {
    let freed = freed.iter().map(|(id, good, by)| ((LocalId(*id), *good), *by)).collect();
    let refused: Vec<(usize, Why)> =
        settle(contestants, &freed).into_iter().map(|(index, (_, why))| (index, why)).collect();
    assert_eq!(refused, expected);
}

fn given(uid: &str) -> Why {
    Why::Given(uid.into())
}

#[test]
fn the_first_gets_what_nobody_has() {
    let contestants = [
        contestant("1", Op::Create, &[(USERNAME, "ann", None)]),
        contestant("2", Op::Update, &[(USERNAME, "ann", None)]),
        contestant("3", Op::Create, &[(USERNAME, "ann", None), (EMAIL, "a", None)]),
        contestant("4", Op::Create, &[(EMAIL, "a", None)]),
    ];
    check(&contestants, &[], &[(1, given("1")), (2, given("1")), (3, given("3"))]);
}

#[test]
fn who_has_a_value_keeps_it_unless_the_plan_takes_it() {
    let contestants = [
        contestant("1", Op::Create, &[(EMAIL, "a", Some(7))]),
        contestant("2", Op::Create, &[(EMAIL, "a", Some(7))]),
    ];
    check(&contestants, &[], &[(0, Why::Held(LocalId(7))), (1, Why::Held(LocalId(7)))]);
    check(&contestants, &[(7, USERNAME, None)], &[(0, Why::Held(LocalId(7))), (1, Why::Held(LocalId(7)))]);
    check(&contestants, &[(7, EMAIL, None)], &[(1, given("1"))]);
}

#[test]
fn values_go_round_in_a_ring() {
    let ring = [
        contestant("1", Op::Update, &[(EMAIL, "b", Some(2))]),
        contestant("2", Op::Update, &[(EMAIL, "c", Some(3))]),
        contestant("3", Op::Update, &[(EMAIL, "a", Some(1))]),
    ];
    let freed = [(1, EMAIL, Some(0)), (2, EMAIL, Some(1)), (3, EMAIL, Some(2))];
    check(&ring, &freed, &[]);
    // One of them can't go on, so none of them can.
    let mut broken = ring;
    broken[1].wants.push(contestant("", Op::Update, &[(USERNAME, "x", Some(9))]).wants.remove(0));
    let refused = [Why::Held(LocalId(2)), Why::Held(LocalId(9)), Why::Held(LocalId(1))];
    check(&broken, &freed, &refused.into_iter().enumerate().collect::<Vec<_>>());
}

#[test]
fn a_user_is_adopted_once() {
    let contestants = [
        contestant("1", Op::Update, &[(Good::User, "3", None)]),
        contestant("2", Op::Update, &[(Good::User, "3", None)]),
    ];
    check(&contestants, &[], &[(1, given("1"))]);
}

#[test]
fn a_phone_may_be_many_peoples_but_matches_only_one() {
    const PHONE: Good = Good::Value(MatchKey::Phone);
    let want = |uid, op| contestant(uid, op, &[(PHONE, "1", None)]);
    check(&[want("1", Op::Update), want("2", Op::Update)], &[], &[]);
    check(&[want("1", Op::Create), want("2", Op::Update)], &[], &[(0, given("2"))]);
    check(&[want("1", Op::Create), want("2", Op::Create)], &[], &[(1, given("1"))]);
}

#[test]
fn who_matches_by_a_phone_waits_until_nobody_else_has_it() {
    const PHONE: Good = Good::Value(MatchKey::Phone);
    let waiting = |holders: &[i64]| {
        let mut waiting = contestant("4", Op::Create, &[(PHONE, "1", None)]);
        waiting.waits.extend(holders.iter().map(|id| (waiting.wants[0].0.clone(), LocalId(*id))));
        waiting
    };
    let gives = |uid: &str, holder| contestant(uid, Op::Update, &[(USERNAME, uid, holder)]);
    let freed = [(2, PHONE, Some(0)), (3, PHONE, None)];
    check(&[gives("3", None), waiting(&[2, 3])], &freed, &[]);
    // Whoever was to give it away can't, or has been refused before.
    let refused = [(0, Why::Held(LocalId(9))), (1, Why::Held(LocalId(2)))];
    check(&[gives("3", Some(9)), waiting(&[3, 2])], &freed, &refused);
    check(&[waiting(&[7])], &freed, &[(0, Why::Held(LocalId(7)))]);
}
