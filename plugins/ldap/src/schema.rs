//! Which names mean one attribute: aliases and numbers, and which attributes are kinds of others, as the server's
//! schema says (RFC 4512, 4.1.2 and 4.4). It is read once per connection. A server that shows none is taken to
//! have the usual names.

use std::collections::HashMap;

use orgsync_plugin_api::{ErrorClass, PluginError, tracing};

use crate::client::{Client, Stopped};
use crate::entry::Entry;

/// The attribute types of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Schema {
    /// Whether the server has shown it.
    is_known: bool,
    types: Vec<AttributeType>,
    /// Numbers of types, by every name, in lowercase.
    by_name: HashMap<String, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct AttributeType {
    /// Its first name in lowercase, or its number if it has no name.
    name: String,
    /// A name of the type that it is a kind of, in lowercase.
    superior: Option<String>,
}

/// Names and numbers that the usual schemas have for one attribute, in lowercase, the first one first.
const USUAL: [&[&str]; 26] = [
    &["cn", "commonname", "2.5.4.3"],
    &["sn", "surname", "2.5.4.4"],
    &["serialnumber", "2.5.4.5"],
    &["c", "countryname", "2.5.4.6"],
    &["l", "localityname", "2.5.4.7"],
    &["st", "stateorprovincename", "2.5.4.8"],
    &["street", "streetaddress", "2.5.4.9"],
    &["o", "organizationname", "2.5.4.10"],
    &["ou", "organizationalunitname", "2.5.4.11"],
    &["title", "2.5.4.12"],
    &["description", "2.5.4.13"],
    &["telephonenumber", "2.5.4.20"],
    &["facsimiletelephonenumber", "fax", "2.5.4.23"],
    &["member", "2.5.4.31"],
    &["owner", "2.5.4.32"],
    &["usercertificate", "2.5.4.36"],
    &["givenname", "gn", "2.5.4.42"],
    &["uniquemember", "2.5.4.50"],
    &["uid", "userid", "0.9.2342.19200300.100.1.1"],
    &["mail", "rfc822mailbox", "0.9.2342.19200300.100.1.3"],
    &["manager", "0.9.2342.19200300.100.1.10"],
    &["dc", "domaincomponent", "0.9.2342.19200300.100.1.25"],
    &["mobile", "mobiletelephonenumber", "0.9.2342.19200300.100.1.41"],
    &["displayname", "2.16.840.1.113730.3.1.241"],
    &["employeenumber", "2.16.840.1.113730.3.1.3"],
    &["memberuid", "1.3.6.1.1.1.1.12"],
];

/// How far a chain of kinds is followed: it ends there even if a server says that it is a circle.
const KINDS: usize = 32;

impl Schema {
    /// Reads the schema that the server shows. Without one, the usual names count, and the log says so.
    pub(crate) fn read(client: &mut Client, stopped: &Stopped<'_>) -> Result<Self, PluginError> {
        const SUBENTRY: &str = "subschemasubentry";
        const TYPES: &str = "attributetypes";
        let root = shown(client.look("", &[SUBENTRY.to_owned()], stopped))?;
        let place = root.and_then(|root| root.texts(SUBENTRY).next());
        let entry = match place {
            Some(place) => shown(client.look(&place, &[TYPES.to_owned()], stopped))?,
            None => None,
        };
        let schema = entry.map(|entry| Self::of_entry(&entry, TYPES)).unwrap_or_default();
        if schema.is_known {
            return Ok(schema);
        }
        tracing::warn!(
            "the server does not show {} its schema, so only the usual names of attributes are known to mean the \
             same: write others as the server writes them",
            client.errors().account()
        );
        Ok(Self::usual())
    }

    fn of_entry(entry: &Entry, attribute: &str) -> Self {
        let mut schema = Self::default();
        for description in entry.texts(attribute) {
            schema.insert(&description);
        }
        schema.is_known = !schema.types.is_empty();
        schema
    }

    /// Of a server that shows none.
    pub(crate) fn usual() -> Self {
        let mut schema = Self::default();
        for names in USUAL {
            schema.add(names.iter().map(|name| (*name).to_owned()), None);
        }
        schema
    }

    fn add(&mut self, names: impl Iterator<Item = String>, superior: Option<String>) {
        let number = self.types.len();
        let names: Vec<String> = names.collect();
        let Some(name) = names.first().cloned() else { return };
        for name in names {
            self.by_name.entry(name).or_insert(number);
        }
        self.types.push(AttributeType { name, superior });
    }

    /// Takes in a description such as `( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )`.
    fn insert(&mut self, description: &str) {
        let mut words = words(description).into_iter().skip_while(|word| *word == "(");
        let Some(number) = words.next() else { return };
        let (mut names, mut superior) = (Vec::new(), None);
        while let Some(word) = words.next() {
            if word.eq_ignore_ascii_case("NAME") {
                match words.next() {
                    Some("(") => names.extend(words.by_ref().take_while(|word| *word != ")")),
                    first => names.extend(first),
                }
            } else if word.eq_ignore_ascii_case("SUP") {
                superior = words.next().map(|word| unquoted(word).to_lowercase());
            }
        }
        let names = names.into_iter().chain([number]).map(|name| unquoted(name).to_lowercase());
        self.add(names.filter(|name| !name.is_empty()), superior);
    }

