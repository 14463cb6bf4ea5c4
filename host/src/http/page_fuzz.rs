//! Query strings and cursors out of any text: parameters are known and given once, and a cursor means one
//! place only.

use axum::extract::FromRequestParts;
use axum::http::{Request, StatusCode, Uri};
use futures_util::FutureExt;

use super::*;
use crate::domain::task::Status;
use crate::http::query::Listed;

/// Parameters of every kind.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Wanted {
    status: Option<Status>,
    search: Option<String>,
    id: Option<i64>,
    #[serde(default)]
    deleted: bool,
}

/// A query string.
pub fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    a_cursor_comes_back(text);
    let Ok(uri) = format!("/?{text}").parse::<Uri>() else { return };
    let request = Request::builder().uri(uri).body(()).expect("a URI is all that it needs");
    let (mut parts, ()) = request.into_parts();
    let read = Listed::<ChangeCursor, Wanted>::from_request_parts(&mut parts, &()).now_or_never();
    match read.expect("nothing is waited for") {
        Ok(Listed(paging, Wanted { status, search, id, deleted })) => {
            let told = |word: &str| text.contains(word);
            assert!(status.is_none() || told("status"), "{status:?}");
            assert!(!deleted || told("true") || told("%"), "it is not said");
            assert!((1..=MAX).contains(&paging.limit), "{paging:?}");
            assert!(search.is_none_or(|search| !search.is_empty()), "an empty one is absent");
            assert!(id.is_none_or(|id| id >= 0));
            a_place_comes_back(&paging);
        }
        Err(problem) => {
            assert_eq!(problem.status, StatusCode::BAD_REQUEST);
            assert!(problem.field.is_some(), "{}", problem.detail);
        }
    }
}

fn a_cursor_comes_back(uid: &str) {
    // No record has a uid with a NUL character in it.
    if uid.contains('\0') {
        return;
    }
    let cursor = change_cursor(DataType::User, uid);
    assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte)), "{cursor}");
    let place = Watermark { data_type: DataType::User, uid: uid.into() };
    assert_eq!(ChangeCursor::try_from(cursor).ok(), Some(ChangeCursor(place)));
}

fn a_place_comes_back(paging: &Paging<ChangeCursor>) {
    if let Some(ChangeCursor(place)) = paging.after() {
        let cursor = change_cursor(place.data_type, &place.uid);
        assert_eq!(ChangeCursor::try_from(cursor).ok(), Some(ChangeCursor(place.clone())), "{paging:?}");
    }
}
