//! What the plugins that talk HTTP share: the address that an operator gives, TLS that is always verified, one
//! request and its bounded answer, and when to come back. Redirects are not followed. What goes wrong on the
//! way is a [`orgsync_plugin_api::PluginError`] that names the server, never the path, nor a secret.

mod address;
mod answer;
mod client;
mod tls;

pub use address::{Plain, address, origin};
pub use answer::Answer;
pub use client::{Client, Settings};
pub use ureq::http;
pub use url::Url;
