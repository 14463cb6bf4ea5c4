//! Text that others wrote (plugins, files, clients, targets), as it stands in the log, in messages and in answers: one
//! line without control characters, of bounded length, so that it can't pass for something that the daemon says.

use std::borrow::Cow;
use std::fmt::Write;

/// The longest message of a task, of a plugin's error, or of why a record failed, in bytes.
pub const MESSAGE: usize = 4 << 10;
/// The longest event of a plugin in the log, in bytes.
pub const EVENT: usize = 8 << 10;

/// The text with escapes for line ends, for other control characters, and for those that change the direction of
/// writing.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// The same, but for characters that are `kept`.
pub fn escaped(text: &str, kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_escaped = |c: char| is_unfit(c) && !kept(c);
    if !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            _ if !is_escaped(c) => line.push(c),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            // Writing to a string does not fail.
            other => drop(write!(line, "\\u{{{:x}}}", u32::from(other))),
        }
    }
    Cow::Owned(line)
}

/// The text as one line of at most so many bytes and a mark that tells how many are cut off.
pub fn told(text: &str, most: usize) -> Cow<'_, str> {
    cut(one_line(text), most)
}

/// A line of at most so many bytes and a mark that tells how many are cut off.
pub fn cut(line: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    if line.len() <= most {
        return line;
    }
    let kept = &line[..line.floor_char_boundary(most)];
    // What is cut already is cut no further by being told again.
    if let Some((before, mark)) = line.rsplit_once(MARK)
        && mark.strip_suffix(CUT).is_some_and(is_count)
        && before.len() <= most
    {
        return line;
    }
    Cow::Owned(format!("{kept}{}", mark(line.len() - kept.len())))
}

/// What stands where so many bytes are cut off.
pub fn mark(bytes: usize) -> String {
    format!("{MARK}{bytes}{CUT}")
}

const MARK: &str = " […";
/// What ends a line that is cut.
pub const CUT: &str = " bytes cut]";
/// How many digits a count of bytes has at most.
const DIGITS: usize = 20;

/// Whether this can be the number of a mark. Anything else is text of others that only looks like a mark, and it may be of
/// any length.
fn is_count(text: &str) -> bool {
    (1..=DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a character breaks a line, steers a terminal, or changes the order in which the others are shown.
fn is_unfit(c: char) -> bool {
    let turns = matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_gets_around_the_bound(
            parts in prop::collection::vec(
                prop_oneof![
                    Just(MARK.to_owned()),
                    Just(CUT.to_owned()),
                    "[0-9]{1,30}",
                    "A{1,300}",
                    any::<String>(),
                ],
                0..8,
            ),
            most in 0_usize..200,
        ) {
            let text = parts.concat();
            let line = told(&text, most);
            prop_assert!(line.len() <= most + MARK.len() + DIGITS + CUT.len(), "{} bytes: {line}", line.len());
            prop_assert_eq!(&*told(&line, most), &*line, "and stays so");
        }
    }

    #[test]
    fn foreign_text_is_one_line_of_characters_that_are_shown() {
        let check = |text: &str, expected: &str| {
            let line = one_line(text);
            assert_eq!(line, expected);
            assert_eq!(one_line(&line), expected, "and stays so");
        };
        check("Müller 😀 \u{200d}", "Müller 😀 \u{200d}");
        check("a\nb\r\nc\td", "a\\nb\\r\\nc\\td");
        check("\u{1b}[31mred\u{7f}\u{9b}2J\0", "\\u{1b}[31mred\\u{7f}\\u{9b}2J\\u{0}");
        check("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c");
        check("\u{202e}fdp.exe\u{2066}", "\\u{202e}fdp.exe\\u{2066}");
        assert!(matches!(one_line("plain"), Cow::Borrowed(_)));
        assert_eq!(escaped("\u{1b}[1m\n", |c| c == '\u{1b}'), "\u{1b}[1m\\n");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(told("abc", 3), "abc");
        assert_eq!(told("abcd", 3), "abc […1 bytes cut]");
        assert_eq!(told("äöü", 3), "ä […4 bytes cut]", "between two characters");
        assert_eq!(told("a\n\n", 3), "a\\n […2 bytes cut]", "by what it is as one line");
        let cut = told("abcdefgh", 3).into_owned();
        assert_eq!(told(&cut, 3), cut, "what is cut already says how much was cut first");
        let claimed = format!("{MARK}{}{CUT}", "A".repeat(1_000));
        assert_eq!(told(&claimed, 8).len(), 8 + MARK.len() + 4 + CUT.len(), "what is no number is cut");
    }
}
