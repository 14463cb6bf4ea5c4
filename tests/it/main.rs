//! Tests from outside: real plugins in real processes.

mod files_plugin;
mod registry;
mod support;
mod workers;
