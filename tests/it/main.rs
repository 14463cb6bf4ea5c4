//! Tests from outside: real plugins in real processes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod files_plugin;
mod registry;
mod support;
mod workers;
