//! Fuzzes `orgsync::fuzzing::plugins_toml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync::fuzzing::plugins_toml(data));
