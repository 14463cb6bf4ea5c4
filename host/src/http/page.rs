//! Pages of lists: `?limit=` (1 to 1000, default 100), `?cursor=`, and `{"data":[…],"nextCursor":…}`.
//! A cursor is text made of letters, digits and `-._~:`, so that it means the same in a URL whether a
//! client escapes it or not.

use axum::Json;
use serde_json::{Value, json};

use crate::domain::data_type::DataType;
use crate::domain::task::Watermark;

use super::problem::Problem;
use super::query::{Parameters, at};

/// A part of a list.
pub(crate) type Page = Json<Value>;

const DEFAULT: i64 = 100;
const MAX: i64 = 1_000;

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paging {
    limit: usize,
    cursor: Option<String>,
}

impl Paging {
    /// Takes `limit` and `cursor`.
    pub(crate) fn take(parameters: &mut Parameters) -> Result<Self, Problem> {
        let limit = parameters.number("limit")?.unwrap_or(DEFAULT);
        if !(1..=MAX).contains(&limit) {
            return Err(at("limit", &format!("must be between 1 and {MAX}, is {limit}")));
        }
        let limit = usize::try_from(limit).unwrap_or_default();
        Ok(Self { limit, cursor: parameters.text("cursor")? })
    }

    /// How many to read: one more than are shown tells whether there is a next page.
    pub(crate) fn fetch(&self) -> u64 {
        self.limit as u64 + 1
    }

    /// The id after which the page begins.
    pub(crate) fn after_id(&self) -> Result<Option<i64>, Problem> {
        let id = self.cursor.as_deref().map(|cursor| cursor.parse().map_err(|_| unknown()));
        id.transpose()
    }

    /// The text after which the page begins.
    pub(crate) fn after_text(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The change after which the page begins.
    pub(crate) fn after_change(&self) -> Result<Option<Watermark>, Problem> {
        let mark = self.cursor.as_deref().map(|cursor| mark(cursor).ok_or_else(unknown));
        mark.transpose()
    }

    /// Takes off what was read beyond the page and returns the cursor of the next one, if there is one.
    pub(crate) fn cut<T>(&self, rows: &mut Vec<T>, cursor: impl FnOnce(&T) -> String) -> Option<String> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        rows.last().filter(|_| more).map(cursor)
    }

    /// A page of a list that is short and in memory, sorted by `key`.
    pub(crate) fn of_all<T>(&self, mut all: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        all.sort_by_key(|item| escape(&key(item)));
        if let Some(after) = &self.cursor {
            all.retain(|item| escape(&key(item)) > *after);
        }
        let next = self.cut(&mut all, |last| escape(&key(last)));
        (all, next)
    }
}

/// The answer.
pub(crate) fn page(data: Vec<Value>, next: Option<String>) -> Page {
    Json(json!({"data": data, "nextCursor": next}))
}

/// The cursor of a change.
pub(crate) fn change_cursor(data_type: DataType, uid: &str) -> String {
    format!("{data_type}:{}", escape(uid))
}

fn mark(cursor: &str) -> Option<Watermark> {
    let (data_type, uid) = cursor.split_once(':')?;
    Some(Watermark { data_type: data_type.parse().ok()?, uid: unescape(uid)? })
}

/// Writes bytes other than letters, digits and `-._` as `~` and two hexadecimal digits.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => escaped.push(char::from(byte)),
            other => escaped.push_str(&format!("~{other:02x}")),
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'~' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

fn unknown() -> Problem {
    at("cursor", "is none that this list gave; begin without it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::unidentified;

    #[test]
    fn change_cursors_come_back_whatever_the_uid() {
        for uid in ["7", "a b/ü~%&?", &unidentified(3), ""] {
            let cursor = change_cursor(DataType::User, uid);
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:".contains(c);
            assert!(cursor.chars().all(plain), "{cursor}");
            assert_eq!(mark(&cursor), Some(Watermark { data_type: DataType::User, uid: uid.into() }));
        }
        for bad in ["", "7", "person:7", "user:~", "user:~f", "user:~zz", "user:~ff"] {
            assert_eq!(mark(bad), None, "{bad}");
        }
    }

    #[test]
    fn one_more_than_the_limit_means_a_next_page() {
        let paging = Paging { limit: 2, cursor: None };
        let check = |mut rows: Vec<i64>, shown: &[i64], next: Option<&str>| {
            assert_eq!(paging.cut(&mut rows, i64::to_string).as_deref(), next);
            assert_eq!(rows, shown);
        };
        check(vec![], &[], None);
        check(vec![1, 2], &[1, 2], None);
        check(vec![1, 2, 3], &[1, 2], Some("2"));
    }

    #[test]
    fn lists_in_memory_are_paged_by_key() {
        let all = || vec!["c".to_owned(), "a b".into(), "b".into()];
        let (first, next) = Paging { limit: 1, cursor: None }.of_all(all(), Clone::clone);
        assert_eq!((first, next.as_deref()), (vec!["a b".to_owned()], Some("a~20b")));
        let (rest, next) = Paging { limit: 5, cursor: next }.of_all(all(), Clone::clone);
        assert_eq!((rest, next), (vec!["b".to_owned(), "c".into()], None));
    }
}
