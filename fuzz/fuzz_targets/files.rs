//! Fuzzes `orgsync_files::fuzz_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync_files::fuzz_file(data));
