//! Entries between people and their departments, such as containers: when one of them is moved, its people are in
//! another department, and nothing of their own entries changes. So a cursor keeps where each of them stood, below
//! which department, and the next incremental read looks whether it is still there.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::dn::{self, Dn};
use crate::tree::Tree;

/// More than this are not kept: the next read is a full one.
pub(crate) const MOST: usize = 5_000;

/// An entry that people stand in and that is no department.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Container {
    /// The uid of the nearest department above, if there is one.
    pub(crate) within: Option<String>,
    /// The RDNs up to that department, or all.
    pub(crate) path: String,
    /// What identifies it, if it shows that.
    pub(crate) id: Option<String>,
}

/// The containers that a read finds.
#[derive(Debug, Default)]
pub(crate) struct Containers {
    found: BTreeSet<(Option<String>, String)>,
    /// The DNs of departments as they are written, by uid.
    departments: HashMap<String, String>,
}

impl Containers {
    /// Notes a department.
    pub(crate) fn department(&mut self, uid: &str, dn: &str) {
        self.departments.insert(uid.to_owned(), dn.to_owned());
    }

    /// Notes somebody who was read.
    pub(crate) fn user(&mut self, dn: &str, tree: &Tree) {
        let Ok(parsed) = Dn::parse(dn) else { return };
        let rdns = dn::rdns(dn);
        let (within, steps) = match tree.nearest(&parsed) {
            Some((uid @ Some(_), steps)) => (uid.map(str::to_owned), steps),
            // It stands where its whole name says.
            Some((None, _)) | None => (None, rdns.len().saturating_sub(1)),
        };
        let path = rdns.get(1..=steps).unwrap_or_default().join(",");
        if !path.is_empty() && self.found.len() <= MOST {
            self.found.insert((within, path));
        }
    }

    /// Where a container has to stand now; `None` if its department is gone.
    pub(crate) fn dn(&self, within: Option<&str>, path: &str) -> Option<String> {
        match within {
            None => Some(path.to_owned()),
            Some(uid) => self.departments.get(uid).map(|department| format!("{path},{department}")),
        }
    }

    /// Those that are not among some others.
    pub(crate) fn without(&self, known: &[Container]) -> Vec<(Option<String>, String)> {
        let known: BTreeSet<_> =
            known.iter().map(|container| (container.within.clone(), container.path.clone())).collect();
        self.found.difference(&known).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let mut tree = Tree::default();
        tree.insert(&Dn::parse("ou=a,dc=x").unwrap(), Some("a".into()));
        tree.insert(&Dn::parse("ou=hidden,dc=x").unwrap(), None);
        tree
    }

    #[test]
    fn what_stands_between_people_and_their_department_is_found() {
        let check = |dn: &str, expected: Option<(Option<&str>, &str)>| {
            let mut containers = Containers::default();
            containers.user(dn, &tree());
            let expected = expected.map(|(within, path)| (within.map(str::to_owned), path.to_owned()));
            assert_eq!(containers.found.into_iter().next(), expected, "{dn}");
        };
        check("uid=1,ou=a,dc=x", None);
        check("uid=1,CN=Staff,OU=A,DC=x", Some((Some("a"), "CN=Staff")));
        check(r"uid=1,cn=x\,y,cn=Staff,ou=a,dc=x", Some((Some("a"), r"cn=x\,y,cn=Staff")));
        check("uid=1,ou=other,dc=x", Some((None, "ou=other,dc=x")));
        check("uid=1,cn=c,ou=hidden,dc=x", Some((None, "cn=c,ou=hidden,dc=x")));
        check("uid=1", None);
        check("nonsense", None);
    }

    #[test]
    fn a_container_is_looked_for_below_its_department_as_that_is_called_now() {
        let mut containers = Containers::default();
        containers.department("a", "ou=Renamed,dc=x");
        assert_eq!(containers.dn(Some("a"), "cn=c").as_deref(), Some("cn=c,ou=Renamed,dc=x"));
        assert_eq!(containers.dn(None, "cn=c,dc=x").as_deref(), Some("cn=c,dc=x"));
        assert_eq!(containers.dn(Some("gone"), "cn=c"), None);
    }

    #[test]
    fn those_that_are_known_are_not_new() {
        let mut containers = Containers::default();
        containers.user("uid=1,cn=old,ou=a,dc=x", &tree());
        containers.user("uid=1,cn=new,ou=a,dc=x", &tree());
        let known = Container { within: Some("a".into()), path: "cn=old".into(), id: Some("1".into()) };
        assert_eq!(containers.without(&[known]), [(Some("a".to_owned()), "cn=new".to_owned())]);
    }
}
