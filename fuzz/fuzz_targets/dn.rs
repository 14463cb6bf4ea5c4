//! Fuzzes `orgsync_ldap::fuzz_dn`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| orgsync_ldap::fuzz_dn(data));
