//! Compressed bodies of pushes: gzip and zstd, unpacked piece by piece as they are taken. What unpacks to
//! far more than it was, or wants a large window, is refused, so that a small body costs little.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use tokio::io::{AsyncBufRead, AsyncRead};
use tokio_util::io::{ReaderStream, StreamReader};

use crate::config::HttpConfig;

use super::arriving::BodyFault;
use super::problem::Problem;
use super::router::App;

/// How much is unpacked at once.
const PIECE: usize = 64 << 10;
/// What a body may unpack to whatever its size: so much costs nobody anything.
const FREE: u64 = 8 << 20;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

/// Unpacks the body of a request before its handler sees it.
pub(crate) async fn unpack(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let encoding = match encoding(request.headers()) {
        Ok(Encoding::Identity) => return next.run(request).await,
        Ok(encoding) => encoding,
        Err(problem) => {
            let mut response = problem.into_response();
            response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, zstd"));
            return response;
        }
    };
    for header in [CONTENT_ENCODING, CONTENT_LENGTH] {
        request.headers_mut().remove(header);
    }
    next.run(request.map(|body| unpacked(body, encoding, &app.settings.http))).await
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let mut given = headers.get_all(CONTENT_ENCODING).iter();
    let (first, second) = (given.next(), given.next());
    let name = first.map(|value| value.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    match (name.as_deref(), second) {
        (None | Some("identity"), None) => Ok(Encoding::Identity),
        (Some("gzip" | "x-gzip"), None) => Ok(Encoding::Gzip),
        (Some("zstd"), None) => Ok(Encoding::Zstd),
        _ => Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
    }
}

fn unpacked(body: Body, encoding: Encoding, limits: &HttpConfig) -> Body {
    let packed = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&packed);
    let count = move |piece: &Bytes| {
        counter.fetch_add(piece.len() as u64, Ordering::Relaxed);
    };
    let reader = StreamReader::new(body.into_data_stream().inspect_ok(count).map_err(io::Error::other));
    let guard = Guard { packed, unpacked: 0, ratio: limits.max_unpack_ratio };
    match encoding {
        Encoding::Identity => guarded(reader, guard),
        Encoding::Gzip => guarded(gzip(reader), guard),
        Encoding::Zstd => guarded(zstd(reader, limits.max_zstd_window_log), guard),
    }
}

fn gzip<R: AsyncBufRead>(reader: R) -> impl AsyncRead {
    let mut decoder = GzipDecoder::new(reader);
    decoder.multiple_members(true);
    decoder
}

fn zstd<R: AsyncBufRead>(reader: R, window_log: u32) -> impl AsyncRead {
    let mut decoder = ZstdDecoder::with_params(reader, &[DParameter::window_log_max(window_log)]);
    decoder.multiple_members(true);
    decoder
}

fn guarded(reader: impl AsyncRead + Send + 'static, mut guard: Guard) -> Body {
    let pieces = ReaderStream::with_capacity(reader, PIECE).map_err(fault);
    Body::from_stream(pieces.and_then(move |piece| std::future::ready(guard.passes(piece))))
}

/// Compares what came with what it became.
struct Guard {
    packed: Arc<AtomicU64>,
    unpacked: u64,
    ratio: u64,
}

impl Guard {
    fn passes(&mut self, piece: Bytes) -> io::Result<Bytes> {
        self.unpacked += piece.len() as u64;
        let allowed = self.packed.load(Ordering::Relaxed).saturating_mul(self.ratio);
        if self.unpacked > allowed.max(FREE) {
            return Err(io::Error::other(BodyFault::Bomb(self.ratio)));
        }
        Ok(piece)
    }
}

/// Tells a body that is not what its encoding says from one that broke off on its way.
fn fault(reason: io::Error) -> io::Error {
    let on_its_way = reason.get_ref().is_some_and(|inner| inner.is::<axum::Error>());
    if on_its_way || BodyFault::of(&reason).is_some() {
        return reason;
    }
    io::Error::other(BodyFault::Packed(reason.to_string()))
}

