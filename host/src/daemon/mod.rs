//! The daemon: what is started in which order, the signals it heeds, and how it stops.

mod descriptors;
#[cfg(test)]
mod histories;
mod memory;
mod modes;
mod outlet;
mod own_files;
mod plugins;
mod serve;
mod stop;
mod token;

pub use plugins::{PluginsError, RegistryPlugins, trust};
pub use serve::make_private;
pub use serve::{DaemonError, serve};
pub use token::{ADMIN_TOKEN_FILE, TokenError, admin_token};
