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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::task::JoinHandle;

    const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

    struct Running {
        address: SocketAddr,
        stop: CancellationToken,
        /// Lets the handler go on.
        gate: Arc<Semaphore>,
        /// One permit for each request that has reached the handler.
        reached: Arc<Semaphore>,
        serving: JoinHandle<()>,
    }

    async fn start(limits: Limits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (gate, reached) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (opens, arrived) = (Arc::clone(&gate), Arc::clone(&reached));
        let handler = async move || {
            arrived.add_permits(1);
            opens.acquire().await.unwrap().forget();
            "done"
        };
        let stop = CancellationToken::new();
        let router = Router::new().route("/", get(handler));
        let serving = tokio::spawn(serve(listener, router, limits, stop.clone()));
        Running { address, stop, gate, reached, serving }
    }

    async fn open(running: &Running, request: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream
    }

    /// Everything until the server closes the connection.
    async fn rest(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        // A connection that is cut off may end in an error instead of an end.
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8(text).unwrap()
    }

    #[tokio::test]
    async fn a_stop_lets_requests_under_way_finish() {
        let running = start(Limits::default()).await;
        let stream = open(&running, GET).await;
        running.reached.acquire().await.unwrap().forget();
        running.stop.cancel();
        while TcpStream::connect(running.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!running.serving.is_finished());
        running.gate.add_permits(1);
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
        running.serving.await.unwrap();
    }

    #[tokio::test]
    async fn a_stop_cuts_off_who_does_not_finish() {
        let running = start(Limits { stop_patience: Duration::from_millis(50), ..Limits::default() }).await;
        let stream = open(&running, GET).await;
        running.reached.acquire().await.unwrap().forget();
        running.stop.cancel();
        running.serving.await.unwrap();
        assert_eq!(rest(stream).await, "");
    }

    #[tokio::test]
    async fn a_head_that_is_slow_or_large_is_not_waited_for() {
        let limits =
            Limits { head_patience: Duration::from_millis(50), head_bytes: 1_000, ..Limits::default() };
        let running = start(limits).await;
        let slow = rest(open(&running, b"GET / HTTP/1.1\r\n").await).await;
        assert!(!slow.contains("200"), "{slow}");
        let large = format!("GET / HTTP/1.1\r\nhost: x\r\nbig: {}\r\n\r\n", "x".repeat(2_000));
        let large = rest(open(&running, large.as_bytes()).await).await;
        assert!(large.starts_with("HTTP/1.1 431"), "{large}");
    }

    #[tokio::test]
    async fn connections_beyond_the_limit_wait() {
        let running = start(Limits { connections: 1, ..Limits::default() }).await;
        let first = open(&running, GET).await;
        running.reached.acquire().await.unwrap().forget();
        let second = open(&running, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        let early = tokio::time::timeout(Duration::from_millis(50), running.reached.acquire()).await;
        assert!(early.is_err(), "the second connection is not served beside the first");
        running.gate.add_permits(2);
        drop(first);
        assert!(rest(second).await.starts_with("HTTP/1.1 200"));
    }
}
