//! JSON text of records as it comes: without a byte order mark, in UTF-8, and with the places at which a string is
//! damaged, by half a surrogate pair or by a byte that is not UTF-8. A damaged string makes one field unusable, and the
//! others can still be read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde_json::Value;
use serde_json::value::RawValue;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// How many bytes [`opening`] looks at to tell an encoding.
const OPENING: usize = 4;

/// A text whose encoding is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is {0} text; only UTF-8 is taken, so convert it first")]
pub struct WrongEncoding(&'static str);

/// The text without the byte order marks at its start, or which encoding its first bytes show that is not UTF-8.
pub fn opening(text: &[u8]) -> Result<&[u8], WrongEncoding> {
    match text {
        [0xff, 0xfe, 0, 0, ..]
        | [0, 0, 0xfe, 0xff, ..]
        | [0, 0, 0, 1..=0xff, ..]
        | [1..=0xff, 0, 0, 0, ..] => Err(WrongEncoding("UTF-32")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0xff, ..] | [1..=0xff, 0, ..] => {
            Err(WrongEncoding("UTF-16"))
        }
        _ => Ok(without_mark(text)),
    }
}

/// Whether more has to come before [`opening`] can tell what a text begins with.
pub fn is_short(text: &[u8]) -> bool {
    text.len() < OPENING || MARK.starts_with(without_mark(text))
}

/// The text without the byte order marks at its start.
pub fn without_mark(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = text.strip_prefix(MARK) {
        text = rest;
    }
    text
}

/// What is wrong with a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// Half a surrogate pair.
    Half(u16),
    /// A byte that is not UTF-8.
    Byte(u8),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Half(unit) => write!(f, "has half a surrogate pair in it (\\u{unit:04x})"),
            Self::Byte(byte) => write!(f, "has a byte in it that is not UTF-8 (0x{byte:02X})"),
        }
    }
}

/// A record's JSON, as far as it can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<'a> {
    /// What it says; U+FFFD stands where a string is damaged.
    pub value: Value,
    /// Its text, which says the same.
    pub text: Cow<'a, str>,
    /// The damaged fields, each with what is wrong with it; without a name if it is the name that is damaged, or
    /// the record is no object.
    pub damaged: Vec<(Option<String>, Damage)>,
}

/// Reads one record. Where strings are damaged, the rest is read all the same; whatever else is no JSON is an error.
pub fn parse(text: &[u8]) -> Result<Parsed<'_>, serde_json::Error> {
    let read = match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text).map(|value| (text, value)),
        // For the reason alone: what is not UTF-8 is no JSON.
        Err(_) => serde_json::from_slice(text).map(|value| ("", value)),
    };
    let reason = match read {
        Ok((text, value)) => return Ok(Parsed { value, text: text.into(), damaged: Vec::new() }),
        Err(reason) => reason,
    };
    let (repaired, damages) = repair(&String::from_utf8_lossy(&escape_bytes(text)));
    if damages.is_empty() {
        return Err(reason);
    }
    let value = serde_json::from_str(&repaired)?;
    let fields: HashMap<String, &RawValue> = serde_json::from_str(&repaired).unwrap_or_default();
    let places: Vec<(&String, Range<usize>)> =
        fields.iter().map(|(name, value)| (name, place(&repaired, value.get()))).collect();
    let field = |(at, damage): &(usize, Damage)| {
        let found = places.iter().find(|(_, place)| place.contains(at));
        (found.map(|(name, _)| (*name).clone()), *damage)
    };
    let damaged = damages.iter().map(field).collect();
    Ok(Parsed { value, text: repaired.into(), damaged })
}

/// Where a part of a text stands in it.
fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}

/// Writes bytes that are not UTF-8 as two escapes, so that whoever reads JSON finds the ends of strings and records.
/// Two low surrogates in a row are what no writer of JSON makes. There are two so that no escape or backslash before
/// them takes the second one with it, which says the byte.
pub fn escape_bytes(text: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(text).is_ok() {
        return Cow::Borrowed(text);
    }
    let mut escaped = Vec::with_capacity(text.len() + 64);
    for chunk in text.utf8_chunks() {
        escaped.extend_from_slice(chunk.valid().as_bytes());
        for byte in chunk.invalid() {
            escaped.extend_from_slice(format!("{BEFORE_BYTE}\\udc{byte:02x}").as_bytes());
        }
    }
    Cow::Owned(escaped)
}

