//! What the changes of a plan want for themselves: usernames and e-mails that are to be a user's own, and users whom new
//! records adopt. A plan of many records remembers eight bytes of each want, which is enough to tell
//! whether any of them is contested; which ones and by whom is `contest`'s to find out.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::domain::change::{Cause, Change, Op};
use crate::domain::fields::{self, Fields};
use crate::domain::fold;
use crate::domain::policy::MatchKey;

/// What only one may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Good {
    /// The value of a field. A phone number is no user's own; it counts for new records that match by it.
    Value(MatchKey),
    /// A user whom a new record adopts.
    User,
}

/// What a change wants to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) good: Good,
    /// The value in the form in which it is compared; of a user, the id.
    pub(super) key: String,
    /// The value as it was given.
    pub(super) given: String,
}

/// The row that a change is made to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) fields: &'a Fields,
    pub(super) deleted: bool,
}

/// What a change wants to have, as long as it is only looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted<'a> {
    good: Good,
    key: Cow<'a, str>,
    given: &'a str,
}

/// What a change wants that its row does not have yet. `given` are the fields that it writes.
pub(super) fn wants_of<'a>(
    change: &Change,
    given: &'a Fields,
    row: Option<Before<'a>>,
    match_key: Option<MatchKey>,
) -> impl Iterator<Item = Wanted<'a>> {
    let is_written = matches!(change.op, Op::Create | Op::Update);
    let adopts = change.op == Op::Update && change.cause == Cause::Given && change.base.is_none();
    let phone = match_key.filter(|key| *key == MatchKey::Phone);
    let of_field = move |key: MatchKey| {
        let stored = row.and_then(|row| fields::text(row.fields, key.as_str()));
        let after = match given.get(key.as_str()) {
            Some(value) => value.as_str(),
            None => stored,
        };
        let folded = fold::compared(key, after)?;
        let held = row.filter(|row| !row.deleted).and_then(|_| fold::compared(key, stored));
        // Who matches by a phone does so only if nobody else comes to it.
        let matches = key == MatchKey::Phone && adopts;
        let is_wanted = matches || held.as_ref() != Some(&folded);
        is_wanted.then(|| Wanted {
            good: Good::Value(key),
            key: folded,
            given: after.unwrap_or_default().trim(),
        })
    };
    let adopted = change.local_id.filter(|_| adopts).map(|id| {
        let given = match_key.and_then(|key| fields::text(given, key.as_str())).unwrap_or_default();
        Wanted { good: Good::User, key: id.to_string().into(), given }
    });
    let keys = [MatchKey::Username, MatchKey::Email].into_iter().chain(phone);
    keys.filter_map(of_field).chain(adopted).filter(move |_| is_written)
}

impl Wanted<'_> {
    /// Eight bytes that stand for it.
    pub(super) fn mark(&self) -> u64 {
        mark(self.good, &self.key)
    }

    pub(super) fn kept(self) -> Want {
        Want { good: self.good, key: self.key.into_owned(), given: self.given.to_owned() }
    }
}

fn mark(good: Good, key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (good, key).hash(&mut hasher);
    hasher.finish()
}

impl Want {
    /// Eight bytes that stand for it.
    pub(super) fn mark(&self) -> u64 {
        mark(self.good, &self.key)
    }
}

/// The wants of a plan.
#[derive(Debug, Default)]
pub(super) struct Wants {
    marks: Vec<u64>,
    /// Those that a stored user stands in the way of.
    held: HashSet<u64>,
}

impl Wants {
    /// Adds a want by its mark; `is_held` if a stored user other than the change's own has it.
    pub(super) fn add(&mut self, mark: u64, is_held: bool) {
        self.marks.push(mark);
        if is_held {
            self.held.insert(mark);
        }
    }

    /// The marks of all that are contested: held by a user, or wanted twice. A record that was planned
    /// twice may be among them without being contested by any other.
    pub(super) fn contested(&mut self) -> HashSet<u64> {
        self.marks.sort_unstable();
        let twice = self.marks.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        self.held.iter().copied().chain(twice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::LocalId;
    use crate::store::testing::change;
    use serde_json::{Value, json};

    fn object(value: Value) -> Fields {
        value.as_object().cloned().unwrap()
    }

    fn check(op: Op, given: Value, row: Option<(Value, bool)>, expected: &[(&str, &str)]) {
        let change = Change { base: None, ..change("7", op, None) };
        let row = row.map(|(fields, deleted)| (object(fields), deleted));
        let before = row.as_ref().map(|(fields, deleted)| Before { fields, deleted: *deleted });
        let given = object(given);
        let found: Vec<Wanted<'_>> = wants_of(&change, &given, before, None).collect();
        let found: Vec<(&str, &str)> = found.iter().map(|want| (&*want.key, want.given)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_change_wants_what_its_row_does_not_have() {
        let row = |deleted| Some((json!({"username": "Ann", "email": "a@x.org"}), deleted));
        check(Op::Create, json!({"username": " Ann", "phone": "1"}), None, &[("ann", "Ann")]);
        check(Op::Create, json!({"username": " ", "email": null}), None, &[]);
        check(
            Op::Update,
            json!({"username": "ANN", "email": "b@x.org"}),
            row(false),
            &[("b@x.org", "b@x.org")],
        );
        check(Op::Update, json!({"username": null}), row(false), &[]);
        check(Op::Update, json!({"nickname": "A"}), row(false), &[]);
        // One that comes back wants all that it had.
        check(Op::Update, json!({"username": "bob"}), row(true), &[("bob", "bob"), ("a@x.org", "a@x.org")]);
        check(Op::Delete, json!({}), row(false), &[]);
    }

    #[test]
    fn a_new_record_wants_the_user_that_it_adopts() {
        let adopts = Change { local_id: Some(LocalId(3)), ..change("7", Op::Update, None) };
        let fields = object(json!({"username": "ann", "phone": "1"}));
        let row = Some(Before { fields: &fields, deleted: false });
        let found: Vec<Want> =
            wants_of(&adopts, &fields, row, Some(MatchKey::Username)).map(Wanted::kept).collect();
        let expected = Want { good: Good::User, key: "3".into(), given: "ann".into() };
        assert_eq!(found, [expected]);
        // By phone, the number counts, too, however it is written.
        let creates = change("7", Op::Create, None);
        let of_phone = |phone: &str| {
            let fields = object(json!({"username": "ann", "phone": phone}));
            let wants = wants_of(&creates, &fields, None, Some(MatchKey::Phone));
            wants.map(|want| want.key.into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of_phone("+49 30 1"), ["ann", "49301"]);
        assert_eq!(of_phone("+49-30-1"), of_phone("+49 30 1"));
    }

    #[test]
    fn what_is_wanted_twice_or_held_is_contested() {
        let want =
            |key: &str| Want { good: Good::Value(MatchKey::Email), key: key.into(), given: String::new() };
        let mut wants = Wants::default();
        for (key, is_held) in [("a", false), ("b", true), ("c", false), ("a", false)] {
            wants.add(want(key).mark(), is_held);
        }
        let expected = ["a", "b"].map(|key| want(key).mark());
        assert_eq!(wants.contested(), expected.into());
        let username = Want { good: Good::Value(MatchKey::Username), ..want("a") };
        assert_ne!(username.mark(), want("a").mark());
    }
}
