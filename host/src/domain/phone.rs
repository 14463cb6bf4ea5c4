//! The form in which phone numbers are compared: their digits. `+49 30 123456`, `0049-30-123456` and
//! `+49 (0)30 123456` are one number, however it was written; the number itself is kept as given.

use super::fold::fold;
use super::text;

/// What stands before an extension, which is kept apart: `123 ext. 45` is another line than `12345`.
const EXTENSION: [&str; 9] = ["extension", "ext", ";ext=", "x", "#", "доб", "分机", "内线", "转"];
/// From so many digits on, a leading `00` is the prefix of an international number.
const INTERNATIONAL: usize = 8;
/// From so many digits on, a search may mean a phone number.
const SEARCHED: usize = 4;
/// The zeros of scripts that have digits of their own, in the order of code points; nine more follow each.
const ZEROS: [char; 27] = [
    '0', '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}',
    '\u{c66}', '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{1090}',
    '\u{17e0}', '\u{1810}', '\u{1946}', '\u{19d0}', '\u{1b50}', '\u{a620}', '\u{a8d0}', '\u{ff10}',
];

/// The key of a phone number; `None` if it has no digit. A text with letters that are no part of a number, such as
/// `1-800-FLOWERS`, is compared as a text: its digits alone would be many numbers.
pub fn key(phone: &str) -> Option<String> {
    let phone = text::trim(phone);
    // Most numbers are written in ASCII, which needs no tables.
    let folded: String = match phone.is_ascii() {
        true => phone.to_ascii_lowercase(),
        false => fold(phone).chars().map(plain).collect(),
    };
    if !folded.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number = folded.strip_prefix("tel:").unwrap_or(&folded).trim_start();
    let (main, extension) = split(number);
    if main.contains(char::is_alphabetic) || extension.contains(char::is_alphabetic) {
        return Some(folded);
    }
    // The zero that is dialled within a country only.
    let is_international = main.starts_with('+') || main.starts_with("00");
    let main = digits(&main.replacen("(0)", "", usize::from(is_international)));
    let mut main = main.as_str();
    while main.len() >= INTERNATIONAL {
        let Some(rest) = main.strip_prefix("00") else { break };
        main = rest;
    }
    match digits(extension) {
        _ if main.is_empty() => Some(folded),
        extension if extension.is_empty() => Some(main.to_owned()),
        extension => Some(format!("{main}x{extension}")),
    }
}

/// The digits of a search that looks like a phone number, or a part of one: digits, and what stands between them.
pub fn searched(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-./()".contains(c);
    let folded: String = fold(text).chars().map(plain).collect();
    let international = folded.strip_prefix("00").unwrap_or(&folded);
    let found = digits(international);
    (found.len() >= SEARCHED && folded.chars().all(is_part) && found != folded).then_some(found)
}

/// The number and its extension; that is empty if there is none.
fn split(number: &str) -> (&str, &str) {
    let mark = EXTENSION.iter().filter_map(|mark| Some((number.find(mark)?, mark.len())));
    match mark.min_by_key(|(at, length)| (*at, std::cmp::Reverse(*length))) {
        None => (number, ""),
        Some((at, length)) => (&number[..at], &number[at + length..]),
    }
}

fn digits(text: &str) -> String {
    let mut digits = String::with_capacity(text.len());
    digits.extend(text.chars().filter(char::is_ascii_digit));
    digits
}

/// An ASCII digit for one of any script; other characters as they are.
fn plain(c: char) -> char {
    let value = ZEROS.iter().filter_map(|zero| u32::from(c).checked_sub(u32::from(*zero))).min();
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_key_however_it_is_written() {
        let check = |phones: &[&str], expected: Option<&str>| {
            for phone in phones {
                assert_eq!(key(phone).as_deref(), expected, "{phone}");
            }
        };
        check(
            &[
                "+49 30 123456",
                "+4930123456",
                "+49-30-123456",
                "+49 (30) 123456",
                "+49 (0)30 / 123 456",
                "0049 30 123456",
                "0049 (0)30 123456",
                "tel:+49-30-123456",
                "＋４９　３０　１２３４５６",
                "+٤٩ ٣٠ ١٢٣٤٥٦",
                "+४९ ३० १२३४५६",
                " 4930123456\u{a0}",
                "+49\u{2011}30\u{2011}123456",
                "\u{feff}+49.30.123456",
            ],
            Some("4930123456"),
        );
        check(&["030 123456", "(030) 12-34-56", "030/123456"], Some("030123456"));
        check(
            &["030 1234 ext. 56", "030 1234 x56", "0301234#56", "030-1234;ext=56", "030 1234 доб. 56"],
            Some("0301234x56"),
        );
        check(&["030 123456"], Some("030123456"));
        check(&["12", " 1-2 "], Some("12"));
        check(&["0012"], Some("0012"));
        check(&["1-800-FLOWERS", "1-800-flowers"], Some("1-800-flowers"));
        check(&["Room 5"], Some("room 5"));
        check(&["", " ", "-", "n/a", "none", "+", "ext."], None);
    }

    #[test]
    fn a_search_for_a_number_finds_its_digits() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(searched(text).as_deref(), expected, "{text}");
        check("+49 30 123", Some("4930123"));
        check("0049 30", Some("4930"));
        check("030/12-34", Some("0301234"));
        check("4930123", None);
        check("30-1", None);
        check("ann 12345", None);
    }
}