/// The first of the two escapes that stand for a byte.
const BEFORE_BYTE: &str = "\\udfff";

/// [`escape_bytes`] for a text that comes in pieces, which may be cut within a character.
#[derive(Debug, Default)]
pub struct Escaper {
    /// The beginning of a character.
    cut: Vec<u8>,
}

impl Escaper {
    /// The next piece; what it ends within is kept for the one after it.
    pub fn next<'a>(&mut self, piece: &'a [u8]) -> Cow<'a, [u8]> {
        let text: Cow<'a, [u8]> = if self.cut.is_empty() {
            Cow::Borrowed(piece)
        } else {
            Cow::Owned([std::mem::take(&mut self.cut).as_slice(), piece].concat())
        };
        let whole = text.len() - cut_off(&text);
        self.cut.extend_from_slice(&text[whole..]);
        match text {
            Cow::Borrowed(text) => escape_bytes(&text[..whole]),
            Cow::Owned(text) => Cow::Owned(escape_bytes(&text[..whole]).into_owned()),
        }
    }

    /// What is left at the end.
    pub fn end(&mut self) -> Vec<u8> {
        escape_bytes(&std::mem::take(&mut self.cut)).into_owned()
    }
}

/// How many bytes at the end are the beginning of a character.
fn cut_off(text: &[u8]) -> usize {
    let tail = &text[text.len().saturating_sub(3)..];
    (1..=tail.len())
        .find(|length| {
            let end = &tail[tail.len() - length..];
            std::str::from_utf8(end)
                .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
        })
        .unwrap_or(0)
}

/// Puts U+FFFD in the place of halves of surrogate pairs, and says where. A backslash is within a string, or the text is
/// no JSON anyway.
fn repair(text: &str) -> (String, Vec<(usize, Damage)>) {
    let mut repaired = String::with_capacity(text.len());
    let mut damages = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        repaired.push_str(&rest[..at]);
        rest = &rest[at..];
        let (length, damage) = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
            (Some(0xdfff), Some(low @ 0xdc80..=0xdcff)) => (12, Some(Damage::Byte(low.to_le_bytes()[0]))),
            (Some(half @ 0xd800..=0xdfff), _) => (6, Some(Damage::Half(half))),
            (Some(_), _) => (6, None),
            (None, _) => (rest.chars().take(2).map(char::len_utf8).sum(), None),
        };
        match damage {
            None => repaired.push_str(&rest[..length]),
            Some(damage) => {
                damages.push((repaired.len(), damage));
                repaired.push(char::REPLACEMENT_CHARACTER);
            }
        }
        rest = &rest[length..];
    }
    repaired.push_str(rest);
    (repaired, damages)
}

