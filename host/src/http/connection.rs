//! The bytes of one connection, and how long a client may keep it waiting: with nothing to say between
//! two requests, in the middle of a request's head, or not reading its answer. Bodies on their way in
//! have limits of their own (`arriving.rs`).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a client may keep a connection waiting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// From the first byte of a request's head to its last; for the first request, from the connection.
    pub(super) head: Duration,
    /// Between two requests.
    pub(super) idle: Duration,
    /// Without taking a byte of its answer.
    pub(super) write: Duration,
    /// How many bytes of it must be taken in a second, on the average of `write` of waiting; 0: any.
    pub(super) rate: u64,
}

/// How many requests of a connection are under way, from their head to the last byte of their answer.
#[derive(Debug, Default)]
pub(super) struct Requests {
    under_way: AtomicUsize,
    begun: AtomicUsize,
}

/// One of them.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Requests>);

impl Requests {
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        self.begun.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(self))
    }

    fn none(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) == 0
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream that fails with `TimedOut` when patience ends.
pub(super) struct Watched<S> {
    stream: S,
    patience: Patience,
    requests: Arc<Requests>,
    /// How many requests had begun when this was last asked.
    begun: usize,
    waits_for: WaitsFor,
    reading: Alarm,
    writing: Alarm,
    taking: Taking,
}

/// How fast a client takes what it is sent: only the time counts in which it keeps the connection waiting.
#[derive(Debug, Default)]
struct Taking {
    /// Since when it is waited for.
    since: Option<Instant>,
    waited: Duration,
    bytes: u64,
}

impl Taking {
    fn waits(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    /// Something was taken; whether the client is too slow.
    fn took(&mut self, bytes: usize, patience: Patience) -> bool {
        self.waited += self.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.waited < patience.write {
            return false;
        }
        let expected = patience.write.as_secs_f64() * patience.rate as f64;
        let is_slow = (self.bytes as f64) < expected;
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        is_slow
    }
}

/// What a connection without a request under way waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaitsFor {
    /// The rest of a head.
    Head,
    /// The first byte of the next one.
    Request,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, patience: Patience, requests: Arc<Requests>) -> Self {
        let (reading, writing) = (Alarm::default(), Alarm::default());
        let (waits_for, taking) = (WaitsFor::Head, Taking::default());
        Self { stream, patience, requests, begun: 0, waits_for, reading, writing, taking }
    }

    /// A write that can't go on for too long is an error.
    fn written<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.writing.disarm();
            // While an answer is taken, however slowly, the connection is not idle.
            self.reading.postpone();
            return written;
        }
        match self.writing.rings(cx, self.patience.write) {
            true => Poll::Ready(Err(timed_out("the client does not read its answer"))),
            false => Poll::Pending,
        }
    }

    /// The same, and so is a client that takes it too slowly.
    fn taken(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => self.taking.waits(),
            Poll::Ready(Ok(bytes)) if self.taking.took(bytes, self.patience) => {
                return Poll::Ready(Err(timed_out("the client reads its answer too slowly")));
            }
            Poll::Ready(_) => {}
        }
        self.written(cx, written)
    }
}

