//! Fuzzes `orgsync::fuzzing::unpack`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync::fuzzing::unpack(data));
