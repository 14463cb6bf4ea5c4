//! Workers: the child processes in which plugins run. A plugin that panics, crashes, hangs, exits or eats
//! memory takes its worker down and nothing else. The host process itself never loads a plugin.
//!
//! [`Worker`] is the daemon's side (async); [`serve`] the child's (one purpose, synchronous); `protocol` what
//! passes between.

mod calls;
mod confine;
mod error;
mod exit;
mod granted;
#[cfg(test)]
pub(crate) mod in_process;
mod link;
mod loader;
mod mounts;
mod output;
mod paths;
mod process;
mod protocol;
mod reading;
mod sandbox;
mod scratch;
pub mod serve;
mod session;
mod spec;

pub use error::WorkerError;
pub use output::{Listener, Said, Stream};
pub use reading::{Batch, Reading};
pub use sandbox::{Confinement, LocalSockets, Sandbox};
pub use session::{Worker, probe};
pub use spec::{Limits, Offer, WorkerSpec};

#[cfg(any(test, fuzzing))]
pub use protocol::fuzz::frames;
pub(crate) use scratch::remove_leftovers;
pub(crate) use spec::display_size;
