//! What texts of records may hold. One place trims them, says which characters an identifier, a phone number and a
//! display name refuse, and names the character that it refuses.

use std::borrow::Cow;
use std::fmt;

use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, JoiningType, PrependedConcatenationMark,
};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::char::canonical_combining_class;

/// A character that a text must not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    kind: Kind,
    character: char,
    before: String,
}

/// What is wrong with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Control,
    LineBreak,
    Invisible,
    PrivateUse,
    Noncharacter,
}

/// How much of what stands before a refused character is shown.
const SHOWN: usize = 20;
/// The combining class of a virama, which joins the letters around it.
const VIRAMA: u8 = 9;

/// The text without white space, line breaks and byte order marks at its ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// A uid, a username or an e-mail address as it is kept: trimmed. Nobody can see an invisible character, so nobody
/// could tell two such texts apart; RFC 8264 keeps them out of identifiers for that reason. Whatever can be seen is
/// taken, also what that RFC refuses: directories have usernames with spaces and symbols.
pub fn identifier(text: &str) -> Result<&str, Refused> {
    let text = trim(text);
    // Most are plain ASCII, which needs no tables.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Ok(text);
    }
    match text.char_indices().find_map(|(at, c)| Some((at, c, refused(text, at, c)?))) {
        None => Ok(text),
        Some((at, character, kind)) => Err(Refused::new(kind, text, at, character)),
    }
}

/// A phone number as it is kept: as an identifier, and without the marks for the direction of writing that address
/// books put around numbers.
pub fn phone(text: &str) -> Result<&str, Refused> {
    let is_mark =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    identifier(text.trim_matches(|c| is_blank(c) || is_mark(c)))
}

/// A display name or a title as it is kept: trimmed, with a space for each line break and tab. Other control
/// characters are refused. Invisible ones stay: names in Persian or Hindi and emoji need them.
pub fn display(text: &str) -> Result<Cow<'_, str>, Refused> {
    let text = trim(text);
    if !text.chars().any(|c| c.is_control() || is_line_break(c)) {
        return Ok(Cow::Borrowed(text));
    }
    if let Some((at, c)) = text.char_indices().find(|(_, c)| c.is_control() && !is_blank(*c)) {
        return Err(Refused::new(Kind::Control, text, at, c));
    }
    let spaced = text.replace("\r\n", " ");
    Ok(Cow::Owned(spaced.replace(|c: char| c.is_control() || is_line_break(c), " ")))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Why the character at this place of an identifier is refused; `None` if it is not.
