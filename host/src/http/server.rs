//! The listener: HTTP/1 connections with or without TLS, how many at once and of one client, how large
//! a request's head may be, and a stop that lets requests under way finish and ends event streams.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::Version;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::Response;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tower::ServiceExt;
use tracing::{debug, warn};

use crate::config::HttpConfig;
use crate::metrics::{self, Refused};

use super::answers::{Answers, Room, kept_in};
use super::clients::Clients;
use super::connection::{Patience, Requests, UnderWay, Watched};
use super::problem::Problem;
use super::router::{REQUEST_ID, render};
use super::tls::Tls;
use super::turns::Turn;

/// How long to wait before accepting again when that has failed, for want of file descriptors as a rule.
const PAUSE: Duration = Duration::from_millis(100);
/// What the HTTP library takes without being told, and faster than any other number.
const USUAL_HEADERS: usize = 100;

/// How a server is told to stop.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Cancelled when it is time.
    pub token: CancellationToken,
    /// How long requests under way may take then.
    pub patience: Duration,
}

/// Serves until `stop` is cancelled and the requests under way have ended, or the patience has.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    limits: HttpConfig,
    stop: Stop,
) {
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let most = limits.max_connections_per_address;
    let clients = Clients::new(most, limits.max_connections);
    let graceful = GracefulShutdown::new();
    let answers = Answers::new(limits.max_answer_bytes);
    let server = Server { http: http(&limits), router, limits, answers, stop: stop.token };
    // Dropping the set at the end cuts off what has not ended by then.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = server.stop.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(client) = Clients::enter(&clients, peer.ip(), places.available_permits()) else {
            metrics::connection_refused(Refused::TooMany);
            debug!("closed a connection of {peer}: it has as many as it may have");
            continue;
        };
        let (server, tls, watcher) = (server.clone(), tls.clone(), graceful.watcher());
        let counted = metrics::connection();
        connections.spawn(async move {
            match tls {
                Some(tls) => server.with_tls(stream, &tls, peer, watcher).await,
                None => server.connection(stream, peer, watcher).await,
            }
            drop((place, client, counted));
        });
    }
    drop(listener);
    if tokio::time::timeout(stop.patience, graceful.shutdown()).await.is_err() {
        let left = connections.len();
        warn!("{left} connections did not end within {:?} and are cut off", stop.patience);
    }
}

fn http(limits: &HttpConfig) -> http1::Builder {
    let mut http = http1::Builder::new();
    // Time-outs of heads are up to `Watched`, which tells a slow head from an idle connection. This one is
    // never reached, but only with one does hyper look at a connection again that has become idle.
    let never = limits.head_timeout + limits.idle_timeout + limits.write_timeout;
    http.timer(TokioTimer::new()).header_read_timeout(never).max_header_size(limits.max_head_bytes);
    if limits.max_headers != USUAL_HEADERS {
        http.max_headers(limits.max_headers);
    }
    http
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are written whole, so waiting to fill a packet only delays them. A socket that
            // refuses is no worse than slow.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(reason) => {
            warn!("failed to accept a connection: {reason}");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Server {
    http: http1::Builder,
    router: Router,
    limits: HttpConfig,
    answers: Arc<Answers>,
    stop: CancellationToken,
}

impl Server {
    async fn with_tls(self, stream: TcpStream, tls: &Tls, peer: SocketAddr, watcher: Watcher) {
        let handshake = tokio::time::timeout(self.limits.handshake_timeout, tls.acceptor().accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            () = self.stop.cancelled() => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.connection(stream, peer, watcher).await,
            // Somebody who speaks plain HTTP, as a rule, or does not trust the certificate.
            Ok(Err(reason)) => no_tls(peer, &reason),
            Err(_) => no_tls(peer, &"the handshake took too long"),
        }
    }

    async fn connection<S>(self, stream: S, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let requests = Arc::new(Requests::default());
        let HttpConfig { head_timeout: head, idle_timeout: idle, write_timeout: write, .. } = self.limits;
        let patience = Patience { head, idle, write, rate: self.limits.min_answer_rate };
        let stream = Watched::new(stream, patience, Arc::clone(&requests));
        let Self { http, router, answers, stop, .. } = self;
        let service = service_fn(move |mut request: Request<Incoming>| {
            let (under_way, router, stop) = (requests.begin(), router.clone(), stop.clone());
            let answers = Arc::clone(&answers);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(&answers));
            if let Some(fault) = HostFault::of(&request) {
                request.extensions_mut().insert(fault);
            }
            let path = request.uri().path().to_owned();
            async move {
                let Ok(response) = router.oneshot(request.map(Body::new)).await;
                let (response, room) = held(response, &answers, peer, &path);
                Ok::<_, Infallible>(leaving(response, under_way, stop, room))
            }
        });
        let connection = watcher.watch(http.serve_connection(TokioIo::new(stream), service));
        if let Err(reason) = connection.await {
            let cause = reason.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            debug!("a connection of {peer} ended early: {reason}{cause}");
        }
    }
}

