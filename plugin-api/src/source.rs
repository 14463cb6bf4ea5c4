//! What a vendor implements to read users and departments out of some system: [`Source`].

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Batches, PluginError};

/// A system that users and departments come from. One value lives for one task, in a process of its own, and
/// is called from one thread.
pub trait Source: Sized {
    /// The options an operator fills in; the manifest carries their JSON Schema.
    type Options: DeserializeOwned;

    /// Takes the options. Connecting can wait for [`check`](Self::check) or [`read`](Self::read).
    ///
    /// # Errors
    /// Usually of class `config`.
    fn open(options: Self::Options) -> Result<Self, PluginError>;

    /// Tries whether the source can be read with these options, without reading all of it.
    ///
    /// # Errors
    /// What an operator has to know to mend it.
    fn check(&mut self) -> Result<(), PluginError>;

    /// Reads all records, or those that changed since the request's cursor, into `out`, in any order. Pass
    /// errors of `out` on with `?`: that is how a cancelled task ends.
    ///
    /// An incremental read may yield more than what changed, and yields with `isDeleted` what is gone, as far as
    /// that can be told. One that can't tell what changed since the cursor returns
    /// [`PluginError::cursor_expired`], and is asked for everything. Without a cursor, everything is wanted.
    ///
    /// A read that may be incomplete (a connection lost half-way, a file cut off) must be an error: in a full
    /// read, whoever is missing counts as gone.
    ///
    /// # Errors
    /// What an operator has to know to mend it. Records sent before the error are not applied.
    fn read(&mut self, request: &ReadRequest, out: &mut Batches) -> Result<ReadEnd, PluginError>;
}

/// The longest cursor that a host keeps, in bytes. One that is longer is as good as none: the next read is
/// asked for everything.
pub const MAX_CURSOR: usize = 1 << 20;

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReadRequest {
    /// All of it, or what changed.
    pub mode: ReadMode,
    /// What the last read returned in [`ReadEnd::cursor`] or gave to [`Batches::cursor`] whose records are
    /// applied; absent if there is none, or in a full read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Whether a read gives all there is. A source without incremental reads may treat both alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadMode {
    /// All there is: records that don't come are missing.
    #[default]
    Full,
    /// What changed since the cursor: records that don't come are unchanged.
    Incremental,
}

/// How a read ended well.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReadEnd {
    /// Where the next incremental read can go on, after a full one as well. The host keeps it once the records
    /// of this read are applied, and passes it back in [`ReadRequest::cursor`]. It is stored and never shown, but
    /// is no place for secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// What an operator should know about a read that went well, such as what it had to leave as it was. Each is
    /// a sentence without a full stop, and stands in the task's message; a host that is older than this leaves
    /// them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl ReadRequest {
    /// A read of everything.
    pub fn full() -> Self {
        Self::default()
    }

    /// A read of what changed since `cursor`.
    pub fn incremental(cursor: Option<String>) -> Self {
        Self { mode: ReadMode::Incremental, cursor }
    }
}

impl ReadEnd {
    /// The end of a read by a source that has no incremental reads.
    pub fn new() -> Self {
        Self::default()
    }

    /// The end of a read after which an incremental one can go on from `cursor`.
    pub fn at(cursor: impl Into<String>) -> Self {
        Self { cursor: Some(cursor.into()), ..Self::default() }
    }

    /// The same end with notes for the task's message.
    #[must_use]
    pub fn with_notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(notes);
        self
    }
}
