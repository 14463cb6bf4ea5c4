//! A body on its way in: how long its sender may be silent, how slow it may be on the average, and what
//! becomes of a body that nobody wants, so that its sender gets to read the answer. Only the time spent
//! waiting for the client counts, never the time that the daemon takes.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::EXPECT;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::config::HttpConfig;

use super::connection::Alarm;

/// What is wrong with a body, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    /// Its sender is silent.
    #[error("nothing came of the body for {}", humantime::format_duration(*.0))]
    Silent(Duration),
    /// Its sender drips.
    #[error(
        "the body came too slowly: less than {rate} bytes a second over {}",
        humantime::format_duration(*window)
    )]
    Slow {
        /// What is expected, in bytes a second.
        rate: u64,
        /// The time over which that is looked at.
        window: Duration,
    },
    /// There is too much of it.
    #[error("the body is longer than {0} bytes")]
    TooLong(u64),
    /// It is small, and what it unpacks to is not.
    #[error("the body unpacks to more than {0} times its size")]
    Bomb(u64),
    /// It is not what its encoding says.
    #[error("the body can't be unpacked: {0}")]
    Packed(String),
}

impl BodyFault {
    /// The status of an answer that tells of it.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Silent(_) | Self::Slow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::TooLong(_) | Self::Bomb(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Packed(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl BodyFault {
    /// The fault behind an error, if it is one.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(fault) = error.downcast_ref::<Self>() {
            return Some(fault.clone());
        }
        // An I/O error passes over what it wraps when it is asked for its source.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match inner {
            Some(inner) => Self::of(inner),
            None => error.source().and_then(Self::of),
        }
    }
}

/// Has the body of a request watched.
pub(crate) fn watched(request: Request, limits: &HttpConfig) -> Request {
    let invited = match request.headers().get(EXPECT) {
        Some(expect) if expect.as_bytes().eq_ignore_ascii_case(b"100-continue") => Invited::NotYet,
        _ => Invited::Yes,
    };
    request.map(|body| Body::new(Arriving::new(body, invited, limits)))
}

/// Whether the client sends its body already, or waits to be asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Invited {
    Yes,
    NotYet,
}

/// Whether more is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Some,
    Nothing,
}

struct Arriving {
    body: Body,
    invited: Invited,
    left: Left,
    pace: Pace,
    /// Since when it is waited for.
    waiting: Option<Instant>,
    alarm: Alarm,
    most_discarded: u64,
    discarding: Duration,
}

impl Arriving {
    fn new(body: Body, invited: Invited, limits: &HttpConfig) -> Self {
        let left = if body.is_end_stream() { Left::Nothing } else { Left::Some };
        Self {
            body,
            invited,
            left,
            pace: Pace::new(limits),
            waiting: None,
            alarm: Alarm::default(),
            most_discarded: limits.max_discarded_bytes,
            discarding: limits.discard_timeout,
        }
    }

    /// Reads nothing more of it.
    fn give_up(&mut self, fault: BodyFault) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.left = Left::Nothing;
        Poll::Ready(Some(Err(axum::Error::new(fault))))
    }
}

