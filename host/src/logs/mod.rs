//! Reads what the daemon has written into its log directory: the system log (`telemetry.rs`) and the raw records
//! (`sync/raw_log.rs`). No call reads more than a part of a file, however long that is; where it stopped is a
//! place, from which the next one goes on. Nothing here writes, and no path is made of anything but a date.

mod budget;
mod daily;
pub mod event;
mod lines;
mod needle;
mod place;
pub mod raw;
mod reader;
mod seek;
pub mod system;

pub use daily::Day;
pub use needle::Needle;
pub use place::{Place, Span};
pub use reader::{Logs, LogsError};

/// The longest line that is read whole, in bytes; of longer ones only so much is searched and shown. Records are at
/// most half as long ([`MAX_RECORD`](crate::sync::intake::MAX_RECORD)), unless they were no JSON and are escaped.
pub const LONGEST: usize = 2 << 20;

/// How much of a line's text is in a list, in bytes. The rest is read by its place.
pub const SHOWN: usize = 4 << 10;
