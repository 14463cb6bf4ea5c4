//! Rules for any text: what they leave is left again, is trimmed, and has no character that they refuse.

use super::*;
use crate::domain::{address, phone as number};

/// Any text.
pub fn text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let with_mark = format!("\u{feff}{text}\n");
    for rule in [identifier, phone] {
        match rule(text) {
            Ok(kept) => {
                assert_eq!(rule(kept), Ok(kept), "what is kept is kept again");
                assert_eq!(trim(kept), kept);
                assert!(!kept.chars().any(char::is_control), "{kept:?}");
                assert_eq!(rule(&with_mark), Ok(kept), "a byte order mark and a line break change nothing");
            }
            Err(refused) => assert!(refused.to_string().contains("U+"), "{refused}"),
        }
    }
    if let Ok(kept) = display(text) {
        assert_eq!(display(&kept).as_deref(), Ok(&*kept));
        assert!(!kept.chars().any(|c| c.is_control() || is_line_break(c)), "{kept:?}");
    }
    if address::is_address(text) {
        assert_eq!(text.trim(), text);
        assert!(text.len() >= 3 && !text.starts_with('@') && !text.ends_with('@'), "{text}");
    }
    if let Some(key) = number::key(text) {
        let is_number = key.bytes().all(|byte| byte.is_ascii_digit() || byte == b'x');
        assert!(!is_number || number::key(&key).as_deref() == Some(&*key), "{key} is its own key");
        assert!(key.bytes().any(|byte| byte.is_ascii_digit()), "{key}");
        assert_eq!(number::key(&with_mark).as_deref(), Some(&*key));
    }
}
