//! The HTTP side: the server, who may do what, every route, and the shapes of requests and answers.
//! Nothing here decides about records; that is the engine's.

mod admission;
mod arriving;
mod attempts;
pub mod auth;
mod body;
mod clients;
mod compat;
mod connection;
mod directory;
mod events;
mod health;
mod idempotency;
mod metrics;
mod openapi;
pub(crate) mod options;
mod page;
mod path;
pub mod plugins;
mod problem;
mod push;
mod query;
mod record;
pub mod router;
mod scope_list;
pub mod server;
mod source_input;
mod sources;
mod strict;
mod target_input;
mod targets;
mod tasks;
pub mod tls;
mod tokens;
mod unpack;
mod view;

#[cfg(any(test, fuzzing))]
pub use self::{compat::fuzz::push_body, page::fuzz::query, unpack::fuzz::unpack};

#[cfg(test)]
mod tests;
