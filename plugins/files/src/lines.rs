//! JSON Lines: one object a line.

use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

/// The most bytes that a line may have.
const MAX_LINE: u64 = 4 << 20;

/// One line.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    Object(Map<String, Value>),
    Blank,
    End,
}

/// Why a line can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{0}")]
    Invalid(String),
}

/// Reads the next line. A line with the end mark Ctrl-Z alone is blank, as old programs end a file with it.
pub(crate) fn next(text: &mut impl BufRead, buffer: &mut Vec<u8>) -> Result<Line, LineError> {
    let invalid = |message: &str| Err(LineError::Invalid(message.to_owned()));
    buffer.clear();
    let length = text.by_ref().take(MAX_LINE + 1).read_until(b'\n', buffer)?;
    if length == 0 {
        return Ok(Line::End);
    }
    if length as u64 > MAX_LINE {
        return invalid(&format!("it has more than {MAX_LINE} bytes"));
    }
    let trimmed = buffer.trim_ascii();
    if trimmed.iter().all(|byte| *byte == 0x1a) {
        return Ok(Line::Blank);
    }
    let Ok(text) = std::str::from_utf8(trimmed) else { return invalid("it is not utf-8") };
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(Line::Object(object)),
        Ok(_) => invalid("not a json object"),
        Err(error) => {
            Err(LineError::Invalid(format!("not json (column {}): {}", error.column(), reason(&error))))
        }
    }
}

/// A JSON error without its position, whose line is always 1 here.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_what_is_none() {
        let mut text = &b"{\"uid\":\"1\"}\n \t\r\n\x1a\x1a\r\n"[..];
        let mut lines = std::iter::from_fn(|| match next(&mut text, &mut Vec::new()).unwrap() {
            Line::End => None,
            line => Some(matches!(line, Line::Object(_))),
        });
        assert_eq!(lines.by_ref().collect::<Vec<_>>(), [true, false, false]);
        let long = format!("{{\"uid\":\"{}\"}}", "x".repeat(5 << 20));
        let error = next(&mut long.as_bytes(), &mut Vec::new()).unwrap_err().to_string();
        assert_eq!(error, "it has more than 4194304 bytes");
    }
}
