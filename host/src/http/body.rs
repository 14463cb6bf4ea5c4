//! JSON bodies: their media type, their length, the time they may take, and what serde makes of them,
//! with the key at fault named in the problem.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::problem::Problem;

/// The longest body that is not a push.
const LIMIT: usize = 1 << 20;
/// How long such a body may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body of at most 1 MiB.
#[derive(Debug)]
pub(crate) struct Given<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let bytes = whole(request.into_body(), LIMIT, PATIENCE).await?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body of at most 1 MiB, or none at all.
#[derive(Debug)]
pub(crate) struct MaybeGiven<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeGiven<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = require_json(request.headers());
        let bytes = whole(request.into_body(), LIMIT, PATIENCE).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        is_json?;
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

/// Reads a whole body of at most `limit` bytes.
pub(crate) async fn whole(body: Body, limit: usize, patience: Duration) -> Result<Bytes, Problem> {
    let read = tokio::time::timeout(patience, Limited::new(body, limit).collect()).await;
    let Ok(read) = read else {
        let detail = format!("the body did not arrive within {} seconds", patience.as_secs());
        return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail));
    };
    read.map(|collected| collected.to_bytes()).map_err(|reason| {
        if is_too_long(&*reason) {
            return Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is longer than {limit} bytes"),
            );
        }
        Problem::bad_request(format!("the body can't be read: {reason}"))
    })
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
    serde_path_to_error::deserialize(value).map_err(|error| {
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

/// An answer of JSON.
pub(crate) type Answer = Json<Value>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Policy;

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
        let deep = r#"{"removals":{"percent":"many"}}"#;
        check(deep, (422, Some("removals/percent"), "invalid type: string \"many\""));
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_413() {
        let check = async |length: usize, expected: Option<u16>| {
            let read = whole(Body::from(vec![b'x'; length]), 10, PATIENCE).await;
            assert_eq!(read.err().map(|problem| problem.status.as_u16()), expected);
        };
        check(10, None).await;
        check(11, Some(413)).await;
        let endless = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let read = whole(endless, 10, Duration::from_millis(1)).await;
        assert_eq!(read.unwrap_err().status, StatusCode::REQUEST_TIMEOUT);
    }
}
