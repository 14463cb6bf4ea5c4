//! Delivery: how changes of the directory reach the targets that plugins offer. What is to be delivered is
//! noted in the transaction that changes a user or department (`note`); passes send it, one target at a
//! time each (`courier`), when the dispatcher finds something due (`dispatch`). A target that is new or was
//! disabled is filled by a task (`backfill`). Whatever is sent is the newest state of the directory, not a
//! history; so delivery is at least once, and the last state always comes last.

mod backfill;
mod courier;
mod dispatch;
mod health;
mod note;
mod order;
pub mod outlet;
mod parcel;
mod settle;
mod steer;
mod unique;

#[cfg(test)]
mod interruption_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(super) use dispatch::Delivery;
pub(super) use note::Touched;