/// The UTF-16 unit that an escape at the start of a text says.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hexadecimal.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn byte_order_marks_are_skipped_and_other_encodings_named() {
        let check = |text: &[u8], expected: Result<&[u8], &str>| {
            assert_eq!(
                opening(text).map_err(|wrong| wrong.to_string()),
                expected.map_err(str::to_owned),
                "{text:?}"
            );
        };
        check(b"{}", Ok(b"{}"));
        check(b"", Ok(b""));
        check(b"\xef\xbb\xbf", Ok(b""));
        check(b"\xef\xbb\xbf\xef\xbb\xbf[]", Ok(b"[]"));
        let utf16 = Err("is UTF-16 text; only UTF-8 is taken, so convert it first");
        check(b"\xff\xfe{\0", utf16);
        check(b"\xfe\xff\0{", utf16);
        check(b"[\0{\0", utf16);
        check(b"\0[\0{", utf16);
        let utf32 = Err("is UTF-32 text; only UTF-8 is taken, so convert it first");
        check(b"\xff\xfe\0\0", utf32);
        check(b"\0\0\0[", utf32);
        check(b"[\0\0\0", utf32);
    }

    /// A damaged field, none for the record as a whole, and what is wrong with it.
    type Damaged = (Option<String>, String);

    /// The value, and the damaged fields.
    fn read(text: &[u8]) -> Result<(Value, Vec<Damaged>), String> {
        let parsed = parse(text).map_err(|error| error.to_string())?;
        assert_eq!(serde_json::from_str::<Value>(&parsed.text).unwrap(), parsed.value);
        let damaged = parsed.damaged.into_iter().map(|(field, damage)| (field, damage.to_string())).collect();
        Ok((parsed.value, damaged))
    }

    #[test]
    fn a_damaged_string_is_one_damaged_field() {
        let half = |unit: &str| format!("has half a surrogate pair in it (\\u{unit})");
        let check = |text: &[u8], value: Value, damaged: &[(Option<&str>, String)]| {
            let damaged =
                damaged.iter().map(|(field, what)| (field.map(str::to_owned), what.clone())).collect();
            assert_eq!(read(text), Ok((value, damaged)), "{}", String::from_utf8_lossy(text));
        };
        check(br#"{"a":"\ud83d\ude00"}"#, json!({"a": "😀"}), &[]);
        check(
            br#"{"a":"x\ud83d","b":"y"}"#,
            json!({"a": "x\u{fffd}", "b": "y"}),
            &[(Some("a"), half("d83d"))],
        );
        check(br#"{"a":"\uDC00"}"#, json!({"a": "\u{fffd}"}), &[(Some("a"), half("dc00"))]);
        check(
            br#"{"a":"\ude00\ud83d"}"#,
            json!({"a": "\u{fffd}\u{fffd}"}),
            &[(Some("a"), half("de00")), (Some("a"), half("d83d"))],
        );
        check(br#"{"a":"\ud83d\n\\ud83d"}"#, json!({"a": "\u{fffd}\n\\ud83d"}), &[(Some("a"), half("d83d"))]);
        check(br#"{"a":{"b":["\ud83d"]}}"#, json!({"a": {"b": ["\u{fffd}"]}}), &[(Some("a"), half("d83d"))]);
        check(br#"{"a\ud83d":1}"#, json!({"a\u{fffd}": 1}), &[(None, half("d83d"))]);
        check(br#"["\ud83d"]"#, json!(["\u{fffd}"]), &[(None, half("d83d"))]);
        let byte = "has a byte in it that is not UTF-8 (0xFC)".to_owned();
        check(b"{\"a\":\"M\xfcller\"}", json!({"a": "M\u{fffd}ller"}), &[(Some("a"), byte.clone())]);
        // An escape before the byte takes nothing with it.
        check(b"{\"a\":\"\\\\\xfc\"}", json!({"a": "\\\u{fffd}"}), &[(Some("a"), byte)]);
        let (_, damaged) = read(b"{\"a\":\"\\ud83d\xfc\"}").unwrap();
        assert_eq!(damaged, [(Some("a".into()), half("dcfc"))]);
        let (_, damaged) = read(b"{\"a\":\"\\\xfc\"}").unwrap();
        assert_eq!(damaged, [(Some("a".into()), half("dcfc"))]);
    }

    #[test]
    fn what_is_no_json_otherwise_is_refused() {
        let check = |text: &[u8]| assert!(read(text).is_err(), "{}", String::from_utf8_lossy(text));
        check(b"{\"a\":\"\\ud83d\",}");
        check(b"{\"a\":\"\\ud83\"}");
        check(b"{\"a\":\"\\u+123\"}");
        check(b"{\"a\":\xfc}");
        check(b"{\"a\":\"x\xfc}");
        check(b"\xfc");
        check(b"{");
    }

    #[test]
    fn pieces_are_escaped_as_the_whole_is() {
        let text = "a€😀".as_bytes();
        for text in
            [text, b"\xe2\x82", b"\xe2\x82x\xf0\x9f\x98", b"\xfc\xffab\x80\x80", b"\xed\xa0\xbd{}", b""]
        {
            for size in 1..=text.len().max(1) {
                let mut escaper = Escaper::default();
                let mut found: Vec<u8> = Vec::new();
                for piece in text.chunks(size) {
                    found.extend_from_slice(&escaper.next(piece));
                }
                found.extend(escaper.end());
                assert_eq!(found, &*escape_bytes(text), "{text:?} in pieces of {size}");
            }
        }
    }
}
