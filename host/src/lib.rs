//! orgsync, as a library for its own binary and its tests.

pub mod worker;
