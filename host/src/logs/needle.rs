//! Finds a text in lines without regard to case, also where JSON has it escaped: some clients escape every letter
//! beyond ASCII.

use std::borrow::Cow;

use crate::domain::fold::fold;

/// The text that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    folded: String,
}

impl Needle {
    /// Looks for this text; `None` if there is nothing to look for.
    pub fn new(text: &str) -> Option<Self> {
        Some(fold(text)).filter(|folded| !folded.is_empty()).map(|folded| Self { folded })
    }

    /// Whether the line has it.
    pub(super) fn is_in(&self, line: &[u8]) -> bool {
        if find(line, self.folded.as_bytes()).is_some() {
            return true;
        }
        let escaped = find(line, b"\\u").is_some();
        if line.is_ascii() && !escaped {
            return false;
        }
        let text = String::from_utf8_lossy(line);
        let text = if escaped { Cow::Owned(unescape(&text)) } else { text };
        fold(&text).contains(&self.folded)
    }
}

/// Where the first of these bytes stand, ASCII letters in either case; `needle` has them in lower case and is not
/// empty.
pub(super) fn find(line: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let last = line.len().checked_sub(rest.len())?;
    let upper = first.to_ascii_uppercase();
    let is_here = |at: usize| line[at + 1..at + needle.len()].eq_ignore_ascii_case(rest);
    (0..last).find(|at| (line[*at] == *first || line[*at] == upper) && is_here(*at))
}

/// The text with `\uXXXX` as the letters they stand for. Other escapes stay.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut units = Vec::new();
        while let Some((unit, after)) = unit(rest) {
            units.push(unit);
            rest = after;
        }
        if units.is_empty() {
            let mut letters = rest.chars();
            plain.extend(letters.by_ref().take(2));
            rest = letters.as_str();
        }
        plain.push_str(&String::from_utf16_lossy(&units));
    }
    plain + rest
}

/// The UTF-16 unit that the text begins with as an escape, and what follows.
fn unit(text: &str) -> Option<(u16, &str)> {
    let digits = text.strip_prefix("\\u")?;
    let (digits, rest) = digits.split_at_checked(4)?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unit = u16::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)?;
    Some((unit, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_text_in_any_case_and_script() {
        let check = |needle: &str, line: &str, expected: bool| {
            let needle = Needle::new(needle).unwrap();
            assert_eq!(needle.is_in(line.as_bytes()), expected, "{needle:?} in {line}");
        };
        check("ann", "Joanna", true);
        check(" ANN ", "joanna", true);
        check("ann", "an", false);
        check("ann", "", false);
        check("a", "a", true);
        check("na", "xNA", true);
        check("жанна", r#"{"name":"ЖАННА"}"#, true);
        check("Жанна", r#"{"name":"\u0416\u0430\u043d\u043D\u0430"}"#, true);
        check("жанна", r#"{"name":"\\\u0416\u0430\u043d\u043d\u0430"}"#, true);
        check("жанна", r#"{"name":"\\u0416\\u0430\\u043d\\u043d\\u0430"}"#, false);
        check("𝄞x", r#""\ud834\udd1ex""#, true);
        check("strasse", "STRAẞE Straße", true);
        check("istanbul", "İstanbul", true);
        check("ü", r"\u00", false);
        check("ü", "\\ü", true);
        check("ü", "\\", false);
        assert_eq!(Needle::new("  "), None);
        let broken = Needle::new("ann").unwrap();
        assert!(broken.is_in(b"\xff\xfeANN\xff"));
    }
}
