//! JSON bodies: their media type, their length, the time they may take, and what serde makes of them,
//! with the key at fault named in the problem.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use bytes::BytesMut;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;
use utoipa::IntoResponses;

use crate::config::HttpConfig;
use crate::domain::json;

use super::admission::Held;
use super::arriving::BodyFault;
use super::problem::Problem;
use super::router::App;
use super::strict::Strict;

/// Why [`Given`] and [`MaybeGiven`] refuse a body, for the description of what takes one.
#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "it is described, never made: what is answered is a `Problem`")]
pub(crate) enum NotGiven {
    #[response(status = 408, description = "the body did not arrive in time")]
    Slow,
    #[response(status = 413, description = "the body is too long")]
    Long,
    #[response(status = 415, description = "the body is not said to be JSON")]
    Foreign,
    #[response(status = 422, description = "the body is JSON, but not what is wanted; `errors` says where")]
    Wrong,
}

/// A JSON body, of a length and in a time that the settings limit.
#[derive(Debug)]
pub(crate) struct Given<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let bytes = small(request.into_body(), &app.settings.http).await?;
        parse(&bytes).map(Self)
    }
}

/// The same, or no body at all, or null, which says as much.
#[derive(Debug)]
pub(crate) struct MaybeGiven<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<App> for MaybeGiven<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let is_json = require_json(request.headers());
        let bytes = small(request.into_body(), &app.settings.http).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        is_json?;
        if bytes.trim_ascii() == b"null" {
            return Ok(Self(T::default()));
        }
        parse(&bytes).map(Self)
    }
}

/// Refuses a request whose body is not said to be JSON.
pub(crate) fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let media = media_type(headers);
    if media == "application/json" || (media.starts_with("application/") && media.ends_with("+json")) {
        return Ok(());
    }
    Err(unsupported(&media, "application/json"))
}

/// The media type without its parameters, in lower case; empty if there is none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// 415: neither of the media types that are taken.
pub(crate) fn unsupported(given: &str, taken: &str) -> Problem {
    let given = if given.is_empty() { "none".to_owned() } else { format!("`{given}`") };
    let detail = format!("the header content-type must be {taken}, is {given}");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}

/// Reads the whole body of a request that is no push, without a byte order mark.
async fn small(body: Body, limits: &HttpConfig) -> Result<Bytes, Problem> {
    let (limit, patience) = (limits.max_body_bytes, limits.max_body_time);
    let read = tokio::time::timeout(patience, Limited::new(body, limit).collect()).await;
    let Ok(read) = read else {
        let patience = humantime::format_duration(patience);
        let detail = format!("the body did not arrive within {patience}");
        return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail));
    };
    let bytes = read.map_err(|reason| unreadable(&*reason, limit))?.to_bytes();
    let text = json::opening(&bytes).map_err(|wrong| Problem::bad_request(format!("the body {wrong}")))?;
    Ok(bytes.slice_ref(text))
}

/// Reads a whole body of at most `limit` bytes, for which room is taken as it comes.
pub(crate) async fn whole(body: Body, limit: usize, mut held: Held) -> Result<(Bytes, Held), Problem> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_long(limit));
    }
    held.has_room_for(announced)?;
    let mut bytes = BytesMut::with_capacity(announced);
    let mut body = Limited::new(body, limit);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|reason| unreadable(&*reason, limit))?;
        let Ok(piece) = frame.into_data() else { continue };
        held.grow(piece.len())?;
        bytes.extend_from_slice(&piece);
    }
    Ok((bytes.freeze(), held))
}

fn unreadable(reason: &(dyn std::error::Error + 'static), limit: usize) -> Problem {
    if is_too_long(reason) {
        return too_long(limit);
    }
    let Some(fault) = BodyFault::of(reason) else {
        return Problem::bad_request(format!("the body can't be read: {reason}"));
    };
    let status = match fault {
        BodyFault::Silent(_) | BodyFault::Slow { .. } => StatusCode::REQUEST_TIMEOUT,
        BodyFault::TooLong(_) | BodyFault::Bomb(_) => StatusCode::PAYLOAD_TOO_LARGE,
        BodyFault::Packed(_) => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, fault.to_string())
}

/// 413: more than is taken.
pub(crate) fn too_long(limit: impl std::fmt::Display) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {limit} bytes"))
}

fn is_too_long(reason: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(reason), |reason| reason.source())
        .any(|reason| reason.is::<LengthLimitError>())
}

