//! Frames out of any bytes: the same however they are cut, by either reader, and written back as they were.
//! What they carry is read by the daemon as from a plugin that is not to be trusted.

use std::fmt::Debug;

use orgsync_plugin_api::message::LogEvent;
use orgsync_plugin_api::{PluginError, ReadEnd};
use serde::de::DeserializeOwned;

use super::*;
use crate::worker::reading;

/// The first byte says in pieces of which size the rest comes.
pub fn frames(data: &[u8]) {
    let [size, wire @ ..] = data else { return };
    let (frames, fault) = decoded(wire, wire.len().max(1));
    assert_eq!(decoded(wire, usize::from(*size).max(1)), (frames.clone(), fault.clone()));

    let mut written = Vec::new();
    let mut stream = wire;
    for frame in &frames {
        assert_eq!(read(&mut stream).expect("it was read before"), Some(frame.clone()));
        written.extend(encode(frame.kind, &frame.payload).expect("it was no longer when it came"));
        understand(frame);
    }
    assert!(wire.starts_with(&written), "what is written is what was read");
    match (read(&mut stream), fault) {
        (Err(error), Some(_)) => assert_eq!(error.kind(), io::ErrorKind::InvalidData),
        (Err(error), None) => assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof),
        (Ok(None), None) => {}
        other => panic!("the readers disagree: {other:?}"),
    }
}

fn decoded(wire: &[u8], size: usize) -> (Vec<Frame>, Option<FrameError>) {
    let (mut buffer, mut frames) = (BytesMut::new(), Vec::new());
    for piece in wire.chunks(size) {
        buffer.extend_from_slice(piece);
        loop {
            match decode(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(fault) => return (frames, Some(fault)),
            }
        }
        // A buffer that grows doubles itself.
        assert!(buffer.capacity() <= 2 * (HEADER + MAX_FRAME), "{} bytes", buffer.capacity());
    }
    (frames, None)
}

fn understand(frame: &Frame) {
    match frame.kind {
        FrameKind::Batch => {
            let Ok(batch) = reading::batch(frame) else { return };
            assert_eq!(batch.lines.split_inclusive(|byte| *byte == b'\n').count(), batch.count);
            assert!(frame.payload.ends_with(&batch.lines));
        }
        FrameKind::Reply => comes_back::<ReadEnd>(&frame.payload),
        FrameKind::Error => comes_back::<PluginError>(&frame.payload),
        FrameKind::Log => comes_back::<LogEvent>(&frame.payload),
        FrameKind::Setup => comes_back::<Setup>(&frame.payload),
        FrameKind::Open | FrameKind::Call | FrameKind::Cancel | FrameKind::Close | FrameKind::End => {}
    }
}

fn comes_back<T: DeserializeOwned + Serialize + Debug>(payload: &[u8]) {
    let Ok(message) = serde_json::from_slice::<T>(payload) else { return };
    let written = serde_json::to_vec(&message).expect("messages consist of strings, numbers and json");
    let again: T = serde_json::from_slice(&written).expect("it was written by us");
    assert_eq!(format!("{again:?}"), format!("{message:?}"));
}