fn refused(text: &str, at: usize, c: char) -> Option<Kind> {
    if is_line_break(c) {
        return Some(Kind::LineBreak);
    }
    if c.is_control() {
        return Some(Kind::Control);
    }
    if c.is_ascii() {
        return None;
    }
    if matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe {
        return Some(Kind::Noncharacter);
    }
    if matches!(c, '\u{200c}' | '\u{200d}') {
        return (!joins(text, at, c)).then_some(Kind::Invisible);
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_visible_mark = || CodePointSetData::new::<PrependedConcatenationMark>().contains(c);
    let is_invisible = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || (category == GeneralCategory::Format && !is_visible_mark())
        // Blank in every font: the braille cell without dots.
        || c == '\u{2800}';
    match category {
        _ if is_invisible => Some(Kind::Invisible),
        GeneralCategory::PrivateUse => Some(Kind::PrivateUse),
        _ => None,
    }
}

/// Whether a joiner or non-joiner changes how the letters around it look, by the rules of RFC 5892, appendices A.1
/// and A.2: after a virama, or, a non-joiner, between letters that would be joined.
fn joins(text: &str, at: usize, joiner: char) -> bool {
    let (before, after) = (&text[..at], &text[at + joiner.len_utf8()..]);
    if before.chars().next_back().is_some_and(|c| canonical_combining_class(c) == VIRAMA) {
        return true;
    }
    let joining = CodePointMapData::<JoiningType>::new();
    let is_transparent = |c: &char| joining.get(*c) == JoiningType::Transparent;
    let left = before.chars().rev().find(|c| !is_transparent(c)).map(|c| joining.get(c));
    let right = after.chars().find(|c| !is_transparent(c)).map(|c| joining.get(c));
    joiner == '\u{200c}'
        && matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

impl Refused {
    fn new(kind: Kind, text: &str, at: usize, character: char) -> Self {
        let before: Vec<char> = text[..at].chars().collect();
        let before = before[before.len().saturating_sub(SHOWN)..].iter().collect();
        Self { kind, character, before }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            Kind::Control => "a control character",
            Kind::LineBreak => "a line break",
            Kind::Invisible => "an invisible character",
            Kind::PrivateUse => "a private-use character",
            Kind::Noncharacter => "a noncharacter",
        };
        write!(f, "has {what} U+{:04X} in it, ", u32::from(self.character))?;
        match self.before.as_str() {
            "" => write!(f, "at its start"),
            before => write!(f, "after {before:?}"),
        }
    }
}

#[cfg(any(test, fuzzing))]
#[path = "text_fuzz.rs"]
pub mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_trimmed_and_refuse_what_nobody_sees() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = identifier(text).map_err(|refused| refused.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{text:?}");
        };
        check("fred", Ok("fred"));
        check("\u{feff} fred\u{3000}\r\n", Ok("fred"));
        check(" \t", Ok(""));
        check("Ann Lee", Ok("Ann Lee"));
        check("a\u{a0}b", Ok("a\u{a0}b"));
        check("li①+€☺", Ok("li①+€☺"));
        check("Ünï 张伟 محمد राम 𝕏", Ok("Ünï 张伟 محمد राम 𝕏"));
        check("fre\u{200b}d", Err("has an invisible character U+200B in it, after \"fre\""));
        check("fred\u{200b}", Err("has an invisible character U+200B in it, after \"fred\""));
        check("\u{202e}fred", Err("has an invisible character U+202E in it, at its start"));
        check("a\u{ad}", Err("has an invisible character U+00AD in it, after \"a\""));
        check("a\u{2067}b", Err("has an invisible character U+2067 in it, after \"a\""));
        check("a\u{3164}b", Err("has an invisible character U+3164 in it, after \"a\""));
        check("a\u{e0041}b", Err("has an invisible character U+E0041 in it, after \"a\""));
        check("a\u{fff9}b", Err("has an invisible character U+FFF9 in it, after \"a\""));
        check("a\u{fe0f}b", Err("has an invisible character U+FE0F in it, after \"a\""));
        check("a\u{feff}b", Err("has an invisible character U+FEFF in it, after \"a\""));
        check("a\tb", Err("has a control character U+0009 in it, after \"a\""));
        check("\0a", Err("has a control character U+0000 in it, at its start"));
        check("a\u{9b}b", Err("has a control character U+009B in it, after \"a\""));
        check("a@x.org\r\nBcc: b", Err("has a line break U+000D in it, after \"a@x.org\""));
        check("a\u{2028}b", Err("has a line break U+2028 in it, after \"a\""));
        check("a\u{e000}", Err("has a private-use character U+E000 in it, after \"a\""));
        check("a\u{fdd0}", Err("has a noncharacter U+FDD0 in it, after \"a\""));
        check("a\u{10ffff}", Err("has a noncharacter U+10FFFF in it, after \"a\""));
        check("\u{661}\u{600}", Ok("\u{661}\u{600}"));
        let long = "x".repeat(50);
        let after = format!("has an invisible character U+200B in it, after {:?}", "x".repeat(SHOWN));
        check(&format!("{long}\u{200b}"), Err(&after));
    }

    #[test]
    fn joiners_are_taken_where_they_change_how_a_word_looks() {
        let check = |text: &str, taken: bool| assert_eq!(identifier(text).is_ok(), taken, "{text:?}");
        // Persian "I want", written with a non-joiner; Hindi and Sinhala conjuncts.
        check("می\u{200c}خواهم", true);
        check("क्\u{200d}ष", true);
        check("क्\u{200c}ष", true);
        check("ශ්\u{200d}රී", true);
        check("an\u{200c}n", false);
        check("an\u{200d}n", false);
        check("می\u{200d}خواهم", false);
        check("\u{200d}", false);
        // After a letter that joins nothing on its left.
        check("د\u{200c}د", false);
    }

    #[test]
    fn phones_lose_the_marks_around_them() {
        assert_eq!(phone("\u{202d}+49 30 1\u{202c} "), Ok("+49 30 1"));
        assert!(phone("+49\u{202c}30").is_err());
    }

    #[test]
    fn display_names_are_one_line() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = display(text).map_err(|refused| refused.to_string());
            assert_eq!(found.as_deref().map_err(Clone::clone), expected.map_err(str::to_owned), "{text:?}");
        };
        check(" Ann Lee\n", Ok("Ann Lee"));
        check("Ann\r\nLee\tJr.\u{2028}x", Ok("Ann Lee Jr. x"));
        check("👩\u{200d}💻 Ann ❤\u{fe0f}", Ok("👩\u{200d}💻 Ann ❤\u{fe0f}"));
        check("می\u{200c}خواهم", Ok("می\u{200c}خواهم"));
        check("An\u{1b}n", Err("has a control character U+001B in it, after \"An\""));
        check("An\0n", Err("has a control character U+0000 in it, after \"An\""));
    }
}
