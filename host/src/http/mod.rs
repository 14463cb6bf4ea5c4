//! The HTTP side: the server, who may do what, every route, and the shapes of requests and answers.
//! Nothing here decides about records; that is the engine's.

mod admission;
mod answers;
mod arriving;
mod attempts;
pub mod auth;
pub(crate) mod body;
mod clients;
mod compat;
mod connection;
pub(crate) mod deleted_sources;
pub(crate) mod directory;
mod events;
mod fair;
pub(crate) mod health;
pub(crate) mod history;
mod idempotency;
mod metrics;
mod openapi;
pub(crate) mod options;
pub(crate) mod overview;
pub(crate) mod page;
pub(crate) mod path;
pub mod plugins;
pub(crate) mod problem;
mod push;
pub(crate) mod query;
mod record;
pub(crate) mod release;
pub mod router;
mod scope_list;
pub mod server;
pub mod session;
pub(crate) mod source_input;
pub(crate) mod sources;
mod strict;
mod target_input;
pub(crate) mod targets;
pub(crate) mod task_page;
pub(crate) mod tasks;
pub mod tls;
pub(crate) mod tokens;
pub(crate) mod tree;
pub(crate) mod turns;
mod unpack;
pub(crate) mod view;

#[cfg(any(test, fuzzing))]
pub use self::{compat::fuzz::push_body, page::fuzz::query, unpack::fuzz::unpack};

#[cfg(test)]
pub(crate) mod tests;
