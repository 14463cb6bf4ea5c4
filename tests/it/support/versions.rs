//! Two versions of one plugin, made of one library: the second has another version in its manifest and another
//! mark in the records that it gives.

use std::fs;
use std::io::BufRead;
use std::sync::OnceLock;

use super::artifacts;

/// The plugin `misbehaves` as it was built: its records are marked [`FIRST`].
pub(crate) fn first() -> &'static [u8] {
    static LIBRARY: OnceLock<Vec<u8>> = OnceLock::new();
    LIBRARY.get_or_init(|| fs::read(artifacts::plugin("misbehaves")).unwrap())
}

/// The same in its next version: its records are marked [`SECOND`].
pub(crate) fn second() -> &'static [u8] {
    static LIBRARY: OnceLock<Vec<u8>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let marked = replaced(first(), FIRST.as_bytes(), SECOND.as_bytes());
        replaced(&marked, br#""version":"0.1.0""#, br#""version":"0.2.0""#)
    })
}

pub(crate) const FIRST: &str = "build-of-misbehaves1";
pub(crate) const SECOND: &str = "build-of-misbehaves2";

/// The bytes with every `old` made `new`, of the same length.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes.to_vec();
    let places = places(&bytes, old);
    assert!(!places.is_empty(), "{} is in the library", String::from_utf8_lossy(old));
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}

/// Where `part` begins. Unoptimized as tests are, comparing at every byte of a library would take long.
fn places(bytes: &[u8], part: &[u8]) -> Vec<usize> {
    let (mut places, mut at) = (Vec::new(), 0);
    loop {
        let mut rest = &bytes[at..];
        let skipped = rest.skip_until(part[0]).unwrap();
        if skipped == 0 {
            return places;
        }
        at += skipped;
        if bytes[at - 1..].starts_with(part) {
            places.push(at - 1);
        }
    }
}
