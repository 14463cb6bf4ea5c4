//! The text of a file: where it begins, and that it is UTF-8.

use std::io::{self, BufReader, Read};

/// The byte order mark of UTF-8.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// A file after its byte order mark.
pub(crate) type Text = BufReader<Box<dyn Read>>;

/// Why there is no text to read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BeginError {
    #[error("failed to read it: {0}")]
    Io(#[from] io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("it is UTF-16: save it as UTF-8, which spreadsheets call «CSV UTF-8»")]
    Utf16,
}

/// The text of a file, after its byte order mark if it has one, or several as files do that were glued
/// together.
pub(crate) fn begin(mut file: Box<dyn Read>) -> Result<Text, BeginError> {
    let mut begin = Vec::with_capacity(MARK.len());
    loop {
        let mut first = file.by_ref().take((MARK.len() - begin.len()) as u64);
        first.read_to_end(&mut begin)?;
        if begin != MARK {
            break;
        }
        begin.clear();
    }
    match begin.as_slice() {
        [] => Err(BeginError::Empty),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(BeginError::Utf16),
        _ => Ok(BufReader::with_capacity(64 << 10, Box::new(io::Cursor::new(begin).chain(file)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_after_its_byte_order_marks() {
        let text = |bytes: &'static [u8]| {
            let mut text = String::new();
            let read = begin(Box::new(bytes)).map(|mut from| from.read_to_string(&mut text).unwrap());
            read.map(|_| text).map_err(|error| error.to_string())
        };
        for empty in [&b""[..], MARK, b"\xef\xbb\xbf\xef\xbb\xbf"] {
            assert_eq!(text(empty), Err("the file is empty".to_owned()), "{empty:?}");
        }
        assert_eq!(text(b"\xef\xbb\xbf{}"), Ok("{}".to_owned()));
        assert_eq!(text(b"\xef\xbb\xbf\xef\xbb\xbf\"uid\""), Ok("\"uid\"".to_owned()));
        for utf16 in [&b"\xff\xfeu\0"[..], b"\xfe\xff\0u"] {
            assert!(text(utf16).unwrap_err().starts_with("it is UTF-16"), "{utf16:?}");
        }
    }
}
