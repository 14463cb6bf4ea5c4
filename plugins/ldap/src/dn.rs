//! Distinguished names (RFC 4514) in normal form, so that two spellings of one name are equal: attribute types
//! by their short names, values unescaped, case-folded and with insignificant spaces removed (RFC 4518), parts
//! of a multi-valued RDN in a fixed order. Values are compared as `caseIgnoreMatch` does, which holds for
//! every attribute that names entries in practice. The form is for comparing; it is not shown to anybody.

use unicode_normalization::UnicodeNormalization;

/// A name in normal form. The root of the tree has no RDNs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Dn {
    text: String,
    /// Where each RDN begins in `text`.
    starts: Vec<usize>,
}

/// A text that is no DN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no distinguished name")]
pub(crate) struct NotADn;

/// Attribute types that have more than one spelling: the RFC 4514 table and those that are usual in RDNs.
const TYPES: [(&str, &[&str]); 13] = [
    ("cn", &["commonname", "2.5.4.3"]),
    ("sn", &["surname", "2.5.4.4"]),
    ("serialnumber", &["2.5.4.5"]),
    ("c", &["countryname", "2.5.4.6"]),
    ("l", &["localityname", "2.5.4.7"]),
    ("st", &["stateorprovincename", "2.5.4.8"]),
    ("street", &["streetaddress", "2.5.4.9"]),
    ("o", &["organizationname", "2.5.4.10"]),
    ("ou", &["organizationalunitname", "2.5.4.11"]),
    ("givenname", &["gn", "2.5.4.42"]),
    ("dc", &["domaincomponent", "0.9.2342.19200300.100.1.25"]),
    ("uid", &["userid", "0.9.2342.19200300.100.1.1"]),
    ("mail", &["rfc822mailbox", "0.9.2342.19200300.100.1.3"]),
];

impl Dn {
    /// Reads a name as a server or a person writes it.
    pub(crate) fn parse(text: &str) -> Result<Self, NotADn> {
        let mut dn = Self { text: String::with_capacity(text.len()), starts: Vec::new() };
        if text.trim().is_empty() {
            return Ok(dn);
        }
        for rdn in split(text, ',') {
            let mut parts = split(rdn, '+').into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
            parts.sort();
            if !dn.text.is_empty() {
                dn.text.push(',');
            }
            dn.starts.push(dn.text.len());
            dn.text.push_str(&parts.join("+"));
        }
        Ok(dn)
    }

    /// The whole name, as a key.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// A value in normal form, as `caseIgnoreMatch` compares it.
    pub(crate) fn folded(value: &str) -> String {
        fold(value)
    }

    /// The names above it, nearest first, as keys.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = &str> {
        self.starts.iter().skip(1).map(|start| &self.text[*start..])
    }
}

/// The RDNs of a name as it is written, the entry's own first.
pub(crate) fn rdns(text: &str) -> Vec<&str> {
    if text.trim().is_empty() { Vec::new() } else { split(text, ',') }
}

/// The attributes that are an entry's own part of its name, in lowercase, with their values in normal form.
pub(crate) fn first_rdn(text: &str) -> Vec<(String, String)> {
    let first = rdns(text).first().copied().unwrap_or_default();
    let parts = split(first, '+').into_iter().filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = match value.trim_start().strip_prefix('#') {
            Some(encoded) => of_ber(encoded.trim_end())?,
            None => unescape(value).ok()?,
        };
        Some((name.trim().to_ascii_lowercase(), fold(&value)))
    });
    parts.collect()
}

/// The text of a short string in BER, as hexadecimal digits: tag, length, and that many bytes.
fn of_ber(digits: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect();
    let bytes = bytes?;
    let (&[_, length], text) = bytes.split_first_chunk::<2>()?;
    (usize::from(length) == text.len()).then(|| String::from_utf8(text.to_vec()).ok())?
}

/// Splits at separators that are not escaped.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin, mut escaped) = (Vec::new(), 0, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            other if other == separator => {
                parts.push(&text[begin..at]);
                begin = at + other.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// One `type=value` in normal form.
