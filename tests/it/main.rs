//! Tests from outside: the real daemon, real plugins in real processes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod architecture;
mod browser;
mod cli;
mod compatibility;
mod conformance;
mod crash;
mod cursors;
mod files_plugin;
mod hostile;
mod http_api_docs;
mod kills;
mod ldap;
mod lifecycle;
mod logs;
mod openapi;
mod overload;
mod plugin_guide;
mod plugins;
mod registry;
mod sandbox;
mod scaffold;
mod scim;
mod storage;
mod support;
mod targets;
mod transport;
mod undo;
mod webhook;
mod workers;
