//! Bodies out of any packed bytes: the same in whatever pieces they arrive, never much more than allowed, and
//! a fault that says what is wrong.

use futures_util::{FutureExt, StreamExt, stream};

use super::*;

/// Little of both, so that what they bound is tried with small inputs.
const LIMITS: (u64, u32) = (20, 20);

/// The first byte says how the rest is packed, the second in pieces of which size it comes.
pub fn unpack(data: &[u8]) {
    let [kind, size, packed @ ..] = data else { return };
    let encoding = if kind % 2 == 0 { Encoding::Gzip } else { Encoding::Zstd };
    let whole = unpack_in_pieces(encoding, packed, packed.len().max(1));
    if let Ok(bytes) = &whole {
        assert!(bytes.len() as u64 <= FREE.max(packed.len() as u64 * LIMITS.0), "{} bytes", bytes.len());
    }
    match (whole, unpack_in_pieces(encoding, packed, usize::from(*size).max(1))) {
        (Ok(whole), Ok(pieces)) => assert_eq!(pieces, whole, "in pieces of {size}"),
        (Err(_), Err(_)) => {}
        // Of a frame that ends with an empty block, libzstd compares the length with the one announced only
        // when it gets the frame at once.
        (_, _) if encoding == Encoding::Zstd => {}
        (whole, pieces) => panic!("{pieces:?} in pieces of {size}, and {whole:?} at once"),
    }
}

fn unpack_in_pieces(encoding: Encoding, packed: &[u8], size: usize) -> Result<Vec<u8>, BodyFault> {
    let limits =
        HttpConfig { max_unpack_ratio: LIMITS.0, max_zstd_window_log: LIMITS.1, ..HttpConfig::default() };
    let pieces: Vec<_> =
        packed.chunks(size).map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece))).collect();
    let body = unpacked(Body::from_stream(stream::iter(pieces)), encoding, &limits);
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().now_or_never().expect("every piece is there") {
        bytes.extend(piece.map_err(|error| BodyFault::of(&error).expect("a fault of the body"))?);
    }
    Ok(bytes)
}
