//! The listener: HTTP/1 connections, how many at once, how long and how large a request's head may be,
//! and a stop that lets requests under way finish.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// How long to wait before accepting again when that has failed, for want of file descriptors as a rule.
const PAUSE: Duration = Duration::from_millis(100);

/// The limits of the listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; those beyond wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub head_patience: Duration,
    /// The size of a request's head, in bytes.
    pub head_bytes: usize,
    /// How long requests under way may take once the listener stops.
    pub stop_patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            head_patience: Duration::from_secs(30),
            head_bytes: 64 << 10,
            stop_patience: Duration::from_secs(20),
        }
    }
}

/// Serves until `stop` is cancelled and the requests under way have ended, or the patience has.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_patience)
        .max_header_size(limits.head_bytes);
    let service = TowerToHyperService::new(router);
    // Dropping the set at the end cuts off what has not ended by then.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = stop.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        let Some((stream, place)) = accepted else { continue };
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
        connections.spawn(async move {
            if let Err(reason) = connection.await {
                debug!("a connection ended early: {reason}");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.stop_patience, graceful.shutdown()).await.is_err() {
        let left = connections.len();
        warn!("{left} connections did not end within {:?} and are cut off", limits.stop_patience);
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Answers are written whole, so waiting to fill a packet only delays them. A socket that
            // refuses is no worse than slow.
            let _ = stream.set_nodelay(true);
            Some((stream, place))
        }
        Err(reason) => {
            warn!("failed to accept a connection: {reason}");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}
