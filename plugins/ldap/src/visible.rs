//! What a directory shows of what it is asked for. It can't say "there is none" and "you may not see it" apart,
//! so what a read does not find is taken for gone only if somebody else shows it: attributes within a base, and
//! bases beside each other. Looked at before and after each search; what none shows is never cleared.

use std::collections::BTreeSet;

use orgsync_plugin_api::{PluginError, tracing};

use crate::client::{Client, SIZE_LIMIT, Stopped};
use crate::entry::Entry;
use crate::errors::Doing;
use crate::settings::Search;

/// How many entries are looked at together, before attributes that none of them shows are searched for.
const SAMPLE: i32 = 50;

/// The attributes that no entry below a base shows, in lowercase.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden(BTreeSet<String>);

/// A search of a few entries, for some attributes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) search: &'a Search,
    pub(crate) base: &'a str,
    pub(crate) filter: &'a str,
    pub(crate) attributes: &'a [String],
    pub(crate) at_most: i32,
}

/// What a base gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) base: &'a str,
    pub(crate) entries: usize,
}

impl Hidden {
    pub(crate) fn contains(&self, attribute: &str) -> bool {
        self.0.contains(attribute)
    }

    /// Whether an entry's values of an attribute are not known, or only in part.
    pub(crate) fn hides(&self, entry: &Entry, attribute: &str) -> bool {
        self.contains(attribute) || entry.is_cut(attribute)
    }

    /// Those that somebody should be told of.
    fn told(&self, search: &Search) -> Vec<&str> {
        let enough = search.any_of.iter().any(|attribute| !self.contains(attribute));
        let means_nothing = |attribute: &String| enough && search.any_of.contains(attribute);
        self.0.iter().filter(|attribute| !means_nothing(attribute)).map(String::as_str).collect()
    }

    /// Strikes out what an entry shows.
    fn see(&mut self, entry: &Entry) {
        self.0.retain(|attribute| entry.values(attribute).is_empty());
    }

    #[cfg(test)]
    pub(crate) fn of(attributes: &[&str]) -> Self {
        Self(attributes.iter().map(|attribute| (*attribute).to_owned()).collect())
    }
}

/// Which of the attributes that a search expects no entry below a base shows; says so in the log. None, if there
/// are no entries.
pub(crate) fn hidden(
    client: &mut Client,
    option: &str,
    (search, base): (&Search, &str),
    stopped: &Stopped<'_>,
) -> Result<Hidden, PluginError> {
    let doing = Doing::Searching { option, base };
    let mut hidden = Hidden(search.expected.iter().cloned().collect());
    if hidden.0.is_empty() {
        return Ok(hidden);
    }
    // Most attributes show at once; also those that can be read and not be searched for, such as constructed ones.
    let look = Look { search, base, filter: &search.filter, attributes: &search.expected, at_most: SAMPLE };
    let mut seen = 0_usize;
    let mut see = |entry: Entry| {
        seen += 1;
        hidden.see(&entry);
        Ok(())
    };
    let result = client.some(doing, &look, &mut see, stopped)?;
    if seen == 0 && result.rc == 0 {
        return Ok(Hidden::default());
    }
    for attribute in hidden.0.clone() {
        if shown(client, doing, &Look { at_most: 1, ..look }, &attribute, stopped)? {
            hidden.0.remove(&attribute);
        }
    }
    let told = hidden.told(search);
    if !told.is_empty() {
        let attributes = told.join(", ");
        let account = client.errors().account();
        tracing::warn!(
            base,
            attributes,
            "no entry of {option} below {base} shows these attributes to {account}: {attributes}. What comes from \
             them alone is left as it is and not cleared: let the account read them, or, if nobody there has \
             them, take them out of the options of `{option}`"
        );
    }
    Ok(hidden)
}

