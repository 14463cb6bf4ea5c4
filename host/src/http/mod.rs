//! The HTTP side: the server, who may do what, every route, and the shapes of requests and answers.
//! Nothing here decides about records; that is the engine's.

pub mod auth;
mod body;
mod compat;
mod directory;
mod health;
pub(crate) mod options;
mod page;
pub mod plugins;
mod problem;
mod push;
mod query;
pub mod router;
pub mod server;
mod source_input;
mod sources;
mod tasks;
mod view;

#[cfg(test)]
mod tests;
