//! What passes between the daemon and a worker on their socket: frames of a `u32` payload length
//! (little-endian), a `u8` kind, and the payload, of [`MAX_FRAME`] bytes at most. The daemon sends `Setup`,
//! then (unless it only probes) `Open`, any number of `Call`s, `Close`; at any time `Cancel`. Each of the
//! first four is answered by one `Reply` or `Error`, with `Batch` and `Log` frames before it; `Close` by `End`
//! or `Error`, after which the worker exits with 0. The daemon closing its end kills the worker.

use std::io::{self, Read, Write};

use bytes::{Buf, Bytes, BytesMut};
use orgsync_plugin_api::message::LogLevel;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

use super::sandbox::{Confinement, Grants};

/// The longest payload of a frame, in bytes.
pub(super) const MAX_FRAME: usize = 16 << 20;

/// The bytes before a payload.
const HEADER: usize = 5;

/// What a frame is for. The numbers are the wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum FrameKind {
    /// To the worker: a [`Setup`].
    Setup = 1,
    /// To the worker: an [`Offer`](super::Offer).
    Open = 2,
    /// To the worker: the name of an operation, a newline, its payload.
    Call = 3,
    /// To the worker: stop what you are doing.
    Cancel = 4,
    /// To the worker: drop the session and exit.
    Close = 5,
    /// To the daemon: what the last request yielded.
    Reply = 16,
    /// To the daemon: why the last request failed, a `PluginError`.
    Error = 17,
    /// To the daemon: a `BatchHeader`, a newline, JSON Lines.
    Batch = 18,
    /// To the daemon: a `LogEvent`.
    Log = 19,
    /// To the daemon: the session was dropped, nothing more will come.
    End = 20,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    pub(super) payload: Bytes,
}

/// The first thing a worker is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Setup {
    /// The library to load.
    pub(super) library: PathBuf,
    /// The limit of writable memory in bytes.
    pub(super) memory: u64,
    /// What the plugin's name is, to be shown as the process's.
    pub(super) plugin: String,
    /// The events that the daemon's log wants.
    pub(super) log_level: Option<LogLevel>,
    /// What it may reach.
    pub(super) grants: Grants,
}

/// What a worker answers to its [`Setup`], once the library is loaded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ready {
    /// How well it is confined.
    pub(super) sandbox: Confinement,
}

/// Why bytes are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    #[error("a frame of {}, more than {}", super::display_size(*.0), super::display_size(MAX_FRAME as u64))]
    TooLong(u64),
    #[error("a frame that makes no sense: there is no kind {0}")]
    UnknownKind(u8),
}

impl FrameKind {
    fn from_wire(byte: u8) -> Option<Self> {
        use FrameKind::{Batch, Call, Cancel, Close, End, Error, Log, Open, Reply, Setup};
        [Setup, Open, Call, Cancel, Close, Reply, Error, Batch, Log, End]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// The bytes of a frame.
///
/// # Errors
/// If the payload is too long to be sent.
pub(super) fn encode(kind: FrameKind, payload: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = u32::try_from(payload.len()).ok().filter(|_| payload.len() <= MAX_FRAME);
    let length = length.ok_or(FrameError::TooLong(payload.len() as u64))?;
    let mut bytes = Vec::with_capacity(HEADER + payload.len());
    bytes.extend(length.to_le_bytes());
    bytes.push(kind as u8);
    bytes.extend(payload);
    Ok(bytes)
}

/// Takes the first frame off the buffer; `None` if it is not all there yet. The buffer grows no further than
/// one frame.
///
/// # Errors
/// If what is there is not the beginning of a frame.
pub(super) fn decode(buffer: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
    let Some(&header) = buffer.first_chunk::<HEADER>() else { return Ok(None) };
    let (kind, length) = header_of(header)?;
    if buffer.len() < HEADER + length {
        buffer.reserve(HEADER + length - buffer.len());
        return Ok(None);
    }
    buffer.advance(HEADER);
    Ok(Some(Frame { kind, payload: buffer.split_to(length).freeze() }))
}

/// Reads a frame; `None` at the end of the stream.
///
/// # Errors
/// Those of the stream, and `InvalidData` for what is no frame.
pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut header = [0; HEADER];
    match stream.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let (kind, length) =
        header_of(header).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(Some(Frame { kind, payload: payload.into() }))
}

/// Writes a frame.
///
/// # Errors
/// Those of the stream, and `InvalidInput` for a payload that is too long.
pub(super) fn write(stream: &mut impl Write, kind: FrameKind, payload: &[u8]) -> io::Result<()> {
    let bytes = encode(kind, payload).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    stream.write_all(&bytes)
}

fn header_of([a, b, c, d, kind]: [u8; HEADER]) -> Result<(FrameKind, usize), FrameError> {
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length as u64));
    }
    let kind = FrameKind::from_wire(kind).ok_or(FrameError::UnknownKind(kind))?;
    Ok((kind, length))
}

#[cfg(any(test, fuzzing))]
#[path = "protocol_fuzz.rs"]
pub(super) mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_through_in_any_pieces() {
        let mut wire = encode(FrameKind::Batch, b"one").unwrap();
        wire.extend(encode(FrameKind::End, b"").unwrap());
        let mut buffer = BytesMut::new();
        let mut frames = Vec::new();
        for byte in wire {
            buffer.extend([byte]);
            frames.extend(decode(&mut buffer).unwrap());
        }
        let expected = [(FrameKind::Batch, "one"), (FrameKind::End, "")]
            .map(|(kind, payload)| Frame { kind, payload: payload.into() });
        assert_eq!(frames, expected);
    }

    #[test]
    fn blocking_streams_speak_the_same() {
        let mut wire = Vec::new();
        write(&mut wire, FrameKind::Call, b"check\n").unwrap();
        let mut stream = wire.as_slice();
        let frame = read(&mut stream).unwrap().unwrap();
        assert_eq!(frame, Frame { kind: FrameKind::Call, payload: "check\n".into() });
        assert_eq!(read(&mut stream).unwrap(), None);
    }

    #[test]
    fn what_is_no_frame_is_refused_by_its_header() {
        let check = |header: &[u8], expected: &str| {
            let error = decode(&mut BytesMut::from(header)).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(&[0, 0, 0x30, 0x06, 18], "a frame of 99 MiB, more than 16 MiB");
        check(&[0, 0, 0, 0, 200], "a frame that makes no sense: there is no kind 200");
        assert_eq!(
            encode(FrameKind::Batch, &vec![0; MAX_FRAME + 1]),
            Err(FrameError::TooLong(MAX_FRAME as u64 + 1))
        );
    }
}
