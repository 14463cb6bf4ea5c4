//! The commonest of many reasons, for a message. Reasons are alike if they differ only in values: names,
//! numbers, uids. Pure.

/// How many failures are looked at.
pub(super) const MOST: u64 = 5_000;
/// How many reasons a message names.
const NAMED: usize = 3;
/// How many kinds of reasons are told apart.
const KINDS: usize = 100;
/// What stands for values that differ.
const VALUE: &str = "…";

/// Reasons that are alike.
#[derive(Debug)]
struct Group {
    words: Vec<String>,
    count: usize,
}

/// The commonest of these errors, with how many have each.
pub(super) fn commonest(errors: &[String]) -> String {
    let mut groups: Vec<Group> = Vec::new();
    let mut others = 0;
    for error in errors {
        let words: Vec<&str> = without_uid(error).split(' ').collect();
        let kinds = groups.len();
        match groups.iter_mut().find_map(|group| group.takes(&words).then_some(&mut group.count)) {
            Some(count) => *count += 1,
            None if kinds < KINDS => {
                let words = words.into_iter().map(str::to_owned).collect();
                groups.push(Group { words, count: 1 });
            }
            None => others += 1,
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    others += groups.iter().skip(NAMED).map(|group| group.count).sum::<usize>();
    let mut parts: Vec<String> = groups
        .iter()
        .take(NAMED)
        .map(|group| format!("{} ({})", group.words.join(" "), group.count))
        .collect();
    if others > 0 {
        parts.push(format!("other reasons ({others})"));
    }
    let said = parts.join(", ");
    if errors.len() as u64 == MOST { format!("{said}, of the first {MOST}") } else { said }
}

/// An error without the uid that it begins with: `uid 7: email: …`.
fn without_uid(error: &str) -> &str {
    let rest = error.strip_prefix("uid ").and_then(|rest| rest.split_once(": "));
    rest.map_or(error, |(_, reason)| reason)
}

impl Group {
    /// Takes a reason in, if it is about the same field and differs in less than half of its words.
    fn takes(&mut self, words: &[&str]) -> bool {
        let same = |a: &str, b: &str| a == b || a == VALUE;
        if self.words.len() != words.len() || self.words.first().map(String::as_str) != words.first().copied()
        {
            return false;
        }
        let alike = self.words.iter().zip(words).filter(|(a, b)| same(a, b)).count();
        if alike * 2 <= words.len() {
            return false;
        }
        for (known, word) in self.words.iter_mut().zip(words) {
            if known != word {
                VALUE.clone_into(known);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(errors: &[&str], expected: &str) {
        let errors: Vec<String> = errors.iter().map(|error| (*error).to_owned()).collect();
        assert_eq!(commonest(&errors), expected);
    }

    #[test]
    fn reasons_that_differ_in_values_are_one() {
        check(
            &[
                "uid 1: username: ann is already used by user 4",
                "uid a: b: username: bob is already used by user 5",
                "uid 2: email: must be a string or null, is a number",
                "uid 3: username: cy is already used by user 6",
            ],
            "username: … is already used by user … (2), b: username: bob is already used by user 5 (1), \
             email: must be a string or null, is a number (1)",
        );
        check(&["uid: is missing"], "uid: is missing (1)");
    }

    #[test]
    fn few_reasons_are_named() {
        let errors = ["a: 1 x y", "b: 1 x y", "c: 1 x y", "c: 2 x y", "d: 1 x y"];
        check(&errors, "c: … x y (2), a: 1 x y (1), b: 1 x y (1), other reasons (1)");
    }

    #[test]
    fn however_many_there_are_the_message_is_short() {
        let errors: Vec<String> = (0..5_000).map(|n| format!("uid {n}: f{n}: is wrong")).collect();
        let said = commonest(&errors);
        assert!(said.len() < 200, "{said}");
        assert!(said.ends_with("other reasons (4997), of the first 5000"), "{said}");
    }
}
