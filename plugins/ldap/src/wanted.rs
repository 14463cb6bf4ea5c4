//! The attributes of an answer under the names that were asked for. A server gives an alias under its own name, and
//! with an attribute its kinds and its values with options (RFC 4512, 2.5.2), such as `userCertificate;binary` for
//! `userCertificate`: all of them are what was asked for. Of several values, one that is part of the entry's name
//! comes first: a rename that keeps the old value leaves the order to the server.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::dn::{self, Dn};
use crate::entry::{Entry, unranged};
use crate::schema::Schema;

/// What a search asks for, as keys of its entries.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    schema: &'a Schema,
    keys: Vec<Key>,
    /// Which keys a name that the server gave stands for, with the place of its values among others.
    known: HashMap<String, Vec<(usize, Order)>>,
}

/// An attribute that is asked for.
#[derive(Debug)]
struct Key {
    /// As it is asked for, in lowercase and without a range.
    text: String,
    name: String,
    options: Vec<String>,
}

/// Steps down to a kind of the attribute, options that were not asked for, and the name: the attribute itself
/// comes before its kinds, and without options before with them.
type Order = (usize, usize, String);

/// What a server gave for one attribute: by each name, the values.
type Given = Vec<(Order, Vec<Vec<u8>>)>;

impl<'a> Wanted<'a> {
    pub(crate) fn new(attributes: &[String], schema: &'a Schema) -> Self {
        let keys = attributes.iter().map(|attribute| {
            let lower = attribute.to_lowercase();
            let text = unranged(&lower).0.to_owned();
            let (name, options) = parts(&schema.canonical(&text));
            Key { text, name, options }
        });
        Self { schema, keys: keys.collect(), known: HashMap::new() }
    }

    /// An entry with what was asked for, under those names.
    pub(crate) fn of(&mut self, entry: Entry) -> Entry {
        let mut found: BTreeMap<usize, Given> = BTreeMap::new();
        let mut unfinished = Vec::new();
        for (given, mut values) in entry.attributes {
            let meant = self.meant(&given);
            let last = meant.len();
            for (number, (key, order)) in (1..).zip(meant) {
                let values = if number == last { std::mem::take(&mut values) } else { values.clone() };
                found.entry(*key).or_default().push((order.clone(), values));
            }
        }
        for (given, came) in entry.unfinished {
            let meant = self.meant(&given).to_vec();
            unfinished.extend(meant.into_iter().map(|(key, _)| (self.keys[key].text.clone(), came)));
        }
        let mut named = None;
        let mut attributes = BTreeMap::new();
        for (key, mut parts) in found {
            parts.sort_by(|(a, _), (b, _)| a.cmp(b));
            let mut values: Vec<Vec<u8>> = parts.into_iter().flat_map(|(_, values)| values).collect();
            once_each(&mut values);
            if values.len() > 1 {
                let named = named.get_or_insert_with(|| dn::first_rdn(&entry.dn));
                self.name_first(&self.keys[key].name, &mut values, named);
            }
            attributes.insert(self.keys[key].text.clone(), values);
        }
        Entry { attributes, unfinished, ..entry }
    }

    /// The keys that a name given by the server stands for.
    fn meant(&mut self, given: &str) -> &[(usize, Order)] {
        if !self.known.contains_key(given) {
            let meant = self.match_keys(given);
            self.known.insert(given.to_owned(), meant);
        }
        self.known.get(given).map(Vec::as_slice).unwrap_or_default()
    }

    fn match_keys(&self, given: &str) -> Vec<(usize, Order)> {
        let (name, options) = parts(&self.schema.canonical(given));
        let matching = self.keys.iter().enumerate().filter_map(|(number, key)| {
            let steps = self.schema.steps(&name, &key.name)?;
            let fits = key.options.iter().all(|option| options.contains(option));
            let more = options.len().saturating_sub(key.options.len());
            fits.then(|| (number, (steps, more, given.to_owned())))
        });
        matching.collect()
    }

    /// Moves the value that is part of the entry's name to the front.
    fn name_first(&self, key: &str, values: &mut [Vec<u8>], named: &[(String, String)]) {
        let of_key = |name: &str| self.schema.steps(&self.schema.canonical(name), key).is_some();
        let place = named.iter().filter(|(name, _)| of_key(name)).find_map(|(_, wanted)| {
            values
                .iter()
                .position(|value| std::str::from_utf8(value).is_ok_and(|value| Dn::folded(value) == *wanted))
        });
        if let Some(place) = place {
            values[..=place].rotate_right(1);
        }
    }
}

/// Takes away values that are there before.
fn once_each(values: &mut Vec<Vec<u8>>) {
    if values.len() < 2 {
        return;
    }
    let mut seen = HashSet::with_capacity(values.len());
    let is_first: Vec<bool> = values.iter().map(|value| seen.insert(value.as_slice())).collect();
    let mut is_first = is_first.into_iter();
    values.retain(|_| is_first.next().unwrap_or(true));
}

