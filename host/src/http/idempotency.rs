//! The header `Idempotency-Key` of pushes: a client that does not know whether its push arrived sends it
//! again under the same key, and gets the answer of the task that the first one began. What was pushed is
//! told apart by a fingerprint: the SHA-256 of the parameters and of the body.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::domain::task::{Phase, Status, Task};
use crate::sync::repeat::{Repeatable, Repeated};

use super::auth::Grant;
use super::problem::Problem;
use super::router::App;

static KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key, in characters.
const MAX_KEY: usize = 255;

/// Works out what a push is, while its body comes in.
#[derive(Debug)]
pub(crate) struct Fingerprint {
    hasher: Sha256,
    told: oneshot::Sender<String>,
}

impl Fingerprint {
    /// The bytes that come next.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// Says what the push is, now that it has been received completely.
    pub(crate) fn tell(self) {
        let text: String = self.hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        // Whoever wanted to know may be gone.
        let _ = self.told.send(text);
    }

    /// Whether nobody wants to know any more.
    pub(crate) fn is_idle(&self) -> bool {
        self.told.is_closed()
    }
}

/// What the headers say about repeating a push that has these `parameters` besides its body.
pub(crate) fn repeatable(
    headers: &HeaderMap,
    grant: &Grant,
    parameters: &str,
) -> Result<Option<(Repeatable, Fingerprint)>, Problem> {
    let Some(key) = key(headers)? else { return Ok(None) };
    let (told, fingerprint) = oneshot::channel();
    let mut hasher = Sha256::new();
    hasher.update(parameters.as_bytes());
    hasher.update([0]);
    Ok(Some((Repeatable { holder: grant.token, key, fingerprint }, Fingerprint { hasher, told })))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(&KEY).iter();
    let Some(key) = given.next() else { return Ok(None) };
    let wrong = |reason: &str| Problem::bad_request(format!("header idempotency-key: {reason}"));
    if given.next().is_some() {
        return Err(wrong("is given more than once"));
    }
    let key = key.to_str().map_err(|_| wrong("must be visible ASCII"))?.trim();
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(wrong(&format!("must have 1 to {MAX_KEY} characters")));
    }
    Ok(Some(key.to_owned()))
}

/// The task of a push that came before, once this one is known to be the same; at rest, or at least
/// planned if the client doesn't `wait`.
pub(crate) async fn repeated(app: &App, repeated: Repeated, wait: bool) -> Result<Task, Problem> {
    let Repeated { task, sealed, fingerprint } = repeated;
    let Some(sealed) = sealed else {
        let detail =
            format!("the push that came first under this key is still being received, as task {}", task.id);
        return Err(Problem::conflict("idempotency-key-in-use", detail).with_task(task.id));
    };
    let Ok(given) = fingerprint.await else {
        return Err(Problem::bad_request("the body was cut off before its end"));
    };
    if given != sealed {
        let detail = format!("this key belongs to another push, task {}; take a new key", task.id);
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with_task(task.id);
        return Err(Problem { slug: Some("idempotency-key-reused"), ..problem });
    }
    let planned = |task: &Task| !wait && task.status == Status::Processing && task.phase == Phase::Apply;
    let task = app.engine.once(task.id, planned).await?;
    if matches!(task.status, Status::Failed | Status::Cancelled) && !task.came_to_its_end() {
        let detail =
            format!("the push that came first under this key, task {}, has come to nothing", task.id);
        return Err(Problem::unavailable(format!("{detail}; send it again")).with_task(task.id));
    }
    Ok(task)
}

/// Says in an answer that it is that of an earlier push.
pub(crate) fn mark_replayed(response: &mut Response) {
    response.headers_mut().insert(REPLAYED.clone(), HeaderValue::from_static("true"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_plain_and_given_once() {
        let check = |values: &[&'static str], expected: Result<Option<&str>, &str>| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(KEY.clone(), HeaderValue::from_static(value));
            }
            let found = key(&headers).map_err(|problem| problem.detail);
            assert_eq!(found.as_ref().map(Option::as_deref).map_err(String::as_str), expected);
        };
        check(&[], Ok(None));
        check(&["a-1"], Ok(Some("a-1")));
        check(&[" "], Err("header idempotency-key: must have 1 to 255 characters"));
        check(&["a", "b"], Err("header idempotency-key: is given more than once"));
    }
}
