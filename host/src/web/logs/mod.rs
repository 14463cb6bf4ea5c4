//! The logs: the system log with its live tail, raw records, and single lines of both.

mod readable;

pub(super) use readable::is_task;
