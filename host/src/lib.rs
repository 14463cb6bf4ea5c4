//! orgsync keeps an organisation's users and departments in step. The library is the daemon's own;
//! nothing outside this workspace builds on it.

pub mod cli;
pub mod config;
pub mod conformance;
pub mod daemon;
pub mod domain;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod http;
pub mod logs;
pub mod metrics;
pub mod registry;
pub mod store;
pub mod sync;
pub mod telemetry;
pub mod web;
pub mod worker;
