//! Tells open pages that tasks have moved, as server-sent events (WHATWG HTML, section 9.2): `moved`, at once and
//! whenever a task has. The page then asks for its live parts anew, so what it shows is made in one place; the first
//! event is for what has happened between the making of the page and its listening.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use tokio::sync::broadcast::Receiver;
use tokio::time::Instant;

use crate::domain::ids::TaskId;
use crate::http::router::App;
use crate::sync::follow::Moved;

use super::guard;

/// The shortest time between two events.
const PACE: Duration = Duration::from_millis(400);
/// How often is looked whether the session goes on; as often, a comment keeps the connection through proxies.
const LOOK: Duration = Duration::from_secs(15);
/// After this the browser has to come back.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Tells nginx not to hold events back.
static UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// `moved` at once, and whenever a task has.
pub(super) async fn live(State(app): State<App>, headers: HeaderMap) -> Response {
    let moves = app.engine.moves();
    let listening = Listening { app, moves, headers, end: Instant::now() + LIFETIME, is_new: true };
    let events = Sse::new(listening.into_stream()).keep_alive(KeepAlive::new().interval(LOOK));
    ([UNBUFFERED.clone()], events).into_response()
}

/// A page that is open.
struct Listening {
    app: App,
    moves: Receiver<TaskId>,
    /// With the cookie of the session.
    headers: HeaderMap,
    end: Instant,
    is_new: bool,
}

impl Listening {
    fn into_stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures_util::stream::unfold(self, async |mut listening| {
            listening.event().await.map(|event| (Ok(event), listening))
        })
    }

    /// The next event; none when the browser has to come back, if it still may.
    async fn event(&mut self) -> Option<Event> {
        while !self.is_new {
            tokio::select! {
                moved = self.app.engine.any_move(&mut self.moves) => {
                    if moved == Moved::Stopping {
                        return None;
                    }
                    tokio::time::sleep(PACE).await;
                    self.is_new = true;
                }
                () = tokio::time::sleep(LOOK) => {}
            }
            if Instant::now() >= self.end || !guard::is_logged_in(&self.app, &self.headers).await {
                return None;
            }
        }
        self.is_new = false;
        // A browser passes over an event without data.
        Some(Event::default().event("moved").data("tasks"))
    }
}
