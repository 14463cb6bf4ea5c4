//! Who is in which group, through groups in groups. Held while a source is read: for each group its DN and uid,
//! and, unless users say themselves what they are in, the name of each member with the numbers of its groups.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::dn::Dn;
use crate::entry::Entry;
use crate::settings::{GroupSet, MEMBER_OF, MEMBER_UID, Members};
use crate::visible::Hidden;

/// The groups of a source.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    nested: bool,
    in_member: bool,
    /// Whether a member may be named by username.
    by_username: bool,
    /// Whether some groups did not show who is in them.
    hidden: bool,
    /// Numbers of groups, by DN.
    by_dn: HashMap<String, usize>,
    groups: Vec<Group>,
    /// Numbers of groups, by the DN or, after [`NAME`], the username of a member.
    members: HashMap<String, Vec<usize>>,
    /// Members that are no DNs.
    pub(crate) unreadable: usize,
}

#[derive(Debug)]
struct Group {
    /// `None`: its uid could not be read.
    uid: Option<String>,
    /// The DNs of the groups that it says it is in.
    member_of: Vec<String>,
    /// The groups that it is in.
    within: Vec<usize>,
}

/// A group or department is concerned whose uid could not be read, or members were not shown, so nothing can
/// be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unidentified;

/// No DN begins like this.
const NAME: &str = "=";

impl Groups {
    pub(crate) fn new(set: &GroupSet) -> Self {
        let by_username = match &set.members {
            Members::InGroup(attributes) => attributes.iter().any(|attribute| attribute == MEMBER_UID),
            Members::InMember => false,
        };
        let in_member = set.members == Members::InMember;
        Self { nested: set.nested, in_member, by_username, ..Self::default() }
    }

    /// Takes a group in; the same one again adds its members.
    pub(crate) fn insert(
        &mut self,
        entry: &Entry,
        dn: &Dn,
        uid: Option<String>,
        set: &GroupSet,
        hidden: &Hidden,
    ) {
        let member_of = entry.texts(MEMBER_OF).filter_map(|dn| key(&dn));
        let group = Group { uid, member_of: member_of.collect(), within: Vec::new() };
        let number = *self.by_dn.entry(dn.as_str().to_owned()).or_insert(self.groups.len());
        if number == self.groups.len() {
            self.groups.push(group);
        }
        let Members::InGroup(attributes) = &set.members else {
            self.hidden |= entry.is_cut(MEMBER_OF);
            return;
        };
        // Groups of a kind use one of the attributes; that nobody shows the others means nothing.
        self.hidden |= attributes.iter().all(|attribute| hidden.contains(attribute));
        self.hidden |= attributes.iter().any(|attribute| entry.is_cut(attribute));
        for attribute in attributes {
            for value in entry.texts(attribute) {
                let key = if attribute == MEMBER_UID { Some(name(&value)) } else { key(&value) };
                match key {
                    Some(key) => self.members.entry(key).or_default().push(number),
                    None => self.unreadable += 1,
                }
            }
        }
    }

    /// Whether nobody can tell who is in the groups.
    pub(crate) fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// To be called when all groups are there: finds which are in which.
    pub(crate) fn link(&mut self) {
        for (dn, number) in &self.by_dn {
            let within = match self.in_member {
                true => self.groups[*number]
                    .member_of
                    .iter()
                    .filter_map(|dn| self.by_dn.get(dn))
                    .copied()
                    .collect(),
                false => self.members.remove(dn).unwrap_or_default(),
            };
            self.groups[*number].within = within;
        }
    }

