//! A task as it goes on, as server-sent events (WHATWG HTML, section 9.2): `progress` whenever it has moved,
//! with the task as it is then, and `end` once nothing more happens by itself. An event's id is a digest of
//! what it says, so a client that comes back with `Last-Event-ID` hears only what it does not know yet.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast::Receiver;

use crate::domain::ids::TaskId;
use crate::domain::task::Status;
use crate::sync::follow::Moved;

use super::auth::Grant;
use super::path::ById;
use super::problem::Problem;
use super::query::{Nothing, Query};
use super::router::App;
use super::tasks;

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The shortest time between two events.
const PACE: Duration = Duration::from_millis(200);
/// How often a comment is sent when nothing happens, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Tells how a task goes on, as server-sent events.
///
/// `progress` whenever it has moved, with the task as it is then; `end` once nothing more happens by itself.
#[utoipa::path(
    get, path = "/tasks/{id}/events", tag = "tasks", operation_id = "followTask",
    params(
        ById,
        ("last-event-id" = Option<String>, Header, description = "the id of the last event that the client has \
            seen: it hears only what it does not know yet"),
    ),
    responses(
        (status = 200, description = "events", body = String, content_type = "text/event-stream"),
        (status = 204, description = "the client has seen the end"),
        (status = 404, description = "there is no such task"),
    ),
)]
pub(crate) async fn events(
    State(app): State<App>,
    Extension(grant): Extension<Grant>,
    Path(ById { id }): Path<ById>,
    _: Query<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Listening begins before looking, so that nothing falls in between.
    let moves = app.engine.moves();
    let task = tasks::find(&app, &id).await?;
    let known = headers.get(&LAST_EVENT_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let following = Following { app, grant, task: task.id, moves, known, next: Next::Look };
    if task.status.is_final() {
        let seen = following.look().await?;
        if following.known.as_ref() == Some(&seen.id) {
            // Tells a browser's EventSource not to come back.
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Ok(Sse::new(following.into_stream()).keep_alive(keep_alive).into_response())
}

/// Somebody who looks at a task.
struct Following {
    app: App,
    /// With which it began.
    grant: Grant,
    task: TaskId,
    moves: Receiver<TaskId>,
    /// The id of the last event that the client has seen.
    known: Option<String>,
    next: Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Look,
    Wait,
    Stop,
}

/// A task as it is at one moment.
struct Seen {
    id: String,
    status: Status,
    text: String,
}

impl Following {
    fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures_util::stream::unfold(self, async |mut following| {
            let event = following.event().await?;
            Some((Ok(event), following))
        })
    }

    /// The next event; none when the stream is at its end, or the daemon stops.
    async fn event(&mut self) -> Option<Event> {
        loop {
            match self.next {
                Next::Stop => return None,
                Next::Look => {}
                Next::Wait => {
                    tokio::time::sleep(PACE).await;
                    if !self.wait().await {
                        return None;
                    }
                }
            }
            self.next = Next::Wait;
            // A client whose stream ends without `end` comes back by itself.
            let seen = self.look().await.ok()?;
            let ended = seen.status.is_final();
            if ended {
                self.next = Next::Stop;
            } else if self.known.as_ref() == Some(&seen.id) {
                continue;
            }
            self.known = Some(seen.id.clone());
            let event = Event::default().event(if ended { "end" } else { "progress" });
            return Some(event.id(seen.id).data(seen.text));
        }
    }

    /// Waits until the task may have moved, which is a few seconds at most; false once the daemon stops or the token
    /// is no longer valid.
    async fn wait(&mut self) -> bool {
        if self.app.engine.next_move(&mut self.moves, self.task).await == Moved::Stopping {
            return false;
        }
        let still = self.app.gatekeeper.is_in_force(self.app.engine.store(), &self.grant).await;
        still.unwrap_or(false)
    }

    /// The task as it is now. The time it has taken so far is no part of what its id is made of.
    async fn look(&self) -> Result<Seen, Problem> {
        let (task, view) = tasks::seen(&self.app, self.task).await?;
        let text = serde_json::to_string(&view).map_err(Problem::internal)?;
        let mut lasting = serde_json::to_value(&view).map_err(Problem::internal)?;
        lasting["costMs"] = Value::Null;
        let digest = Sha256::digest(lasting.to_string().as_bytes());
        let id = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Seen { id, status: task.status, text })
    }
}
