//! The form in which usernames, e-mails and searches are compared: trimmed, without case, and the same however
//! its accents and vowel signs were typed. Phone numbers have a form of their own.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::phone;
use super::policy::MatchKey;

/// `text` as it is compared: trimmed, composed (NFKC, which also takes full-width letters for plain ones) and
/// lower-cased by Unicode's rules, with the combining dot that lower-casing `İ` leaves behind removed and `ı`
/// read as `i`, so that Turkish names are found whichever keyboard typed them, and `ß` read as `ss`. Empty
/// when there is nothing but white space.
pub fn fold(text: &str) -> String {
    folded(text).into_owned()
}

/// The same, without a copy of a text that is folded already, as most usernames and e-mails are.
pub fn folded(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.is_ascii() {
        return Cow::Owned(fold_beyond_ascii(text));
    }
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(text.to_ascii_lowercase()),
    }
}

fn fold_beyond_ascii(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    // Long stretches without accents need no tables: what is composed begins with the letter before the first
    // character beyond ASCII, and ends before the next ASCII one, which never changes what stands before it.
    while let Some(beyond) = rest.find(|c: char| !c.is_ascii()) {
        let (plain, others) = rest.split_at(beyond.saturating_sub(1));
        folded.extend(plain.chars().map(|c| c.to_ascii_lowercase()));
        let first = usize::from(beyond > 0);
        let end = others[first..].find(|c: char| c.is_ascii()).map_or(others.len(), |end| first + end);
        fold_composed(&others[..end], &mut folded);
        rest = &others[end..];
    }
    folded.extend(rest.chars().map(|c| c.to_ascii_lowercase()));
    folded
}

fn fold_composed(text: &str, folded: &mut String) {
    for lower in text.nfkc().flat_map(char::to_lowercase) {
        match lower {
            '\u{307}' => {}
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'ς' => folded.push('σ'),
            other => folded.push(other),
        }
    }
}

/// The key under which a username or e-mail is unique and matched; `None` for an empty one, which matches nobody.
pub fn key(text: Option<&str>) -> Option<String> {
    text.map(fold).filter(|folded| !folded.is_empty())
}

/// The key under which a value of this field is matched; `None` for one that matches nobody.
pub fn key_of(field: MatchKey, text: Option<&str>) -> Option<String> {
    compared(field, text).map(Cow::into_owned)
}

/// The same, without a copy where none is needed.
pub fn compared(field: MatchKey, text: Option<&str>) -> Option<Cow<'_, str>> {
    match field {
        MatchKey::Username | MatchKey::Email => text.map(folded).filter(|folded| !folded.is_empty()),
        MatchKey::Phone => phone::key(text?).map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_case_beyond_ascii() {
        let check = |input: &str, expected: &str| assert_eq!(fold(input), expected, "{input}");
        check(" Ann.Lee@Example.COM ", "ann.lee@example.com");
        check("İSTANBUL", "istanbul");
        check("ISPARTA", "isparta");
        check("ısparta", "isparta");
        check("STRASSE", "strasse");
        check("Straße", "strasse");
        check("ЖУКОВ", "жуков");
        check("राम", "राम");
        check("क़लम", "क\u{93c}लम");
        check("Z\u{307}o\u{301}łw", "żółw");
        check("ŻÓŁW", "żółw");
        check("Ｊｏｈｎ", "john");
        check("ΟΔΟΣ", "οδοσ");
    }

    #[test]
    fn an_empty_value_has_no_key() {
        assert_eq!(key(Some("  ")), None);
        assert_eq!(key(None), None);
        assert_eq!(key(Some(" A ")), Some("a".into()));
    }

    proptest! {
        #[test]
        fn stretches_of_ascii_change_nothing(
            letters in prop::collection::vec(prop_oneof![
                prop::char::range(' ', '~'),
                prop::sample::select(vec!['\u{301}', '\u{307}', '\u{338}', 'ß', 'İ', 'ﬁ', '가', '\u{11a8}', 'ｶ', 'ﾞ', 'Å']),
                any::<char>(),
            ], 0..12),
        ) {
            let text: String = letters.into_iter().collect();
            let mut at_once = String::new();
            fold_composed(text.trim(), &mut at_once);
            prop_assert_eq!(fold(&text), at_once);
        }
    }
}
