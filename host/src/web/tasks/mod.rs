//! Tasks: the list, and a task with what it changed, the records it read, and what the log says of it.

mod actions;
mod changes;
mod failures;
mod head;
mod list;
mod log;
mod records;
mod steer;
mod steps;

pub(super) use changes::changes;
pub(super) use failures::failures;
pub(super) use list::list;
pub(super) use log::log;
pub(super) use records::records;
pub(super) use steer::{approve, cancel, reject, retry, undo};