impl hyper::body::Body for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        this.invited = Invited::Yes;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            let waiting = *this.waiting.get_or_insert_with(Instant::now);
            while this.alarm.rings(cx, this.pace.patience()) {
                match this.pace.waited_in_vain(waiting.elapsed()) {
                    Some(fault) => return this.give_up(fault),
                    None => this.alarm.disarm(),
                }
            }
            return Poll::Pending;
        };
        this.alarm.disarm();
        let waited = this.waiting.take().map_or(Duration::ZERO, |since| since.elapsed());
        match frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                match this.pace.came(waited, bytes as u64) {
                    Some(fault) => this.give_up(fault),
                    None => Poll::Ready(Some(Ok(frame))),
                }
            }
            ended => {
                this.left = Left::Nothing;
                Poll::Ready(ended)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    /// A connection that is closed while bytes of its client are still on the way is reset, and the
    /// client never reads the answer. So the rest is taken and thrown away, within bounds; but a client
    /// that waits to be asked for its body is not asked.
    fn drop(&mut self) {
        if self.left == Left::Nothing || self.invited == Invited::NotYet {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let (body, most) = (std::mem::take(&mut self.body), self.most_discarded);
        runtime.spawn(tokio::time::timeout(self.discarding, discard(body, most)));
    }
}

async fn discard(mut body: Body, most: u64) {
    let mut discarded = 0;
    while let Some(Ok(frame)) = body.frame().await {
        discarded += frame.data_ref().map_or(0, Bytes::len) as u64;
        if discarded > most {
            return;
        }
    }
}

/// How fast a body comes.
#[derive(Debug)]
struct Pace {
    silence: Duration,
    rate: u64,
    window: Duration,
    /// How long the client has been waited for in this window, and what came.
    waited: Duration,
    bytes: u64,
}

impl Pace {
    fn new(limits: &HttpConfig) -> Self {
        Self {
            silence: limits.body_timeout,
            rate: limits.min_body_rate,
            window: limits.body_rate_window,
            waited: Duration::ZERO,
            bytes: 0,
        }
    }

    /// How long one may wait from now on before something must be decided.
    fn patience(&self) -> Duration {
        match self.is_slow() {
            true => self.silence.min(self.window.saturating_sub(self.waited)),
            false => self.silence,
        }
    }

    /// Nothing came for so long; whether that is too much.
    fn waited_in_vain(&self, waited: Duration) -> Option<BodyFault> {
        if waited >= self.silence {
            return Some(BodyFault::Silent(self.silence));
        }
        let full = self.waited + waited >= self.window;
        (full && self.is_slow()).then(|| self.slow())
    }

    /// Something came after so long.
    fn came(&mut self, waited: Duration, bytes: u64) -> Option<BodyFault> {
        self.waited += waited;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.waited < self.window {
            return None;
        }
        if self.is_slow() {
            return Some(self.slow());
        }
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        None
    }

    fn is_slow(&self) -> bool {
        let expected = self.window.as_secs_f64() * self.rate as f64;
        (self.bytes as f64) < expected
    }

    fn slow(&self) -> BodyFault {
        BodyFault::Slow { rate: self.rate, window: self.window }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use futures_util::StreamExt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tokio::sync::mpsc;

    const LIMITS: fn() -> HttpConfig = || HttpConfig {
        body_timeout: Duration::from_secs(10),
        min_body_rate: 100,
        body_rate_window: Duration::from_secs(30),
        max_discarded_bytes: 1_000,
        discard_timeout: Duration::from_secs(5),
        ..HttpConfig::default()
    };

    /// A body of pieces of a size that come so far apart; and how many bytes of it were taken.
    fn dripping(pieces: usize, size: usize, pause: Duration) -> (Body, Arc<AtomicU64>) {
        let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(1);
        tokio::spawn(async move {
            for _ in 0..pieces {
                tokio::time::sleep(pause).await;
                if sender.send(Ok(Bytes::from(vec![b'x'; size]))).await.is_err() {
                    return;
                }
            }
        });
        let taken = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&taken);
        let pieces = futures_util::stream::unfold(receiver, async |mut receiver| {
            let piece = receiver.recv().await?;
            Some((piece, receiver))
        });
        let counted = pieces.inspect(move |piece| {
            let bytes = piece.as_ref().map_or(0, Bytes::len);
            counter.fetch_add(bytes as u64, Ordering::Relaxed);
        });
        (Body::from_stream(counted), taken)
    }

    fn arriving(body: Body, expect: Option<&'static str>) -> Body {
        let mut request = Request::new(body);
        let expect = expect.map(|expect| (EXPECT, HeaderValue::from_static(expect)));
        request.headers_mut().extend(expect.map(|(name, value)| (Some(name), value)));
        watched(request, &LIMITS()).into_body()
    }

    async fn fault(body: Body) -> Option<(u64, BodyFault)> {
        let start = Instant::now();
        let error = arriving(body, None).collect().await.err()?;
        Some((start.elapsed().as_secs(), BodyFault::of(&error).unwrap()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_or_dripping_sender_is_not_waited_for() {
        let slow = BodyFault::Slow { rate: 100, window: Duration::from_secs(30) };
        let silent = BodyFault::Silent(Duration::from_secs(10));
        let check = async |pieces, size, pause, expected| {
            let (body, _) = dripping(pieces, size, Duration::from_secs(pause));
            assert_eq!(fault(body).await, expected, "{pieces} of {size} every {pause} s");
        };
        check(1, 1, 60, Some((10, silent))).await;
        check(10_000, 1, 7, Some((30, slow.clone()))).await;
        check(10_000, 749, 7, Some((30, slow))).await;
        check(100, 750, 7, None).await;
        check(3, 1, 9, None).await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_that_the_daemon_takes_does_not_count() {
        let (body, _) = dripping(100, 10, Duration::ZERO);
        let mut body = arriving(body, None);
        let mut bytes = 0;
        while let Some(frame) = body.frame().await {
            bytes += frame.unwrap().into_data().unwrap().len();
            tokio::time::sleep(Duration::from_secs(20)).await;
        }
        assert_eq!(bytes, 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_nobody_wants_is_thrown_away_within_bounds() {
        let check = async |size, pause, expect, expected| {
            let (body, taken) = dripping(100, size, Duration::from_millis(pause));
            drop(arriving(body, expect));
            tokio::time::sleep(Duration::from_secs(60)).await;
            assert_eq!(taken.load(Ordering::Relaxed), expected, "{size} every {pause} ms, {expect:?}");
        };
        check(10, 1, None, 1_000).await;
        check(300, 1, None, 1_200).await;
        check(10, 999, None, 50).await;
        check(10, 1, Some("100-continue"), 0).await;
        check(10, 1, Some("something"), 1_000).await;
    }

    #[test]
    fn a_fault_is_found_behind_other_errors() {
        let wrapped = io::Error::other(axum::Error::new(io::Error::other(BodyFault::TooLong(3))));
        assert_eq!(BodyFault::of(&axum::Error::new(wrapped)), Some(BodyFault::TooLong(3)));
        assert_eq!(BodyFault::of(&io::Error::other("x")), None);
    }
}
