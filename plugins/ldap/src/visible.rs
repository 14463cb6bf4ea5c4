//! What a directory shows of what it is asked for. An answer does not tell "there is none" and "you may not see it"
//! apart, so what a read does not find is taken for gone only if somebody else shows it, attributes within a base and
//! bases beside each other, or if the server finds it missing by a filter. What is neither is never cleared.

use std::collections::BTreeSet;

use orgsync_plugin_api::{PluginError, tracing};

use crate::client::{Client, SIZE_LIMIT, Stopped};
use crate::entry::Entry;
use crate::errors::Doing;
use crate::filter;
use crate::search::Search;

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

    /// The same with those that stand for hidden ones: of attributes of which an entry has one or another, none is
    /// missing as long as one of them is hidden and none is shown.
    fn with_alternatives(mut self, unseen: &Self, search: &Search) -> Self {
        let none_shown = search.any_of.iter().all(|attribute| unseen.contains(attribute));
        if none_shown && search.any_of.iter().any(|attribute| self.contains(attribute)) {
            self.0.extend(search.any_of.iter().cloned());
        }
        self
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

/// Which of the attributes that a search expects nobody can tell to be missing below a base: no entry shows them, and
/// none is proved to have none. Says so in the log and in the notes. None, if there are no entries.
pub(crate) fn hidden(
    client: &mut Client,
    option: &str,
    (search, base): (&Search, &str),
    notes: &mut Vec<String>,
    stopped: &Stopped<'_>,
) -> Result<Hidden, PluginError> {
    let doing = Doing::Searching { option, base };
    let mut unseen = Hidden(search.expected.iter().cloned().collect());
    if unseen.0.is_empty() {
        return Ok(unseen);
    }
    // Most attributes show at once; also those that can be read and not be searched for, such as constructed ones.
    let look = Look { search, base, filter: &search.filter, attributes: &search.expected, at_most: SAMPLE };
    let mut seen = 0_usize;
    let mut see = |entry: Entry| {
        seen += 1;
        unseen.see(&entry);
        Ok(())
    };
    let result = client.some(doing, &look, &mut see, stopped)?;
    if seen == 0 && result.rc == 0 {
        return Ok(Hidden::default());
    }
    let mut hidden = BTreeSet::new();
    for attribute in unseen.0.clone() {
        match standing(client, doing, &look, &attribute, stopped)? {
            Standing::Shown => {
                unseen.0.remove(&attribute);
            }
            Standing::Absent => {}
            Standing::Unknown => {
                hidden.insert(attribute);
            }
        }
    }
    let hidden = Hidden(hidden).with_alternatives(&unseen, search);
    tell(client, doing, &unseen, &hidden, search, notes);
    Ok(hidden)
}

/// What is known of an attribute that a sample of entries does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Some entry shows it.
    Shown,
    /// None has it, and the server would say so if it were otherwise.
    Absent,
    /// It may be there and out of sight.
    Unknown,
}

fn standing(
    client: &mut Client,
    doing: Doing<'_>,
    look: &Look<'_>,
    attribute: &str,
    stopped: &Stopped<'_>,
) -> Result<Standing, PluginError> {
    // What an operator wrote may be no name of an attribute: nobody has that.
    if !filter::is_description(attribute) {
        return Ok(Standing::Unknown);
    }
    let (found, shows) = probe(client, doing, look, &format!("({attribute}=*)"), attribute, stopped)?;
    if shows {
        return Ok(Standing::Shown);
    }
    if found || !client.proves_absence || client.schema().lacks(attribute) {
        return Ok(Standing::Unknown);
    }
    // Of an entry whose attribute may not be looked at, this is neither true nor false (RFC 4511, 4.5.1.7).
    let (is_absent, _) = probe(client, doing, look, &format!("(!({attribute}=*))"), attribute, stopped)?;
    Ok(if is_absent { Standing::Absent } else { Standing::Unknown })
}

/// Whether an entry of a search matches another filter as well, and whether it shows an attribute.
fn probe(
    client: &mut Client,
    doing: Doing<'_>,
    look: &Look<'_>,
    filter: &str,
    attribute: &str,
    stopped: &Stopped<'_>,
) -> Result<(bool, bool), PluginError> {
    let filter = format!("(&{}{filter})", look.filter);
    let attributes = [attribute.to_owned()];
    let look = Look { filter: &filter, attributes: &attributes, at_most: 1, ..*look };
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
    Ok((found, shows || (!found && result.rc == SIZE_LIMIT)))
}

/// Whether some entry of a search shows an attribute, as far as the server can search for it.
pub(crate) fn shows(
    client: &mut Client,
    doing: Doing<'_>,
    (search, base): (&Search, &str),
    attribute: &str,
    stopped: &Stopped<'_>,
) -> Result<bool, PluginError> {
    if !filter::is_description(attribute) {
        return Ok(false);
    }
    let look = Look { search, base, filter: &search.filter, attributes: &[], at_most: 1 };
    Ok(probe(client, doing, &look, &format!("({attribute}=*)"), attribute, stopped)?.1)
}

/// Says which attributes can't be told to be missing.
fn tell(
    client: &Client,
    doing: Doing<'_>,
    unseen: &Hidden,
    hidden: &Hidden,
    search: &Search,
    notes: &mut Vec<String>,
) {
    let Doing::Searching { option, base } = doing else { return };
    let (unknown, left): (Vec<&str>, Vec<&str>) =
        hidden.told(search).into_iter().partition(|attribute| client.schema().lacks(attribute));
    if !unknown.is_empty() {
        let note = format!(
            "the server's schema has no attribute {}, which the options of `{option}` name: what comes from there \
             was left as it is",
            unknown.join(", ")
        );
        tracing::warn!(base, "{note}");
        notes.push(note);
    }
    if left.is_empty() {
        return;
    }
    let absent: Vec<&str> =
        unseen.0.iter().filter(|attribute| !hidden.contains(attribute)).map(String::as_str).collect();
    let except = match absent.as_slice() {
        [] => String::new(),
        absent => format!(", except for {}, which the server says nobody has", absent.join(", ")),
    };
    let account = client.errors().account();
    let mut attributes: Vec<&str> = left.iter().chain(&absent).copied().collect();
    attributes.sort_unstable();
    let attributes = attributes.join(", ");
    tracing::warn!(
        base,
        attributes,
        "no entry of {option} below {base} shows these attributes to {account}: {attributes}. What comes from \
         them alone is left as it is and not cleared{except}: let the account read them, or, if nobody there has \
         them, take them out of the options of `{option}`"
    );
    notes.push(format!(
        "no entry of {option} below {base} shows {} to {account}, so what comes from there was left as it is",
        left.join(", ")
    ));
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
    fn attributes_that_stand_for_each_other_are_missing_only_together() {
        let options = json!({"url": "ldap://x", "groups": {"bases": ["dc=x"]}});
        let settings = Settings::new(&serde_json::from_value(options).unwrap()).unwrap();
        let search = settings.groups.unwrap().department.search;
        let check = |unseen: &[&str], hidden: &[&str], expected: &[&str]| {
            let found = Hidden::of(hidden).with_alternatives(&Hidden::of(unseen), &search);
            assert_eq!(found, Hidden::of(expected), "{hidden:?} of {unseen:?}");
        };
        check(&["member", "uniquemember"], &["member"], &["member", "uniquemember"]);
        check(&["member", "uniquemember"], &[], &[]);
        check(&["uniquemember"], &["uniquemember"], &["uniquemember"]);
        check(&["cn"], &["cn"], &["cn"]);
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
