//! Text of others on a terminal: names, messages and errors come from plugins' files, servers and records, and may hold
//! what a terminal obeys. Such characters are written as escapes, so that what is read is what is there.

use std::borrow::Cow;
use std::fmt::Write;

/// The text as one line that a terminal only shows: control characters, line breaks and what changes the direction of
/// writing are escapes, as `\n` and `\u{1b}`.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_obeyed) else { return Cow::Borrowed(text) };
    let (plain, rest) = text.split_at(first);
    let mut shown = plain.to_owned();
    for character in rest.chars() {
        if is_obeyed(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// A JSON text with the same characters as escapes of JSON, line breaks between values excepted.
pub(super) fn printable_json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        // All of them are in the basic plane, so one escape is enough.
        if is_obeyed(character) && character != '\n' {
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a terminal does something for a character instead of showing it, or shows what is around it in another
/// order (<https://www.unicode.org/reports/tr9/>, section 2).
fn is_obeyed(character: char) -> bool {
    let turns_text = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    character.is_control() || turns_text || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        let check = |given: &str, expected: &str| assert_eq!(printable(given), expected);
        check("Müller 部 👍", "Müller 部 👍");
        check("a\u{1b}[2Jb", "a\\u{1b}[2Jb");
        check("a\n  sha256  OK\r", "a\\n  sha256  OK\\r");
        check("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}");
        check("a\u{202e}b\u{2066}c\u{2028}", "a\\u{202e}b\\u{2066}c\\u{2028}");
    }

    #[test]
    fn json_stays_json() {
        let value = serde_json::json!({"a\u{9b}": ["\u{1b}]0;x\u{7}", "\u{202e}", "\n"]});
        let shown = printable_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(shown.chars().all(|character| character == '\n' || !is_obeyed(character)), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
