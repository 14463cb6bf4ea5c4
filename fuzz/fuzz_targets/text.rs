//! Fuzzes `orgsync::fuzzing::text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync::fuzzing::text(data));
