//! The logs: the system log with its live tail, raw records, and single lines of both.

mod further;
mod query;
mod readable;
mod records;
mod system;

pub(super) use readable::is_task;
pub(super) use records::{record, records};
pub(super) use system::{event, events, news};