    /// The uids of all groups that a user is in: first those that name the user, then those that these are in;
    /// both sorted, so that the first stays the first. The username is null if the user has none, and `None` if
    /// it is not shown.
    pub(crate) fn of(
        &self,
        user: &Entry,
        dn: Option<&Dn>,
        username: Option<&Value>,
        hidden: &Hidden,
    ) -> Result<Vec<&str>, Unidentified> {
        let unknown = match self.in_member {
            true => hidden.hides(user, MEMBER_OF),
            false => self.by_username && username.is_none(),
        };
        if self.hidden || unknown {
            return Err(Unidentified);
        }
        let username = username.and_then(Value::as_str);
        let mut open: Vec<usize> = if self.in_member {
            user.texts(MEMBER_OF).filter_map(|dn| self.by_dn.get(&key(&dn)?).copied()).collect()
        } else {
            let names = [dn.map(|dn| dn.as_str().to_owned()), username.map(name)];
            names.into_iter().flatten().filter_map(|key| self.members.get(&key)).flatten().copied().collect()
        };
        let direct: BTreeSet<usize> = open.iter().copied().collect();
        let mut seen = BTreeSet::new();
        while let Some(number) = open.pop() {
            if seen.insert(number) && self.nested {
                open.extend(&self.groups[number].within);
            }
        }
        let uids = |numbers: &mut dyn Iterator<Item = &usize>| {
            let uids = numbers.map(|number| self.groups[*number].uid.as_deref().ok_or(Unidentified));
            uids.collect::<Result<BTreeSet<_>, _>>()
        };
        let (first, then) = (uids(&mut direct.iter())?, uids(&mut seen.difference(&direct))?);
        Ok(first.into_iter().chain(then).collect())
    }
}

fn key(dn: &str) -> Option<String> {
    // uniqueMember may end in a bit string (RFC 4517, 3.3.21).
    let dn = match dn.rsplit_once('#') {
        Some((dn, bits)) if bits.starts_with('\'') && bits.ends_with("'B") => dn,
        _ => dn,
    };
    Dn::parse(dn).ok().map(|dn| dn.as_str().to_owned())
}

