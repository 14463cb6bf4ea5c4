//! The form in which usernames, e-mails and searches are compared: trimmed, without case, and the same however
//! its accents and vowel signs were typed.

use unicode_normalization::UnicodeNormalization;

/// `text` as it is compared: trimmed, composed (NFKC, which also takes full-width letters for plain ones) and
/// lower-cased by Unicode's rules, with the combining dot that lower-casing `İ` leaves behind removed and `ı`
/// read as `i`, so that Turkish names are found whichever keyboard typed them, and `ß` read as `ss`. Empty
/// when there is nothing but white space.
pub fn fold(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for lower in text.nfkc().flat_map(char::to_lowercase) {
        match lower {
            '\u{307}' => {}
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'ς' => folded.push('σ'),
            other => folded.push(other),
        }
    }
    folded
}

/// The key under which a value is unique and matched; `None` for an empty one, which matches nobody.
pub fn key(text: Option<&str>) -> Option<String> {
    text.map(fold).filter(|folded| !folded.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
