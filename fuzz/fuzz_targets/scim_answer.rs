//! Fuzzes `orgsync_scim::fuzz_answer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync_scim::fuzz_answer(data));