    fn find(&self, name: &str) -> Option<&AttributeType> {
        self.by_name.get(name).map(|number| &self.types[*number])
    }

    /// The one name of an attribute, with its options; both in lowercase.
    pub(crate) fn canonical(&self, description: &str) -> String {
        let description = description.trim().to_lowercase();
        let (name, options) = match description.find(';') {
            Some(at) => description.split_at(at),
            None => (description.as_str(), ""),
        };
        let name = name.strip_prefix("oid.").unwrap_or(name);
        let name = self.find(name).map_or(name, |known| known.name.as_str());
        format!("{name}{options}")
    }

    /// Whether the server has shown a schema without this attribute.
    pub(crate) fn lacks(&self, description: &str) -> bool {
        let canonical = self.canonical(description);
        let name = canonical.split(';').next().unwrap_or_default();
        self.is_known && self.find(name).is_none()
    }

    /// Whether the first attribute is the second one (0), or a kind of it, and through how many steps; both are
    /// canonical and without options.
    pub(crate) fn steps(&self, name: &str, above: &str) -> Option<usize> {
        let mut at = name.to_owned();
        for steps in 0..KINDS {
            if at == above {
                return Some(steps);
            }
            at = self.canonical(self.find(&at)?.superior.as_deref()?);
        }
        None
    }
}

/// An entry, unless the server refuses to show it: nothing here depends on it.
fn shown(found: Result<Option<Entry>, PluginError>) -> Result<Option<Entry>, PluginError> {
    match found {
        Err(error) if error.class == ErrorClass::Config => Ok(None),
        found => found,
    }
}

/// The words of a description: parentheses, quoted texts with their quotes, and what blanks separate.
fn words(description: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), description.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            _ => rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')').unwrap_or(rest.len()),
        };
        words.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    words
}

fn unquoted(word: &str) -> &str {
    word.trim_matches('\'')
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Schema;
    use crate::entry::testing::entry;

    /// A schema of these descriptions.
    pub(crate) fn schema(descriptions: &[&str]) -> Schema {
        Schema::of_entry(&entry("cn=schema", &[("attributeTypes", descriptions)]), "attributetypes")
    }
}

#[cfg(test)]
mod tests {
    use super::testing::schema;
    use super::*;

    /// As OpenLDAP, 389 Directory Server and Active Directory write them.
    fn some() -> Schema {
        schema(&[
            "( 2.5.4.41 NAME 'name' DESC 'RFC4519: (common) supertype of name attributes' EQUALITY caseIgnoreMatch \
             SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
            "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'NAME of a ''thing''' SUP name )",
            "(2.5.4.4 NAME('sn' 'surname')SUP name X-ORIGIN ( 'RFC 4519' 'user defined' ))",
            "( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' SYNTAX '1.3.6.1.4.1.1466.115.121.1.15' SINGLE-VALUE )",
            "( 1.1.1 SUP 2.5.4.3 )",
            "( 1.1.2 NAME 'a' SUP b )",
            "( 1.1.3 NAME 'b' SUP a )",
            "",
            "( )",
        ])
    }

    #[test]
    fn names_and_numbers_of_an_attribute_are_one() {
        let schema = some();
        for (text, expected) in [
            ("commonName", "cn"),
            ("CN", "cn"),
            ("2.5.4.3", "cn"),
            ("OID.2.5.4.3", "cn"),
            (" Surname;Lang-DE;x-a ", "sn;lang-de;x-a"),
            ("samaccountname", "samaccountname"),
            ("1.1.1", "1.1.1"),
            ("unheardOf;binary", "unheardof;binary"),
        ] {
            assert_eq!(schema.canonical(text), expected, "{text}");
        }
        assert!(!schema.lacks("commonname;lang-de") && schema.lacks("unheardOf") && schema.lacks("mail"));
        assert!(!Schema::usual().lacks("unheardOf"), "what is not known can't be said to be missing");
    }

    #[test]
    fn kinds_of_an_attribute_are_found_through_all_steps() {
        let schema = some();
        assert_eq!(schema.steps("cn", "cn"), Some(0));
        assert_eq!(schema.steps("sn", "name"), Some(1));
        assert_eq!(schema.steps("1.1.1", "name"), Some(2));
        assert_eq!(schema.steps("name", "cn"), None);
        assert_eq!(schema.steps("a", "name"), None, "a circle");
        assert_eq!(schema.steps("unheardof", "unheardof"), Some(0));
    }

    #[test]
    fn without_a_schema_the_usual_names_count() {
        let schema = Schema::usual();
        for (text, expected) in [
            ("userid", "uid"),
            ("rfc822Mailbox", "mail"),
            ("2.5.4.36;binary", "usercertificate;binary"),
            ("domainComponent", "dc"),
            ("roomNumber", "roomnumber"),
        ] {
            assert_eq!(schema.canonical(text), expected, "{text}");
        }
    }
}
