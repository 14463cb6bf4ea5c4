//! Entries that show one uid between them. Of an attribute that the server does not keep unique, all are looked at
//! before anything is handed on: who shares a uid is not taken, so that two people never become one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use crate::dn::Dn;

/// Attributes of which no two entries of a server have the same, in lowercase.
const UNIQUE: [&str; 4] = ["entryuuid", "objectguid", "nsuniqueid", "objectsid"];
/// How many DNs and uids a text names.
const NAMED: usize = 4;

/// Whether entries have to be looked at to know that none shares its uid.
pub(crate) fn is_possible(uid: &[String]) -> bool {
    !uid.iter().all(|attribute| UNIQUE.contains(&attribute.as_str()))
}

/// Finds uids that may be shared, in 16 bytes for each entry.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    hasher: RandomState,
    /// The hash of an entry's name, by the hash of its uid.
    first: HashMap<u64, u64>,
    doubtful: HashSet<u64>,
}

/// The uids that several entries show, with the DNs of those.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shared(BTreeMap<String, BTreeSet<String>>);

impl Tally {
    /// Counts an entry; the same one again is no other.
    pub(crate) fn count(&mut self, uid: &str, dn: &str) {
        let (uid, name) = (self.hasher.hash_one(uid), self.hasher.hash_one(key(dn)));
        if *self.first.entry(uid).or_insert(name) != name {
            self.doubtful.insert(uid);
        }
    }

    pub(crate) fn is_clear(&self) -> bool {
        self.doubtful.is_empty()
    }

    /// Whether an entry has to be looked at again.
    pub(crate) fn doubts(&self, uid: &str) -> bool {
        self.doubtful.contains(&self.hasher.hash_one(uid))
    }
}

impl Shared {
    /// Takes in entries with doubtful uids: keeps those uids that more than one has.
    pub(crate) fn of(entries: Vec<(String, String)>) -> Self {
        let mut by_uid: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (uid, dn) in entries {
            by_uid.entry(uid).or_default().entry(key(&dn)).or_insert(dn);
        }
        by_uid.retain(|_, entries| entries.len() > 1);
        Self(by_uid.into_iter().map(|(uid, entries)| (uid, entries.into_values().collect())).collect())
    }

    /// Why an entry with a uid is not taken; `None` if it is the only one.
    pub(crate) fn reason(&self, uid: &str) -> Option<String> {
        self.0.get(uid).map(|dns| format!("{} have the uid `{uid}`, and none of them is taken", named(dns)))
    }

    /// What a task should say, if there are any.
    pub(crate) fn note(&self, what: &str) -> Option<String> {
        let uids = self.0.iter().take(NAMED).map(|(uid, dns)| format!("{} have the uid `{uid}`", named(dns)));
        let listed = uids.collect::<Vec<_>>().join(", ");
        let more = match self.0.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(", and {more} more uids are shared"),
        };
        (!self.0.is_empty()).then(|| {
            format!(
                "{what} that share a uid were not taken: {listed}{more}. Give each a value of its own, or set \
                 `attributes.uid` to an attribute that is unique"
            )
        })
    }
}

/// A name in normal form, if it is one.
fn key(dn: &str) -> String {
    Dn::parse(dn).map_or_else(|_| dn.to_owned(), |dn| dn.as_str().to_owned())
}

/// DNs in a sentence.
fn named(dns: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = dns.iter().take(NAMED).map(|dn| format!("`{dn}`")).collect();
    match (dns.len().saturating_sub(NAMED), quoted.split_last()) {
        (0, Some((last, [first @ .., before]))) => {
            let first: String = first.iter().map(|dn| format!("{dn}, ")).collect();
            format!("{first}{before} and {last}")
        }
        (0, _) => quoted.concat(),
        (more, _) => format!("{} and {more} more", quoted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(entries: &[(&str, &str)]) -> Shared {
        let mut tally = Tally::default();
        entries.iter().for_each(|(uid, dn)| tally.count(uid, dn));
        let doubtful = entries.iter().filter(|(uid, _)| tally.doubts(uid));
        Shared::of(doubtful.map(|(uid, dn)| ((*uid).to_owned(), (*dn).to_owned())).collect())
    }

    #[test]
    fn two_entries_with_one_uid_are_found_with_their_names() {
        let found = shared(&[("7", "uid=a,dc=x"), ("8", "uid=c,dc=x"), ("7", "uid=b,dc=x")]);
        assert_eq!(
            found.reason("7").as_deref(),
            Some("`uid=a,dc=x` and `uid=b,dc=x` have the uid `7`, and none of them is taken")
        );
        assert_eq!(found.reason("8"), None);
        let note = found.note("users").unwrap();
        assert!(note.starts_with(
            "users that share a uid were not taken: `uid=a,dc=x` and `uid=b,dc=x` have the uid `7`. Give each"
        ));
    }

    #[test]
    fn one_entry_below_two_bases_shares_nothing() {
        let found = shared(&[("7", "uid=a, dc=x"), ("7", "UID=A,dc=x")]);
        assert_eq!((found.reason("7"), found.note("users")), (None, None));
        let mut tally = Tally::default();
        tally.count("7", "uid=a,dc=x");
        tally.count("7", "UID=A, DC=x");
        assert!(tally.is_clear());
    }

    #[test]
    fn upper_and_lower_case_are_two_uids() {
        assert_eq!(shared(&[("a", "uid=a,dc=x"), ("A", "uid=b,dc=x")]), Shared::default());
    }

    #[test]
    fn texts_name_some_of_many() {
        let dns: Vec<String> = (0..6).map(|number| format!("uid={number},dc=x")).collect();
        let many: Vec<_> = dns.iter().map(|dn| ("7", dn.as_str())).collect();
        let reason = shared(&many).reason("7").unwrap();
        assert!(
            reason.starts_with("`uid=0,dc=x`, `uid=1,dc=x`, `uid=2,dc=x`, `uid=3,dc=x` and 2 more have"),
            "{reason}"
        );
        let three = shared(&many[..3]).reason("7").unwrap();
        assert!(three.starts_with("`uid=0,dc=x`, `uid=1,dc=x` and `uid=2,dc=x` have"), "{three}");
        let names: Vec<(String, String)> =
            (0..12).map(|number| ((number / 2).to_string(), format!("uid={number},dc=x"))).collect();
        let names: Vec<_> = names.iter().map(|(uid, dn)| (uid.as_str(), dn.as_str())).collect();
        assert!(shared(&names).note("users").unwrap().contains("and 2 more uids are shared"));
    }

    #[test]
    fn what_the_server_keeps_unique_need_not_be_looked_at() {
        assert!(!is_possible(&["entryuuid".to_owned()]));
        assert!(is_possible(&["employeenumber".to_owned()]));
    }
}
