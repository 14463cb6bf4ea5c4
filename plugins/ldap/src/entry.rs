//! An entry as the server sent it: its DN and its attributes' values as bytes, names in lowercase. An attribute that
//! came in ranges, as Active Directory cuts long lists ([MS-ADTS] 3.1.1.3.1.3.3), knows where the rest begins.
//! [`Wanted`](crate::wanted::Wanted) then turns the names that the server gives into those that were asked for.

use std::collections::BTreeMap;

use ldap3::asn1::{PL, StructureTag};
use orgsync_plugin_api::PluginError;

use crate::identity::Syntax;

/// An entry of a search's result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Bytes that are no UTF-8 stand in it as `\\E9`, which is how RFC 4514 writes single bytes.
    pub(crate) dn: String,
    /// Whether the DN is UTF-8, as the standard demands.
    pub(crate) is_readable: bool,
    pub(crate) attributes: BTreeMap<String, Vec<Vec<u8>>>,
    /// Attributes of which only the first values came, and how many did.
    pub(crate) unfinished: Vec<(String, usize)>,
}

impl Entry {
    /// Reads a `SearchResultEntry` (RFC 4511, 4.5.2).
    pub(crate) fn parse(tag: StructureTag) -> Result<Self, PluginError> {
        decode(tag)
            .ok_or_else(|| PluginError::invalid("the server sent an entry that is no valid LDAP message"))
    }

    /// An attribute's values; none if it is not there.
    pub(crate) fn values(&self, attribute: &str) -> &[Vec<u8>] {
        self.attributes.get(attribute).map(Vec::as_slice).unwrap_or_default()
    }

    /// The values that have a form as text, without white space around them, and without those that are empty.
    pub(crate) fn texts(&self, attribute: &str) -> impl Iterator<Item = String> {
        let syntax = Syntax::of(attribute);
        let texts = self.values(attribute).iter().filter_map(move |value| syntax.text(value));
        texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The first text of the first of several attributes that has one.
    pub(crate) fn first(&self, attributes: &[String]) -> Option<String> {
        attributes.iter().find_map(|attribute| self.texts(attribute).next())
    }

    /// Whether only the first of an attribute's values are there.
    pub(crate) fn is_cut(&self, attribute: &str) -> bool {
        self.unfinished.iter().any(|(name, _)| name == attribute)
    }

    fn insert(&mut self, name: &str, values: Vec<Vec<u8>>) {
        let name = name.to_ascii_lowercase();
        let (attribute, range) = unranged(&name);
        if let Some(to) = range.and_then(|range| range.split_once('-')?.1.parse::<usize>().ok()) {
            self.unfinished.push((attribute.to_owned(), to.saturating_add(1)));
        }
        self.attributes.entry(attribute.to_owned()).or_default().extend(values);
    }
}

/// An attribute without the option that names a range, and that range; all in lowercase.
pub(crate) fn unranged(description: &str) -> (&str, Option<&str>) {
    match description.split_once(";range=") {
        Some((attribute, range)) => (attribute, Some(range)),
        None => (description, None),
    }
}

fn decode(tag: StructureTag) -> Option<Entry> {
    let mut parts = list(tag)?.into_iter();
    let (dn, is_readable) = printable(&bytes(parts.next()?)?);
    let mut entry = Entry { dn, is_readable, ..Entry::default() };
    for attribute in list(parts.next()?)? {
        let mut parts = list(attribute)?.into_iter();
        let name = String::from_utf8(bytes(parts.next()?)?).ok()?;
        let values = list(parts.next()?)?.into_iter().map(bytes).collect::<Option<Vec<_>>>()?;
        entry.insert(&name, values);
    }
    Some(entry)
}

/// A DN as text, and whether all of it is UTF-8.
fn printable(dn: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(dn.len());
    for chunk in dn.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\{byte:02X}"));
        }
    }
    (text, std::str::from_utf8(dn).is_ok())
}

fn list(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(tags) => Some(tags),
        PL::P(_) => None,
    }
}

fn bytes(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(bytes) => Some(bytes),
        PL::C(_) => None,
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Entry;

    /// An entry of texts.
    pub(crate) fn entry(dn: &str, attributes: &[(&str, &[&str])]) -> Entry {
        let mut entry = Entry { dn: dn.to_owned(), is_readable: true, ..Entry::default() };
        for (name, values) in attributes {
            entry.insert(name, values.iter().map(|value| value.as_bytes().to_vec()).collect());
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use ldap3::asn1::TagClass;

    use super::testing::entry;
    use super::*;

    fn primitive(bytes: &[u8]) -> StructureTag {
        StructureTag { class: TagClass::Universal, id: 4, payload: PL::P(bytes.to_vec()) }
    }

    fn constructed(tags: Vec<StructureTag>) -> StructureTag {
        StructureTag { class: TagClass::Universal, id: 16, payload: PL::C(tags) }
    }

    #[test]
    fn entries_are_read_as_bytes() {
        let values = constructed(vec![primitive(b"\xff\xd8"), primitive(b"text")]);
        let attribute = constructed(vec![primitive(b"jpegPhoto"), values]);
        let read = Entry::parse(constructed(vec![primitive(b"uid=a,dc=x"), constructed(vec![attribute])]));
        let expected = [("jpegphoto".to_owned(), vec![b"\xff\xd8".to_vec(), b"text".to_vec()])];
        let expected = Entry {
            dn: "uid=a,dc=x".into(),
            is_readable: true,
            attributes: expected.into_iter().collect(),
            unfinished: vec![],
        };
        assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn nonsense_is_an_error() {
        for nonsense in [primitive(b"x"), constructed(vec![]), constructed(vec![primitive(b"dc=x")])] {
            let error = Entry::parse(nonsense).unwrap_err();
            assert_eq!(error.message, "the server sent an entry that is no valid LDAP message");
        }
    }

    #[test]
    fn a_dn_that_is_no_utf8_is_printed_and_spoils_nothing_else() {
        let check = |dn: &[u8], expected: &str, is_readable: bool| {
            let read = Entry::parse(constructed(vec![primitive(dn), constructed(vec![])])).unwrap();
            assert_eq!((read.dn.as_str(), read.is_readable), (expected, is_readable));
        };
        check(b"cn=Andr\xe9,dc=x", r"cn=Andr\E9,dc=x", false);
        check(b"cn=\xff\xfe\xc3\xa9\xc3,dc=x", r"cn=\FF\FEé\C3,dc=x", false);
        check("cn=André,dc=x".as_bytes(), "cn=André,dc=x", true);
    }

    #[test]
    fn texts_are_trimmed_and_the_first_is_found() {
        let entry = entry("dc=x", &[("CN", &[" ", " Ada "]), ("displayName", &[]), ("mail", &["a", "b"])]);
        assert_eq!(entry.texts("cn").collect::<Vec<_>>(), ["Ada"]);
        assert_eq!(entry.first(&["displayname".into(), "cn".into()]).as_deref(), Some("Ada"));
        assert_eq!(entry.first(&["mail".into()]).as_deref(), Some("a"));
        assert_eq!(entry.first(&["sn".into()]), None);
    }

    #[test]
    fn ranges_know_whether_there_is_more() {
        let first = entry("dc=x", &[("member;range=0-1", &["a", "b"])]);
        assert_eq!(first.unfinished, [("member".to_owned(), 2)]);
        assert_eq!(first.values("member").len(), 2);
        let last = entry("dc=x", &[("member;range=2-*", &["c"])]);
        assert_eq!((last.unfinished.len(), last.values("member").len()), (0, 1));
    }
}