#[cfg(any(test, fuzzing))]
#[path = "unpack_fuzz.rs"]
pub(super) mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;
    use async_compression::Level;
    use async_compression::tokio::bufread::{GzipEncoder, ZstdEncoder};
    use async_compression::zstd::CParameter;
    use http_body_util::BodyExt;
    use tokio::io::AsyncReadExt;

    async fn packed(mut encoder: impl AsyncRead + Unpin) -> Vec<u8> {
        let mut bytes = Vec::new();
        encoder.read_to_end(&mut bytes).await.unwrap();
        bytes
    }

    /// The length of what a body unpacks to, or what is wrong with it.
    async fn length(encoding: Encoding, bytes: Vec<u8>, limits: &HttpConfig) -> Result<usize, String> {
        let mut body = unpacked(Body::from(bytes), encoding, limits);
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|reason| BodyFault::of(&reason).unwrap().to_string())?;
            length += frame.into_data().unwrap().len();
        }
        Ok(length)
    }

    #[tokio::test]
    async fn a_bomb_is_defused() {
        let zeros = vec![0; 40 << 20];
        let limits = HttpConfig { max_unpack_ratio: 100, ..HttpConfig::default() };
        let lax = HttpConfig { max_unpack_ratio: 1_000_000, ..limits };
        let refused = Err("the body unpacks to more than 100 times its size".to_owned());
        for (encoding, bytes) in [
            (Encoding::Gzip, packed(GzipEncoder::new(&zeros[..])).await),
            (Encoding::Zstd, packed(ZstdEncoder::new(&zeros[..])).await),
        ] {
            assert!(bytes.len() < 50_000);
            assert_eq!(length(encoding, bytes.clone(), &limits).await, refused, "{encoding:?}");
            assert_eq!(length(encoding, bytes, &lax).await, Ok(zeros.len()), "{encoding:?}");
        }
        let small = packed(GzipEncoder::new(&zeros[..4 << 20])).await;
        assert_eq!(length(Encoding::Gzip, small, &limits).await, Ok(4 << 20));
    }

    #[tokio::test]
    async fn a_large_window_is_refused() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let encoder = |log| {
            let params = [CParameter::window_log(log)];
            ZstdEncoder::with_quality_and_params(&text[..], Level::Default, &params)
        };
        let limits = HttpConfig::default();
        assert_eq!(length(Encoding::Zstd, packed(encoder(23)).await, &limits).await, Ok(text.len()));
        let refused = length(Encoding::Zstd, packed(encoder(27)).await, &limits).await.unwrap_err();
        assert!(refused.contains("can't be unpacked: ") && refused.contains("too much memory"), "{refused}");
    }

    #[tokio::test]
    async fn several_members_are_one_body_and_damaged_ones_none() {
        let limits = HttpConfig::default();
        let text = b"{\"uid\":\"1\"}\n".repeat(100);
        for (encoding, bytes) in [
            (Encoding::Gzip, packed(GzipEncoder::new(&text[..])).await),
            (Encoding::Zstd, packed(ZstdEncoder::new(&text[..])).await),
        ] {
            let twice = [bytes.clone(), bytes.clone()].concat();
            assert_eq!(length(encoding, twice, &limits).await, Ok(2 * text.len()));
            let cut = length(encoding, bytes[..bytes.len() - 4].to_vec(), &limits).await.unwrap_err();
            assert!(cut.starts_with("the body can't be unpacked: "), "{cut}");
            let garbage = length(encoding, text.clone(), &limits).await.unwrap_err();
            assert!(garbage.starts_with("the body can't be unpacked: "), "{garbage}");
        }
    }

    #[test]
    fn only_known_encodings_are_taken() {
        let check = |given: &[&'static str], expected: Option<Encoding>| {
            let headers =
                given.iter().map(|value| (CONTENT_ENCODING, HeaderValue::from_static(value))).collect();
            assert_eq!(encoding(&headers).ok(), expected, "{given:?}");
        };
        check(&[], Some(Encoding::Identity));
        check(&["identity"], Some(Encoding::Identity));
        check(&["GZIP"], Some(Encoding::Gzip));
        check(&["zstd"], Some(Encoding::Zstd));
        check(&["br"], None);
        check(&["gzip, zstd"], None);
        check(&["gzip", "zstd"], None);
    }
}
