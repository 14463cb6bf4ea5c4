//! Fuzzes `orgsync::fuzzing::frames`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync::fuzzing::frames(data));
