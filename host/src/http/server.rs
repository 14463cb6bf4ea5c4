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
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
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

use super::clients::Clients;
use super::connection::{Patience, Requests, UnderWay, Watched};
use super::tls::Tls;

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
    let clients = Clients::new(most);
    let graceful = GracefulShutdown::new();
    let server = Server { http: http(&limits), router, limits, stop: stop.token };
    // Dropping the set at the end cuts off what has not ended by then.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = server.stop.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(client) = Clients::enter(&clients, peer.ip()) else {
            metrics::connection_refused(Refused::TooMany);
            debug!("closed a connection of {peer}: it has {most} already");
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
        let stream = Watched::new(stream, Patience { head, idle, write }, Arc::clone(&requests));
        let Self { http, router, stop, .. } = self;
        let service = service_fn(move |mut request: Request<Incoming>| {
            let (under_way, router, stop) = (requests.begin(), router.clone(), stop.clone());
            request.extensions_mut().insert(ConnectInfo(peer));
            async move {
                let Ok(response) = router.oneshot(request.map(Body::new)).await;
                Ok::<_, Infallible>(leaving(response, under_way, stop))
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

/// An answer on its way out, with what it needs until its last byte is handed over.
fn leaving(response: Response, under_way: UnderWay, stop: CancellationToken) -> Response {
    let events = response.headers().get(CONTENT_TYPE);
    let events = events.is_some_and(|media| media.as_bytes().starts_with(b"text/event-stream"));
    // Events have no end of their own. Other answers are cut off if they take too long, so that nobody
    // takes a part for the whole.
    let stop = events.then(|| Box::pin(stop.cancelled_owned()));
    response.map(|body| Body::new(Leaving { body, stop, _under_way: under_way }))
}

struct Leaving {
    body: Body,
    stop: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
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
        Pin::new(&mut self.body).poll_frame(cx)
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