fn no_tls(peer: SocketAddr, reason: &dyn std::fmt::Display) {
    metrics::connection_refused(Refused::Handshake);
    debug!("no TLS with {peer}: {reason}");
}

/// What is wrong with a request's `Host` (RFC 9112, section 3.2), which the HTTP library leaves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HostFault {
    /// There is none, though the version asks for one.
    Missing,
    /// There are several.
    Repeated,
}

impl HostFault {
    fn of<B>(request: &Request<B>) -> Option<Self> {
        let mut hosts = request.headers().get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (None, _) if request.version() == Version::HTTP_11 => Some(Self::Missing),
            (Some(_), Some(_)) => Some(Self::Repeated),
            _ => None,
        }
    }

    /// The refusal of the request.
    pub(super) fn problem(self) -> Problem {
        Problem::bad_request(match self {
            Self::Missing => "the header host is missing, which HTTP/1.1 asks for",
            Self::Repeated => "the header host is given more than once; send one",
        })
    }
}

/// An answer with the room that it takes until its client has read it; another one if there is none.
fn held(
    mut response: Response,
    answers: &Arc<Answers>,
    peer: SocketAddr,
    path: &str,
) -> (Response, Option<Arc<Room>>) {
    // From here on it is counted among those that wait for their clients.
    let _turn = response.extensions_mut().remove::<Turn>();
    let size = response.body().size_hint().exact().unwrap_or_default();
    match answers.room(peer.ip(), usize::try_from(size).unwrap_or(usize::MAX)) {
        Ok(room) => (response, room),
        Err(problem) => {
            let id = response.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
            (render(&problem, response.headers(), path, id), None)
        }
    }
}

/// An answer on its way out, with what it needs until its last byte is handed over.
fn leaving(
    response: Response,
    under_way: UnderWay,
    stop: CancellationToken,
    room: Option<Arc<Room>>,
) -> Response {
    let events = response.headers().get(CONTENT_TYPE);
    let events = events.is_some_and(|media| media.as_bytes().starts_with(b"text/event-stream"));
    // Events have no end of their own. Other answers are cut off if they take too long, so that nobody
    // takes a part for the whole.
    let stop = events.then(|| Box::pin(stop.cancelled_owned()));
    response.map(|body| Body::new(Leaving { body, stop, room, _under_way: under_way }))
}

struct Leaving {
    body: Body,
    stop: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    room: Option<Arc<Room>>,
    _under_way: UnderWay,
}

impl hyper::body::Body for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.stop.as_mut().is_some_and(|stop| stop.as_mut().poll(cx).is_ready()) {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let Some(room) = &self.room else { return polled };
        polled.map_ok(|frame| frame.map_data(|piece| kept_in(room, piece)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
