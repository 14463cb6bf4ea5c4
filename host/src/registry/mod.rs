//! The registry: which plugins there are, in which state, and what they offer. It reads `plugins.toml` and
//! the manifests in the libraries without running them; only a copy that passed every check is run, in a
//! worker.

mod entry;
mod files;
mod inspect;
mod plugins_toml;
mod rescan;
mod store;

#[cfg(any(test, fuzzing))]
pub use self::{inspect::fuzz::inspect as inspect_any, plugins_toml::fuzz::plugins_toml};
pub use entry::{Entry, Snapshot, State};
pub use inspect::{Fault, InspectError, Inspection, inspect};
pub use plugins_toml::{Listed, PluginsTomlError, read as read_plugins_toml};
pub use rescan::{Registry, RegistryError};
