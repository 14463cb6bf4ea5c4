//! The registry: which plugins there are, in which state, and what they offer. It reads `plugins.toml` and
//! the manifests in the libraries without running them; only a copy that passed every check is run, in a
//! worker. It watches them all, and a plugin's last good version goes on when its file turns bad.

mod accept;
mod add;
mod conflict;
mod entry;
mod files;
mod inspect;
mod last_good;
mod plugins_toml;
mod rescan;
mod schema;
mod store;
mod trust;
mod verify;
mod watch;

#[cfg(any(test, fuzzing))]
pub use self::{inspect::fuzz::inspect as inspect_any, plugins_toml::fuzz::plugins_toml};
pub use add::{AddError, Added, Place, add, lines};
pub use entry::{Entry, Fallback, Snapshot, State};
pub use inspect::{Fault, InspectError, Inspection, inspect};
pub(crate) use plugins_toml::SandboxTable;
pub use plugins_toml::{Listed, PluginsTomlError, read as read_plugins_toml};
pub use rescan::{Registry, RegistryError, Standing};
pub use trust::{Demand, Signature, Trust, TrustError, signature_path};
pub use verify::Verified;
