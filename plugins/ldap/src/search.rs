//! A search of the settings: where, which entries, and which of their attributes.

use orgsync_plugin_api::PluginError;

use crate::dn::Dn;
use crate::filter;
use crate::options::Scope;
use crate::settings::DN;

/// A search of each of several bases.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) bases: Vec<String>,
    pub(crate) scope: Scope,
    pub(crate) filter: String,
    /// What is asked for; there is one for the uid at least. None would mean all.
    pub(crate) attributes: Vec<String>,
    /// Those of them that some entry should show: if none does, the account may not be allowed to see them.
    pub(crate) expected: Vec<String>,
    /// Those of which an entry has one or another: one that is shown is enough.
    pub(crate) any_of: Vec<String>,
}

impl Search {
    pub(crate) fn ask<S: AsRef<str>>(&mut self, attributes: impl IntoIterator<Item = S>) {
        for attribute in attributes {
            let attribute = attribute.as_ref();
            if attribute != DN && !self.attributes.iter().any(|known| known == attribute) {
                self.attributes.push(attribute.to_owned());
            }
        }
    }

    /// Asks for attributes that some entry should show.
    pub(crate) fn expect<S: AsRef<str>>(&mut self, attributes: impl IntoIterator<Item = S>) {
        for attribute in attributes {
            let attribute = attribute.as_ref();
            self.ask([attribute]);
            if attribute != DN && !self.expected.iter().any(|known| known == attribute) {
                self.expected.push(attribute.to_owned());
            }
        }
    }
}

pub(crate) fn search(
    option: &str,
    bases: &[String],
    scope: Scope,
    filter: &str,
) -> Result<Search, PluginError> {
    if bases.is_empty() {
        return Err(PluginError::config(format!("`{option}.bases` names no base")));
    }
    if let Some(base) = bases.iter().find(|base| Dn::parse(base).is_err()) {
        let message = format!("`{option}.bases`: `{base}` is no distinguished name such as ou=people,dc=x");
        return Err(PluginError::config(message));
    }
    let wrong = |what: String| {
        PluginError::config(format!(
            "`{option}.filter`: `{filter}` is no LDAP filter such as (objectClass=person): {what}"
        ))
    };
    let normal = filter::normal(filter).map_err(|error| wrong(error.to_string()))?;
    if ldap3::parse_filter(&normal).is_err() {
        return Err(wrong("it can't be sent to a server".to_owned()));
    }
    Ok(Search {
        bases: bases.to_vec(),
        scope,
        filter: normal,
        attributes: Vec::new(),
        expected: Vec::new(),
        any_of: Vec::new(),
    })
}
