//! Fuzzes `orgsync::fuzzing::inspect`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync::fuzzing::inspect(data));