/// An attribute's name and its options.
fn parts(description: &str) -> (String, Vec<String>) {
    let mut parts = description.split(';').map(str::to_owned);
    (parts.next().unwrap_or_default(), parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::testing::entry;
    use crate::schema::testing::schema;

    fn some() -> Schema {
        schema(&[
            "( 2.5.4.41 NAME 'name' )",
            "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )",
            "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )",
            "( 2.5.4.11 NAME ( 'ou' 'organizationalUnitName' ) SUP name )",
            "( 0.9.2342.19200300.100.1.1 NAME ( 'uid' 'userid' ) )",
            "( 2.5.4.36 NAME 'userCertificate' )",
            "( 2.5.4.31 NAME 'member' )",
        ])
    }

    type Attributes<'a> = &'a [(&'a str, &'a [&'a str])];

    fn check(asked: &[&str], dn: &str, given: Attributes<'_>, expected: Attributes<'_>) {
        let schema = some();
        let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        let found = Wanted::new(&asked, &schema).of(entry(dn, given));
        assert_eq!(found, entry(dn, expected), "{asked:?} of {given:?}");
    }

    #[test]
    fn what_was_asked_for_by_any_name_is_found() {
        let given: Attributes<'_> = &[("uid", &["ada"]), ("CN", &["Ada"]), ("sn", &["Lovelace"])];
        check(
            &["userid", "2.5.4.3", "cn"],
            "dc=x",
            given,
            &[("userid", &["ada"]), ("2.5.4.3", &["Ada"]), ("cn", &["Ada"])],
        );
        check(&["commonName"], "dc=x", &[("commonName", &["Ada"])], &[("commonname", &["Ada"])]);
        check(&["mail"], "dc=x", &[("mail", &["a"]), ("dn", &["b"])], &[("mail", &["a"])]);
        check(&["1.1"], "dc=x", given, &[]);
    }

    #[test]
    fn options_that_were_not_asked_for_come_along_and_those_that_were_are_needed() {
        let binary: Attributes<'_> = &[("userCertificate;binary", &["a"])];
        check(&["userCertificate"], "dc=x", binary, &[("usercertificate", &["a"])]);
        check(&["2.5.4.36;binary"], "dc=x", binary, &[("2.5.4.36;binary", &["a"])]);
        let tagged: Attributes<'_> =
            &[("cn;lang-de", &["Anna"]), ("cn", &["Ann", "Anne"]), ("cn;lang-fr", &["Anne"])];
        check(&["cn"], "dc=x", tagged, &[("cn", &["Ann", "Anne", "Anna"])]);
        check(&["cn;lang-DE"], "dc=x", tagged, &[("cn;lang-de", &["Anna"])]);
        check(&["cn;x-none"], "dc=x", tagged, &[]);
    }

    #[test]
    fn one_value_under_two_names_is_one() {
        let given: Attributes<'_> =
            &[("userCertificate", &["a", "b"]), ("userCertificate;binary", &["a", "b"])];
        check(
            &["userCertificate", "userCertificate;binary"],
            "dc=x",
            given,
            &[("usercertificate", &["a", "b"]), ("usercertificate;binary", &["a", "b"])],
        );
        check(&["uid"], "dc=x", &[("uid", &["a", "b", "a"])], &[("uid", &["a", "b"])]);
    }

    #[test]
    fn kinds_of_an_attribute_come_after_it() {
        let given: Attributes<'_> =
            &[("cn", &["Ada"]), ("sn", &["Lovelace"]), ("name", &["first"]), ("uid", &["a"])];
        check(&["name"], "dc=x", given, &[("name", &["first", "Ada", "Lovelace"])]);
        check(&["name", "sn"], "dc=x", &given[..2], &[("name", &["Ada", "Lovelace"]), ("sn", &["Lovelace"])]);
    }

    #[test]
    fn the_value_in_the_name_comes_first() {
        let titles = |dn: &str, values: &[&str], expected: &[&str]| {
            check(&["ou"], dn, &[("ou", values)], &[("ou", expected)]);
        };
        titles("ou=New,dc=x", &["Old", "Older", "New"], &["New", "Old", "Older"]);
        titles("OU=new  name,dc=x", &["Old", "New Name"], &["New Name", "Old"]);
        titles(r"ou=R\26D\, Berlin\+,dc=x", &["Old", "R&D, Berlin+"], &["R&D, Berlin+", "Old"]);
        titles("organizationalUnitName=Łódź,dc=x", &["Old", "ŁÓDŹ"], &["ŁÓDŹ", "Old"]);
        titles("2.5.4.11=New,dc=x", &["Old", "New"], &["New", "Old"]);
        titles("cn=Old+ou=New,dc=x", &["Old", "New"], &["New", "Old"]);
        titles(r"ou=\C5\81\C3\B3d\C5\BA,dc=x", &["Old", "Łódź"], &["Łódź", "Old"]);
        titles("ou=#04034e6577,dc=x", &["Old", "New"], &["New", "Old"]);
        titles("cn=New,dc=x", &["Old", "New"], &["Old", "New"]);
        titles("ou=Gone,dc=x", &["Old", "New"], &["Old", "New"]);
        titles("nonsense", &["Old", "New"], &["Old", "New"]);
        // Of a name above, as well, since that is a kind of it.
        check(
            &["name"],
            "cn=New,dc=x",
            &[("cn", &["Old", "New"]), ("sn", &["S"])],
            &[("name", &["New", "Old", "S"])],
        );
    }

    #[test]
    fn ranges_keep_their_attribute() {
        check(
            &["member;range=2-*"],
            "dc=x",
            &[("member;range=2-3", &["c", "d"])],
            &[("member;range=2-3", &["c", "d"])],
        );
    }

    #[test]
    fn without_a_schema_the_usual_names_are_known() {
        let schema = Schema::usual();
        let asked = ["userid".to_owned(), "roomNumber".to_owned()];
        let given = entry("dc=x", &[("uid", &["ada"]), ("roomNumber;lang-en", &["1"])]);
        let found = Wanted::new(&asked, &schema).of(given);
        assert_eq!(found, entry("dc=x", &[("userid", &["ada"]), ("roomnumber", &["1"])]));
    }
}
