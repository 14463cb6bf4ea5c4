//! The departments by their DNs: which one an entry stands in, and who leads which. Held while a source is
//! read: a DN and a uid for each department, a DN for each leader.

use std::collections::{HashMap, HashSet};

use crate::dn::Dn;
use crate::groups::Unidentified;

/// Which department an entry stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// The nearest one above it, by uid.
    In(&'a str),
    /// The nearest one above it has no readable uid, or the entry no readable DN.
    Unidentified,
    /// There is none above it.
    Nowhere,
}

/// All departments that have a place.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// `None`: a department whose uid could not be read.
    by_dn: HashMap<String, Option<String>>,
    /// The uids of the departments that somebody leads, by the leader's DN.
    leaders: HashMap<String, Vec<String>>,
    /// The DNs of those who lead a department whose uid could not be read.
    of_unidentified: HashSet<String>,
    /// Leaders that are no DNs.
    pub(crate) unreadable: usize,
}

impl Tree {
    pub(crate) fn insert(&mut self, dn: &Dn, uid: Option<String>) {
        self.by_dn.insert(dn.as_str().to_owned(), uid);
    }

    /// Where an entry of this name stands.
    pub(crate) fn above(&self, dn: Option<&Dn>) -> Place<'_> {
        let Some(dn) = dn else { return Place::Unidentified };
        match self.nearest(dn) {
            Some((Some(uid), _)) => Place::In(uid),
            Some((None, _)) => Place::Unidentified,
            None => Place::Nowhere,
        }
    }

    /// The nearest department above an entry, by uid if that could be read, and how many entries stand in between.
    pub(crate) fn nearest(&self, dn: &Dn) -> Option<(Option<&str>, usize)> {
        let mut above = dn.ancestors().zip(0..);
        above.find_map(|(ancestor, steps)| Some((self.by_dn.get(ancestor)?.as_deref(), steps)))
    }

    /// Notes who leads a department.
    pub(crate) fn lead_all(&mut self, leaders: impl Iterator<Item = String>, uid: Option<&str>) {
        for leader in leaders {
            let Ok(leader) = Dn::parse(&leader) else {
                self.unreadable += 1;
                continue;
            };
            let Some(uid) = uid else {
                self.of_unidentified.insert(leader.as_str().to_owned());
                continue;
            };
            let led = self.leaders.entry(leader.as_str().to_owned()).or_default();
            if !led.iter().any(|known| known == uid) {
                led.push(uid.to_owned());
            }
        }
    }

    /// The uids of the departments that an entry leads, unless one of them could not be read.
    pub(crate) fn led_by(&self, dn: Option<&Dn>) -> Result<&[String], Unidentified> {
        let Some(dn) = dn else { return Ok(&[]) };
        if self.of_unidentified.contains(dn.as_str()) {
            return Err(Unidentified);
        }
        Ok(self.leaders.get(dn.as_str()).map(Vec::as_slice).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let mut tree = Tree::default();
        tree.insert(&Dn::parse("ou=Company,dc=x").unwrap(), Some("c".into()));
        tree.insert(&Dn::parse(r"ou=R\26D\, Berlin,ou=company,dc=x").unwrap(), Some("rd".into()));
        tree.insert(&Dn::parse("ou=Hidden,ou=company,dc=x").unwrap(), None);
        tree
    }

    #[test]
    fn the_nearest_department_above_counts() {
        fn check(dn: &str, expected: Place<'_>) {
            assert_eq!(tree().above(Dn::parse(dn).ok().as_ref()), expected, "{dn}");
        }
        check("uid=a,ou=company,dc=x", Place::In("c"));
        check(r"uid=a, OU=r&d\2c  Berlin, OU=Company, DC=X", Place::In("rd"));
        check("uid=a,cn=container,ou=company,dc=x", Place::In("c"));
        check("ou=company,dc=x", Place::Nowhere);
        check("uid=a,dc=x", Place::Nowhere);
        check("uid=a,ou=hidden,ou=company,dc=x", Place::Unidentified);
        check("nonsense", Place::Unidentified);
    }

    #[test]
    fn leaders_are_found_by_any_spelling() {
        let mut tree = tree();
        let mut lead = |leaders: &[&str], uid: &str| {
            tree.lead_all(leaders.iter().copied().map(str::to_owned), Some(uid));
        };
        lead(&["uid=Ada, dc=x"], "c");
        lead(&["UID=ada,dc=x", "ada"], "rd");
        lead(&["uid=ada,dc=x"], "c");
        assert_eq!(tree.unreadable, 1);
        assert_eq!(tree.led_by(Dn::parse("uid=ada,DC=x").ok().as_ref()).unwrap(), ["c", "rd"]);
        assert!(tree.led_by(Dn::parse("uid=bob,dc=x").ok().as_ref()).unwrap().is_empty());
    }

    #[test]
    fn who_leads_a_department_without_uid_is_remembered() {
        let mut tree = tree();
        tree.lead_all(["uid=Ada, dc=x".to_owned()].into_iter(), Some("c"));
        tree.lead_all(["UID=ada,dc=x".to_owned()].into_iter(), None);
        assert_eq!(tree.led_by(Dn::parse("uid=ada,dc=x").ok().as_ref()), Err(Unidentified));
        assert_eq!(tree.led_by(Dn::parse("uid=bob,dc=x").ok().as_ref()), Ok([].as_slice()));
    }
}
