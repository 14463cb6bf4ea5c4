//! Tells open pages that tasks have moved, as server-sent events (WHATWG HTML, section 9.2): `moved`, which
//! says no more than that. The page then asks for its live parts anew, so what it shows is made in one place.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use tokio::time::Instant;

use crate::http::router::App;
use crate::sync::follow::Moved;

/// The shortest time between two events.
const PACE: Duration = Duration::from_millis(400);
/// How often a comment is sent when nothing happens, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After this the browser has to come back, and shows that it is still logged in.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// `moved` whenever a task has.
pub(super) async fn live(State(app): State<App>) -> Response {
    Sse::new(moves(app)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

fn moves(app: App) -> impl Stream<Item = Result<Event, Infallible>> {
    let (moves, end) = (app.engine.moves(), Instant::now() + LIFETIME);
    futures_util::stream::unfold((app, moves, end), async |(app, mut moves, end)| {
        if Instant::now() >= end || app.engine.any_move(&mut moves).await == Moved::Stopping {
            return None;
        }
        tokio::time::sleep(PACE).await;
        // Browsers drop an event without data, and axum writes no line for an empty text.
        Some((Ok(Event::default().event("moved").data("tasks")), (app, moves, end)))
    })
}