fn part(text: &str) -> Result<String, NotADn> {
    let (name, value) = text.split_once('=').ok_or(NotADn)?;
    let name = name.trim().to_ascii_lowercase();
    // However often it is said: what is left has to be in normal form.
    let name = name.trim_start_matches("oid.");
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ';');
    if name.is_empty() || !name.chars().all(valid) {
        return Err(NotADn);
    }
    let short = TYPES.iter().find(|(_, others)| others.contains(&name)).map_or(name, |(short, _)| short);
    let value = value.trim_start();
    let value = match value.strip_prefix('#') {
        // The value's BER encoding; nothing is known of its syntax, so nothing is folded.
        Some(encoding) => format!("#{}", encoding.trim_end().to_ascii_lowercase()),
        None => escape(&fold(&unescape(value)?)),
    };
    Ok(format!("{short}={value}"))
}

/// Takes escapes away: `\2C` and `\,` are both a comma.
fn unescape(value: &str) -> Result<String, NotADn> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let digits = after.get(..2).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let taken = if byte.is_some() { 2 } else { 1 };
        bytes.push(byte.or_else(|| after.first().copied()).ok_or(NotADn)?);
        rest = &after[taken..];
    }
    String::from_utf8(bytes).map_err(|_| NotADn)
}

/// Case and insignificant spaces away; compatible characters made one (RFC 4518 maps and normalises so).
fn fold(value: &str) -> String {
    let folded: String = value.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts escapes back where a value would otherwise be taken for structure.
fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (at, character) in value.char_indices() {
        if matches!(character, ',' | '+' | '=' | '\\') || (at == 0 && character == '#') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(any(test, fuzzing))]
#[path = "dn_fuzz.rs"]
pub(crate) mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(Dn::parse(text).unwrap().as_str(), expected, "{text}");
    }

    #[test]
    fn case_and_spaces_do_not_matter() {
        check("OU=Sales , DC = Example,dc=ORG", "ou=sales,dc=example,dc=org");
        check("ou=Two   Words,dc=x", "ou=two words,dc=x");
        check(r"ou=\20Sales\ ,dc=x", "ou=sales,dc=x");
        check("", "");
    }

    #[test]
    fn escapes_are_one_character_however_they_are_written() {
        check(r"cn=Sales\, EMEA,dc=x", r"cn=sales\, emea,dc=x");
        check(r"cn=Sales\2C EMEA,dc=x", r"cn=sales\, emea,dc=x");
        check(r"cn=a\+b\3dc\\d,dc=x", r"cn=a\+b\=c\\d,dc=x");
        check(r"cn=\#1,dc=x", r"cn=\#1,dc=x");
        check("cn=#0403666F6F,dc=x", "cn=#0403666f6f,dc=x");
        check(r"cn=\C4\B0stanbul,dc=x", "cn=i\u{307}stanbul,dc=x");
    }

    #[test]
    fn scripts_are_folded_and_normalised() {
        check("ou=РАЗРАБОТКА,dc=x", "ou=разработка,dc=x");
        check("ou=E\u{301}quipe,dc=x", "ou=équipe,dc=x");
        check("ou=Ｓａｌｅｓ,dc=x", "ou=sales,dc=x");
        check("ou=研发部,dc=x", "ou=研发部,dc=x");
    }

    #[test]
    fn types_have_one_name_and_rdns_one_order() {
        check("2.5.4.11=Sales,domainComponent=x", "ou=sales,dc=x");
        check("OID.2.5.4.3=Ada+UID=ada,dc=x", "cn=ada+uid=ada,dc=x");
        check("uid=ada+cn=Ada,dc=x", "cn=ada+uid=ada,dc=x");
        check("OID.oid.2.5.4.3=Ada", "cn=ada");
    }

    #[test]
    fn ancestors_begin_with_the_nearest() {
        let dn = Dn::parse(r"uid=a,ou=x\,y,ou=p,dc=org").unwrap();
        assert_eq!(dn.ancestors().collect::<Vec<_>>(), [r"ou=x\,y,ou=p,dc=org", "ou=p,dc=org", "dc=org"]);
        assert_eq!(Dn::parse("dc=org").unwrap().ancestors().count(), 0);
        assert_eq!(Dn::parse("").unwrap().ancestors().count(), 0);
    }

    #[test]
    fn what_is_no_name() {
        for text in ["sales", "ou=a,,dc=x", "=a", "o u=a", "cn=a\\", r"cn=\ff,dc=x"] {
            assert_eq!(Dn::parse(text), Err(NotADn), "{text}");
        }
    }
}
