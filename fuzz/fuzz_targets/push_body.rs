//! Fuzzes `orgsync::fuzzing::push_body`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync::fuzzing::push_body(data));
