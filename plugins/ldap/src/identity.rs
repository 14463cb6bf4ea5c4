//! Binary identifiers as the text that people know: GUIDs of Active Directory (16 bytes, of which the first
//! three groups are little-endian, [MS-DTYP] 2.3.4.2) and security identifiers ([MS-DTYP] 2.4.2.2).

use std::fmt::Write as _;

/// What an attribute's values are, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Guid,
    Sid,
    Binary,
    Text,
}

/// Attributes of the usual schemas whose values are bytes, in lowercase.
const BINARY: [&str; 16] = [
    "audio",
    "authorityrevocationlist",
    "cacertificate",
    "certificaterevocationlist",
    "crosscertificatepair",
    "jpegphoto",
    "krbprincipalkey",
    "logonhours",
    "photo",
    "sidhistory",
    "thumbnaillogo",
    "thumbnailphoto",
    "usercertificate",
    "userpkcs12",
    "usersmimecertificate",
    "x500uniqueidentifier",
];

impl Syntax {
    /// Of an attribute, by its name in lowercase, options such as `;binary` included.
    pub(crate) fn of(attribute: &str) -> Self {
        let (name, options) = attribute.split_once(';').unwrap_or((attribute, ""));
        match name {
            "objectguid" | "ms-ds-consistencyguid" | "msexchmailboxguid" => Syntax::Guid,
            "objectsid" => Syntax::Sid,
            _ if BINARY.contains(&name) || options.split(';').any(|option| option == "binary") => {
                Syntax::Binary
            }
            _ => Syntax::Text,
        }
    }

    /// A value as text; `None` if it has no such form.
    pub(crate) fn text(self, value: &[u8]) -> Option<String> {
        match self {
            Syntax::Guid => guid(value),
            Syntax::Sid => sid(value).or_else(|| text(value)),
            Syntax::Binary => None,
            Syntax::Text => text(value),
        }
    }
}

/// UTF-8 without NUL characters, which are found in bytes that are UTF-8 by chance.
fn text(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    (!text.contains('\0')).then(|| text.to_owned())
}

/// A GUID in canonical form, of 16 bytes or of text with or without braces.
fn guid(value: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 16]>::try_from(value) {
        let first = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let second = u16::from_le_bytes([bytes[4], bytes[5]]);
        let third = u16::from_le_bytes([bytes[6], bytes[7]]);
        let mut text = format!("{first:08x}-{second:04x}-{third:04x}-{:02x}{:02x}-", bytes[8], bytes[9]);
        for byte in &bytes[10..] {
            let _ = write!(text, "{byte:02x}");
        }
        return Some(text);
    }
    let text = std::str::from_utf8(value).ok()?.trim().trim_start_matches('{').trim_end_matches('}');
    let shape = text.len() == 36
        && text.char_indices().all(|(at, character)| match at {
            8 | 13 | 18 | 23 => character == '-',
            _ => character.is_ascii_hexdigit(),
        });
    shape.then(|| text.to_ascii_lowercase())
}

/// `S-1-5-21-…` of a revision, a count, six bytes of authority, and that many sub-authorities.
fn sid(value: &[u8]) -> Option<String> {
    let (&[revision, count], rest) = value.split_first_chunk::<2>()?;
    let (authority, rest) = rest.split_first_chunk::<6>()?;
    if revision != 1 || rest.len() != usize::from(count) * 4 {
        return None;
    }
    let authority = authority.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let mut text = format!("S-{revision}-{authority}");
    for sub in rest.chunks_exact(4) {
        let _ = write!(text, "-{}", u32::from_le_bytes([sub[0], sub[1], sub[2], sub[3]]));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(attribute: &str, value: &[u8], expected: Option<&str>) {
        assert_eq!(Syntax::of(attribute).text(value).as_deref(), expected, "{attribute} {value:?}");
    }

    #[test]
    fn guids_are_canonical() {
        let bytes =
            [0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xf0, 0xde, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0];
        check("objectguid", &bytes, Some("12345678-9abc-def0-1234-56789abcdef0"));
        // Sixteen bytes that are text by chance are still a GUID.
        check("objectguid", b"abcdefghijklmnop", Some("64636261-6665-6867-696a-6b6c6d6e6f70"));
        check(
            "ms-ds-consistencyguid",
            b"{12345678-9ABC-DEF0-1234-56789ABCDEF0}",
            Some("12345678-9abc-def0-1234-56789abcdef0"),
        );
        check("objectguid", b"short", None);
        check("objectguid", b"12345678-9ABC-DEF0-1234-56789ABCDEFx", None);
    }

    #[test]
    fn sids_are_written_as_windows_does() {
        let bytes = [
            1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0xdc, 0xf4, 0xdc, 0x3b, 0x83, 0x3d, 0x2b, 0x46, 0x82, 0x8b,
            0xa6, 0x28, 0, 2, 0, 0,
        ];
        check("objectsid", &bytes, Some("S-1-5-21-1004336348-1177238915-682003330-512"));
        check("objectsid", b"S-1-5-32", Some("S-1-5-32"));
    }

    #[test]
    fn texts_and_bytes() {
        check("cn", "Zażółć".as_bytes(), Some("Zażółć"));
        check("cn", b"\xff\xd8", None);
        check("cn", b"a\0b", None);
        check("jpegphoto", b"text by chance", None);
        check("usercertificate;binary", b"text by chance", None);
    }
}