/// Reads a JSON object: 400 for text that is no JSON, 422 naming the key for JSON that is not what is
/// wanted.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|reason| Problem::bad_request(format!("the body is not valid JSON: {reason}")))?;
    if !value.is_object() {
        return Err(Problem::invalid("body", "must be a JSON object"));
    }
    parse_value("", value)
}

/// Reads a JSON value that stands at `place` of a body.
pub(crate) fn parse_value<T: DeserializeOwned>(place: &str, value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(Strict(value)).map_err(|error| {
        let mut keys: Vec<String> =
            Some(place.to_owned()).filter(|place| !place.is_empty()).into_iter().collect();
        keys.extend(error.path().iter().filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } | Segment::Enum { variant: key } => Some(key.clone()),
            Segment::Unknown => None,
        }));
        let field = if keys.is_empty() { "body".into() } else { keys.join("/") };
        Problem::invalid(field, error.into_inner().to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::super::admission::{Admission, Held, Party};
    use super::*;
    use crate::domain::policy::Policy;
    use std::sync::Arc;

    fn hold(admission: &Arc<Admission>) -> Held {
        admission.hold(Party::Source("api".into()))
    }

    #[test]
    fn a_wrong_key_is_named_with_its_path() {
        let check = |body: &str, expected: (u16, Option<&str>, &str)| {
            let problem = parse::<Policy>(body.as_bytes()).unwrap_err();
            let found = (problem.status.as_u16(), problem.field.as_deref());
            assert_eq!(found, (expected.0, expected.1), "{body}");
            assert!(problem.detail.contains(expected.2), "{body}: {}", problem.detail);
        };
        check("{", (400, None, "not valid JSON: EOF"));
        check("{} x", (400, None, "not valid JSON: trailing characters"));
        check("[1]", (422, Some("body"), "must be a JSON object"));
        check(r#"{"onMissing":1}"#, (422, Some("onMissing"), "invalid"));
        check(r#"{"onMising":"keep"}"#, (422, Some("onMising"), "unknown field `onMising`"));
        check(r#"{"onMissing":"drop"}"#, (422, Some("onMissing"), "unknown variant `drop`"));
        check(
            r#"{"onMissing":{"keep":null}}"#,
            (422, Some("onMissing"), "invalid type: map, expected a string"),
        );
        check(r#"{"removals":[]}"#, (422, Some("removals"), "invalid type: sequence, expected an object"));
        check(r#"{"removals":[10.0,5]}"#, (422, Some("removals"), "invalid type: sequence"));
        check("{\"onMissing\":\"keep\\u0000\"}", (422, Some("onMissing"), "unknown variant"));
        let deep = r#"{"removals":{"percent":"many"}}"#;
        check(deep, (422, Some("removals/percent"), "invalid type: string \"many\""));
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_413() {
        let check = async |length: usize, expected: Option<u16>| {
            let body = || Body::from(vec![b'x'; length]);
            let limits = HttpConfig { max_body_bytes: 10, ..HttpConfig::default() };
            let read = small(body(), &limits).await;
            assert_eq!(read.err().map(|problem| problem.status.as_u16()), expected);
            let read = whole(body(), 10, hold(&Admission::new(&limits))).await;
            assert_eq!(read.err().map(|problem| problem.status.as_u16()), expected);
        };
        check(10, None).await;
        check(11, Some(413)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_408() {
        let endless = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let read = small(endless, &HttpConfig::default()).await;
        assert_eq!(read.unwrap_err().detail, "the body did not arrive within 30s");
    }

    #[tokio::test]
    async fn a_body_without_room_is_503_before_or_while_it_is_read() {
        let limits = HttpConfig { max_push_bytes: 10, max_buffered_bytes: 10, ..HttpConfig::default() };
        let admission = Admission::new(&limits);
        let (_, held) = whole(Body::from("123456"), 100, hold(&admission)).await.unwrap();
        let announced = whole(Body::from("12345"), 100, hold(&admission)).await.unwrap_err();
        assert_eq!(announced.status, StatusCode::SERVICE_UNAVAILABLE);
        let streamed = || {
            let pieces = ["123", "45"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
            Body::from_stream(futures_util::stream::iter(pieces))
        };
        let read = whole(streamed(), 100, hold(&admission)).await.unwrap_err();
        assert_eq!(read.status, StatusCode::SERVICE_UNAVAILABLE);
        drop(held);
        assert_eq!(whole(streamed(), 100, hold(&admission)).await.unwrap().0, "12345");
    }
}
