//! Pages of lists: `?limit=` (1 to 1000, default 100), `?cursor=`, and `{"data":[…],"nextCursor":…}`.
//! A cursor is text made of letters, digits and `-._~:`, so that it means the same in a URL whether a
//! client escapes it or not.

use axum::Json;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};

use crate::domain::data_type::DataType;
use crate::domain::task::Watermark;

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    /// The `cursor` of the next page; null on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

/// The most that a page lists.
pub(crate) const MAX: usize = 1_000;

/// Which page is asked for; `C` is what tells where it begins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging<C: ToSchema> {
    /// How many to list at most.
    #[serde(default = "default_limit", deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: usize,
    /// The `nextCursor` of the page before; the list begins without one.
    #[param(inline)]
    cursor: Option<C>,
}

/// The id after which a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9]{1,18}$")]
pub(crate) struct IdCursor(pub(crate) i64);

/// The name after which a page begins, as [`escape`] writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[A-Za-z0-9._~-]+$")]
pub(crate) struct NameCursor(pub(crate) String);

/// The change after which a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^(user|department):([A-Za-z0-9._-]|~(0[1-9a-f]|[1-9a-f][0-9a-f]))*$")]
pub(crate) struct ChangeCursor(pub(crate) Watermark);

fn default_limit() -> usize {
    100
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let limit = i64::deserialize(deserializer)?;
    let within = usize::try_from(limit).ok().filter(|limit| (1..=MAX).contains(limit));
    within.ok_or_else(|| de::Error::custom(format_args!("must be between 1 and {MAX}, is {limit}")))
}

impl<C: ToSchema> Paging<C> {
    /// The first page of this many.
    pub(crate) fn first(limit: usize) -> Self {
        Self { limit: limit.min(MAX), cursor: None }
    }

    /// How many to read: one more than are shown tells whether there is a next page.
    pub(crate) fn fetch(&self) -> u64 {
        self.limit as u64 + 1
    }

    /// Where the page begins, if not at the beginning of the list.
    pub(crate) fn after(&self) -> Option<&C> {
        self.cursor.as_ref()
    }

    /// Takes off what was read beyond the page and returns the cursor of the next one, if there is one.
    pub(crate) fn cut<T>(&self, rows: &mut Vec<T>, cursor: impl FnOnce(&T) -> String) -> Option<String> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        rows.last().filter(|_| more).map(cursor)
    }
}

impl Paging<NameCursor> {
    /// A page of a list that is short and in memory, sorted by `key`.
    pub(crate) fn of_all<T>(&self, mut all: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        all.sort_by_key(|item| escape(&key(item)));
        if let Some(NameCursor(after)) = &self.cursor {
            all.retain(|item| escape(&key(item)) > *after);
        }
        let next = self.cut(&mut all, |last| escape(&key(last)));
        (all, next)
    }
}

/// The answer.
pub(crate) fn page<T>(data: Vec<T>, next_cursor: Option<String>) -> Json<Page<T>> {
    Json(Page { data, next_cursor })
}

/// The cursor of a change.
pub(crate) fn change_cursor(data_type: DataType, uid: &str) -> String {
    format!("{data_type}:{}", escape(uid))
}

/// Why a cursor is refused.
const UNKNOWN: &str = "is none that this list gave; begin without it";

impl TryFrom<String> for IdCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        // A number's parser would take a sign.
        let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 18;
        text.parse().ok().filter(|_| digits).map(Self).ok_or(UNKNOWN)
    }
}

impl TryFrom<String> for NameCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let known = text.bytes().all(|byte| byte == b'~' || is_plain(byte)) && !text.is_empty();
        known.then_some(Self(text)).ok_or(UNKNOWN)
    }
}

impl TryFrom<String> for ChangeCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        mark(&text).map(Self).ok_or(UNKNOWN)
    }
}

fn mark(cursor: &str) -> Option<Watermark> {
    let (data_type, uid) = cursor.split_once(':')?;
    Some(Watermark { data_type: data_type.parse().ok()?, uid: unescape(uid)? })
}

/// Whether a byte stands in a cursor as it is.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}

/// Writes bytes other than letters, digits and `-._` as `~` and two hexadecimal digits.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("~{byte:02x}"));
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
            bytes.push(Some(*first).filter(|byte| is_plain(*byte))?);
            continue;
        }
        let ([high, low], tail) = rest.split_first_chunk()?;
        // No uid has a NUL character in it, and not every database takes one.
        bytes.push(Some(16 * digit(*high)? + digit(*low)?).filter(|byte| *byte != 0)?);
        rest = tail;
    }
    // A cursor is no more than a place in an order, so what is no text may stand for one, too.
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The value of a hexadecimal digit as [`escape`] writes them.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(any(test, fuzzing))]
#[path = "page_fuzz.rs"]
pub(super) mod fuzz;

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
        for bad in ["", "7", "person:7", "user:~", "user:~f", "user:~zz", "user:~+f", "user:~00", "user:a b"]
        {
            assert_eq!(mark(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_cursor_that_no_list_gave_is_refused() {
        let id = |text: &str| IdCursor::try_from(text.to_owned()).ok().map(|IdCursor(id)| id);
        assert_eq!((id("0"), id("999999999999999999")), (Some(0), Some(999_999_999_999_999_999)));
        for bad in ["", "-1", "+1", "1 ", "1.0", "x", "1000000000000000000", "99999999999999999999"] {
            assert_eq!(id(bad), None, "{bad}");
        }
        let name = |text: &str| NameCursor::try_from(text.to_owned()).is_ok();
        assert!(name("hr-2") && name("a~20b"));
        assert!(!name("") && !name("a b") && !name("\0") && !name("ä"));
    }

    #[test]
    fn a_cursor_that_is_no_text_is_a_place_all_the_same() {
        let mark = mark("user:a~ff").unwrap();
        assert_eq!(mark.uid, "a\u{fffd}");
    }

    #[test]
    fn one_more_than_the_limit_means_a_next_page() {
        let paging: Paging<IdCursor> = Paging { limit: 2, cursor: None };
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
        let (rest, next) = Paging { limit: 5, cursor: next.map(NameCursor) }.of_all(all(), Clone::clone);
        assert_eq!((rest, next), (vec!["b".to_owned(), "c".into()], None));
    }
}