/// Whether some entry of a search shows an attribute, as far as the server can search for it.
fn shown(
    client: &mut Client,
    doing: Doing<'_>,
    look: &Look<'_>,
    attribute: &str,
    stopped: &Stopped<'_>,
) -> Result<bool, PluginError> {
    let filter = format!("(&{}({attribute}=*))", look.filter);
    // What an operator wrote may be no name of an attribute: nobody has that.
    if ldap3::parse_filter(&filter).is_err() {
        return Ok(false);
    }
    let attributes = [attribute.to_owned()];
    let look = Look { filter: &filter, attributes: &attributes, ..*look };
    let (mut found, mut shows) = (false, false);
    let mut see = |entry: Entry| {
        found = true;
        shows |= !entry.values(attribute).is_empty();
        Ok(())
    };
    let result = client.some(doing, &look, &mut see, stopped)?;
    if !matches!(result.rc, 0 | SIZE_LIMIT) {
        tracing::warn!("{doing}: whether any entry has `{attribute}` can't be searched for: {result}");
    }
    Ok(shows || (!found && result.rc == SIZE_LIMIT))
}

/// The first base that gave nothing while another one gave some.
pub(crate) fn suspicious<'a>(found: &[Found<'a>]) -> Option<&'a str> {
    let some = found.iter().any(|found| found.entries > 0);
    found.iter().find(|found| some && found.entries == 0).map(|found| found.base)
}

/// Refuses bases that gave nothing if nobody can tell whether there is nothing: those that the account may not
/// see, and, unless the options allow them, those beside which another one gave some.
pub(crate) fn check_empty(
    client: &mut Client,
    option: &str,
    found: &[Found<'_>],
    allowed: bool,
    stopped: &Stopped<'_>,
) -> Result<(), PluginError> {
    for Found { base, .. } in found.iter().filter(|found| found.entries == 0) {
        // No attribute at all (RFC 4511, 4.5.1.8).
        if client.look(base, &["1.1".to_owned()], stopped)?.is_none() {
            return Err(client.errors().lost(option, base));
        }
    }
    match suspicious(found) {
        Some(base) if !allowed => Err(client.errors().empty(option, base)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entry::testing::entry;
    use crate::settings::Settings;

    #[test]
    fn an_attribute_is_hidden_until_somebody_shows_a_value() {
        let mut hidden = Hidden::of(&["mail", "cn", "l"]);
        hidden.see(&entry("dc=x", &[("CN", &["a"]), ("mail", &[])]));
        assert_eq!(hidden, Hidden::of(&["l", "mail"]));
        hidden.see(&entry("dc=x", &[("mail;range=0-0", &["a"])]));
        assert_eq!(hidden, Hidden::of(&["l"]));
    }

    #[test]
    fn of_attributes_that_stand_for_each_other_one_is_enough() {
        let options = json!({"url": "ldap://x", "groups": {"bases": ["dc=x"]}});
        let settings = Settings::new(&serde_json::from_value(options).unwrap()).unwrap();
        let search = settings.groups.unwrap().department.search;
        assert_eq!(Hidden::of(&["cn", "uniquemember"]).told(&search), ["cn"]);
        assert_eq!(Hidden::of(&["member", "uniquemember"]).told(&search), ["member", "uniquemember"]);
    }

    #[test]
    fn values_that_are_cut_are_hidden_on_that_entry_alone() {
        let cut = entry("dc=x", &[("memberOf;range=0-0", &["cn=a,dc=x"])]);
        assert!(Hidden::default().hides(&cut, "memberof"));
        assert!(!Hidden::default().hides(&entry("dc=x", &[]), "memberof"));
        assert!(Hidden::of(&["memberof"]).hides(&entry("dc=x", &[]), "memberof"));
    }

    #[test]
    fn an_empty_base_is_suspicious_beside_one_that_is_not() {
        let check = |entries: &[usize], expected: Option<&str>| {
            let bases = ["a", "b", "c"];
            let found = bases.iter().zip(entries).map(|(base, entries)| Found { base, entries: *entries });
            assert_eq!(suspicious(&found.collect::<Vec<_>>()), expected, "{entries:?}");
        };
        check(&[0], None);
        check(&[0, 0, 0], None);
        check(&[1, 2], None);
        check(&[10_000, 0], Some("b"));
        check(&[0, 1, 0], Some("a"));
    }
}
