//! Tests from outside: the real daemon, real plugins in real processes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod architecture;
mod cli;
mod crash;
mod files_plugin;
mod logs;
mod plugins;
mod registry;
mod support;
mod workers;
