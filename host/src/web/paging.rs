//! The addresses of other pages of a list: the same filters, another cursor.

use super::frame::Frame;

/// Where else a list can be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pager {
    /// The beginning, unless this is it.
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
}

impl Pager {
    /// For a page that ends before `next_cursor`.
    pub(super) fn of(frame: &Frame, next_cursor: Option<&str>) -> Self {
        let (path, query) = frame.here.split_once('?').unwrap_or((&frame.here, ""));
        let given = || url::form_urlencoded::parse(query.as_bytes());
        let with = |cursor: Option<&str>| {
            let mut written = url::form_urlencoded::Serializer::new(String::new());
            written.extend_pairs(given().filter(|(name, value)| name != "cursor" && !value.is_empty()));
            if let Some(cursor) = cursor {
                written.append_pair("cursor", cursor);
            }
            let query = written.finish();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        let is_first = !given().any(|(name, value)| name == "cursor" && !value.is_empty());
        Self { first: (!is_first).then(|| with(None)), next: next_cursor.map(|cursor| with(Some(cursor))) }
    }
}
