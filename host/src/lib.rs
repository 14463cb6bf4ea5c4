//! orgsync, as a library for its own binary and its tests.

pub mod registry;
pub mod worker;