fn timed_out(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let begun = this.requests.begun.load(Ordering::Relaxed);
        if std::mem::replace(&mut this.begun, begun) != begun {
            this.waits_for = WaitsFor::Request;
            this.reading.disarm();
        }
        if !this.requests.none() {
            this.reading.disarm();
            return read;
        }
        if read.is_ready() {
            if buffer.filled().len() > before && this.waits_for == WaitsFor::Request {
                this.waits_for = WaitsFor::Head;
                this.reading.disarm();
            }
            return read;
        }
        let (patience, what) = match this.waits_for {
            WaitsFor::Head => (this.patience.head, "the head of a request did not arrive in time"),
            WaitsFor::Request => (this.patience.idle, "no request came for too long"),
        };
        match this.reading.rings(cx, patience) {
            true => Poll::Ready(Err(timed_out(what))),
            false => Poll::Pending,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.taken(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.taken(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        if flushed.is_ready() {
            // Also a flush of nothing is one, so it says nothing about the reading side.
            this.writing.disarm();
            return flushed;
        }
        this.written(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.written(cx, shut)
    }
}

/// A time that is set when waiting begins and forgotten when it ends.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    since: Option<Instant>,
}

impl Alarm {
    pub(super) fn disarm(&mut self) {
        self.since = None;
    }

    /// Begins the time anew, if it is set.
    fn postpone(&mut self) {
        self.since = self.since.map(|_| Instant::now());
    }

    /// Sets the alarm if it is not set, and says whether it has gone off; the task is woken when it does.
    pub(super) fn rings(&mut self, cx: &mut Context<'_>, after: Duration) -> bool {
        let is_new = self.since.is_none();
        let due = *self.since.get_or_insert_with(Instant::now) + after;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if is_new {
            sleep.as_mut().reset(due);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if Instant::now() >= due {
                return true;
            }
            // It was postponed.
            sleep.as_mut().reset(due);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    const PATIENCE: Patience = Patience {
        head: Duration::from_secs(3),
        idle: Duration::from_secs(10),
        write: Duration::from_secs(5),
        rate: 0,
    };

    fn connection() -> (Watched<DuplexStream>, DuplexStream, Arc<Requests>) {
        connection_with(PATIENCE)
    }

    fn connection_with(patience: Patience) -> (Watched<DuplexStream>, DuplexStream, Arc<Requests>) {
        let (server, client) = duplex(8);
        let requests = Arc::new(Requests::default());
        (Watched::new(server, patience, Arc::clone(&requests)), client, requests)
    }

    /// How long a read or write takes until it fails, in seconds.
    async fn patience_of(attempt: impl Future<Output = io::Result<usize>>) -> u64 {
        let start = Instant::now();
        assert_eq!(attempt.await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_less_time_than_a_client_with_nothing_to_say() {
        let (mut watched, mut client, requests) = connection();
        let mut buffer = [0; 8];
        client.write_all(b"GE").await.unwrap();
        assert_eq!(watched.read(&mut buffer).await.unwrap(), 2);
        assert_eq!(patience_of(watched.read(&mut buffer)).await, 3);

        let (mut watched, mut client, requests_of_second) = connection();
        drop(requests);
        client.write_all(b"GET").await.unwrap();
        assert_eq!(watched.read(&mut buffer).await.unwrap(), 3);
        let under_way = requests_of_second.begin();
        let read = tokio::time::timeout(Duration::from_secs(60), watched.read(&mut buffer)).await;
        assert!(read.is_err(), "while a request is under way, nobody waits for a head");
        drop(under_way);
        assert_eq!(patience_of(watched.read(&mut buffer)).await, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_that_trickle_in_do_not_extend_the_time_for_a_head() {
        let (mut watched, mut client, _requests) = connection();
        let dripping = tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let mut buffer = [0; 8];
        let endless = async {
            while watched.read(&mut buffer).await? > 0 {}
            Ok(0)
        };
        assert_eq!(patience_of(endless).await, 3);
        drop(watched);
        dripping.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_slowly_is_waited_for_and_who_does_not_read_is_not() {
        let (mut watched, mut client, _requests) = connection();
        let slow = tokio::spawn(async move {
            let mut byte = [0; 1];
            for _ in 0..8 {
                tokio::time::sleep(Duration::from_secs(4)).await;
                client.read_exact(&mut byte).await.unwrap();
            }
            client
        });
        watched.write_all(b"0123456789abcdef").await.unwrap();
        let client = slow.await.unwrap();
        assert_eq!(patience_of(watched.write(b"x")).await, 5);
        drop(client);
    }

    /// A client that takes a byte now and then keeps its answer in memory for as long as it likes.
    #[tokio::test(start_paused = true)]
    async fn who_takes_a_byte_now_and_then_is_not_waited_for() {
        let check = async |rate: u64, pause: u64, expected: Option<u64>| {
            let (mut watched, mut client, _requests) = connection_with(Patience { rate, ..PATIENCE });
            let taking = tokio::spawn(async move {
                let mut byte = [0; 1];
                while client.read_exact(&mut byte).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
            });
            let start = Instant::now();
            let written = watched.write_all(&[b'x'; 100]).await;
            let ended = written.err().map(|reason| {
                assert_eq!(reason.kind(), io::ErrorKind::TimedOut);
                start.elapsed().as_secs()
            });
            assert_eq!(ended, expected, "{rate} bytes a second, one every {pause} ms");
            drop(watched);
            taking.await.unwrap();
        };
        check(0, 1_000, None).await;
        check(2, 400, None).await;
        check(4, 1_000, Some(5)).await;
    }
}
