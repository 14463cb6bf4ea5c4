//! Fuzzes `orgsync_webhook::fuzz_results`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync_webhook::fuzz_results(data));
