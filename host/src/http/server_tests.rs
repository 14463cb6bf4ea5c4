//! Connections as clients see them: limits, and how a stop treats each.

use super::*;
use axum::routing::get;
use futures_util::{StreamExt, stream};
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

async fn start(limits: HttpConfig) -> Running {
    start_to_stop(limits, Duration::from_secs(20)).await
}

async fn start_to_stop(limits: HttpConfig, patience: Duration) -> Running {
    let (gate, reached) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (opens, arrived) = (Arc::clone(&gate), Arc::clone(&reached));
    let handler = async move || {
        arrived.add_permits(1);
        opens.acquire().await.unwrap().forget();
        "done"
    };
    let router = Router::new().route("/", get(handler));
    Running { gate, reached, ..start_with(router, limits, patience).await }
}

async fn start_with(router: Router, limits: HttpConfig, patience: Duration) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (gate, reached) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let stop = CancellationToken::new();
    let serving = serve(listener, None, router, limits, Stop { token: stop.clone(), patience });
    Running { address, stop, gate, reached, serving: tokio::spawn(serving) }
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
    let running = start(HttpConfig::default()).await;
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
    let running = start_to_stop(HttpConfig::default(), Duration::from_millis(50)).await;
    let stream = open(&running, GET).await;
    running.reached.acquire().await.unwrap().forget();
    running.stop.cancel();
    running.serving.await.unwrap();
    assert_eq!(rest(stream).await, "");
}

#[tokio::test]
async fn a_head_that_is_slow_or_large_is_not_waited_for() {
    let head_timeout = Duration::from_millis(50);
    let limits = HttpConfig { head_timeout, max_head_bytes: 1_000, ..HttpConfig::default() };
    let running = start(limits).await;
    let slow = rest(open(&running, b"GET / HTTP/1.1\r\n").await).await;
    assert!(!slow.contains("200"), "{slow}");
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nbig: {}\r\n\r\n", "x".repeat(2_000));
    let large = rest(open(&running, large.as_bytes()).await).await;
    assert!(large.starts_with("HTTP/1.1 431"), "{large}");
}

#[tokio::test]
async fn a_stop_ends_event_streams_and_closes_idle_connections() {
    let events = async || {
        let first = stream::iter([Ok::<_, std::io::Error>("data: 1\n\n")]);
        let body = Body::from_stream(first.chain(stream::pending()));
        ([(CONTENT_TYPE, "text/event-stream")], body)
    };
    let router = Router::new().route("/", get(events)).route("/idle", get(async || "idle"));
    let running = start_with(router, HttpConfig::default(), Duration::from_secs(60)).await;
    let mut stream = open(&running, GET).await;
    let mut idle = open(&running, b"GET /idle HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let until = async |stream: &mut TcpStream, end: &[u8]| {
        let mut text = Vec::new();
        while !text.ends_with(end) {
            text.push(stream.read_u8().await.unwrap());
        }
    };
    until(&mut stream, b"data: 1\n\n\r\n").await;
    until(&mut idle, b"\r\n\r\nidle").await;
    running.stop.cancel();
    assert_eq!(rest(stream).await, "0\r\n\r\n", "the stream has a proper end");
    assert_eq!(rest(idle).await, "");
    tokio::time::timeout(Duration::from_secs(30), running.serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let running = start(HttpConfig { max_connections: 1, ..HttpConfig::default() }).await;
    let first = open(&running, GET).await;
    running.reached.acquire().await.unwrap().forget();
    let second = open(&running, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    let early = tokio::time::timeout(Duration::from_millis(50), running.reached.acquire()).await;
    assert!(early.is_err(), "the second connection is not served beside the first");
    running.gate.add_permits(2);
    drop(first);
    assert!(rest(second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn two_addresses_leave_connections_for_a_third() {
    let limits = HttpConfig { max_connections: 16, max_connections_per_address: 15, ..HttpConfig::default() };
    let running = start_with(Router::new().route("/", get(async || "done")), limits, Duration::ZERO).await;
    let from = async |last: u8| {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, last], 0))).unwrap();
        socket.connect(running.address).await.unwrap()
    };
    // They say nothing and stay, or are closed.
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.extend([from(2).await, from(3).await]);
    }
    let mut third = from(4).await;
    third.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    assert!(rest(third).await.starts_with("HTTP/1.1 200"));
    drop(silent);
}
