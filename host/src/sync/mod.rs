//! The engine: read → plan → gate → apply, one task at a time per source. It knows plugins only
//! through [`reader::Plugins`] and clients only through [`intake::Piece`]s.

mod adopt;
mod apply;
mod arrivals;
mod arriving;
mod claim;
mod contest;
pub mod delivery;
mod ending;
pub mod engine;
pub mod error;
pub(crate) mod follow;
mod footprint;
pub(crate) mod gate;
pub(crate) mod holder;
pub mod intake;
mod left_out;
pub mod limits;
mod locks;
mod look_up;
mod measure;
mod pieces;
pub(crate) mod plan;
mod planner;
mod pull;
mod queue;
pub mod raw_log;
pub mod reader;
mod reading;
mod reasons;
mod references;
mod release;
pub mod remove;
pub mod repeat;
mod run;
pub mod schedule;
mod settle;
mod small;
mod steer;
pub mod tally;
mod targets;
mod turns;
mod undo;
mod wants;

pub(crate) use run::resume;