fn name(username: &str) -> String {
    format!("{NAME}{}", username.to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entry::testing::entry;
    use crate::settings::Settings;

    fn set(options: Value) -> GroupSet {
        let mut groups = json!({"bases": ["ou=g,dc=x"]});
        groups.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let options = json!({"url": "ldap://x", "groups": groups});
        Settings::new(&serde_json::from_value(options).unwrap()).unwrap().groups.unwrap()
    }

    type Attributes<'a> = &'a [(&'a str, &'a [&'a str])];

    /// Groups are called by their uids.
    fn groups(options: Value, entries: &[(&str, Attributes<'_>)]) -> Groups {
        let set = set(options);
        let mut groups = Groups::new(&set);
        for (uid, attributes) in entries {
            let entry = entry(&format!("cn={uid},ou=g,dc=x"), attributes);
            groups.insert(
                &entry,
                &Dn::parse(&entry.dn).unwrap(),
                Some((*uid).to_owned()),
                &set,
                &Hidden::default(),
            );
        }
        groups.link();
        groups
    }

    fn check(groups: &Groups, user: &Entry, username: Option<&str>, expected: &[&str]) {
        let username = username.map_or(Value::Null, Value::from);
        let dn = Dn::parse(&user.dn).ok();
        let found = groups.of(user, dn.as_ref(), Some(&username), &Hidden::default()).unwrap();
        assert_eq!(found, expected, "{}", user.dn);
    }

    const ADA: &str = "uid=ada,dc=x";
    /// a contains b, b contains c, c contains a.
    const CYCLE: [(&str, Attributes<'static>); 4] = [
        ("a", &[("member", &["cn=B, ou=G, dc=x", "uid=bob,dc=x"])]),
        ("b", &[("uniqueMember", &["cn=c,ou=g,dc=x"]), ("member", &[])]),
        ("c", &[("member", &["cn=a,ou=g,dc=x", "UID=Ada,dc=x#'01'B"])]),
        ("other", &[("member", &["uid=bob,dc=x", "nonsense"])]),
    ];

    #[test]
    fn members_of_members_are_members_and_cycles_end() {
        let groups = groups(json!({}), &CYCLE);
        check(&groups, &entry(ADA, &[]), None, &["c", "a", "b"]);
        check(&groups, &entry("uid=bob,dc=x", &[]), None, &["a", "other", "b", "c"]);
        check(&groups, &entry("uid=eve,dc=x", &[]), None, &[]);
        assert_eq!(groups.unreadable, 1);
    }

    #[test]
    fn nesting_can_be_switched_off() {
        check(&groups(json!({"nested": false}), &CYCLE), &entry(ADA, &[]), None, &["c"]);
    }

    #[test]
    fn users_can_say_themselves_what_they_are_in() {
        let entries: [(&str, Attributes<'_>); 3] = [
            ("a", &[("memberOf", &["cn=a,ou=g,dc=x"])]),
            ("b", &[("memberOf", &["CN=a,ou=g,dc=x", "cn=unread,dc=x"])]),
            ("c", &[]),
        ];
        let groups = groups(json!({"membersFrom": "memberOf"}), &entries);
        let user = entry(ADA, &[("memberOf", &["cn=B,ou=g,dc=x", "cn=unread,dc=x"])]);
        check(&groups, &user, None, &["b", "a"]);
    }

    #[test]
    fn posix_groups_name_users() {
        let entries: [(&str, Attributes<'_>); 1] = [("a", &[("memberUid", &["ada", "bob"])])];
        let groups = groups(json!({"memberAttributes": "memberUid"}), &entries);
        check(&groups, &entry("cn=whoever,dc=x", &[]), Some("Ada"), &["a"]);
        check(&groups, &entry("cn=ada,dc=x", &[]), None, &[]);
    }

    #[test]
    fn members_that_are_not_shown_leave_everybody_alone() {
        let check =
            |options: Value, group: &Entry, hidden: &[&str], user: &Entry, username: Option<&Value>| {
                let (set, hidden) = (set(options), Hidden::of(hidden));
                let mut groups = Groups::new(&set);
                groups.insert(group, &Dn::parse(&group.dn).unwrap(), Some("a".into()), &set, &hidden);
                groups.link();
                groups.of(user, Dn::parse(&user.dn).ok().as_ref(), username, &hidden).is_err()
            };
        let (bare, ada, none) = (entry("cn=a,dc=x", &[]), entry(ADA, &[]), Some(&Value::Null));
        assert!(check(json!({}), &bare, &["member", "uniquemember"], &ada, none));
        assert!(!check(json!({}), &bare, &["uniquemember"], &ada, none));
        let cut = entry("cn=a,dc=x", &[("member;range=0-0", &[ADA])]);
        assert!(check(json!({}), &cut, &[], &ada, none));
        let from = json!({"membersFrom": "memberOf"});
        assert!(check(from.clone(), &bare, &["memberof"], &ada, none));
        assert!(!check(from.clone(), &bare, &[], &ada, none));
        assert!(check(from, &bare, &[], &entry(ADA, &[("memberOf;range=0-0", &["cn=a,dc=x"])]), none));
        // Who is named by a username that can't be seen may be anybody.
        let names = json!({"memberAttributes": "memberUid"});
        let posix = entry("cn=a,dc=x", &[("memberUid", &["ada"])]);
        assert!(check(names.clone(), &posix, &[], &ada, None));
        assert!(!check(names, &posix, &[], &ada, none));
    }

    #[test]
    fn a_group_without_uid_leaves_its_members_alone() {
        let set = set(json!({}));
        let mut groups = Groups::new(&set);
        let hidden = entry("cn=a,ou=g,dc=x", &[("member", &[ADA])]);
        groups.insert(&hidden, &Dn::parse(&hidden.dn).unwrap(), None, &set, &Hidden::default());
        groups.link();
        let found = groups.of(&entry(ADA, &[]), Dn::parse(ADA).ok().as_ref(), None, &Hidden::default());
        assert_eq!(found, Err(Unidentified));
    }
}
