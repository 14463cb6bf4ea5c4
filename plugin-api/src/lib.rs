//! Everything that is needed to write an orgsync plugin: a library that reads users and departments out of
//! some system ([`Source`]), or writes changes into one ([`Target`]).
//!
//! A plugin is a crate with `crate-type = ["cdylib"]`, three dependencies (this one, also as a build
//! dependency; `serde`; `schemars`), and three files. `src/options.rs` says what an operator fills in; its
//! types stand alone, for `build.rs` makes the plugin's [manifest](Manifest) from them:
//!
//! ```
//! /// Reads people from the ACME directory.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(rename_all = "camelCase", deny_unknown_fields)]
//! pub struct Options {
//!     /// Where the directory answers, e.g. `https://acme.example/api`.
//!     pub base_url: String,
//!     /// A token that may read people. Hosts keep `password` fields secret.
//!     #[schemars(extend("format" = "password"))]
//!     pub token: String,
//! }
//! ```
//!
//! `build.rs` describes what the plugin offers; it is written into the library as static JSON, where a host
//! reads it without running the file:
//!
//! ```ignore
//! #[allow(dead_code)] // only their schemas are of interest here
//! #[path = "src/options.rs"]
//! mod options;
//!
//! fn main() {
//!     orgsync_plugin_api::build::manifest()
//!         .vendor("ACME Inc.")
//!         .source::<options::Options>("acme", "ACME directory")
//!         .write();
//! }
//! ```
//!
//! `src/lib.rs` does the work:
//!
//! ```
//! use orgsync_plugin_api::{Batches, Department, PluginError, ReadEnd, ReadRequest, Source, User};
//! # #[derive(serde::Deserialize)]
//! # pub struct Options { base_url: String, token: String }
//!
//! struct Acme(Options);
//!
//! impl Source for Acme {
//!     type Options = Options;
//!
//!     fn open(options: Options) -> Result<Self, PluginError> {
//!         if !options.base_url.starts_with("https://") {
//!             return Err(PluginError::config("baseUrl is not an https:// address"));
//!         }
//!         Ok(Acme(options))
//!     }
//!
//!     fn check(&mut self) -> Result<(), PluginError> {
//!         Ok(()) // ask for one person
//!     }
//!
//!     fn read(&mut self, _: &ReadRequest, out: &mut Batches) -> Result<ReadEnd, PluginError> {
//!         out.department(Department::new("d-1", "Sales"))?;
//!         out.user(User::new("e-17").nickname("Ada").email("ada@acme.example").department("d-1"))?;
//!         orgsync_plugin_api::tracing::info!(people = 1, "read the directory"); // arrives in the host's log
//!         Ok(ReadEnd::new())
//!     }
//! }
//! # // export_plugin! { sources: { "acme" => Acme } }
//! #
//! # let options = Options { base_url: "https://acme.example/api".into(), token: String::new() };
//! # let read = orgsync_plugin_api::testing::read_all(&mut Acme::open(options)?, &ReadRequest::full())?;
//! # assert_eq!(read.users.len(), 1);
//! # Ok::<(), PluginError>(())
//! ```
//!
//! and ends with `orgsync_plugin_api::export_plugin! { sources: { "acme" => Acme } }`.
//!
//! A host may keep a plugin from files and ports that are none of its business. What an option names whose schema
//! has `"format": "path"` (`#[schemars(extend("format" = "path"))]` on a `String` or `PathBuf`) it may read: an
//! operator typed it. Such a path arrives absolute. Files that only the plugin knows of, a default path say, an
//! operator has to list. There is an empty directory to write to, the working directory (also in `TMPDIR`).
//!
//! What a plugin can rely on: it runs in a process of its own, for one task; a panic becomes an error and
//! harms nothing else; it may be slow, but a host kills one that sends neither a record nor a log event for
//! long (two minutes, if the operator says nothing else). What a host relies on is the documentation of
//! [`Source::read`] and [`Target::apply`].
#![warn(missing_docs)]

pub mod build;
pub mod manifest;
pub mod message;
pub mod module;
pub mod testing;

#[doc(hidden)]
pub mod guard;
#[doc(hidden)]
pub mod host;
#[doc(hidden)]
pub mod session;

mod batches;
mod error;
mod log;
mod record;
mod schema;
mod secret;
mod source;
mod target;

pub use batches::{Batches, REASON};
pub use error::{Effect, ErrorClass, PluginError};
pub use manifest::{DataType, Manifest};
pub use record::{Department, Field, Membership, User};
pub use secret::Secret;
pub use source::{MAX_CURSOR, ReadEnd, ReadMode, ReadRequest, Source};
pub use target::{ChangeOp, Target, TargetChange, TargetOutcome};

#[doc(hidden)]
pub use abi_stable;
pub use tracing;
