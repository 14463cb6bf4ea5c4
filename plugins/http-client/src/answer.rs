//! One answer: its status, what it says in words that may be shown, and when to come back.

use std::time::{Duration, SystemTime};

use serde_json::Value;
use ureq::http::HeaderMap;

/// How much of an answer's own words is shown.
const SHOWN_CHARACTERS: usize = 300;
/// Whoever asks to be left alone for longer is asked again after this.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, at most as long as the client allows.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header field as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the body says of itself that it is JSON (`application/json`, `application/scim+json`…).
    pub fn is_json(&self) -> bool {
        let kind = self.header("content-type").and_then(|kind| kind.split(';').next()).unwrap_or_default();
        let kind = kind.trim().to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    }

    /// What the server asks for in `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3).
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        let wait = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default(),
        };
        Some(wait.min(LONGEST_WAIT))
    }

    /// The server's own words for what is wrong, in one line: what JSON errors have as `detail`, `message` or
    /// `error`, else plain text; nothing of other formats. Not yet without secrets that it may repeat.
    pub(crate) fn words(&self) -> Option<String> {
        let text = if self.is_json() {
            let json: Value = serde_json::from_slice(&self.body).ok()?;
            let mut words = ["detail", "message", "error_description", "error", "title"].iter();
            words.find_map(|key| json.get(key)?.as_str())?.to_owned()
        } else if self.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")) {
            String::from_utf8_lossy(&self.body).into_owned()
        } else {
            return None;
        };
        let text = one_line(&text);
        (!text.is_empty()).then_some(text)
    }
}

/// The text without line breaks and control characters, and not too long.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let text = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(name: &'static str, value: &str, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        Answer { status: 400, headers, body: body.into() }
    }

    #[test]
    fn waits_are_seconds_or_dates() {
        let now = httpdate::parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT").unwrap();
        let check = |value: &str, expected: Option<u64>| {
            let wait = answer("retry-after", value, "").retry_after(now);
            assert_eq!(wait, expected.map(Duration::from_secs), "{value}");
        };
        check("120", Some(120));
        check("Wed, 21 Oct 2026 07:29:30 GMT", Some(90));
        check("Wed, 21 Oct 2026 07:00:00 GMT", Some(0));
        check("999999999", Some(86_400));
        check("soon", None);
        assert_eq!(answer("x-other", "1", "").retry_after(now), None);
    }

    #[test]
    fn a_servers_words_are_found_and_are_one_line() {
        let check = |kind: &str, body: &str, expected: Option<&str>| {
            assert_eq!(answer("content-type", kind, body).words().as_deref(), expected, "{body}");
        };
        check("application/scim+json; charset=utf-8", r#"{"detail":"no\n\nmail"}"#, Some("no mail"));
        check("application/json", r#"{"error":{"message":"x"}}"#, None);
        check("text/plain", " go\taway\u{1b}[0m ", Some("go away [0m"));
        check("text/html", "<h1>go away</h1>", None);
        let long = "ä".repeat(400);
        check("text/plain", &long, Some(&format!("{}…", "ä".repeat(300))));
    }
}
