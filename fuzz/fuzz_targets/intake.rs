//! Fuzzes `orgsync::fuzzing::intake`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync::fuzzing::intake(data));
